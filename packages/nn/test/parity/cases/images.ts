import { maxPool1dWithIndices, maxPool2dWithIndices, maxPool3dWithIndices } from '@tensortape/autograd';
import type { Case, Cases, Source } from '../source.ts';

const ranks = [1, 2, 3] as const;
type Rank = (typeof ranks)[number];

/** A case for each number of axes: `Conv` gives Conv1d, Conv2d, Conv3d. */
const perRank = (name: string, draw: (source: Source, axes: Rank) => Case): Cases =>
  Object.fromEntries(ranks.map((axes) => [`${name}${axes}d`, (source: Source) => draw(source, axes)]));

const conv = (source: Source, axes: Rank): Case => {
  const [groups, inner, outer] = [source.integer(1, 2), source.integer(1, 2), source.integer(1, 2)];
  const same = source.integer(0, 3) === 0;
  const paddingMode = source.oneOf(['zeros', 'reflect', 'replicate', 'circular']);
  const padding = same ? 'same' : source.oneOf([source.perAxis(axes, 0, 2), 'valid']);
  return {
    args: [inner * groups, outer * groups, source.perAxis(axes, 1, axes === 3 ? 2 : 3)],
    options: {
      stride: same ? 1 : source.perAxis(axes, 1, 2),
      padding,
      dilation: source.perAxis(axes, 1, 2),
      groups,
      bias: source.flag(),
      paddingMode,
    },
    inputs: [source.images(axes, inner * groups, 5, axes === 3 ? 5 : 7)],
  };
};

const convTranspose = (source: Source, axes: Rank): Case => {
  const [groups, inner, outer] = [source.integer(1, 2), source.integer(1, 2), source.integer(1, 2)];
  const stride = source.integer(1, 3);
  const dilation = source.integer(1, 2);
  return {
    args: [inner * groups, outer * groups, source.perAxis(axes, 2, 3)],
    options: {
      stride,
      padding: source.perAxis(axes, 0, 1),
      outputPadding: source.perAxis(axes, 0, Math.max(stride, dilation) - 1),
      groups,
      bias: source.flag(),
      dilation,
    },
    inputs: [source.images(axes, inner * groups, 2, axes === 3 ? 2 : 4)],
  };
};

/** Windows of at least 2, and a padding that they allow. */
const windows = (source: Source, axes: Rank) => ({
  kernelSize: source.perAxis(axes, 2, 3),
  stride: source.perAxis(axes, 1, 3),
  padding: source.perAxis(axes, 0, 1),
  ceilMode: source.flag(),
});

const pooled = (source: Source, axes: Rank) =>
  source.images(axes, source.integer(1, 2), 5, axes === 3 ? 5 : 8);

const maxPool = (source: Source, axes: Rank): Case => {
  const { kernelSize, ...options } = windows(source, axes);
  return {
    args: [kernelSize],
    options: { ...options, dilation: source.perAxis(axes, 1, 2) },
    inputs: [pooled(source, axes)],
  };
};

const avgPool = (source: Source, axes: Rank): Case => {
  const { kernelSize, ...options } = windows(source, axes);
  const divisor = axes > 1 && source.flag() ? { divisorOverride: source.integer(1, 3) } : {};
  return {
    args: [kernelSize],
    options: { ...options, countIncludePad: source.flag(), ...divisor },
    inputs: [pooled(source, axes)],
  };
};

const lpPool = (source: Source, axes: Rank): Case => {
  const { stride, ceilMode } = windows(source, axes);
  // PyTorch takes no list for one axis.
  const kernelSize = axes === 1 ? source.integer(2, 3) : source.perAxis(axes, 2, 3);
  return {
    args: [source.oneOf([2, 3]), kernelSize],
    options:
      source.flag() || (axes === 1 && typeof stride !== 'number') ? { ceilMode } : { stride, ceilMode },
    // Odd powers of negative numbers have no root.
    inputs: [source.shares(pooled(source, axes).shape)],
  };
};

const adaptive = (source: Source, axes: Rank): Case => {
  const size = () => (axes > 1 ? source.oneOf([1, 2, 3, null]) : source.integer(1, 3));
  const outputSize = source.flag() ? source.integer(1, 3) : Array.from({ length: axes }, size);
  return { args: [outputSize], inputs: [pooled(source, axes)] };
};

