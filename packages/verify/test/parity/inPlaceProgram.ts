import { arange, grad, noGrad, numericJvp, type Tensor, tensor, zerosLike } from '@tensortape/autograd';
import { type Draw, drawIndex } from '../../src/ops/kit.ts';
import { encode } from './python.ts';

/** A value of the program: an input, or what an earlier step gave; `positive` is the mask of where it is above 0. */
export type Argument = { readonly ref: number } | { readonly positive: number } | number | readonly number[];

/** A call of a method; methods that end in an underscore change their first argument, which is also what they give. */
export interface InPlaceStep {
  readonly method: string;
  readonly args: readonly [{ readonly ref: number }, ...Argument[]];
  /** Whether it runs outside of noGrad. */
  readonly recorded: boolean;
}

/** Views, functions and changes in place of float64 tensors. */
export interface InPlaceProgram {
  readonly inputs: readonly Tensor[];
  readonly steps: readonly InPlaceStep[];
  /** The values that are added up to what is differentiated. */
  readonly outputs: readonly number[];
}

/** What a program leaves behind. */
export interface InPlaceRun {
  readonly values: readonly Tensor[];
  readonly gradients: readonly Tensor[] | null;
}

type Method = (this: Tensor, ...args: readonly unknown[]) => Tensor;

function runStep({ method, args, recorded }: InPlaceStep, values: readonly Tensor[]): Tensor {
  const resolve = (argument: Argument): unknown => {
    if (typeof argument === 'number' || !('ref' in argument || 'positive' in argument)) return argument;
    return 'ref' in argument ? values[argument.ref]! : values[argument.positive]!.gt(0);
  };
  const [x, ...operands] = args.map(resolve) as [Tensor, ...unknown[]];
  const call = () => (x[method as keyof Tensor] as unknown as Method).call(x, ...operands);
  return recorded ? call() : noGrad(call);
}

function total(outputs: readonly Tensor[]): Tensor {
  const weighted = outputs.map((y) =>
    y.mul(arange(y.size, { dtype: 'float64' }).cos().reshape(y.shape)).sum(),
  );
  return weighted.reduce((a, b) => a.add(b));
}

/** Runs a program on copies of its inputs, which require grad. */
export function runInPlace({ inputs, steps, outputs }: InPlaceProgram): InPlaceRun {
  const leaves = inputs.map((x) => x.clone().requiresGrad_());
  const values = [...leaves];
  for (const step of steps) values.push(runStep(step, values));
  const sum = total(outputs.map((i) => values[i]!));
  if (!sum.requiresGrad) return { values, gradients: null };
  const gradients = grad(sum, leaves, { allowUnused: true });
  return { values, gradients: gradients.map((g, i) => g ?? zerosLike(leaves[i]!)) };
}

/** Whether all that a value depends on is differentiated: then differences of values show its gradient. */
export function isWhole({ steps }: InPlaceProgram): boolean {
  return steps.every(({ method, recorded }) => recorded && method !== 'detach' && method !== 'relu_');
}

/** The derivative along a direction of all inputs, by differences: nothing is recorded. */
export function numericDerivative({ inputs, steps, outputs }: InPlaceProgram, directions: readonly Tensor[]) {
  const f = (...xs: Tensor[]) => {
    const values = xs.map((x) => x.clone());
    for (const step of steps) values.push(runStep(step, values));
    return total(outputs.map((i) => values[i]!));
  };
  return numericJvp(f, inputs, directions)[0]!;
}

/** The program as a question to Python. */
export function question({ inputs, steps, outputs }: InPlaceProgram): unknown {
  return { kind: 'in place', inputs: inputs.map(encode), steps, outputs };
}

const shapes = [[3], [2, 3], [3, 3], [2, 1, 3], [2, 2, 2], []] as const;

/** What may be called: a method with arguments for a tensor, or null where it does not suit it. */
type Recipe = (x: Tensor, pick: Pick) => readonly [method: string, ...args: Argument[]] | null;

interface Pick {
  integer(low: number, high: number): number;
  /** A number, or a value that may stand beside x. */
  operand(x: Tensor): Argument;
}

const views: readonly Recipe[] = [
  (x, pick) => (x.ndim === 0 ? null : ['select', pick.integer(0, x.ndim - 1), 0]),
  (x, pick) => {
    if (x.ndim === 0) return null;
    const dim = pick.integer(0, x.ndim - 1);
    const start = pick.integer(0, x.shape[dim]! - 1);
    return ['narrow', dim, start, pick.integer(1, x.shape[dim]! - start)];
  },
  (x) => ['unsqueeze', x.ndim],
  (x) => (x.ndim !== 1 ? null : ['expand', [2, x.size]]),
  () => ['detach'],
];

/**
 * Results in PyTorch have the order of axes in memory of their operands, here they are row-major; whether a reshape is a view
 * may depend on it. So a program has either reshapes or views that change the order.
 */
const reshaping: readonly Recipe[] = [(x) => ['reshape', [x.size]]];
const reordering: readonly Recipe[] = [
  (x) => (x.ndim < 2 ? null : ['transpose', 0, 1]),
  (x) => (x.ndim < 2 ? null : ['diagonal']),
];

