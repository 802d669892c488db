import {
  ArgumentError,
  type Dims,
  formatShape,
  noGrad,
  ShapeError,
  type Tensor,
  varMean,
} from '@tensortape/autograd';

/** Options of {@link StandardScaler}. */
export interface StandardScalerOptions {
  /** The axes that mean and deviation are taken over: 0, the samples, unless given; `[0, 2, 3]` for the channels of images. */
  readonly dims?: Dims;
}

/**
 * Shifts and scales each feature to mean 0 and standard deviation 1, as measured on the data it was fitted to:
 * `(x - mean) / std`, with `std` over n, not n - 1. scikit-learn: `StandardScaler`.
 *
 * Fit it to the training data only, and use it for all.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { StandardScaler } from '@tensortape/datasets';
 * const train = tensor([[1, 10], [3, 30]]);
 * const scaler = new StandardScaler().fit(train);
 * console.log(scaler.transform(train).toArray()); // [ [ -1, -1 ], [ 1, 1 ] ]
 * console.log(scaler.inverseTransform(tensor([[0, 2]])).toArray()); // [ [ 2, 40 ] ]
 * ```
 */
export class StandardScaler {
  readonly #dims: Dims;
  #mean: Tensor | undefined;
  #std: Tensor | undefined;

  /** @param options - see {@link StandardScalerOptions}. */
  constructor({ dims = 0 }: StandardScalerOptions = {}) {
    this.#dims = dims;
  }

  /** The mean of each feature, float64, with the axes that it was taken over of length 1. */
  get mean(): Tensor {
    return this.#fitted('mean', this.#mean);
  }

  /** The standard deviation of each feature as `mean`; 1 where a feature is constant. */
  get std(): Tensor {
    return this.#fitted('std', this.#std);
  }

  /**
   * Measures mean and deviation, in float64.
   *
   * @param x - the data, samples along the first axis.
   * @throws ShapeError for data without a sample, ArgumentError when a feature holds NaN or an infinity.
   */
  fit(x: Tensor): this {
    if (x.shape.includes(0)) {
      throw new ShapeError(`StandardScaler.fit: x has shape ${formatShape(x.shape)}, which holds no sample`);
    }
    const { mean, variance } = noGrad(() =>
      varMean(x.detach().to('float64'), this.#dims, { correction: 0, keepdim: true }),
    );
    if (![...mean.toTypedArray(), ...variance.toTypedArray()].every(Number.isFinite)) {
      throw new ArgumentError(
        'StandardScaler.fit: a feature holds NaN, an infinity or numbers too large to square; remove or replace them',
      );
    }
    const std = variance.sqrt();
    // A constant feature becomes 0, not 0 / 0; what rounding leaves of its deviation is no deviation.
    const constant = std.le(mean.abs().mul(1e-14));
    this.#mean = mean;
    this.#std = std.maskedFill(constant, 1);
    return this;
  }

  /**
   * `(x - mean) / std`, in the dtype of `x`. Gradients flow through.
   *
   * @param x - data with the features that the scaler was fitted to.
   * @throws ArgumentError before `fit`, ShapeError when the features are others.
   */
  transform(x: Tensor): Tensor {
    return this.#checked('transform', x).sub(this.mean).div(this.std).to(floatOf(x));
  }

  /**
   * `x std + mean`: what {@link transform} was given.
   *
   * @param x - data as {@link transform} gives.
   * @throws ArgumentError before `fit`, ShapeError when the features are others.
   */
  inverseTransform(x: Tensor): Tensor {
    return this.#checked('inverseTransform', x).mul(this.std).add(this.mean).to(floatOf(x));
  }

  #checked(method: string, x: Tensor): Tensor {
    const expected = this.mean.shape;
    const fits =
      x.ndim === expected.length && expected.every((length, i) => length === 1 || length === x.shape[i]);
    if (!fits) {
      throw new ShapeError(
        `StandardScaler.${method}: x has shape ${formatShape(x.shape)}, the scaler was fitted to features of shape ` +
          `${formatShape(expected)}; give data of the form that fit was given`,
      );
    }
    return x.to('float64');
  }

  #fitted(name: string, value: Tensor | undefined): Tensor {
    if (value === undefined) {
      throw new ArgumentError(`StandardScaler.${name}: nothing is measured yet; call fit(x) first`);
    }
    return value;
  }
}

function floatOf(x: Tensor): 'float32' | 'float64' {
  return x.dtype === 'float64' ? 'float64' : 'float32';
}
