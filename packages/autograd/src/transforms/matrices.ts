import { cat } from '../ops/shape.ts';
import { constant, wrap } from '../tensor/core.ts';
import { ArgumentError } from '../tensor/errors.ts';
import { allocateOwn, Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import { type Argnums, type At, traceCall } from './arguments.ts';
import { grad } from './gradient.ts';
import type { Trace } from './trace.ts';
import { type Like, unflatten } from './tree.ts';

/** The Jacobians of a result: in the place of each of its tensors, one Jacobian in the place of each tensor differentiated by. */
export type Jacobians<R, X> = R extends Tensor ? X : { [K in keyof R]: Jacobians<R[K], X> };

/** Options of {@link jacobian}. */
export interface JacobianOptions<N extends Argnums = Argnums> {
  /** Which argument to differentiate with respect to, or which, as a list; 0, the first, unless given. */
  readonly argnums?: N;
  /** One sweep per input element ('forward') or per output element ('reverse'); the fewer of the two unless given. */
  readonly mode?: 'forward' | 'reverse';
  /** Throw where the function does not depend on one of the tensors that it is differentiated by, instead of giving zeros. Default false. */
  readonly strict?: boolean;
}

/**
 * The Jacobian of `f` as a function: entry [i, j] is the derivative of output element i by input element j; its shape
 * is the output's shape followed by the input's. Where result or argument are arrays and records of tensors, so is the Jacobian:
 * the structure of the result, with that of the argument in the place of each tensor. PyTorch: `torch.func.jacrev` and `jacfwd`.
 *
 * Errors: as {@link grad}; ArgumentError for an unknown mode.
 *
 * @example
 * ```ts
 * import { func, type Tensor, tensor } from '@tensortape/autograd';
 * console.log(func.jacobian((x) => x.square())(tensor([1, 2])).toArray()); // [ [ 2, 0 ], [ 0, 4 ] ]
 * const polar = ({ r, t }: { r: Tensor; t: Tensor }) => ({ x: r.mul(t.cos()), y: r.mul(t.sin()) });
 * const { x, y } = func.jacobian(polar)({ r: tensor(2), t: tensor(0) });
 * console.log(x.r.item(), y.r.item(), y.t.item()); // 1 0 2
 * ```
 */
export function jacobian<R extends object, const N extends Argnums = 0, A extends unknown[] = Tensor[]>(
  f: (...inputs: A) => R,
  options: JacobianOptions<N> = {},
): (...inputs: A) => Jacobians<R, At<A, N>> {
  const { argnums = 0 as N, mode, strict = false } = options;
  if (mode !== undefined && mode !== 'forward' && mode !== 'reverse') {
    throw new ArgumentError(`func.jacobian: mode is '${String(mode)}', expected 'forward' or 'reverse'`);
  }
  return (...inputs) => {
    const { trace, by, leaves } = traceCall('jacobian', f, inputs, argnums);
    trace.checkDependence(strict);
    const xs = leaves.map(({ tensor }) => tensor);
    const chosen = mode ?? (elementsOf(xs) < elementsOf(trace.outputs) ? 'forward' : 'reverse');
    const blocks = chosen === 'forward' ? byColumns(trace, xs) : byRows(trace, xs);
    const rows = blocks.map((row) => unflatten(by, row));
    return unflatten<unknown>(trace.output, rows) as Jacobians<R, At<A, N>>;
  };
}

/**
 * The Hessian of a scalar function as a function: forward over reverse. Its shape is the input's, twice; for arrays and records
 * of tensors it has their structure, twice. PyTorch: `torch.func.hessian`. Errors: as {@link grad}.
 *
 * @example
 * ```ts
 * import { func, type Tensor, tensor } from '@tensortape/autograd';
 * const f = (x: Tensor) => x.select(0, 0).mul(x.select(0, 1));
 * console.log(func.hessian(f)(tensor([3, 5])).toArray()); // [ [ 0, 1 ], [ 1, 0 ] ]
 * ```
 */
export function hessian<A extends unknown[] = Tensor[]>(
  f: (...inputs: A) => Tensor,
): (...inputs: A) => Jacobians<Like<A[0]>, Like<A[0]>>;
export function hessian<const N extends Argnums, A extends unknown[] = Tensor[]>(
  f: (...inputs: A) => Tensor,
  argnums: N,
): (...inputs: A) => Jacobians<At<A, N>, At<A, N>>;
export function hessian<A extends unknown[]>(
  f: (...inputs: A) => Tensor,
  argnums: Argnums = 0,
): (...inputs: A) => unknown {
  const gradient: (...inputs: A) => object = grad(f, argnums);
  return jacobian(gradient, { argnums, mode: 'forward' });
}

/** By output and input: the blocks of the Jacobian, a sweep for each input element. */
function byColumns(trace: Trace<unknown>, xs: readonly Tensor[]): Tensor[][] {
  const { outputs } = trace;
  const columns = xs.map((x, k) => units(x).map((t) => trace.pushforward(only(xs, k, t))));
  return outputs.map((y, i) =>
    xs.map((x, k) =>
      assemble(
        columns[k]!.map((column) => column[i]!.reshape([-1, 1])),
        1,
        y,
        x,
      ),
    ),
  );
}

/** The same, a sweep for each output element. */
function byRows(trace: Trace<unknown>, xs: readonly Tensor[]): Tensor[][] {
  const { outputs } = trace;
  return outputs.map((y, i) => {
    const rows = units(y).map((u) => trace.pullback(only(outputs, i, u)));
    return xs.map((x, k) =>
      assemble(
        rows.map((row) => row[k]!.reshape([1, -1])),
        0,
        y,
        x,
      ),
    );
  });
}

/** A block from its rows or columns. */
function assemble(parts: readonly Tensor[], axis: number, y: Tensor, x: Tensor): Tensor {
  const shape = [...y.shape, ...x.shape];
  if (x.size === 0 || y.size === 0) return constant(0, y.dtype, shape);
  return cat(parts, axis).reshape(shape);
}

function elementsOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { size }) => sum + size, 0);
}

/** Zeros of the shapes of `tensors`, but for one of them. */
function only(tensors: readonly Tensor[], at: number, by: Tensor): Tensor[] {
  return tensors.map((x, i) => (i === at ? by : constant(0, x.dtype, x.shape)));
}

/** The tensors of the shape of `x` that are 1 at one element and 0 elsewhere. */
function units(x: Tensor): Tensor[] {
  return Array.from({ length: x.size }, (_, i) => {
    const array = allocateOwn(x.dtype, x.size);
    array[i] = 1;
    return wrap(new Storage(array), x.dtype, x.shape);
  });
}
