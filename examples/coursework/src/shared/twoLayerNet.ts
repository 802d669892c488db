import { type FloatDType, nn, noGrad, type RandomState, type Tensor } from 'tensortape';

/** What the courses call a two-layer net: linear, ReLU or sigmoid, linear. */
export class TwoLayerNet extends nn.Module {
  fc1: nn.Linear;
  fc2: nn.Linear;
  activation: 'relu' | 'sigmoid';

  constructor(
    [inputs, hidden, outputs]: readonly [number, number, number],
    { activation = 'relu', dtype = 'float64' }: { activation?: 'relu' | 'sigmoid'; dtype?: FloatDType } = {},
  ) {
    super();
    this.fc1 = new nn.Linear(inputs, hidden, { dtype });
    this.fc2 = new nn.Linear(hidden, outputs, { dtype });
    this.activation = activation;
  }

  override forward(x: Tensor): Tensor {
    const hidden = this.fc1.forward(x);
    return this.fc2.forward(this.activation === 'relu' ? hidden.relu() : hidden.sigmoid());
  }

  /** The parameters by the courses' names. */
  named() {
    const { fc1, fc2 } = this;
    return { w1: fc1.weight, b1: fc1.bias!, w2: fc2.weight, b2: fc2.bias! };
  }

  /** Sets weights that stand as the courses write them, inputs x units: `x W + b`. Biases are 0 unless given. */
  setWeights({ w1, b1, w2, b2 }: { w1: Tensor; b1?: Tensor; w2: Tensor; b2?: Tensor }): this {
    noGrad(() => {
      this.fc1.weight.copy_(w1.transpose(0, 1));
      this.fc2.weight.copy_(w2.transpose(0, 1));
      if (b1) this.fc1.bias!.copy_(b1);
      else this.fc1.bias!.zero_();
      if (b2) this.fc2.bias!.copy_(b2);
      else this.fc2.bias!.zero_();
    });
    return this;
  }

  /** Draws W1, then W2, inputs x units, from NumPy's normals times `std`; biases are 0. */
  drawWeights(random: RandomState, std: number): this {
    const { inFeatures: inputs, outFeatures: hidden } = this.fc1;
    const w1 = random.randn(inputs, hidden).mul(std);
    const w2 = random.randn(hidden, this.fc2.outFeatures).mul(std);
    return this.setWeights({ w1, w2 });
  }
}

/** Every weight matrix or filter bank of a module; biases are left free. */
export const weightsOf = (net: nn.Module): Tensor[] => net.parameters().filter(({ ndim }) => ndim > 1);

/** The courses' regularisation: half of `reg` times the sum of all squared weights. */
export function penalty(net: nn.Module, reg: number): Tensor {
  return weightsOf(net)
    .map((weight) => weight.square().sum())
    .reduce((sum, next) => sum.add(next))
    .mul(0.5 * reg);
}

/** Mean softmax cross-entropy plus the penalty: what every classifier of the courses minimises. */
export const objective = (net: nn.Module, scores: Tensor, labels: Tensor, reg: number): Tensor =>
  nn.functional.crossEntropy(scores, labels).add(penalty(net, reg));
