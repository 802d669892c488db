import { kernels } from '../kernels/select.ts';
import { isTracked } from '../tape/record.ts';
import { wrap } from '../tensor/core.ts';
import type { Tensor } from '../tensor.ts';

/** y (t - sum y t) for y = softmax x: the Jacobian diag(y) - y y^T is symmetric, so that one rule serves both modes. */
export function softmaxProduct(t: Tensor, y: Tensor, dim: number): Tensor {
  if (!isTracked(t) && !isTracked(y)) return wrap(kernels.softmaxAdjoint(t, y, dim), t.dtype, t.shape);
  const product = t.mul(y);
  return product.sub(y.mul(product.sum(dim, { keepdim: true })));
}

/** g - softmax(x) sum g, the cotangent of x from that of y = ln softmax x. */
export function logSoftmaxCotangent(g: Tensor, y: Tensor, dim: number): Tensor {
  return g.sub(y.exp().mul(g.sum(dim, { keepdim: true })));
}

/** sum softmax(x) t, with the axis kept: what the tangent of y = ln softmax x lacks to that of x. */
export function logSoftmaxMean(t: Tensor, y: Tensor, dim: number): Tensor {
  return y.exp().mul(t).sum(dim, { keepdim: true });
}
