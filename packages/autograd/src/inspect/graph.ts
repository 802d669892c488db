import { type Seed, sweep } from '../engine/backward.ts';
import { push } from '../engine/forward.ts';
import { type Order, topologicalOrder as orderOf } from '../engine/order.ts';
import { stack } from '../ops/shape.ts';
import { keptBy } from '../tape/keep.ts';
import { withGradMode } from '../tape/mode.ts';
import type { Node, Spec } from '../tape/node.ts';
import { checkTensor } from '../tensor/check.ts';
import { constant, Tensor, wrap } from '../tensor/core.ts';
import { ArgumentError, GradientError } from '../tensor/errors.ts';
import { formatShape, sameShape, sizeOf } from '../tensor/shape.ts';
import { allocateOwn, Storage } from '../tensor/storage.ts';

/** Names for tensors in a description: a record, or pairs as `module.namedParameters()` gives them. */
export type TensorNames =
  | Readonly<Record<string, Tensor>>
  | Iterable<readonly [name: string, tensor: Tensor]>;

/** Options of {@link graphOf}. */
export interface GraphOptions {
  /** Names for leaves and results; others are x1, x2 … and v1, v2 … */
  readonly names?: TensorNames;
  /** Whether to run a reverse sweep for the gradients of all values; the one output must have one element. Default false. */
  readonly gradients?: boolean;
  /** Tensors and their tangents, to run a forward sweep for the tangents of all values. */
  readonly tangents?: Iterable<readonly [input: Tensor, tangent: Tensor]>;
  /** Whether to compute the local partial derivatives of small operations. Default false. */
  readonly partials?: boolean;
}

/** Where an input of an operation comes from. */
export interface GraphEdge {
  /** The input's name in the operation. */
  readonly input: string;
  /** Where the node that made it stands in `Graph.nodes`; null for a constant, which is not tracked. */
  readonly from: number | null;
  /** Which of that node's outputs it is. */
  readonly slot: number;
  /** A constant's value, if the operation saved it, or was recorded in {@link keepValues}. */
  readonly constant: Tensor | null;
  /**
   * The derivative of the operation's one result by this input alone, if asked for: the shape of the result followed by that of the
   * input. Null for constants, and for more than 4096 entries.
   */
  readonly partial: Tensor | null;
}

/** A value that an operation keeps for its rules. */
export interface SavedValue {
  /** The name of the input, or 'output'. */
  readonly name: string;
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** The type of the elements. */
  readonly dtype: string;
  /** The size of the array behind it. */
  readonly bytes: number;
}

/** A result of a node. */
export interface GraphOutput extends Spec {
  /**
   * Its elements, where the tape still holds them as they were: those of leaves, of saved values and of the outputs; all, where it was
   * recorded in {@link keepValues}.
   */
  readonly value: Tensor | null;
  /** Its gradient, if asked for and if one arrived. */
  readonly gradient: Tensor | null;
  /** Its tangent, if asked for and if one arrived. */
  readonly tangent: Tensor | null;
}

/** A leaf, or a recorded operation. */
export interface GraphNode {
  /** Its name in the description: x1 … for leaves, v1 … for operations, or the name that was given. */
  readonly name: string;
  /** The operation, or null for a leaf. */
  readonly op: string | null;
  /** One for each input of the operation. */
  readonly inputs: readonly GraphEdge[];
  /** One for each result; a leaf has one, itself. */
  readonly outputs: readonly GraphOutput[];
  /** What its rules will read; empty when it has been freed. */
  readonly saved: readonly SavedValue[];
  /** Bytes that it alone, or it and others, keep alive beside the leaves. */
  readonly savedBytes: number;
  /** The options of the operation. */
  readonly attributes: unknown;
}

/** One result of a node. */
export interface GraphPlace {
  /** Where the node stands in `Graph.nodes`. */
  readonly node: number;
  /** Which of its outputs it is. */
  readonly slot: number;
}

/** The recorded computation behind some tensors. */
export interface Graph {
  /** As they were recorded, which is a topological order: each node stands behind those that it reads. */
  readonly nodes: readonly GraphNode[];
  /** Which results of which nodes were asked for. */
  readonly outputs: readonly GraphPlace[];
  /** Bytes that the graph keeps alive beside the leaves, each array counted once. */
  readonly savedBytes: number;
}

/**
 * A description of the computation that was recorded behind `outputs`: plain data, which keeps nothing of the tape. Nothing is
 * computed, unless gradients are asked for, and no `grad` is touched.
 *
 * Errors: GradientError for an output that is not tracked, for gradients unless there is one output of one element, and for a tangent
 * of another shape than its tensor.
 *
 * @example
 * ```ts
 * import { graphOf, tensor } from '@tensortape/autograd';
 * const x = tensor([1, 2], { requiresGrad: true });
 * const { nodes, savedBytes } = graphOf(x.sin().sum());
 * console.log(nodes.map(({ op }) => op), savedBytes); // [ null, 'sin', 'sum' ] 0
 * ```
 */
