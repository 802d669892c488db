import type { Taps } from '../kernels/kernels.ts';
import { checkTensor } from '../tensor/check.ts';
import type { DType } from '../tensor/dtype.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { formatShape, type Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { adaptiveTaps, averaged, countsOf } from './poolWindows.ts';
import { resample, type TapsOfPlace, tapsOf } from './resample.ts';
import type { Refusals, Samples } from './samples.ts';
import { requireFloats } from './windows.ts';

/** How values between the places of a tensor are made: see {@link interpolate}. */
export type InterpolateMode =
  | 'nearest'
  | 'nearest-exact'
  | 'linear'
  | 'bilinear'
  | 'bicubic'
  | 'trilinear'
  | 'area';

/** Options of {@link interpolate}: one of `size` and `scaleFactor` is needed. */
export interface InterpolateOptions {
  /** The lengths of the result, one for each axis or one for all. */
  readonly size?: number | readonly number[];
  /** What the lengths are multiplied by (and rounded down), one for each axis or one for all. */
  readonly scaleFactor?: number | readonly number[];
  /** Default 'nearest'. */
  readonly mode?: InterpolateMode;
  /** Whether the first and last places of operand and result lie on each other, rather than their outer edges. Default false. */
  readonly alignCorners?: boolean;
  /** Whether places are computed from the lengths, rather than from `scaleFactor` as it was given. Default false. */
  readonly recomputeScaleFactor?: boolean;
}

/** The modes for so many axes only. */
const ranks: Readonly<Partial<Record<InterpolateMode, number>>> = {
  linear: 1,
  bilinear: 2,
  bicubic: 2,
  trilinear: 3,
};

const modes: readonly InterpolateMode[] = [
  'nearest',
  'nearest-exact',
  'linear',
  'bilinear',
  'bicubic',
  'trilinear',
  'area',
];

/** How places of a result lie over those of the operand, along one axis. */
interface Axis {
  /** The length of the operand. */
  readonly length: number;
  /** The step in the operand for one step in the result. */
  readonly scale: number;
  readonly alignCorners: boolean;
  /** Rounds as the dtype does: which place is the nearest may depend on it. */
  readonly round: (x: number) => number;
}

/**
 * The values of x at more, or fewer, places along its last axes: x is (n, channels, …) with one to three more axes. 'nearest'
 * takes the place at floor(i scale), 'nearest-exact' the one at floor((i + 1/2) scale), 'linear' (one axis), 'bilinear' (two) and
 * 'trilinear' (three) weigh the two next places along each axis, 'bicubic' (two) four, 'area' takes the means of
 * `adaptiveAvgPool2d`. Place i lies at (i + 1/2) scale - 1/2, or with `alignCorners` at i scale.
 * Derivative: the transposed weights. PyTorch: `torch.nn.functional.interpolate` without its antialias.
 *
 * Errors: ArgumentError unless one of size and scaleFactor is given, for other lengths or factors than positive ones, an unknown
 * mode, and alignCorners with a mode that has none; ShapeError for a wrong number of axes; DTypeError for integers, but for
 * the nearest ones.
 *
 * Source of the cubic: R. Keys, Cubic convolution interpolation for digital image processing, 1981, with a = -3/4.
 *
 * @example
 * ```ts
 * import { interpolate, tensor } from '@tensortape/autograd';
 * const x = tensor([[[1, 2, 4]]]);
 * console.log(interpolate(x, { scaleFactor: 2 }).toArray()); // [ [ [ 1, 1, 2, 2, 4, 4 ] ] ]
 * console.log(interpolate(x, { size: 5, mode: 'linear', alignCorners: true }).toArray()); // [ [ [ 1, 1.5, 2, 3, 4 ] ] ]
 * ```
 */
