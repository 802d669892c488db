import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { broadcastShapes, type Dims, formatShape, normalizeDim } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { requireFloat } from './axes.ts';
import { type NormOrder, normOver, orderOf, slope } from './pNorm.ts';
import type { ReduceOptions } from './reduce.ts';
import type { Refusals, Samples } from './samples.ts';

/** Away from 0, and no two of one size. */
const NORM_RANGE = { low: 0.25, high: 2, distinct: true };

/**
 * The p-norm (sum |x|^p)^(1/p) of the elements over all axes, or over `dim`: the largest |x| for p = Infinity, the
 * smallest for -Infinity, the number of elements that are not 0 for p = 0; 'fro' is 2. Summed in float64. Derivative:
 * sign(x) (|x| / y)^(p-1). Kinks: 0 where x is 0 or the norm is 0, in every order; equal largest |x| share the gradient
 * evenly; 0 for p = 0.
 *
 * Errors: DTypeError for integers; ShapeError for an axis of length 0 with p < 0 or ±Infinity; ArgumentError for p = NaN
 * or another name; IndexError. PyTorch: `torch.norm`, `torch.linalg.vector_norm`.
 *
 * @example
 * ```ts
 * import { norm, tensor } from '@tensortape/autograd';
 * console.log(norm(tensor([3, 4])), norm(tensor([3, 4]), 1)); // tensor(5.) tensor(7.)
 * ```
 */
export function norm(x: Tensor, p: NormOrder = 2, dim?: Dims, options: ReduceOptions = {}): Tensor {
  return normOver('norm', x, orderOf('norm', p), dim, options);
}
export const normSamples: Samples = (s) => {
  const p = s.oneOf<NormOrder>([
    2,
    1,
    3,
    0.5,
    1.5,
    -1,
    0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    'fro',
  ]);
  const x = s.tensorOf(s.oneOf([[4], [2, 3], [2, 2, 2], []]), NORM_RANGE);
  return [x, p, s.dims(x), { keepdim: s.oneOf([true, false]) }];
};
export const normRefusals: Refusals = (s) => [
  [[s.index([3], 3)], 'DTypeError', /expected a floating point tensor, got int32/],
  [[s.tensorOf([2, 0]), Number.POSITIVE_INFINITY, 1], 'ShapeError', /shape \(2, 0\) has no Infinity-norm/],
  [[s.tensorOf([2, 3]), 'nuc'], 'ArgumentError', /p must be a number, ±Infinity or 'fro', got 'nuc'/],
  [[s.tensorOf([2, 3]), Number.NaN], 'ArgumentError', /got NaN/],
  [[s.tensorOf([2, 3]), 2, 2], 'IndexError', /dim 2 is out of range/],
];

/**
 * The p-norm of x - other, broadcast. Derivatives: those of {@link norm}, negative for `other`. Kinks: as there; 0 where
 * the distance is 0. Errors: ShapeError; DTypeError for integers. PyTorch: `torch.dist`.
 *
 * @example
 * ```ts
 * import { dist, tensor } from '@tensortape/autograd';
 * console.log(dist(tensor([1, 2]), tensor([4, 6]))); // tensor(5.)
 * ```
 */
export function dist(x: Tensor, other: Tensor, p = 2): Tensor {
  checkTensor('dist', 'x', x);
  checkTensor('dist', 'other', other);
  const order = orderOf('dist', p);
  broadcastShapes('dist', x.shape, other.shape);
  const difference = x.sub(other);
  requireFloat('dist', difference, 'difference');
  return norm(difference, order);
}
export const distSamples: Samples = (s) => {
  const p = s.oneOf([2, 1, 3, 1.5, 0, Number.POSITIVE_INFINITY]);
  const far = { low: 3, high: 5, distinct: true };
  return [
    s.tensorOf(s.oneOf([[2, 3], [3], [1]]), { values: [0] }).add(s.tensorOf([], s.reals)),
    s.tensorOf([2, 3], far),
    p,
  ];
};
export const distRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([4])], 'ShapeError', /\(2, 3\) and \(4,?\) do not broadcast/],
  [[s.index([3], 3), s.index([3], 3)], 'DTypeError', /expected a floating point difference, got int32/],
  [[s.tensorOf([3]), s.tensorOf([3]), Number.NaN], 'ArgumentError', /got NaN/],
];

