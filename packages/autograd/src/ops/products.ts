import { kernels } from '../kernels/select.ts';
import { bilinear } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { type DType, getDefaultDType, isFloat, promoteTypes } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { broadcastBatches, formatShape } from '../tensor/shape.ts';
import { expanded } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';

/** Batches of equal shape: (…, m, k) by (…, k, n). */
const matmulOp = /* @__PURE__ */ bilinear<Stored>({
  name: 'matmul',
  forward: (a, b) => wrap(kernels.matmul(a, b), a.dtype, a.shape.with(-1, b.shape.at(-1)!)),
  transposeLeft: (g, b) => g.matmul(b.mT),
  // The same product either way: (g^T A)^T is laid out as B is, so that the gradient of a weight has the weight's strides.
  transposeRight: (g, a, { byColumns }) => (byColumns ? g.mT.matmul(a).mT : a.mT.matmul(g)),
});

/** How the right operand lies in memory. */
interface Stored {
  readonly byColumns: boolean;
}

const storedOf = (b: Tensor): Stored => ({ byColumns: b.strides.at(-2) === 1 && b.strides.at(-1) !== 1 });

/**
 * The matrix product, by the rules of `torch.matmul`: vectors are taken as rows on the left and columns on the right,
 * and leading axes broadcast. Sums are accumulated in doubles. Dtypes are promoted; uint8 wraps around as in PyTorch.
 * Derivatives: g B^T and A^T g.
 *
 * Errors: ShapeError when the inner lengths differ, or for a 0-dimensional operand; DTypeError for bool, and when an
 * int32 product leaves int32. PyTorch: `torch.matmul`.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from '@tensortape/autograd';
 * console.log(matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])).toArray()); // [ 3, 7 ]
 * ```
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTensor('matmul', 'a', a);
  checkTensor('matmul', 'b', b);
  const inner = [a.shape.at(-1), b.ndim > 1 ? b.shape.at(-2) : b.shape[0]];
  if (a.ndim === 0 || b.ndim === 0 || inner[0] !== inner[1]) {
    throw new ShapeError(
      `matmul: shapes ${formatShape(a.shape)} and ${formatShape(b.shape)} do not multiply: ` +
        (a.ndim === 0 || b.ndim === 0
          ? 'use mul for a 0-dimensional operand'
          : `inner lengths are ${inner[0]} and ${inner[1]}`),
    );
  }
  const dtype = promoteTypes(a.dtype, b.dtype);
  if (dtype === 'bool') {
    throw new DTypeError("matmul: bool matrices have no product; convert them with .to('int32')");
  }
  const [x, y] = [a.to(dtype), b.to(dtype)];
  if (x.ndim === 1) return matmul(x.unsqueeze(0), y).squeeze(y.ndim === 1 ? 0 : -2);
  if (y.ndim === 1) return matmul(x, y.unsqueeze(1)).squeeze(-1);
  if (x.ndim === 2 && y.ndim === 2) return matmulOp(x, y, storedOf(y));
  // A batch of rows times one matrix is one tall product.
  if (y.ndim === 2) return matmulOp(x.flatten(0, -2), y, storedOf(y)).reshape(x.shape.with(-1, y.shape[1]!));
  const batch = broadcastBatches('matmul', x.shape, y.shape);
  const right = y.expand([...batch, ...y.shape.slice(-2)]);
  return matmulOp(x.expand([...batch, ...x.shape.slice(-2)]), right, storedOf(right));
}

export const matmulSamples: Samples = (s) => {
  const [left, right] = s.oneOf([
    [
      [2, 3],
      [3, 4],
    ],
    [[3], [3]],
    [[2, 3], [3]],
    [[3], [3, 2]],
    [
      [2, 2, 3],
      [3, 2],
    ],
    [[3], [2, 3, 2]],
    [
      [2, 1, 2, 3],
      [4, 3, 1],
    ],
    [
      [0, 3],
      [3, 2],
    ],
    [
      [2, 0],
      [0, 2],
    ],
  ] as const);
  return [s.tensorOf(left), s.tensorOf(right)];
};
export const matmulRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2, 3]), s.tensorOf([2, 3])],
    'ShapeError',
    /\(2, 3\) and \(2, 3\) do not multiply: inner lengths are 3 and 2/,
  ],
  [[s.tensorOf([]), s.tensorOf([2])], 'ShapeError', /use mul for a 0-dimensional operand/],
  [[s.tensorOf([2, 2, 3]), s.tensorOf([3, 3, 2])], 'ShapeError', /do not broadcast/],
  [[s.mask([2]).expand([2]), s.mask([2]).expand([2])], 'DTypeError', /bool matrices have no product/],
];

/** Refuses an operand with another number of axes than an operation is for. */
function requireNdim(op: string, name: string, x: Tensor, ndim: number): void {
  if (x.ndim === ndim) return;
  const kinds = ['a 0-dimensional tensor', 'a vector', 'a matrix', 'a batch of matrices (3 axes)'];
  throw new ShapeError(`${op}: ${name} must be ${kinds[ndim]}, got shape ${formatShape(x.shape)}`);
}

