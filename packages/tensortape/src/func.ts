/**
 * Function transforms: derivatives of functions as functions, and modules as functions of their parameters. Names follow
 * `torch.func`.
 *
 * @module
 */
export * from '@tensortape/autograd/func';
export { functionalCall, type NamedTensors } from '@tensortape/nn';
