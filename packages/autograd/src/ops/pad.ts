import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape, type Shape } from '../tensor/shape.ts';
import { sliced, viewOf } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';
import { resample, tapsOf } from './resample.ts';
import type { Refusals, Samples } from './samples.ts';

/** How the places around a tensor are filled: see {@link pad}. */
export type PadMode = 'constant' | 'reflect' | 'replicate' | 'circular';

interface Frame {
  /** For each axis of the operand; negative numbers cut off. */
  readonly before: Shape;
  readonly after: Shape;
  readonly value: number;
}

const padOp = /* @__PURE__ */ defineOp({
  name: 'pad',
  inputs: ['x'],
  saves: [],
  forward: ({ x }, frame: Frame) => framed(x, frame),
  vjp: { x: (g, _, { before, after }) => padOp({ x: g }, { ...opposite({ before, after }), value: 0 }) },
  jvp: ({ x: t }, _, frame) => t && padOp({ x: t }, { ...frame, value: 0 }),
}) as (inputs: { readonly x: Tensor }, frame: Frame) => Tensor;

/** What was added is cut off, and what was cut off becomes zeros. */
const opposite = ({ before, after }: Omit<Frame, 'value'>): Omit<Frame, 'value'> => ({
  before: before.map((length) => -length),
  after: after.map((length) => -length),
});

function framed(x: Tensor, { before, after, value }: Frame): Tensor {
  const shape = x.shape.map((length, axis) => before[axis]! + length + after[axis]!);
  const result = kernels.cast(constant(value, x.dtype, shape), x.dtype);
  const cut = (lengths: Shape, starts: Shape, ends: Shape) =>
    lengths.map((length, axis) => [Math.max(0, -starts[axis]!), length - Math.max(0, -ends[axis]!)] as const);
  const from = cut(x.shape, before, after).reduce<Pick<Tensor, 'shape' | 'strides' | 'offset'>>(
    (view, [start, stop], axis) => sliced(view, axis, start, stop, 1),
    x,
  );
  const inside = opposite({ before, after });
  const target = cut(shape, inside.before, inside.after).reduce<Pick<Tensor, 'shape' | 'strides' | 'offset'>>(
    (view, [start, stop], axis) => sliced(view, axis, start, stop, 1),
    viewOf(result, x.dtype, shape),
  );
  kernels.assign(
    viewOf(result, x.dtype, target.shape, target.strides, target.offset),
    viewOf(x.storage, x.dtype, from.shape, from.strides, from.offset),
  );
  return wrap(result, x.dtype, shape);
}

/**
 * x with places added around it: `padding` counts them as [before, after] of the last axis, then of the one before it, and
 * so on. 'constant' fills them with `value`, 'reflect' with what lies as far inside of the edge, 'replicate' with the edge,
 * 'circular' with what lies at the other end. Negative numbers cut places off.
 * Derivative: of each element the sum of the cotangents of the places that it was copied to. PyTorch:
 * `torch.nn.functional.pad`; where 'circular' also cuts off, the rest is repeated.
 *
 * 'constant' takes any axes; the others the last one, two or three of a tensor with one or two more.
 *
 * Errors: ArgumentError for a padding that is not pairs of whole numbers, an unknown mode, or a value with a mode that takes
 * none; ShapeError for too many pairs, for 'reflect' by a length or more, for 'circular' by more than a length, and where less
 * than nothing would be left; DTypeError for a value that the dtype does not hold.
 *
 * @example
 * ```ts
 * import { pad, tensor } from '@tensortape/autograd';
 * console.log(pad(tensor([1, 2, 3]), [1, 2]).toArray()); // [ 0, 1, 2, 3, 0, 0 ]
 * console.log(pad(tensor([[1, 2, 3]]), [2, 1], 'reflect').toArray()); // [ [ 3, 2, 1, 2, 3, 2 ] ]
 * ```
 */
export function pad(
  x: Tensor,
  padding: readonly number[],
  mode: PadMode = 'constant',
  value?: number,
): Tensor {
  checkTensor('pad', 'x', x);
  const pairs = padding.length / 2;
  if (!Number.isInteger(pairs) || !padding.every(Number.isInteger)) {
    throw new ArgumentError(
      `pad: padding is [${padding.join(', ')}], expected pairs of whole numbers, [before, after] of the last axis first`,
    );
  }
  if (pairs > x.ndim) {
    throw new ShapeError(
      `pad: ${pairs} pairs of padding for the ${x.ndim} axes of x of shape ${formatShape(x.shape)}`,
    );
  }
  const along = (offset: number) => x.shape.map((_, axis) => padding[2 * (x.ndim - 1 - axis) + offset] ?? 0);
  const [before, after] = [along(0), along(1)];
  const lengths = x.shape.map((length, axis) => before[axis]! + length + after[axis]!);
  // Constants and repetitions may leave nothing.
  const least = mode === 'constant' || mode === 'circular' ? 0 : 1;
  const cutOff = x.shape.some(
    (length, axis) =>
      Math.min(length + before[axis]!, length + after[axis]!) < 0 ||
      (axis >= x.ndim - pairs && lengths[axis]! < least),
  );
  if (cutOff) {
    throw new ShapeError(
      `pad: padding [${padding.join(', ')}] cuts off more than there is of x of shape ${formatShape(x.shape)}`,
    );
  }
  if (mode === 'constant') {
    const filling = value ?? 0;
    if (!isFloat(x.dtype) && !holds(x, filling)) {
      throw new DTypeError(
        `pad: ${x.dtype} does not hold the value ${filling}; convert x with .to('float32')`,
      );
    }
    return padOp({ x }, { before, after, value: filling });
  }
  const place = places[mode];
  if (place === undefined) {
    throw new ArgumentError(
      `pad: unknown mode '${mode}'; known are 'constant', 'reflect', 'replicate', 'circular'`,
    );
  }
  if (value !== undefined) throw new ArgumentError(`pad: mode '${mode}' takes no value, got ${value}`);
  return padFromInside(x, pairs, mode, place, before, after);
}

