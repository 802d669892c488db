import { arange, type Tensor } from '@tensortape/autograd';
import * as nn from '@tensortape/nn';

/** A convolutional network, after LeNet, with the numbers of running statistics in its checkpoint. */
class LeNet extends nn.Module {
  features = new nn.Sequential(
    new nn.Conv2d(1, 2, 3, { padding: 1 }),
    new nn.BatchNorm2d(2),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(2, 3, 3),
    new nn.ReLU(),
    new nn.AvgPool2d(2),
  );
  fc1 = new nn.Linear(3, 5);
  fc2 = new nn.Linear(5, 4);

  forward(x: Tensor): Tensor {
    return this.fc2.forward(this.fc1.forward(this.features.forward(x).flatten(1)).tanh());
  }
}

class LstmLanguageModel extends nn.Module {
  embedding = new nn.Embedding(7, 3, { paddingIdx: 0 });
  lstm = new nn.LSTM(3, 4, { numLayers: 2, batchFirst: true, dropout: 0.3 });
  head = new nn.Linear(4, 7);

  forward(x: Tensor): Tensor {
    return this.head.forward(this.lstm.forward(this.embedding.forward(x))[0]);
  }
}

class CausalSelfAttention extends nn.Module {
  cAttn = new nn.Linear(4, 12);
  cProj = new nn.Linear(4, 4);

  forward(x: Tensor): Tensor {
    const [n, t, c] = x.shape as readonly [number, number, number];
    const [q, k, v] = this.cAttn
      .forward(x)
      .split(c, 2)
      .map((part) => part.reshape([n, t, 2, c / 2]).transpose(1, 2));
    const y = nn.functional.scaledDotProductAttention(q!, k!, v!, { isCausal: true });
    return this.cProj.forward(y.transpose(1, 2).reshape([n, t, c]));
  }
}

class Mlp extends nn.Module {
  cFc = new nn.Linear(4, 8);
  cProj = new nn.Linear(8, 4);

  forward(x: Tensor): Tensor {
    return this.cProj.forward(nn.functional.gelu(this.cFc.forward(x), { approximate: 'tanh' }));
  }
}

class Block extends nn.Module {
  ln_1 = new nn.LayerNorm(4);
  attn = new CausalSelfAttention();
  ln_2 = new nn.LayerNorm(4, { bias: false });
  mlp = new Mlp();

  forward(x: Tensor): Tensor {
    const y = x.add(this.attn.forward(this.ln_1.forward(x)));
    return y.add(this.mlp.forward(this.ln_2.forward(y)));
  }
}

class Transformer extends nn.Module {
  wte = new nn.Embedding(7, 4);
  wpe = new nn.Embedding(6, 4);
  h = new nn.ModuleList([new Block(), new Block()]);
  lnF = new nn.LayerNorm(4);

  forward(x: Tensor): Tensor {
    let y = this.wte.forward(x).add(this.wpe.forward(arange(x.shape[1]!, { dtype: 'int32' })));
    for (const block of this.h) y = block.forward(y);
    return this.lnF.forward(y);
  }
}

/** The layout and the names of nanoGPT, with the weights of the head tied to the embedding. */
class Gpt extends nn.Module {
  transformer = new Transformer();
  lmHead = new nn.Linear(4, 7, { bias: false });

  constructor() {
    super();
    this.lmHead.weight = this.transformer.wte.weight;
  }

  forward(x: Tensor): Tensor {
    return this.lmHead.forward(this.transformer.forward(x));
  }
}

/** The models whose checkpoints are exchanged with PyTorch. */
export const models = { LeNet, LstmLanguageModel, Gpt };
