import type { DType } from '../tensor/dtype.ts';
import { GradientError } from '../tensor/errors.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';

/** Shape and dtype of a value on the tape. */
export interface Spec {
  /** The length of each axis. */
  readonly shape: Shape;
  /** The type of the elements. */
  readonly dtype: DType;
}

/** What the engine needs to know of an operation. One record per operation, shared by all its nodes. */
export interface Op {
  readonly name: string;
  /** Names of the inputs, for error messages and graphs; the last stands for all further ones. */
  readonly inputs: readonly string[];
  /** Names of the values that its nodes save, in the order of `Node.saved`. */
  readonly saves: readonly string[];
  /** The cotangent of input `index`, given those of the outputs; null means zero. */
  vjp(cotangents: Cotangents, node: Node, index: number): Tensor | null;
  /** All cotangents at once, where inputs share work. */
  readonly jointVjp: JointVjp | null;
  /** The tangents of the outputs, given those of the inputs (null for zero), or null: derived from the vjp. */
  readonly jvp: Jvp | null;
  /** Set when the rules run on raw arrays: their results must not be differentiated again. */
  readonly onceDifferentiable: boolean;
}

/** One cotangent per output of a node; null means zero. */
export type Cotangents = readonly (Tensor | null)[];
/** One tangent per input of a node; null means zero. */
export type Tangents = readonly (Tensor | null)[];
/** The cotangents of all inputs whose `needs` entry is set. */
export type JointVjp = (
  cotangents: Cotangents,
  node: Node,
  needs: readonly boolean[],
) => readonly (Tensor | null)[];
/** The tangents of all outputs. */
export type Jvp = (tangents: Tangents, node: Node) => readonly (Tensor | null)[];

/** What is attached to a node by hooks and `retainGrad`: rare, so kept out of the node. */
export interface Watchers {
  readonly hooks: { readonly slot: number; readonly hook: (grad: Tensor) => Tensor | undefined }[];
  readonly retained: { readonly slot: number; readonly tensor: Tensor }[];
  /** Of a leaf: called when a backward has added to its grad. */
  readonly accumulated: ((leaf: Tensor) => void)[];
}

let recorded = 0;

/** How many nodes have been made: the sequence number of the next. */
export function nodeCount(): number {
  return recorded;
}

/** One recorded operation: where its inputs came from, what its outputs look like, what its rules will read. */
export class Node {
  readonly op: Op;
  /** The node that made each input, or null for an input that is not tracked. */
  readonly parents: readonly (Node | null)[];
  /** Which output of its parent each input is. */
  readonly slots: readonly number[];
  readonly outputs: readonly Spec[];
  readonly attributes: unknown;
  /** Grows with every node: parents are older than their children. */
  readonly sequence = recorded++;
  /** The leaf that this node stands for, or null for an operation. */
  readonly variable: Tensor | null;
  watchers: Watchers | null = null;
  /** The ids of the first storage that the forward function of a declared operation made, and of the first after it. */
  made: readonly [first: number, end: number] | null = null;

  // Scratch of the ordering pass (engine/order.ts); meaningless between passes.
  mark = 0;
  pending = 0;
  position = 0;

  #saved: readonly (Tensor | undefined)[] | null;
  readonly #versions: readonly number[];

  constructor(
    op: Op,
    parents: readonly (Node | null)[],
    slots: readonly number[],
    outputs: readonly Spec[],
    saved: readonly (Tensor | undefined)[],
    attributes: unknown,
    variable: Tensor | null = null,
  ) {
    this.op = op;
    this.parents = parents;
    this.slots = slots;
    this.outputs = outputs;
    this.#saved = saved;
    this.#versions = saved.length === 0 ? none : versionsOf(saved);
    this.attributes = attributes;
    this.variable = variable;
  }

  /** A saved value, as it was when the operation ran: refused when it was freed or has been changed in place since. */
  saved(index: number): Tensor {
    if (this.#saved === null) {
      throw new GradientError(
        `the values saved by '${this.op.name}' were freed by an earlier backward or grad over this graph; ` +
          'pass { retainGraph: true } to the earlier call, or compute the result again',
      );
    }
    const value = this.#saved[index];
    if (value === undefined) {
      throw new GradientError(
        `'${this.op.name}' did not save '${this.op.saves[index]}': no tracked input needed it`,
      );
    }
    if (value.storage.version !== this.#versions[index]) {
      throw new GradientError(
        `'${this.op.name}' saved its '${this.op.saves[index]}' for the backward sweep, but '${value.storage.writer}' has changed ` +
          `it in place since (${value.storage.version - this.#versions[index]!} change(s)); use the out-of-place form, or clone() before the change`,
      );
    }
    return value;
  }

  /** The saved values that are still held, by the names in `op.saves`; undefined for those that no tracked input needed. */
  get held(): readonly (Tensor | undefined)[] {
    return this.#saved ?? none;
  }

  /** Whether a saved value that is still held is what it was when the operation ran. */
  isCurrent(index: number): boolean {
    return this.held[index]?.storage.version === this.#versions[index];
  }

  /** Shape and dtype of a tracked input. */
  input(index: number): Spec {
    return this.parents[index]!.outputs[this.slots[index]!]!;
  }

  /** Lets go of the saved values. */
  release(): void {
    if (this.#saved !== null && this.#saved.length > 0) this.#saved = null;
  }

  /** Hooks and retained tensors, made on first use. */
  watch(): Watchers {
    this.watchers ??= { hooks: [], retained: [], accumulated: [] };
    return this.watchers;
  }
}

const none: readonly never[] = [];

function versionsOf(saved: readonly (Tensor | undefined)[]): readonly number[] {
  const versions = new Array<number>(saved.length);
  for (let i = 0; i < saved.length; i++) versions[i] = saved[i] === undefined ? 0 : saved[i]!.storage.version;
  return versions;
}

/** The operation of leaves: there is nothing behind them. */
export const leafOp: Op = {
  name: 'leaf',
  inputs: [],
  saves: [],
  vjp: () => null,
  jointVjp: null,
  jvp: null,
  onceDifferentiable: false,
};

/** A node for a tensor that the user wants gradients of. */
export function leafNode(variable: Tensor): Node {
  return new Node(
    leafOp,
    none,
    none,
    [{ shape: variable.shape, dtype: variable.dtype }],
    none,
    undefined,
    variable,
  );
}
