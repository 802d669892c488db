import {
  cross,
  diag,
  erf,
  formatShape,
  linalg,
  logSoftmax,
  logsumexp,
  matmul,
  norm,
  outer,
  softmax,
  softplus,
  type Tensor,
  tensor,
  trace,
} from '@tensortape/autograd';

/** A value in an expression: numbers stay numbers until they meet a tensor. */
export type Value = number | Tensor;

/** A function that expressions may call. */
export interface KnownFunction {
  /** The numbers of arguments that it takes: the least and the most. */
  readonly arity: readonly [least: number, most: number];
  /** Its value. Throws a message for people where the arguments do not fit. */
  readonly apply: (...args: Value[]) => Value;
}

/** Thrown by a function for arguments that it cannot take; the program adds the place. */
export class Refusal extends Error {}

const asTensor = (x: Value): Tensor => (typeof x === 'number' ? tensor(x, { dtype: 'float64' }) : x);
const rankOf = (x: Value): number => (typeof x === 'number' ? 0 : x.ndim);

const unary = (f: (x: Tensor) => Tensor, ofNumber?: (x: number) => number): KnownFunction => ({
  arity: [1, 1],
  apply: (x) => (typeof x === 'number' && ofNumber !== undefined ? ofNumber(x) : f(asTensor(x!))),
});

/** Elementwise, with broadcasting. A number stays a number, so that the tape records it as a constant. */
const elementwise = (
  f: (a: Tensor, b: Value) => Tensor,
  reversed: (a: number, b: Tensor) => Tensor,
  ofNumbers: (a: number, b: number) => number,
): KnownFunction => ({
  arity: [2, 2],
  apply: (a, b) => {
    if (typeof a !== 'number') return f(a!, b!);
    return typeof b === 'number' ? ofNumbers(a, b) : reversed(a, b!);
  },
});

const add = elementwise(
  (a, b) => a.add(b),
  (a, b) => b.add(a),
  (a, b) => a + b,
);
const subtract = elementwise(
  (a, b) => a.sub(b),
  (a, b) => asTensor(a).sub(b),
  (a, b) => a - b,
);
const times = elementwise(
  (a, b) => a.mul(b),
  (a, b) => b.mul(a),
  (a, b) => a * b,
);
const over = elementwise(
  (a, b) => a.div(b),
  (a, b) => asTensor(a).div(b),
  (a, b) => a / b,
);
const power = elementwise(
  (a, b) => a.pow(b),
  (a, b) => asTensor(a).pow(b),
  (a, b) => a ** b,
);

/** An axis as expressions count it, from 1. */
function axisOf(x: Tensor, axis: Value | undefined): number | null {
  if (axis === undefined) return null;
  if (typeof axis !== 'number' || !Number.isInteger(axis) || axis < 1 || axis > x.ndim) {
    const range = x.ndim === 0 ? 'a scalar has none' : `expected a whole number from 1 to ${x.ndim}`;
    throw new Refusal(
      `the axis is ${typeof axis === 'number' ? axis : 'not a number'}: ${range} (axes are counted from 1)`,
    );
  }
  return axis - 1;
}

/** A reduction of everything, or along one axis. */
const reduction = (
  whole: (x: Tensor) => Tensor,
  along: (x: Tensor, axis: number) => Tensor,
): KnownFunction => ({
  arity: [1, 2],
  apply: (x, axis) => {
    const operand = asTensor(x!);
    const at = axisOf(operand, axis);
    return at === null ? whole(operand) : along(operand, at);
  },
});

/** Along one axis, the last unless given. */
const alongAxis = (f: (x: Tensor, axis: number) => Tensor): KnownFunction => ({
  arity: [1, 2],
  apply: (x, axis) => {
    const operand = asTensor(x!);
    if (operand.ndim === 0) throw new Refusal('it needs a vector or a matrix, got a scalar');
    return f(operand, axisOf(operand, axis) ?? operand.ndim - 1);
  },
});

/** The largest or smallest element, or of two operands the larger or smaller everywhere. */
const extreme = (whole: (x: Tensor) => Tensor, pair: (a: Tensor, b: Tensor) => Tensor): KnownFunction => ({
  arity: [1, 2],
  apply: (a, b) => (b === undefined ? whole(asTensor(a!)) : pair(asTensor(a!), asTensor(b))),
});

const matrix = (f: (x: Tensor) => Tensor): KnownFunction => ({
  arity: [1, 1],
  apply: (x) => {
    if (rankOf(x!) !== 2) throw new Refusal(`it needs a matrix, got ${describe(x!)}`);
    return f(asTensor(x!));
  },
});

const vectors = (f: (a: Tensor, b: Tensor) => Tensor): KnownFunction => ({
  arity: [2, 2],
  apply: (a, b) => {
    if (rankOf(a!) !== 1 || rankOf(b!) !== 1) {
      throw new Refusal(`it needs two vectors, got ${describe(a!)} and ${describe(b!)}`);
    }
    return f(asTensor(a!), asTensor(b!));
  },
});

/** A value in the words of messages. */
export function describe(x: Value): string {
  const rank = rankOf(x);
  if (typeof x === 'number' || rank === 0) return 'a scalar';
  const what = rank === 1 ? 'a vector' : rank === 2 ? 'a matrix' : 'a tensor';
  return `${what} of shape ${formatShape(x.shape)}`;
}

