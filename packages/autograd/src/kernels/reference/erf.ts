/**
 * The complementary error function, to a few units in the last place, relatively in the right tail too. Below 2 by the series of
 * positive terms of A&S 7.1.6, above by the continued fraction of A&S 7.1.14.
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (!(x <= 27)) return Number.isNaN(x) ? x : 0;
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2) {
    let term = 2 * x;
    let sum = term;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - scale * sum;
  }
  let tail = x;
  for (let n = 120; n > 0; n--) tail = x + n / 2 / tail;
  return scale / tail;
}