/** Refuses operands whose lengths do not fit each other; `rule` says which must be equal. */
function requireEqual(op: string, a: Tensor, b: Tensor, x: number, y: number, rule: string): void {
  if (x === y) return;
  throw new ShapeError(
    `${op}: shapes ${formatShape(a.shape)} and ${formatShape(b.shape)} do not multiply: ${rule} must be equal, got ${x} and ${y}`,
  );
}

/**
 * The inner product of two vectors, sum_i a_i b_i. Derivatives: g b and g a.
 *
 * Errors: ShapeError unless both are vectors of one length. PyTorch: `torch.dot`.
 *
 * @example
 * ```ts
 * import { dot, tensor } from '@tensortape/autograd';
 * console.log(dot(tensor([1, 2]), tensor([3, 4]))); // tensor(11.)
 * ```
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  checkTensor('dot', 'a', a);
  checkTensor('dot', 'b', b);
  requireNdim('dot', 'a', a, 1);
  requireNdim('dot', 'b', b, 1);
  requireEqual('dot', a, b, a.shape[0]!, b.shape[0]!, 'the lengths');
  return matmul(a, b);
}
export const dotSamples: Samples = (s) => {
  const n = s.integer(0, 4);
  return [s.tensorOf([n]), s.tensorOf([n])];
};
export const dotRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([3])], 'ShapeError', /a must be a vector, got shape \(2, 3\)/],
  [[s.tensorOf([2]), s.tensorOf([])], 'ShapeError', /b must be a vector, got shape \(\)/],
  [[s.tensorOf([2]), s.tensorOf([3])], 'ShapeError', /the lengths must be equal, got 2 and 3/],
];

/**
 * The products of all pairs of elements of two vectors, (m) and (n) to (m, n): a_i b_j. Derivatives: g b and g^T a.
 *
 * Errors: ShapeError unless both are vectors. PyTorch: `torch.outer`.
 *
 * @example
 * ```ts
 * import { outer, tensor } from '@tensortape/autograd';
 * console.log(outer(tensor([1, 2]), tensor([3, 4])));
 * // tensor([[3., 4.],
 * //         [6., 8.]])
 * ```
 */
export function outer(a: Tensor, b: Tensor): Tensor {
  checkTensor('outer', 'a', a);
  checkTensor('outer', 'b', b);
  requireNdim('outer', 'a', a, 1);
  requireNdim('outer', 'b', b, 1);
  return a.unsqueeze(1).mul(b);
}
export const outerSamples: Samples = (s) => [s.tensorOf([s.integer(0, 3)]), s.tensorOf([s.integer(1, 3)])];
export const outerRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([3])], 'ShapeError', /a must be a vector, got shape \(2, 3\)/],
  [[s.tensorOf([2]), s.tensorOf([])], 'ShapeError', /b must be a vector, got shape \(\)/],
];

/**
 * The product of two matrices, (m, k) by (k, n): A B, without broadcasting. Derivatives: g B^T and A^T g.
 *
 * Errors: ShapeError unless both are matrices with equal inner lengths. PyTorch: `torch.mm`.
 *
 * @example
 * ```ts
 * import { mm, tensor } from '@tensortape/autograd';
 * console.log(mm(tensor([[1, 2]]), tensor([[3], [4]]))); // tensor([[11.]])
 * ```
 */
export function mm(a: Tensor, b: Tensor): Tensor {
  checkTensor('mm', 'a', a);
  checkTensor('mm', 'b', b);
  checkMm('mm', 'a', a, 'b', b);
  return matmul(a, b);
}

