import { checkTensor } from '../tensor/check.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { broadcastShapes, formatShape, normalizeDim } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { contract } from './contract.ts';
import { roll } from './rearrange.ts';
import { dimRefusals, type Refusals, type Samples } from './samples.ts';

// Compositions of products of matrices and of elements: their derivatives follow from those.

/**
 * Inner products over the last axes, (…, k) and (…, k) to the leading axes of both: sum_k a_…k b_…k. With a 0-dimensional
 * operand, the product of elements. Derivatives: the contraction of g with b, and with a.
 *
 * Errors: ShapeError when the last lengths differ. PyTorch: `torch.inner`.
 *
 * @example
 * ```ts
 * import { inner, tensor } from '@tensortape/autograd';
 * console.log(inner(tensor([[1, 2], [3, 4]]), tensor([1, 1]))); // tensor([3., 7.])
 * ```
 */
export function inner(a: Tensor, b: Tensor): Tensor {
  checkTensor('inner', 'a', a);
  checkTensor('inner', 'b', b);
  if (a.ndim === 0 || b.ndim === 0) return a.mul(b);
  if (a.shape.at(-1) !== b.shape.at(-1)) {
    throw new ShapeError(
      `inner: the last axes of shapes ${formatShape(a.shape)} and ${formatShape(b.shape)} must be equally long`,
    );
  }
  return tensordot(a, b, [[-1], [-1]]);
}
export const innerSamples: Samples = (s) => {
  const k = s.integer(0, 3);
  const [left, right] = s.oneOf([
    [[k], [k]],
    [[2, k], [k]],
    [
      [2, k],
      [1, 3, k],
    ],
    [[], [2, k]],
  ]);
  return [s.tensorOf(left!), s.tensorOf(right!)];
};
export const innerRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2, 3]), s.tensorOf([2])],
    'ShapeError',
    /the last axes of shapes \(2, 3\) and \(2,\) must be equally long/,
  ],
];

/**
 * The contraction of two tensors over axes: `dims` names the axes of `a` and those of `b` that go together; a number n
 * stands for the last n of `a` and the first n of `b`. The result has the other axes of `a`, then those of `b`. Paired
 * axes of which one has length 1 broadcast. Derivatives: the contraction of g with b, and with a.
 *
 * Errors: ShapeError when the lengths of a pair differ; ArgumentError unless there are equally many axes on both sides,
 * each once; IndexError. PyTorch: `torch.tensordot`.
 *
 * @example
 * ```ts
 * import { tensor, tensordot } from '@tensortape/autograd';
 * const a = tensor([[1, 2], [3, 4]]);
 * console.log(tensordot(a, a, 2)); // tensor(30.)
 * console.log(tensordot(a, a, [[0], [0]]).toArray()); // [ [ 10, 14 ], [ 14, 20 ] ]
 * ```
 */
export function tensordot(
  a: Tensor,
  b: Tensor,
  dims: number | readonly [readonly number[], readonly number[]] = 2,
): Tensor {
  checkTensor('tensordot', 'a', a);
  checkTensor('tensordot', 'b', b);
  const [axesA, axesB] = pairedAxes(a, b, dims);

  let [x, y] = [a, b];
  axesA.forEach((axis, i) => {
    const [m, n] = [a.shape[axis]!, b.shape[axesB[i]!]!];
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(
        `tensordot: axis ${axis} of shape ${formatShape(a.shape)} and axis ${axesB[i]} of shape ${formatShape(b.shape)} ` +
          `go together, but have lengths ${m} and ${n}`,
      );
    }
    if (m === 1 && n !== 1) y = y.sum(axesB[i]!, { keepdim: true });
    if (n === 1 && m !== 1) x = x.sum(axis, { keepdim: true });
  });
  const labelsA = a.shape.map((_, axis) => axis);
  const labelsB = b.shape.map((_, axis) =>
    axesB.includes(axis) ? axesA[axesB.indexOf(axis)]! : a.ndim + axis,
  );
  const kept = new Set([...labelsA, ...labelsB].filter((label) => !axesA.includes(label)));
  return contract({ x, labels: labelsA }, { x: y, labels: labelsB }, kept).x;
}

