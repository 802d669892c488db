import { ArgumentError, formatShape, func, grad, type Nested, Tensor, tensor } from '@tensortape/autograd';
import { ExpressionError, UndefinedError } from '../expressions/error.ts';
import { type Program, parseProgram } from '../expressions/program.ts';
import { type Variant, variantsOf } from '../expressions/variant.ts';
import { replayed } from './replay.ts';

/** Tensors by name. */
export type Named = Readonly<Record<string, Tensor>>;

/** A function of named tensors that gives one tensor. */
export type NamedFunction = (inputs: Named) => Tensor;

/**
 * A claimed derivative: an expression in the inputs, the steps, and the derivatives by other steps (`dh` is the one by `h`); a function of the
 * inputs; or its elements at a given point.
 */
export type Claim = string | ((inputs: Named) => Nested | Tensor) | Nested | Tensor;

/** What derivatives are claimed of: a program's output, or a function. */
export class Subject {
  /** What the output is called in messages. */
  readonly output: string;
  /** The names of the steps that derivatives may be claimed by, first to last. */
  readonly steps: readonly string[];
  readonly #program: Program | null;
  readonly #f: NamedFunction;

  constructor(f: Program | NamedFunction, output: string | undefined) {
    this.#program = typeof f === 'function' ? null : f;
    this.output = output ?? this.#program?.outputs[0] ?? 'f';
    if (this.#program !== null && !this.#program.outputs.includes(this.output)) {
      throw new ArgumentError(
        `checkDerivative: there is no output '${this.output}'; the outputs are ${this.#program.outputs.join(', ')}`,
      );
    }
    this.steps =
      this.#program?.statements.flatMap(({ name }) =>
        name === null || name === this.output ? [] : [name],
      ) ?? [];
    this.#f =
      typeof f === 'function'
        ? (inputs) => replayed(() => f(inputs))
        : (inputs) => f.run(inputs).outputs.get(this.output)!;
  }

  /** The value, also outside of the domain, where differences may step; steps that are given with the inputs are moved alone. */
  value(at: Named): Tensor {
    const program = this.#program;
    if (program === null) return this.#f(at).to('float64');
    const [inputs, moved] = [false, true].map((isStep) =>
      Object.fromEntries(Object.entries(at).filter(([name]) => this.steps.includes(name) === isStep)),
    );
    const { outputs } = program.run(inputs!, { allowUndefined: true, moved: moved! });
    return outputs.get(this.output)!.to('float64');
  }

  /** The value at a point; refuses points outside of the domain. */
  check(inputs: Named): Tensor {
    return this.#f(inputs).to('float64');
  }

  /** The derivative by an input: of the shape of the input, or, where the output has several elements, of the output's followed by it. */
  derivative(inputs: Named, by: string, variant?: Variant): Tensor {
    const f = (x: Tensor): Tensor => {
      const all = { ...inputs, [by]: x };
      const y =
        variant === undefined || this.#program === null
          ? this.value(all)
          : this.#program.run(all, { allowUndefined: true, variant }).outputs.get(this.output)!;
      // A function that does not depend on the input has derivative 0, and jacobian() takes it for a slip.
      return y.add(x.sum().mul(0));
    };
    const jacobian = func.jacobian(f)(inputs[by]!);
    return jacobian.shape.length > inputs[by]!.ndim && this.value(inputs).size === 1
      ? jacobian.reshape(inputs[by]!.shape)
      : jacobian;
  }

  /** The values of the steps, and the derivatives of the output by each. */
  atSteps(inputs: Named, variant?: Variant): { readonly values: Named; readonly derivatives: Named } {
    if (this.#program === null || this.steps.length === 0) return { values: {}, derivatives: {} };
    const leaves = Object.fromEntries(
      Object.entries(inputs).map(([name, x]) => [name, x.detach().requiresGrad_()]),
    );
    const { steps, outputs } = this.#program.run(leaves, {
      allowUndefined: true,
      ...(variant && { variant }),
    });
    const y = outputs.get(this.output)!;
    const values = Object.fromEntries(this.steps.map((name) => [name, steps.get(name)!]));
    if (y.size !== 1 || !y.requiresGrad) return { values: detached(values), derivatives: {} };
    const tracked = Object.entries(values).filter(([, step]) => step.requiresGrad);
    const found = grad(
      y,
      tracked.map(([, step]) => step),
      { allowUnused: true },
    );
    const derivatives = Object.fromEntries(
      tracked.map(([name, step], i) => [
        name,
        found[i] ?? tensor(new Float64Array(step.size), { shape: step.shape }),
      ]),
    );
    return { values: detached(values), derivatives };
  }

  /** The mistakes that can be made on the way, last step first, as the chain rule walks. */
  variants(): Variant[] {
    return this.#program?.statements.toReversed().flatMap(({ value }) => variantsOf(value)) ?? [];
  }

  /** A part of the program's text. */
  textOf({ call: { at } }: Variant): string {
    return this.#program?.source.slice(at.start, at.end) ?? '';
  }
}