const cdistOp = /* @__PURE__ */ defineOp({
  name: 'cdist',
  inputs: ['a', 'b'],
  saves: ['a', 'b', 'output'],
  forward: ({ a, b }, p: number) =>
    wrap(kernels.cdist(p, a, b), a.dtype, [...a.shape.slice(0, -1), b.shape.at(-2)!]),
  vjp: (g, { a, b, output }, p, needs) => {
    if (p === 0) return { a: null, b: null };
    const pulled = g.unsqueeze(-1).mul(slopes(a, b, output, p));
    return { a: needs.a ? pulled.sum(-2) : null, b: needs.b ? pulled.sum(-3).neg() : null };
  },
  jvp: ({ a: s, b: t }, { a, b, output }, p) => {
    const [right, down] = [s?.unsqueeze(-2), t?.unsqueeze(-3).neg()];
    const moved = right && down ? right.add(down) : (right ?? down);
    return moved && p !== 0 ? slopes(a, b, output, p).mul(moved).sum(-1) : null;
  },
});

/** The slopes of all norms by the elements of the differences: (…, m, n, k). */
function slopes(a: Tensor, b: Tensor, y: Tensor, p: number): Tensor {
  return slope(a.unsqueeze(-2).sub(b.unsqueeze(-3)), y.unsqueeze(-1), p, [a.ndim]);
}

/**
 * The p-norms |a_i - b_j| of the differences of all rows, (…, m, k) by (…, n, k) to (…, m, n); leading axes broadcast.
 * The differences are taken one by one, so that near points far from 0 lose nothing. Derivatives: those of {@link norm}
 * by the difference, negative for b, of every order. Kinks: 0 where the distance is 0.
 *
 * Errors: ShapeError below two axes, for rows of two lengths, or where leading axes do not broadcast; DTypeError for
 * integers or two dtypes; ArgumentError for p < 0 or NaN. PyTorch: `torch.cdist`, which differentiates once only.
 *
 * @example
 * ```ts
 * import { cdist, tensor } from '@tensortape/autograd';
 * console.log(cdist(tensor([[0, 0]]), tensor([[3, 4], [0, 1]]))); // tensor([[5., 1.]])
 * ```
 */
