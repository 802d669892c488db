import type { Convolution } from '../kernels/kernels.ts';
import { imageKernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { bilinear } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape, type Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';
import {
  fittingWindows,
  type One,
  onBatch,
  perAxis,
  reach,
  requireFloats,
  type Three,
  type Two,
} from './windows.ts';

/** A map that is linear in each of two tensors. */
type ConvolutionOp = (a: Tensor, b: Tensor, convolution: Convolution) => Tensor;

// With p a place of the result, k one of the kernel, and q = p * stride + k * dilation - padding one of the input:
//
//     y[p] = sum_k x[q] w[k]        x's cotangent[q] = sum_k g[p] w[k]        w's cotangent[k] = sum_p g[p] x[q]
//
// All three are bilinear, and each is what the other two have for derivatives, so orders of any height follow.

/** (x, weight) to y. */
const convolution: ConvolutionOp = /* @__PURE__ */ bilinear<Convolution>({
  name: 'convolution',
  forward: (x, weight, c) =>
    wrap(imageKernels.convolution(x, weight, null, c), x.dtype, resultShape(x, weight, c)),
  transposeLeft: (g, weight, c) => convInput(g, weight, c),
  transposeRight: (g, x, c) => convWeight(x, g, c),
});

/** (x, weight, bias) to y plus the bias of each filter: adding it on the way saves a pass over y. */
const biasedConvolution = /* @__PURE__ */ defineOp({
  name: 'biasedConvolution',
  inputs: ['x', 'weight', 'bias'],
  saves: ['x', 'weight'],
  forward: ({ x, weight, bias }, c: Convolution): Tensor =>
    wrap(imageKernels.convolution(x, weight, bias, c), x.dtype, resultShape(x, weight, c)),
  vjp: {
    x: (g, { weight }, c) => convInput(g, weight, c),
    weight: (g, { x }, c) => convWeight(x, g, c),
    bias: (g) => g.sum(g.shape.map((_, axis) => axis).toSpliced(1, 1)),
  },
  jvp: ({ x: tx, weight: tw, bias: tb }, { x, weight }, c) => {
    const terms = [
      tx && convolution(tx, weight, c),
      tw && convolution(x, tw, c),
      tb && alongFilters(tb, x.ndim).expand(resultShape(x, weight, c)),
    ];
    return terms.reduce((sum, term) => (sum && term ? sum.add(term) : (sum ?? term)), null);
  },
});

const resultShape = (x: Tensor, weight: Tensor, { output }: Convolution): Shape => [
  x.shape[0]!,
  weight.shape[0]!,
  ...output,
];

/** A bias as a tensor of `ndim` axes. */
const alongFilters = (bias: Tensor, ndim: number): Tensor =>
  bias.reshape([-1, ...new Array<number>(ndim - 2).fill(1)]);

/** (g, weight) to the cotangent of x: a transposed convolution. */
const convInput: ConvolutionOp = /* @__PURE__ */ bilinear<Convolution>({
  name: 'convInput',
  forward: (g, weight, c) =>
    wrap(imageKernels.convInput(g, weight, c), g.dtype, [
      g.shape[0]!,
      weight.shape[1]! * c.groups,
      ...c.input,
    ]),
  transposeLeft: (x, weight, c) => convolution(x, weight, c),
  transposeRight: (x, g, c) => convWeight(x, g, c),
});

/** (x, g) to the cotangent of the weight. */
const convWeight: ConvolutionOp = /* @__PURE__ */ bilinear<Convolution>({
  name: 'convWeight',
  forward: (x, g, c) =>
    wrap(imageKernels.convWeight(x, g, c), x.dtype, [g.shape[1]!, x.shape[1]! / c.groups, ...c.kernel]),
  transposeLeft: (weight, g, c) => convInput(g, weight, c),
  transposeRight: (weight, x, c) => convolution(x, weight, c),
});

/** Options of {@link conv1d}, {@link conv2d} and {@link conv3d}: a number for all axes, or one for each. */
export interface ConvOptions<Axes extends readonly number[]> {
  /** The step from one window to the next. Default 1. */
  readonly stride?: number | Axes;
  /**
   * Zeros on both sides of each axis; 'valid' is none, 'same' as many as keep the lengths (for stride 1; an odd one goes to
   * the end). Default 0.
   */
  readonly padding?: number | Axes | 'same' | 'valid';
  /** The step from one element of a window to the next. Default 1. */
  readonly dilation?: number | Axes;
  /** Into how many parts the channels are divided, each with filters of its own. Default 1. */
  readonly groups?: number;
}

/** Options of {@link convTranspose1d}, {@link convTranspose2d} and {@link convTranspose3d}. */
export interface ConvTransposeOptions<Axes extends readonly number[]> {
  /** The step from one window to the next, in the result. Default 1. */
  readonly stride?: number | Axes;
  /** How much is cut off both sides of each axis of the result. Default 0. */
  readonly padding?: number | Axes;
  /** How much longer the result is made at the end of each axis, to undo a stride that left a rest. Default 0. */
  readonly outputPadding?: number | Axes;
  /** Into how many parts the channels are divided, each with filters of its own. Default 1. */
  readonly groups?: number;
  /** The step from one element of a window to the next. Default 1. */
  readonly dilation?: number | Axes;
}

/**
 * y[o, t] = bias[o] + sum over c, k of weight[o, c, k] x[c, t stride + k dilation - padding]: a cross-correlation along one
 * axis. x is (n, channels, length) or (channels, length), weight (out, channels / groups, kernel), bias (out).
 * Derivatives: of x the transposed convolution of the cotangent with the weight, of the weight the correlation of x with the
 * cotangent, of the bias its sum. PyTorch: `torch.nn.functional.conv1d`.
 *
 * Errors: ShapeError when channels, groups and bias do not match, or the kernel does not fit; DTypeError for integers and for
 * operands of two dtypes; ArgumentError for options out of range, and for 'same' with a stride.
 *
 * @example
 * ```ts
 * import { conv1d, tensor } from '@tensortape/autograd';
 * const x = tensor([[1, 2, 4, 8]]);
 * console.log(conv1d(x, tensor([[[-1, 1]]])).toArray()); // [ [ 1, 2, 4 ] ]
 * ```
 */
export function conv1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions<One> = {},
): Tensor {
  checkTensor('conv1d', 'x', x);
  checkTensor('conv1d', 'weight', weight);
  return convolve('conv1d', 1, x, weight, bias, options);
}
export const conv1dSamples: Samples = (s) => convSamples(s, 1);
export const conv1dRefusals: Refusals = (s) => convRefusals(s, 1);

