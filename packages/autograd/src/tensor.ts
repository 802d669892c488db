import { TensorMethods } from './methods/tensor.ts';
import { Tensor } from './tensor/core.ts';

// The one place where tensors get their methods: whoever makes tensors imports this module.
Object.setPrototypeOf(Tensor.prototype, TensorMethods.prototype);

export type { HookHandle, TensorJson } from './methods/tensor.ts';
export type { Nested } from './tensor/nested.ts';
export { Tensor };
