import { normalizationKernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { withGradMode } from '../tape/mode.ts';
import { isTracked } from '../tape/record.ts';
import { refuseDType } from '../tape/shorthands.ts';
import { checkOptions, checkTensor, checkWhole } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { ArgumentError, DTypeError, ShapeError } from '../tensor/errors.ts';
import { checkList, formatShape, reducedShape, type Shape, sameShape, sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { overwrite } from './inplace.ts';
import type { Refusals, SampleKit, Samples } from './samples.ts';
import { cat } from './shape.ts';

interface Groups {
  /** The axes over which means and variances are taken. */
  readonly axes: readonly number[];
  readonly eps: number;
}

const keptMean = (x: Tensor, { axes }: Groups): Tensor => x.mean(axes, { keepdim: true });

/** The scale 1 / sqrt(variance + eps), differentiable in the variance. */
const scaleOf = (variance: Tensor, { eps }: Groups): Tensor => variance.add(eps).rsqrt();

/** What the Jacobian of the standardized y, which is symmetric, makes of a tangent or cotangent. */
const project = (t: Tensor, y: Tensor, variance: Tensor, groups: Groups): Tensor => {
  if (![t, y, variance].some(isTracked)) {
    return wrap(
      normalizationKernels.standardizeAdjoint(t, y, variance, groups.axes, groups.eps),
      t.dtype,
      t.shape,
    );
  }
  return t
    .sub(keptMean(t, groups))
    .sub(y.mul(keptMean(t.mul(y), groups)))
    .mul(scaleOf(variance, groups));
};

/**
 * (x - mean) / sqrt(variance + eps), with the mean and the variance, each kept with length 1 along the axes. The rules are
 * written in the results: so they hold for all orders.
 */
const standardize = /* @__PURE__ */ defineOp({
  name: 'standardize',
  inputs: ['x'],
  saves: ['output'],
  forward: ({ x }, { axes, eps }: Groups): readonly Tensor[] => {
    const { output, mean, variance } = normalizationKernels.standardize(x, axes, eps);
    const kept = reducedShape(x.shape, axes, true);
    return [wrap(output, x.dtype, x.shape), wrap(mean, x.dtype, kept), wrap(variance, x.dtype, kept)];
  },
  vjp: {
    x: ([gy, gm, gv], { output: [y, , variance] }, groups, { shape }) => {
      const n = sizeOf(groups.axes.map((axis) => shape[axis]!));
      const terms = [
        gy && project(gy, y!, variance!, groups),
        gm && gm.div(n).expand(shape),
        gv && gv.mul(2 / n).mul(y!.div(scaleOf(variance!, groups))),
      ];
      return terms.reduce<Tensor | null>(
        (sum, term) => (sum && term ? sum.add(term) : (sum ?? term ?? null)),
        null,
      );
    },
  },
  jvp: ({ x: t }, { output: [y, , variance] }, groups) => {
    if (t === null) return [null, null, null];
    const spread = keptMean(t.mul(y!), groups).mul(2).div(scaleOf(variance!, groups));
    return [project(t, y!, variance!, groups), keptMean(t, groups), spread];
  },
});

/** Options that all normalizations with learned factors share. */
export interface AffineOptions {
  /** A factor for each normalized element or channel. Default none. */
  readonly weight?: Tensor | null;
  /** Added after the factor. Default none. */
  readonly bias?: Tensor | null;
  /** Added to the variance, against division by 0. Default 1e-5. */
  readonly eps?: number;
}

const affineNames = ['weight', 'bias', 'eps'];

/** Refuses a parameter that has not the shape or the dtype it must have. */
function checkParameter(
  op: string,
  name: string,
  value: Tensor | null | undefined,
  x: Tensor,
  expected: Shape,
): void {
  if (value === null || value === undefined) return;
  checkTensor(op, name, value);
  if (!sameShape(value.shape, expected)) {
    throw new ShapeError(
      `${op}: ${name} has shape ${formatShape(value.shape)}, expected ${formatShape(expected)} for x of shape ${formatShape(x.shape)}`,
    );
  }
  if (value.dtype !== x.dtype) {
    throw new DTypeError(`${op}: x is ${x.dtype}, ${name} is ${value.dtype}; convert one with .to()`);
  }
}

/** The axes of the elements that have one factor each: `shape` holds their lengths, other axes count 1. */
function affine(y: Tensor, { weight, bias }: AffineOptions, shape: Shape): Tensor {
  const scaled = weight ? y.mul(weight.reshape(shape)) : y;
  return bias ? scaled.add(bias.reshape(shape)) : scaled;
}

/** The shape in which one value for each channel (axis 1) broadcasts against x. */
const alongChannels = (x: Tensor): Shape => x.shape.slice(1).map((length, i) => (i === 0 ? length : 1));

/** Refuses what is no batch of channels, and gives their number. */
function checkChannels(op: string, x: Tensor, least: number, expected: string): number {
  checkTensor(op, 'x', x);
  refuseDType(op, x, 'integers');
  if (x.ndim < least) {
    throw new ShapeError(`${op}: x has shape ${formatShape(x.shape)}, expected ${expected}`);
  }
  return x.shape[1]!;
}

/** Refuses statistics over one element: its variance says nothing, and the result would be 0. */
function checkSeveral(op: string, x: Tensor, count: number): void {
  if (count !== 1) return;
  throw new ShapeError(
    `${op}: x has shape ${formatShape(x.shape)}, so each mean would be over 1 element; several are needed`,
  );
}

/** Running statistics of channels. */
export interface RunningStatistics {
  /** The means so far, one for each channel. Default none. */
  readonly runningMean?: Tensor | null;
  /** The variances so far, one for each channel. Default none. */
  readonly runningVar?: Tensor | null;
}

/** The running statistics if they are there; refuses one without the other, or of the wrong shape. */
function checkStatistics(
  op: string,
  x: Tensor,
  { runningMean, runningVar }: RunningStatistics,
  needed: boolean,
): readonly [mean: Tensor, variance: Tensor] | null {
  checkParameter(op, 'runningMean', runningMean, x, [x.shape[1]!]);
  checkParameter(op, 'runningVar', runningVar, x, [x.shape[1]!]);
  if (runningMean && runningVar) return [runningMean, runningVar];
  if (runningMean || runningVar || needed) {
    const missing = runningMean ? 'runningVar' : runningVar ? 'runningMean' : 'runningMean and runningVar';
    throw new ArgumentError(
      `${op}: ${missing} must be given${needed ? ', as the statistics of x are not used' : ': they come together'}`,
    );
  }
  return null;
}

/** Moves running statistics towards those of a batch, by `momentum`, in place and off the tape. */
function track(
  op: string,
  [runningMean, runningVar]: readonly [Tensor, Tensor],
  mean: Tensor,
  variance: Tensor,
  count: number,
  momentum: number,
): void {
  withGradMode(false, () => {
    const move = (target: Tensor, value: Tensor) =>
      overwrite(op, target, target.mul(1 - momentum).add(value.mul(momentum)));
    move(runningMean, mean);
    move(runningVar, variance.mul(count / (count - 1)));
  });
}

/** (x - mean) / sqrt(variance + eps) with given statistics of each channel. */
function standardizedBy(x: Tensor, [mean, variance]: readonly [Tensor, Tensor], eps: number): Tensor {
  const shape = alongChannels(x);
  return x.sub(mean.reshape(shape)).mul(variance.add(eps).rsqrt().reshape(shape));
}

/** Options of {@link batchNorm}. */
export interface BatchNormOptions extends AffineOptions, RunningStatistics {
  /** Whether to normalize by the statistics of x, and move the running ones, instead of by the running ones. Default false. */
  readonly training?: boolean;
  /** How far the running statistics move towards those of x. Default 0.1. */
  readonly momentum?: number;
}

/**
 * w (x - m) / sqrt(v + eps) + b for each channel (axis 1), where m and v are the mean and the variance over all other axes in
 * training, and else the running ones. In training the running statistics, where given, are moved in place:
 * r <- (1 - momentum) r + momentum s, with the unbiased variance. Derivatives: (g - mean g - y mean(g y)) / sqrt(v + eps) for
 * the standardized y in training, else g / sqrt(v + eps). Errors: ShapeError below 2 axes, for parameters that do not have one
 * value for each channel, and for one value per channel in training; ArgumentError for missing statistics or a negative
 * eps; DTypeError for integers and different dtypes. PyTorch: `torch.nn.functional.batch_norm`, with all but x in options; running
 * statistics that require grad get their gradient here. Source: S. Ioffe, C. Szegedy, "Batch Normalization", 2015.
 *
 * @example
 * ```ts
 * import { batchNorm, tensor, zeros, ones } from '@tensortape/autograd';
 * const [runningMean, runningVar] = [zeros([1]), ones([1])];
 * console.log(batchNorm(tensor([[1], [3]]), { runningMean, runningVar, training: true }).toArray()); // [ [ -0.9999949932098389 ], [ 0.9999949932098389 ] ]
 * console.log(runningMean, runningVar); // tensor([0.2000]) tensor([1.1000])
 * ```
 */
export function batchNorm(x: Tensor, options: BatchNormOptions = {}): Tensor {
  const channels = checkChannels('batchNorm', x, 2, '(N, C) or (N, C, …)');
  checkOptions('batchNorm', options, [...affineNames, 'runningMean', 'runningVar', 'training', 'momentum']);
  const { weight, bias, training = false, momentum = 0.1, eps = 1e-5 } = options;
  checkParameter('batchNorm', 'weight', weight, x, [channels]);
  checkParameter('batchNorm', 'bias', bias, x, [channels]);
  const statistics = checkStatistics('batchNorm', x, options, !training);
  if (!(training ? eps > 0 : eps >= 0)) {
    throw new ArgumentError(`batchNorm: eps must be ${training ? '> 0 in training' : '>= 0'}, got ${eps}`);
  }
  const shape = alongChannels(x);
  if (!training) return affine(standardizedBy(x, statistics!, eps), options, shape);
  const count = x.size / channels;
  checkSeveral('batchNorm', x, count);
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const [y, mean, variance] = standardize({ x }, { axes, eps });
  if (statistics && x.size > 0) {
    track('batchNorm', statistics, mean!.reshape([channels]), variance!.reshape([channels]), count, momentum);
  }
  return affine(y!, options, shape);
}
/** A factor and a summand of this shape, each there or not. */
const affineOf = (s: SampleKit, shape: Shape) => ({
  weight: s.oneOf([true, false]) ? s.tensorOf(shape) : null,
  bias: s.oneOf([true, false]) ? s.tensorOf(shape) : null,
});
/** A tensor whose parts differ enough for their variance to be clearly above 0. */
const spreadOf = (s: SampleKit, shape: Shape) => s.tensorOf(shape, { distinct: true });
export const batchNormSamples: Samples = (s) => {
  const x = spreadOf(
    s,
    s.oneOf([
      [3, 2],
      [2, 2, 2],
      [2, 1, 2, 2],
    ]),
  );
  const channels = [x.shape[1]!];
  const running = {
    runningMean: s.tensorOf(channels),
    runningVar: s.tensorOf(channels, { low: 0.5, high: 2 }),
    momentum: 0.5,
  };
  const eps = s.oneOf([1e-5, 0.1]);
  return [
    x,
    {
      ...affineOf(s, channels),
      ...s.oneOf([
        { training: true, eps },
        { ...running, eps },
      ]),
    },
  ];
};
export const batchNormRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  const [runningMean, runningVar] = [s.tensorOf([3]), s.tensorOf([3])];
  return [
    [[s.tensorOf([3])], 'ShapeError', /x has shape \(3,\), expected \(N, C\)/],
    [[s.index([2, 3], 3)], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x], 'ArgumentError', /runningMean and runningVar must be given, as the statistics of x are not used/],
    [[x, { runningMean, training: true }], 'ArgumentError', /runningVar must be given: they come together/],
    [
      [x, { runningMean: s.tensorOf([2]), runningVar }],
      'ShapeError',
      /runningMean has shape \(2,\), expected \(3,\)/,
    ],
    [
      [x, { weight: s.tensorOf([2]), training: true }],
      'ShapeError',
      /weight has shape \(2,\), expected \(3,\)/,
    ],
    [[x, { bias: runningMean.to('float32'), training: true }], 'DTypeError', /x is float64, bias is float32/],
    [
      [s.tensorOf([1, 3]), { training: true }],
      'ShapeError',
      /shape \(1, 3\), so each mean would be over 1 element/,
    ],
    [[x, { training: true, eps: 0 }], 'ArgumentError', /eps must be > 0 in training, got 0/],
    [[x, { runningMean, runningVar, eps: -1 }], 'ArgumentError', /eps must be >= 0, got -1/],
    [[x, { train: true }], 'ArgumentError', /unknown option 'train'/],
  ];
};