/**
 * y[o, i, j] = bias[o] + sum over c, k, l of weight[o, c, k, l] x[c, i stride + k dilation - padding, j stride + …]: a
 * cross-correlation along two axes. x is (n, channels, height, width) or without n, weight (out, channels / groups, kernel
 * height, kernel width), bias (out).
 * Derivatives: as of {@link conv1d}. PyTorch: `torch.nn.functional.conv2d`.
 *
 * Errors: as {@link conv1d}.
 *
 * @example
 * ```ts
 * import { conv2d, ones, randn } from '@tensortape/autograd';
 * const x = randn([8, 3, 32, 32]);
 * console.log(conv2d(x, ones([16, 3, 5, 5]), null, { stride: 2, padding: 2 }).shape); // [ 8, 16, 16, 16 ]
 * ```
 */
export function conv2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions<Two> = {},
): Tensor {
  checkTensor('conv2d', 'x', x);
  checkTensor('conv2d', 'weight', weight);
  return convolve('conv2d', 2, x, weight, bias, options);
}
export const conv2dSamples: Samples = (s) => convSamples(s, 2);
export const conv2dRefusals: Refusals = (s) => convRefusals(s, 2);

/**
 * As {@link conv2d} along three axes: x is (n, channels, depth, height, width) or without n, weight (out, channels / groups)
 * and three lengths of the kernel.
 * Derivatives: as of {@link conv1d}. PyTorch: `torch.nn.functional.conv3d`.
 *
 * Errors: as {@link conv1d}.
 *
 * @example
 * ```ts
 * import { conv3d, ones } from '@tensortape/autograd';
 * console.log(conv3d(ones([1, 4, 4, 4]), ones([2, 1, 3, 3, 3]), null, { padding: 'same' }).shape); // [ 2, 4, 4, 4 ]
 * ```
 */
