/**
 * The umbrella: everything that runs in a browser as well as in Node. Tensors, operations and transforms stand at the
 * top; modules, optimizers and datasets each under a name of their own.
 *
 * @example
 * ```ts
 * import { tensor } from 'tensortape';
 *
 * const x = tensor([1, 2, 3], { requiresGrad: true });
 * x.mul(x).sum().backward();
 * console.log(x.grad?.toArray()); // [ 2, 4, 6 ]
 * ```
 *
 * @module
 */
export * from '@tensortape/autograd';
export * as datasets from '@tensortape/datasets';
export * as nn from '@tensortape/nn';
export * as optim from '@tensortape/optim';
export * as train from '@tensortape/train';
/** Function transforms, and modules as functions of their parameters. */
export * as func from './func.ts';