/**
 * w (x - m) / sqrt(v + eps) + b, where m and v are the mean and the variance of each group of neighbouring channels (axis 1) of
 * each sample, and w and b have one value for each channel. Derivative: (g - mean g - y mean(g y)) / sqrt(v + eps) for the
 * standardized y. Errors: ArgumentError when numGroups is no whole number >= 1; ShapeError below 2 axes, when it does not divide the number of channels,
 * or for parameters that do not have one value for each; DTypeError for integers and different dtypes.
 * PyTorch: `torch.nn.functional.group_norm`. Source: Y. Wu, K. He, "Group Normalization", 2018.
 *
 * @example
 * ```ts
 * import { groupNorm, tensor } from '@tensortape/autograd';
 * console.log(groupNorm(tensor([[1, 3, 10, 30]]), 2)); // tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
 * ```
 */
export function groupNorm(x: Tensor, numGroups: number, options: AffineOptions = {}): Tensor {
  const channels = checkChannels('groupNorm', x, 2, '(N, C) or (N, C, …)');
  checkWhole('groupNorm', 'numGroups', numGroups, 1);
  checkOptions('groupNorm', options, affineNames);
  const { weight, bias, eps = 1e-5 } = options;
  if (channels % numGroups !== 0) {
    throw new ShapeError(
      `groupNorm: the ${channels} channels (axis 1) of x of shape ${formatShape(x.shape)} do not divide into ${numGroups} groups`,
    );
  }
  checkParameter('groupNorm', 'weight', weight, x, [channels]);
  checkParameter('groupNorm', 'bias', bias, x, [channels]);
  const length = (channels / numGroups) * sizeOf(x.shape.slice(2));
  const [y] = standardize({ x: x.reshape([x.shape[0]!, numGroups, length]) }, { axes: [2], eps });
  return affine(y!.reshape(x.shape), options, alongChannels(x));
}
export const groupNormSamples: Samples = (s) => {
  const x = spreadOf(
    s,
    s.oneOf([
      [2, 4],
      [1, 4, 2],
      [2, 2, 2, 2],
    ]),
  );
  return [x, s.oneOf([1, 2]), { ...affineOf(s, [x.shape[1]!]), eps: s.oneOf([1e-5, 0.1]) }];
};
export const groupNormRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 4]);
  return [
    [[s.tensorOf([4]), 2], 'ShapeError', /x has shape \(4,\), expected \(N, C\)/],
    [[s.index([2, 4], 3), 2], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, 3], 'ShapeError', /the 4 channels \(axis 1\) of x of shape \(2, 4\) do not divide into 3 groups/],
    [[x, 0], 'ArgumentError', /numGroups must be a whole number >= 1, got 0/],
    [[x, Number.NaN], 'ArgumentError', /numGroups must be a whole number >= 1, got NaN/],
    [[x, 2, { weight: s.tensorOf([2]) }], 'ShapeError', /weight has shape \(2,\), expected \(4,\)/],
    [[x, 2, { bias: s.tensorOf([2]) }], 'ShapeError', /bias has shape \(2,\), expected \(4,\)/],
  ];
};

