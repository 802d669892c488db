import { formatShape, type Generator, ShapeError, type Tensor, zeros, zerosLike } from '@tensortape/autograd';
import { checkProbability } from '../check.ts';

/** Options of {@link dropout} and its kin. */
export interface DropoutOptions {
  /** Whether to drop anything at all. Default true. */
  readonly training?: boolean;
  /** Where to draw from; the default generator, which `manualSeed` seeds, unless given. */
  readonly generator?: Generator;
}

/**
 * Sets elements to zero with probability `p` and divides the others by 1 - p, so that the expected value stays; `x`
 * itself when not training. PyTorch: `torch.nn.functional.dropout`.
 *
 * N. Srivastava et al., "Dropout: A Simple Way to Prevent Neural Networks from Overfitting", 2014.
 *
 * Errors: ArgumentError unless 0 <= p <= 1.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { manualSeed, ones } from '@tensortape/autograd';
 *
 * manualSeed(0);
 * console.log(functional.dropout(ones([6]), 0.5).toArray()); // [ 0, 0, 2, 0, 0, 0 ]
 * ```
 */
export function dropout(x: Tensor, p = 0.5, { training = true, generator }: DropoutOptions = {}): Tensor {
  checkProbability('dropout', 'p', p);
  return training ? drop(x, zerosLike(x), p, generator) : x;
}

/** `x` with a share of 1 - p kept, and scaled, by a mask of the shape of `blank`, which is overwritten. */
function drop(x: Tensor, blank: Tensor, p: number, generator: Generator | undefined): Tensor {
  if (p === 0) return x;
  if (p === 1) return x.mul(0);
  return x.mul(keep(blank, p, generator).div(1 - p));
}

/** Ones with probability 1 - p, and zeros. */
const keep = (blank: Tensor, p: number, generator: Generator | undefined): Tensor =>
  blank.bernoulli_(1 - p, generator && { generator });

/** One element for each channel: zeros that broadcast to `x`, which lacks the axis of the batch where its rank is axes + 1. */
function channelsOf(x: Tensor, axes: number): Tensor {
  const channel = x.ndim - axes - 1;
  return zeros(
    x.shape.map((length, axis) => (axis <= channel ? length : 1)),
    { dtype: x.dtype },
  );
}

function dropChannels(
  op: string,
  axes: number,
  x: Tensor,
  p: number,
  { training = true, generator }: DropoutOptions,
): Tensor {
  checkProbability(op, 'p', p);
  if (x.ndim !== axes + 1 && x.ndim !== axes + 2) {
    throw new ShapeError(
      `${op}: x has shape ${formatShape(x.shape)}, expected (n, channels) and ${axes} more, or without n`,
    );
  }
  return training ? drop(x, channelsOf(x, axes), p, generator) : x;
}

/**
 * Sets whole channels of (n, channels, length), or without n, to zero with probability `p` and divides the others by 1 - p.
 * PyTorch: `torch.nn.functional.dropout1d`. Source: J. Tompson et al., "Efficient Object Localization Using Convolutional
 * Networks", 2015. Errors: ShapeError for other ranks; ArgumentError unless 0 <= p <= 1.
 */
export function dropout1d(x: Tensor, p = 0.5, options: DropoutOptions = {}): Tensor {
  return dropChannels('dropout1d', 1, x, p, options);
}

/**
 * Sets whole channels of (n, channels, height, width), or without n, to zero: see {@link dropout1d}.
 * PyTorch: `torch.nn.functional.dropout2d`.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const y = functional.dropout2d(ones([1, 16, 4, 4]), 0.5);
 * console.log(y.amax([2, 3]).sub(y.amin([2, 3])).sum().item()); // 0
 * ```
 */
export function dropout2d(x: Tensor, p = 0.5, options: DropoutOptions = {}): Tensor {
  return dropChannels('dropout2d', 2, x, p, options);
}

/**
 * Sets whole channels of (n, channels, depth, height, width), or without n, to zero: see {@link dropout1d}.
 * PyTorch: `torch.nn.functional.dropout3d`.
 */
export function dropout3d(x: Tensor, p = 0.5, options: DropoutOptions = {}): Tensor {
  return dropChannels('dropout3d', 3, x, p, options);
}

/** The value that SELU tends to at minus infinity: -1.0507 * 1.6733. */
const saturation = -1.7580993408473766;

/** Drops to SELU's lower limit instead of 0; an affine map then restores mean 0 and variance 1. */
function alphaDrop(x: Tensor, blank: Tensor, p: number, generator: Generator | undefined): Tensor {
  if (p === 0) return x;
  if (p === 1) return x.mul(0);
  const kept = keep(blank, p, generator);
  const scale = 1 / Math.sqrt((saturation * saturation * p + 1) * (1 - p));
  const offset = kept
    .neg()
    .add(1 - p)
    .mul(saturation * scale);
  return x.mul(kept.mul(scale)).add(offset);
}

/**
 * Dropout that keeps mean 0 and variance 1, for networks of {@link selu}: with probability `p` elements become SELU's lower
 * limit a' = -1.7581, and all are mapped by s y - s p a' with s = ((1 - p)(1 + p a'^2))^(-1/2). PyTorch:
 * `torch.nn.functional.alpha_dropout`.
 *
 * G. Klambauer et al., "Self-Normalizing Neural Networks", 2017.
 *
 * Errors: ArgumentError unless 0 <= p <= 1.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { manualSeed, randn } from '@tensortape/autograd';
 *
 * manualSeed(0);
 * const y = functional.alphaDropout(randn([10000]), 0.3);
 * console.log(Math.abs(y.mean().item()) < 0.03, Math.abs(y.std().item() - 1) < 0.03); // true true
 * ```
 */
export function alphaDropout(
  x: Tensor,
  p = 0.5,
  { training = true, generator }: DropoutOptions = {},
): Tensor {
  checkProbability('alphaDropout', 'p', p);
  return training ? alphaDrop(x, zerosLike(x), p, generator) : x;
}

/**
 * {@link alphaDropout} of whole channels of (n, channels, …). PyTorch: `torch.nn.functional.feature_alpha_dropout`. Errors:
 * ShapeError below two axes; ArgumentError unless 0 <= p <= 1.
 */
export function featureAlphaDropout(
  x: Tensor,
  p = 0.5,
  { training = true, generator }: DropoutOptions = {},
): Tensor {
  checkProbability('featureAlphaDropout', 'p', p);
  if (x.ndim < 2) {
    throw new ShapeError(
      `featureAlphaDropout: x has shape ${formatShape(x.shape)}, expected (n, channels, …)`,
    );
  }
  return training ? alphaDrop(x, channelsOf(x, x.ndim - 2), p, generator) : x;
}
