import { kernels } from '../kernels/select.ts';
import { isClose } from '../kernels/special/scalar.ts';
import { operands } from '../tape/shorthands.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { wrap } from '../tensor/core.ts';
import { ArgumentError, DTypeError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';

/** How far apart two numbers may be and still be close. */
export interface ClosenessOptions {
  /** How far apart they may be as a share of |b|; 1e-5 unless given. */
  readonly rtol?: number;
  /** How far apart they may be in any case; 1e-8 unless given. */
  readonly atol?: number;
  /** Whether NaN is close to NaN; false unless given. */
  readonly equalNan?: boolean;
}

/** @internal Where a is close to b: {@link isclose} under a name for messages. */
export function closeness(op: string, a: Tensor, b: Tensor, options: ClosenessOptions): Tensor {
  checkTensor(op, 'a', a);
  checkTensor(op, 'b', b);
  checkOptions(op, options, ['rtol', 'atol', 'equalNan']);
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  for (const [name, value] of Object.entries({ rtol, atol })) {
    if (typeof value === 'number' && value >= 0) continue;
    throw new ArgumentError(`${op}: ${name} must be a number >= 0, got ${kindOf(value)}`);
  }
  if (typeof equalNan !== 'boolean') {
    throw new ArgumentError(`${op}: equalNan must be true or false, got ${kindOf(equalNan)}`);
  }
  if (a.dtype !== b.dtype) {
    throw new DTypeError(`${op}: a is ${a.dtype}, b is ${b.dtype}; convert one with .to()`);
  }
  const [x, y] = operands(op, a, b);
  const close = (p: number, q: number) => isClose(p, q, rtol, atol, equalNan);
  return wrap(kernels.compare(close, x, y), 'bool', x.shape);
}

/**
 * Whether all elements of a are close to those of b, as `isclose` says; the shapes broadcast. Errors: as those of
 * `isclose`. PyTorch: `torch.allclose`.
 *
 * @example
 * ```ts
 * import { allclose, tensor } from '@tensortape/autograd';
 * console.log(allclose(tensor([1, 2]), tensor([1, 2 + 1e-6]))); // true
 * ```
 */
export function allclose(a: Tensor, b: Tensor, options: ClosenessOptions = {}): boolean {
  return closeness('allclose', a, b, options).all().item() === 1;
}

/**
 * Whether a and b have the same shape and equal elements, whatever their dtypes; NaN equals nothing.
 * PyTorch: `torch.equal`.
 *
 * @example
 * ```ts
 * import { equal, tensor } from '@tensortape/autograd';
 * console.log(equal(tensor([1, 2]), tensor([1, 2])), equal(tensor([1, 2]), tensor([[1, 2]]))); // true false
 * ```
 */
export function equal(a: Tensor, b: Tensor): boolean {
  checkTensor('equal', 'a', a);
  checkTensor('equal', 'b', b);
  return sameShape(a.shape, b.shape) && a.eq(b).all().item() === 1;
}
