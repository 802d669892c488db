import { constant } from '../tensor/core.ts';
import { ArgumentError, GradientError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { formatShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor.ts';
import { type Argnums, type At, traceCall } from './arguments.ts';
import { type Like, unflatten } from './tree.ts';

/** Options of {@link grad} and {@link valueAndGrad}. */
export interface FunctionGradOptions {
  /** Throw where the function does not depend on one of the tensors that it is differentiated by, instead of giving zeros. Default false. */
  readonly strict?: boolean;
  /** Whether the function returns a pair: the value, and anything else to hand through. PyTorch: `has_aux`. Default false. */
  readonly hasAux?: boolean;
}

/** Options that say that the function returns a pair. */
export interface AuxiliaryOptions extends FunctionGradOptions {
  readonly hasAux: true;
}

/** Options of a function that returns its value alone. */
export interface PlainOptions extends FunctionGradOptions {
  readonly hasAux?: false;
}

/**
 * The gradient of a scalar function as a function of the same arguments: with respect to the first, the one at `argnums`, or, for
 * a list of places, a tuple. An argument may be a tensor, or arrays and records of tensors; the gradient has the same structure.
 * Other arguments (labels, options) may be anything. PyTorch: `torch.func.grad`.
 *
 * A tensor that the value does not depend on has gradient 0, as PyTorch has it; with `strict` it is an error that names it. A value
 * that depends on none of them is an error in any case, unless the function takes derivatives itself: those of linear functions
 * are constant. With `hasAux` the function returns `[value, aux]`, and the
 * gradient function `[gradient, aux]`.
 *
 * Errors: GradientError when the value has more than one element; DTypeError for integers among what is differentiated by;
 * ArgumentError for places out of range, and for functions that return promises or no tensor.
 *
 * @example
 * ```ts
 * import { func, type Tensor, tensor } from '@tensortape/autograd';
 * const cube = (x: Tensor) => x.pow(3);
 * console.log(func.grad(func.grad(cube))(tensor(2)).item()); // 12
 * const line = ({ w, b }: { w: Tensor; b: Tensor }, x: number) => w.mul(x).add(b).square();
 * const { w, b } = func.grad(line)({ w: tensor(2), b: tensor(1) }, 3);
 * console.log(w.item(), b.item()); // 42 14
 * ```
 */
export function grad<A extends unknown[] = Tensor[]>(
  f: (...inputs: A) => Tensor,
): (...inputs: A) => Like<A[0]>;
export function grad<const N extends Argnums, A extends unknown[] = Tensor[]>(
  f: (...inputs: A) => Tensor,
  argnums: N,
  options?: PlainOptions,
): (...inputs: A) => At<A, N>;
export function grad<Aux, const N extends Argnums, A extends unknown[] = Tensor[]>(
  f: (...inputs: A) => readonly [value: Tensor, aux: Aux],
  argnums: N,
  options: AuxiliaryOptions,
): (...inputs: A) => [gradient: At<A, N>, aux: Aux];
export function grad<A extends unknown[]>(
  f: (...inputs: A) => unknown,
  argnums: Argnums = 0,
  options: FunctionGradOptions = {},
): (...inputs: A) => unknown {
  return (...inputs: A) => {
    const { gradient, aux } = differentiate(f, inputs, argnums, options);
    return options.hasAux ? [gradient, aux] : gradient;
  };
}

/**
 * The value and the gradient of a scalar function, from one run: see {@link grad}. With `hasAux` the function returns
 * `[value, aux]`, and this one `[[value, aux], gradient]`. JAX: `jax.value_and_grad`; PyTorch: `torch.func.grad_and_value`.
 *
 * @example
 * ```ts
 * import { func, type Tensor, tensor } from '@tensortape/autograd';
 * const product = (x: Tensor, y: Tensor) => x.mul(y);
 * const [value, [dx, dy]] = func.valueAndGrad(product, [0, 1])(tensor(2), tensor(5));
 * console.log(value.item(), dx.item(), dy.item()); // 10 5 2
 * ```
 */
export function valueAndGrad<A extends unknown[] = Tensor[]>(
  f: (...inputs: A) => Tensor,
): (...inputs: A) => [value: Tensor, gradient: Like<A[0]>];
export function valueAndGrad<const N extends Argnums, A extends unknown[] = Tensor[]>(
  f: (...inputs: A) => Tensor,
  argnums: N,
  options?: PlainOptions,
): (...inputs: A) => [value: Tensor, gradient: At<A, N>];
export function valueAndGrad<Aux, const N extends Argnums, A extends unknown[] = Tensor[]>(
  f: (...inputs: A) => readonly [value: Tensor, aux: Aux],
  argnums: N,
  options: AuxiliaryOptions,
): (...inputs: A) => [result: [value: Tensor, aux: Aux], gradient: At<A, N>];
export function valueAndGrad<A extends unknown[]>(
  f: (...inputs: A) => unknown,
  argnums: Argnums = 0,
  options: FunctionGradOptions = {},
): (...inputs: A) => [unknown, unknown] {
  return (...inputs: A) => {
    const { value, gradient, aux } = differentiate(f, inputs, argnums, options);
    return [options.hasAux ? [value, aux] : value, gradient];
  };
}

function differentiate<A extends unknown[]>(
  f: (...inputs: A) => unknown,
  inputs: A,
  argnums: Argnums,
  { strict = false, hasAux = false }: FunctionGradOptions,
) {
  let rest: unknown;
  const scalar = (...own: A) => {
    const result = f(...own);
    if (!hasAux) return result;
    if (!Array.isArray(result) || result.length !== 2) {
      throw new ArgumentError(
        `func.grad: with hasAux the function must return [value, aux], got ${result instanceof Promise ? 'a promise' : kindOf(result)}`,
      );
    }
    rest = result[1];
    return result[0] as unknown;
  };
  const { trace, by } = traceCall('grad', scalar, inputs, argnums);
  const value = trace.output;
  if (!(value instanceof Tensor)) {
    throw new ArgumentError(
      `func.grad: the function returned ${kindOf(value)}, expected one tensor; for [value, aux] pass { hasAux: true }`,
    );
  }
  const { size, dtype, shape } = value;
  if (size !== 1) {
    throw new GradientError(
      `func.grad: the function returned shape ${formatShape(shape)}, expected one element; reduce it, or use func.vjp or func.jacobian`,
    );
  }
  trace.checkDependence(strict);
  const gradient = unflatten(by, trace.pullback([constant(1, dtype, shape)]));
  return { value, gradient, aux: trace.outside(rest) };
}
