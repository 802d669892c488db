import { Tensor } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { ArgumentError, GradientError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { formatShape } from '../tensor/shape.ts';
import { Storage, storageCount } from '../tensor/storage.ts';
import { isGradEnabled, withGradMode } from './mode.ts';
import type { Node } from './node.ts';

/** What the forward function of an operation left behind. */
export interface Forward<R> {
  readonly result: R;
  /** The ids of the first storage that it made, and of the first after it. */
  readonly made: readonly [first: number, end: number];
}

const versionsOf = (tensors: readonly (Tensor | null)[]): readonly number[] =>
  tensors.map((x) => x?.storage.version ?? 0);

/** The first tensor that was changed in place since, or -1. */
const changedSince = (tensors: readonly (Tensor | null)[], versions: readonly number[]): number =>
  tensors.findIndex((x, i) => x !== null && x.storage.version !== versions[i]);

/** Runs a forward function without recording; refuses one that changes its inputs, or gives anything but tensors. */
export function runForward<R>(
  op: string,
  names: readonly string[],
  inputs: readonly Tensor[],
  forward: () => R,
): Forward<R> {
  const versions = versionsOf(inputs);
  const first = storageCount();
  const result = withGradMode(false, forward);
  const changed = changedSince(inputs, versions);
  if (changed >= 0) {
    throw new ArgumentError(
      `${op}: its forward changed its input '${nameOf(names, changed)}' in place with '${inputs[changed]!.storage.writer}'; work on a ` +
        'clone(), or on the out-of-place form',
    );
  }
  const outputs: readonly unknown[] = Array.isArray(result) ? result : [result];
  outputs.forEach((output, i) => {
    if (output instanceof Tensor) return;
    const which = Array.isArray(result) ? `output ${i} of its forward` : 'what its forward returned';
    throw new ArgumentError(`${op}: ${which} is ${kindOf(output)}, expected a tensor`);
  });
  return { result, made: [first, storageCount()] };
}

export const nameOf = (names: readonly string[], index: number): string =>
  names[Math.min(index, names.length - 1)]!;

/** The node whose rule runs in a recording sweep: what its forward made on the way must not be read. */
let guarded: Node | null = null;

/** Runs a rule; refuses one that changes the cotangents it was handed, or what was saved, in place. */
export function runRule<T>(node: Node, vectors: readonly (Tensor | null)[], rule: () => T): T {
  const read = [...vectors, ...node.held.map((x) => x ?? null)];
  const versions = versionsOf(read);
  const before = guarded;
  guarded = isGradEnabled() ? node : null;
  let result: T;
  try {
    result = rule();
  } finally {
    guarded = before;
  }
  const changed = changedSince(read, versions);
  if (changed >= 0) {
    const what =
      changed < vectors.length ? 'the gradient that it was handed' : 'a value that was saved for it';
    throw new GradientError(
      `the rule of '${node.op.name}' changed ${what} in place with '${read[changed]!.storage.writer}'; others may read it too: use the ` +
        'out-of-place form',
    );
  }
  return result;
}

/**
 * Refuses an untracked operand that the forward function of the operation whose rule runs has made. The rule would take it for a
 * constant, and its derivative would lack a term.
 */
export function refuseSmuggled(x: Tensor): void {
  if (guarded === null || guarded.made === null) return;
  const [first, end] = guarded.made;
  const id = Storage.idOf(x.storage);
  if (id < first || id >= end || !isFloat(x.dtype)) return;
  // A saved result that the rule detaches is taken for a constant on purpose.
  if (guarded.held.some((saved) => saved?.storage === x.storage && Tensor.nodeOf(saved) !== null)) return;
  throw new GradientError(
    `the rule of '${guarded.op.name}' reads a tensor of shape ${formatShape(x.shape)} that its forward made and did not return. In a ` +
      'second derivative it would count as a constant: return it as a further output and save that, or compute it again in the rule',
  );
}
