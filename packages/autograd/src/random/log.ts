import { productError } from './doubleDouble.ts';

/** Fractional bits of the integers in which the tables are computed. */
const PRECISION = 128n;
/** The high parts of the tables are multiples of 2^-42, so that sums of them with 11-bit multiples are exact. */
const HIGH_BITS = 42n;
/** Intervals of the mantissa [1, 2). */
const STEPS = 128;
/** Mantissas from (STEPS + HALVE_FROM) / STEPS on, about sqrt(2), are halved, so that logarithms near 1 do not cancel. */
const HALVE_FROM = 54;

interface LogTables {
  /** High and low parts of ln c for the centres c of the intervals. */
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly ln2High: number;
  readonly ln2Low: number;
}

/**
 * ln c at c = 1 + j/128 (halved from {@link HALVE_FROM} on), from ln((n+1)/n) = 2 atanh(1/(2n+1)), in integers
 * with 128 fractional bits.
 */
function makeTables(): LogTables {
  const logs = [0n];
  for (let j = 0; j < STEPS; j++) {
    const inverse = BigInt(2 * (STEPS + j) + 1);
    let step = 0n;
    let power = (2n << PRECISION) / inverse;
    for (let k = 1n; power > 0n; k += 2n) {
      step += power / k;
      power /= inverse * inverse;
    }
    logs.push(logs[j]! + step);
  }
  const ln2 = logs[STEPS]!;
  const high = new Float64Array(STEPS + 1);
  const low = new Float64Array(STEPS + 1);
  const split = (value: bigint): [number, number] => {
    const shift = PRECISION - HIGH_BITS;
    const rounded = (value + (1n << (shift - 1n))) >> shift;
    return [Number(rounded) * 2 ** -42, Number(value - (rounded << shift)) * 2 ** -128];
  };
  logs.forEach((log, j) => {
    [high[j], low[j]] = split(j < HALVE_FROM ? log : log - ln2);
  });
  const [ln2High, ln2Low] = split(ln2);
  return { high, low, ln2High, ln2Low };
}

const { high: HIGH, low: LOW, ln2High: LN2_HIGH, ln2Low: LN2_LOW } = /* @__PURE__ */ makeTables();

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
/** Index of the word with sign and exponent; the other one is the low word. */
const TOP = /* @__PURE__ */ (() => {
  float[0] = 1;
  return words[1] === 0 ? 0 : 1;
})();

/**
 * The natural logarithm, correctly rounded but for about one argument in 10^5 (error below 0.50002 ulp), and the
 * same in every JavaScript engine. `Math.log` is off in the last bit for some 3 % of arguments, differently in
 * different engines, so seeded normals would not match NumPy's.
 *
 * With x = 2^e m and c the centre of m's interval, ln x = e ln 2 + ln c + 2 atanh((m - c) / (m + c)), where the
 * quotient s is carried in two doubles and |s| < 1/360, so that the odd series ends with s^7.
 *
 * @param x - any number: NaN below 0, -Infinity at 0, Infinity at Infinity.
 */
export function log(x: number): number {
  if (!(x > 0 && x < Number.POSITIVE_INFINITY))
    return x === 0 ? Number.NEGATIVE_INFINITY : x > 0 ? x : Number.NaN;
  let exponent = -1023;
  float[0] = x;
  if (x < 2 ** -1022) {
    float[0] = x * 2 ** 54;
    exponent -= 54;
  }
  const top = words[TOP]!;
  exponent += top >>> 20;
  words[TOP] = (top & 0xfffff) | 0x3ff00000;
  const index = ((top & 0xfffff) + 0x1000) >>> 13;
  // 1 from HALVE_FROM on, else 0, without a branch: it would be mispredicted half of the time.
  const halved = (index + (STEPS - HALVE_FROM)) >>> 7;
  const scale = 1 - 0.5 * halved;
  const mantissa = float[0] * scale;
  const centre = (1 + index / STEPS) * scale;
  exponent += halved;

  const difference = mantissa - centre;
  const sum = 2 * centre + difference;
  const sumError = difference - (sum - 2 * centre);
  const s = difference / sum;
  const product = s * sum;
  const remainder = difference - product - productError(s, sum, product) - s * sumError;
  const z = s * s;
  const tail = (2 * remainder) / sum + s * z * (2 / 3 + z * (2 / 5 + z * (2 / 7)));

  const base = exponent * LN2_HIGH + HIGH[index]!;
  const head = base + 2 * s;
  if (base === 0) return head + tail;
  return head + (2 * s - (head - base) + (tail + (exponent * LN2_LOW + LOW[index]!)));
}
