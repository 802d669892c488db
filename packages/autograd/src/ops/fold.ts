import type { Windows } from '../kernels/kernels.ts';
import { imageKernels } from '../kernels/select.ts';
import { linear } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';
import { fittingWindows, onBatch, perAxis, requireFloats, type Sliding, type Two } from './windows.ts';

/** A linear map given by windows. */
type WindowsOp = (x: Tensor, windows: Windows) => Tensor;

const unfoldOp: WindowsOp = /* @__PURE__ */ linear<Windows>({
  name: 'unfold',
  forward: (x, windows) =>
    wrap(imageKernels.unfold(x, windows), x.dtype, [
      x.shape[0]!,
      x.shape[1]! * sizeOf(windows.kernel),
      sizeOf(windows.output),
    ]),
  transpose: (g, windows) => foldOp(g, windows),
});

const foldOp: WindowsOp = /* @__PURE__ */ linear<Windows>({
  name: 'fold',
  forward: (columns, windows) =>
    wrap(imageKernels.fold(columns, windows), columns.dtype, [
      columns.shape[0]!,
      columns.shape[1]! / sizeOf(windows.kernel),
      ...windows.input,
    ]),
  transpose: (g, windows) => unfoldOp(g, windows),
});

/** Options of {@link unfold} and {@link fold}: a number for both axes, or one for each. */
export interface FoldOptions {
  /** The step from one element of a window to the next. Default 1. */
  readonly dilation?: number | Two;
  /** Zeros on both sides of each axis. Default 0. */
  readonly padding?: number | Two;
  /** The step from one window to the next. Default 1. */
  readonly stride?: number | Two;
}

function slidingOf(
  op: string,
  kernelSize: number | Two,
  { dilation = 1, padding = 0, stride = 1 }: FoldOptions,
): Sliding {
  return {
    kernel: perAxis(op, 'kernelSize', kernelSize, 2, 1),
    dilation: perAxis(op, 'dilation', dilation, 2, 1),
    padding: perAxis(op, 'padding', padding, 2, 0),
    stride: perAxis(op, 'stride', stride, 2, 1),
  };
}

/**
 * The windows over images as columns: y[c K + k, p] is element k of window p of channel c, with K elements in a window. x is
 * (n, channels, height, width) or without n, the result (n, channels K, windows). A convolution is a matrix product with them.
 * Derivative: {@link fold} of the cotangent. PyTorch: `torch.nn.functional.unfold`.
 *
 * Errors: ShapeError when the kernel does not fit; ArgumentError for options out of range.
 *
 * @example
 * ```ts
 * import { tensor, unfold } from '@tensortape/autograd';
 * const x = tensor([[[1, 2, 3], [4, 5, 6]]]);
 * console.log(unfold(x, 2).toArray()); // [ [ 1, 2 ], [ 2, 3 ], [ 4, 5 ], [ 5, 6 ] ]
 * ```
 */
export function unfold(x: Tensor, kernelSize: number | Two, options: FoldOptions = {}): Tensor {
  const sliding = slidingOf('unfold', kernelSize, options);
  return onBatch('unfold', x, 2, (images) => unfoldOp(images, fittingWindows('unfold', images, sliding)));
}
export const unfoldSamples: Samples = (s) => {
  const { lead, size, kernel, options } = windowSample(s);
  return [s.tensorOf([...lead, ...size]), kernel, options];
};
export const unfoldRefusals: Refusals = (s) => {
  const x = s.tensorOf([1, 2, 3, 4]);
  return [
    [[s.tensorOf([3, 4]), 2], 'ShapeError', /x has shape \(3, 4\), expected \(n, channels, height, width\)/],
    [[x, 4], 'ShapeError', /a kernel of \(4, 4\) does not fit x .* the result would be \(0, 1\)/],
    [[x, 2, { dilation: 3 }], 'ShapeError', /\(dilation \(3, 3\)\) does not fit/],
    [[x, 0], 'ArgumentError', /kernelSize is 0, expected/],
    [[x, [2, 2, 2]], 'ArgumentError', /kernelSize is \[2, 2, 2\], expected/],
    [[x, 2, { stride: 0 }], 'ArgumentError', /stride is 0, expected/],
    [[x, 2, { padding: -1 }], 'ArgumentError', /padding is -1, expected/],
  ];
};

