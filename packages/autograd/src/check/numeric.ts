import { tensor } from '../create.ts';
import type { Outputs } from '../tape/defineOp.ts';
import { noGrad } from '../tape/mode.ts';
import { isFloat } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import type { TensorFunction } from '../transforms/trace.ts';

/** A derivative found by finite differences. */
export interface NumericDerivative {
  /** One derivative per element of the output, in row-major order. */
  readonly values: Float64Array;
  /** How far each may be from the truth: what halving the step changed, plus rounding, plus a jump of the slope. */
  readonly errors: Float64Array;
}

/** Options of {@link numericJvp}. */
export interface NumericOptions {
  /**
   * The first step h, along the tangents. Default: the fifth root of the rounding, where the error of the formula and
   * that of rounding are in balance (0.0006 in float64).
   */
  readonly step?: number;
  /** The relative rounding of the values of f. Default: that of each output's dtype; larger where f rounds on the way. */
  readonly rounding?: number;
}

/**
 * How far apart two derivatives are: |a - b| / max(1, |a|, |b|), a relative difference for large values and an absolute
 * one for small values, where a relative one says nothing.
 */
export function discrepancy(a: number, b: number): number {
  return Math.abs(a - b) / Math.max(1, Math.abs(a), Math.abs(b));
}

/** Half the distance from 1 to the next larger number of a dtype. */
const roundingOf = (output: Tensor): number => (output.dtype === 'float32' ? 2 ** -24 : 2 ** -53);

/** How often the step is cut to an eighth while the estimate is poor. */
const REFINEMENTS = 3;

/**
 * The derivative of `f` at `primals` in the direction `tangents`, by the 5-point central difference
 *
 * (f(x - 2ht) - 8 f(x - ht) + 8 f(x + ht) - f(x + 2ht)) / 12h,
 *
 * one result per output, with an honest error for each element. The formula is used at h and h/2: what they differ by
 * bounds the error of the finer one, 15 times over for a smooth function, and is large where f jumps or has a kink
 * between the points. A kink at x itself leaves symmetric differences equal; it shows in the second difference,
 * f(x + h) - 2 f(x) + f(x - h), which shrinks like h there and like h^2 where f is smooth. While an error is large, smaller steps are
 * tried, and the best estimate of each element is kept.
 *
 * `primals` must be float64.
 *
 * @example
 * ```ts
 * import { numericJvp, tensor } from '@tensortape/autograd';
 * const x = tensor([0, 1], { dtype: 'float64' });
 * const [derivative] = numericJvp((x) => x.exp(), [x], [tensor([1, 1], { dtype: 'float64' })]);
 * console.log(derivative!.values[1]!.toFixed(9), derivative!.errors[1]! < 1e-10); // 2.718281828 true
 * ```
 */
export function numericJvp<R extends Outputs>(
  f: TensorFunction<R>,
  primals: readonly Tensor[],
  tangents: readonly Tensor[],
  options: NumericOptions = {},
): NumericDerivative[] {
  const line = new Line(f, primals, tangents, options.rounding);
  const { outputs, rounding } = line;
  const { step = Math.max(...rounding) ** 0.2 } = options;
  const best = outputs.map(({ length }) => ({
    values: new Float64Array(length),
    errors: new Float64Array(length).fill(Number.POSITIVE_INFINITY),
  }));
  for (let round = 0, h = step; round <= REFINEMENTS; round++, h /= 8) {
    outputs.forEach((_, output) => {
      line.estimate(output, h, best[output]!);
    });
    const good = best.every(({ values, errors }, output) =>
      errors.every((error, i) => error <= rounding[output]! ** 0.6 * Math.max(1, Math.abs(values[i]!))),
    );
    if (good) break;
  }
  return best;
}

/** A function along a straight line through the primals; each point is evaluated once. */
class Line {
  /** The values of each output at the primals. */
  readonly outputs: readonly Float64Array[];
  /** The relative rounding of each. */
  readonly rounding: readonly number[];
  readonly #at = new Map<number, readonly Float64Array[]>();
  readonly #evaluate: (s: number) => readonly Tensor[];
  /** How far s moves when a coordinate moves by its own size: rounding of the points counts by that much. */
  readonly #reach: number;