export function conv3d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvOptions<Three> = {},
): Tensor {
  checkTensor('conv3d', 'x', x);
  checkTensor('conv3d', 'weight', weight);
  return convolve('conv3d', 3, x, weight, bias, options);
}
export const conv3dSamples: Samples = (s) => convSamples(s, 3);
export const conv3dRefusals: Refusals = (s) => convRefusals(s, 3);

/**
 * The transposed convolution, the adjoint of {@link conv1d} in its x: y[c, q] = bias[c] + sum of x[o, t] weight[o, c, k] over
 * all t and k with t stride + k dilation - padding = q. x is (n, channels, length) or (channels, length), weight
 * (channels, out / groups, kernel), bias (out). The result has (length - 1) stride - 2 padding + dilation (kernel - 1) + 1 +
 * outputPadding places.
 * Derivatives: of x the convolution of the cotangent with the weight, of the weight the correlation of the cotangent with x,
 * of the bias the cotangent's sum. PyTorch: `torch.nn.functional.conv_transpose1d`.
 *
 * Errors: as {@link conv1d}; ArgumentError also for an outputPadding that is not below the stride or the dilation.
 *
 * @example
 * ```ts
 * import { convTranspose1d, tensor } from '@tensortape/autograd';
 * const y = convTranspose1d(tensor([[1, 10]]), tensor([[[1, 2, 3]]]), null, { stride: 2 });
 * console.log(y.toArray()); // [ [ 1, 2, 13, 20, 30 ] ]
 * ```
 */
export function convTranspose1d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions<One> = {},
): Tensor {
  checkTensor('convTranspose1d', 'x', x);
  checkTensor('convTranspose1d', 'weight', weight);
  return transposeConvolve('convTranspose1d', 1, x, weight, bias, options);
}
export const convTranspose1dSamples: Samples = (s) => transposeSamples(s, 1);
export const convTranspose1dRefusals: Refusals = (s) => transposeRefusals(s, 1);

/**
 * The transposed convolution along two axes, the adjoint of {@link conv2d} in its x: see {@link convTranspose1d}. weight is
 * (channels, out / groups, kernel height, kernel width).
 * Derivatives: as of {@link convTranspose1d}. PyTorch: `torch.nn.functional.conv_transpose2d`.
 *
 * Errors: as {@link convTranspose1d}.
 *
 * @example
 * ```ts
 * import { convTranspose2d, ones } from '@tensortape/autograd';
 * const y = convTranspose2d(ones([1, 8, 14, 14]), ones([8, 3, 4, 4]), null, { stride: 2, padding: 1 });
 * console.log(y.shape); // [ 1, 3, 28, 28 ]
 * ```
 */
export function convTranspose2d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions<Two> = {},
): Tensor {
  checkTensor('convTranspose2d', 'x', x);
  checkTensor('convTranspose2d', 'weight', weight);
  return transposeConvolve('convTranspose2d', 2, x, weight, bias, options);
}
export const convTranspose2dSamples: Samples = (s) => transposeSamples(s, 2);
export const convTranspose2dRefusals: Refusals = (s) => transposeRefusals(s, 2);

/**
 * The transposed convolution along three axes, the adjoint of {@link conv3d} in its x: see {@link convTranspose1d}.
 * Derivatives: as of {@link convTranspose1d}. PyTorch: `torch.nn.functional.conv_transpose3d`.
 *
 * Errors: as {@link convTranspose1d}.
 *
 * @example
 * ```ts
 * import { convTranspose3d, ones } from '@tensortape/autograd';
 * console.log(convTranspose3d(ones([2, 3, 3, 3]), ones([2, 1, 2, 2, 2])).shape); // [ 1, 4, 4, 4 ]
 * ```
 */
export function convTranspose3d(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null = null,
  options: ConvTransposeOptions<Three> = {},
): Tensor {
  checkTensor('convTranspose3d', 'x', x);
  checkTensor('convTranspose3d', 'weight', weight);
  return transposeConvolve('convTranspose3d', 3, x, weight, bias, options);
}
export const convTranspose3dSamples: Samples = (s) => transposeSamples(s, 3);
export const convTranspose3dRefusals: Refusals = (s) => transposeRefusals(s, 3);