/** Whether an integer dtype holds a value in full. */
function holds(x: Tensor, value: number): boolean {
  const [least, most] = { bool: [0, 1], uint8: [0, 255], int32: [-2147483648, 2147483647] }[
    x.dtype as 'bool' | 'int32' | 'uint8'
  ] as [number, number];
  return Number.isInteger(value) && value >= least && value <= most;
}

/** For each mode: which place of an axis stands at a place outside of it; from `start` up to `stop` is what is left. */
const places: Readonly<
  Record<string, (place: number, length: number, start: number, stop: number) => number>
> = {
  reflect: (place, length) => (place < 0 ? -place : place >= length ? 2 * (length - 1) - place : place),
  replicate: (place, length) => Math.min(Math.max(place, 0), length - 1),
  circular: (place, _, start, stop) => {
    const rest = stop - start;
    return start + ((((place - start) % rest) + rest) % rest);
  },
};

function padFromInside(
  x: Tensor,
  pairs: number,
  mode: string,
  place: (place: number, length: number, start: number, stop: number) => number,
  before: Shape,
  after: Shape,
): Tensor {
  if (pairs < 1 || pairs > 3 || x.ndim < pairs + 1 || x.ndim > pairs + 2) {
    throw new ShapeError(
      `pad: mode '${mode}' pads the last axis of 2 or 3, the last two of 3 or 4, or the last three of 4 or 5; got ${pairs} ` +
        `pairs of padding for x of shape ${formatShape(x.shape)}`,
    );
  }
  const most = (length: number) =>
    mode === 'reflect' ? length - 1 : mode === 'circular' ? length : Infinity;
  const matrices = x.shape.slice(-pairs).map((length, i) => {
    const axis = x.ndim - pairs + i;
    if (length === 0 || before[axis]! > most(length) || after[axis]! > most(length)) {
      const limit =
        mode === 'reflect'
          ? 'less than'
          : mode === 'circular'
            ? 'no more than'
            : 'an axis longer than 0, not';
      throw new ShapeError(
        `pad: mode '${mode}' can pad axis ${axis} of x of shape ${formatShape(x.shape)} by ${limit} its length ${length}, ` +
          `got (${before[axis]}, ${after[axis]})`,
      );
    }
    const start = Math.max(0, -before[axis]!);
    const stop = length - Math.max(0, -after[axis]!);
    return tapsOf(before[axis]! + length + after[axis]!, (k, add) =>
      add(place(k - before[axis]!, length, start, stop), 1),
    );
  });
  return resample(x, matrices);
}
export const padSamples: Samples = (s) => {
  const mode = s.oneOf<PadMode>(['constant', 'constant', 'reflect', 'replicate', 'circular']);
  const any = () => s.integer(-1, 2);
  if (mode === 'constant') {
    const shape = s.shape(0, 3);
    const padding = shape
      .slice(s.integer(0, shape.length))
      .flatMap((length) => [s.integer(length > 1 ? -1 : 0, 2), any()]);
    const valid = padding.map((length) => Math.max(length, 0));
    return s.oneOf([
      [s.tensorOf(shape), valid, mode, s.oneOf([undefined, -1.5])],
      [s.tensorOf([2, 4]), [any(), any(), s.integer(0, 1)].concat(s.integer(-1, 1)), mode, 2],
    ]);
  }
  const pairs = s.integer(1, 3);
  const lead = s.oneOf([[2], [2, 1], pairs === 1 ? [0, 2] : [0, 1]]);
  const shape = [...lead, ...[3, 4, 3].slice(-pairs)];
  return [s.tensorOf(shape), Array.from({ length: 2 * pairs }, any), mode];
};
export const padRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  return [
    [[x, [1]], 'ArgumentError', /padding is \[1\], expected pairs/],
    [[x, [0.5, 1]], 'ArgumentError', /padding is \[0\.5, 1\], expected pairs/],
    [[x, [1, 1], 'mirror'], 'ArgumentError', /unknown mode 'mirror'/],
    [[x, [1, 1], 'reflect', 2], 'ArgumentError', /mode 'reflect' takes no value, got 2/],
    [[x, [1, 1, 1, 1, 1, 1]], 'ShapeError', /3 pairs of padding for the 2 axes/],
    [[x, [-2, -2]], 'ShapeError', /cuts off more than there is/],
    [[x, [-4, 4]], 'ShapeError', /cuts off more than there is/],
    [[x, [-1, -2], 'reflect'], 'ShapeError', /cuts off more than there is/],
    [[x, [3, 0], 'reflect'], 'ShapeError', /by less than its length 3, got \(3, 0\)/],
    [[x, [0, 4], 'circular'], 'ShapeError', /by no more than its length 3, got \(0, 4\)/],
    [[s.tensorOf([2, 0]), [1, 1], 'replicate'], 'ShapeError', /an axis longer than 0/],
    [[s.tensorOf([3]), [1, 1], 'circular'], 'ShapeError', /pads the last axis of 2 or 3/],
    [[s.tensorOf([2, 2, 2, 2]), [1, 1], 'replicate'], 'ShapeError', /got 1 pairs of padding/],
    [[x.to('uint8'), [1, 1], 'constant', -1], 'DTypeError', /uint8 does not hold the value -1/],
  ];
};