/**
 * The adjoint of {@link unfold}: columns (n, channels K, windows) are added up where the windows stood in images of
 * `outputSize`, (n, channels, height, width). Overlapping windows add up, so fold(unfold(x)) multiplies each element by the
 * number of windows over it. The columns may lack n.
 * Derivative: {@link unfold} of the cotangent. PyTorch: `torch.nn.functional.fold`.
 *
 * Errors: ShapeError when the columns do not match the windows over that size; ArgumentError for options out of range;
 * DTypeError for integers.
 *
 * @example
 * ```ts
 * import { fold, ones } from '@tensortape/autograd';
 * console.log(fold(ones([4, 2]), [2, 3], 2).toArray()); // [ [ [ 1, 2, 1 ], [ 1, 2, 1 ] ] ]
 * ```
 */
export function fold(
  x: Tensor,
  outputSize: number | Two,
  kernelSize: number | Two,
  options: FoldOptions = {},
): Tensor {
  checkTensor('fold', 'x', x);
  requireFloats('fold', x);
  const sliding = slidingOf('fold', kernelSize, options);
  const input = perAxis('fold', 'outputSize', outputSize, 2, 1);
  if (x.ndim !== 2 && x.ndim !== 3) {
    throw new ShapeError(
      `fold: x has shape ${formatShape(x.shape)}, expected (n, channels * kernel, windows), or without the batch axis n`,
    );
  }
  const output = input.map(
    (length, axis) =>
      Math.floor(
        (length + 2 * sliding.padding[axis]! - sliding.dilation[axis]! * (sliding.kernel[axis]! - 1) - 1) /
          sliding.stride[axis]!,
      ) + 1,
  );
  const taps = sizeOf(sliding.kernel);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  if (rows % taps !== 0 || columns !== sizeOf(output) || Math.min(...output) < 1) {
    throw new ShapeError(
      `fold: x of shape ${formatShape(x.shape)} holds ${rows} rows and ${columns} columns, but windows of ${formatShape(sliding.kernel)} ` +
        `need rows in multiples of ${taps}, and over an image of ${formatShape(input)} there are ${formatShape(output)} of them`,
    );
  }
  const windows = { ...sliding, input, output };
  return x.ndim === 3 ? foldOp(x, windows) : foldOp(x.unsqueeze(0), windows).squeeze(0);
}
export const foldSamples: Samples = (s) => {
  const { lead, size, kernel, options } = windowSample(s);
  const probe = unfold(s.tensorOf([...lead.with(-1, 1), ...size], { values: [0] }), kernel, options);
  return [s.tensorOf(probe.shape.with(-2, probe.shape.at(-2)! * lead.at(-1)!)), size, kernel, options];
};
export const foldRefusals: Refusals = (s) => {
  const x = s.tensorOf([1, 4, 4]);
  return [
    [[s.tensorOf([4]), 3, 2], 'ShapeError', /x has shape \(4,\), expected/],
    [[s.tensorOf([5, 4]), 3, 2], 'ShapeError', /holds 5 rows .* multiples of 4/],
    [[s.tensorOf([4, 5]), 3, 2], 'ShapeError', /5 columns, .* over an image of \(3, 3\) there are \(2, 2\)/],
    [[x, 1, 2], 'ShapeError', /there are \(0, 0\) of them/],
    [[x.to('int32'), 3, 2], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, 3.5, 2], 'ArgumentError', /outputSize is 3\.5, expected/],
    [[x, 3, 2, { dilation: 0 }], 'ArgumentError', /dilation is 0, expected/],
  ];
};

