/**
 * Modules, layers, losses and state dicts.
 *
 * @module
 */
export {
  parseSafetensors,
  type SafetensorsDtype,
  type SafetensorsEntry,
  SafetensorsError,
  type SafetensorsFile,
  serializeSafetensors,
  toTypedArray,
} from './safetensors.ts';