const functions: readonly Recipe[] = [
  (x, pick) => ['mul', pick.operand(x)],
  (x, pick) => ['add', pick.operand(x)],
  (x, pick) => ['sub', pick.operand(x)],
  () => ['sin'],
  () => ['tanh'],
  () => ['sigmoid'],
  () => ['square'],
  () => ['exp'],
  () => ['clone'],
];

const changes: readonly Recipe[] = [
  (x, pick) => ['add_', pick.operand(x)],
  (x, pick) => ['sub_', pick.operand(x)],
  (x, pick) => ['mul_', pick.operand(x)],
  () => ['div_', 2],
  () => ['tanh_'],
  () => ['sin_'],
  () => ['sigmoid_'],
  () => ['relu_'],
  () => ['square_'],
  () => ['zero_'],
  (_, pick) => ['fill_', pick.integer(-1, 2)],
  (x, pick) => {
    const source = pick.operand(x);
    return typeof source === 'number' ? null : ['copy_', source];
  },
  (x, pick) => {
    const mask = pick.operand(x);
    return typeof mask === 'number' || !('ref' in mask) ? null : ['maskedFill_', { positive: mask.ref }, 0.5];
  },
  (x, pick) => (x.ndim === 0 ? null : ['set_', pick.integer(0, x.shape[0]! - 1), pick.integer(-1, 1)]),
];

/** Programs stay where rounding is not magnified. */
const LARGEST = 100;

/** A program of 4 to 12 steps, many of them changes in place. */
export function drawInPlaceProgram(draw: Draw): InPlaceProgram {
  const integer = (low: number, high: number) => low + drawIndex(draw, high - low + 1);
  const input = () => {
    const shape = shapes[drawIndex(draw, shapes.length)]!;
    const size = shape.reduce((a: number, b: number) => a * b, 1);
    const data = Float64Array.from({ length: size }, () => integer(-64, 64) / 32);
    return tensor(data, { shape });
  };
  const inputs = Array.from({ length: integer(1, 3) }, input);
  const values = inputs.map((x) => x.clone());
  const operand = (x: Tensor): Argument => {
    // PyTorch leaves open what a change reads of elements that it has already written through another view.
    const fitting = values.flatMap((value, ref) =>
      String(value.shape) === String(x.shape) && (value === x || value.storage !== x.storage) ? [ref] : [],
    );
    return drawIndex(draw, 4) === 0 ? integer(-2, 2) / 2 : { ref: fitting[drawIndex(draw, fitting.length)]! };
  };
  const steps: InPlaceStep[] = [];
  const viewing = new Set<number>();
  const showsInput = (ref: number) =>
    values.slice(0, inputs.length).some(({ storage }) => storage === values[ref]!.storage);
  const length = integer(4, 12);
  const shown = [...views, ...(drawIndex(draw, 2) === 0 ? reshaping : reordering)];
  for (let attempts = 0; steps.length < length && attempts < 10 * length; attempts++) {
    const recipes = [shown, functions, changes, changes][drawIndex(draw, 4)]!;
    const ref = drawIndex(draw, values.length);
    // Changes of inputs and of views are refused: a few are enough.
    const refused = steps[ref - inputs.length] === undefined || viewing.has(ref) || showsInput(ref);
    if (recipes === changes && refused && drawIndex(draw, 12) > 0) continue;
    const drawn = recipes[drawIndex(draw, recipes.length)]!(values[ref]!, { integer, operand });
    if (drawn === null) continue;
    const [method, ...args] = drawn;
    const step: InPlaceStep = { method, args: [{ ref }, ...args], recorded: drawIndex(draw, 8) > 0 };
    try {
      values.push(runStep(step, values));
    } catch {
      // Elements that share memory, as expand leaves them.
      continue;
    }
    steps.push(step);
    if (recipes === shown) viewing.add(values.length - 1);
    if (values.some((x) => x.toTypedArray().some((v) => Math.abs(v) > LARGEST))) break;
  }
  const outputs = values.flatMap((_, i) => (i >= values.length - 2 || drawIndex(draw, 4) === 0 ? [i] : []));
  return { inputs, steps, outputs };
}

/** The program as a script. */
export function toScript({ inputs, steps, outputs }: InPlaceProgram): string {
  const name = (ref: number) => (ref < inputs.length ? `x${ref}` : `v${ref - inputs.length}`);
  const source = (argument: Argument): string => {
    if (typeof argument === 'number') return String(argument);
    if ('ref' in argument) return name(argument.ref);
    return 'positive' in argument ? `${name(argument.positive)}.gt(0)` : `[${argument.join(', ')}]`;
  };
  return [
    ...inputs.map(
      (x, i) =>
        `const x${i} = tensor(${JSON.stringify(x.toArray())}, { dtype: 'float64', requiresGrad: true });`,
    ),
    ...steps.map(({ method, args: [x, ...rest], recorded }, i) => {
      const call = `${source(x)}.${method}(${rest.map(source).join(', ')})`;
      return `const v${i} = ${recorded ? call : `noGrad(() => ${call})`};`;
    }),
    `// outputs: ${outputs.map(name).join(', ')}`,
  ].join('\n');
}
