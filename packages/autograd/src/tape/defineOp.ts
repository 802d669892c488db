import { checkTensor } from '../tensor/check.ts';
import { alias } from '../tensor/core.ts';
import { GradientError } from '../tensor/errors.ts';
import type { Tensor } from '../tensor.ts';
import { runForward, runRule } from './guard.ts';
import type { Cotangents, Node, Op, Spec, Tangents } from './node.ts';
import { isTracked, recordAll } from './record.ts';

/** What a forward function returns: one tensor, or several. */
export type Outputs = Tensor | readonly Tensor[];

/** The cotangents a rule receives: one tensor for one output; for several outputs one each, null meaning zero. */
export type CotangentsOf<R extends Outputs> = R extends Tensor ? Tensor : Cotangents;

/** One tangent per input by name; null means zero. */
export type NamedTangents<N extends string> = { readonly [K in N]: Tensor | null };

/** The values that rules may read: saved inputs by name, and `output` where it is saved. */
export type SavedValues<S extends string, R extends Outputs> = {
  readonly [K in S]: K extends 'output' ? R : Tensor;
};

/**
 * The rule of one input: its cotangent, given those of the outputs. `like` is the input's shape and dtype, which the
 * result must have; null means zero.
 */
export type VjpRule<S extends string, A, R extends Outputs> = (
  cotangent: CotangentsOf<R>,
  saved: SavedValues<S, R>,
  attributes: A,
  like: Spec,
) => Tensor | null;

/** One rule for all inputs, where they share work; only the inputs in `needs` are asked for. */
export type JointVjpRule<N extends string, S extends string, A, R extends Outputs> = (
  cotangent: CotangentsOf<R>,
  saved: SavedValues<S, R>,
  attributes: A,
  needs: { readonly [K in N]: boolean },
) => { readonly [K in N]: Tensor | null };

/** The rule of forward mode: the tangents of the outputs, given those of the inputs. */
export type JvpRule<N extends string, S extends string, A, R extends Outputs> = (
  tangents: NamedTangents<N>,
  saved: SavedValues<S, R>,
  attributes: A,
) => R extends Tensor ? Tensor | null : Tangents;

/** Everything that is true of an operation, in one place. See {@link defineOp}. */
export interface OpDefinition<N extends string, S extends N | 'output', A, R extends Outputs> {
  /** The name in error messages and graphs. */
  readonly name: string;
  /** The names of the tensor inputs, in order. */
  readonly inputs: readonly N[];
  /** What the rules read: input names, and 'output'. */
  readonly saves: readonly S[];
  /** The value. Runs without recording; must not change its inputs. */
  readonly forward: (inputs: { readonly [K in N]: Tensor }, attributes: A) => R;
  /** Reverse mode: a rule per input (null for inputs that no gradient flows to), or one joint rule. */
  readonly vjp: { readonly [K in N]: VjpRule<S, A, R> | null } | JointVjpRule<N, S, A, R>;
  /** Forward mode. Without it, tangents are derived from the vjp by differentiating it with respect to the cotangent. */
  readonly jvp?: JvpRule<N, S, A, R>;
  /** Set when the rules compute on raw arrays: differentiating twice is then refused instead of wrong. */
  readonly onceDifferentiable?: boolean;
}

/** An operation: called with its inputs by name and its attributes. */
export type DefinedOp<N extends string, A, R extends Outputs> = (
  inputs: { readonly [K in N]: Tensor },
  ...attributes: unknown extends A ? [] : [attributes: A]
) => R;

/**
 * Declares a differentiable operation: its value and its derivative rules, side by side. Rules are written with tensor
 * methods, so derivatives of any order follow from them.
 *
 * @example
 * ```ts
 * import { defineOp, tensor } from '@tensortape/autograd';
 * const cube = defineOp({
 *   name: 'cube',
 *   inputs: ['x'],
 *   saves: ['x'],
 *   forward: ({ x }) => x.mul(x).mul(x),
 *   vjp: { x: (g, { x }) => g.mul(x.mul(x)).mul(3) },
 *   jvp: ({ x: t }, { x }) => t && t.mul(x.mul(x)).mul(3),
 * });
 * const x = tensor(2, { requiresGrad: true });
 * cube({ x }).backward();
 * console.log(x.grad?.item()); // 12
 * ```
 */
