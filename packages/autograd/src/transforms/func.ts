/**
 * Function transforms: derivatives of functions as functions, free to nest. Names follow `torch.func`. Arguments may be tensors, or
 * lists and records of tensors; derivatives then have the same structure.
 *
 * @module
 */
import { cat } from '../ops/shape.ts';
import type { Outputs } from '../tape/defineOp.ts';
import { constant, type Tensor, wrap } from '../tensor/core.ts';
import type { DType } from '../tensor/dtype.ts';
import { ArgumentError, GradientError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { formatShape } from '../tensor/shape.ts';
import { allocateOwn, Storage } from '../tensor/storage.ts';
import { type TensorFunction, Trace } from './trace.ts';
import { type Derivatives, type Flat, flatten, type Like, type TensorTree } from './tree.ts';

export type { Derivatives, Like, TensorTree } from './tree.ts';

/** A trace of a function by all its arguments, which are trees. */
class TreeTrace<R extends Outputs> {
  readonly trace: Trace<R>;
  readonly #flat: Flat;

  constructor(name: string, f: (...args: never[]) => R, args: readonly unknown[]) {
    const flat = flatten(args);
    const call = (...tensors: Tensor[]): R => Reflect.apply(f, undefined, flat.rebuild(tensors) as unknown[]);
    this.#flat = flat;
    this.trace = new Trace(name, call, flat.tensors, flat.paths);
  }

  /** The cotangents of the arguments. */
  pullback(cotangents: readonly Tensor[]): unknown {
    return this.#flat.rebuild(this.trace.pullback(cotangents));
  }

  /** The tangents of the results, given those of the arguments. */
  pushforward(tangents: readonly unknown[]): Tensor[] {
    return this.trace.pushforward(flatten(tangents).tensors);
  }
}

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
): [output: R, pullback: (...cotangents: Tensor[]) => Tensor[]];
export function vjp<A extends readonly TensorTree[], R extends Outputs>(
  f: (...args: A) => R,
  ...primals: A
): [output: R, pullback: (...cotangents: Tensor[]) => { -readonly [K in keyof A]: Like<A[K]> }];
export function vjp(
  f: (...args: never[]) => Outputs,
  ...primals: readonly unknown[]
): [output: Outputs, pullback: (...cotangents: Tensor[]) => unknown] {
  const traced = new TreeTrace('vjp', f, primals);
  return [traced.trace.output, (...cotangents) => traced.pullback(cotangents)];
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
): [output: R, pushforward: (...tangents: Tensor[]) => Tensor[]];
export function linearize<A extends readonly TensorTree[], R extends Outputs>(
  f: (...args: A) => R,
  ...primals: A
): [output: R, pushforward: (...tangents: A) => Tensor[]];
export function linearize(
  f: (...args: never[]) => Outputs,
  ...primals: readonly unknown[]
): [output: Outputs, pushforward: (...tangents: never[]) => Tensor[]] {
  const traced = new TreeTrace('linearize', f, primals);
  return [traced.trace.output, (...tangents) => traced.pushforward(tangents)];
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
): [output: R, tangent: R];
export function jvp<A extends readonly TensorTree[], R extends Outputs>(
  f: (...args: A) => R,
  primals: A,
  tangents: A,
): [output: R, tangent: R];
export function jvp(
  f: (...args: never[]) => Outputs,
  primals: readonly unknown[],
  tangents: readonly unknown[],
): [output: Outputs, tangent: Outputs] {
  const traced = new TreeTrace('jvp', f, primals);
  const pushed = traced.pushforward(tangents);
  const { output } = traced.trace;
  return [output, Array.isArray(output) ? pushed : pushed[0]!];
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
export function grad(f: TensorFunction, argnum?: number): (...inputs: Tensor[]) => Tensor;
export function grad<A extends readonly unknown[], const N extends number = 0>(
  f: (...args: A) => Tensor,
  argnum?: N,
): (...args: A) => Like<A[N]>;
export function grad(f: (...args: never[]) => Tensor, argnum = 0): (...args: never[]) => unknown {
  return (...args) => derive('grad', f, args, argnum)[1];
}

/**
 * The value and the gradient of a scalar function, from one run: see {@link grad}. JAX: `jax.value_and_grad`.
 *
 * @example
 * ```ts
 * import { func, type Tensor, tensor } from '@tensortape/autograd';
 * const loss = ({ w, b }: { w: Tensor; b: Tensor }, x: Tensor) => x.dot(w).add(b).square();
 * const [value, gradient] = func.valueAndGrad(loss)({ w: tensor([1, 2]), b: tensor(1) }, tensor([3, 4]));
 * console.log(value.item(), gradient.w.toArray(), gradient.b.item()); // 144 [ 72, 96 ] 24
 * ```
 */
export function valueAndGrad(
  f: TensorFunction,
  argnum?: number,
): (...inputs: Tensor[]) => [value: Tensor, gradient: Tensor];
export function valueAndGrad<A extends readonly unknown[], const N extends number = 0>(
  f: (...args: A) => Tensor,
  argnum?: N,
): (...args: A) => [value: Tensor, gradient: Like<A[N]>];
export function valueAndGrad(
  f: (...args: never[]) => Tensor,
  argnum = 0,
): (...args: never[]) => [value: Tensor, gradient: unknown] {
  return (...args) => derive('valueAndGrad', f, args, argnum);
}

function derive(
  name: string,
  f: (...args: never[]) => Tensor,
  args: readonly unknown[],
  argnum: number,
): [value: Tensor, gradient: unknown] {
  const traced = new TreeTrace(name, ofOne(name, f, args, argnum), [args[argnum]]);
  const { output } = traced.trace;
  const { size, dtype, shape } = output;
  if (size !== 1) {
    throw new GradientError(
      `func.${name}: the function returned shape ${formatShape(shape)}, expected one element; reduce it, or use func.vjp or func.jacobian`,
    );
  }
  traced.trace.requireDependence(argnum);
  return [output, (traced.pullback([constant(1, dtype, shape)]) as unknown[])[0]];
}

/** `f` as a function of one of its arguments; the others are captured as they are. */
function ofOne<R>(
  name: string,
  f: (...args: never[]) => R,
  args: readonly unknown[],
  argnum: number,
): (x: unknown) => R {
  if (!Number.isInteger(argnum) || argnum < 0 || argnum >= args.length) {
    throw new ArgumentError(
      `func.${name}: argnum ${argnum} is out of range: the function was called with ${args.length} argument(s)`,
    );
  }
  if (flatten(args[argnum]).tensors.length === 0) {
    throw new ArgumentError(
      `func.${name}: argument ${argnum} is ${kindOf(args[argnum])} without tensors; derivatives are by tensors`,
    );
  }
  return (x) => Reflect.apply(f, undefined, args.with(argnum, x));
}

/** Options of {@link jacobian}. */
export interface JacobianOptions<N extends number = number> {
  /** Which argument to differentiate with respect to; 0, the first, unless given. */
  readonly argnum?: N;
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
export function jacobian(f: TensorFunction, options?: JacobianOptions): (...inputs: Tensor[]) => Tensor;
export function jacobian<A extends readonly unknown[], R extends TensorTree, const N extends number = 0>(
  f: (...args: A) => R,
  options?: JacobianOptions<N>,
): (...args: A) => Derivatives<R, A[N]>;
export function jacobian(
  f: (...args: never[]) => unknown,
  options: JacobianOptions = {},
): (...args: never[]) => unknown {
  const { argnum = 0, mode } = options;
  if (mode !== undefined && mode !== 'forward' && mode !== 'reverse') {
    throw new ArgumentError(`func.jacobian: unknown mode '${mode}'; known are 'forward' and 'reverse'`);
  }
  return (...args) => {
    const call = ofOne('jacobian', f, args, argnum);
    let results: Flat | undefined;
    const traced = (x: unknown): readonly Tensor[] => {
      results = flattenResult(call(x));
      return results.tensors;
    };
    const flat = flatten(args[argnum]);
    const trace = new Trace('jacobian', (...xs) => traced(flat.rebuild(xs)), flat.tensors, flat.paths);
    trace.requireDependence(argnum);
    const [xs, ys] = [flat.tensors, trace.outputs];
    const total = (tensors: readonly Tensor[]) => tensors.reduce((sum, { size }) => sum + size, 0);
    const blocks =
      (mode ?? (total(xs) < total(ys) ? 'forward' : 'reverse')) === 'forward'
        ? byColumns(trace, xs, ys)
        : byRows(trace, xs, ys);
    const shaped = blocks.map((row, i) =>
      row.map((block, k) => block.reshape([...ys[i]!.shape, ...xs[k]!.shape])),
    );
    return results!.rebuild(shaped.map((row) => flat.rebuild(row)));
  };
}

/** The Jacobians [output, input] of a trace as matrices, a reverse sweep for each row. */
function byRows(trace: Trace<readonly Tensor[]>, xs: readonly Tensor[], ys: readonly Tensor[]): Tensor[][] {
  return ys.map((y, i) => {
    const rows = units(y).map((u) => trace.pullback(ys.map((z, j) => (i === j ? u : zerosAs(z)))));
    return xs.map((x, k) =>
      assemble(
        y.size,
        x.size,
        y.dtype,
        0,
        rows.map((row) => row[k]!.reshape([1, -1])),
      ),
    );
  });
}

/** The same, a forward sweep for each column. */
function byColumns(
  trace: Trace<readonly Tensor[]>,
  xs: readonly Tensor[],
  ys: readonly Tensor[],
): Tensor[][] {
  const columns = xs.map((x, k) =>
    units(x).map((t) => trace.pushforward(xs.map((z, j) => (k === j ? t : zerosAs(z))))),
  );
  return ys.map((y, i) =>
    xs.map((x, k) =>
      assemble(
        y.size,
        x.size,
        y.dtype,
        1,
        columns[k]!.map((column) => column[i]!.reshape([-1, 1])),
      ),
    ),
  );
}

function assemble(
  rows: number,
  columns: number,
  dtype: DType,
  axis: 0 | 1,
  parts: readonly Tensor[],
): Tensor {
  return rows === 0 || columns === 0 ? constant(0, dtype, [rows, columns]) : cat(parts, axis);
}

const zerosAs = ({ dtype, shape }: Tensor): Tensor => constant(0, dtype, shape);

/** What a function returned, taken apart; anything in it that is not a tensor is refused by the trace. */
function flattenResult(result: unknown): Flat {
  const flat = flatten(result);
  if (flat.tensors.length > 0) return flat;
  throw new ArgumentError(
    `func.jacobian: the function returned ${result instanceof Promise ? 'a promise' : kindOf(result)}, expected tensors`,
  );
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
export function hessian(f: TensorFunction, argnum?: number): (...inputs: Tensor[]) => Tensor;
export function hessian<A extends readonly unknown[], const N extends number = 0>(
  f: (...args: A) => Tensor,
  argnum?: N,
): (...args: A) => Derivatives<Like<A[N]>, A[N]>;
export function hessian(f: (...args: never[]) => Tensor, argnum = 0): (...args: never[]) => unknown {
  const gradient = (...args: never[]) => derive('hessian', f, args, argnum)[1];
  return jacobian(gradient as (...args: never[]) => Tensor, { argnum, mode: 'forward' });
}

/**
 * The product of the Hessian of a scalar function at `x` with a vector, for the price of a few evaluations: the
 * tangent of the gradient, forward over reverse. PyTorch: `torch.autograd.functional.hvp`.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * console.log(func.hvp((x) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 1])).toArray()); // [ 6, 12 ]
 * ```
 */
export function hvp(f: TensorFunction, x: Tensor, v: Tensor): Tensor;
export function hvp<X extends TensorTree>(f: (x: X) => Tensor, x: X, v: X): Like<X>;
export function hvp(f: (...args: never[]) => Tensor, x: unknown, v: unknown): unknown {
  const { flat, gradient } = gradientOf('hvp', f, x);
  return flat.rebuild(new Trace('hvp', gradient, flat.tensors, flat.paths).pushforward(flatten(v).tensors));
}

/**
 * The product of a vector with the Hessian of a scalar function at `x`, reverse over reverse: the same numbers as {@link hvp},
 * as the Hessian is symmetric, for functions without forward mode. PyTorch: `torch.autograd.functional.vhp`.
 *
 * @example
 * ```ts
 * import { func, tensor } from '@tensortape/autograd';
 * console.log(func.vhp((x) => x.pow(3).sum(), tensor([1, 2]), tensor([1, 1])).toArray()); // [ 6, 12 ]
 * ```
 */
export function vhp(f: TensorFunction, x: Tensor, v: Tensor): Tensor;
export function vhp<X extends TensorTree>(f: (x: X) => Tensor, x: X, v: X): Like<X>;
export function vhp(f: (...args: never[]) => Tensor, x: unknown, v: unknown): unknown {
  const { flat, gradient } = gradientOf('vhp', f, x);
  return flat.rebuild(new Trace('vhp', gradient, flat.tensors, flat.paths).pullback(flatten(v).tensors));
}

/** A point taken apart, and the gradient as a function of its tensors. */
function gradientOf(
  name: string,
  f: (...args: never[]) => Tensor,
  x: unknown,
): { flat: Flat; gradient: TensorFunction<Tensor[]> } {
  const flat = flatten(x);
  const gradient = (...xs: Tensor[]) => [...flatten(derive(name, f, [flat.rebuild(xs)], 0)[1]).tensors];
  return { flat, gradient };
}
