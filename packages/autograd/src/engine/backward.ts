import { detecting, inspectBackward, inspectHook, runWatched, warnOfAccumulation } from '../tape/anomaly.ts';
import { isGradEnabled, withGradMode } from '../tape/mode.ts';
import type { Node, Spec } from '../tape/node.ts';
import { isStale } from '../tape/record.ts';
import { constant, Tensor } from '../tensor/core.ts';
import { ArgumentError, GradientError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { Storage, storageCount } from '../tensor/storage.ts';
import { type Order, positionIn, topologicalOrder } from './order.ts';

/** What becomes of the graph that a sweep passes over. */
export interface SweepOptions {
  /** Keep the saved values, so that the graph can be swept again. Default: the value of `createGraph`. */
  readonly retainGraph?: boolean;
  /** Record the sweep itself, so that the gradients can be differentiated. Default false. */
  readonly createGraph?: boolean;
}

/** Options of {@link Tensor.backward}. */
export interface BackwardOptions extends SweepOptions {
  /** The tensors, leaves or not, whose `grad` is filled; all leaves that this one was computed from unless given. */
  readonly inputs?: readonly Tensor[];
}

/** Options of {@link grad}. */
export interface GradOptions extends SweepOptions {
  /** The cotangents of the outputs; may be left out for outputs of one element, where it is 1. */
  readonly gradOutputs?: Tensor | readonly (Tensor | null)[];
  /** Return null for an input that the outputs do not depend on, instead of throwing. Default false. */
  readonly allowUnused?: boolean;
}

/** What a sweep starts from: the cotangent, or tangent, of one output of a node. */
export interface Seed {
  readonly node: Node;
  readonly slot: number;
  readonly vector: Tensor;
}

/** What `retainGrad` asked for, written when the sweep has succeeded. */
interface Kept {
  readonly tensor: Tensor;
  readonly gradient: Tensor;
}

/** The cotangents of one node, by output, while a sweep runs. */
type Pending = (Tensor | null)[];

/** Receives a cotangent that goes to output `slot` of a node which an order leaves out as too old. */
export type Leave = (parent: Node, slot: number, cotangent: Tensor) => void;

/**
 * The reverse sweep: hands cotangents from children to parents in topological order. Rules run under the ambient
 * recording mode. `wanted` says which nodes' cotangents matter (all, when null); `deliver` is called for every leaf that
 * a cotangent reached, and for every node marked 2 in `wanted`; `leave` takes those that would go to nodes left out of the order.
 */
export function sweep(
  order: Order,
  seeds: readonly Seed[],
  wanted: Uint8Array | null,
  retain: boolean,
  deliver: (node: Node, cotangents: readonly (Tensor | null)[]) => void,
  leave: Leave | null = null,
): void {
  const { nodes, parents, starts } = order;
  const pending = new Array<Pending | undefined>(nodes.length).fill(undefined);
  for (const { node, slot, vector } of seeds) {
    const position = positionIn(order, node);
    if (position >= 0) accumulate(pending, node, position, slot, vector);
  }
  const recording = isGradEnabled();
  const kept: Kept[] = [];

  for (let i = 0; i < nodes.length; i++) {
    const cotangents = pending[i];
    if (cotangents === undefined || (wanted !== null && wanted[i] === 0)) continue;
    pending[i] = undefined;
    const node = nodes[i]!;
    if (node.watchers !== null) watch(node, cotangents, kept);
    if (node.variable !== null || (wanted !== null && wanted[i] === 2)) deliver(node, cotangents);
    if (recording && node.op.onceDifferentiable) refuseSecondOrder(node);
    const first = starts[i]!;
    const joint =
      node.op.jointVjp === null ? null : jointCotangents(order, node, i, cotangents, wanted, leave !== null);
    for (let k = 0; k < node.parents.length; k++) {
      const position = parents[first + k]!;
      if (
        position < 0 ? leave === null || node.parents[k] === null : wanted !== null && wanted[position] === 0
      )
        continue;
      const g = joint === null ? pullOne(node, cotangents, k) : joint[k]!;
      if (g === null) continue;
      const parent = node.parents[k]!;
      const slot = node.slots[k]!;
      checkCotangent(node, k, g, parent.outputs[slot]!);
      if (detecting) inspectBackward(node, k, cotangents, g);
      if (position < 0) leave!(parent, slot, g);
      else accumulate(pending, parent, position, slot, g);
    }
    if (!retain) node.release();
  }
  for (const { tensor, gradient } of kept) {
    tensor.grad = tensor.grad === null ? gradient.clone() : tensor.grad.add(gradient);
  }
}

function pullOne(node: Node, cotangents: Pending, index: number): Tensor | null {
  return detecting
    ? runWatched(() => node.op.vjp(cotangents, node, index))
    : node.op.vjp(cotangents, node, index);
}

function jointCotangents(
  { parents, starts }: Order,
  node: Node,
  position: number,
  cotangents: Pending,
  wanted: Uint8Array | null,
  leaves: boolean,
): readonly (Tensor | null)[] {
  const needs = node.parents.map((parent, k) => {
    const at = parents[starts[position]! + k]!;
    return at < 0 ? leaves && parent !== null : wanted === null || wanted[at] !== 0;
  });
  const rule = () => node.op.jointVjp!(cotangents, node, needs);
  const joint = detecting ? runWatched(rule) : rule();
  if (joint.length !== needs.length) {
    throw new GradientError(
      `the rule of '${node.op.name}' returned ${joint.length} gradients for ${needs.length} inputs`,
    );
  }
  return joint;
}

function refuseSecondOrder(node: Node): never {
  throw new GradientError(
    `'${node.op.name}' is once differentiable: its rules compute on raw arrays, so their result cannot be differentiated ` +
      'again; write the rules with tensor methods for higher derivatives',
  );
}

function accumulate(
  pending: (Pending | undefined)[],
  node: Node,
  position: number,
  slot: number,
  g: Tensor,
): void {
  const cotangents = pending[position];
  if (cotangents === undefined) {
    const fresh: Pending = node.outputs.length === 1 ? [null] : node.outputs.map(() => null);
    fresh[slot] = g;
    pending[position] = fresh;
  } else {
    const present = cotangents[slot]!;
    cotangents[slot] = present === null ? g : present.add(g);
  }
}

function checkCotangent(node: Node, index: number, g: unknown, spec: Spec): asserts g is Tensor {
  const isTensor = g instanceof Tensor;
  if (isTensor && g.dtype === spec.dtype && sameShape(g.shape, spec.shape)) return;
  const input = node.op.inputs[Math.min(index, node.op.inputs.length - 1)];
  if (!isTensor) {
    throw new GradientError(
      `the rule of '${node.op.name}' for its input '${input}' returned ${kindOf(g)}; expected a tensor of shape ` +
        `${formatShape(spec.shape)} and dtype ${spec.dtype}, or null for zero`,
    );
  }
  throw new GradientError(
    `the rule of '${node.op.name}' for its input '${input}' returned a gradient of shape ${formatShape(g.shape)} and dtype ` +
      `${g.dtype}, but the input has shape ${formatShape(spec.shape)} and dtype ${spec.dtype}`,
  );
}

/** Runs hooks, which may replace a cotangent, and keeps the gradients asked for by `retainGrad`. */
function watch(node: Node, cotangents: Pending, kept: Kept[]): void {
  const { hooks, retained } = node.watchers!;
  for (const { slot, hook } of [...hooks]) {
    const g = cotangents[slot]!;
    if (g === null) continue;
    const { version } = g.storage;
    const replaced = hook(g);
    if (g.storage.version !== version) {
      // Cotangents share their elements with those of other tensors, and with the seed.
      throw new GradientError(
        `a hook on the result of '${node.op.name}' changed its gradient in place with '${g.storage.writer}', which would change the ` +
          'gradients of other tensors too; return a new tensor from the hook instead',
      );
    }
    if (replaced === undefined) continue;
    const spec = node.outputs[slot]!;
    if (replaced.dtype !== spec.dtype || !sameShape(replaced.shape, spec.shape)) {
      throw new GradientError(
        `a hook on the result of '${node.op.name}' returned a gradient of shape ${formatShape(replaced.shape)} and dtype ` +
          `${replaced.dtype}, expected ${formatShape(spec.shape)} and ${spec.dtype}`,
      );
    }
    if (detecting) inspectHook(node, g, replaced);
    cotangents[slot] = replaced;
  }
  for (const { slot, tensor } of retained) {
    const g = cotangents[slot]!;
    if (g !== null) kept.push({ tensor, gradient: g });
  }
}

/** The seeds of a sweep from tensors: given cotangents, or 1 for tensors of one element. */
function seedsOf(
  op: string,
  outputs: readonly Tensor[],
  cotangents: readonly (Tensor | null)[] | undefined,
): Seed[] {
  if (cotangents !== undefined && cotangents.length !== outputs.length) {
    throw new ArgumentError(`${op}: got ${cotangents.length} cotangents for ${outputs.length} outputs`);
  }
  return outputs.flatMap((output, i) => {
    const node = Tensor.nodeOf(output);
    const given = cotangents?.[i];
    if (node === null) {
      throw new GradientError(
        `${op}: the tensor is not tracked: nothing it was computed from requires grad (or it was computed under noGrad, or detached)`,
      );
    }
    checkCurrent(op, output, node);
    if (given === null) return [];
    if (given === undefined && output.size !== 1) {
      throw new GradientError(
        `${op}: the tensor has shape ${formatShape(output.shape)}; only for one element is the cotangent implied: reduce it ` +
          `first (.sum(), .mean()) or pass a cotangent of that shape`,
      );
    }
    const cotangent = given ?? constant(1, output.dtype, output.shape);
    if (!sameShape(cotangent.shape, output.shape) || cotangent.dtype !== output.dtype) {
      throw new GradientError(
        `${op}: a cotangent of shape ${formatShape(cotangent.shape)} and dtype ${cotangent.dtype} was given for a tensor of ` +
          `shape ${formatShape(output.shape)} and dtype ${output.dtype}`,
      );
    }
    return [{ node, slot: Tensor.slotOf(output), vector: cotangent }];
  });
}

function checkCurrent(op: string, x: Tensor, node: Node): void {
  if (isStale(x)) {
    throw new GradientError(
      `${op}: this tensor (made by '${node.op.name}') shares its elements with one that '${x.storage.writer}' changed in place ` +
        'after it was made, so its recorded history no longer describes its values; make it again after the change',
    );
  }
}

/**
 * Accumulates the gradient of `root` into the `grad` of every leaf it was computed from. Behind `Tensor.backward`.
 *
 * Errors: GradientError for an untracked root, a root of several elements without a cotangent, a freed graph, or a saved
 * value that was changed in place. Leaves are written only when the whole sweep has succeeded.
 */
export function backward(root: Tensor, cotangent?: Tensor, options: BackwardOptions = {}): void {
  if (cotangent !== undefined && !(cotangent instanceof Tensor)) {
    throw new ArgumentError(
      `backward: expected a tensor as gradient, got ${kindOf(cotangent)}; options come second: backward(undefined, { retainGraph: true })`,
    );
  }
  const { createGraph = false, retainGraph = createGraph, inputs } = options;
  const sinks = inputs === undefined ? null : sinksOf(inputs);
  const firstStorage = storageCount();
  const found: { tensor: Tensor; gradient: Tensor }[] = [];
  withGradMode(createGraph, () => {
    const seeds = seedsOf('backward', [root], cotangent && [cotangent]);
    const order = topologicalOrder(seeds.map(({ node }) => node));
    const wanted = sinks && waysTo(order, [...sinks.keys()]);
    sweep(order, seeds, wanted, retainGraph, (node, cotangents) => {
      const tensors = sinks === null ? node.variable && [node.variable] : sinks.get(node);
      for (const tensor of tensors ?? []) {
        const gradient = cotangents[Tensor.slotOf(tensor)];
        if (gradient) found.push({ tensor, gradient });
      }
    });
    const taken = new Set<Storage>(cotangent && [cotangent.storage]);
    for (const { tensor, gradient } of found) {
      store(tensor, gradient, firstStorage, taken);
      const node = Tensor.nodeOf(tensor);
      for (const hook of [...(node?.watchers?.accumulated ?? [])]) hook(tensor);
    }
  });
}

/** The tensors whose `grad` is to be filled, by their nodes. */
function sinksOf(inputs: readonly Tensor[]): ReadonlyMap<Node, readonly Tensor[]> {
  if (inputs.length === 0) {
    throw new ArgumentError(
      'backward: inputs is empty; name the tensors whose grad is to be filled, or leave it out for all leaves',
    );
  }
  const sinks = new Map<Node, Tensor[]>();
  for (const input of new Set(inputs)) {
    const node = Tensor.nodeOf(input);
    if (node === null) {
      throw new GradientError(
        `backward: input ${inputs.indexOf(input)} is not tracked; create it with { requiresGrad: true }`,
      );
    }
    checkCurrent('backward', input, node);
    sinks.set(node, [...(sinks.get(node) ?? []), input]);
  }
  return sinks;
}

/** Adds a gradient to a leaf's; a first one is kept as it is when nothing else can hold the same elements. */
function store(leaf: Tensor, gradient: Tensor, firstStorage: number, taken: Set<Storage>): void {
  const present = Tensor.gradOf(leaf);
  const { storage } = gradient;
  if (present !== null) {
    if (detecting) warnOfAccumulation(leaf);
    leaf.grad = present.requiresGrad || isGradEnabled() ? present.add(gradient) : present.add_(gradient);
  } else if (
    Storage.idOf(storage) < firstStorage ||
    taken.has(storage) ||
    storage.array.length !== gradient.size
  ) {
    leaf.grad = gradient.clone();
  } else {
    leaf.grad = gradient;
  }
  taken.add(storage);
}

/** One gradient per input: a tensor each, or null where allowed. */
export type Gradients<I extends readonly Tensor[]> = { -readonly [K in keyof I]: Tensor };
/** One gradient per input, null for inputs that the outputs do not depend on. */
export type MaybeGradients<I extends readonly Tensor[]> = { -readonly [K in keyof I]: Tensor | null };

/**
 * The gradients of `outputs` with respect to `inputs`, without touching any `grad`. Inputs may be leaves or
 * intermediate results. PyTorch: `torch.autograd.grad`.
 *
 * Errors: as `backward`; GradientError for an input that the outputs do not depend on, unless `allowUnused`.
 *
 * @example
 * ```ts
 * import { grad, tensor } from '@tensortape/autograd';
 * const x = tensor(3, { requiresGrad: true });
 * const first = grad(x.pow(3), x, { createGraph: true });
 * const second = grad(first, x);
 * console.log(first.item(), second.item()); // 27 18
 * ```
 */
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor,
  options?: GradOptions & { allowUnused?: false },
): Tensor;
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor,
  options: GradOptions,
): Tensor | null;
export function grad<const I extends readonly Tensor[]>(
  outputs: Tensor | readonly Tensor[],
  inputs: I,
  options?: GradOptions & { allowUnused?: false },
): Gradients<I>;
export function grad<const I extends readonly Tensor[]>(
  outputs: Tensor | readonly Tensor[],
  inputs: I,
  options: GradOptions,
): MaybeGradients<I>;
export function grad(
  outputs: Tensor | readonly Tensor[],
  inputs: Tensor | readonly Tensor[],
  options: GradOptions = {},
): Tensor | null | (Tensor | null)[] {
  const single = !isList(inputs);
  const results = gradients(asList(outputs), single ? [inputs] : inputs, options);
  return single ? results[0]! : results;
}