  constructor(
    f: TensorFunction<Outputs>,
    primals: readonly Tensor[],
    tangents: readonly Tensor[],
    rounding: number | undefined,
  ) {
    const xs = primals.map((x, i) => coordinates(x, i));
    const ts = tangents.map(float64);
    if (xs.length !== ts.length) {
      throw new ArgumentError(`numericJvp: got ${ts.length} tangents for ${xs.length} inputs`);
    }
    primals.forEach((x, i) => {
      if (!sameShape(x.shape, tangents[i]!.shape)) {
        throw new ArgumentError(
          `numericJvp: tangent ${i} has shape ${formatShape(tangents[i]!.shape)}, its input ${formatShape(x.shape)}`,
        );
      }
    });
    const largest = largestOf(ts);
    this.#reach = largest === 0 ? 0 : largestOf(xs) / largest;
    this.#evaluate = (s) => {
      const moved = xs.map((x, i) =>
        tensor(
          x.map((value, k) => value + s * ts[i]![k]!),
          { shape: primals[i]!.shape },
        ),
      );
      const result = noGrad(() => f(...moved));
      return Array.isArray(result) ? result : [result as Tensor];
    };
    const outputs = this.#evaluate(0);
    outputs.forEach((output, i) => {
      if (!isFloat(output.dtype)) {
        throw new DTypeError(
          `numericJvp: output ${i} is ${output.dtype}, which has no derivative; leave it out`,
        );
      }
    });
    this.rounding = outputs.map((output) => rounding ?? roundingOf(output));
    this.outputs = outputs.map(float64);
    this.#at.set(0, this.outputs);
  }

  /** Replaces those estimates of one output whose error is smaller at step h. */
  estimate(output: number, h: number, { values, errors }: NumericDerivative): void {
    const f = (s: number) => this.#values(s)[output]!;
    const [left2, left, leftHalf, middle] = [f(-2 * h), f(-h), f(-h / 2), f(0)];
    const [right2, right, rightHalf] = [f(2 * h), f(h), f(h / 2)];
    const unit = this.rounding[output]!;
    for (let i = 0; i < values.length; i++) {
      const whole = right[i]! - left[i]!;
      const value = (8 * (rightHalf[i]! - leftHalf[i]!) - whole) / (6 * h);
      const coarse = (8 * whole - (right2[i]! - left2[i]!)) / (12 * h);
      const scale = Math.max(Math.abs(left[i]!), Math.abs(right[i]!));
      const rounding = (4 * unit * scale + 2 ** -52 * this.#reach * Math.abs(value)) / h;
      const second = right[i]! - 2 * middle[i]! + left[i]!;
      const secondHalf = rightHalf[i]! - 2 * middle[i]! + leftHalf[i]!;
      const jump = Math.abs(4 * secondHalf - second) / h;
      const kink = jump > unit ** 0.25 * Math.max(1, Math.abs(value)) ? jump : 0;
      const error = Math.abs(coarse - value) + rounding + kink;
      if (!(error >= errors[i]!)) {
        errors[i] = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
        values[i] = value;
      }
    }
  }

  #values(s: number): readonly Float64Array[] {
    let values = this.#at.get(s);
    if (values === undefined) {
      values = this.#evaluate(s).map(float64);
      this.#at.set(s, values);
    }
    return values;
  }
}

function largestOf(arrays: readonly Float64Array[]): number {
  let largest = 0;
  // NaN fails the comparison: a function that passes over it has a derivative by the others.
  for (const array of arrays)
    for (const value of array) if (Math.abs(value) > largest) largest = Math.abs(value);
  return largest;
}

function float64(x: Tensor): Float64Array {
  return Float64Array.from(x.toTypedArray());
}

function coordinates(x: Tensor, index: number): Float64Array {
  if (x.dtype !== 'float64') {
    throw new DTypeError(
      `numericJvp: input ${index} is ${x.dtype}, and only float64 resolves differences of small steps; convert it with .to('float64')`,
    );
  }
  return float64(x);
}