function windowSample(s: SampleKit): {
  lead: number[];
  size: Two;
  kernel: Two;
  options: FoldOptions;
} {
  const kernel: Two = [s.integer(1, 2), s.integer(1, 3)];
  const dilation = s.integer(1, 2);
  const size: Two = [
    dilation * (kernel[0] - 1) + 1 + s.integer(0, 2),
    dilation * (kernel[1] - 1) + 1 + s.integer(0, 2),
  ];
  const options = {
    dilation,
    padding: s.oneOf<number | Two>([0, [1, 0]]),
    stride: s.oneOf<number | Two>([1, [1, 2]]),
  };
  return { lead: s.oneOf([[2], [2, 1], [0, 1]]), size, kernel, options };
}

/**
 * Channels spread over space: (…, channels r^2, height, width) becomes (…, channels, height r, width r) with
 * y[c, i r + a, j r + b] = x[c r^2 + a r + b, i, j]. Derivative: {@link pixelUnshuffle} of the cotangent. PyTorch:
 * `torch.nn.functional.pixel_shuffle`. Source: W. Shi et al., Real-time single image and video super-resolution, 2016.
 *
 * Errors: ShapeError below three axes, or when the channels do not divide; ArgumentError unless r is a whole number >= 1.
 *
 * @example
 * ```ts
 * import { pixelShuffle, tensor } from '@tensortape/autograd';
 * console.log(pixelShuffle(tensor([[[1]], [[2]], [[3]], [[4]]]), 2).toArray()); // [ [ [ 1, 2 ], [ 3, 4 ] ] ]
 * ```
 */
export function pixelShuffle(x: Tensor, upscaleFactor: number): Tensor {
  checkTensor('pixelShuffle', 'x', x);
  const r = factorOf('pixelShuffle', 'upscaleFactor', x, upscaleFactor);
  const [channels, height, width] = x.shape.slice(-3) as [number, number, number];
  if (channels % (r * r) !== 0) {
    throw new ShapeError(
      `pixelShuffle: the ${channels} channels of x of shape ${formatShape(x.shape)} do not divide by ${r}^2`,
    );
  }
  const lead = x.shape.slice(0, -3);
  const kept = lead.map((_, axis) => axis);
  const at = lead.length;
  return x
    .reshape([...lead, channels / (r * r), r, r, height, width])
    .permute([...kept, at, at + 3, at + 1, at + 4, at + 2])
    .reshape([...lead, channels / (r * r), height * r, width * r]);
}
export const pixelShuffleSamples: Samples = (s) => [
  s.tensorOf(
    s.oneOf([
      [4, 1, 2],
      [2, 4, 2, 1],
      [0, 4, 1, 1],
      [8, 2, 1],
    ]),
  ),
  s.integer(1, 2),
];
export const pixelShuffleRefusals: Refusals = (s) => [
  [[s.tensorOf([4, 4]), 2], 'ShapeError', /x has shape \(4, 4\), expected/],
  [[s.tensorOf([3, 2, 2]), 2], 'ShapeError', /the 3 channels .* do not divide by 2\^2/],
  [[s.tensorOf([4, 2, 2]), 0], 'ArgumentError', /upscaleFactor is 0, expected/],
];

/**
 * Space gathered into channels: (…, channels, height, width) becomes (…, channels r^2, height / r, width / r), the inverse of
 * {@link pixelShuffle}. Derivative: {@link pixelShuffle} of the cotangent. PyTorch: `torch.nn.functional.pixel_unshuffle`.
 *
 * Errors: ShapeError below three axes, or when height or width do not divide; ArgumentError unless r is a whole number >= 1.
 *
 * @example
 * ```ts
 * import { pixelUnshuffle, tensor } from '@tensortape/autograd';
 * console.log(pixelUnshuffle(tensor([[[1, 2], [3, 4]]]), 2).shape); // [ 4, 1, 1 ]
 * ```
 */
