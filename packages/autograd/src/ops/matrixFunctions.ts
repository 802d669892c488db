import { linalgKernels } from '../kernels/linalg.ts';
import { type DefinedOp, defineOp } from '../tape/defineOp.ts';
import { checkTensor, checkTensors } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { inv } from './linalg.ts';
import { identityMatrix, regular, requireSquare, squareRefusals, squareShapes } from './matrices.ts';
import { matmul } from './products.ts';
import type { Refusals, Samples } from './samples.ts';
import { cat } from './shape.ts';

/**
 * The product of two or more matrices, in the order of multiplication that needs the fewest steps. The first may be a
 * vector, taken as a row, and the last one, taken as a column. Derivatives: those of the products.
 *
 * Errors: ArgumentError for fewer than two; ShapeError unless all others are matrices that multiply. Source of the
 * algorithm: Cormen et al., Introduction to Algorithms, 15.2. PyTorch: `torch.linalg.multi_dot`.
 *
 * @example
 * ```ts
 * import { linalg, ones } from '@tensortape/autograd';
 * console.log(linalg.multiDot([ones([2, 3]), ones([3, 4]), ones([4])])); // tensor([12., 12.])
 * ```
 */
export function multiDot(tensors: readonly Tensor[]): Tensor {
  checkTensors('multiDot', 'tensors', tensors);
  if (tensors.length < 2) {
    throw new ArgumentError(`multiDot: expected at least two matrices, got ${tensors.length}`);
  }
  const last = tensors.length - 1;
  const factors = tensors.map((x, i) => {
    if (x.ndim === 1 && i === 0) return x.unsqueeze(0);
    if (x.ndim === 1 && i === last) return x.unsqueeze(1);
    if (x.ndim === 2) return x;
    const vectors = i === 0 || i === last ? ' or a vector' : '';
    throw new ShapeError(
      `multiDot: tensor ${i} must be a matrix${vectors}, got shape ${formatShape(x.shape)}`,
    );
  });
  for (let i = 0; i < last; i++) {
    const [columns, rows] = [factors[i]!.shape[1]!, factors[i + 1]!.shape[0]!];
    if (columns === rows) continue;
    throw new ShapeError(
      `multiDot: tensor ${i} of shape ${formatShape(tensors[i]!.shape)} and tensor ${i + 1} of shape ` +
        `${formatShape(tensors[i + 1]!.shape)} do not multiply: inner lengths are ${columns} and ${rows}`,
    );
  }
  const splits = bestSplits([factors[0]!.shape[0]!, ...factors.map(({ shape }) => shape[1]!)]);
  const product = (from: number, to: number): Tensor => {
    if (from === to) return factors[from]!;
    const split = splits[from]![to]!;
    return matmul(product(from, split), product(split + 1, to));
  };
  const whole = product(0, last);
  const [row, column] = [tensors[0]!.ndim === 1, tensors[last]!.ndim === 1];
  if (row) return column ? whole.reshape([]) : whole.squeeze(0);
  return column ? whole.squeeze(1) : whole;
}

/** After which factor to split the product of factors i … j; factor k has lengths[k] rows and lengths[k + 1] columns. */
function bestSplits(lengths: readonly number[]): readonly (readonly number[])[] {
  const count = lengths.length - 1;
  const costs = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  const splits = costs.map((row) => row.slice());
  for (let span = 1; span < count; span++) {
    for (let i = 0; i + span < count; i++) {
      const j = i + span;
      costs[i]![j] = Number.POSITIVE_INFINITY;
      for (let k = i; k < j; k++) {
        const cost = costs[i]![k]! + costs[k + 1]![j]! + lengths[i]! * lengths[k + 1]! * lengths[j + 1]!;
        if (cost >= costs[i]![j]!) continue;
        costs[i]![j] = cost;
        splits[i]![j] = k;
      }
    }
  }
  return splits;
}
export const multiDotSamples: Samples = (s) => {
  const shapes = s.oneOf<readonly (readonly number[])[]>([
    [
      [2, 3],
      [3, 2],
    ],
    [[2], [2, 3], [3]],
    [[2], [2]],
    [
      [1, 3],
      [3, 2],
      [2, 4],
    ],
    [[3, 1], [1, 2], [2, 2], [2]],
    [
      [0, 2],
      [2, 3],
    ],
  ]);
  return [shapes.map((shape) => s.tensorOf(shape))];
};
export const multiDotRefusals: Refusals = (s) => [
  [[[s.tensorOf([2, 2])]], 'ArgumentError', /at least two matrices, got 1/],
  [
    [[s.tensorOf([2, 2]), s.tensorOf([2]), s.tensorOf([2, 2])]],
    'ShapeError',
    /tensor 1 must be a matrix, got shape \(2,\)/,
  ],
  [
    [[s.tensorOf([2, 2, 2]), s.tensorOf([2])]],
    'ShapeError',
    /tensor 0 must be a matrix or a vector, got shape \(2, 2, 2\)/,
  ],
  [[[s.tensorOf([2, 3]), s.tensorOf([2, 2])]], 'ShapeError', /inner lengths are 3 and 2/],
];

