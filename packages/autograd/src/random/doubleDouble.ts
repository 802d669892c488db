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

/**
 * `a * b + c` with one rounding, as the fused multiply-add of a CPU gives it (but for results within 2^-50 of a
 * half-way case, where the last bit may differ).
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  // Beyond 2^900 the splitting could overflow, and without an addend there is nothing to fuse.
  if (c === 0 || !(Math.abs(a) < 2 ** 900 && Math.abs(b) < 2 ** 900)) return sum;
  const back = sum - product;
  const sumError = product - (sum - back) + (c - back);
  return sum + (sumError + productError(a, b, product));
}