function pairedAxes(
  a: Tensor,
  b: Tensor,
  dims: number | readonly [readonly number[], readonly number[]],
): readonly [readonly number[], readonly number[]] {
  if (typeof dims === 'number') {
    if (!Number.isInteger(dims) || dims < 0 || dims > Math.min(a.ndim, b.ndim)) {
      throw new ArgumentError(
        `tensordot: dims must be a whole number from 0 to ${Math.min(a.ndim, b.ndim)} for shapes ${formatShape(a.shape)} and ` +
          `${formatShape(b.shape)}, got ${dims}`,
      );
    }
    const count = Array.from({ length: dims }, (_, i) => i);
    return [count.map((i) => a.ndim - dims + i), count];
  }
  const axes = [a, b].map((x, side) => dims[side]!.map((dim) => normalizeDim('tensordot', dim, x.ndim)));
  const [axesA, axesB] = axes as [number[], number[]];
  if (axesA.length !== axesB.length || axes.some((list) => new Set(list).size !== list.length)) {
    throw new ArgumentError(
      `tensordot: dims must name equally many axes of both, each once, got [${dims[0].join(', ')}] and [${dims[1].join(', ')}]`,
    );
  }
  return [axesA, axesB];
}
export const tensordotSamples: Samples = (s) => {
  const [left, right, dims] = s.oneOf([
    [[2, 3], [3, 2], 1],
    [[2, 3, 2], [3, 2, 2], 2],
    [[2, 3], [2], 0],
    [
      [2, 3, 2],
      [2, 2, 3],
      [
        [0, 1],
        [1, 2],
      ],
    ],
    [
      [2, 3],
      [3, 2],
      [
        [-1, 0],
        [0, 1],
      ],
    ],
    [
      [2, 3],
      [1, 2],
      [[1], [0]],
    ],
    [
      [1, 2],
      [3, 2],
      [[0], [0]],
    ],
    [[2, 0], [0, 2], 1],
    [[], [2], 0],
  ] as const);
  return [s.tensorOf(left), s.tensorOf(right), dims];
};
export const tensordotRefusals: Refusals = (s) => {
  const [a, b] = [s.tensorOf([2, 3]), s.tensorOf([2, 4])];
  return [
    [
      [a, b, 1],
      'ShapeError',
      /axis 1 of shape \(2, 3\) and axis 0 of shape \(2, 4\) go together, but have lengths 3 and 2/,
    ],
    [[a, b, 3], 'ArgumentError', /dims must be a whole number from 0 to 2 .*got 3/],
    [[a, b, 0.5], 'ArgumentError', /got 0\.5/],
    [[a, b, [[0, 1], [0]]], 'ArgumentError', /equally many axes of both, each once, got \[0, 1\] and \[0\]/],
    [
      [
        a,
        b,
        [
          [0, 0],
          [0, 1],
        ],
      ],
      'ArgumentError',
      /each once, got \[0, 0\] and \[0, 1\]/,
    ],
    [[a, b, [[2], [0]]], 'IndexError', /dim 2 is out of range/],
  ];
};

/**
 * The Kronecker product: every element of `a` times the whole of `b`, laid out so that the lengths of both multiply. The
 * shorter shape gets leading axes of length 1. Derivatives: the contraction of g, split by axes, with b, and with a.
 *
 * PyTorch: `torch.kron`.
 *
 * @example
 * ```ts
 * import { kron, tensor } from '@tensortape/autograd';
 * console.log(kron(tensor([1, 10]), tensor([1, 2]))); // tensor([ 1.,  2., 10., 20.])
 * ```
 */