function convolve(
  op: string,
  rank: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  { stride = 1, padding = 0, dilation = 1, groups = 1 }: ConvOptions<readonly number[]>,
): Tensor {
  return onBatch(op, x, rank, (images) => {
    checkOperands(op, rank, images, weight, groups);
    const [filters, each] = weight.shape as [number, number];
    const channels = images.shape[1]!;
    if (channels !== each * groups) {
      throw new ShapeError(
        `${op}: x of shape ${formatShape(x.shape)} has ${channels} channels, the weight of shape ${formatShape(weight.shape)} ` +
          `takes ${each * groups} (groups * weight.shape[1]); make the weight (${filters}, ${channels / groups}, …), or change groups`,
      );
    }
    requireDivisible(op, weight, groups);
    checkBias(op, images, weight, bias, filters);
    const sliding = {
      kernel: weight.shape.slice(2),
      stride: perAxis(op, 'stride', stride, rank, 1),
      dilation: perAxis(op, 'dilation', dilation, rank, 1),
      padding: perAxis(op, 'padding', typeof padding === 'string' ? 0 : padding, rank, 0),
    };
    if (padding !== 'same') {
      return correlate(images, weight, bias, { ...fittingWindows(op, images, sliding), groups });
    }
    if (sliding.stride.some((step) => step !== 1)) {
      throw new ArgumentError(
        `${op}: padding 'same' is there for stride 1 only, got ${formatShape(sliding.stride)}; give the padding in numbers`,
      );
    }
    const input = images.shape.slice(2);
    const same = sliding.kernel.map((_, axis) => Math.floor((reach(sliding, axis) - 1) / 2));
    return correlate(images, weight, bias, { ...sliding, padding: same, input, output: input, groups });
  });
}

function transposeConvolve(
  op: string,
  rank: number,
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  {
    stride = 1,
    padding = 0,
    outputPadding = 0,
    groups = 1,
    dilation = 1,
  }: ConvTransposeOptions<readonly number[]>,
): Tensor {
  return onBatch(op, x, rank, (images) => {
    checkOperands(op, rank, images, weight, groups);
    const channels = images.shape[1]!;
    if (channels !== weight.shape[0]) {
      throw new ShapeError(
        `${op}: x of shape ${formatShape(x.shape)} has ${channels} channels, the weight of shape ${formatShape(weight.shape)} ` +
          `takes ${weight.shape[0]} (weight.shape[0]); make the weight (${channels}, out / groups, …)`,
      );
    }
    requireDivisible(op, weight, groups);
    checkBias(op, images, weight, bias, weight.shape[1]! * groups);
    const sliding = {
      kernel: weight.shape.slice(2),
      stride: perAxis(op, 'stride', stride, rank, 1),
      dilation: perAxis(op, 'dilation', dilation, rank, 1),
      padding: perAxis(op, 'padding', padding, rank, 0),
    };
    const extra = perAxis(op, 'outputPadding', outputPadding, rank, 0);
    const tooLong = extra.findIndex(
      (length, axis) => length >= Math.max(sliding.stride[axis]!, sliding.dilation[axis]!),
    );
    if (tooLong >= 0) {
      throw new ArgumentError(
        `${op}: outputPadding ${formatShape(extra)} must be smaller than the stride ${formatShape(sliding.stride)} or the ` +
          `dilation ${formatShape(sliding.dilation)} along each axis`,
      );
    }
    const output = images.shape.slice(2);
    const input = output.map(
      (length, axis) =>
        (length - 1) * sliding.stride[axis]! -
        2 * sliding.padding[axis]! +
        reach(sliding, axis) +
        extra[axis]!,
    );
    if (output.includes(0) || input.some((length) => length < 1)) {
      throw new ShapeError(
        `${op}: nothing is left of x of shape ${formatShape(x.shape)}: the result would have lengths ${formatShape(input)}; ` +
          `use less padding than ${formatShape(sliding.padding)}`,
      );
    }
    const y = convInput(images, weight, { ...sliding, input, output, groups });
    return bias === null ? y : y.add(alongFilters(bias, y.ndim));
  });
}

function correlate(x: Tensor, weight: Tensor, bias: Tensor | null, c: Convolution): Tensor {
  return bias === null ? convolution(x, weight, c) : biasedConvolution({ x, weight, bias }, c);
}