function checkMm(op: string, nameA: string, a: Tensor, nameB: string, b: Tensor): void {
  requireNdim(op, nameA, a, 2);
  requireNdim(op, nameB, b, 2);
  requireEqual(op, a, b, a.shape[1]!, b.shape[0]!, `the columns of ${nameA} and the rows of ${nameB}`);
}
const matrices = [
  [
    [2, 3],
    [3, 4],
  ],
  [
    [1, 2],
    [2, 1],
  ],
  [
    [2, 0],
    [0, 3],
  ],
  [
    [0, 2],
    [2, 2],
  ],
] as const;
export const mmSamples: Samples = (s) => {
  const [a, b] = s.oneOf(matrices);
  return [s.tensorOf(a), s.tensorOf(b)];
};
export const mmRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([3])], 'ShapeError', /b must be a matrix, got shape \(3,\)/],
  [[s.tensorOf([2, 2, 3]), s.tensorOf([3, 2])], 'ShapeError', /a must be a matrix, got shape \(2, 2, 3\)/],
  [[s.tensorOf([2, 3]), s.tensorOf([2, 3])], 'ShapeError', /the rows of b must be equal, got 3 and 2/],
];

/**
 * The products of two batches of matrices, (b, m, k) by (b, k, n), without broadcasting. Derivatives: g B^T and A^T g.
 *
 * Errors: ShapeError unless both have three axes, one batch length and equal inner lengths. PyTorch: `torch.bmm`.
 *
 * @example
 * ```ts
 * import { bmm, tensor } from '@tensortape/autograd';
 * console.log(bmm(tensor([[[1, 2]], [[3, 4]]]), tensor([[[1], [1]], [[1], [2]]])).flatten()); // tensor([ 3., 11.])
 * ```
 */
export function bmm(a: Tensor, b: Tensor): Tensor {
  checkTensor('bmm', 'a', a);
  checkTensor('bmm', 'b', b);
  checkBmm('bmm', 'a', a, 'b', b);
  return matmul(a, b);
}

function checkBmm(op: string, nameA: string, a: Tensor, nameB: string, b: Tensor): void {
  requireNdim(op, nameA, a, 3);
  requireNdim(op, nameB, b, 3);
  requireEqual(op, a, b, a.shape[0]!, b.shape[0]!, 'the batch lengths');
  requireEqual(op, a, b, a.shape[2]!, b.shape[1]!, `the columns of ${nameA} and the rows of ${nameB}`);
}
export const bmmSamples: Samples = (s) => {
  const batch = s.integer(0, 3);
  const [a, b] = s.oneOf(matrices);
  return [s.tensorOf([batch, ...a]), s.tensorOf([batch, ...b])];
};
export const bmmRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2, 3]), s.tensorOf([1, 3, 2])],
    'ShapeError',
    /a must be a batch of matrices \(3 axes\), got shape \(2, 3\)/,
  ],
  [
    [s.tensorOf([2, 2, 3]), s.tensorOf([1, 3, 2])],
    'ShapeError',
    /the batch lengths must be equal, got 2 and 1/,
  ],
  [[s.tensorOf([2, 2, 3]), s.tensorOf([2, 2, 3])], 'ShapeError', /the rows of b must be equal, got 3 and 2/],
];

/**
 * The product of a matrix and a vector, (m, k) by (k): A v. Derivatives: the outer product of g and v, and A^T g.
 *
 * Errors: ShapeError unless they are a matrix and a vector that fit. PyTorch: `torch.mv`.
 *
 * @example
 * ```ts
 * import { mv, tensor } from '@tensortape/autograd';
 * console.log(mv(tensor([[1, 2], [3, 4]]), tensor([1, 1]))); // tensor([3., 7.])
 * ```
 */
export function mv(a: Tensor, v: Tensor): Tensor {
  checkTensor('mv', 'a', a);
  checkTensor('mv', 'v', v);
  checkMv('mv', 'a', a, 'v', v);
  return matmul(a, v);
}