/** The product of linear algebra: of a scalar and anything, of matrices, of matrices and vectors, of two vectors (a number). */
const multiply: KnownFunction = {
  arity: [2, 2],
  apply: (a, b) =>
    rankOf(a!) === 0 || rankOf(b!) === 0 ? times.apply(a!, b!) : matmul(asTensor(a!), asTensor(b!)),
};

const divide: KnownFunction = {
  arity: [2, 2],
  apply: (a, b) => {
    if (rankOf(b!) > 0) {
      throw new Refusal(
        `the divisor is ${describe(b!)}: write ./ to divide element by element, or * inv(…) for the inverse`,
      );
    }
    return over.apply(a!, b!);
  },
};

const pow: KnownFunction = {
  arity: [2, 2],
  apply: (a, b) => {
    if (rankOf(a!) > 0 || rankOf(b!) > 0) {
      throw new Refusal(
        `${describe(a!)} to the power of ${describe(b!)}: write .^ for powers of elements, and products for powers of matrices`,
      );
    }
    return power.apply(a!, b!);
  },
};

const log: KnownFunction = {
  arity: [1, 2],
  apply: (x, base) => {
    const result = asTensor(x!).log();
    return base === undefined
      ? result
      : over.apply(result, typeof base === 'number' ? Math.log(base) : base.log());
  },
};

/** The functions that expressions know, by the names of mathjs where it has them; operators stand under mathjs' names for them. */
export const knownFunctions: ReadonlyMap<string, KnownFunction> = new Map<string, KnownFunction>([
  ['add', add],
  ['subtract', subtract],
  ['multiply', multiply],
  ['dotMultiply', times],
  ['divide', divide],
  ['dotDivide', over],
  ['pow', pow],
  ['dotPow', power],
  [
    'unaryMinus',
    unary(
      (x) => x.neg(),
      (x) => -x,
    ),
  ],
  [
    'unaryPlus',
    unary(
      (x) => x,
      (x) => x,
    ),
  ],
  ['ctranspose', unary((x) => (x.ndim < 2 ? x : x.transpose(-1, -2)))],
  ['transpose', unary((x) => (x.ndim < 2 ? x : x.transpose(-1, -2)))],
  ['abs', unary((x) => x.abs())],
  ['acos', unary((x) => x.acos())],
  ['acosh', unary((x) => x.acosh())],
  ['asin', unary((x) => x.asin())],
  ['asinh', unary((x) => x.asinh())],
  ['atan', unary((x) => x.atan())],
  ['atanh', unary((x) => x.atanh())],
  ['cos', unary((x) => x.cos())],
  ['cosh', unary((x) => x.cosh())],
  ['cube', unary((x) => x.pow(3))],
  ['erf', unary((x) => erf(x))],
  ['exp', unary((x) => x.exp())],
  ['expm1', unary((x) => x.expm1())],
  ['log', log],
  ['ln', { ...log, arity: [1, 1] }],
  ['log10', unary((x) => x.log10())],
  ['log1p', unary((x) => x.log1p())],
  ['log2', unary((x) => x.log2())],
  ['relu', unary((x) => x.relu())],
  ['sigmoid', unary((x) => x.sigmoid())],
  ['sign', unary((x) => x.sign())],
  ['sin', unary((x) => x.sin())],
  ['sinh', unary((x) => x.sinh())],
  ['softplus', unary((x) => softplus(x))],
  ['sqrt', unary((x) => x.sqrt())],
  ['square', unary((x) => x.square())],
  ['tan', unary((x) => x.tan())],
  ['tanh', unary((x) => x.tanh())],
  [
    'sum',
    reduction(
      (x) => x.sum(),
      (x, axis) => x.sum(axis),
    ),
  ],
  [
    'mean',
    reduction(
      (x) => x.mean(),
      (x, axis) => x.mean(axis),
    ),
  ],
  [
    'prod',
    reduction(
      (x) => x.prod(),
      (x, axis) => x.prod(axis),
    ),
  ],
  [
    'max',
    extreme(
      (x) => x.amax(),
      (a, b) => a.maximum(b),
    ),
  ],
  [
    'min',
    extreme(
      (x) => x.amin(),
      (a, b) => a.minimum(b),
    ),
  ],
  ['norm', unary((x) => norm(x))],
  ['softmax', alongAxis((x, axis) => softmax(x, axis))],
  ['logSoftmax', alongAxis((x, axis) => logSoftmax(x, axis))],
  ['logsumexp', alongAxis((x, axis) => logsumexp(x, axis))],
  ['dot', vectors((a, b) => a.dot(b))],
  ['outer', vectors((a, b) => outer(a, b))],
  ['cross', vectors((a, b) => cross(a, b))],
  ['trace', matrix((x) => trace(x))],
  ['det', matrix((x) => linalg.det(x))],
  ['inv', matrix((x) => linalg.inv(x))],
  ['diag', unary((x) => diag(x))],
]);

/** Names that stand for a number. */
export const knownConstants: ReadonlyMap<string, number> = new Map([['pi', Math.PI]]);
