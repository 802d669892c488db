import { Tensor } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { GradientError } from '../tensor/errors.ts';
import { detecting, inspectForward } from './anomaly.ts';
import { refuseSmuggled } from './guard.ts';
import { keep, keeping } from './keep.ts';
import { isGradEnabled } from './mode.ts';
import { Node, type Op, type Spec } from './node.ts';

const firstOutput: readonly number[] = [0];
const firstOutputs: readonly number[] = [0, 0];

/** Whether an operation on this tensor is to be recorded now. */
export function isTracked(x: Tensor): boolean {
  return isGradEnabled() && parentOf(x) !== null;
}

/** Whether the history of a tensor no longer describes its elements: they were changed in place through another tensor. */
export function isStale(x: Tensor): boolean {
  const node = Tensor.nodeOf(x);
  const version = Tensor.versionOf(x);
  // Leaves and untracked tensors have no history but that of recorded changes, which they know nothing of.
  return node === null || node.variable !== null
    ? version < x.storage.recordedVersion
    : version !== x.storage.version;
}

/** The node behind a tensor; refuses a tensor whose elements were changed in place behind the tape's back. */
export function parentOf(x: Tensor): Node | null {
  const node = Tensor.nodeOf(x);
  if (node === null) refuseSmuggled(x);
  if (isStale(x)) {
    throw new GradientError(
      `this tensor${node === null ? '' : ` (made by '${node.op.name}')`} shares its elements with one that '${x.storage.writer}' changed in place ` +
        'after it was made, so its recorded history no longer describes its values; make the view again after the change, or clone() before it',
    );
  }
  return node;
}

/** Ties the one output of an operation on one tracked input to the tape. */
export function record1(op: Op, x: Tensor, output: Tensor, saved: Saved, attributes?: unknown): Tensor {
  const node = Tensor.nodeOf(x)!;
  const slot = Tensor.slotOf(x);
  const slots = slot === 0 ? firstOutput : [slot];
  const made = attach(op, [node], slots, specsOf(output, node), output, saved, attributes);
  if (detecting) inspectForward(made, [x], [output]);
  if (keeping) keep(made, [x], [output]);
  return output;
}

/** Ties the one output of an operation on two inputs, one of them tracked, to the tape. */
export function record2(
  op: Op,
  a: Tensor,
  b: Tensor,
  output: Tensor,
  saved: Saved,
  attributes?: unknown,
): Tensor {
  const nodeA = Tensor.nodeOf(a);
  const nodeB = Tensor.nodeOf(b);
  const slotA = Tensor.slotOf(a);
  const slotB = Tensor.slotOf(b);
  const slots = slotA === 0 && slotB === 0 ? firstOutputs : [slotA, slotB];
  const specs = specsOf(output, nodeA ?? nodeB!);
  const made = attach(op, [nodeA, nodeB], slots, specs, output, saved, attributes);
  if (detecting) inspectForward(made, [a, b], [output]);
  if (keeping) keep(made, [a, b], [output]);
  return output;
}

type Saved = readonly (Tensor | undefined)[];

/** The description of an output; most have that of a parent, which is then shared. */
function specsOf(output: Tensor, parent: Node): readonly Spec[] {
  const { outputs } = parent;
  const { shape, dtype } = outputs[0]!;
  return outputs.length === 1 && shape === output.shape && dtype === output.dtype
    ? outputs
    : [{ shape: output.shape, dtype: output.dtype }];
}

function attach(
  op: Op,
  parents: readonly (Node | null)[],
  slots: readonly number[],
  outputs: readonly Spec[],
  output: Tensor,
  saved: Saved,
  attributes: unknown,
): Node {
  const node = new Node(op, parents, slots, outputs, saved, attributes);
  Tensor.attach(output, node, 0);
  return node;
}

/** Ties the outputs of an operation on any number of inputs to the tape; integer outputs carry no gradient. */
export function recordAll(
  op: Op,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  saved: Saved,
  attributes: unknown,
  made: Node['made'] = null,
): void {
  const parents = inputs.map(parentOf);
  const slots = inputs.map((input) => Tensor.slotOf(input));
  const specs = outputs.map(({ shape, dtype }) => ({ shape, dtype }));
  const node = new Node(op, parents, slots, specs, saved, attributes);
  node.made = made;
  outputs.forEach((output, slot) => {
    if (isFloat(output.dtype)) Tensor.attach(output, node, slot);
  });
  if (detecting) inspectForward(node, inputs, outputs);
  if (keeping) keep(node, inputs, outputs);
}