const fractional = (source: Source, axes: 2 | 3): Case => {
  const x = source.images(axes, source.integer(1, 2), 5, 7);
  const size = source.integer(1, axes === 2 ? 4 : 3);
  const goal = source.flag() ? { outputSize: size } : { outputRatio: source.oneOf([0.3, 0.5, 0.6]) };
  const planes = x.ndim === axes + 2 ? x.shape.slice(0, 2) : [1, x.shape[0]!];
  return {
    args: [source.perAxis(axes, 1, 2)],
    options: { ...goal, randomSamples: source.weights([...planes, axes]) },
    inputs: [x],
  };
};

const poolWithIndices = {
  1: (x: ReturnType<Source['constant']>) => maxPool1dWithIndices(x, 2),
  2: (x: ReturnType<Source['constant']>) => maxPool2dWithIndices(x, 2),
  3: (x: ReturnType<Source['constant']>) => maxPool3dWithIndices(x, 2),
};

const unpool = (source: Source, axes: Rank): Case => {
  const x = source.images(axes, source.integer(1, 2), 4, 5);
  const { values, indices } = poolWithIndices[axes](x.detach());
  const lengths = x.shape.slice(-axes);
  const outputSize = source.flag() || lengths.some((length) => length % 2 === 1) ? [lengths] : [];
  return { args: [2], inputs: [values.detach().requiresGrad_(), indices, ...outputSize] };
};

const norm = (source: Source, batched: boolean) => (axes: Rank) => {
  const channels = source.integer(1, 3);
  const { shape } = source.images(axes, channels, 2, 3, batched || source.flag());
  return { channels, x: source.spread(shape) };
};

const statistics = (source: Source) => ({
  eps: source.oneOf([1e-5, 0.1]),
  momentum: source.oneOf([0.1, 0.5]),
  affine: source.flag(),
  bias: source.flag(),
  trackRunningStats: source.flag(),
});

const batchNorm = (source: Source, axes: Rank): Case => {
  const { channels, x } = norm(source, true)(axes);
  const flat = axes === 1 && source.flag() ? source.spread([source.integer(2, 4), channels]) : x;
  const options = statistics(source);
  return {
    args: [channels],
    options: source.flag() ? options : { ...options, momentum: null },
    inputs: [flat],
  };
};

const instanceNorm = (source: Source, axes: Rank): Case => {
  const { channels, x } = norm(source, false)(axes);
  return { args: [channels], options: statistics(source), inputs: [x] };
};

const padding = (source: Source, axes: Rank): Case => ({
  args: [source.flag() ? source.integer(0, 2) : Array.from({ length: 2 * axes }, () => source.integer(0, 2))],
  inputs: [source.images(axes, source.integer(1, 2), 3, 4)],
});

const lastAxes = (source: Source) => {
  const normalized = source.shape(1, 2);
  // Two elements or more, so that a mean says something.
  const shape = [...normalized.slice(0, -1), normalized.at(-1)! + 1];
  return { shape, x: source.spread([...source.shape(0, 2), ...shape]) };
};

const columns = (source: Source) => ({
  dilation: source.perAxis(2, 1, 2),
  padding: source.perAxis(2, 0, 1),
  stride: source.perAxis(2, 1, 2),
});

