import type { Operand } from '../tape/shorthands.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';

/** Which values a sample tensor may hold. */
export interface Range {
  /** The smallest value; -2 unless given. */
  readonly low?: number;
  /** The largest value; 2 unless given. */
  readonly high?: number;
  /** Points to keep away from: kinks and poles, near which numeric differentiation lies. */
  readonly apart?: readonly number[];
  /** How far to stay away from them; 0.05 unless given. */
  readonly margin?: number;
  /** Draw from these values only, so that equal ones are common. */
  readonly values?: readonly number[];
  /** All elements differ from each other clearly: for maxima and sorting. */
  readonly distinct?: boolean;
}

/**
 * Draws arguments for an operation's samples. Tensors are float64 unless said; the checks vary dtype, strides and
 * tracking by themselves. The implementation over fast-check lives in `@tensortape/verify`.
 */
export interface SampleKit {
  /** Values in [-2, 2]. */
  readonly reals: Range;
  /** A handful of values, so that equal ones are common. */
  readonly few: Range;
  /** A tensor of 0 to 3 axes. */
  tensor(range?: Range): Tensor;
  /** A tensor of this shape. */
  tensorOf(shape: Shape, range?: Range): Tensor;
  /** Two tensors whose shapes broadcast. */
  broadcast(a: Range, b: Range): [Tensor, Tensor];
  /** Two operands: mostly as `broadcast`, sometimes one of them a JavaScript number. */
  operands(a: Range, b: Range): readonly [Operand, Operand];
  /** A bool tensor whose shape broadcasts to `shape`. */
  mask(shape: Shape): Tensor;
  /** An int32 tensor of positions in 0 … bound - 1. */
  index(shape: Shape, bound: number): Tensor;
  /** A shape of `minRank` to `maxRank` axes. */
  shape(minRank: number, maxRank: number): Shape;
  /** A whole number between the bounds, both included. */
  integer(min: number, max: number): number;
  /** One of the given values. */
  oneOf<T>(values: readonly T[]): T;
  /** One axis of a tensor, counted from either end. */
  dim(x: Tensor): number;
  /** No axes (meaning all), one, or several. */
  dims(x: Tensor): number | readonly number[] | undefined;
}

/** Draws the arguments of one call of an operation. */
export interface Samples {
  (kit: SampleKit): readonly unknown[];
  /** Why no gradient flows through the operation, for those that are not differentiable. */
  readonly reason?: string;
}

/** Marks an operation that is not differentiable by its samples, and says why. */
export function nonDifferentiable(reason: string, samples: Samples): Samples {
  return Object.assign((kit: SampleKit) => samples(kit), { reason });
}

/** The classes of the errors by which operations refuse their arguments. */
export type RefusalName = 'ArgumentError' | 'DTypeError' | 'IndexError' | 'LinAlgError' | 'ShapeError';

/** A call that must be refused: its arguments, the class of the error, and what its message must say. */
export type Refusal = readonly [args: readonly unknown[], error: RefusalName, message: RegExp];

/**
 * The illegal calls of an operation, one for each reason to refuse: shapes, axes, dtypes, indices, options. Every message
 * starts with the operation's name and a colon; that of a ShapeError shows the shape of a tensor among the arguments.
 */
export type Refusals = (kit: SampleKit) => readonly Refusal[];

/** What every operation of two broadcast operands refuses. */
export const operandRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([4])], 'ShapeError', /\(2, 3\) and \(4,?\) do not broadcast/],
  [[1, 2], 'ArgumentError', /expected a tensor, got the numbers 1 and 2/],
  [[s.tensorOf([2]), '1'], 'ArgumentError', /a tensor or a number as b, got the string '1'/],
  [[s.tensorOf([2])], 'ArgumentError', /a tensor or a number as b, got undefined/],
];

/** What a function of one tensor refuses that is not defined for bool. */
export const boolRefusals: Refusals = (s) => [[[s.mask([2, 3])], 'DTypeError', /not defined for bool/]];

/** What an operation of two operands refuses that is not defined when both are bool. */
export const boolOperandRefusals: Refusals = (s) => [
  [[s.mask([2, 3]), s.mask([2, 3])], 'DTypeError', /not defined for bool; convert it with \.to\('int32'\)/],
];

/** What a function of one tensor refuses that takes floating point only. */
export const integerRefusals: Refusals = (s) => [
  [[s.index([2, 3], 5)], 'DTypeError', /expected a floating point tensor, got int32; convert it with \.to/],
  [[s.mask([2, 3])], 'DTypeError', /expected a floating point tensor, got bool; convert it with \.to/],
];

/** What every operation refuses as an axis, its second argument. */
export const dimRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 2], 'IndexError', /dim 2 is out of range/],
  [[s.tensorOf([2, 3]), 0.5], 'IndexError', /dim 0\.5 is out of range/],
];

/** What every operation refuses as a list of axes, its second argument. */
export const dimsRefusals: Refusals = (s) => [
  ...dimRefusals(s),
  [[s.tensorOf([2, 3]), [0, -3]], 'IndexError', /dim -3 is out of range/],
  [[s.tensorOf([2, 3]), [1, -1]], 'ShapeError', /dim 1 appears twice in \[1, -1\] .*\(2, 3\)/],
  [[s.tensorOf([2, 3]), '0'], 'ArgumentError', /a dim or a list of dims, got the string '0'/],
];

/** What every reduction refuses as its options, its third argument. */
export const keepdimRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2, 3]), 0, true],
    'ArgumentError',
    /an object of options such as \{ keepdim: … \}, got the boolean true/,
  ],
  [
    [s.tensorOf([2, 3]), 0, { keepDim: true }],
    'ArgumentError',
    /unknown option 'keepDim'; known are .*keepdim/,
  ],
];
