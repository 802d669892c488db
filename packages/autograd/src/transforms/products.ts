import { ArgumentError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor.ts';
import { traceCall } from './arguments.ts';
import { grad } from './gradient.ts';
import { flattenLike, type Like, unflatten } from './tree.ts';

/** One tensor, or structure of tensors, for each entry of a list. */
export type LikeAll<A extends readonly unknown[]> = { [K in keyof A]: Like<A[K]> };

/** The cotangents of a result: one each for a list of results, and one of the same structure for anything else. */
export type CotangentsLike<R> = R extends readonly (infer T)[]
  ? number extends R['length']
    ? Like<T>[]
    : Extract<LikeAll<R>, readonly unknown[]>
  : [cotangent: Like<R>];

/**
 * The value of `f` and its vector-Jacobian product: a function from cotangents of the outputs to those of the inputs
 * (u -> J^T u), which may be called any number of times. Arguments and result are tensors, or arrays and records of tensors; a
 * result that is a list takes one cotangent for each of its entries. PyTorch: `torch.func.vjp`.
 *
 * Errors: DTypeError for integers; ArgumentError for anything but tensors, and for cotangents of another structure; ShapeError for
 * cotangents of another shape or dtype.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * const [y, pullback] = func.vjp((x) => x.sin(), tensor([0, 1]));
 * console.log(pullback(tensor([1, 0]))[0].toArray()); // [ 1, 0 ]
 * ```
 */
export function vjp<A extends unknown[], R extends object>(
  f: (...inputs: A) => R,
  ...primals: A
): [output: R, pullback: (...cotangents: CotangentsLike<R>) => LikeAll<A>] {
  const { trace, by } = traceAll('vjp', f, primals);
  const { output } = trace;
  const pullback = (...cotangents: readonly unknown[]) => {
    const expected: readonly unknown[] = Array.isArray(output) ? output : [output];
    checkCount('vjp', 'cotangent', cotangents.length, expected.length);
    return unflatten(by, trace.pullback(listed('vjp', 'cotangent', cotangents, expected)));
  };
  return [output, pullback as (...cotangents: CotangentsLike<R>) => LikeAll<A>];
}

/**
 * The value of `f` and its linearization: a function from tangents of the inputs to the tangent of the output (t -> J t),
 * which may be called any number of times without running `f` again. The tangent has the structure of the output.
 * JAX: `jax.linearize`. Errors: as {@link vjp}.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * const [y, pushforward] = func.linearize((x) => x.mul(x), tensor([1, 2]));
 * console.log(pushforward(tensor([1, 1])).toArray()); // [ 2, 4 ]
 * ```
 */
export function linearize<A extends unknown[], R extends object>(
  f: (...inputs: A) => R,
  ...primals: A
): [output: R, pushforward: (...tangents: LikeAll<A>) => R] {
  return linearized('linearize', f, primals);
}

/**
 * The value of `f` and its Jacobian-vector product J t, by forward mode: one sweep for any number of outputs.
 * Inside `noGrad` it works all the same, as `grad` does (PyTorch's does not). PyTorch: `torch.func.jvp`. Errors: as {@link vjp}.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * const [y, t] = func.jvp((x) => x.pow(3), [tensor(2)], [tensor(1)]);
 * console.log(y.item(), t.item()); // 8 12
 * ```
 */
export function jvp<A extends unknown[], R extends object>(
  f: (...inputs: A) => R,
  primals: readonly [...A],
  tangents: readonly [...LikeAll<NoInfer<A>>],
): [output: R, tangent: R] {
  const [output, pushforward] = linearized('jvp', f, [...primals] as [...A] as A);
  return [output, pushforward(...tangents)];
}

/**
 * The product of the Hessian of a scalar function at `x` with a vector, for the price of a few evaluations: the
 * tangent of the gradient, of the structure of `x`. PyTorch: `torch.autograd.functional.hvp`.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * console.log(func.hvp((x) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 1])).toArray()); // [ 6, 12 ]
 * ```
 */
export function hvp<X extends object>(f: (x: X) => Tensor, x: X, v: Like<X>): Like<X> {
  return linearized('hvp', grad(f), [x])[1](v);
}

/**
 * The product of a vector with the Hessian of a scalar function at `x`, by two reverse sweeps: equal to {@link hvp} where the
 * Hessian is symmetric, and possible where an operation has no forward rule. PyTorch: `torch.autograd.functional.vhp`.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * console.log(func.vhp((x) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 1])).toArray()); // [ 6, 12 ]
 * ```
 */
export function vhp<X extends object>(f: (x: X) => Tensor, x: X, v: Like<X>): Like<X> {
  const { trace, by } = traceAll('vhp', grad(f), [x]);
  return unflatten(by, trace.pullback(listed('vhp', 'cotangent', [v], [x])))[0] as Like<X>;
}

function linearized<A extends unknown[], R>(
  name: string,
  f: (...inputs: A) => R,
  primals: A,
): [output: R, pushforward: (...tangents: readonly unknown[]) => R] {
  const { trace, by } = traceAll(name, f, primals);
  const pushforward = (...tangents: readonly unknown[]) => {
    checkCount(name, 'tangent', tangents.length, primals.length);
    return unflatten(trace.output, trace.pushforward(listed(name, 'tangent', tangents, by)));
  };
  return [trace.output, pushforward];
}

/** The trace by all arguments. */
function traceAll<A extends unknown[], R>(name: string, f: (...inputs: A) => R, primals: A) {
  const { trace } = traceCall(name, f, primals, [...primals.keys()]);
  return { trace, by: primals as unknown as LikeAll<A> };
}

function checkCount(name: string, what: string, given: number, expected: number): void {
  if (given === expected) return;
  throw new ArgumentError(`func.${name}: got ${given} ${what}s, expected ${expected}`);
}

/** The tensors of directions, in the order of those of the values that they belong to. */
function listed(
  name: string,
  what: string,
  given: readonly unknown[],
  expected: readonly unknown[],
): Tensor[] {
  return expected.flatMap((value, i) => flattenLike(`func.${name}`, given[i], value, `${what} ${i}`));
}