export function graphOf(outputs: Tensor | readonly Tensor[], options: GraphOptions = {}): Graph {
  const list: readonly Tensor[] = outputs instanceof Tensor ? [outputs] : outputs;
  const roots = list.map((output, i) => {
    checkTensor('graphOf', `output ${i}`, output);
    const node = Tensor.nodeOf(output);
    if (node !== null) return node;
    throw new GradientError(
      `graphOf: output ${i} (shape ${formatShape(output.shape)}) is not tracked, so nothing was recorded behind it`,
    );
  });
  const order = orderOf(roots);
  // As they were recorded, which is one of the topological orders, and the one that people expect.
  const nodes = order.nodes.toSorted((a, b) => a.sequence - b.sequence);
  const places = new Map(nodes.map((node, k) => [node, k]));
  const placeOf = (node: Node) => places.get(node) ?? -1;
  const values = heldValues(nodes, placeOf);
  list.forEach((output, i) => {
    if (Tensor.versionOf(output) === output.storage.version) {
      values[placeOf(roots[i]!)]![Tensor.slotOf(output)] ??= output.detach();
    }
  });
  const gradients = options.gradients ? gradientsOf(list, order) : null;
  const tangents = options.tangents ? tangentsOf(options.tangents, order) : null;
  const names = namesOf(nodes, placeOf, options.names);
  const leaves = new Set(nodes.flatMap(({ variable }) => variable?.storage ?? []));
  const held = nodes.map((node) => storagesOf(node, leaves));
  return {
    nodes: nodes.map((node, k) => ({
      name: names[k]!,
      op: node.variable === null ? node.op.name : null,
      inputs: edgesOf(node, placeOf, options.partials ?? false),
      outputs: node.outputs.map(({ shape, dtype }, slot) => ({
        shape,
        dtype,
        value: values[k]![slot] ?? null,
        gradient: gradients?.get(node)?.[slot] ?? null,
        tangent: tangents?.(node, slot) ?? null,
      })),
      saved: savedOf(node),
      savedBytes: bytesOf(held[k]!),
      attributes: node.attributes,
    })),
    outputs: list.map((output, i) => ({ node: placeOf(roots[i]!), slot: Tensor.slotOf(output) })),
    savedBytes: bytesOf(new Set(held.flatMap((storages) => [...storages]))),
  };
}

/**
 * The nodes behind `outputs` in topological order: leaves and operations, each behind those that it reads. A directed graph has
 * such an order exactly when it has no cycle, and a tape has none: nothing reads what is made later. See {@link graphOf}.
 *
 * @example
 * ```ts
 * import { tensor, topologicalOrder } from '@tensortape/autograd';
 * const x = tensor(2, { requiresGrad: true });
 * console.log(topologicalOrder(x.log().add(x)).map(({ name }) => name)); // [ 'x1', 'v1', 'v2' ]
 * ```
 */
export function topologicalOrder(
  outputs: Tensor | readonly Tensor[],
  options: GraphOptions = {},
): readonly GraphNode[] {
  return graphOf(outputs, options).nodes;
}

/** The name of a node's k-th input: the last stands for all further ones. */
const inputName = ({ op: { inputs } }: Node, k: number): string => inputs[Math.min(k, inputs.length - 1)]!;

function edgesOf(node: Node, placeOf: (node: Node) => number, partials: boolean): GraphEdge[] {
  return node.parents.map((parent, k) => {
    const input = inputName(node, k);
    return {
      input,
      from: parent === null ? null : placeOf(parent),
      slot: node.slots[k]!,
      constant: parent === null ? (keptBy(node).constants[k] ?? savedAs(node, input)) : null,
      partial: partials ? partialOf(node, k) : null,
    };
  });
}

/** A saved value by name, if it is still held and still what it was. */
function savedAs(node: Node, name: string): Tensor | null {
  const at = node.op.saves.indexOf(name);
  const value = at < 0 ? undefined : node.held[at];
  return value !== undefined && node.isCurrent(at) ? value.detach() : null;
}

/** What the tape holds of the results of each node: leaves, saved results, and results that those who read them saved. */
function heldValues(nodes: readonly Node[], placeOf: (node: Node) => number): (Tensor | undefined)[][] {
  const values = nodes.map((node): (Tensor | undefined)[] =>
    node.variable === null ? [...keptBy(node).results] : [node.variable.detach()],
  );
  for (const [k, node] of nodes.entries()) {
    const output = node.outputs.length === 1 ? savedAs(node, 'output') : null;
    if (output !== null) values[k]![0] ??= output;
    node.parents.forEach((parent, i) => {
      const value = parent === null ? null : savedAs(node, inputName(node, i));
      if (parent !== null && value !== null && isUnique(node, i)) {
        values[placeOf(parent)]![node.slots[i]!] ??= value;
      }
    });
  }
  return values;
}

/** Whether a name stands for one input only. */
const isUnique = ({ op, parents }: Node, k: number): boolean =>
  k < op.inputs.length - 1 || parents.length === op.inputs.length;

function savedOf(node: Node): SavedValue[] {
  return node.held.flatMap((x, i) => {
    if (x === undefined) return [];
    const name = node.op.saves[Math.min(i, node.op.saves.length - 1)]!;
    return [{ name, shape: x.shape, dtype: x.dtype, bytes: x.storage.array.byteLength }];
  });
}