function checkMv(op: string, nameA: string, a: Tensor, nameV: string, v: Tensor): void {
  requireNdim(op, nameA, a, 2);
  requireNdim(op, nameV, v, 1);
  requireEqual(op, a, v, a.shape[1]!, v.shape[0]!, `the columns of ${nameA} and the length of ${nameV}`);
}
export const mvSamples: Samples = (s) => {
  const [m, k] = s.oneOf([
    [2, 3],
    [1, 2],
    [2, 0],
    [0, 2],
  ] as const);
  return [s.tensorOf([m, k]), s.tensorOf([k])];
};
export const mvRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), s.tensorOf([3, 1])], 'ShapeError', /v must be a vector, got shape \(3, 1\)/],
  [[s.tensorOf([3]), s.tensorOf([3])], 'ShapeError', /a must be a matrix, got shape \(3,\)/],
  [[s.tensorOf([2, 3]), s.tensorOf([2])], 'ShapeError', /the length of v must be equal, got 3 and 2/],
];

/** The weights of a sum of an input and a product. */
export interface AddProductOptions {
  /** What the input is multiplied by. Where it is 0, the input is left out, NaN and infinities in it too. Default 1. */
  readonly beta?: number;
  /** What the product is multiplied by. Default 1. */
  readonly alpha?: number;
}

/** beta * input + alpha * product; where beta is 0 the input is left out, where alpha is 0 the product. */
function addProduct(
  op: string,
  input: Tensor,
  product: Tensor,
  { beta = 1, alpha = 1 }: AddProductOptions,
): Tensor {
  const dtype = promoteTypes(input.dtype, product.dtype);
  requireWeight(op, 'beta', beta, dtype);
  requireWeight(op, 'alpha', alpha, dtype);
  // Only for its error, which names the operation.
  expanded(op, input, product.shape);
  return weighted(input.to(dtype).expand(product.shape), beta).add(weighted(product.to(dtype), alpha));
}

function requireWeight(op: string, name: string, weight: number, dtype: DType): void {
  if (isFloat(dtype) || Number.isInteger(weight)) return;
  throw new ArgumentError(
    `${op}: ${name} must be a whole number for ${dtype} tensors, got ${weight}; convert them with .to('${getDefaultDType()}')`,
  );
}

/** x times a number; where that is 0, zeros are selected, so that NaN and infinities do not come through. */
function weighted(x: Tensor, weight: number): Tensor {
  if (weight === 0) return x.where(constant(0, 'bool', x.shape), constant(0, x.dtype, x.shape));
  return weight === 1 ? x : x.mul(weight);
}

const addProductOptions = (s: SampleKit): AddProductOptions =>
  s.oneOf([{}, { beta: 0 }, { beta: 0.5, alpha: -2 }, { alpha: 0 }]);

/**
 * beta * input + alpha * A B for matrices (m, k) and (k, n); the input is broadcast to (m, n). Derivatives: beta g,
 * alpha g B^T and alpha A^T g.
 *
 * Errors: ShapeError unless a and b are matrices that multiply, and the input broadcasts to their product; ArgumentError
 * for fractional weights of integers. PyTorch: `torch.addmm`.
 *
 * @example
 * ```ts
 * import { addmm, tensor } from '@tensortape/autograd';
 * console.log(addmm(tensor([10, 20]), tensor([[1, 2]]), tensor([[1, 0], [0, 1]]), { beta: 2 })); // tensor([[21., 42.]])
 * ```
 */
export function addmm(input: Tensor, a: Tensor, b: Tensor, options: AddProductOptions = {}): Tensor {
  checkTensor('addmm', 'input', input);
  checkTensor('addmm', 'a', a);
  checkTensor('addmm', 'b', b);
  checkMm('addmm', 'a', a, 'b', b);
  return addProduct('addmm', input, matmul(a, b), options);
}
export const addmmSamples: Samples = (s) => {
  const [a, b] = s.oneOf(matrices);
  const input = s.oneOf([[a[0], b[1]], [b[1]], [a[0], 1], []]);
  return [s.tensorOf(input), s.tensorOf(a), s.tensorOf(b), addProductOptions(s)];
};
export const addmmRefusals: Refusals = (s) => {
  const [a, b] = [s.tensorOf([2, 3]), s.tensorOf([3, 4])];
  return [
    [[s.tensorOf([2, 4]), a, s.tensorOf([3])], 'ShapeError', /b must be a matrix, got shape \(3,\)/],
    [[s.tensorOf([2, 4]), a, s.tensorOf([2, 4])], 'ShapeError', /the rows of b must be equal, got 3 and 2/],
    [[s.tensorOf([3, 4]), a, b], 'ShapeError', /shape \(3, 4\) does not expand to \(2, 4\)/],
    [[s.tensorOf([1, 2, 4]), a, b], 'ShapeError', /shape \(1, 2, 4\) does not expand to \(2, 4\)/],
    [
      [s.index([4], 2), s.index([2, 3], 2), s.index([3, 4], 2), { alpha: 0.5 }],
      'ArgumentError',
      /alpha must be a whole number for int32/,
    ],
  ];
};

