import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import type { Refusals, Samples } from './samples.ts';
import { requireFloats } from './windows.ts';

/** Rows x (n, in) to x W^T + b: adding the bias on the way saves a pass over the result, and three nodes. */
const affine = /* @__PURE__ */ defineOp({
  name: 'linear',
  inputs: ['x', 'weight', 'bias'],
  saves: ['x', 'weight'],
  forward: ({ x, weight, bias }): Tensor =>
    wrap(kernels.matmul(x, weight.mT, bias), x.dtype, [x.shape[0]!, weight.shape[0]!]),
  vjp: {
    x: (g, { weight }) => g.matmul(weight),
    weight: (g, { x }) => g.mT.matmul(x),
    bias: (g) => g.sum(0),
  },
  jvp: ({ x: tx, weight: tw, bias: tb }, { x, weight }) => {
    const terms = [tx?.matmul(weight.mT), tw && x.matmul(tw.mT), tb?.expand([x.shape[0]!, weight.shape[0]!])];
    return terms.reduce<Tensor | null>(
      (sum, term) => (sum && term ? sum.add(term) : (sum ?? term ?? null)),
      null,
    );
  },
});

/**
 * $x W^\top + b$ along the last axis: `x` (…, in), `weight` W (out, in), `bias` b (out) give (…, out). Derivatives: with the
 * cotangent g, g W of x, g^T x of the weight, and the sum of g over all but the last axis of the bias. PyTorch:
 * `torch.nn.functional.linear`, as `functional.linear` of nn here; this package exports it as `affine`, beside the shorthand `linear`
 * that declares operations.
 *
 * Errors: ShapeError when the features do not match; DTypeError for integers, and for operands of two dtypes.
 *
 * @example
 * ```ts
 * import { affine, tensor } from '@tensortape/autograd';
 * const y = affine(tensor([[1, 2]]), tensor([[1, 0], [0, 1], [1, 1]]), tensor([0, 0, 10]));
 * console.log(y.toArray()); // [ [ 1, 2, 13 ] ]
 * ```
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkTensor('linear', 'x', x);
  checkTensor('linear', 'weight', weight);
  const [outFeatures, inFeatures] = weight.shape;
  if (weight.ndim !== 2 || x.ndim === 0 || inFeatures !== x.shape.at(-1)) {
    throw new ShapeError(
      `linear: x has shape ${formatShape(x.shape)}, the weight ${formatShape(weight.shape)}; expected (…, in) and (out, in)`,
    );
  }
  requireDType('weight', weight, x);
  requireFloats('linear', x);
  if (bias === null) return x.matmul(weight.mT);
  checkTensor('linear', 'bias', bias);
  if (bias.ndim !== 1 || bias.shape[0] !== outFeatures) {
    throw new ShapeError(
      `linear: the bias has shape ${formatShape(bias.shape)}, expected (${outFeatures},) as the weight has shape ${formatShape(weight.shape)}`,
    );
  }
  requireDType('bias', bias, x);
  if (x.ndim === 2) return affine({ x, weight, bias });
  const rows = x.ndim === 1 ? x.unsqueeze(0) : x.flatten(0, -2);
  return affine({ x: rows, weight, bias }).reshape(x.shape.with(-1, outFeatures!));
}
export const linearSamples: Samples = (s) => {
  const [rows, bias] = s.oneOf([
    [[4], true],
    [[2, 2], true],
    [[], true],
    [[3], false],
    [[0], true],
  ] as const);
  const [inFeatures, outFeatures] = [s.integer(1, 3), s.integer(1, 3)];
  return [
    s.tensorOf([...rows, inFeatures]),
    s.tensorOf([outFeatures, inFeatures]),
    bias ? s.tensorOf([outFeatures]) : null,
  ];
};
export const linearRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  const weight = s.tensorOf([4, 3]);
  return [
    [[x, s.tensorOf([4, 2])], 'ShapeError', /x has shape \(2, 3\), the weight \(4, 2\); expected/],
    [[s.tensorOf([]), weight], 'ShapeError', /x has shape \(\)/],
    [[x, weight, s.tensorOf([3])], 'ShapeError', /the bias has shape \(3,\), expected \(4,\)/],
    [[x, weight.to('float32')], 'DTypeError', /x is float64, the weight float32/],
    [[x, weight, s.tensorOf([4]).to('float32')], 'DTypeError', /x is float64, the bias float32/],
    [[x.to('int32'), weight.to('int32')], 'DTypeError', /expected a floating point tensor, got int32/],
  ];
};

function requireDType(name: 'weight' | 'bias', operand: Tensor, x: Tensor): void {
  if (operand.dtype === x.dtype) return;
  throw new DTypeError(
    `linear: x is ${x.dtype}, the ${name} ${operand.dtype}; convert the input, x.to('${operand.dtype}'), or the whole module, net.to(…)`,
  );
}
