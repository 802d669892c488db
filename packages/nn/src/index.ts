/**
 * Modules, layers, losses and state dicts.
 *
 * @module
 */
export {
  type Layer,
  ModuleDict,
  ModuleList,
  ParameterDict,
  ParameterList,
  Sequential,
} from './containers.ts';
/** Layers and losses as functions. */
export * as functional from './functional/index.ts';
export { functionalCall, type NamedTensors } from './functionalCall.ts';
export type {
  BackwardHook,
  BackwardPreHook,
  ForwardHook,
  ForwardPreHook,
  Gradients,
} from './hooks.ts';
/** Initial values for parameters. */
export * as init from './init.ts';
export * from './layers/activation.ts';
export * from './layers/activationOptions.ts';
export * from './layers/adaptivePool.ts';
export * from './layers/adaptiveSoftmax.ts';
export * from './layers/attention.ts';
export * from './layers/batchNorm.ts';
export * from './layers/conv.ts';
export * from './layers/distance.ts';
export * from './layers/dropout.ts';
export * from './layers/embedding.ts';
export * from './layers/fractionalPool.ts';
export * from './layers/linear.ts';
export * from './layers/loss.ts';
export * from './layers/marginLoss.ts';
export * from './layers/norm.ts';
export * from './layers/pad.ts';
export * from './layers/pool.ts';
export * from './layers/positional.ts';
export * from './layers/recurrent.ts';
export * from './layers/recurrentCells.ts';
export * from './layers/regressionLoss.ts';
export * from './layers/resample.ts';
export * from './layers/shape.ts';
export * from './layers/softmax.ts';
export * from './layers/transformer.ts';
export * from './layers/transformerLayers.ts';
export * from './layers/unpool.ts';
export { type LoadStateOptions, loadState, type StateSource } from './loadState.ts';
export { Module } from './module.ts';
export { Buffer, Parameter } from './parameter.ts';
export {
  parseSafetensors,
  type SafetensorsDtype,
  type SafetensorsEntry,
  SafetensorsError,
  type SafetensorsFile,
  serializeSafetensors,
  toTypedArray,
} from './safetensors.ts';
export { type LoadOptions, type LoadReport, type StateDict, StateDictError } from './stateDict.ts';
export { type Summary, type SummaryOptions, type SummaryRow, summary } from './summary.ts';
export { type ParseOptions, parseState, type SerializeOptions, serializeState } from './tensorFiles.ts';
/** Parameters as vectors, sequences of several lengths, running statistics of averaged weights. */
export * as utils from './utils.ts';
