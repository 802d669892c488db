import { arange, cat, nn, type Tensor } from 'tensortape';

/** Reads characters and says after each of them what may come next. */
export abstract class LanguageModel extends nn.Module {
  /** In a few words. */
  abstract readonly name: string;
  /** How many characters it reads at most. */
  abstract readonly context: number;

  /**
   * @param characters Their numbers, N x T, int32.
   * @returns The scores of all characters at each next place, N x T x alphabet: their softmax is the probability of each.
   */
  abstract override forward(characters: Tensor): Tensor;

  /** Begins N texts: each call reads one more character of each, N x 1, and returns the scores of the next ones, N x alphabet. */
  abstract reader(): (characters: Tensor) => Tensor;
}

/** A long short-term memory that reads one character after the other (S. Hochreiter, J. Schmidhuber, 1997). */
export class CharLstm extends LanguageModel {
  readonly name = 'LSTM, 192 units';
  readonly context = 64;
  embedding: nn.Embedding;
  lstm: nn.LSTM;
  head: nn.Linear;

  /** @param alphabet How many characters there are. */
  constructor(alphabet: number) {
    super();
    this.embedding = new nn.Embedding(alphabet, 32);
    this.lstm = new nn.LSTM(32, 192, { batchFirst: true });
    this.head = new nn.Linear(192, alphabet);
  }

  override forward(characters: Tensor): Tensor {
    const [states] = this.lstm.forward(this.embedding.forward(characters));
    return this.head.forward(states);
  }

  override reader(): (characters: Tensor) => Tensor {
    let memory: nn.functional.LstmState | null = null;
    return (characters) => {
      const [states, after] = this.lstm.forward(this.embedding.forward(characters), memory);
      memory = after;
      return this.head.forward(states).select(1, -1);
    };
  }
}

/** A small GPT: each character looks back at those before it (A. Radford et al., 2019). */
export class Gpt extends LanguageModel {
  readonly name = 'GPT, 4 layers, 4 heads, width 128';
  readonly context = 64;
  tokens: nn.Embedding;
  positions: nn.Embedding;
  blocks: nn.ModuleList<nn.TransformerEncoderLayer>;
  norm: nn.LayerNorm;
  head: nn.Linear;

  /** @param alphabet How many characters there are. */
  constructor(alphabet: number) {
    super();
    const block = () =>
      new nn.TransformerEncoderLayer(128, 4, {
        dimFeedforward: 512,
        activation: 'gelu',
        dropout: 0,
        batchFirst: true,
        normFirst: true,
      });
    this.tokens = new nn.Embedding(alphabet, 128);
    this.positions = new nn.Embedding(this.context, 128);
    this.blocks = new nn.ModuleList([block(), block(), block(), block()]);
    this.norm = new nn.LayerNorm(128);
    this.head = new nn.Linear(128, alphabet, { bias: false });
    for (const { weight } of [this.tokens, this.positions]) nn.init.normal_(weight, 0, 0.02);
  }

  override forward(characters: Tensor): Tensor {
    const places = arange(characters.shape[1]!, { dtype: 'int32' });
    let x = this.tokens.forward(characters).add(this.positions.forward(places));
    for (const block of this.blocks) x = block.forward(x, { isCausal: true });
    return this.head.forward(this.norm.forward(x));
  }

  override reader(): (characters: Tensor) => Tensor {
    let read: Tensor | null = null;
    return (characters) => {
      read = (read ? cat([read, characters], 1) : characters).slice(1, -this.context);
      return this.forward(read).select(1, -1);
    };
  }
}
