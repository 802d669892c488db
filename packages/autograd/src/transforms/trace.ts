import { pull, type Seed, type Target } from '../engine/backward.ts';
import { push } from '../engine/forward.ts';
import { type Order, orderCount, positionIn, topologicalOrder } from '../engine/order.ts';
import type { Outputs } from '../tape/defineOp.ts';
import { isGradEnabled, withGradMode } from '../tape/mode.ts';
import { Node, type Op } from '../tape/node.ts';
import { parentOf } from '../tape/record.ts';
import { alias, constant, Tensor } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { DTypeError, GradientError } from '../tensor/errors.ts';
import { formatShape } from '../tensor/shape.ts';
import { flatten, mapTree, unflatten } from './tree.ts';

/** A function of tensors that gives a tensor, or several. */
export type TensorFunction<R extends Outputs = Tensor> = (...inputs: Tensor[]) => R;

/** The op of a transform's own inputs: an identity, so that nested transforms never take each other's variables for theirs. */
const inputOp: Op = {
  name: 'input',
  inputs: ['x'],
  saves: [],
  vjp: ([g]) => g!,
  jointVjp: null,
  jvp: ([t]) => [t!],
  onceDifferentiable: false,
};

/**
 * The tape of one call of a function, ready to be swept in both directions.
 *
 * Sweeps record when the ambient mode records and something tracked other than the function's own inputs is within
 * reach (an outer transform's variable, a captured parameter, a tracked cotangent); otherwise everything comes back
 * detached.
 */
export class Trace<R> {
  /** What the function returned. */
  readonly output: R;
  /** The tensors in it. */
  readonly outputs: readonly Tensor[];
  readonly #name: string;
  readonly #paths: readonly string[];
  readonly #inputs: readonly Tensor[];
  // Their places on this tape: in-place changes, by the function or later, move a tensor to another place.
  readonly #from: readonly Target[];
  readonly #to: readonly (Target | null)[];
  readonly #order: Order;
  readonly #tracksOthers: boolean;
  /** Whether the function took derivatives itself. */
  readonly #differentiates: boolean;

  constructor(
    name: string,
    f: (...inputs: Tensor[]) => R,
    primals: readonly Tensor[],
    paths: readonly string[] = primals.map((_, i) => `input ${i}`),
  ) {
    this.#name = name;
    this.#paths = paths;
    const inputs = primals.map((primal, i) => variable(name, primal, paths[i]!));
    this.#inputs = inputs;
    this.#from = inputs.map((x) => ({ node: Tensor.nodeOf(x)!, slot: 0 }));
    const before = orderCount();
    const result = withGradMode(true, () => f(...inputs));
    this.#differentiates = orderCount() > before;
    const outputs = outputsOf(name, result);
    this.#to = outputs.map((y) => {
      const node = parentOf(y);
      return node && { node, slot: Tensor.slotOf(y) };
    });
    this.#order = this.#orderOf(this.#to);
    this.#tracksOthers = this.#reachesOthers(this.#order);
    this.outputs = this.#recordsWith([]) ? outputs : outputs.map(alias);
    this.output = unflatten(result, this.outputs);
  }

  /** Something else that the function computed, as the caller may see it: on the tape only where that leads to others' variables. */
  outside<T>(tree: T): T {
    const show = (y: Tensor) => {
      const node = parentOf(y);
      if (node === null || (isGradEnabled() && this.#reachesOthers(this.#orderOf([{ node, slot: 0 }]))))
        return y;
      return alias(y);
    };
    return mapTree(tree, show) as T;
  }

  /**
   * Refuses a function that was computed from none of the inputs: zeros would hide that. One that takes derivatives itself may be,
   * since those of linear functions are constant. With `strict` every input is needed.
   */
  checkDependence(strict: boolean): void {
    const isLost = ({ node }: Target) => positionIn(this.#order, node) < 0;
    if (!strict && (this.#differentiates || !this.#from.every(isLost))) return;
    const lost = this.#from.findIndex(isLost);
    if (lost < 0) return;
    throw new GradientError(
      `func.${this.#name}: the function does not depend on ${this.#paths[lost]} (shape ${formatShape(this.#inputs[lost]!.shape)}): ` +
        'it is not used, or its values left the tape (item(), toArray(), detach(), noGrad(), comparison, rounding)',
    );
  }

  /** The cotangents of the inputs, given those of the outputs, of their shapes and dtypes. */
  pullback(cotangents: readonly Tensor[]): Tensor[] {
    const pulled = withGradMode(this.#recordsWith(cotangents), () =>
      pull(this.#order, seedsOf(this.#to, cotangents), this.#from, true),
    );
    return this.#inputs.map((x, i) => pulled[i] ?? constant(0, x.dtype, x.shape));
  }

  /** The tangents of the outputs, given those of the inputs, of their shapes and dtypes. */
  pushforward(tangents: readonly Tensor[]): Tensor[] {
    const pushed = withGradMode(this.#recordsWith(tangents), () =>
      push(
        this.#order,
        seedsOf(this.#from, tangents),
        this.#to.filter((target) => target !== null),
      ),
    );
    let at = 0;
    return this.outputs.map(
      (y, i) => (this.#to[i] === null ? null : pushed[at++]) ?? constant(0, y.dtype, y.shape),
    );
  }

  #orderOf(places: readonly (Target | null)[]): Order {
    return topologicalOrder(
      places.flatMap((place) => place?.node ?? []),
      this.#from[0]?.node.sequence,
    );
  }

  /** Whether a tape leads to variables other than this one's inputs. An older root may itself be the variable of an outer transform. */
  #reachesOthers({ cut, nodes }: Order): boolean {
    const oldest = this.#from[0]?.node.sequence ?? 0;
    return cut || nodes.some(({ variable: leaf, sequence }) => leaf !== null || sequence < oldest);
  }

  #recordsWith(seeds: readonly Tensor[]): boolean {
    return isGradEnabled() && (this.#tracksOthers || seeds.some((seed) => seed.requiresGrad));
  }
}

/** A transform's own name for one of its inputs. */
function variable(name: string, primal: Tensor, path: string): Tensor {
  if (!isFloat(primal.dtype)) {
    throw new DTypeError(
      `func.${name}: ${path} is ${primal.dtype}, and only floating point inputs have derivatives; capture it instead, or name others in argnums`,
    );
  }
  const x = alias(primal);
  // It shares the caller's elements: changing it in place is refused, as for any view.
  Tensor.markView(x);
  const parent = isGradEnabled() ? parentOf(primal) : null;
  const spec = { shape: x.shape, dtype: x.dtype };
  Tensor.attach(x, new Node(inputOp, [parent], [Tensor.slotOf(primal)], [spec], [], undefined), 0);
  return x;
}

function outputsOf(name: string, result: unknown): readonly Tensor[] {
  const leaves = flatten(`func.${name}`, result, 'the result of the function');
  for (const { path, tensor } of leaves) {
    if (isFloat(tensor.dtype)) continue;
    throw new DTypeError(
      `func.${name}: ${path} is ${tensor.dtype}; only floating point outputs have derivatives`,
    );
  }
  return leaves.map(({ tensor }) => tensor);
}

function seedsOf(places: readonly (Target | null)[], directions: readonly Tensor[]): Seed[] {
  return places.flatMap((place, i) => (place === null ? [] : [{ ...place, vector: directions[i]! }]));
}