/**
 * beta * input + alpha * A v for a matrix (m, k) and a vector (k); the input is broadcast to (m). Derivatives: beta g,
 * alpha times the outer product of g and v, and alpha A^T g.
 *
 * Errors: as {@link addmm}. PyTorch: `torch.addmv`.
 *
 * @example
 * ```ts
 * import { addmv, tensor } from '@tensortape/autograd';
 * console.log(addmv(tensor([10, 20]), tensor([[1, 2], [3, 4]]), tensor([1, 1]))); // tensor([13., 27.])
 * ```
 */
export function addmv(input: Tensor, a: Tensor, v: Tensor, options: AddProductOptions = {}): Tensor {
  checkTensor('addmv', 'input', input);
  checkTensor('addmv', 'a', a);
  checkTensor('addmv', 'v', v);
  checkMv('addmv', 'a', a, 'v', v);
  return addProduct('addmv', input, matmul(a, v), options);
}
export const addmvSamples: Samples = (s) => {
  const [m, k] = s.oneOf([
    [2, 3],
    [1, 2],
    [2, 0],
    [0, 2],
  ] as const);
  return [s.tensorOf(s.oneOf([[m], [1], []])), s.tensorOf([m, k]), s.tensorOf([k]), addProductOptions(s)];
};
export const addmvRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2]), s.tensorOf([2, 3]), s.tensorOf([2])],
    'ShapeError',
    /the length of v must be equal, got 3 and 2/,
  ],
  [
    [s.tensorOf([3]), s.tensorOf([2, 3]), s.tensorOf([3])],
    'ShapeError',
    /shape \(3,\) does not expand to \(2,\)/,
  ],
  [
    [s.index([2], 2), s.index([2, 3], 2), s.index([3], 2), { beta: 0.5 }],
    'ArgumentError',
    /beta must be a whole number/,
  ],
];

/**
 * beta * input + alpha * sum_b A_b B_b for batches (b, m, k) and (b, k, n); the input is broadcast to (m, n).
 * Derivatives: beta g, alpha g B^T and alpha A^T g for each pair.
 *
 * Errors: as {@link addmm}. PyTorch: `torch.addbmm`.
 *
 * @example
 * ```ts
 * import { addbmm, tensor } from '@tensortape/autograd';
 * console.log(addbmm(tensor(1), tensor([[[1, 2]], [[3, 4]]]), tensor([[[1], [1]], [[1], [1]]]))); // tensor([[11.]])
 * ```
 */
export function addbmm(input: Tensor, a: Tensor, b: Tensor, options: AddProductOptions = {}): Tensor {
  checkTensor('addbmm', 'input', input);
  checkTensor('addbmm', 'a', a);
  checkTensor('addbmm', 'b', b);
  checkBmm('addbmm', 'a', a, 'b', b);
  // One product of (m, b k) by (b k, n): the sum over the batch is part of it.
  const [batch, m, k] = a.shape as [number, number, number];
  const product = matmul(a.transpose(0, 1).reshape([m, batch * k]), b.flatten(0, 1));
  return addProduct('addbmm', input, product, options);
}
export const addbmmSamples: Samples = (s) => {
  const batch = s.integer(0, 3);
  const [a, b] = s.oneOf(matrices);
  const input = s.oneOf([[a[0], b[1]], [b[1]], []]);
  return [s.tensorOf(input), s.tensorOf([batch, ...a]), s.tensorOf([batch, ...b]), addProductOptions(s)];
};
export const addbmmRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2, 4]), s.tensorOf([2, 3]), s.tensorOf([3, 4])],
    'ShapeError',
    /a must be a batch of matrices/,
  ],
  [
    [s.tensorOf([2, 4]), s.tensorOf([2, 2, 3]), s.tensorOf([3, 3, 4])],
    'ShapeError',
    /the batch lengths must be equal, got 2 and 3/,
  ],
  [
    [s.tensorOf([3, 4]), s.tensorOf([2, 2, 3]), s.tensorOf([2, 3, 4])],
    'ShapeError',
    /\(3, 4\) does not expand to \(2, 4\)/,
  ],
];

