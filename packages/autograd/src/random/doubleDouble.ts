/** 2^27 + 1: multiplying by it splits a double into two halves of at most 26 bits (Veltkamp 1968). */
const SPLITTER = 134217729;

/**
 * The rounding error of a product: `a * b` is exactly `product + productError(a, b, product)` when `product` is the
 * double nearest to it (Dekker 1971). Holds while no intermediate overflows (|a|, |b| < 2^996) or underflows.
 */
export function productError(a: number, b: number, product: number): number {
  const wideA = SPLITTER * a;
  const highA = wideA - (wideA - a);
  const lowA = a - highA;
  const wideB = SPLITTER * b;
  const highB = wideB - (wideB - b);
  const lowB = b - highB;
  return lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
}

/** The rounding error of a sum: `a + b` is exactly `sum + sumError(a, b, sum)` when `sum` is the double nearest to it. */
function sumError(a: number, b: number, sum: number): number {
  const back = sum - a;
  return a - (sum - back) + (b - back);
}

/**
 * `a * b + c` rounded once, as the fused multiply-add of a CPU gives it, unless an intermediate underflows or a factor
 * is 2^900 or more.
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  if (c === 0 || !(Math.abs(a) < 2 ** 900 && Math.abs(b) < 2 ** 900)) return sum;
  const first = sumError(product, c, sum);
  const second = productError(a, b, product);
  const low = first + second;
  const result = sum + low;
  const left = low - (result - sum);
  // Where sum + low is half-way between two doubles, what is beyond low decides.
  const isTie = left !== 0 && result + 2 * left - result === 2 * left;
  return isTie && sumError(first, second, low) * Math.sign(left) > 0 ? result + 2 * left : result;
}

/** `a * b + c` rounded once to float32, for float32 arguments: their product is exact in a double. */
export function fusedMultiplyAdd32(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const result = Math.fround(sum);
  if (c === 0) return result;
  const left = sum - result;
  const isTie = left !== 0 && Math.fround(result + 2 * left) - result === 2 * left;
  return isTie && sumError(product, c, sum) * Math.sign(left) > 0 ? result + 2 * left : result;
}
