import { autograd, Tensor } from '@tensortape/autograd';

/** Called before a module's forward with its arguments; what it returns, if anything, replaces them. */
export type ForwardPreHook<M, Args> = (module: M, args: Args) => Args | undefined;

/** Called after a module's forward with its arguments and result; what it returns, if anything, replaces the result. */
export type ForwardHook<M, Args, Output> = (module: M, args: Args, output: Output) => Output | undefined;

/** A gradient for each tensor among arguments or results, null where there is none. */
export type Gradients = readonly (Tensor | null)[];

/** Called with the gradients of a module's results, before they go into it; what it returns, if anything, replaces them. */
export type BackwardPreHook<M> = (module: M, gradOutput: Gradients) => Gradients | undefined;

/** Called with the gradients of a module's arguments and results; what it returns, if anything, replaces those of the arguments. */
export type BackwardHook<M> = (
  module: M,
  gradInput: Gradients,
  gradOutput: Gradients,
) => Gradients | undefined;

/** The hooks of a module; each one's own signature is checked where it is registered. */
export interface Hooks {
  readonly before: Set<(...args: never[]) => unknown>;
  readonly after: Set<(...args: never[]) => unknown>;
  readonly backwardBefore: Set<(...args: never[]) => unknown>;
  readonly backward: Set<(...args: never[]) => unknown>;
}

/** Runs a module's forward between its hooks. */
export function runWithHooks(
  { before, after, backwardBefore, backward }: Hooks,
  module: unknown,
  forward: (args: never[]) => unknown,
  args: never[],
): unknown {
  let inputs = args;
  for (const hook of [...before]) inputs = Reflect.apply(hook, undefined, [module, inputs]) ?? inputs;
  const hasBackward = backwardBefore.size + backward.size > 0;
  let output = hasBackward
    ? withBackwardHooks({ backwardBefore, backward }, module, forward, inputs)
    : forward(inputs);
  for (const hook of [...after]) output = Reflect.apply(hook, undefined, [module, inputs, output]) ?? output;
  return output;
}

/** Has the gradients that leave and enter a call of `forward` pass by hooks. */
function withBackwardHooks(
  { backwardBefore, backward }: Pick<Hooks, 'backwardBefore' | 'backward'>,
  module: unknown,
  forward: (args: never[]) => unknown,
  args: never[],
): unknown {
  let gradOutput: Gradients = [];
  const tracked = tensorsIn(args).some(({ requiresGrad }) => requiresGrad);
  const call = (gradInput: Gradients): Gradients => {
    let gradients = gradInput;
    for (const hook of [...backward]) {
      gradients = (Reflect.apply(hook, undefined, [module, gradients, gradOutput]) as Gradients) ?? gradients;
    }
    return gradients;
  };
  const inputs = tracked ? (watch(args, call) as never[]) : args;
  return watch(forward(inputs), (gradients) => {
    gradOutput = gradients;
    for (const hook of [...backwardBefore]) {
      gradOutput = (Reflect.apply(hook, undefined, [module, gradOutput]) as Gradients) ?? gradOutput;
    }
    // No gradient will leave the module by its arguments: this is the only chance.
    if (!tracked) call(tensorsIn(args).map(() => null));
    return gradOutput;
  });
}

/** `value` with the tensors in it (in lists too) passed on by one operation, whose gradients `see` may replace. */
function watch(value: unknown, see: (gradients: Gradients) => Gradients): unknown {
  class BackwardHooks extends autograd.Function {
    static forward(context: autograd.FunctionContext, ...tensors: Tensor[]): readonly Tensor[] {
      context.setMaterializeGrads(false);
      return tensors;
    }
    static backward(context: autograd.FunctionContext, ...gradients: (Tensor | null)[]): Gradients {
      return see(gradients.map((gradient, i) => (context.needsInputGrad[i] ? gradient : null)));
    }
    static jvp(_context: autograd.FunctionContext, ...tangents: (Tensor | null)[]): Gradients {
      return tangents;
    }
  }
  const tensors = tensorsIn(value);
  if (!tensors.some(({ requiresGrad }) => requiresGrad)) return value;
  const passed = [...BackwardHooks.apply(...tensors)];
  return replaceTensors(value, () => passed.shift()!);
}

/** The tensors in a value and in the lists in it, in order. */
function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  return Array.isArray(value) ? value.flatMap(tensorsIn) : [];
}

function replaceTensors(value: unknown, next: () => Tensor): unknown {
  if (value instanceof Tensor) return next();
  return Array.isArray(value) ? value.map((item) => replaceTensors(item, next)) : value;
}
