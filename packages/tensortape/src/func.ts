/**
 * Function transforms, and modules as functions of their parameters.
 *
 * @module
 */
export * from '@tensortape/autograd/func';
export { functionalCall } from '@tensortape/nn';
