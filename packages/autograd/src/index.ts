/**
 * Tensors, differentiable operations and the engine that differentiates them.
 *
 * @module
 */

/** Probability distributions. */
export * as autograd from './autograd.ts';
export {
  type GradcheckOptions,
  type GradgradcheckOptions,
  gradcheck,
  gradgradcheck,
} from './check/gradcheck.ts';
export {
  discrepancy,
  type NumericDerivative,
  type NumericOptions,
  numericJvp,
} from './check/numeric.ts';
export * from './create.ts';
export * as distributions from './distributions/index.ts';
export {
  type BackwardOptions,
  backward,
  type Gradients,
  type GradOptions,
  grad,
  type MaybeGradients,
} from './engine/backward.ts';
export { type DrawOptions, toDot, toMermaid } from './inspect/draw.ts';
export {
  type Graph,
  type GraphEdge,
  type GraphNode,
  type GraphOptions,
  type GraphOutput,
  type GraphPlace,
  graphOf,
  type SavedValue,
  type TensorNames,
  topologicalOrder,
} from './inspect/graph.ts';
export { type PrintTapeOptions, printTape } from './inspect/text.ts';
export { type Backend, type BackendReport, backend, setBackend } from './kernels/backend.ts';
export type { AdamStep, BinaryName, RmspropStep, SgdStep, UnaryName } from './kernels/kernels.ts';
export { numThreads, setNumThreads } from './kernels/threads.ts';
export * as linalg from './linalg.ts';
export {
  celu,
  elu,
  type GeluOptions,
  gelu,
  glu,
  logSigmoid,
  mish,
  type SoftplusOptions,
  selu,
  silu,
  softmin,
  softplus,
  softsign,
  tanhshrink,
} from './ops/activation.ts';
export {
  type AdaptiveSize,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3d,
  adaptiveMaxPool3dWithIndices,
} from './ops/adaptivePool.ts';
export {
  abs,
  add,
  ceil,
  floor,
  maximum,
  minimum,
  mul,
  neg,
  pow,
  type RoundOptions,
  reciprocal,
  relu,
  round,
  rsqrt,
  sign,
  sqrt,
  square,
  sub,
  trunc,
} from './ops/arithmetic.ts';
export { type AttentionOptions, attentionWeights, scaledDotProductAttention } from './ops/attention.ts';
export { i0, i0e, i1, i1e } from './ops/bessel.ts';
export {
  bitwiseAnd,
  bitwiseLeftShift,
  bitwiseNot,
  bitwiseOr,
  bitwiseRightShift,
  bitwiseXor,
} from './ops/bitwise.ts';
export { choleskyInverse, choleskySolve } from './ops/cholesky.ts';
export { allclose, type ClosenessOptions, equal } from './ops/closeness.ts';
export {
  eq,
  ge,
  gt,
  isclose,
  isfinite,
  isinf,
  isnan,
  isneginf,
  isposinf,
  le,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  lt,
  ne,
  signbit,
  where,
} from './ops/compare.ts';
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from './ops/conv.ts';
export { clone, contiguous, identity, to } from './ops/convert.ts';
export {
  type CrossEntropyOptions,
  crossEntropy,
  type NLLLossOptions,
  nllLoss,
} from './ops/crossEntropy.ts';
export { type CtcLossOptions, ctcLoss, type Lengths } from './ops/ctcLoss.ts';
export {
  type CumulativeOptions,
  cummax,
  cummin,
  cumprod,
  cumsum,
  cumulativeTrapezoid,
  diff,
  logcumsumexp,
  type TrapezoidOptions,
  trapezoid,
} from './ops/cumulative.ts';
export { diag, diagEmbed, diagflat } from './ops/diagonals.ts';
export {
  type CosineSimilarityOptions,
  cosineSimilarity,
  type NormalizeOptions,
  normalize,
  type PairwiseDistanceOptions,
  pairwiseDistance,
} from './ops/distances.ts';
export { type DivOptions, div, floorDivide, fmod, frac, remainder } from './ops/division.ts';
export { einsum } from './ops/einsum.ts';
export {
  copysign,
  deg2rad,
  exp2,
  floatPower,
  fmax,
  fmin,
  heaviside,
  hypot,
  ldexp,
  logaddexp,
  logaddexp2,
  logit,
  type NanToNumOptions,
  nanToNum,
  rad2deg,
  sinc,
  xlog1py,
  xlogy,
} from './ops/elementary.ts';
export {
  type EmbeddingBagOptions,
  type EmbeddingOptions,
  embedding,
  embeddingBag,
} from './ops/embedding.ts';
export { channelShuffle, type FoldOptions, fold, pixelShuffle, pixelUnshuffle, unfold } from './ops/fold.ts';
export {
  gather,
  type IndexAddOptions,
  indexAdd,
  indexCopy,
  indexFill,
  indexSelect,
  select,
  take,
  takeAlongDim,
} from './ops/indexing.ts';
export { type InterpolateMode, type InterpolateOptions, interpolate } from './ops/interpolate.ts';
export {
  blockDiag,
  type CombinationsOptions,
  cartesianProd,
  columnStack,
  combinations,
  dstack,
  hstack,
  type MeshgridOptions,
  meshgrid,
  type VanderOptions,
  vander,
  vstack,
} from './ops/join.ts';
export { linear as affine } from './ops/linear.ts';
export {
  type BCEWithLogitsOptions,
  type BinaryCrossEntropyOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  type GaussianNllLossOptions,
  gaussianNllLoss,
  type HuberLossOptions,
  huberLoss,
  type KlDivOptions,
  klDiv,
  l1Loss,
  mseLoss,
  type PoissonNllLossOptions,
  poissonNllLoss,
  type SmoothL1LossOptions,
  smoothL1Loss,
} from './ops/loss.ts';
export type { LossOptions, Reduction } from './ops/lossOptions.ts';
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  type MarginOptions,
  type MultilabelSoftMarginLossOptions,
  type MultiMarginLossOptions,
  marginRankingLoss,
  multilabelMarginLoss,
  multilabelSoftMarginLoss,
  multiMarginLoss,
  softMarginLoss,
  type TripletMarginLossOptions,
  type TripletMarginWithDistanceLossOptions,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from './ops/marginLoss.ts';