export function pixelUnshuffle(x: Tensor, downscaleFactor: number): Tensor {
  checkTensor('pixelUnshuffle', 'x', x);
  const r = factorOf('pixelUnshuffle', 'downscaleFactor', x, downscaleFactor);
  const [channels, height, width] = x.shape.slice(-3) as [number, number, number];
  if (height % r !== 0 || width % r !== 0) {
    throw new ShapeError(
      `pixelUnshuffle: height and width of x of shape ${formatShape(x.shape)} do not divide by ${r}`,
    );
  }
  const lead = x.shape.slice(0, -3);
  const kept = lead.map((_, axis) => axis);
  const at = lead.length;
  return x
    .reshape([...lead, channels, height / r, r, width / r, r])
    .permute([...kept, at, at + 2, at + 4, at + 1, at + 3])
    .reshape([...lead, channels * r * r, height / r, width / r]);
}
export const pixelUnshuffleSamples: Samples = (s) => [
  s.tensorOf(
    s.oneOf([
      [1, 2, 4],
      [2, 2, 2, 2],
      [0, 1, 2, 2],
    ]),
  ),
  s.integer(1, 2),
];
export const pixelUnshuffleRefusals: Refusals = (s) => [
  [[s.tensorOf([4, 4]), 2], 'ShapeError', /x has shape \(4, 4\), expected/],
  [[s.tensorOf([1, 3, 2]), 2], 'ShapeError', /height and width .* do not divide by 2/],
  [[s.tensorOf([1, 2, 2]), 1.5], 'ArgumentError', /downscaleFactor is 1\.5, expected/],
];

function factorOf(op: string, name: string, x: Tensor, factor: number): number {
  if (x.ndim < 3) {
    throw new ShapeError(`${op}: x has shape ${formatShape(x.shape)}, expected (…, channels, height, width)`);
  }
  return perAxis(op, name, factor, 1, 1)[0]!;
}

/**
 * Channels in another order: those of `groups` groups take turns, so that c = a (channels / groups) + b moves to
 * b groups + a. x is (n, channels, …). Derivative: the cotangent in the order before. PyTorch:
 * `torch.nn.functional.channel_shuffle`. Source: X. Zhang et al., ShuffleNet, 2017.
 *
 * Errors: ShapeError below three axes, or when the channels do not divide; ArgumentError unless groups is a whole number >= 1.
 *
 * @example
 * ```ts
 * import { channelShuffle, tensor } from '@tensortape/autograd';
 * console.log(channelShuffle(tensor([[[1], [2], [3], [4]]]), 2).flatten()); // tensor([1., 3., 2., 4.])
 * ```
 */
export function channelShuffle(x: Tensor, groups: number): Tensor {
  checkTensor('channelShuffle', 'x', x);
  if (x.ndim < 3) {
    throw new ShapeError(
      `channelShuffle: x has shape ${formatShape(x.shape)}, expected (n, channels, …) of three axes or more`,
    );
  }
  if (!Number.isInteger(groups) || groups < 1)
    throw new ArgumentError(`channelShuffle: groups is ${groups}, expected a whole number >= 1`);
  const [n, channels] = x.shape as [number, number];
  if (channels % groups !== 0) {
    throw new ShapeError(
      `channelShuffle: the ${channels} channels of x of shape ${formatShape(x.shape)} do not divide into ${groups} groups`,
    );
  }
  return x
    .reshape([n, groups, channels / groups, ...x.shape.slice(2)])
    .transpose(1, 2)
    .reshape(x.shape);
}
export const channelShuffleSamples: Samples = (s) => [
  s.tensorOf(
    s.oneOf([
      [2, 6, 1],
      [1, 6, 2, 1],
      [0, 6, 1],
    ]),
  ),
  s.oneOf([1, 2, 3]),
];
export const channelShuffleRefusals: Refusals = (s) => [
  [[s.tensorOf([4, 4]), 2], 'ShapeError', /x has shape \(4, 4\), expected/],
  [[s.tensorOf([1, 3, 2]), 2], 'ShapeError', /the 3 channels .* do not divide into 2 groups/],
  [[s.tensorOf([1, 3, 2]), 0], 'ArgumentError', /groups is 0, expected/],
];