export function defineOp<const N extends string, const S extends N | 'output', A, R extends Outputs>(
  definition: OpDefinition<N, S, A, R>,
): DefinedOp<N, A, R> {
  const { inputs: names, forward } = definition;
  const saves = savedOrder(definition.saves);
  const op = lower(definition, saves);
  return (inputs, ...[attributes]) => {
    const list = names.map((name) => inputs[name]);
    for (let i = 0; i < list.length; i++) checkTensor(definition.name, names[i]!, list[i]);
    const { result, made } = runForward(definition.name, names, list, () => forward(inputs, attributes as A));
    // A forward that hands back an input must not move that input on the tape.
    const fresh = (y: Tensor) => (list.includes(y) ? alias(y) : y);
    const outputs = isTensors(result) ? result.map(fresh) : [fresh(result as Tensor)];
    if (list.some(isTracked)) {
      const saved: Tensor[] = [];
      for (const name of saves) {
        if (name === 'output') saved.push(...outputs);
        else saved.push(inputs[name as N]);
      }
      recordAll(op, list, outputs, saved, attributes, made);
    }
    return (isTensors(result) ? outputs : outputs[0]) as R;
  };
}

/** 'output' last: an operation may have several. */
function savedOrder<S extends string>(saves: readonly S[]): readonly S[] {
  return [...saves].sort((a, b) => Number(a === 'output') - Number(b === 'output'));
}

function isTensors(result: Outputs): result is readonly Tensor[] {
  return Array.isArray(result);
}

/** The definition in the engine's terms: named values become positions. */
function lower<N extends string, S extends N | 'output', A, R extends Outputs>(
  { name, inputs, vjp, jvp, onceDifferentiable = false }: OpDefinition<N, S, A, R>,
  saves: readonly S[],
): Op {
  const several = (node: Node) => node.outputs.length > 1;
  const cotangentOf = (cotangents: Cotangents, node: Node) =>
    (several(node) ? cotangents : cotangents[0]) as CotangentsOf<R>;
  const Saved = savedReader<S, R>(saves);
  const named = <T>(values: readonly T[]) =>
    Object.fromEntries(inputs.map((key, i) => [key, values[i]])) as { [K in N]: T };
  return {
    name,
    inputs,
    saves,
    onceDifferentiable,
    vjp(cotangents, node, index) {
      const rule = typeof vjp === 'function' ? null : vjp[inputs[index]!];
      if (!rule) return null;
      return runRule(node, cotangents, () =>
        rule(cotangentOf(cotangents, node), new Saved(node), node.attributes as A, node.input(index)),
      );
    },
    jointVjp:
      typeof vjp === 'function'
        ? (cotangents, node, needs) => {
            const result = runRule(node, cotangents, () =>
              vjp(cotangentOf(cotangents, node), new Saved(node), node.attributes as A, named(needs)),
            );
            checkNames(name, inputs, result);
            return inputs.map((key) => result[key]);
          }
        : null,
    jvp: jvp
      ? (tangents, node) => {
          const result = runRule(node, tangents, () =>
            jvp(named(tangents), new Saved(node), node.attributes as A),
          );
          return several(node) ? (result as Tangents) : [result as Tensor | null];
        }
      : null,
  };
}

/** Refuses gradients of inputs that the operation does not have. */
function checkNames(op: string, inputs: readonly string[], result: object): void {
  const unknown = Object.keys(result).find((key) => !inputs.includes(key));
  if (unknown === undefined) return;
  throw new GradientError(
    `the rule of '${op}' returned a gradient of '${unknown}'; its inputs are ${inputs.join(', ')}`,
  );
}

/** A class whose properties are the saved values, each read (and checked) only when a rule asks for it. */
function savedReader<S extends string, R extends Outputs>(
  saves: readonly S[],
): new (
  node: Node,
) => SavedValues<S, R> {
  class Saved {
    readonly node: Node;
    constructor(node: Node) {
      this.node = node;
    }
  }
  saves.forEach((name, index) => {
    Object.defineProperty(Saved.prototype, name, {
      get(this: Saved) {
        const { outputs } = this.node;
        if (name !== 'output' || outputs.length === 1) return this.node.saved(index);
        return outputs.map((_, slot) => this.node.saved(index + slot));
      },
    });
  });
  return Saved as unknown as new (
    node: Node,
  ) => SavedValues<S, R>;
}