/** Options of {@link instanceNorm}. */
export interface InstanceNormOptions extends AffineOptions, RunningStatistics {
  /** Whether to normalize by the statistics of x, and move the running ones, instead of by the running ones. Default true. */
  readonly useInputStats?: boolean;
  /** How far the running statistics move towards those of x. Default 0.1. */
  readonly momentum?: number;
}

/**
 * w (x - m) / sqrt(v + eps) + b, where m and v are the mean and the variance of each channel (axis 1) of each sample over the axes
 * from 2 on, or the running ones. Running statistics, where given, are moved in place towards the means over the batch of those of x, with
 * the unbiased variance. Derivative: as {@link batchNorm}. Errors: ShapeError below 3 axes, for parameters that do not have one value for each channel,
 * and for one element per channel; ArgumentError for missing statistics; DTypeError for integers and different dtypes.
 * PyTorch: `torch.nn.functional.instance_norm`, with all but x in options. Source: D. Ulyanov et al., "Instance Normalization", 2016.
 *
 * @example
 * ```ts
 * import { instanceNorm, tensor } from '@tensortape/autograd';
 * console.log(instanceNorm(tensor([[[1, 3], [10, 30]]])));
 * // tensor([[[-1.0000,  1.0000],
 * //          [-1.0000,  1.0000]]])
 * ```
 */