/**
 * A^n by repeated squaring; the inverse of A to the power -n where n is negative. Derivatives: those of the products.
 *
 * Errors: ShapeError unless A is square; ArgumentError unless n is a whole number; LinAlgError for a negative power of a
 * singular matrix, DTypeError for one of integers. PyTorch: `torch.linalg.matrix_power`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.matrixPower(tensor([[1, 1], [0, 1]]), 5).toArray()); // [ [ 1, 5 ], [ 0, 1 ] ]
 * ```
 */
export function matrixPower(a: Tensor, n: number): Tensor {
  checkTensor('matrixPower', 'a', a);
  if (a.ndim < 2 || a.shape.at(-1) !== a.shape.at(-2)) {
    throw new ShapeError(`matrixPower: A must be square, got shape ${formatShape(a.shape)}`);
  }
  if (!Number.isInteger(n)) throw new ArgumentError(`matrixPower: n must be a whole number, got ${n}`);
  if (n === 0) {
    const identity = identityMatrix(a.shape.at(-2)!, a.shape.at(-1)!, a.dtype).expand(a.shape);
    // Selected from A, so that the result is tracked as those of other powers are; its gradient is 0.
    return a.where(constant(0, 'bool', a.shape), identity);
  }
  let square = n < 0 ? inv(a) : a;
  let power: Tensor | null = null;
  for (let rest = Math.abs(n); ; ) {
    if (rest % 2 === 1) power = power === null ? square : power.matmul(square);
    rest = Math.floor(rest / 2);
    if (rest === 0) return power!;
    square = square.matmul(square);
  }
}
export const matrixPowerSamples: Samples = (s) => [regular(s, s.oneOf(squareShapes)), s.integer(-2, 3)];
export const matrixPowerRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 2], 'ShapeError', /A must be square, got shape \(2, 3\)/],
  [[s.tensorOf([2, 2]), 0.5], 'ArgumentError', /n must be a whole number, got 0\.5/],
];

const matrixExpOp: DefinedOp<'a', unknown, Tensor> = /* @__PURE__ */ defineOp({
  name: 'matrixExp',
  inputs: ['a'],
  saves: ['a'],
  forward: ({ a }) => wrap(linalgKernels.matrixExp(a), a.dtype, a.shape),
  vjp: { a: (g, { a }) => directional(a.mT, g) },
  jvp: ({ a: t }, { a }) => t && directional(a, t),
});

/** The derivative of e^A in the direction M: the upper right block of the exponential of [[A, M], [0, A]]. */
function directional(a: Tensor, m: Tensor): Tensor {
  const n = a.shape.at(-1)!;
  const zeros = constant(0, a.dtype, a.shape);
  const block = cat([cat([a, m], -1), cat([zeros, a], -1)], -2);
  return matrixExpOp({ a: block }).slice(-2, 0, n).slice(-1, n);
}

/**
 * The exponential of a square matrix, e^A = I + A + A^2 / 2 + …, by a Padé approximant with scaling and squaring (Higham
 * 2005). Derivative, in the direction M: the upper right block of the exponential of [[A, M], [0, A]] (Mathias 1996).
 *
 * Errors: ShapeError unless A is square; DTypeError for integers. PyTorch: `torch.linalg.matrix_exp`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.matrixExp(tensor([[0, 1], [0, 0]])).toArray()); // [ [ 1, 1 ], [ 0, 1 ] ]
 * ```
 */
export function matrixExp(a: Tensor): Tensor {
  requireSquare('matrixExp', 'A', a);
  return matrixExpOp({ a });
}
export const matrixExpSamples: Samples = (s) => [s.tensorOf(s.oneOf(squareShapes))];
export const matrixExpRefusals = squareRefusals;
