import { TensorCore } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { GradientError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor.ts';
import { isGradEnabled } from './mode.ts';
import { Node, type Op } from './node.ts';

const firstOutput = [[], [0], [0, 0], [0, 0, 0]] as const;

/** Whether an operation on this tensor is to be recorded now. */
export function isTracked(x: Tensor): boolean {
  return isGradEnabled() && parentOf(x) !== null;
}

/** The node behind a tensor; refuses a tensor whose elements were changed in place behind the tape's back. */
function parentOf(x: Tensor): Node | null {
  const node = TensorCore.nodeOf(x);
  const version = TensorCore.versionOf(x);
  const stale =
    node === null
      ? version < x.storage.recordedVersion
      : node.variable === null && version !== x.storage.version;
  if (stale) {
    throw new GradientError(
      `this tensor${node === null ? '' : ` (made by '${node.op.name}')`} shares its elements with one that '${x.storage.writer}' changed in place ` +
        'after it was made, so its recorded history no longer describes its values; make the view again after the change, or clone() before it',
    );
  }
  return node;
}

/** Ties the one output of an operation on one tracked input to the tape. */
export function record1(
  op: Op,
  x: Tensor,
  output: Tensor,
  saved: readonly (Tensor | undefined)[],
  attributes?: unknown,
): Tensor {
  return attach(op, [TensorCore.nodeOf(x)], slotsOf1(x), output, saved, attributes);
}

/** Ties the one output of an operation on two inputs, one of them tracked, to the tape. */
export function record2(
  op: Op,
  a: Tensor,
  b: Tensor,
  output: Tensor,
  saved: readonly (Tensor | undefined)[],
  attributes?: unknown,
): Tensor {
  const slotA = TensorCore.slotOf(a);
  const slotB = TensorCore.slotOf(b);
  const slots = slotA === 0 && slotB === 0 ? firstOutput[2] : [slotA, slotB];
  return attach(op, [TensorCore.nodeOf(a), TensorCore.nodeOf(b)], slots, output, saved, attributes);
}

/** Ties the outputs of an operation on any number of inputs to the tape; integer outputs carry no gradient. */
export function recordAll(
  op: Op,
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  saved: readonly (Tensor | undefined)[],
  attributes: unknown,
): void {
  const parents = inputs.map((input) => TensorCore.nodeOf(input));
  const slots = inputs.map((input) => TensorCore.slotOf(input));
  const specs = outputs.map(({ shape, dtype }) => ({ shape, dtype }));
  const node = new Node(op, parents, slots, specs, saved, attributes);
  outputs.forEach((output, slot) => {
    if (isFloat(output.dtype)) TensorCore.attach(output, node, slot);
  });
}

function slotsOf1(x: Tensor): readonly number[] {
  const slot = TensorCore.slotOf(x);
  return slot === 0 ? firstOutput[1] : [slot];
}

function attach(
  op: Op,
  parents: readonly (Node | null)[],
  slots: readonly number[],
  output: Tensor,
  saved: readonly (Tensor | undefined)[],
  attributes: unknown,
): Tensor {
  const node = new Node(
    op,
    parents,
    slots,
    [{ shape: output.shape, dtype: output.dtype }],
    saved,
    attributes,
  );
  TensorCore.attach(output, node, 0);
  return output;
}