const detached = (tensors: Named): Named =>
  Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, x.detach()]));

/** A claim ready to be asked for its value. */
export interface Claimed {
  readonly by: string;
  /** Whether it is known at one point only. */
  readonly isFixed: boolean;
  readonly at: (inputs: Named, steps: ReturnType<Subject['atSteps']>) => ClaimedValue | Refused;
}

/** Why a claim cannot be computed at a point, such as a product of matrices that do not fit. */
export interface Refused {
  readonly refusal: string;
}

/** A claim at a point. */
export interface ClaimedValue {
  /** Its value; null where it has none at all. */
  readonly value: Tensor | null;
  /** Whether it was computed in float32. */
  readonly isCoarse: boolean;
  /** Why the value, or part of it, is not a number; null where all is. */
  readonly undefinedBy: string | null;
}

/** Parses a claim that is an expression, and turns all kinds into one. */
export async function claimOf(
  subject: Subject,
  inputs: readonly string[],
  by: string,
  claim: Claim,
): Promise<Claimed> {
  if (typeof claim === 'string') {
    const derivatives = subject.steps.map((step) => `d${step}`);
    const program = await parseProgram(claim, {
      inputs: [...new Set([...inputs, ...subject.steps, ...derivatives])],
    });
    return {
      by,
      isFixed: false,
      at: (at, steps) => {
        const all: Record<string, Tensor> = { ...steps.values, ...at };
        for (const name of subject.steps)
          all[`d${name}`] ??= steps.derivatives[name] ?? tensor(0, { dtype: 'float64' });
        return compute(program, all);
      },
    };
  }
  const of = (value: Nested | Tensor) => {
    const given = value instanceof Tensor ? value.detach() : tensor(value, { dtype: 'float64' });
    return { value: given.to('float64'), isCoarse: given.dtype === 'float32', undefinedBy: null };
  };
  if (typeof claim === 'function') return { by, isFixed: false, at: (at) => of(claim(at)) };
  return { by, isFixed: true, at: () => of(claim) };
}

/** The value of a claim; outside of a domain, with the elements that it has all the same. */
function compute(program: Program, inputs: Named): ClaimedValue | Refused {
  const run = (allowUndefined: boolean) => [...program.run(inputs, { allowUndefined }).outputs.values()][0]!;
  try {
    return { value: run(false), isCoarse: false, undefinedBy: null };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    if (!(error instanceof UndefinedError)) return { refusal: error.message };
    const { reason: undefinedBy } = error;
    // No element of the inverse of a singular matrix is a number.
    const isWhole = error.cause !== undefined;
    return { value: isWhole ? null : run(true), isCoarse: false, undefinedBy };
  }
}

/** Named tensors as text, for messages: `x = [1, 2], n = 3`. */
export function formatInputs(inputs: Named): string {
  return Object.entries(inputs)
    .map(
      ([name, x]) =>
        `${name} = ${x.size > 30 ? `a tensor of shape ${formatShape(x.shape)}` : JSON.stringify(x.toArray())}`,
    )
    .join(', ');
}
