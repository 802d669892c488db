/**
 * Tensors, differentiable operations and the engine that differentiates them.
 *
 * @module
 */
import { backward } from './engine/backward.ts';
import { bindBackward } from './tensor.ts';

bindBackward(backward);

export * from './create.ts';
export { type BackwardOptions, backward, type GradOptions, grad } from './engine/backward.ts';
export { type Backend, type BackendReport, backend, setBackend } from './kernels/select.ts';
export * from './ops/compare.ts';
export * from './ops/convert.ts';
export * from './ops/elementwise.ts';
export * from './ops/indexing.ts';
export * from './ops/linalg.ts';
export { defaultGenerator, type RandomOptions } from './ops/random.ts';
export * from './ops/reduce.ts';
export type { Range, SampleKit, Samples } from './ops/samples.ts';
export { nonDifferentiable } from './ops/samples.ts';
export * from './ops/shape.ts';
export * from './ops/softmax.ts';
export { Generator } from './random/generator.ts';
export type { ChoiceOptions, NumpyRandomStateSnapshot } from './random/numpyRandomState.ts';
export * from './random.ts';
export * from './tape/defineOp.ts';
export { enableGrad, isGradEnabled, noGrad, setGradEnabled } from './tape/mode.ts';
export type { Cotangents, Spec, Tangents } from './tape/node.ts';
export * from './tape/shorthands.ts';
export * from './tensor/dtype.ts';
export * from './tensor/errors.ts';
export type { Dims, Shape } from './tensor/shape.ts';
export { type HookHandle, type Nested, Tensor } from './tensor.ts';
export * as func from './transforms/func.ts';