/**
 * beta * input + alpha * A B for batches (b, m, k) and (b, k, n); the input is broadcast to (b, m, n). Derivatives:
 * beta g, alpha g B^T and alpha A^T g.
 *
 * Errors: as {@link addmm}. PyTorch: `torch.baddbmm`.
 *
 * @example
 * ```ts
 * import { baddbmm, tensor } from '@tensortape/autograd';
 * console.log(baddbmm(tensor(1), tensor([[[1, 2]]]), tensor([[[3], [4]]]))); // tensor([[[12.]]])
 * ```
 */
export function baddbmm(input: Tensor, a: Tensor, b: Tensor, options: AddProductOptions = {}): Tensor {
  checkTensor('baddbmm', 'input', input);
  checkTensor('baddbmm', 'a', a);
  checkTensor('baddbmm', 'b', b);
  checkBmm('baddbmm', 'a', a, 'b', b);
  return addProduct('baddbmm', input, matmul(a, b), options);
}
export const baddbmmSamples: Samples = (s) => {
  const batch = s.integer(0, 3);
  const [a, b] = s.oneOf(matrices);
  const input = s.oneOf([[batch, a[0], b[1]], [a[0], b[1]], [batch, 1, 1], []]);
  return [s.tensorOf(input), s.tensorOf([batch, ...a]), s.tensorOf([batch, ...b]), addProductOptions(s)];
};
export const baddbmmRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2, 4]), s.tensorOf([2, 3]), s.tensorOf([3, 4])],
    'ShapeError',
    /a must be a batch of matrices/,
  ],
  [
    [s.tensorOf([2, 4]), s.tensorOf([2, 2, 3]), s.tensorOf([2, 2, 4])],
    'ShapeError',
    /the rows of b must be equal, got 3 and 2/,
  ],
  [
    [s.tensorOf([3, 2, 4]), s.tensorOf([2, 2, 3]), s.tensorOf([2, 3, 4])],
    'ShapeError',
    /\(3, 2, 4\) does not expand to \(2, 2, 4\)/,
  ],
];

/**
 * beta * input + alpha * a b^T for vectors (m) and (n); the input is broadcast to (m, n). Derivatives: beta g, alpha g b
 * and alpha g^T a.
 *
 * Errors: as {@link addmm}. PyTorch: `torch.addr`.
 *
 * @example
 * ```ts
 * import { addr, tensor } from '@tensortape/autograd';
 * console.log(addr(tensor(1), tensor([1, 2]), tensor([3, 4])));
 * // tensor([[4., 5.],
 * //         [7., 9.]])
 * ```
 */
export function addr(input: Tensor, a: Tensor, b: Tensor, options: AddProductOptions = {}): Tensor {
  checkTensor('addr', 'input', input);
  checkTensor('addr', 'a', a);
  checkTensor('addr', 'b', b);
  requireNdim('addr', 'a', a, 1);
  requireNdim('addr', 'b', b, 1);
  return addProduct('addr', input, outer(a, b), options);
}
export const addrSamples: Samples = (s) => {
  const [m, n] = [s.integer(0, 3), s.integer(1, 3)];
  return [s.tensorOf(s.oneOf([[m, n], [n], []])), s.tensorOf([m]), s.tensorOf([n]), addProductOptions(s)];
};
export const addrRefusals: Refusals = (s) => [
  [
    [s.tensorOf([2, 3]), s.tensorOf([2, 1]), s.tensorOf([3])],
    'ShapeError',
    /a must be a vector, got shape \(2, 1\)/,
  ],
  [
    [s.tensorOf([2]), s.tensorOf([2]), s.tensorOf([3])],
    'ShapeError',
    /shape \(2,\) does not expand to \(2, 3\)/,
  ],
  [
    [s.index([3], 2), s.index([2], 2), s.index([3], 2), { alpha: 0.5 }],
    'ArgumentError',
    /alpha must be a whole number/,
  ],
];
