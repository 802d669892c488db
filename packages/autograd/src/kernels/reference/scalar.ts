/** ln(1 + e^x) without overflow. Source: log1p form, exact in both tails. */
export function softplus(x: number): number {
  return x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
}

/** 1 / (1 + e^-x) without overflow and without cancellation for large negative x. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** The nearest whole number; halves go to the even neighbour, as in IEEE 754 and PyTorch. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest < 0.5) return below === 0 && x < 0 ? -0 : below;
  if (rest > 0.5 || below % 2 !== 0) return below + 1 === 0 ? -0 : below + 1;
  return below === 0 && x < 0 ? -0 : below;
}

/** x - y * floor(x / y): the sign of the divisor, as Python's %. */
export function remainder(x: number, y: number): number {
  const r = x % y;
  return r !== 0 && r < 0 !== y < 0 ? r + y : r;
}
