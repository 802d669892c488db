/**
 * Function transforms: derivatives of functions as functions, free to nest. Names follow `torch.func`. Arguments and results are
 * tensors, or arrays and records of tensors.
 *
 * @module
 */
export type { Argnums, At } from './arguments.ts';
export {
  type AuxiliaryOptions,
  type FunctionGradOptions,
  grad,
  type PlainOptions,
  valueAndGrad,
} from './gradient.ts';
export { hessian, type JacobianOptions, type Jacobians, jacobian } from './matrices.ts';
export { type CotangentsLike, hvp, jvp, type LikeAll, linearize, vhp, vjp } from './products.ts';
export type { Like } from './tree.ts';