function storagesOf(node: Node, leaves: ReadonlySet<Storage>): Set<Storage> {
  const storages = node.held.flatMap((x) => (x === undefined || leaves.has(x.storage) ? [] : [x.storage]));
  return new Set(storages);
}

function bytesOf(storages: ReadonlySet<Storage>): number {
  let total = 0;
  for (const { array } of storages) total += array.byteLength;
  return total;
}

/** The cotangents of all nodes of an order. */
function gradientsOf(
  outputs: readonly Tensor[],
  order: Order,
): ReadonlyMap<Node, readonly (Tensor | null)[]> {
  const [output] = outputs;
  if (output === undefined || outputs.length > 1 || output.size !== 1) {
    throw new GradientError(
      'graphOf: gradients are those of one output with one element; reduce it with sum()',
    );
  }
  const found = new Map<Node, readonly (Tensor | null)[]>();
  const seed = {
    node: Tensor.nodeOf(output)!,
    slot: Tensor.slotOf(output),
    vector: constant(1, output.dtype, output.shape),
  };
  withGradMode(false, () => {
    const all = new Uint8Array(order.nodes.length).fill(2);
    sweep(order, [seed], all, true, (node, cotangents) => {
      found.set(node, [...cotangents]);
    });
  });
  return found;
}

/** The most entries of a local partial derivative that are computed. */
const MOST_ENTRIES = 4096;

/** The Jacobian of one operation by its k-th input, a rule's answer for each element of the result. */
function partialOf(node: Node, k: number): Tensor | null {
  const parent = node.parents[k];
  if (!parent || node.outputs.length !== 1) return null;
  const result = node.outputs[0]!;
  const input = parent.outputs[node.slots[k]!]!;
  const [rows, columns] = [sizeOf(result.shape), sizeOf(input.shape)];
  if (rows * columns === 0 || rows * columns > MOST_ENTRIES) return null;
  const needs = node.parents.map((_, i) => i === k);
  return withGradMode(false, () => {
    const jacobian = Array.from({ length: rows }, (_, i) => {
      const unit = unitOf(result, i);
      const row =
        node.op.jointVjp === null ? node.op.vjp([unit], node, k) : node.op.jointVjp([unit], node, needs)[k];
      return (row ?? constant(0, input.dtype, input.shape)).reshape([columns]);
    });
    return stack(jacobian).reshape([...result.shape, ...input.shape]);
  });
}

/** The tensor that is 1 at one place and 0 elsewhere. */
function unitOf({ shape, dtype }: Spec, at: number): Tensor {
  const array = allocateOwn(dtype, sizeOf(shape));
  array[at] = 1;
  return wrap(new Storage(array), dtype, shape);
}

/** The tangents of all nodes of an order. */
function tangentsOf(
  pairs: Iterable<readonly [input: Tensor, tangent: Tensor]>,
  order: Order,
): (node: Node, slot: number) => Tensor | null {
  const seeds: Seed[] = [];
  for (const [input, tangent] of pairs) {
    const node = Tensor.nodeOf(input);
    if (!sameShape(input.shape, tangent.shape) || input.dtype !== tangent.dtype) {
      throw new GradientError(
        `graphOf: a tangent of shape ${formatShape(tangent.shape)} and dtype ${tangent.dtype} was given for a tensor of shape ` +
          `${formatShape(input.shape)} and dtype ${input.dtype}`,
      );
    }
    if (node !== null) seeds.push({ node, slot: Tensor.slotOf(input), vector: tangent.detach() });
  }
  const places = order.nodes.flatMap((node) => node.outputs.map((_, slot) => ({ node, slot })));
  const found = withGradMode(false, () => push(order, seeds, places));
  const at = new Map(order.nodes.map((node) => [node, [] as (Tensor | null)[]]));
  places.forEach(({ node }, i) => {
    at.get(node)!.push(found[i]!);
  });
  return (node, slot) => at.get(node)![slot]!;
}

function namesOf(
  nodes: readonly Node[],
  placeOf: (node: Node) => number,
  names: TensorNames = {},
): readonly string[] {
  const given = new Array<string | undefined>(nodes.length).fill(undefined);
  const pairs = Symbol.iterator in names ? names : Object.entries(names);
  for (const [name, tensor] of pairs) {
    checkTensor('graphOf', `the tensor named '${name}'`, tensor);
    const node = Tensor.nodeOf(tensor);
    const place = node === null ? -1 : placeOf(node);
    if (nodes[place] !== node) continue;
    if (given.includes(name)) throw new ArgumentError(`graphOf: two tensors are named '${name}'`);
    given[place] ??= name;
  }
  let leaves = 0;
  let operations = 0;
  const next = (letter: string, count: () => number) => {
    let name = `${letter}${count()}`;
    while (given.includes(name)) name = `${letter}${count()}`;
    return name;
  };
  return nodes.map(
    ({ variable }, k) =>
      given[k] ?? (variable === null ? next('v', () => ++operations) : next('x', () => ++leaves)),
  );
}