function gradients(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  options: GradOptions,
): (Tensor | null)[] {
  const { createGraph = false, retainGraph = createGraph, allowUnused = false, gradOutputs } = options;
  const targets = inputs.map((input, i) => {
    const node = Tensor.nodeOf(input);
    if (node === null)
      throw new GradientError(`grad: input ${i} is not tracked; create it with { requiresGrad: true }`);
    checkCurrent('grad', input, node);
    return { node, slot: Tensor.slotOf(input) };
  });
  return withGradMode(createGraph, () => {
    const seeds = seedsOf('grad', outputs, gradOutputs && asList(gradOutputs));
    const oldest = Math.min(...targets.map(({ node }) => node.sequence));
    const results = pull(
      topologicalOrder(
        seeds.map(({ node }) => node),
        oldest,
      ),
      seeds,
      targets,
      retainGraph,
    );
    const unused = results.indexOf(null);
    if (unused >= 0 && !allowUnused) {
      throw new GradientError(
        `grad: the outputs do not depend on input ${unused} (shape ${formatShape(inputs[unused]!.shape)}); ` +
          'pass { allowUnused: true } to get null for it',
      );
    }
    return results;
  });
}

/** A place on the tape whose cotangent is asked for. */
export interface Target {
  readonly node: Node;
  readonly slot: number;
}