export function instanceNorm(x: Tensor, options: InstanceNormOptions = {}): Tensor {
  const channels = checkChannels('instanceNorm', x, 3, '(N, C, L) or (N, C, …)');
  checkOptions('instanceNorm', options, [
    ...affineNames,
    'runningMean',
    'runningVar',
    'useInputStats',
    'momentum',
  ]);
  const { weight, bias, useInputStats = true, momentum = 0.1, eps = 1e-5 } = options;
  checkParameter('instanceNorm', 'weight', weight, x, [channels]);
  checkParameter('instanceNorm', 'bias', bias, x, [channels]);
  const statistics = checkStatistics('instanceNorm', x, options, !useInputStats);
  const shape = alongChannels(x);
  if (!useInputStats) return affine(standardizedBy(x, statistics!, eps), options, shape);
  const axes = x.shape.map((_, axis) => axis).slice(2);
  const count = sizeOf(x.shape.slice(2));
  checkSeveral('instanceNorm', x, count);
  const [y, mean, variance] = standardize({ x }, { axes, eps });
  if (statistics && x.size > 0) {
    const overBatch = (values: Tensor) => values.reshape([-1, channels]).mean(0);
    track('instanceNorm', statistics, overBatch(mean!), overBatch(variance!), count, momentum);
  }
  return affine(y!, options, shape);
}
export const instanceNormSamples: Samples = (s) => {
  const x = spreadOf(
    s,
    s.oneOf([
      [2, 2, 3],
      [1, 2, 2, 2],
    ]),
  );
  const running = {
    runningMean: s.tensorOf([2]),
    runningVar: s.tensorOf([2], { low: 0.5, high: 2 }),
    useInputStats: false,
  };
  return [x, { ...affineOf(s, [2]), ...s.oneOf([{ eps: 0.1 }, {}, running]) }];
};
export const instanceNormRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3, 4]);
  return [
    [[s.tensorOf([2, 3])], 'ShapeError', /x has shape \(2, 3\), expected \(N, C, L\)/],
    [[s.index([2, 3, 4], 3)], 'DTypeError', /expected a floating point tensor, got int32/],
    [[s.tensorOf([2, 3, 1])], 'ShapeError', /shape \(2, 3, 1\), so each mean would be over 1 element/],
    [[x, { useInputStats: false }], 'ArgumentError', /runningMean and runningVar must be given/],
    [[x, { weight: s.tensorOf([4]) }], 'ShapeError', /weight has shape \(4,\), expected \(3,\)/],
    [[x, { training: true }], 'ArgumentError', /unknown option 'training'/],
  ];
};

