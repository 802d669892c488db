import { pull, type Seed, type Target } from '../engine/backward.ts';
import { push } from '../engine/forward.ts';
import { type Order, orderCount, positionIn, topologicalOrder } from '../engine/order.ts';
import type { Outputs } from '../tape/defineOp.ts';
import { isGradEnabled, withGradMode } from '../tape/mode.ts';
import { Node, type Op } from '../tape/node.ts';
import { parentOf } from '../tape/record.ts';
import { alias, constant, Tensor } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, GradientError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';

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
export class Trace<R extends Outputs> {
  /** What the function returned. */
  readonly output: R;
  readonly #name: string;
  readonly #inputs: readonly Tensor[];
  readonly #outputs: readonly Tensor[];
  // Their places on this tape: in-place changes, by the function or later, move a tensor to another place.
  readonly #from: readonly Target[];
  readonly #to: readonly (Target | null)[];
  readonly #order: Order;
  readonly #tracksOthers: boolean;
  readonly #isConstant: boolean;

  /** @param paths Where the inputs stand in the arguments, for messages. */
  constructor(
    name: string,
    f: TensorFunction<R>,
    primals: readonly Tensor[],
    paths: readonly string[] = primals.map((_, i) => `[${i}]`),
  ) {
    this.#name = name;
    const inputs = primals.map((primal, i) => variable(name, primal, paths[i]!));
    const before = orderCount();
    this.#inputs = inputs;
    this.#from = inputs.map((x) => ({ node: Tensor.nodeOf(x)!, slot: 0 }));
    const result = withGradMode(true, () => f(...inputs));
    this.#outputs = checkOutputs(name, result);
    const differentiates = orderCount() > before;
    this.#to = this.#outputs.map((y) => {
      const node = parentOf(y);
      return node && { node, slot: Tensor.slotOf(y) };
    });
    const roots = this.#to.flatMap((target) => target?.node ?? []);
    this.#order = topologicalOrder(roots, this.#from[0]?.node.sequence);
    this.#tracksOthers = this.#order.cut || this.#order.nodes.some(({ variable: leaf }) => leaf !== null);
    this.#isConstant = !differentiates && inputs.every((x) => positionIn(this.#order, Tensor.nodeOf(x)!) < 0);
    const visible = this.#recordsWith([]) ? this.#outputs : this.#outputs.map(alias);
    this.output = (Array.isArray(result) ? visible : visible[0]) as R;
  }

  /** The cotangents of the inputs, given those of the outputs. */
  pullback(cotangents: readonly Tensor[]): Tensor[] {
    this.#check('cotangent', cotangents, this.#outputs);
    const pulled = withGradMode(this.#recordsWith(cotangents), () =>
      pull(this.#order, seedsOf(this.#to, cotangents), this.#from, true),
    );
    return this.#inputs.map((x, i) => pulled[i] ?? constant(0, x.dtype, x.shape));
  }

  /** The tangents of the outputs, given those of the inputs. */
  pushforward(tangents: readonly Tensor[]): Tensor[] {
    this.#check('tangent', tangents, this.#inputs);
    const pushed = withGradMode(this.#recordsWith(tangents), () =>
      push(
        this.#order,
        seedsOf(this.#from, tangents),
        this.#to.filter((target) => target !== null),
      ),
    );
    let at = 0;
    return this.#outputs.map(
      (y, i) => (this.#to[i] === null ? null : pushed[at++]) ?? constant(0, y.dtype, y.shape),
    );
  }

  /**
   * Refuses a function whose outputs do not depend on its inputs. One that takes derivatives itself may: those of a linear
   * function are constant.
   */
  requireDependence(argnum: number): void {
    if (!this.#isConstant) return;
    throw new GradientError(
      `func.${this.#name}: the result does not depend on argument ${argnum}: it is not used, or left the tape on the way ` +
        '(item(), toArray(), detach(), noGrad, rounding, comparison)',
    );
  }

  /** The outputs as a list. */
  get outputs(): readonly Tensor[] {
    return Array.isArray(this.output) ? this.output : [this.output as Tensor];
  }

  #recordsWith(seeds: readonly Tensor[]): boolean {
    return isGradEnabled() && (this.#tracksOthers || seeds.some((seed) => seed.requiresGrad));
  }

  #check(what: string, given: readonly Tensor[], expected: readonly Tensor[]): void {
    if (given.length !== expected.length) {
      throw new ArgumentError(
        `func.${this.#name}: got ${given.length} ${what}s, expected ${expected.length}`,
      );
    }
    given.forEach((t, i) => {
      const x = expected[i]!;
      if (!sameShape(t.shape, x.shape) || t.dtype !== x.dtype) {
        throw new ShapeError(
          `func.${this.#name}: ${what} ${i} has shape ${formatShape(t.shape)} and dtype ${t.dtype}, expected ` +
            `${formatShape(x.shape)} and ${x.dtype}`,
        );
      }
    });
  }
}

/** A transform's own name for one of its inputs. */
function variable(name: string, primal: Tensor, path: string): Tensor {
  if (!isFloat(primal.dtype)) {
    throw new DTypeError(
      `func.${name}: input ${path.replace(/^\[(\d+)\]/, '$1')} is ${primal.dtype}, and only floating point inputs have derivatives; capture it instead`,
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

function checkOutputs(name: string, result: Tensor | readonly Tensor[]): readonly Tensor[] {
  const outputs: readonly unknown[] = Array.isArray(result) ? result : [result];
  outputs.forEach((output, i) => {
    if (!(output instanceof Tensor)) {
      const found = output instanceof Promise ? 'a promise' : typeof output;
      throw new ArgumentError(`func.${name}: output ${i} of the function is ${found}, expected a tensor`);
    }
    if (!isFloat(output.dtype)) {
      throw new DTypeError(
        `func.${name}: output ${i} of the function is ${output.dtype}; only floating point outputs have derivatives`,
      );
    }
  });
  return outputs as readonly Tensor[];
}

function seedsOf(places: readonly (Target | null)[], directions: readonly Tensor[]): Seed[] {
  return places.flatMap((place, i) => (place === null ? [] : [{ ...place, vector: directions[i]! }]));
}