export { maskedFill, maskedScatter, maskedSelect, nonzero } from './ops/masking.ts';
export {
  type AffineOptions,
  type BatchNormOptions,
  batchNorm,
  groupNorm,
  type InstanceNormOptions,
  instanceNorm,
  type LocalResponseNormOptions,
  layerNorm,
  localResponseNorm,
  type RmsNormOptions,
  type RunningStatistics,
  rmsNorm,
} from './ops/normalization.ts';
export {
  cdist,
  dist,
  norm,
  renorm,
} from './ops/norms.ts';
export { type PadMode, pad } from './ops/pad.ts';
export {
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  prelu,
  relu6,
  rrelu,
  softshrink,
  threshold,
} from './ops/piecewise.ts';
export type { NormOrder } from './ops/pNorm.ts';
export {
  type AvgPoolOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type DivisorOptions,
  type LpPoolOptions,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  type MaxPoolOptions,
  maxPool1d,
  maxPool1dWithIndices,
  maxPool2d,
  maxPool2dWithIndices,
  maxPool3d,
  maxPool3dWithIndices,
} from './ops/pool.ts';
export {
  type AddProductOptions,
  addbmm,
  addmm,
  addmv,
  addr,
  baddbmm,
  bmm,
  dot,
  matmul,
  mm,
  mv,
  outer,
} from './ops/products.ts';
export { defaultGenerator, type RandomOptions } from './ops/random.ts';
export {
  chunk,
  fliplr,
  flipud,
  repeat,
  repeatInterleave,
  roll,
  rot90,
  split,
  tile,
  tril,
  triu,
} from './ops/rearrange.ts';
export { lstm } from './ops/recurrent.ts';
export {
  all,
  amax,
  amin,
  aminmax,
  any,
  argmax,
  argmin,
  countNonzero,
  type MinAndMax,
  max,
  mean,
  min,
  nanmean,
  nansum,
  prod,
  type ReduceOptions,
  type SumOptions,
  sum,
  type ValuesAndIndices,
} from './ops/reduce.ts';
export type { Range, Refusal, RefusalName, Refusals, SampleKit, Samples } from './ops/samples.ts';
export { nonDifferentiable } from './ops/samples.ts';
export {
  type ScatterReduceOptions,
  type ScatterReduction,
  scatter,
  scatterAdd,
  scatterReduce,
} from './ops/scatter.ts';
export {
  cat,
  diagonal,
  expand,
  flatten,
  flip,
  narrow,
  permute,
  reshape,
  slice,
  squeeze,
  stack,
  transpose,
  unsqueeze,
} from './ops/shape.ts';
export { logSoftmax, logsumexp, softmax } from './ops/softmax.ts';
export {
  argsort,
  bucketize,
  type IsinOptions,
  isin,
  kthvalue,
  type SearchOptions,
  type SortOptions,
  searchsorted,
  sort,
  type TopkOptions,
  topk,
  type Unique,
  type UniqueOptions,
  unique,
  uniqueConsecutive,
} from './ops/sort.ts';
export {
  digamma,
  entr,
  erf,
  erfc,
  erfcx,
  erfinv,
  gammainc,
  gammaincc,
  lgamma,
  logNdtr,
  multigammaln,
  ndtr,
  ndtri,
  polygamma,
  zeta,
} from './ops/special.ts';
export {
  bincount,
  histc,
  type Interpolation,
  median,
  mode,
  nanmedian,
  nanquantile,
  type QuantileOptions,
  quantile,
} from './ops/statistics.ts';
export {
  at,
  type IndexPutOptions,
  indexPut,
  type SliceBound,
  type SliceText,
  type Subscript,
} from './ops/subscript.ts';
export { cross, inner, kron, tensordot, trace } from './ops/tensorProducts.ts';
export { type AddcOptions, addcdiv, addcmul, clamp, clampMax, clampMin, lerp } from './ops/ternary.ts';
export {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cos,
  cosh,
  exp,
  expm1,
  log,
  log1p,
  log2,
  log10,
  sigmoid,
  sin,
  sinh,
  tan,
  tanh,
} from './ops/transcendental.ts';
export { type MaxUnpoolOptions, maxUnpool1d, maxUnpool2d, maxUnpool3d } from './ops/unpool.ts';
export {
  type CovarianceOptions,
  corrcoef,
  cov,
  type StdAndMean,
  std,
  stdMean,
  type VarianceAndMean,
  type VarianceOptions,
  variance,
  varMean,
} from './ops/variance.ts';
export {
  atleast1d,
  atleast2d,
  atleast3d,
  broadcastTensors,
  dsplit,
  expandAs,
  hsplit,
  movedim,
  slidingWindows,
  tensorSplit,
  unbind,
  unflatten,
  view,
  viewAs,
  vsplit,
} from './ops/views.ts';
export type { One, Three, Two } from './ops/windows.ts';
export type { FloatArray, IntegerTarget } from './random/arguments.ts';
export { Generator } from './random/generator.ts';
export type { ChoiceOptions, NumpyRandomStateSnapshot } from './random/numpyRandomState.ts';
export * from './random.ts';
export { detectAnomaly, isAnomalyEnabled, setDetectAnomaly } from './tape/anomaly.ts';
export * from './tape/defineOp.ts';
export { keepValues } from './tape/keep.ts';
export { enableGrad, isGradEnabled, noGrad, setGradEnabled } from './tape/mode.ts';
export type { Cotangents, Spec, Tangents } from './tape/node.ts';
export {
  type BilinearDefinition,
  type BinaryDefinition,
  type BinaryRule,
  bilinear,
  binary,
  type ConstantRule,
  type DerivativeRule,
  type DifferentialRule,
  type ElementwiseDefinition,
  elementwise,
  elementwiseWith,
  type IntegerInputs,
  type LinearDefinition,
  linear,
  type Operand,
  type PairRule,
  type ProductRule,
  type Refused,
  type SumRule,
  type UnaryRule,
} from './tape/shorthands.ts';
export * from './tensor/dtype.ts';
export * from './tensor/errors.ts';
export { fromHalfBits, type HalfFormat, toHalfBits } from './tensor/half.ts';
export { type Dims, formatPosition, formatShape, type Shape, sameShape } from './tensor/shape.ts';
export { setWarnings, type WarningHandler, type WarningKind } from './tensor/warnings.ts';
export { type HookHandle, type Nested, Tensor, type TensorJson } from './tensor.ts';
export { checkpoint } from './transforms/checkpoint.ts';
export * as func from './transforms/func.ts';
export type { TensorFunction } from './transforms/trace.ts';
export { adamUpdate, rmspropUpdate, sgdUpdate } from './update.ts';