/** The last axes of x over which a normalization runs. */
function checkNormalized(op: string, x: Tensor, normalizedShape: Shape): readonly number[] {
  checkTensor(op, 'x', x);
  refuseDType(op, x, 'integers');
  checkList(op, 'normalizedShape', normalizedShape);
  const first = x.ndim - normalizedShape.length;
  if (normalizedShape.length === 0 || first < 0 || !sameShape(x.shape.slice(first), normalizedShape)) {
    throw new ShapeError(
      `${op}: normalizedShape is ${formatShape(normalizedShape)}, but x has shape ${formatShape(x.shape)}; expected the lengths ` +
        'of its last axes, at least one',
    );
  }
  return x.shape.map((_, axis) => axis).slice(first);
}

/**
 * w (x - m) / sqrt(v + eps) + b, where m and v are the mean and the variance over the last axes, whose lengths are `normalizedShape`; so are
 * those of w and b. Derivative: (g - mean g - y mean(g y)) / sqrt(v + eps) for the standardized y. Errors: ShapeError when x does not end in
 * `normalizedShape`, or for parameters of another shape; DTypeError for integers and different dtypes. PyTorch: `torch.nn.functional.layer_norm`.
 * Source: J. Ba, J. Kiros, G. Hinton, "Layer Normalization", 2016.
 *
 * @example
 * ```ts
 * import { layerNorm, tensor } from '@tensortape/autograd';
 * const weight = tensor([1, 1, 2]);
 * console.log(layerNorm(tensor([[1, 2, 3]]), [3], { weight })); // tensor([[-1.2247,  0.0000,  2.4495]])
 * ```
 */
