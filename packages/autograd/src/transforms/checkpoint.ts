import { type Seed, sweep, type Target } from '../engine/backward.ts';
import { push } from '../engine/forward.ts';
import { type Order, topologicalOrder } from '../engine/order.ts';
import { defaultGenerator } from '../ops/random.ts';
import type { Outputs } from '../tape/defineOp.ts';
import { isGradEnabled, withGradMode } from '../tape/mode.ts';
import { Node, nodeCount, type Op, type Spec } from '../tape/node.ts';
import { sumOf } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { alias, Tensor } from '../tensor/core.ts';
import { ArgumentError, GradientError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';

/**
 * Calls `f` without keeping what its operations save: only `inputs` are kept, and the sweep runs `f` again. Gradients, of inputs
 * and of parameters that `f` captures, are those of a plain call, to any order; memory is that of one such part at a time. The
 * default generator draws the same numbers again, so dropout drops the same elements. PyTorch:
 * `torch.utils.checkpoint.checkpoint` with `use_reentrant=False`.
 *
 * Errors: ArgumentError where `f` returns anything but tensors; in the sweep GradientError where an input or a captured parameter
 * was changed in place since, and where `f` computes something else than before.
 *
 * @example
 * ```ts
 * import { checkpoint, tensor } from '@tensortape/autograd';
 * const x = tensor([1, 2], { requiresGrad: true });
 * const w = tensor([3, 4], { requiresGrad: true });
 * checkpoint((h) => h.mul(w).square(), x).sum().backward();
 * console.log(x.grad?.toArray(), w.grad?.toArray()); // [ 18, 64 ] [ 6, 32 ]
 * ```
 */
export function checkpoint<R extends Outputs>(f: (...inputs: Tensor[]) => R, ...inputs: Tensor[]): R {
  for (const [i, x] of inputs.entries()) checkTensor('checkpoint', `input ${i}`, x);
  if (!isGradEnabled()) return f(...inputs);
  const random = defaultGenerator.getState();
  const segment = runSegment(f, inputs);
  const { entries, tracked, result } = segment;
  if (entries.length === 0) return result;
  const specs = tracked.map((y) => ({ shape: y.shape, dtype: y.dtype, print: fingerprint(y) }));
  const op = rerunning(f, inputs.length, random, specs, entries);
  const places = [entries.map(({ node }) => node), entries.map(({ slot }) => slot)] as const;
  const node = new Node(op, ...places, specs, inputs, undefined);
  const outputs = new Map(tracked.map((y, slot) => [y, outputOf(node, slot, y, inputs)]));
  const outside = (y: Tensor) => outputs.get(y) ?? y;
  return (Array.isArray(result) ? result.map(outside) : outside(result as Tensor)) as R;
}

/** The operation of one checkpoint. A function of its own, so that nothing here can hold on to the first run. */
function rerunning<R extends Outputs>(
  f: (...inputs: Tensor[]) => R,
  count: number,
  random: Uint8Array,
  specs: readonly Printed[],
  entries: readonly Target[],
): Op {
  const versions = entries.map(({ node }) => node.variable?.storage.version);
  const again = (node: Node): Segment<R> => {
    const inputs = Array.from({ length: count }, (_, i) => node.saved(i));
    entries.forEach(({ node: { variable } }, k) => {
      if (variable === null || variable.storage.version === versions[k]) return;
      throw new GradientError(
        `checkpoint: '${variable.storage.writer}' changed a parameter of shape ${formatShape(variable.shape)} in place after the ` +
          'function ran, so running it again would give other values; call backward before the change',
      );
    });
    return rerun(f, inputs, random, specs, entries);
  };
  return {
    name: 'checkpoint',
    inputs: ['input'],
    saves: Array.from({ length: count }, (_, i) => `input ${i}`),
    onceDifferentiable: false,
    vjp: () => null,
    jointVjp: (cotangents, node) => pullThrough(again(node), entries, cotangents),
    jvp: (tangents, node) => pushThrough(again(node), entries, tangents),
  };
}

/** A result as an output of the checkpoint's node: the operations behind it are let go. */
function outputOf(node: Node, slot: number, y: Tensor, inputs: readonly Tensor[]): Tensor {
  const output = alias(y);
  if (Tensor.isView(y) || inputs.some(({ storage }) => storage === y.storage)) Tensor.markView(output);
  Tensor.attach(output, node, slot);
  return output;
}

/** What a result looked like. */
interface Printed extends Spec {
  readonly print: number;
}

/** A number that tells other values apart: the same run gives the same bits. */
function fingerprint(x: Tensor): number {
  let sum = 0;
  x.toTypedArray().forEach((value, i) => {
    sum += value * (1 + (i % 8191));
  });
  return sum;
}

/** One run of the function. */
interface Segment<R extends Outputs> {
  readonly result: R;
  /** Those of its results that are tracked. */
  readonly tracked: readonly Tensor[];
  /** The operations that were recorded meanwhile. */
  readonly order: Order;
  /** The sequence number of the first of them. */
  readonly first: number;
  /** Where gradients leave it: older results that its operations read, and that its results are. */
  readonly entries: readonly Target[];
}

function runSegment<R extends Outputs>(f: (...inputs: Tensor[]) => R, inputs: readonly Tensor[]): Segment<R> {
  const first = nodeCount();
  const result = f(...inputs);
  const outputs: readonly unknown[] = Array.isArray(result) ? result : [result];
  outputs.forEach((output, i) => {
    if (output instanceof Tensor) return;
    throw new ArgumentError(
      `checkpoint: output ${i} of the function is ${kindOf(output)}, expected a tensor`,
    );
  });
  const tracked = (outputs as readonly Tensor[]).filter(({ requiresGrad }) => requiresGrad);
  const roots = tracked.map((y) => Tensor.nodeOf(y)!).filter(({ sequence }) => sequence >= first);
  const order = topologicalOrder(roots, first);
  const entries: Target[] = [];
  const enter = (node: Node | null, slot: number) => {
    if (node === null || node.sequence >= first) return;
    if (entryOf(entries, node, slot) < 0) entries.push({ node, slot });
  };
  for (const { parents, slots } of order.nodes) {
    for (const [k, parent] of parents.entries()) enter(parent, slots[k]!);
  }
  for (const y of tracked) enter(Tensor.nodeOf(y), Tensor.slotOf(y));
  return { result, tracked, order, first, entries };
}

/** Runs the function again on the same numbers, and refuses another outcome. */
function rerun<R extends Outputs>(
  f: (...inputs: Tensor[]) => R,
  inputs: readonly Tensor[],
  random: Uint8Array,
  specs: readonly Printed[],
  entries: readonly Target[],
): Segment<R> {
  const present = defaultGenerator.getState();
  defaultGenerator.setState(random);
  let segment: Segment<R>;
  try {
    segment = withGradMode(true, () => runSegment(f, inputs));
  } finally {
    defaultGenerator.setState(present);
  }
  const { tracked } = segment;
  const same =
    tracked.length === specs.length &&
    tracked.every((y, i) => Object.is(fingerprint(y), specs[i]!.print)) &&
    tracked.every((y, i) => sameShape(y.shape, specs[i]!.shape) && y.dtype === specs[i]!.dtype) &&
    segment.entries.length === entries.length &&
    segment.entries.every(({ node, slot }) => entryOf(entries, node, slot) >= 0);
  if (!same) {
    const list = (ys: readonly Spec[]) => ys.map((y) => `${formatShape(y.shape)} ${y.dtype}`).join(', ');
    throw new GradientError(
      `checkpoint: run again, the function gave ${list(tracked)} from ${segment.entries.length} tracked tensors, ` +
        `and ${list(specs)} from ${entries.length} the first time: it must not depend on anything that changes in between`,
    );
  }
  return segment;
}

/** The cotangents of the entries, given those of the results. */
function pullThrough<R extends Outputs>(
  { tracked, order, first }: Segment<R>,
  entries: readonly Target[],
  cotangents: readonly (Tensor | null)[],
): (Tensor | null)[] {
  const totals = new Array<Tensor | null>(entries.length).fill(null);
  const leave = (node: Node, slot: number, g: Tensor) => {
    const at = entryOf(entries, node, slot);
    totals[at] = sumOf(totals[at]!, g);
  };
  const seeds: Seed[] = [];
  tracked.forEach((y, i) => {
    const vector = cotangents[i] ?? null;
    if (vector === null) return;
    const [node, slot] = [Tensor.nodeOf(y)!, Tensor.slotOf(y)];
    if (node.sequence < first) leave(node, slot, vector);
    else seeds.push({ node, slot, vector });
  });
  sweep(order, seeds, null, true, () => {}, leave);
  return totals;
}

/** The tangents of the results, given those of the entries. */
function pushThrough<R extends Outputs>(
  { tracked, order, first }: Segment<R>,
  entries: readonly Target[],
  tangents: readonly (Tensor | null)[],
): (Tensor | null)[] {
  const enter = (node: Node, slot: number) => tangents[entryOf(entries, node, slot)] ?? null;
  const places = tracked.map((y) => ({ node: Tensor.nodeOf(y)!, slot: Tensor.slotOf(y) }));
  const pushed = push(
    order,
    [],
    places.filter(({ node }) => node.sequence >= first),
    enter,
  );
  return places.map(({ node, slot }) => (node.sequence < first ? enter(node, slot) : pushed.shift()!));
}

function entryOf(entries: readonly Target[], node: Node, slot: number): number {
  return entries.findIndex((entry) => entry.node === node && entry.slot === slot);
}
