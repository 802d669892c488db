import { arange, func, onesLike, type Tensor, tensor } from '@tensortape/autograd';
import { type RegisteredOp, registry } from '@tensortape/autograd/registry';
import { Call, format, isFloating, results } from '../../src/ops/call.ts';

/** Stands for a value of the program: an input, or what an earlier step gave. */
export interface Ref {
  readonly ref: number;
}

/** One operation of a program. Values are numbered from the inputs on. */
export interface Step {
  readonly name: string;
  /** References, lists of references, constants, options. */
  readonly args: readonly unknown[];
  /** Which of its results is the value of the step. */
  readonly pick: number;
}

/** Operations on each other's results. What no step uses is an output. */
export interface Program {
  readonly inputs: readonly Tensor[];
  readonly steps: readonly Step[];
  /** Whether second derivatives are compared too. */
  readonly twice: boolean;
}

/** What a program computes. */
export interface Run {
  readonly values: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  readonly seconds: readonly Tensor[];
}

export const opsByName: ReadonlyMap<string, RegisteredOp> = new Map(registry.map((op) => [op.name, op]));

export function isRef(value: unknown): value is Ref {
  return typeof value === 'object' && value !== null && 'ref' in value;
}

/** An argument with its references replaced. */
export function resolve(argument: unknown, lookUp: (ref: number) => unknown): unknown {
  if (isRef(argument)) return lookUp(argument.ref);
  return Array.isArray(argument) ? argument.map((item) => resolve(item, lookUp)) : argument;
}

/** The values that the steps refer to. */
export function refsOf(argument: unknown): readonly number[] {
  if (isRef(argument)) return [argument.ref];
  return Array.isArray(argument) ? argument.flatMap(refsOf) : [];
}

/** The value of a step. */
export function runStep({ name, args, pick }: Step, values: readonly Tensor[]): Tensor {
  const op = opsByName.get(name);
  if (op === undefined) throw new Error(`there is no operation '${name}'`);
  return results(op, new Call(args.map((argument) => resolve(argument, (ref) => values[ref]!))))[pick]!
    .tensor;
}

function evaluate({ steps }: Program, inputs: readonly Tensor[]): readonly Tensor[] {
  const values = [...inputs];
  for (const step of steps) values.push(runStep(step, values));
  return values;
}

/** The weighted sum of the outputs, and all values on the way. */
function total(program: Program, inputs: readonly Tensor[]): Tensor | null {
  const values = evaluate(program, inputs);
  const used = new Set(program.steps.flatMap(({ args }) => refsOf(args)));
  const outputs = values.filter((value, i) => !used.has(i) && value.requiresGrad);
  const sums = outputs.map((y) => y.to('float64').mul(weights(y)).sum());
  return sums.length === 0 ? null : sums.reduce((a, b) => a.add(b));
}

function weights({ shape, size }: Tensor): Tensor {
  return arange(size, { dtype: 'float64' }).cos().reshape(shape);
}

/** Runs a program here. */
export function run(program: Program): Run {
  const { inputs, twice } = program;
  const values = evaluate(program, inputs).slice(inputs.length);
  const floats = inputs.filter(isFloating);
  const fill = (xs: readonly Tensor[]) => {
    let at = 0;
    return inputs.map((x) => (isFloating(x) ? xs[at++]! : x));
  };
  let reached = floats.length > 0;
  const gradient = (...xs: Tensor[]) =>
    func.vjp(
      (...own: Tensor[]) => {
        const sum = total(program, fill(own));
        reached &&= sum !== null;
        return [sum ?? own[0]!.sum().mul(0).to('float64')];
      },
      ...xs,
    )[1](tensor(1, { dtype: 'float64' }));
  if (floats.length === 0) return { values, gradients: [], seconds: [] };
  const gradients = gradient(...floats);
  if (!reached) return { values, gradients: [], seconds: [] };
  if (!twice) return { values, gradients, seconds: [] };
  const seconds = func.vjp(gradient, ...floats)[1](...gradients.map((g) => onesLike(g)));
  return { values, gradients, seconds };
}

const variable = (ref: number, inputs: number) => (ref < inputs ? `x${ref}` : `v${ref - inputs}`);

/** The program as a script for tensortape, with its constants. */
export function toTypeScript({ inputs, steps }: Program): string {
  const names = [...new Set(steps.map(({ name }) => name)), 'tensor'].sort();
  const source = (argument: unknown): string => {
    if (isRef(argument)) return variable(argument.ref, inputs.length);
    return Array.isArray(argument) ? `[${argument.map(source).join(', ')}]` : format(argument);
  };
  return [
    `import { ${names.join(', ')} } from 'tensortape';`,
    ...inputs.map((x, i) => {
      const grad = isFloating(x) ? '.requiresGrad_()' : '';
      return `const x${i} = ${format(x)}${grad}; // (${x.shape}) ${x.dtype}`;
    }),
    ...steps.map(({ name, args, pick }, i) => {
      const picked = pick === 0 ? '' : `; // result ${pick}`;
      return `const v${i} = ${name}(${args.map(source).join(', ')});${picked}`;
    }),
  ].join('\n');
}
