import { tensor } from '../create.ts';
import type { Outputs } from '../tape/defineOp.ts';
import { noGrad } from '../tape/mode.ts';
import { isFloat, type NumericArray } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, GradientError } from '../tensor/errors.ts';
import { formatPosition, type Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import * as func from '../transforms/func.ts';
import { type TensorFunction, Trace } from '../transforms/trace.ts';
import { discrepancy, numericJvp } from './numeric.ts';

/** Options of {@link gradcheck}. */
export interface GradcheckOptions {
  /** The first step of the differences, times max(1, |x|) of the coordinate; default 0.001. */
  readonly eps?: number;
  /** Accepted difference of small derivatives; default 1e-8. */
  readonly atol?: number;
  /** Accepted difference of large derivatives, relative to the larger of the two; default 1e-7. */
  readonly rtol?: number;
  /** Which sweeps are compared with the differences; both unless given. */
  readonly modes?: readonly ('reverse' | 'forward')[];
}

/** Options of {@link gradgradcheck}. */
export interface GradgradcheckOptions extends GradcheckOptions {
  /** The cotangents of the outputs at which the gradient is taken; fixed numbers of both signs unless given. */
  readonly gradOutputs?: Tensor | readonly Tensor[];
}

/** A differentiable input or output of the function under test, under the name that messages use. */
interface Slot {
  readonly name: string;
  readonly shape: Shape;
}

/**
 * Compares the derivatives of `f` at `inputs` with 5-point differences ({@link numericJvp}): every entry of the Jacobian,
 * as the reverse sweep gives it (row by row) and as the forward sweep does (column by column). All floating point inputs
 * are checked, whether they require grad or not; others are handed through. PyTorch: `torch.autograd.gradcheck`.
 *
 * Two derivatives a and b agree when |a - b| <= atol + rtol * max(|a|, |b|); messages also show their ratio
 * |a - b| / max(1, |a|, |b|), which is meaningful where a plain relative error is not: for the tiny gradients of
 * saturated units.
 *
 * Returns true, or throws: GradientError naming output, input, coordinates, both derivatives and their ratio. Where the
 * differences themselves are too uncertain to tell (a kink, a jump, noise), the error says so instead of blaming the
 * rule. DTypeError for float32, whose differences drown in rounding.
 *
 * @example
 * ```ts
 * import { gradcheck, tensor } from '@tensortape/autograd';
 * const x = tensor([0.5, -1], { dtype: 'float64' });
 * console.log(gradcheck((x) => x.sin().mul(x), x)); // true
 * ```
 */
export function gradcheck(
  f: TensorFunction<Outputs>,
  inputs: Tensor | readonly Tensor[],
  options: GradcheckOptions = {},
): true {
  const { primals, restricted } = differentiable('gradcheck', f, listOf(inputs));
  const slots = primals.map(({ x, name }) => ({ name, shape: x.shape }));
  compare(
    'gradcheck',
    restricted,
    primals.map(({ x }) => x),
    slots,
    (i) => `output ${i}`,
    options,
  );
  return true;
}

/**
 * Compares second derivatives with differences: {@link gradcheck} of the gradient of `f` as a function of the cotangents
 * and the inputs, so reverse over reverse and forward over reverse. PyTorch: `torch.autograd.gradgradcheck`.
 *
 * @example
 * ```ts
 * import { gradgradcheck, tensor } from '@tensortape/autograd';
 * const x = tensor([0.5, -1], { dtype: 'float64' });
 * console.log(gradgradcheck((x) => x.sin().mul(x), x)); // true
 * ```
 */
export function gradgradcheck(
  f: TensorFunction<Outputs>,
  inputs: Tensor | readonly Tensor[],
  options: GradgradcheckOptions = {},
): true {
  const { primals, restricted } = differentiable('gradgradcheck', f, listOf(inputs));
  const xs = primals.map(({ x }) => x);
  const outputs = listOf(noGrad(() => restricted(...xs)));
  const cotangents =
    options.gradOutputs === undefined ? outputs.map(unevenLike) : listOf(options.gradOutputs);
  const gradient = (...all: Tensor[]) => {
    const [, pullback] = func.vjp(restricted, ...all.slice(cotangents.length));
    return pullback(...all.slice(0, cotangents.length));
  };
  const slots = [
    ...cotangents.map(({ shape }, i) => ({ name: `gradOutputs[${i}]`, shape })),
    ...primals.map(({ x, name }) => ({ name, shape: x.shape })),
  ];
  compare(
    'gradgradcheck',
    gradient,
    [...cotangents, ...xs],
    slots,
    (i) => `the gradient of ${primals[i]!.name}`,
    options,
  );
  return true;
}

/** Numbers of both signs and different sizes: a cotangent of ones would hide what cancels in a sum. */
function unevenLike({ size, shape }: Tensor): Tensor {
  const values = Float64Array.from({ length: size }, (_, i) => 0.5 + ((i * 0.6180339887) % 1));
  return tensor(
    values.map((value, i) => (i % 2 === 0 ? value : -value)),
    { shape },
  );
}

/** The floating point inputs, and `f` as a function of them alone. */
function differentiable(op: string, f: TensorFunction<Outputs>, inputs: readonly Tensor[]) {
  const positions = inputs.flatMap(({ dtype }, i) => (isFloat(dtype) ? [i] : []));
  if (positions.length === 0) {
    throw new ArgumentError(`${op}: expected a floating point input, got ${inputs.length} other(s)`);
  }
  for (const i of positions) checkFloat64(op, `input ${i}`, inputs[i]!);
  const primals = positions.map((i) => ({ x: inputs[i]!.detach(), name: `input ${i}` }));
  const restricted: TensorFunction<Outputs> = (...xs) => {
    const all = [...inputs];
    positions.forEach((position, k) => {
      all[position] = xs[k]!;
    });
    return f(...all);
  };
  return { primals, restricted };
}

function checkFloat64(op: string, name: string, x: Tensor): void {
  if (x.dtype === 'float64') return;
  throw new DTypeError(
    `${op}: ${name} is ${x.dtype}; differences in it are dominated by rounding: use float64 (.to('float64'))`,
  );
}

/** Compares full Jacobians in both modes with differences. */
function compare(
  op: string,
  f: TensorFunction<Outputs>,
  primals: readonly Tensor[],
  inputs: readonly Slot[],
  outputName: (index: number) => string,
  { eps = 1e-3, atol = 1e-8, rtol = 1e-7, modes = ['reverse', 'forward'] }: GradcheckOptions,
): void {
  const trace = noGrad(() => new Trace(op, f, primals));
  const { outputs } = trace;
  outputs.forEach((y, i) => {
    checkFloat64(op, outputName(i), y);
  });
  const rows = modes.includes('reverse')
    ? outputs.map((y, o) => units(y).map((u) => trace.pullback(replaced(outputs, o, u)).map(elements)))
    : [];
  inputs.forEach((input, k) => {
    const at = elements(primals[k]!);
    units(primals[k]!).forEach((t, j) => {
      const tangents = replaced(primals, k, t);
      const step = eps * Math.max(1, Math.abs(at[j]!));
      const numeric = numericJvp(f, primals, tangents, { step });
      const columns = modes.includes('forward') ? trace.pushforward(tangents).map(elements) : [];
      outputs.forEach(({ shape }, o) => {
        const { values, errors } = numeric[o]!;
        values.forEach((value, i) => {
          for (const mode of modes) {
            const found = mode === 'reverse' ? rows[o]![i]![k]![j]! : columns[o]![i]!;
            const problem = disagreement(found, value, errors[i]!, atol, rtol);
            if (problem === null) continue;
            const where = `${outputName(o)}${formatPosition(shape, i)} by ${input.name}${formatPosition(input.shape, j)}`;
            throw new GradientError(`${op}: ${where}: ${mode} mode gives ${problem}`);
          }
        });
      });
    });
  });
}

/** Beyond this, relative to max(1, |derivative|), a difference says too little to count as evidence for a rule. */
const CREDIBLE = 1e-5;

/** What is wrong with a derivative, given a numeric one and its uncertainty; null when they agree. */
function disagreement(
  analytic: number,
  numeric: number,
  error: number,
  atol: number,
  rtol: number,
): string | null {
  const difference = Math.abs(analytic - numeric);
  const tolerance = atol + rtol * Math.max(Math.abs(analytic), Math.abs(numeric));
  if (difference <= tolerance) return null;
  const explained = !(difference > tolerance + error);
  if (explained && error <= CREDIBLE * Math.max(1, Math.abs(numeric))) return null;
  const figures =
    `${analytic}, the 5-point difference ${numeric} (uncertain by ${error.toExponential(1)}), ` +
    `ratio ${discrepancy(analytic, numeric).toExponential(1)}`;
  return explained
    ? `${figures}. This proves nothing: the difference itself is not to be trusted there (a kink, a jump or rounding noise ` +
        'near the point); move the input away from it, or pass another eps'
    : `${figures}, more than atol ${atol} + rtol ${rtol} allow: a rule of an operation on the way is wrong, or the value is ` +
        'not a function of the inputs alone';
}

function listOf<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

function elements(x: Tensor): NumericArray {
  return x.toTypedArray();
}

/** Zeros of the shapes of `tensors`, but for one of them. */
function replaced(tensors: readonly Tensor[], at: number, by: Tensor): readonly Tensor[] {
  return tensors.map((x, i) => (i === at ? by : tensor(new Float64Array(x.size), { shape: x.shape })));
}

/** The tensors that are 1 at one element of the shape of `x` and 0 elsewhere. */
function units({ size, shape }: Tensor): Tensor[] {
  return Array.from({ length: size }, (_, i) => {
    const values = new Float64Array(size);
    values[i] = 1;
    return tensor(values, { shape });
  });
}
