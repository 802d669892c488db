/**
 * Tensors, differentiable operations and the engine that differentiates them.
 *
 * @module
 */
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
export {
  type BackwardOptions,
  backward,
  type Gradients,
  type GradOptions,
  grad,
  type MaybeGradients,
} from './engine/backward.ts';
export type { AdamStep, BinaryName, SgdStep, UnaryName } from './kernels/kernels.ts';
export { type Backend, type BackendReport, backend, setBackend } from './kernels/select.ts';
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
export { i0, i0e, i1, i1e } from './ops/bessel.ts';
export {
  bitwiseAnd,
  bitwiseLeftShift,
  bitwiseNot,
  bitwiseOr,
  bitwiseRightShift,
  bitwiseXor,
} from './ops/bitwise.ts';
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
export { clone, contiguous, identity, to } from './ops/convert.ts';
export { type DivOptions, div, floorDivide, fmod, frac, remainder } from './ops/division.ts';
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
export { gather, indexSelect, scatterAdd, select } from './ops/indexing.ts';
export { dot, matmul, outer } from './ops/linalg.ts';
export { defaultGenerator, type RandomOptions } from './ops/random.ts';
export { chunk, repeat, roll, split, tile, tril, triu } from './ops/rearrange.ts';
export {
  all,
  amax,
  amin,
  any,
  argmax,
  argmin,
  cumsum,
  max,
  mean,
  min,
  prod,
  type ReduceOptions,
  std,
  sum,
  type ValuesAndIndices,
  type VarianceOptions,
  variance,
} from './ops/reduce.ts';
export type { Range, Refusal, RefusalName, Refusals, SampleKit, Samples } from './ops/samples.ts';
export { nonDifferentiable } from './ops/samples.ts';
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
export { logSoftmax, logSumExp, softmax } from './ops/softmax.ts';
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
  softplus,
  tan,
  tanh,
} from './ops/transcendental.ts';
export type { FloatArray, IntegerTarget } from './random/arguments.ts';
export { Generator } from './random/generator.ts';
export type { ChoiceOptions, NumpyRandomStateSnapshot } from './random/numpyRandomState.ts';
export * from './random.ts';
export * from './tape/defineOp.ts';
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
  type IntegerInputs,
  type LinearDefinition,
  linear,
  type Operand,
  type PairRule,
  type ProductRule,
  type SumRule,
  type UnaryRule,
} from './tape/shorthands.ts';
export * from './tensor/dtype.ts';
export * from './tensor/errors.ts';
export { type Dims, formatPosition, formatShape, type Shape, sameShape } from './tensor/shape.ts';
export { type HookHandle, type Nested, Tensor, type TensorJson } from './tensor.ts';
export * as func from './transforms/func.ts';
export type { TensorFunction } from './transforms/trace.ts';
export { adamUpdate, sgdUpdate } from './update.ts';
