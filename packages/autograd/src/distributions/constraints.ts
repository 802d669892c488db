/**
 * The values that parameters and samples of distributions may have. PyTorch: `torch.distributions.constraints`.
 *
 * @module
 */
import type { Operand } from '../tape/shorthands.ts';
import type { Tensor } from '../tensor.ts';

/** Which values are legal. */
export interface Constraint {
  /** What values must be, in words: "0 or more". */
  readonly legal: string;
  /** How many trailing axes make up one value: 1 for vectors of probabilities, else 0. */
  readonly eventDim: number;
  /** A bool tensor that says which values are legal. NaN never is. */
  check(value: Tensor): Tensor;
}

function scalar(legal: string, check: (value: Tensor) => Tensor): Constraint {
  return { legal, eventDim: 0, check };
}

const isWhole = (value: Tensor): Tensor => value.eq(value.floor());

/** Every number but NaN; infinities are legal, as in PyTorch. */
export const real: Constraint = /* @__PURE__ */ scalar('a number, not NaN', (x) => x.eq(x));

/** Numbers above 0. */
export const positive: Constraint = /* @__PURE__ */ scalar('positive (above 0)', (x) => x.gt(0));

/** Numbers from 0 on. */
export const nonnegative: Constraint = /* @__PURE__ */ scalar('0 or more', (x) => x.ge(0));

/** Probabilities. */
export const unitInterval: Constraint = /* @__PURE__ */ scalar('from 0 to 1', (x) =>
  x.ge(0).logicalAnd(x.le(1)),
);

/** The outcomes of a coin. */
export const boolean: Constraint = /* @__PURE__ */ scalar('0 or 1', (x) => x.eq(0).logicalOr(x.eq(1)));

/** Counts. */
export const nonnegativeInteger: Constraint = /* @__PURE__ */ scalar('a whole number >= 0', (x) =>
  isWhole(x).logicalAnd(x.ge(0)),
);

/** Numbers from `low` to `high`, both included. */
export function interval(low: Operand, high: Operand): Constraint {
  return scalar(`from ${bound('low', low)} to ${bound('high', high)}`, (x) =>
    x.ge(low).logicalAnd(x.le(high)),
  );
}

/** Whole numbers from `low` to `high`, both included. */
export function integerInterval(low: Operand, high: Operand): Constraint {
  return scalar(`a whole number from ${bound('low', low)} to ${bound('high', high)}`, (x) =>
    isWhole(x).logicalAnd(x.ge(low)).logicalAnd(x.le(high)),
  );
}

/** Numbers below a bound, called `name` in messages. */
export function lessThan(high: Tensor, name: string): Constraint {
  return scalar(`below ${name}${high.size === 1 ? ` (${high.item()})` : ''}`, (x) => x.lt(high));
}

/** Vectors of probabilities along the last axis: 0 or more, with a sum within 1e-6 of 1. */
export const simplex: Constraint = {
  legal: 'probabilities that sum to 1 (within 1e-6)',
  eventDim: 1,
  check: (x) => x.ge(0).all(-1).logicalAnd(x.sum(-1).sub(1).abs().lt(1e-6)),
};

/** Vectors of weights along the last axis: finite, 0 or more, not all 0. */
export const weights: Constraint = {
  legal: 'finite weights of 0 or more, not all 0',
  eventDim: 1,
  check: (x) => x.ge(0).logicalAnd(x.isfinite()).all(-1).logicalAnd(x.gt(0).any(-1)),
};

function bound(name: string, value: Operand): string {
  if (typeof value === 'number') return String(value);
  return value.size === 1 ? String(value.item()) : name;
}
