import { alias, constant, Tensor } from '../tensor/core.ts';
import { isFloat } from '../tensor/dtype.ts';
import { ArgumentError, GradientError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import type { Outputs } from './defineOp.ts';
import { runForward, runRule } from './guard.ts';
import type { Cotangents, Node, Op, Tangents } from './node.ts';
import { isTracked, recordAll } from './record.ts';

/**
 * What `forward` hands on to `backward`. PyTorch: `torch.autograd.function.FunctionCtx`. Anything that is not a tensor may be kept
 * in fields of a subclass of one's own, or in closures; tensors belong into {@link FunctionContext.saveForBackward}.
 */
export class FunctionContext {
  /** Which arguments of `forward` are tensors that a gradient is asked for. PyTorch: `ctx.needs_input_grad`. */
  readonly needsInputGrad: readonly boolean[];
  /** Values that are no tensors: shapes, numbers, options. */
  readonly attributes = new Map<string, unknown>();
  #toSave: readonly Tensor[] = [];
  #withoutGradient: readonly Tensor[] = [];
  #materialize = true;
  #node: Node | null = null;

  /** @internal */
  constructor(needsInputGrad: readonly boolean[]) {
    this.needsInputGrad = needsInputGrad;
  }

  /**
   * Keeps tensors for `backward`: inputs and outputs, so that they are told from constants and checked for changes in place. A
   * tensor that `forward` made on the way serves first derivatives; reading it in a second one is refused. PyTorch:
   * `ctx.save_for_backward`.
   */
  saveForBackward(...tensors: readonly Tensor[]): void {
    this.#toSave = tensors;
  }

  /** The tensors that were kept. Errors: GradientError when they were freed, or changed in place. PyTorch: `ctx.saved_tensors`. */
  get savedTensors(): readonly Tensor[] {
    const node = this.#node;
    return node === null ? this.#toSave : this.#toSave.map((_, i) => node.saved(i));
  }

  /** Says that outputs carry no gradient, as integers do anyway. PyTorch: `ctx.mark_non_differentiable`. */
  markNonDifferentiable(...outputs: readonly Tensor[]): void {
    this.#withoutGradient = outputs;
  }

  /** Whether `backward` gets zeros (the default) or null for outputs that nothing used. PyTorch: `ctx.set_materialize_grads`. */
  setMaterializeGrads(materialize: boolean): void {
    this.#materialize = materialize;
  }

  /** @internal What was kept, and how: read when the forward function has run. */
  static of(context: FunctionContext): {
    readonly saved: readonly Tensor[];
    readonly withoutGradient: readonly Tensor[];
    readonly materialize: boolean;
  } {
    return {
      saved: context.#toSave,
      withoutGradient: context.#withoutGradient,
      materialize: context.#materialize,
    };
  }

  /** @internal Reads from a node from now on, which checks and frees what was kept. */
  static bind(context: FunctionContext, node: Node): FunctionContext {
    context.#node = node;
    return context;
  }
}

/** A class as {@link TapeFunction} describes it. */
export interface FunctionClass {
  /** The name in messages and graphs. */
  readonly name: string;
  /** The value. */
  forward(context: FunctionContext, ...args: never[]): Outputs;
  /** A gradient for each argument of `forward`, null where there is none; one alone for one argument. */
  backward(context: FunctionContext, ...gradients: never[]): Tensor | null | readonly (Tensor | null)[];
  /** The tangents of the outputs, given those of the arguments. */
  jvp?(context: FunctionContext, ...tangents: never[]): Tensor | null | readonly (Tensor | null)[];
  /** Set where `backward` computes on raw arrays: second derivatives are then refused. PyTorch: `once_differentiable`. */
  readonly onceDifferentiable?: boolean;
}

/** The arguments of a function class's `forward` behind the context. */
export type ArgumentsOf<F extends FunctionClass> =
  Parameters<F['forward']> extends [FunctionContext, ...infer A] ? A : never;

/**
 * An operation in the manner of PyTorch's `torch.autograd.Function`, for code that comes from there: a class with static `forward`
 * and `backward`, called through `apply`. See {@link defineOp} for the way that built-in operations are declared.
 *
 * Errors: in `apply` ArgumentError for a forward that changes an input in place or returns what is no tensor; in the sweep
 * GradientError for a wrong number of gradients, and for those of a wrong shape or dtype.
 *
 * @example
 * ```ts
 * import { autograd, type Tensor, tensor } from '@tensortape/autograd';
 * class Exp extends autograd.Function {
 *   static forward(ctx: autograd.FunctionContext, x: Tensor): Tensor {
 *     const y = x.exp();
 *     ctx.saveForBackward(y);
 *     return y;
 *   }
 *   static backward(ctx: autograd.FunctionContext, gradient: Tensor): Tensor {
 *     const [y] = ctx.savedTensors;
 *     return gradient.mul(y!);
 *   }
 * }
 * const x = tensor(0, { requiresGrad: true });
 * Exp.apply(x).backward();
 * console.log(x.grad?.item()); // 1
 * ```
 */
// biome-ignore lint/complexity/noStaticOnlyClass: PyTorch's users derive from a class with static methods.
export abstract class TapeFunction {
  /** Runs `forward` on these arguments and records it. PyTorch: `Function.apply`. */
  static apply<F extends FunctionClass>(this: F, ...args: ArgumentsOf<F>): ReturnType<F['forward']> {
    // biome-ignore lint/complexity/noThisInStatic: the class that is derived from this one.
    return applyFunction(this, args) as ReturnType<F['forward']>;
  }
}

function applyFunction(definition: FunctionClass, args: readonly unknown[]): Outputs {
  const { name } = definition;
  if (typeof definition.forward !== 'function' || typeof definition.backward !== 'function') {
    throw new ArgumentError(`${name}: a Function needs a static forward and a static backward`);
  }
  const places = args.flatMap((arg, i) => (arg instanceof Tensor ? [i] : []));
  const inputs = places.map((i) => args[i] as Tensor);
  const context = new FunctionContext(args.map((arg) => arg instanceof Tensor && isTracked(arg)));
  const names = places.map((i) => `argument ${i}`);
  const forward = () => Reflect.apply(definition.forward, definition, [context, ...args]) as Outputs;
  const { result, made } = runForward(name, names, inputs, forward);
  const several = Array.isArray(result);
  const list: readonly Tensor[] = several ? result : [result as Tensor];
  // A forward that hands back an input must not move that input on the tape.
  const outputs = list.map((y) => (inputs.includes(y) ? alias(y) : y));
  if (!inputs.some(isTracked)) return several ? outputs : outputs[0]!;
  const { saved, withoutGradient, materialize } = FunctionContext.of(context);
  const kept = saved.map((x) => outputs[list.indexOf(x)] ?? x);
  const op = functionOp(definition, args.length, places, names, kept.length, materialize);
  const silent = list.map((y) => withoutGradient.includes(y) || !isFloat(y.dtype));
  recordAll(op, inputs, outputs, kept, context, made);
  outputs.forEach((y, i) => {
    if (silent[i]) Tensor.attach(y, null, 0);
  });
  return several ? outputs : outputs[0]!;
}

/** The operation of one call: a class's rules work on the arguments that it was given. */
function functionOp(
  definition: FunctionClass,
  count: number,
  places: readonly number[],
  names: readonly string[],
  saves: number,
  materialize: boolean,
): Op {
  const { name, onceDifferentiable = false } = definition;
  const contextOf = (node: Node) => FunctionContext.bind(node.attributes as FunctionContext, node);
  const asList = <T>(value: T | readonly T[]): readonly T[] =>
    Array.isArray(value) ? (value as readonly T[]) : [value as T];
  const vjp = (cotangents: Cotangents, node: Node): readonly (Tensor | null)[] => {
    const gradients = cotangents.map((g, i) => {
      const { dtype, shape } = node.outputs[i]!;
      return g === null && materialize ? constant(0, dtype, shape) : g;
    });
    const result = runRule(
      node,
      cotangents,
      () => Reflect.apply(definition.backward, definition, [contextOf(node), ...gradients]) as Tensor | null,
    );
    const list = asList<Tensor | null>(result);
    if (list.length !== count) {
      throw new GradientError(
        `${name}: backward returned ${list.length} gradient(s) for the ${count} argument(s) of forward; return null for those without`,
      );
    }
    const wrong = list.findIndex((g, i) => g !== null && !places.includes(i));
    if (wrong >= 0) {
      throw new GradientError(
        `${name}: backward returned ${kindOf(list[wrong])} for argument ${wrong} of forward, which is no tensor; return null`,
      );
    }
    return places.map((i) => list[i]!);
  };
  const jvp = (tangents: Tangents, node: Node): readonly (Tensor | null)[] => {
    const all = Array.from({ length: count }, (_, i) => tangents[places.indexOf(i)] ?? null);
    return asList<Tensor | null>(
      runRule(
        node,
        tangents,
        () => Reflect.apply(definition.jvp!, definition, [contextOf(node), ...all]) as Tensor | null,
      ),
    );
  };
  return {
    name,
    inputs: names,
    saves: Array.from({ length: saves }, (_, i) => `saved tensor ${i}`),
    vjp: () => null,
    jointVjp: (cotangents, node) => vjp(cotangents, node),
    jvp: definition.jvp === undefined ? null : jvp,
    onceDifferentiable,
  };
}