export function layerNorm(x: Tensor, normalizedShape: Shape, options: AffineOptions = {}): Tensor {
  const axes = checkNormalized('layerNorm', x, normalizedShape);
  checkOptions('layerNorm', options, affineNames);
  const { weight, bias, eps = 1e-5 } = options;
  checkParameter('layerNorm', 'weight', weight, x, normalizedShape);
  checkParameter('layerNorm', 'bias', bias, x, normalizedShape);
  const [y] = standardize({ x }, { axes, eps });
  return affine(y!, options, normalizedShape);
}
const normalizedSample = (s: SampleKit): readonly [Tensor, Shape] => {
  const x = spreadOf(s, s.oneOf([[3], [2, 3], [2, 2, 3]]));
  return [x, x.shape.slice(s.integer(0, x.ndim - 1))];
};
export const layerNormSamples: Samples = (s) => {
  const [x, normalizedShape] = normalizedSample(s);
  return [x, normalizedShape, { ...affineOf(s, normalizedShape), eps: s.oneOf([1e-5, 0.1]) }];
};
export const layerNormRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  return [
    [[x, [2]], 'ShapeError', /normalizedShape is \(2,\), but x has shape \(2, 3\)/],
    [[x, []], 'ShapeError', /normalizedShape is \(\), but x has shape \(2, 3\); .* at least one/],
    [[x, [1, 2, 3]], 'ShapeError', /normalizedShape is \(1, 2, 3\)/],
    [[x, 3], 'ArgumentError', /normalizedShape must be a list .* got the number 3/],
    [[s.index([2, 3], 3), [3]], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, [3], { weight: s.tensorOf([2]) }], 'ShapeError', /weight has shape \(2,\), expected \(3,\)/],
    [[x, [3], { bias: s.tensorOf([1, 3]) }], 'ShapeError', /bias has shape \(1, 3\), expected \(3,\)/],
    [[x, [3], { bias: s.tensorOf([3]).to('float32') }], 'DTypeError', /x is float64, bias is float32/],
    [[x, [3], { epsilon: 1 }], 'ArgumentError', /unknown option 'epsilon'/],
  ];
};

/** Options of {@link rmsNorm}. */
export interface RmsNormOptions {
  /** A factor for each normalized element. Default none. */
  readonly weight?: Tensor | null;
  /** Added to the mean square. Default the distance from 1 to the next number of the dtype. */
  readonly eps?: number;
}

/**
 * w x / sqrt(mean(x^2) + eps), with the mean over the last axes, whose lengths are `normalizedShape`. Derivative:
 * w (g / r - x mean(g x) / r^3), with r the root and g the cotangent times w. Errors: as {@link layerNorm}; a weight of
 * another dtype is converted. PyTorch: `torch.nn.functional.rms_norm`.
 * Source: B. Zhang, R. Sennrich, "Root Mean Square Layer Normalization", 2019.
 *
 * @example
 * ```ts
 * import { rmsNorm, tensor } from '@tensortape/autograd';
 * console.log(rmsNorm(tensor([1, 7]), [2])); // tensor([0.2000, 1.4000])
 * ```
 */
