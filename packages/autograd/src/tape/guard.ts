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

type Tensors = readonly (Tensor | null | undefined)[];

function versionsOf(tensors: Tensors): readonly number[] {
  const versions: number[] = [];
  for (let i = 0; i < tensors.length; i++) versions.push(tensors[i]?.storage.version ?? 0);
  return versions;
}

/** The first tensor that was changed in place since, or -1. */
function changedSince(tensors: Tensors, versions: readonly number[]): number {
  for (let i = 0; i < tensors.length; i++) {
    if ((tensors[i]?.storage.version ?? 0) !== versions[i]) return i;
  }
  return -1;
}

function requireTensor(op: string, output: unknown, which: string): void {
  if (!(output instanceof Tensor))
    throw new ArgumentError(`${op}: ${which} is ${kindOf(output)}, expected a tensor`);
}

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
  if (Array.isArray(result))
    result.forEach((output, i) => void requireTensor(op, output, `output ${i} of its forward`));
  else requireTensor(op, result, 'what its forward returned');
  return { result, made: [first, storageCount()] };
}

export const nameOf = (names: readonly string[], index: number): string =>
  names[Math.min(index, names.length - 1)]!;

/** The node whose rule runs in a recording sweep: what its forward made on the way must not be read. */
let guarded: Node | null = null;

/** Runs a rule; refuses one that changes the cotangents it was handed, or what was saved, in place. */
export function runRule<T>(node: Node, vectors: readonly (Tensor | null)[], rule: () => T): T {
  const { held } = node;
  const [given, saved] = [versionsOf(vectors), versionsOf(held)];
  const before = guarded;
  guarded = isGradEnabled() ? node : null;
  let result: T;
  try {
    result = rule();
  } finally {
    guarded = before;
  }
  const wronged = vectors[changedSince(vectors, given)] ?? held[changedSince(held, saved)] ?? null;
  if (wronged !== null) {
    const what = vectors.includes(wronged)
      ? 'the gradient that it was handed'
      : 'a value that was saved for it';
    throw new GradientError(
      `the rule of '${node.op.name}' changed ${what} in place with '${wronged.storage.writer}'; others may read it too: use the ` +
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
