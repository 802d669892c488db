import type { Windows } from '../kernels/kernels.ts';
import { checkTensor } from '../tensor/check.ts';
import { getDefaultDType, isFloat } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape, type Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';

// What the operations on images (n, channels, …) share: one number or one per axis, a missing batch axis, and how long
// results are.

/** The last axes, and what users call them. */
const axisNames = ['depth', 'height', 'width'] as const;

/** Options for operations along one axis are numbers, or lists of one. */
export type One = readonly [number];
/** One number for the height, one for the width. */
export type Two = readonly [number, number];
/** One number for the depth, one for the height, one for the width. */
export type Three = readonly [number, number, number];

/** One number for each axis; a single one stands for all of them. Refuses numbers that are not whole or below `least`. */
export function perAxis(
  op: string,
  name: string,
  value: number | readonly number[],
  rank: number,
  least: number,
): Shape {
  const list = typeof value === 'number' ? new Array<number>(rank).fill(value) : value;
  const valid = list.length === rank && list.every((item) => Number.isInteger(item) && item >= least);
  if (!valid) {
    const given = typeof value === 'number' ? value : `[${value.join(', ')}]`;
    const expected = rank === 1 ? 'a whole number' : `a whole number, or a list of ${rank},`;
    throw new ArgumentError(`${op}: ${name} is ${given}, expected ${expected} >= ${least}`);
  }
  return list;
}

/** Refuses operands that are not (n, channels, …) with so many more axes, with or without n, or that are empty but for n. */
export function requireImages(op: string, x: Tensor, rank: number): void {
  const names = rank === 1 ? ['length'] : axisNames.slice(3 - rank);
  if (x.ndim !== rank + 2 && x.ndim !== rank + 1) {
    throw new ShapeError(
      `${op}: x has shape ${formatShape(x.shape)}, expected (n, channels, ${names.join(', ')}), or without the batch axis n`,
    );
  }
  if (x.shape.slice(-rank - 1).includes(0)) {
    throw new ShapeError(
      `${op}: x of shape ${formatShape(x.shape)} has an axis of length 0; only the batch axis may be empty`,
    );
  }
}

/** Runs an operation on (n, channels, …) for an operand that may lack the batch axis. */
export function onBatch(op: string, x: Tensor, rank: number, run: (x: Tensor) => Tensor): Tensor {
  checkTensor(op, 'x', x);
  requireImages(op, x, rank);
  return x.ndim === rank + 2 ? run(x) : run(x.unsqueeze(0)).squeeze(0);
}

/** Refuses tensors that are not floating point. */
export function requireFloats(op: string, x: Tensor): void {
  if (!isFloat(x.dtype)) {
    throw new DTypeError(
      `${op}: expected a floating point tensor, got ${x.dtype}; convert it with .to('${getDefaultDType()}')`,
    );
  }
}

/** How windows slide: what users give. */
export type Sliding = Pick<Windows, 'kernel' | 'stride' | 'padding' | 'dilation'>;

/** How far a window reaches along one axis. */
export const reach = ({ kernel, dilation }: Sliding, axis: number): number =>
  dilation[axis]! * (kernel[axis]! - 1) + 1;

/** The windows that fit an input with `padding` on both sides. Errors: ShapeError when none does. */
export function fittingWindows(op: string, x: Tensor, sliding: Sliding): Windows {
  const input = x.shape.slice(2);
  const padded = input.map((length, axis) => length + 2 * sliding.padding[axis]!);
  const output = padded.map(
    (length, axis) => Math.floor((length - reach(sliding, axis)) / sliding.stride[axis]!) + 1,
  );
  requirePlaces(op, x, sliding, padded, output);
  return { ...sliding, input, output };
}

/** Refuses a result with an axis that no window fits into. */
export function requirePlaces(op: string, x: Tensor, sliding: Sliding, padded: Shape, output: Shape): void {
  if (output.every((length) => length > 0)) return;
  const { kernel, dilation } = sliding;
  const apart = dilation.some((step) => step !== 1) ? ` (dilation ${formatShape(dilation)})` : '';
  throw new ShapeError(
    `${op}: a kernel of ${formatShape(kernel)}${apart} does not fit x of shape ${formatShape(x.shape)}, with padding ` +
      `${formatShape(padded)}: the result would be ${formatShape(output)}; use a smaller kernel or more padding`,
  );
}