/** Layers of images: convolutions, pools, normalizations, padding, resampling. */
export const images: Cases = {
  ...perRank('AdaptiveAvgPool', adaptive),
  ...perRank('AdaptiveMaxPool', adaptive),
  ...perRank('AvgPool', avgPool),
  ...perRank('BatchNorm', batchNorm),
  ...perRank('CircularPad', padding),
  ...perRank('ConstantPad', (source, axes) => {
    const { args = [], inputs } = padding(source, axes);
    return { args: [...args, source.oneOf([0, 1.5, -2])], inputs };
  }),
  ...perRank('Conv', conv),
  ...perRank('ConvTranspose', convTranspose),
  ...perRank('InstanceNorm', instanceNorm),
  ...perRank('LPPool', lpPool),
  ...perRank('MaxPool', maxPool),
  ...perRank('MaxUnpool', unpool),
  ...perRank('ReflectionPad', padding),
  ...perRank('ReplicationPad', padding),
  ...perRank('ZeroPad', padding),
  ChannelShuffle: (source) => ({ args: [2], inputs: [source.images(2, 4, 1, 3, true)] }),
  FractionalMaxPool2d: (source) => fractional(source, 2),
  FractionalMaxPool3d: (source) => fractional(source, 3),
  Fold: (source) => {
    const options = columns(source);
    const [kernel, size] = [2, 5];
    const count = (axis: 0 | 1) => {
      const at = (value: number | number[]) => (typeof value === 'number' ? value : value[axis]!);
      return Math.floor((size + 2 * at(options.padding) - at(options.dilation) - 1) / at(options.stride)) + 1;
    };
    const shape = [2 * kernel * kernel, count(0) * count(1)];
    return { args: [size, kernel], options, inputs: [source.reals(source.flag() ? [2, ...shape] : shape)] };
  },
  GroupNorm: (source) => {
    const [groups, each] = [source.integer(1, 3), source.integer(1, 2)];
    return {
      args: [groups, groups * each],
      options: { eps: source.oneOf([1e-5, 0.1]), affine: source.flag(), bias: source.flag() },
      inputs: [source.spread([2, groups * each, ...source.shape(0, 1), 3])],
    };
  },
  LayerNorm: (source) => {
    const { shape, x } = lastAxes(source);
    const options = {
      eps: source.oneOf([1e-5, 0.1]),
      elementwiseAffine: source.flag(),
      bias: source.flag(),
    };
    return { args: [shape.length === 1 && source.flag() ? shape[0] : shape], options, inputs: [x] };
  },
  LocalResponseNorm: (source) => ({
    args: [source.integer(1, 4)],
    options: { alpha: source.oneOf([1e-4, 0.5]), beta: source.oneOf([0.75, 2]), k: source.oneOf([1, 2]) },
    inputs: [source.reals([2, source.integer(1, 4), ...source.shape(1, 2)])],
  }),
  PixelShuffle: (source) => {
    const factor = source.integer(1, 3);
    return { args: [factor], inputs: [source.images(2, factor * factor * source.integer(1, 2), 1, 3)] };
  },
  PixelUnshuffle: (source) => {
    const factor = source.integer(1, 3);
    const lengths = [factor * source.integer(1, 2), factor * source.integer(1, 2)];
    return { args: [factor], inputs: [source.reals([...source.shape(1, 2), ...lengths])] };
  },
  RMSNorm: (source) => {
    const { shape, x } = lastAxes(source);
    const options = { eps: source.oneOf([null, 0.1]), elementwiseAffine: source.flag() };
    return { args: [shape], options, inputs: [x] };
  },
  Unfold: (source) => ({
    args: [source.perAxis(2, 1, 2)],
    options: columns(source),
    inputs: [source.images(2, source.integer(1, 2), 3, 5)],
  }),
  Upsample: (source) => {
    const modes = [
      ['nearest', 'linear', 'nearest-exact', 'area'],
      ['nearest', 'bilinear', 'bicubic', 'area'],
      ['nearest', 'trilinear', 'area'],
    ] as const;
    const axes = source.oneOf([1, 2, 3]);
    const mode = source.oneOf<string>(modes[axes - 1]!);
    const aligned = mode.endsWith('linear') || mode === 'bicubic' ? { alignCorners: source.flag() } : {};
    const goal = source.flag()
      ? { size: source.perAxis(axes, 1, 5) }
      : { scaleFactor: source.oneOf([2, 1.5, 3]) };
    return { options: { ...goal, mode, ...aligned }, inputs: [source.images(axes, 2, 2, 4, true)] };
  },
  UpsamplingBilinear2d: (source) => ({
    options: source.flag() ? { scaleFactor: 2 } : { size: [3, 4] },
    inputs: [source.images(2, 2, 2, 4, true)],
  }),
  UpsamplingNearest2d: (source) => ({
    options: source.flag() ? { scaleFactor: 2 } : { size: [3, 4] },
    inputs: [source.images(2, 2, 2, 4, true)],
  }),
};