export function cdist(a: Tensor, b: Tensor, p = 2): Tensor {
  checkTensor('cdist', 'a', a);
  checkTensor('cdist', 'b', b);
  if (!(p >= 0)) throw new ArgumentError(`cdist: p must be >= 0, got ${p}`);
  const both = `shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}`;
  if (a.ndim < 2 || b.ndim < 2 || a.shape.at(-1) !== b.shape.at(-1)) {
    throw new ShapeError(`cdist: ${both} are not rows of one length: (…, m, k) and (…, n, k) are expected`);
  }
  const [leadA, leadB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  if (
    leadA.some(
      (length, i) =>
        length !== 1 && (leadB.at(i - leadA.length) ?? 1) !== 1 && length !== leadB.at(i - leadA.length),
    )
  ) {
    throw new ShapeError(`cdist: the leading axes of ${both} do not broadcast`);
  }
  requireFloat('cdist', a);
  if (a.dtype !== b.dtype)
    throw new DTypeError(`cdist: a is ${a.dtype}, b is ${b.dtype}; convert one with .to()`);
  const batch = broadcastShapes('cdist', leadA, leadB);
  const over = (x: Tensor) => x.expand([...batch, ...x.shape.slice(-2)]);
  return cdistOp({ a: over(a), b: over(b) }, p);
}
export const cdistSamples: Samples = (s) => {
  const p = s.oneOf([2, 1, 3, 1.5, 0.5, 0, Number.POSITIVE_INFINITY]);
  const apart = { low: 3, high: 6, distinct: true };
  const [left, right] = s.oneOf([
    [
      [2, 3],
      [3, 3],
    ],
    [
      [2, 1, 2],
      [3, 2],
    ],
  ]);
  return [s.tensorOf(left!, { low: -0.01, high: 0.01 }), s.tensorOf(right!, apart), p];
};
export const cdistRefusals: Refusals = (s) => [
  [[s.tensorOf([3]), s.tensorOf([2, 3])], 'ShapeError', /\(3,\) and \(2, 3\) are not rows of one length/],
  [
    [s.tensorOf([2, 3]), s.tensorOf([2, 4])],
    'ShapeError',
    /\(2, 3\) and \(2, 4\) are not rows of one length/,
  ],
  [
    [s.tensorOf([2, 1, 3]), s.tensorOf([3, 1, 3])],
    'ShapeError',
    /the leading axes of shapes \(2, 1, 3\) and \(3, 1, 3\) do not broadcast/,
  ],
  [[s.index([2, 3], 4), s.index([2, 3], 4)], 'DTypeError', /expected a floating point tensor, got int32/],
  [[s.tensorOf([2, 3]), s.tensorOf([2, 3]).to('float32')], 'DTypeError', /a is float64, b is float32/],
  [[s.tensorOf([2, 3]), s.tensorOf([2, 3]), -1], 'ArgumentError', /p must be >= 0, got -1/],
];

/**
 * x with each slice along `dim` whose p-norm is larger than `maxnorm` scaled down to it: x maxnorm / (|x| + 1e-7).
 * Derivative: by composition: of slices that stay 1, else that of the quotient.
 *
 * Errors: ShapeError below two axes; ArgumentError unless p > 0 and maxnorm >= 0; DTypeError for integers; IndexError.
 * PyTorch: `torch.renorm`.
 *
 * @example
 * ```ts
 * import { renorm, tensor } from '@tensortape/autograd';
 * console.log(renorm(tensor([[3, 4], [0, 0.5]]), 2, 0, 1));
 * // tensor([[0.6000, 0.8000],
 * //         [0.0000, 0.5000]])
 * ```
 */
export function renorm(x: Tensor, p: number, dim: number, maxnorm: number): Tensor {
  checkTensor('renorm', 'x', x);
  requireFloat('renorm', x);
  const axis = normalizeDim('renorm', dim, x.ndim);
  if (x.ndim < 2)
    throw new ShapeError(`renorm: expected at least two axes, got shape ${formatShape(x.shape)}`);
  if (!(p > 0)) throw new ArgumentError(`renorm: p must be > 0, got ${p}`);
  if (!(maxnorm >= 0)) throw new ArgumentError(`renorm: maxnorm must be >= 0, got ${maxnorm}`);
  const others = x.shape.map((_, i) => i).filter((i) => i !== axis);
  const size = norm(x, p, others, { keepdim: true });
  const large = size.gt(maxnorm);
  return x.mul(size.where(large, 1).add(1e-7).reciprocal().mul(maxnorm).where(large, 1));
}
export const renormSamples: Samples = (s) => [
  s.tensorOf(
    s.oneOf([
      [2, 3],
      [2, 2, 2],
    ]),
    NORM_RANGE,
  ),
  s.oneOf([2, 1, 3, Number.POSITIVE_INFINITY]),
  s.oneOf([0, 1, -1]),
  s.oneOf([0.125, 20]),
];
export const renormRefusals: Refusals = (s) => [
  [[s.tensorOf([3]), 2, 0, 1], 'ShapeError', /at least two axes, got shape \(3,\)/],
  [[s.tensorOf([2, 3]), 0, 0, 1], 'ArgumentError', /p must be > 0, got 0/],
  [[s.tensorOf([2, 3]), 2, 0, -1], 'ArgumentError', /maxnorm must be >= 0, got -1/],
  [[s.index([2, 3], 3), 2, 0, 1], 'DTypeError', /expected a floating point tensor, got int32/],
  [[s.tensorOf([2, 3]), 2, 2, 1], 'IndexError', /dim 2 is out of range/],
];
