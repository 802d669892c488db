import { type LuFactors, linalgKernels } from '../kernels/linalg.ts';
import { type DefinedOp, defineOp } from '../tape/defineOp.ts';
import { sumOf } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { ShapeError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { inverse } from './inverse.ts';
import {
  identityMatrix,
  matrixError,
  positiveDefinite,
  regular,
  requireMatrix,
  requireSquare,
  solveBatches,
  squareRefusals,
  squareShapes,
} from './matrices.ts';
import type { Refusals, Samples } from './samples.ts';

// Derivatives follow M. Giles, "An extended collection of matrix derivative results for forward and reverse mode
// algorithmic differentiation" (Oxford, 2008). All routines work in doubles, whatever the dtype.

/** A system A X = B (or A^T X = B), with the factors of A. */
interface System {
  readonly factors: LuFactors;
  readonly transposed: boolean;
}

const solveOp: DefinedOp<'a' | 'b', System, Tensor> = /* @__PURE__ */ defineOp({
  name: 'solve',
  inputs: ['a', 'b'],
  saves: ['a', 'output'],
  forward: ({ b }, { factors, transposed }: System) =>
    wrap(linalgKernels.luSolve(factors, b, transposed), b.dtype, b.shape),
  vjp: (g, { a, output: x }, { factors, transposed }, needs) => {
    const w = solveOp({ a, b: g }, { factors, transposed: !transposed });
    if (!needs.a) return { a: null, b: w };
    return { a: (transposed ? x.matmul(w.mT) : w.matmul(x.mT)).neg(), b: w };
  },
  jvp: ({ a: s, b: t }, { a, output: x }, system) => {
    const right = sumOf(t, s && (system.transposed ? s.mT : s).matmul(x).neg());
    return right && solveOp({ a, b: right }, system);
  },
});

/** The factors of square matrices, none of which may be singular. */
function regularFactors(op: string, a: Tensor): LuFactors {
  const factors = linalgKernels.luFactor(a);
  if (factors.singular >= 0) {
    throw matrixError(
      op,
      a.shape,
      factors.singular,
      `is singular (its pivot ${factors.zeroPivot + 1} is 0); use linalg.pinv or linalg.lstsq, or add a multiple of the identity`,
    );
  }
  return factors;
}

/** Options of {@link solve}. */
export interface SolveOptions {
  /** Solve A X = B (the default), or X A = B. */
  readonly left?: boolean;
}

/**
 * X with A X = B, or X A = B where `left` is false, by elimination with partial pivoting. B is a matrix, or a vector:
 * of one axis, or of the shape of A without its last axis. Leading axes broadcast.
 *
 * Derivatives: A^-T g for B, and -(A^-T g) X^T for A; both reuse the factors of A.
 *
 * Errors: LinAlgError for a singular matrix, with its place in the batch; ShapeError unless A is square and fits B;
 * DTypeError for integers. PyTorch: `torch.linalg.solve`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.solve(tensor([[2, 0], [0, 4]]), tensor([2, 2]))); // tensor([1.0000, 0.5000])
 * ```
 */
export function solve(a: Tensor, b: Tensor, { left = true }: SolveOptions = {}): Tensor {
  checkTensor('solve', 'a', a);
  checkTensor('solve', 'b', b);
  requireSquare('solve', 'A', a);
  const isVector = b.ndim === 1 || (b.ndim === a.ndim - 1 && sameShape(b.shape, a.shape.slice(0, -1)));
  const side = isVector ? b.unsqueeze(-1) : b;
  requireMatrix('solve', 'B', side);
  if (a.shape.at(-1) !== side.shape.at(left ? -2 : -1)) {
    throw new ShapeError(
      `solve: A of shape ${formatShape(a.shape)} and B of shape ${formatShape(b.shape)} do not fit ${left ? 'A X = B' : 'X A = B'}`,
    );
  }
  const solved = left ? solveColumns('solve', a, side) : solveColumns('solve', a.mT, side.mT).mT;
  return isVector ? solved.squeeze(-1) : solved;
}

function solveColumns(op: string, a: Tensor, b: Tensor): Tensor {
  return solveBatches(op, a, b, (x, y) =>
    solveOp({ a: x, b: y }, { factors: regularFactors(op, x), transposed: false }),
  );
}
export const solveSamples: Samples = (s) => {
  const [a, b, left] = s.oneOf([
    [[3, 3], [3], true],
    [[3, 3], [3, 2], true],
    [[2, 2], [3, 2], false],
    [[2, 2, 2], [2, 2], true],
    [[3, 2, 2], [2], true],
    [[2, 2], [2, 2, 3], true],
    [[2, 1, 2, 2], [3, 2, 1], true],
    [[0, 0], [0, 2], true],
    [[2, 2], [0, 2, 1], true],
  ] as const);
  return [regular(s, a), s.tensorOf(b), { left }];
};
export const solveRefusals: Refusals = (s) => {
  const a = regular(s, [2, 2]);
  const singular = constant(1, 'float64', [2, 2]);
  return [
    [[s.tensorOf([2, 3]), s.tensorOf([2])], 'ShapeError', /A must be square, got shape \(2, 3\)/],
    [[a, s.tensorOf([3, 2])], 'ShapeError', /\(2, 2\) and B of shape \(3, 2\) do not fit A X = B/],
    [[a, s.tensorOf([2, 3]), { left: false }], 'ShapeError', /do not fit X A = B/],
    [[a, s.tensorOf([])], 'ShapeError', /B must be a matrix or a batch of matrices, got shape \(\)/],
    [
      [regular(s, [3, 2, 2]), s.tensorOf([2, 2, 1])],
      'ShapeError',
      /\(3, 2, 2\) and \(2, 2, 1\) do not broadcast/,
    ],
    [[s.index([2, 2], 3), s.tensorOf([2])], 'DTypeError', /A must be floating point, got int32/],
    [
      [singular, s.tensorOf([2])],
      'LinAlgError',
      /the matrix is singular \(its pivot 2 is 0\); use linalg\.pinv/,
    ],
    [
      [singular.expand([2, 3, 2, 2]), s.tensorOf([2, 1])],
      'LinAlgError',
      /the matrix at \[0, 0\] of the batch is singular/,
    ],
  ];
};

/**
 * The inverse A^-1. To multiply by it, {@link solve} is faster and more accurate. Derivative: -A^-T g A^-T.
 *
 * Errors: LinAlgError for a singular matrix, with its place in the batch; ShapeError unless A is square; DTypeError for
 * integers. PyTorch: `torch.linalg.inv`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.inv(tensor([[2, 0], [0, 4]])).toArray()); // [ [ 0.5, 0 ], [ 0, 0.25 ] ]
 * ```
 */
export function inv(a: Tensor): Tensor {
  checkTensor('inv', 'a', a);
  requireSquare('inv', 'A', a);
  return inverse({ a }, { factors: regularFactors('inv', a) });
}
export const invSamples: Samples = (s) => [regular(s, s.oneOf(squareShapes))];
export const invRefusals: Refusals = (s) => [
  ...squareRefusals(s),
  [
    [constant(0, 'float64', [2, 1, 1])],
    'LinAlgError',
    /the matrix at \[0\] of the batch is singular \(its pivot 1 is 0\)/,
  ],
];

const cofactorsTangentOp: DefinedOp<'a' | 'm', unknown, Tensor> = /* @__PURE__ */ defineOp({
  name: 'cofactorsTangent',
  inputs: ['a', 'm'],
  saves: ['a', 'm'],
  forward: ({ a, m }) => wrap(linalgKernels.cofactorsTangent(a, m), a.dtype, a.shape),
  // The second derivative of the determinant is symmetric, so the map of M is its own transpose.
  vjp: {
    m: (g, { a }) => cofactorsTangentOp({ a, m: g }),
    a: (g, { a, m }) => thirdDerivative(a, m, g),
  },
  jvp: ({ a: s, m: t }, { a, m }) =>
    sumOf(t && cofactorsTangentOp({ a, m: t }), s && thirdDerivative(a, m, s)),
});

/** The third derivative of det A, in two directions: only for regular A. */
function thirdDerivative(a: Tensor, m: Tensor, g: Tensor): Tensor {
  const x = inv(a);
  const [xm, xg] = [x.matmul(m), x.matmul(g)];
  const traceOf = (y: Tensor) => y.diagonal(0, -2, -1).sum(-1).unsqueeze(-1).unsqueeze(-1);
  const [tm, tg] = [traceOf(xm), traceOf(xg)];
  const [xmx, xgx] = [xm.matmul(x), xg.matmul(x)];
  const terms = x
    .mul(tm.mul(tg).sub(traceOf(xm.matmul(xg))))
    .sub(xmx.mul(tg))
    .sub(xgx.mul(tm))
    .add(xm.matmul(xgx))
    .add(xg.matmul(xmx));
  return terms.mT.mul(det(a).unsqueeze(-1).unsqueeze(-1));
}

const cofactorsOp = /* @__PURE__ */ defineOp({
  name: 'cofactors',
  inputs: ['a'],
  saves: ['a'],
  forward: ({ a }) => wrap(linalgKernels.cofactors(a), a.dtype, a.shape),
  vjp: { a: (g, { a }) => cofactorsTangentOp({ a, m: g }) },
  jvp: ({ a: t }, { a }) => t && cofactorsTangentOp({ a, m: t }),
});

const detOp = /* @__PURE__ */ defineOp({
  name: 'det',
  inputs: ['a'],
  saves: ['a'],
  forward: ({ a }) =>
    wrap(linalgKernels.det(linalgKernels.luFactor(a), a.dtype), a.dtype, a.shape.slice(0, -2)),
  vjp: { a: (g, { a }) => cofactorsOp({ a }).mul(g.unsqueeze(-1).unsqueeze(-1)) },
  jvp: ({ a: t }, { a }) => t && cofactorsOp({ a }).mul(t).sum([-2, -1]),
});

/**
 * The determinant det A. Derivative: the cofactors, g det(A) A^-T where A is regular; they are computed without dividing
 * by a pivot, so that first and second derivatives hold for singular matrices too (PyTorch's are then 0).
 *
 * Errors: ShapeError unless A is square; DTypeError for integers; LinAlgError for the third derivative at a singular
 * matrix. PyTorch: `torch.linalg.det`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.det(tensor([[1, 2], [3, 4]]))); // tensor(-2.)
 * ```
 */
export function det(a: Tensor): Tensor {
  checkTensor('det', 'a', a);
  requireSquare('det', 'A', a);
  return detOp({ a });
}
export const detSamples: Samples = (s) => [
  s.oneOf([true, false]) ? s.tensorOf(s.oneOf(squareShapes)) : regular(s, s.oneOf(squareShapes)),
];
export const detRefusals = squareRefusals;

const slogdetOp = /* @__PURE__ */ defineOp({
  name: 'slogdet',
  inputs: ['a'],
  saves: ['a'],
  forward: ({ a }, { factors }: { readonly factors: LuFactors }) => {
    const { sign, logabsdet } = linalgKernels.slogdet(factors, a.dtype);
    const shape = a.shape.slice(0, -2);
    return [wrap(sign, a.dtype, shape), wrap(logabsdet, a.dtype, shape)];
  },
  vjp: {
    a: ([, g], { a }, attributes) =>
      g ? inverse({ a }, attributes).mT.mul(g.unsqueeze(-1).unsqueeze(-1)) : null,
  },
  jvp: ({ a: t }, { a }, attributes) => [null, t && inverse({ a }, attributes).mT.mul(t).sum([-2, -1])],
});

/** The sign and the logarithm of a determinant. */
export interface SignAndLogDeterminant {
  /** -1, 0 or 1. */
  readonly sign: Tensor;
  /** The logarithm of the absolute value of the determinant; differentiable. */
  readonly logabsdet: Tensor;
}

/**
 * The sign of det A and ln |det A|, which neither overflows nor vanishes where the determinant would; 0 and -Infinity for
 * a singular matrix. Derivatives: of the logarithm g A^-T, infinite for a singular matrix; 0 of the sign.
 *
 * Errors: ShapeError unless A is square; DTypeError for integers. PyTorch: `torch.linalg.slogdet`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * const { sign, logabsdet } = linalg.slogdet(tensor([[0, 1], [1, 0]]));
 * console.log(sign.item(), logabsdet.item()); // -1 0
 * ```
 */
export function slogdet(a: Tensor): SignAndLogDeterminant {
  checkTensor('slogdet', 'a', a);
  requireSquare('slogdet', 'A', a);
  const [sign, logabsdet] = slogdetOp({ a }, { factors: linalgKernels.luFactor(a) }) as [Tensor, Tensor];
  return { sign, logabsdet };
}
export const slogdetSamples = invSamples;
export const slogdetRefusals = squareRefusals;

/** Options of {@link solveTriangular}. */
export interface SolveTriangularOptions {
  /** Whether A is upper triangular, or lower. */
  readonly upper: boolean;
  /** Solve A X = B (the default), or X A = B. */
  readonly left?: boolean;
  /** Whether the diagonal of A is taken to be ones. Default false. */
  readonly unitriangular?: boolean;
}

interface Triangle {
  readonly upper: boolean;
  readonly unitriangular: boolean;
}

const solveTriangularOp: DefinedOp<'a' | 'b', Triangle, Tensor> = /* @__PURE__ */ defineOp({
  name: 'solveTriangular',
  inputs: ['a', 'b'],
  saves: ['a', 'output'],
  forward: ({ a, b }, { upper, unitriangular }: Triangle) =>
    wrap(linalgKernels.solveTriangular(a, b, upper, unitriangular), b.dtype, b.shape),
  vjp: (g, { a, output: x }, triangle, needs) => {
    const w = solveTriangularOp({ a: a.mT, b: g }, { ...triangle, upper: !triangle.upper });
    return { a: needs.a ? triangleOf(w.matmul(x.mT), triangle).neg() : null, b: w };
  },
  jvp: ({ a: s, b: t }, { a, output: x }, triangle) => {
    const right = sumOf(t, s && triangleOf(s, triangle).matmul(x).neg());
    return right && solveTriangularOp({ a, b: right }, triangle);
  },
});

/** The part of a matrix that a triangular solve reads. */
function triangleOf(x: Tensor, { upper, unitriangular }: Triangle): Tensor {
  const diagonal = unitriangular ? 1 : 0;
  return upper ? x.triu(diagonal) : x.tril(-diagonal);
}

/**
 * X with A X = B, or X A = B where `left` is false, for triangular A, of which the other triangle is not looked at.
 * Leading axes broadcast. A diagonal with zeros gives infinities and NaN.
 *
 * Derivatives: A^-T g for B, and that triangle of -(A^-T g) X^T for A.
 *
 * Errors: ShapeError unless A is square and fits B, which must have two axes; DTypeError for integers. PyTorch:
 * `torch.linalg.solve_triangular`.
 *
 * @example
 * ```ts
 * import { linalg, tensor } from '@tensortape/autograd';
 * console.log(linalg.solveTriangular(tensor([[2, 0], [1, 1]]), tensor([[2], [3]]), { upper: false }).toArray()); // [ [ 1 ], [ 2 ] ]
 * ```
 */
export function solveTriangular(
  a: Tensor,
  b: Tensor,
  { upper, left = true, unitriangular = false }: SolveTriangularOptions,
): Tensor {
  checkTensor('solveTriangular', 'a', a);
  checkTensor('solveTriangular', 'b', b);
  requireSquare('solveTriangular', 'A', a);
  requireMatrix('solveTriangular', 'B', b);
  if (a.shape.at(-1) !== b.shape.at(left ? -2 : -1)) {
    throw new ShapeError(
      `solveTriangular: A of shape ${formatShape(a.shape)} and B of shape ${formatShape(b.shape)} do not fit ` +
        `${left ? 'A X = B' : 'X A = B'}`,
    );
  }
  const solveWith = (above: boolean) => (x: Tensor, y: Tensor) =>
    solveTriangularOp({ a: x, b: y }, { upper: above, unitriangular });
  if (left) return solveBatches('solveTriangular', a, b, solveWith(upper));
  return solveBatches('solveTriangular', a.mT, b.mT, solveWith(!upper)).mT;
}
export const solveTriangularSamples: Samples = (s) => {
  const [a, b, left] = s.oneOf([
    [[3, 3], [3, 2], true],
    [[2, 2], [3, 2], false],
    [[2, 2, 2], [2, 1], true],
    [[2, 2], [2, 2, 3], true],
    [[2, 1, 2, 2], [3, 1, 2], false],
    [[0, 0], [0, 2], true],
  ] as const);
  // The diagonal may be anything where it is not looked at, but must not be near 0 elsewhere.
  const x = s.tensorOf(a).add(identityMatrix(a.at(-1)!, a.at(-1)!, 'float64').mul(4));
  return [x, s.tensorOf(b), { upper: s.oneOf([true, false]), left, unitriangular: s.oneOf([true, false]) }];
};
export const solveTriangularRefusals: Refusals = (s) => {
  const a = positiveDefinite(s, [2, 2]);
  return [
    [
      [s.tensorOf([2, 3]), s.tensorOf([2, 1]), { upper: true }],
      'ShapeError',
      /A must be square, got shape \(2, 3\)/,
    ],
    [
      [a, s.tensorOf([2]), { upper: true }],
      'ShapeError',
      /B must be a matrix or a batch of matrices, got shape \(2,\)/,
    ],
    [[a, s.tensorOf([3, 2]), { upper: true }], 'ShapeError', /do not fit A X = B/],
    [[a, s.tensorOf([2, 3]), { upper: true, left: false }], 'ShapeError', /do not fit X A = B/],
    [[s.index([2, 2], 2), s.tensorOf([2, 1]), { upper: true }], 'DTypeError', /A must be floating point/],
  ];
};
