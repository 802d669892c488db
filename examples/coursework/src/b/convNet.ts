import { type FloatDType, nn, noGrad, type RandomState, type Tensor } from 'tensortape';

/** Convolution that keeps the size, ReLU, 2 x 2 max pooling, and scores by a linear layer. */
export class ConvNet extends nn.Module {
  conv: nn.Conv2d;
  pool = new nn.MaxPool2d(2);
  fc: nn.Linear;

  /** @param side Rows, and columns, of the images, which have three channels. */
  constructor({
    side = 32,
    filters = 32,
    size = 5,
    dtype = 'float32',
  }: {
    side?: number;
    filters?: number;
    size?: number;
    dtype?: FloatDType;
  } = {}) {
    super();
    this.conv = new nn.Conv2d(3, filters, size, { padding: 'same', dtype });
    this.fc = new nn.Linear(filters * (side / 2) ** 2, 10, { dtype });
  }

  override forward(x: Tensor): Tensor {
    return this.fc.forward(this.pool.forward(this.conv.forward(x).relu()).flatten(1));
  }

  /** Draws the filters, then the weights of the linear layer, inputs x units, from NumPy's normals times `std`; biases are 0. */
  drawWeights(random: RandomState, std = 1e-3): this {
    noGrad(() => {
      this.conv.weight.copy_(random.randn(...this.conv.weight.shape).mul(std));
      this.fc.weight.copy_(random.randn(this.fc.inFeatures, 10).mul(std).transpose(0, 1));
      this.conv.bias!.zero_();
      this.fc.bias!.zero_();
    });
    return this;
  }
}