export function interpolate(x: Tensor, options: InterpolateOptions): Tensor {
  checkTensor('interpolate', 'x', x);
  const { size, scaleFactor, mode = 'nearest', alignCorners, recomputeScaleFactor = false } = options;
  const rank = x.ndim - 2;
  if (!modes.includes(mode)) {
    throw new ArgumentError(`interpolate: unknown mode '${mode}'; known are '${modes.join("', '")}'`);
  }
  const needed = ranks[mode];
  if (rank < 1 || rank > 3 || (needed !== undefined && rank !== needed)) {
    throw new ShapeError(
      `interpolate: x has shape ${formatShape(x.shape)}, but mode '${mode}' takes (n, channels, …) with ` +
        `${needed ?? 'one to three'} more axes`,
    );
  }
  if (x.shape.slice(1).includes(0)) {
    throw new ShapeError(
      `interpolate: x of shape ${formatShape(x.shape)} has an axis of length 0; only the batch axis may be empty`,
    );
  }
  if (alignCorners !== undefined && needed === undefined) {
    throw new ArgumentError(
      `interpolate: alignCorners is there for 'linear', 'bilinear', 'bicubic' and 'trilinear' only, got mode '${mode}'`,
    );
  }
  const [lengths, factors] = sizesOf(x, size, scaleFactor, recomputeScaleFactor);
  if (!mode.startsWith('nearest')) requireFloats('interpolate', x);
  if (mode === 'area') {
    const axes = adaptiveTaps('interpolate', rank, x, lengths);
    return averaged(x, axes, axes.map(countsOf));
  }
  const round = roundingOf(x.dtype);
  return resample(
    x,
    lengths.map((count, i): Taps => {
      const length = x.shape[2 + i]!;
      const scale = scaleOf(length, count, alignCorners ?? false, factors?.[i]);
      return tapsOf(
        count,
        makers[mode]({ length, scale: round(scale), alignCorners: alignCorners ?? false, round }),
      );
    }),
  );
}

/** The lengths of the result, and the factors that places are computed from, where these are not the lengths' own. */
function sizesOf(
  x: Tensor,
  size: number | readonly number[] | undefined,
  scaleFactor: number | readonly number[] | undefined,
  recompute: boolean,
): readonly [lengths: Shape, factors: readonly number[] | null] {
  if ((size === undefined) === (scaleFactor === undefined)) {
    throw new ArgumentError('interpolate: one of size and scaleFactor is needed, and not both');
  }
  const given = size ?? scaleFactor!;
  const list = typeof given === 'number' ? new Array<number>(x.ndim - 2).fill(given) : given;
  const name = size === undefined ? 'scaleFactor' : 'size';
  if (list.length !== x.ndim - 2) {
    throw new ArgumentError(
      `interpolate: ${name} is [${list.join(', ')}], expected ${x.ndim - 2} numbers for x of shape ${formatShape(x.shape)}`,
    );
  }
  const lengths = list.map((value, i) => (size === undefined ? Math.floor(x.shape[2 + i]! * value) : value));
  if (!lengths.every((length) => Number.isInteger(length) && length >= 1)) {
    throw new ArgumentError(
      `interpolate: ${name} [${list.join(', ')}] would give lengths [${lengths.join(', ')}], expected whole numbers >= 1`,
    );
  }
  if (size !== undefined && recompute) {
    throw new ArgumentError('interpolate: recomputeScaleFactor is there for scaleFactor only, got size');
  }
  return [lengths, size === undefined && !recompute ? list : null];
}

function scaleOf(length: number, count: number, alignCorners: boolean, factor: number | undefined): number {
  if (alignCorners) return count > 1 ? (length - 1) / (count - 1) : 0;
  return factor === undefined ? length / count : 1 / factor;
}

const roundingOf = (dtype: DType): ((x: number) => number) => (dtype === 'float64' ? (x) => x : Math.fround);

/** Where a place of the result lies in the operand. */
const positionOf = ({ scale, alignCorners, round }: Axis, place: number): number =>
  alignCorners ? round(scale * place) : round(round(scale * (place + 0.5)) - 0.5);

const linearTaps =
  (axis: Axis): TapsOfPlace =>
  (place, add) => {
    const position = Math.max(0, positionOf(axis, place));
    const before = Math.min(Math.floor(position), axis.length - 1);
    const share = Math.min(axis.round(position - before), 1);
    add(before, axis.round(1 - share));
    add(Math.min(before + 1, axis.length - 1), share);
  };