export function kron(a: Tensor, b: Tensor): Tensor {
  checkTensor('kron', 'a', a);
  checkTensor('kron', 'b', b);
  const rank = Math.max(a.ndim, b.ndim);
  const lengths = (x: Tensor) => [...new Array<number>(rank - x.ndim).fill(1), ...x.shape];
  const [of, each] = [lengths(a), lengths(b)];
  return a
    .reshape(of.flatMap((length) => [length, 1]))
    .mul(b.reshape(each.flatMap((length) => [1, length])))
    .reshape(of.map((length, axis) => length * each[axis]!));
}
export const kronSamples: Samples = (s) => [
  s.tensorOf(s.oneOf([[2], [2, 2], [], [0, 2]])),
  s.tensorOf(s.oneOf([[3], [1, 2], [2, 1, 2], []])),
];

/**
 * The sum of the diagonal of a matrix. bool and uint8 give int32. Derivative: g on the diagonal.
 *
 * Errors: ShapeError unless x is a matrix. PyTorch: `torch.trace`.
 *
 * @example
 * ```ts
 * import { tensor, trace } from '@tensortape/autograd';
 * console.log(trace(tensor([[1, 2], [3, 4]]))); // tensor(5.)
 * ```
 */
export function trace(x: Tensor): Tensor {
  checkTensor('trace', 'x', x);
  if (x.ndim !== 2) throw new ShapeError(`trace: x must be a matrix, got shape ${formatShape(x.shape)}`);
  return x.diagonal().sum();
}
export const traceSamples: Samples = (s) => [s.tensorOf([s.integer(0, 3), s.integer(1, 4)])];
export const traceRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 2, 2])], 'ShapeError', /x must be a matrix, got shape \(2, 2, 2\)/],
];

/**
 * The cross products of vectors of length 3 along `dim`: (a_2 b_3 - a_3 b_2, a_3 b_1 - a_1 b_3, a_1 b_2 - a_2 b_1). Other
 * axes broadcast. Derivatives: b x g and g x a.
 *
 * Errors: ShapeError unless both have equally many axes and length 3 along `dim`; IndexError. PyTorch:
 * `torch.linalg.cross`; `torch.cross` looks for an axis of length 3 when it is given none.
 *
 * @example
 * ```ts
 * import { cross, tensor } from '@tensortape/autograd';
 * console.log(cross(tensor([1, 0, 0]), tensor([0, 1, 0]))); // tensor([0., 0., 1.])
 * ```
 */
export function cross(a: Tensor, b: Tensor, dim = -1): Tensor {
  checkTensor('cross', 'a', a);
  checkTensor('cross', 'b', b);
  const axis = normalizeDim('cross', dim, a.ndim);
  if (a.ndim !== b.ndim || a.shape[axis] !== 3 || b.shape[axis] !== 3) {
    throw new ShapeError(
      `cross: shapes ${formatShape(a.shape)} and ${formatShape(b.shape)} have no cross product along dim ${dim}: both need ` +
        'equally many axes, and length 3 along it (unsqueeze one operand)',
    );
  }
  // Only for its error, which names the operation.
  broadcastShapes('cross', a.shape, b.shape);
  return roll(a, -1, axis)
    .mul(roll(b, 1, axis))
    .sub(roll(a, 1, axis).mul(roll(b, -1, axis)));
}
export const crossSamples: Samples = (s) => {
  const [left, right, dim] = s.oneOf([
    [[3], [3], -1],
    [[2, 3], [2, 3], 1],
    [[3, 2], [3, 1], 0],
    [[1, 3], [2, 3], -1],
    [[0, 3], [0, 3], 1],
  ] as const);
  return [s.tensorOf(left), s.tensorOf(right), dim];
};
export const crossRefusals: Refusals = (s) => [
  ...dimRefusals(s).map(([[x, dim], ...rest]) => [[x, x, dim], ...rest] as const),
  [[s.tensorOf([2, 3]), s.tensorOf([3])], 'ShapeError', /equally many axes/],
  [[s.tensorOf([2, 4]), s.tensorOf([2, 4])], 'ShapeError', /length 3 along it/],
  [[s.tensorOf([2, 3]), s.tensorOf([4, 3])], 'ShapeError', /\(2, 3\) and \(4, 3\) do not broadcast/],
];
