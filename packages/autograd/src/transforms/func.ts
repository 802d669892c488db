/**
 * Function transforms: derivatives of functions as functions, free to nest. Names follow `torch.func`.
 *
 * @module
 */
import { cat } from '../ops/shape.ts';
import type { Outputs } from '../tape/defineOp.ts';
import { constant, wrap } from '../tensor/core.ts';
import { ArgumentError, GradientError } from '../tensor/errors.ts';
import { formatShape } from '../tensor/shape.ts';
import { allocateOwn, Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import { type TensorFunction, Trace } from './trace.ts';

/**
 * The value of `f` and its vector-Jacobian product: a function from cotangents of the outputs to those of the inputs
 * (u -> J^T u), which may be called any number of times. PyTorch: `torch.func.vjp`.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * const [y, pullback] = func.vjp((x) => x.sin(), tensor([0, 1]));
 * console.log(pullback(tensor([1, 0]))[0]!.toArray()); // [ 1, 0 ]
 * ```
 */
export function vjp<R extends Outputs>(
  f: TensorFunction<R>,
  ...primals: Tensor[]
): [output: R, pullback: (...cotangents: Tensor[]) => Tensor[]] {
  const trace = new Trace('vjp', f, primals);
  return [trace.output, (...cotangents) => trace.pullback(cotangents)];
}

/**
 * The value of `f` and its linearization: a function from tangents of the inputs to those of the outputs (t -> J t),
 * which may be called any number of times without running `f` again. JAX: `jax.linearize`.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * const [y, pushforward] = func.linearize((x) => x.mul(x), tensor([1, 2]));
 * console.log(pushforward(tensor([1, 1]))[0]!.toArray()); // [ 2, 4 ]
 * ```
 */
export function linearize<R extends Outputs>(
  f: TensorFunction<R>,
  ...primals: Tensor[]
): [output: R, pushforward: (...tangents: Tensor[]) => Tensor[]] {
  const trace = new Trace('linearize', f, primals);
  return [trace.output, (...tangents) => trace.pushforward(tangents)];
}

/**
 * The value of `f` and its Jacobian-vector product J t, by forward mode: one sweep for any number of outputs.
 * Inside `noGrad` it works all the same, as `grad` does (PyTorch's does not). PyTorch: `torch.func.jvp`.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * const [y, t] = func.jvp((x) => x.pow(3), [tensor(2)], [tensor(1)]);
 * console.log(y.item(), t.item()); // 8 12
 * ```
 */
export function jvp<R extends Outputs>(
  f: TensorFunction<R>,
  primals: readonly Tensor[],
  tangents: readonly Tensor[],
): [output: R, tangent: R] {
  const trace = new Trace('jvp', f, primals);
  const pushed = trace.pushforward(tangents);
  return [trace.output, (Array.isArray(trace.output) ? pushed : pushed[0]) as R];
}

/**
 * The gradient of a scalar function as a function: with respect to its first argument, or the one at `argnum`.
 * PyTorch: `torch.func.grad`. Errors: GradientError when the result has more than one element.
 *
 * @example
 * ```ts
 * import { func, type Tensor, tensor } from '@tensortape/autograd';
 * const cube = (x: Tensor) => x.pow(3);
 * console.log(func.grad(func.grad(cube))(tensor(2)).item()); // 12
 * ```
 */
export function grad(f: TensorFunction, argnum = 0): (...inputs: Tensor[]) => Tensor {
  const both = valueAndGrad(f, argnum);
  return (...inputs) => both(...inputs)[1];
}

/** The value and the gradient of a scalar function, from one run: see {@link grad}. JAX: `jax.value_and_grad`. */
export function valueAndGrad(
  f: TensorFunction,
  argnum = 0,
): (...inputs: Tensor[]) => [value: Tensor, gradient: Tensor] {
  return (...inputs) => {
    const trace = traceOf('grad', f, inputs, argnum);
    const { size, dtype, shape } = trace.output;
    if (size !== 1) {
      throw new GradientError(
        `func.grad: the function returned shape ${formatShape(shape)}, expected one element; reduce it, or use func.vjp or func.jacobian`,
      );
    }
    return [trace.output, trace.pullback([constant(1, dtype, shape)])[0]!];
  };
}

/** The trace of `f` as a function of one of its arguments; the others are captured as they are. */
function traceOf(name: string, f: TensorFunction, inputs: readonly Tensor[], argnum: number): Trace<Tensor> {
  const x = inputs[argnum];
  if (x === undefined) {
    throw new ArgumentError(
      `func.${name}: argnum ${argnum} is out of range: the function was called with ${inputs.length} argument(s)`,
    );
  }
  return new Trace(name, (own) => f(...inputs.with(argnum, own!)), [x]);
}

/** Options of {@link jacobian}. */
export interface JacobianOptions {
  /** Which argument to differentiate with respect to; 0, the first, unless given. */
  readonly argnum?: number;
  /** One sweep per input ('forward') or per output ('reverse'); the fewer of the two unless given. */
  readonly mode?: 'forward' | 'reverse';
}

/**
 * The Jacobian of `f` as a function: entry [i, j] is the derivative of output element i by input element j; its shape
 * is the output's shape followed by the input's. PyTorch: `torch.func.jacrev` and `jacfwd`.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * console.log(func.jacobian((x) => x.square())(tensor([1, 2])).toArray()); // [ [ 2, 0 ], [ 0, 4 ] ]
 * ```
 */
export function jacobian(f: TensorFunction, options: JacobianOptions = {}): (...inputs: Tensor[]) => Tensor {
  const { argnum = 0, mode } = options;
  return (...inputs) => {
    const trace = traceOf('jacobian', f, inputs, argnum);
    const x = inputs[argnum]!;
    const y = trace.output;
    const shape = [...y.shape, ...x.shape];
    if (x.size === 0 || y.size === 0) return constant(0, y.dtype, shape);
    if ((mode ?? (x.size < y.size ? 'forward' : 'reverse')) === 'forward') {
      const columns = units(x).map((t) => trace.pushforward([t])[0]!.reshape([-1, 1]));
      return cat(columns, 1).reshape(shape);
    }
    const rows = units(y).map((u) => trace.pullback([u])[0]!.reshape([1, -1]));
    return cat(rows, 0).reshape(shape);
  };
}

/** The tensors of the shape of `x` that are 1 at one element and 0 elsewhere. */
function units(x: Tensor): Tensor[] {
  return Array.from({ length: x.size }, (_, i) => {
    const array = allocateOwn(x.dtype, x.size);
    array[i] = 1;
    return wrap(new Storage(array), x.dtype, x.shape);
  });
}

/**
 * The Hessian of a scalar function as a function: forward over reverse. Its shape is the input's, twice.
 * PyTorch: `torch.func.hessian`.
 *
 * @example
 * ```ts
 * import { func, type Tensor, tensor } from '@tensortape/autograd';
 * const f = (x: Tensor) => x.select(0, 0).mul(x.select(0, 1));
 * console.log(func.hessian(f)(tensor([3, 5])).toArray()); // [ [ 0, 1 ], [ 1, 0 ] ]
 * ```
 */
export function hessian(f: TensorFunction, argnum = 0): (...inputs: Tensor[]) => Tensor {
  return jacobian(grad(f, argnum), { argnum, mode: 'forward' });
}

/**
 * The product of the Hessian of a scalar function at `x` with a vector, for the price of a few evaluations: the
 * tangent of the gradient. PyTorch: `torch.autograd.functional.hvp`.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * console.log(func.hvp((x) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 1])).toArray()); // [ 6, 12 ]
 * ```
 */
export function hvp(f: TensorFunction, x: Tensor, v: Tensor): Tensor {
  return jvp(grad(f), [x], [v])[1];
}