/** The cotangents of `targets`, null for those that none reaches. Only nodes on the way to a target are visited. */
export function pull(
  order: Order,
  seeds: readonly Seed[],
  targets: readonly Target[],
  retain: boolean,
): (Tensor | null)[] {
  const wanted = waysTo(
    order,
    targets.map(({ node }) => node),
  );
  const reached = new Map<Node, readonly (Tensor | null)[]>();
  sweep(order, seeds, wanted, retain, (node, cotangents) => {
    reached.set(node, cotangents);
  });
  return targets.map(({ node, slot }) => reached.get(node)?.[slot] ?? null);
}

/** Which nodes of an order are on the way to some of them: 2 for these, 1 for those before them, 0 for others. */
function waysTo(order: Order, targets: readonly Node[]): Uint8Array {
  const { nodes, parents, starts } = order;
  const wanted = new Uint8Array(nodes.length);
  for (const node of targets) {
    const position = positionIn(order, node);
    if (position >= 0) wanted[position] = 2;
  }
  for (let i = nodes.length - 1; i >= 0; i--) {
    for (let at = starts[i]!; at < starts[i + 1]! && wanted[i] === 0; at++) {
      if (parents[at]! >= 0 && wanted[parents[at]!] !== 0) wanted[i] = 1;
    }
  }
  return wanted;
}

function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return isList(value) ? value : [value];
}