/** Keys' cubic, at distances up to 1 and from 1 to 2. */
const A = -0.75;
const near = (t: number): number => ((A + 2) * t - (A + 3)) * t * t + 1;
const far = (t: number): number => ((A * t - 5 * A) * t + 8 * A) * t - 4 * A;

const cubicTaps =
  (axis: Axis): TapsOfPlace =>
  (place, add) => {
    const position = positionOf(axis, place);
    const before = Math.floor(position);
    const share = axis.round(position - before);
    const weights = [far(share + 1), near(share), near(1 - share), far(2 - share)];
    for (const [k, weight] of weights.entries()) {
      add(Math.min(Math.max(before - 1 + k, 0), axis.length - 1), weight);
    }
  };

// PyTorch takes the floor in float32 whatever the dtype: a place that should be whole is not missed by a rounding.
const nearestTaps =
  ({ length, scale }: Axis): TapsOfPlace =>
  (place, add) =>
    add(Math.min(Math.floor(Math.fround(place * scale)), length - 1), 1);

const nearestExactTaps =
  ({ length, scale, round }: Axis): TapsOfPlace =>
  (place, add) => {
    const position = round(scale * (place + 0.5) - 0.5);
    add(Math.min(Math.floor(Math.fround(position + 0.5)), length - 1), 1);
  };

const makers: Readonly<Record<Exclude<InterpolateMode, 'area'>, (axis: Axis) => TapsOfPlace>> = {
  nearest: nearestTaps,
  'nearest-exact': nearestExactTaps,
  linear: linearTaps,
  bilinear: linearTaps,
  trilinear: linearTaps,
  bicubic: cubicTaps,
};

export const interpolateSamples: Samples = (s) => {
  const mode = s.oneOf(modes);
  const rank = ranks[mode] ?? s.integer(1, 3);
  const plane = Array.from({ length: rank }, () => s.integer(1, rank === 3 ? 2 : 4));
  const x = s.tensorOf([
    ...s.oneOf([
      [1, 2],
      [2, 1],
      [0, 1],
    ]),
    ...plane,
  ]);
  const corners = ranks[mode] === undefined ? {} : { alignCorners: s.oneOf([false, true]) };
  const size = s.oneOf<number | Shape>([1, 3, plane.map((length) => length + 2)]);
  const scaling = { scaleFactor: s.oneOf([2, 1.5, 2.7]), recomputeScaleFactor: s.oneOf([false, true]) };
  return [x, { ...s.oneOf<InterpolateOptions>([{ size }, scaling]), mode, ...corners }];
};
export const interpolateRefusals: Refusals = (s) => {
  const x = s.tensorOf([1, 2, 4]);
  return [
    [[x, { size: 3, mode: 'cubic' }], 'ArgumentError', /unknown mode 'cubic'; known are 'nearest'/],
    [[s.tensorOf([2, 4]), { size: 3 }], 'ShapeError', /x has shape \(2, 4\), but mode 'nearest' takes/],
    [[x, { size: 3, mode: 'bilinear' }], 'ShapeError', /mode 'bilinear' takes .* 2 more axes/],
    [[s.tensorOf([1, 2, 0]), { size: 3 }], 'ShapeError', /has an axis of length 0/],
    [
      [x, { size: 3, alignCorners: false }],
      'ArgumentError',
      /alignCorners is there for .* got mode 'nearest'/,
    ],
    [[x, {}], 'ArgumentError', /one of size and scaleFactor is needed/],
    [[x, { size: 2, scaleFactor: 2 }], 'ArgumentError', /one of size and scaleFactor is needed/],
    [[x, { size: [2, 3] }], 'ArgumentError', /size is \[2, 3\], expected 1 numbers/],
    [[x, { size: 0 }], 'ArgumentError', /size \[0\] would give lengths \[0\]/],
    [[x, { scaleFactor: 0.1 }], 'ArgumentError', /scaleFactor \[0\.1\] would give lengths \[0\]/],
    [
      [x, { size: 2, recomputeScaleFactor: true }],
      'ArgumentError',
      /recomputeScaleFactor is there for scaleFactor/,
    ],
    [
      [x.to('int32'), { size: 2, mode: 'linear' }],
      'DTypeError',
      /expected a floating point tensor, got int32/,
    ],
  ];
};