function checkOperands(op: string, rank: number, x: Tensor, weight: Tensor, groups: number): void {
  requireFloats(op, x);
  if (weight.dtype !== x.dtype) {
    throw new DTypeError(
      `${op}: x is ${x.dtype}, the weight ${weight.dtype}; convert the input, x.to('${weight.dtype}'), or the whole module, net.to(…)`,
    );
  }
  if (weight.ndim !== rank + 2 || weight.shape.slice(2).includes(0) || weight.shape[0] === 0) {
    throw new ShapeError(
      `${op}: the weight has shape ${formatShape(weight.shape)} for x of shape ${formatShape(x.shape)}, expected ${rank + 2} ` +
        `axes: two of channels and ${rank} of the kernel, none of length 0`,
    );
  }
  if (!Number.isInteger(groups) || groups < 1)
    throw new ArgumentError(`${op}: groups is ${groups}, expected a whole number >= 1`);
}

function requireDivisible(op: string, weight: Tensor, groups: number): void {
  if (weight.shape[0]! % groups === 0) return;
  throw new ShapeError(
    `${op}: the ${weight.shape[0]} filters of the weight of shape ${formatShape(weight.shape)} do not divide into ${groups} groups`,
  );
}

function checkBias(op: string, x: Tensor, weight: Tensor, bias: Tensor | null, length: number): void {
  if (bias === null) return;
  checkTensor(op, 'bias', bias);
  if (bias.ndim !== 1 || bias.shape[0] !== length) {
    throw new ShapeError(
      `${op}: the bias has shape ${formatShape(bias.shape)}, expected (${length},) as the weight has shape ${formatShape(weight.shape)}`,
    );
  }
  if (bias.dtype !== x.dtype)
    throw new DTypeError(
      `${op}: x is ${x.dtype}, the bias ${bias.dtype}; convert one with .to('${x.dtype}')`,
    );
}

/** Lengths along the axes of a sample: short, and different, so that exchanged axes are noticed. */
const lengths = (s: SampleKit, rank: number, least: number): Shape =>
  Array.from({ length: rank }, (_, axis) => least + (rank === 3 ? (axis === 1 ? 1 : 0) : s.integer(0, 2)));

function convSamples(s: SampleKit, rank: number): readonly unknown[] {
  const [groups, each, filters] = s.oneOf<Three>([
    [1, 1, 2],
    [1, 2, 1],
    [1, 2, 3],
    [2, 1, 2],
    [2, 1, 4],
    [2, 2, 2],
    [2, 1, 6],
  ]);
  const kernel = lengths(s, rank, 1).map((length) => Math.min(length, 3));
  const same = s.integer(0, 4) === 0;
  const dilation = s.oneOf([1, 1, 2]);
  // Windows fit without padding, so that no option is refused.
  const plane = kernel.map((length, axis) => dilation * (length - 1) + 1 + ((axis + s.integer(0, 2)) % 3));
  const batch = s.oneOf([[2], [1], [], [0]]);
  const options = {
    stride: same ? 1 : s.oneOf([1, 2, plane.map((_, axis) => 1 + (axis % 2))]),
    padding: same ? 'same' : s.oneOf([0, 1, 'valid', plane.map((_, axis) => (axis + 1) % 2)]),
    dilation,
    groups,
  };
  return [
    s.tensorOf([...batch, groups * each, ...plane]),
    s.tensorOf([filters, each, ...kernel]),
    s.oneOf([null, s.tensorOf([filters])]),
    options,
  ];
}

function transposeSamples(s: SampleKit, rank: number): readonly unknown[] {
  const [groups, each, channels] = s.oneOf<Three>([
    [1, 1, 2],
    [1, 2, 1],
    [2, 1, 2],
    [2, 2, 2],
    [2, 1, 4],
  ]);
  const kernel = lengths(s, rank, 1).map((length) => Math.min(length, 3));
  const padding = kernel.map((length) => (length > 2 ? s.integer(0, 1) : 0));
  const stride = s.oneOf([1, 2, kernel.map((_, axis) => 1 + (axis % 2))]);
  const dilation = s.oneOf([1, 2]);
  const most = kernel.map((_, axis) =>
    Math.max(dilation, typeof stride === 'number' ? stride : stride[axis]!),
  );
  return [
    s.tensorOf([...s.oneOf([[2], [], [0]]), channels, ...lengths(s, rank, 1)]),
    s.tensorOf([channels, each, ...kernel]),
    s.oneOf([null, s.tensorOf([groups * each])]),
    { stride, padding, outputPadding: most.map((length) => s.integer(0, length - 1)), groups, dilation },
  ];
}