export function rmsNorm(x: Tensor, normalizedShape: Shape, options: RmsNormOptions = {}): Tensor {
  const axes = checkNormalized('rmsNorm', x, normalizedShape);
  checkOptions('rmsNorm', options, ['weight', 'eps']);
  const { weight, eps = x.dtype === 'float64' ? Number.EPSILON : 2 ** -23 } = options;
  if (weight) checkTensor('rmsNorm', 'weight', weight);
  const converted = weight && weight.to(x.dtype);
  checkParameter('rmsNorm', 'weight', converted, x, normalizedShape);
  const y = x.mul(x.square().mean(axes, { keepdim: true }).add(eps).rsqrt());
  return converted ? y.mul(converted) : y;
}
export const rmsNormSamples: Samples = (s) => {
  const [x, normalizedShape] = normalizedSample(s);
  const { weight } = affineOf(s, normalizedShape);
  // Unless given, eps depends on the dtype: what float32 gives is then not what float64 gives.
  return [x, normalizedShape, { weight, eps: s.oneOf([1e-3, 0.1]) }];
};
export const rmsNormRefusals: Refusals = (s) => {
  const x = s.tensorOf([2, 3]);
  return [
    [[x, [2]], 'ShapeError', /normalizedShape is \(2,\), but x has shape \(2, 3\)/],
    [[s.index([2, 3], 3), [3]], 'DTypeError', /expected a floating point tensor, got int32/],
    [[x, [3], { weight: s.tensorOf([2]) }], 'ShapeError', /weight has shape \(2,\), expected \(3,\)/],
    [[x, [3], { bias: s.tensorOf([3]) }], 'ArgumentError', /unknown option 'bias'; known are weight, eps/],
  ];
};

/** Options of {@link localResponseNorm}. */
export interface LocalResponseNormOptions {
  /** The factor of the mean square. Default 1e-4. */
  readonly alpha?: number;
  /** The exponent. Default 0.75. */
  readonly beta?: number;
  /** Added to the mean square. Default 1. */
  readonly k?: number;
}

/**
 * x / (k + alpha s)^beta, where s is the mean of the squares over a window of `size` channels (axis 1), with zeros beyond the ends.
 * Derivative: of the composition. Errors: ArgumentError when size is no whole number >= 1; ShapeError below 3 axes; DTypeError for integers.
 * PyTorch: `torch.nn.functional.local_response_norm`. Source: A. Krizhevsky et al., "ImageNet Classification with Deep Convolutional Neural Networks", 2012.
 *
 * @example
 * ```ts
 * import { localResponseNorm, tensor } from '@tensortape/autograd';
 * console.log(localResponseNorm(tensor([[[3], [4]]]), 2, { alpha: 2, beta: 0.5, k: 0 }).toArray()); // [ [ [ 1 ], [ 0.800000011920929 ] ] ]
 * ```
 */
export function localResponseNorm(x: Tensor, size: number, options: LocalResponseNormOptions = {}): Tensor {
  const channels = checkChannels('localResponseNorm', x, 3, '(N, C, L) or (N, C, …)');
  checkWhole('localResponseNorm', 'size', size, 1);
  checkOptions('localResponseNorm', options, ['alpha', 'beta', 'k']);
  const { alpha = 1e-4, beta = 0.75, k = 1 } = options;
  const before = size >> 1;
  const zeros = (count: number) => constant(0, x.dtype, x.shape.with(1, count));
  const squares = cat([zeros(before), x.square(), zeros(size - 1 - before)], 1);
  let sum = squares.narrow(1, 0, channels);
  for (let i = 1; i < size; i++) sum = sum.add(squares.narrow(1, i, channels));
  return x.div(
    sum
      .mul(alpha / size)
      .add(k)
      .pow(beta),
  );
}
export const localResponseNormSamples: Samples = (s) => [
  s.tensorOf(
    s.oneOf([
      [2, 3, 2],
      [1, 4, 1, 2],
    ]),
  ),
  s.oneOf([1, 2, 3, 5]),
  s.oneOf([{}, { alpha: 0.5, beta: 0.5, k: 2 }]),
];
export const localResponseNormRefusals: Refusals = (s) => [
  [[s.tensorOf([2, 3]), 2], 'ShapeError', /x has shape \(2, 3\), expected \(N, C, L\)/],
  [[s.index([2, 3, 4], 3), 2], 'DTypeError', /expected a floating point tensor, got int32/],
  [[s.tensorOf([2, 3, 4]), 0], 'ArgumentError', /size must be a whole number >= 1, got 0/],
  [[s.tensorOf([2, 3, 4]), 1.5], 'ArgumentError', /size must be a whole number >= 1, got 1\.5/],
  [[s.tensorOf([2, 3, 4]), 2, { gamma: 1 }], 'ArgumentError', /unknown option 'gamma'/],
];
