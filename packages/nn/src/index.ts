/**
 * Modules, layers, losses and state dicts.
 *
 * @module
 */
export { type Layer, ModuleDict, ModuleList, Sequential } from './containers.ts';
/** Layers and losses as functions. */
export * as functional from './functional/index.ts';
export { functionalCall, type NamedTensors } from './functionalCall.ts';
/** Initial values for parameters. */
export * as init from './init.ts';
export { LogSoftmax, ReLU, Sigmoid, Softmax, Softplus, Tanh } from './layers/activation.ts';
export { Dropout } from './layers/dropout.ts';
export { Flatten, Identity, Linear, type LinearOptions } from './layers/linear.ts';
export { BCEWithLogitsLoss, CrossEntropyLoss, L1Loss, MSELoss, NLLLoss } from './layers/loss.ts';
export { type LoadStateOptions, loadState, type StateSource } from './loadState.ts';
export { type ForwardHook, type ForwardPreHook, Module } from './module.ts';
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
export { type ParseOptions, parseState, type SerializeOptions, serializeState } from './tensorFiles.ts';
