import { DTypeError, formatShape, ShapeError, sameShape, type Tensor } from '@tensortape/autograd';

export { affine as linear } from '@tensortape/autograd';

/**
 * $y_o = x_1^\top W_o x_2 + b_o$: `x1` (…, in1), `x2` (…, in2), `weight` (out, in1, in2) and `bias` (out) give (…, out).
 * PyTorch: `torch.nn.functional.bilinear`.
 *
 * Errors: ShapeError when features or leading axes do not match; DTypeError when the dtypes differ.
 *
 * @example
 * ```ts
 * import { functional } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const weight = tensor([[[1, 0], [0, 1]]]);
 * console.log(functional.bilinear(tensor([1, 2]), tensor([3, 4]), weight).toArray()); // [ 11 ]
 * ```
 */
export function bilinear(x1: Tensor, x2: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const [outFeatures, in1Features, in2Features] = weight.shape;
  const fits =
    weight.ndim === 3 &&
    x1.shape.at(-1) === in1Features &&
    x2.shape.at(-1) === in2Features &&
    sameShape(x1.shape.slice(0, -1), x2.shape.slice(0, -1));
  if (!fits) {
    throw new ShapeError(
      `bilinear: the inputs have shapes ${formatShape(x1.shape)} and ${formatShape(x2.shape)}, the weight ` +
        `${formatShape(weight.shape)}; expected (…, in1), (…, in2) and (out, in1, in2)`,
    );
  }
  if (bias !== null && (bias.ndim !== 1 || bias.shape[0] !== outFeatures)) {
    throw new ShapeError(
      `bilinear: the bias has shape ${formatShape(bias.shape)}, expected (${outFeatures},)`,
    );
  }
  if (x1.dtype !== weight.dtype || x2.dtype !== weight.dtype) {
    throw new DTypeError(
      `bilinear: the inputs are ${x1.dtype} and ${x2.dtype}, the weight ${weight.dtype}; convert the inputs, x.to('${weight.dtype}')`,
    );
  }
  // (…, in1) by (in1, out in2), then each (out, in2) by its (in2).
  const partial = x1.matmul(weight.transpose(0, 1).reshape([in1Features!, outFeatures! * in2Features!]));
  const product = partial.unflatten(-1, [outFeatures!, in2Features!]).matmul(x2.unsqueeze(-1)).squeeze(-1);
  return bias === null ? product : product.add(bias);
}
