import type { Tensor } from '../tensor/core.ts';
import { synchronous } from './mode.ts';
import type { Node } from './node.ts';

/** @internal Whether the results of recorded operations are kept: read where nodes are made, so a variable of its own. */
export let keeping = false;

/** What operations gave while their results were kept. */
const results = new WeakMap<Node, readonly Tensor[]>();

/**
 * Runs a synchronous function, keeps what every operation recorded in it gave, and returns the function's result. So descriptions
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

/** @internal Keeps what an operation that was just recorded gave. */
export function keepResults(node: Node, outputs: readonly Tensor[]): void {
  results.set(
    node,
    outputs.map((output) => output.detach().clone()),
  );
}

/** @internal What an operation gave, if it was kept. */
export function keptResults(node: Node): readonly Tensor[] {
  return results.get(node) ?? none;
}

const none: readonly never[] = [];
