import { DTypeError, formatShape, ShapeError, type Tensor } from '@tensortape/autograd';

/**
 * $x W^\top + b$ along the last axis: `x` (…, in), `weight` (out, in), `bias` (out) give (…, out).
 * PyTorch: `torch.nn.functional.linear`.
 *
 * Errors: ShapeError when the features do not match; DTypeError when `x` and `weight` differ in dtype.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const y = functional.linear(tensor([[1, 2]]), tensor([[1, 0], [0, 1], [1, 1]]), tensor([0, 0, 10]));
 * console.log(y.toArray()); // [ [ 1, 2, 13 ] ]
 * ```
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const [outFeatures, inFeatures] = weight.shape;
  if (weight.ndim !== 2 || inFeatures !== x.shape.at(-1)) {
    throw new ShapeError(
      `linear: x has shape ${formatShape(x.shape)}, the weight ${formatShape(weight.shape)}; expected (…, in) and (out, in)`,
    );
  }
  if (bias !== null && (bias.ndim !== 1 || bias.shape[0] !== outFeatures)) {
    throw new ShapeError(
      `linear: the bias has shape ${formatShape(bias.shape)}, expected (${outFeatures},) as the weight has shape ${formatShape(weight.shape)}`,
    );
  }
  if (x.dtype !== weight.dtype) {
    throw new DTypeError(
      `linear: x is ${x.dtype}, the weight ${weight.dtype}; convert the input, x.to('${weight.dtype}'), or the whole module, net.to(…)`,
    );
  }
  const product = x.matmul(weight.mT);
  return bias === null ? product : product.add(bias);
}