function convRefusals(s: SampleKit, rank: number): ReturnType<Refusals> {
  const plane = new Array<number>(rank).fill(4);
  const three = new Array<number>(rank).fill(3);
  const x = s.tensorOf([1, 4, ...plane]);
  const weight = s.tensorOf([2, 4, ...three]);
  return [
    [[s.tensorOf(plane.slice(1)), weight], 'ShapeError', /x has shape .* expected \(n, channels, /],
    [[x, s.tensorOf([2, 4, 3, ...three])], 'ShapeError', /the weight has shape/],
    [[x, s.tensorOf([2, 3, ...three])], 'ShapeError', /has 4 channels, .* takes 3/],
    [[x, weight, null, { groups: 2 }], 'ShapeError', /takes 8 \(groups \* weight\.shape\[1\]\)/],
    [[x, s.tensorOf([3, 2, ...three]), null, { groups: 2 }], 'ShapeError', /3 filters .* 2 groups/],
    [[x, weight, s.tensorOf([4])], 'ShapeError', /the bias has shape \(4,\), expected \(2,\)/],
    [[x, weight, null, { dilation: 2 }], 'ShapeError', /does not fit x .* the result would be \(0,/],
    [[x, weight.to('float32')], 'DTypeError', /x is float64, the weight float32/],
    [[x.to('int32'), weight.to('int32')], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, weight, s.tensorOf([2]).to('float32')], 'DTypeError', /x is float64, the bias float32/],
    [[x, weight, null, { stride: 0 }], 'ArgumentError', /stride is 0, expected/],
    [[x, weight, null, { dilation: 1.5 }], 'ArgumentError', /dilation is 1\.5, expected/],
    [[x, weight, null, { padding: -1 }], 'ArgumentError', /padding is -1, expected/],
    [[x, weight, null, { padding: Number.NaN }], 'ArgumentError', /padding is NaN, expected/],
    [[x, weight, null, { stride: [1, 1, 1, 1] }], 'ArgumentError', /stride is \[1, 1, 1, 1\], expected/],
    [[x, weight, null, { groups: 0 }], 'ArgumentError', /groups is 0, expected/],
    [[x, weight, null, { padding: 'same', stride: 2 }], 'ArgumentError', /'same' is there for stride 1 only/],
  ];
}

function transposeRefusals(s: SampleKit, rank: number): ReturnType<Refusals> {
  const two = new Array<number>(rank).fill(2);
  const x = s.tensorOf([1, 4, ...two]);
  const weight = s.tensorOf([4, 2, ...two]);
  return [
    [[s.tensorOf(two.slice(1)), weight], 'ShapeError', /x has shape .* expected \(n, channels, /],
    [[x, s.tensorOf([4, 2])], 'ShapeError', /the weight has shape \(4, 2\)/],
    [[x, s.tensorOf([2, 4, ...two])], 'ShapeError', /has 4 channels, .* takes 2/],
    [[x, weight, null, { groups: 3 }], 'ShapeError', /4 filters .* 3 groups/],
    [[x, weight, s.tensorOf([2]), { groups: 2 }], 'ShapeError', /the bias has shape \(2,\), expected \(4,\)/],
    [[x, weight, null, { padding: 2 }], 'ShapeError', /nothing is left of x .* use less padding/],
    [[x, weight.to('float32')], 'DTypeError', /x is float64, the weight float32/],
    [[x.to('bool'), weight.to('bool')], 'DTypeError', /expected a floating point tensor, got bool/],
    [
      [x, weight, null, { outputPadding: 1 }],
      'ArgumentError',
      /outputPadding .* must be smaller than the stride/,
    ],
    [[x, weight, null, { outputPadding: -1 }], 'ArgumentError', /outputPadding is -1, expected/],
    [[x, weight, null, { stride: 0 }], 'ArgumentError', /stride is 0, expected/],
    [[x, weight, null, { groups: 0.5 }], 'ArgumentError', /groups is 0\.5, expected/],
  ];
}
