/**
 * Tensors, differentiable operations and the engine that differentiates them.
 *
 * @module
 */
export {};
