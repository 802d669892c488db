import { kernels } from '../kernels/select.ts';
import { bilinear } from '../tape/shorthands.ts';
import { wrap } from '../tensor/core.ts';
import { promoteTypes } from '../tensor/dtype.ts';
import { ShapeError } from '../tensor/errors.ts';
import { broadcastShapes, formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import type { Samples } from './samples.ts';

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
 * and leading axes broadcast. Derivatives: g B^T and A^T g.
 *
 * Errors: ShapeError when the inner lengths differ, or for a 0-dimensional operand.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from '@tensortape/autograd';
 * console.log(matmul(tensor([[1, 2], [3, 4]]), tensor([1, 1])).toArray()); // [ 3, 7 ]
 * ```
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
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
  const [x, y] = [a.to(dtype), b.to(dtype)];
  if (x.ndim === 1) return matmul(x.unsqueeze(0), y).squeeze(y.ndim === 1 ? 0 : -2);
  if (y.ndim === 1) return matmul(x, y.unsqueeze(1)).squeeze(-1);
  if (x.ndim === 2 && y.ndim === 2) return matmulOp(x, y, storedOf(y));
  // A batch of rows times one matrix is one tall product.
  if (y.ndim === 2) return matmulOp(x.flatten(0, -2), y, storedOf(y)).reshape(x.shape.with(-1, y.shape[1]!));
  const batch = broadcastShapes('matmul', x.shape.slice(0, -2), y.shape.slice(0, -2));
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

/**
 * The inner product of two vectors. PyTorch: `torch.dot`. Errors: ShapeError unless both are vectors of one length.
 *
 * @example
 * ```ts
 * import { dot, tensor } from '@tensortape/autograd';
 * console.log(dot(tensor([1, 2]), tensor([3, 4]))); // tensor(11.)
 * ```
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  if (a.ndim !== 1 || b.ndim !== 1) {
    throw new ShapeError(
      `dot: expected two vectors, got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  }
  return matmul(a, b);
}
export const dotSamples: Samples = (s) => {
  const n = s.integer(0, 4);
  return [s.tensorOf([n]), s.tensorOf([n])];
};

/**
 * The products of all pairs of elements of two vectors, (m) and (n) to (m, n). PyTorch: `torch.outer`.
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
  if (a.ndim !== 1 || b.ndim !== 1) {
    throw new ShapeError(
      `outer: expected two vectors, got shapes ${formatShape(a.shape)} and ${formatShape(b.shape)}`,
    );
  }
  return a.unsqueeze(1).mul(b);
}
export const outerSamples: Samples = (s) => [s.tensorOf([s.integer(0, 3)]), s.tensorOf([s.integer(1, 3)])];
