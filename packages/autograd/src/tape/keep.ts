import type { Tensor } from '../tensor/core.ts';
import { synchronous } from './mode.ts';
import type { Node } from './node.ts';

/** @internal Whether the values of recorded operations are kept: read where nodes are made, so a variable of its own. */
export let keeping = false;

/** What operations gave, and the constants that they were given, while values were kept. */
interface Kept {
  readonly results: readonly Tensor[];
  /** By place; undefined for what is tracked, and so is the result of another operation. */
  readonly constants: readonly (Tensor | undefined)[];
}

const kept = new WeakMap<Node, Kept>();

/**
 * Runs a synchronous function, keeps what every operation recorded in it gave and which constants it was given, and returns the function's result. So descriptions
 * ({@link graphOf}, {@link toDot}, {@link printTape} …) show all values, where a tape alone holds those only that its rules read. They are
 * copies: changes in place do not reach them, and they live as long as the tape does.
 *
 * Errors: ArgumentError for a function that returns a promise.
 *
 * @example
 * ```ts
 * import { graphOf, keepValues, tensor } from '@tensortape/autograd';
 * const x = tensor(2, { requiresGrad: true });
 * const y = keepValues(() => x.add(1).mul(3));
 * console.log(graphOf(y).nodes.map(({ outputs }) => outputs[0]!.value?.item())); // [ 2, 3, 9 ]
 * ```
 */
export function keepValues<T>(body: () => T): T {
  const before = keeping;
  keeping = true;
  try {
    return synchronous('keepValues', body());
  } finally {
    keeping = before;
  }
}

/** @internal Keeps the values of an operation that was just recorded. */
export function keep(node: Node, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
  const copy = (x: Tensor) => x.detach().clone();
  kept.set(node, {
    results: outputs.map(copy),
    constants: node.parents.map((parent, k) => (parent === null ? copy(inputs[k]!) : undefined)),
  });
}

/** @internal What an operation gave and was given, if it was kept. */
export function keptBy(node: Node): Kept {
  return kept.get(node) ?? nothing;
}

const nothing: Kept = { results: [], constants: [] };
