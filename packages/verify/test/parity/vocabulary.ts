import { type DType, type Shape, type Tensor, tensor } from '@tensortape/autograd';
import { isFloating } from '../../src/ops/call.ts';
import { type Draw, drawIndex, drawSome } from '../../src/ops/kit.ts';
import type { Ref } from './program.ts';

/** What a program has computed so far, to draw arguments from. */
export class Pool {
  readonly values: Tensor[];
  readonly #draw: Draw;

  constructor(draw: Draw, inputs: readonly Tensor[]) {
    this.#draw = draw;
    this.values = [...inputs];
  }

  integer(min: number, max: number): number {
    return min + drawIndex(this.#draw, max - min + 1);
  }

  oneOf<T>(values: readonly T[]): T {
    return values[drawIndex(this.#draw, values.length)]!;
  }

  some(count: number): readonly number[] {
    return drawSome(this.#draw, count);
  }

  at({ ref }: Ref): Tensor {
    return this.values[ref]!;
  }

  /** A value that fits, late ones more often than early ones, or null. */
  find(fits: (x: Tensor) => boolean): Ref | null {
    const found = this.values.flatMap((x, ref) => (fits(x) ? [ref] : []));
    if (found.length === 0) return null;
    const late = found.slice(-3);
    return { ref: this.oneOf(this.integer(0, 1) === 0 ? late : found) };
  }

  /** An int32 constant of positions below `bound`. */
  index(shape: Shape, bound: number): Tensor {
    const size = shape.reduce((a, b) => a * b, 1);
    return tensor(
      Int32Array.from({ length: size }, () => this.integer(0, bound - 1)),
      { shape, dtype: 'int32' },
    );
  }
}

/** Draws the arguments of one of these operations, or null where nothing in the pool fits. */
export interface Recipe {
  readonly names: readonly string[];
  readonly args: (pool: Pool, name: string) => readonly unknown[] | null;
  /** Which of its results may be the value: the first unless given. */
  readonly picks?: number;
}

type Fits = (x: Tensor) => boolean;

const values = (x: Tensor): readonly number[] => [...x.toTypedArray()];
const every = (x: Tensor, holds: (value: number) => boolean) => values(x).every(holds);
const notBool: Fits = (x) => x.dtype !== 'bool';
const above =
  (low: number, high = 50): Fits =>
  (x) =>
    notBool(x) && every(x, (v) => v >= low && v <= high);
const within =
  (bound: number): Fits =>
  (x) =>
    every(x, (v) => Math.abs(v) <= bound);
const awayFromZero: Fits = (x) => notBool(x) && every(x, (v) => Math.abs(v) >= 0.1);

/** On a jump or kink, or clearly beside it: rounding does not decide on which side. */
const CLEAR = 1e-3;
const clearOf =
  (...points: readonly number[]): Fits =>
  (x) =>
    notBool(x) && every(x, (v) => points.every((p) => v === p || Math.abs(v - p) > CLEAR));
const clearOfHalves: Fits = (x) =>
  isFloating(x) && every(x, (v) => Math.abs(2 * v - Math.round(2 * v)) > CLEAR);
/** No two elements nearly equal: their order is clear, or they are ties on both sides. */
const clearOrder: Fits = (x) => {
  const sorted = values(x).toSorted((a, b) => a - b);
  return x.size > 0 && notBool(x) && sorted.every((v, i) => i === 0 || v - sorted[i - 1]! > CLEAR);
};

/** Whether an element is 0 does not depend on rounding. */
const decided: Fits = (x) => !isFloating(x) || every(x, (v) => Math.abs(v) > CLEAR);
const distinct: Fits = (x) => new Set(values(x)).size === x.size;
/** No line along the last axis is nearly constant. */
const spread: Fits = (x) => values(x.var(-1)).every((v) => v > 0.05);

const unary = (names: readonly string[], fits: Fits): Recipe => ({
  names,
  args: (pool) => {
    const x = pool.find(fits);
    return x && [x];
  },
});

function broadcasts(a: Shape, b: Shape): boolean {
  for (let i = 1; i <= Math.min(a.length, b.length); i++) {
    const [x, y] = [a.at(-i)!, b.at(-i)!];
    if (x !== y && x !== 1 && y !== 1) return false;
  }
  return true;
}

const binary = (
  names: readonly string[],
  fitsLeft: Fits = notBool,
  fitsRight: Fits = fitsLeft,
  numbers = true,
): Recipe => ({
  names,
  args: (pool) => {
    const a = pool.find(fitsLeft);
    if (a === null) return null;
    if (numbers && pool.integer(0, 5) === 0) return [a, pool.oneOf([0.5, 2, 1.25, 3])];
    const b = pool.find((y) => fitsRight(y) && broadcasts(pool.at(a).shape, y.shape));
    return b && [a, b];
  },
});

/** Elements of two operands are equal, or clearly not. */
const clearPair = (a: Tensor, b: Tensor) => every(a.sub(b), (d) => d === 0 || Math.abs(d) > CLEAR);

const onDim = (
  names: readonly string[],
  fits: Fits,
  rest: (pool: Pool, x: Tensor, dim: number) => readonly unknown[] = () => [],
  picks = 1,
): Recipe => ({
  names,
  picks,
  args: (pool) => {
    const ref = pool.find((x) => x.ndim > 0 && fits(x));
    if (ref === null) return null;
    const x = pool.at(ref);
    const dim = pool.integer(-x.ndim, x.ndim - 1);
    return [ref, dim, ...rest(pool, x, dim < 0 ? dim + x.ndim : dim)];
  },
});

const overDims = (names: readonly string[], fits: Fits, options: boolean = true): Recipe => ({
  names,
  args: (pool) => {
    const ref = pool.find((x) => x.size > 0 && fits(x));
    if (ref === null) return null;
    const { ndim } = pool.at(ref);
    const dims = pool.integer(0, 2) === 0 || ndim === 0 ? undefined : pool.some(ndim);
    return options ? [ref, dims, { keepdim: pool.oneOf([true, false]) }] : [ref, dims];
  },
});

const shaping = (
  name: string,
  rest: (pool: Pool, x: Tensor) => readonly unknown[] | null,
  fits: Fits = () => true,
): Recipe => ({
  names: [name],
  args: (pool) => {
    const ref = pool.find(fits);
    if (ref === null) return null;
    const more = rest(pool, pool.at(ref));
    return more && [ref, ...more];
  },
});

const hasAxes =
  (count: number): Fits =>
  (x) =>
    x.ndim >= count;
const isFloat: Fits = isFloating;
const both =
  (...all: readonly Fits[]): Fits =>
  (x) =>
    all.every((fits) => fits(x));

function shuffled(pool: Pool, count: number): readonly number[] {
  const left = Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: count }, () => left.splice(pool.integer(0, left.length - 1), 1)[0]!);
}

/** Everything that programs are made of. */
export const recipes: readonly Recipe[] = [
  unary(['neg', 'square'], notBool),
  unary(['abs', 'sign', 'relu'], clearOf(0)),
  unary(['sin', 'cos', 'tanh', 'atan', 'asinh', 'sigmoid'], () => true),
  unary(['erf', 'erfc', 'ndtr', 'i0e', 'exp2', 'deg2rad'], within(6)),
  unary(['softplus', 'logSigmoid', 'silu', 'mish', 'gelu', 'softsign', 'tanhshrink'], isFloat),
  unary(['elu', 'selu', 'celu', 'leakyRelu'], both(isFloat, clearOf(0))),
  unary(['hardtanh'], both(isFloat, clearOf(-1, 1))),
  unary(['hardswish'], both(isFloat, clearOf(-3, 3))),
  unary(['relu6'], both(isFloat, clearOf(0, 6))),
  // Not lgamma and digamma: PyTorch's trigamma, which their derivatives take, has nine digits.
  unary(['entr'], both(isFloat, above(0.2, 20))),
  unary(['exp', 'expm1', 'sinh', 'cosh'], within(4)),
  unary(['log', 'log2', 'log10', 'log1p', 'sqrt', 'rsqrt', 'reciprocal'], above(0.1)),
  unary(['acosh'], above(1.1)),
  unary(['acos', 'asin', 'atanh'], both(isFloat, within(0.9))),
  unary(['tan'], within(1.3)),
  unary(['floor', 'ceil', 'trunc', 'round'], clearOfHalves),
  unary(['clone', 'contiguous', 'identity'], () => true),
  binary(['add', 'sub', 'mul']),
  binary(['div', 'atan2'], notBool, awayFromZero),
  binary(['hypot'], both(isFloat, awayFromZero), both(isFloat, awayFromZero), false),
  binary(['logaddexp'], isFloat, isFloat, false),
  binary(['xlogy'], both(isFloat, awayFromZero), both(isFloat, above(0.1)), false),
  // Not to the power 0: its second derivative is one of the deviations.
  binary(['pow'], both(isFloat, above(0.2, 4)), both(isFloat, within(3), awayFromZero)),
  {
    names: ['maximum', 'minimum', 'eq', 'ne', 'lt', 'le', 'gt', 'ge'],
    args: (pool) => {
      const a = pool.find(notBool);
      if (a === null) return null;
      const x = pool.at(a);
      const b = pool.find((y) => notBool(y) && broadcasts(x.shape, y.shape) && clearPair(x, y));
      return b && [a, b];
    },
  },
  binary(['logicalAnd', 'logicalOr', 'logicalXor'], decided, decided, false),
  unary(['logicalNot'], decided),
  {
    names: ['where'],
    args: (pool) => {
      const condition = pool.find((x) => x.dtype === 'bool');
      const a = pool.find(notBool);
      if (condition === null || a === null) return null;
      const [c, x] = [pool.at(condition), pool.at(a)];
      if (!broadcasts(c.shape, x.shape)) return null;
      if (pool.integer(0, 2) === 0) return [condition, a, pool.oneOf([0, 1.5])];
      const b = pool.find((y) => broadcasts(x.shape, y.shape) && broadcasts(c.shape, y.shape));
      return b && [condition, a, b];
    },
  },
  shaping('clamp', () => [-0.75, 1.25], clearOf(-0.75, 1.25)),
  overDims(['sum'], notBool),
  overDims(['mean', 'logsumexp'], isFloat),
  overDims(['amax', 'amin'], clearOrder),
  overDims(['any', 'all'], decided),
  {
    names: ['variance', 'std'],
    args: (pool) => {
      const ref = pool.find((x) => isFloat(x) && x.size > 1 && clearOrder(x));
      return ref && [ref, undefined, { correction: pool.oneOf([0, 1]), keepdim: pool.oneOf([true, false]) }];
    },
  },
  onDim(
    ['prod'],
    both(isFloat, (x) => x.size > 0),
    (pool) => [{ keepdim: pool.oneOf([true, false]) }],
  ),
  onDim(['argmax', 'argmin'], clearOrder, (pool) => [{ keepdim: pool.oneOf([true, false]) }]),
  onDim(['max', 'min'], clearOrder, (pool) => [{ keepdim: pool.oneOf([true, false]) }], 2),
  onDim(['cumsum'], notBool),
  onDim(['cumprod'], both(isFloat, within(3), awayFromZero)),
  onDim(['cummax', 'cummin', 'sort'], both(clearOrder, distinct), () => [], 2),
  onDim(['median'], both(isFloat, clearOrder, distinct)),
  shaping('diff', () => [1, -1], both(isFloat, hasAxes(1))),
  {
    names: ['norm'],
    args: (pool) => {
      const ref = pool.find(both(isFloat, awayFromZero, clearOrder, (x) => x.size > 0));
      return ref && [ref, pool.oneOf([1, 2, 3]), undefined, { keepdim: pool.oneOf([true, false]) }];
    },
  },
  onDim(['softmax', 'logSoftmax'], isFloat),
  shaping(
    'reshape',
    (pool, { size, shape }) =>
      pool.oneOf<readonly unknown[]>([
        [[-1]],
        [[1, size]],
        [size % 2 === 0 && size > 0 ? [2, -1] : [size, 1]],
        [[...shape, 1]],
      ]),
    (x) => x.size > 0,
  ),
  shaping('flatten', () => [], hasAxes(2)),
  shaping('permute', (pool, { ndim }) => [shuffled(pool, ndim)], hasAxes(2)),
  shaping('transpose', (pool, { ndim }) => [pool.integer(0, ndim - 1), pool.integer(-ndim, -1)], hasAxes(1)),
  shaping(
    'unsqueeze',
    (pool, { ndim }) => [pool.integer(-ndim - 1, ndim)],
    (x) => x.ndim < 4,
  ),
  shaping('squeeze', (pool, { ndim }) => [pool.integer(0, ndim - 1)], hasAxes(1)),
  shaping(
    'expand',
    (pool, { shape }) => [[pool.integer(1, 3), ...shape.map((n) => (n === 1 ? pool.integer(1, 3) : n))]],
    (x) => x.ndim < 4,
  ),
  shaping('flip', (pool, { ndim }) => [pool.some(ndim)], hasAxes(1)),
  shaping('roll', (pool, { ndim }) => [pool.integer(-2, 2), pool.integer(0, ndim - 1)], hasAxes(1)),
  shaping('tril', (pool) => [pool.integer(-1, 1)], hasAxes(2)),
  shaping('triu', (pool) => [pool.integer(-1, 1)], hasAxes(2)),
  shaping(
    'trace',
    () => [],
    both(isFloat, (x) => x.ndim === 2),
  ),
  shaping('movedim', (pool, { ndim }) => [pool.integer(0, ndim - 1), pool.integer(-ndim, -1)], hasAxes(2)),
  shaping('rot90', (pool) => [pool.integer(-1, 3), [0, 1]], hasAxes(2)),
  shaping(
    'diagEmbed',
    () => [],
    both(hasAxes(1), (x) => x.ndim < 4 && x.size < 30),
  ),
  shaping(
    'repeatInterleave',
    (pool, { ndim }) => [pool.integer(1, 2), pool.integer(0, ndim - 1)],
    hasAxes(1),
  ),
  shaping(
    'pad',
    (pool) => [[pool.integer(0, 2), pool.integer(-1, 2)], 'constant', 0.5],
    both(isFloat, hasAxes(1), (x) => x.shape.at(-1)! > 1),
  ),
  shaping(
    'layerNorm',
    (_, { shape }) => [shape.slice(-1)],
    both(isFloat, hasAxes(1), (x) => x.shape.at(-1)! > 2 && spread(x)),
  ),
  {
    names: ['mm', 'inner'],
    args: (pool, name) => {
      const a = pool.find(both(isFloat, (x) => x.ndim === 2 && x.size > 0 && x.size < 13));
      if (a === null) return null;
      const x = pool.at(a);
      const b = pool.find(
        (y) =>
          y.dtype === x.dtype &&
          y.ndim === 2 &&
          y.size > 0 &&
          y.size < 13 &&
          y.shape[name === 'mm' ? 0 : 1] === x.shape[1],
      );
      return b && [a, b];
    },
  },
  shaping('diagonal', (pool) => [pool.integer(-1, 1)], hasAxes(2)),
  shaping('repeat', (pool, { ndim }) => [Array.from({ length: ndim }, () => pool.integer(1, 2))], hasAxes(1)),
  onDim(
    ['select'],
    (x) => x.size > 0,
    (pool, x, dim) => [pool.integer(-x.shape[dim]!, x.shape[dim]! - 1)],
  ),
  onDim(
    ['narrow'],
    (x) => x.size > 0,
    (pool, x, dim) => {
      const start = pool.integer(0, x.shape[dim]! - 1);
      return [start, pool.integer(1, x.shape[dim]! - start)];
    },
  ),
  onDim(
    ['slice'],
    () => true,
    (pool) => [pool.integer(0, 1), pool.integer(1, 3), pool.integer(1, 2)],
  ),
  onDim(
    ['indexSelect'],
    (x) => x.size > 0,
    (pool, x, dim) => [pool.index([pool.integer(1, 4)], x.shape[dim]!)],
  ),
  onDim(
    ['gather'],
    (x) => x.size > 0,
    (pool, x, dim) => [pool.index(x.shape.with(dim, pool.integer(1, 3)), x.shape[dim]!)],
  ),
  {
    names: ['scatterAdd'],
    args: (pool) => {
      const target = pool.find(both(hasAxes(1), isFloat, (x) => x.size > 0));
      if (target === null) return null;
      const { shape, ndim, dtype } = pool.at(target);
      const dim = pool.integer(0, ndim - 1);
      const fits: Fits = (x) =>
        x.dtype === dtype && x.ndim === ndim && x.shape.every((n, i) => i === dim || n <= shape[i]!);
      const source = pool.find(fits);
      return source && [target, dim, pool.index(pool.at(source).shape, shape[dim]!), source];
    },
  },
  {
    names: ['cat', 'stack'],
    args: (pool, name) => {
      const a = pool.find(hasAxes(1));
      if (a === null) return null;
      const x = pool.at(a);
      const b = pool.find((y) => y.dtype === x.dtype && String(y.shape) === String(x.shape))!;
      const dim = pool.integer(0, x.ndim - 1);
      return pool.integer(0, 1) === 0 && name === 'cat' ? [[a, b, a], dim] : [[a, b], dim];
    },
  },
  {
    names: ['matmul'],
    args: (pool) => {
      const a = pool.find(both(isFloat, hasAxes(1)));
      if (a === null) return null;
      const x = pool.at(a);
      const fits: Fits = (y) =>
        y.dtype === x.dtype &&
        y.ndim > 0 &&
        y.shape.at(y.ndim > 1 ? -2 : -1) === x.shape.at(-1) &&
        broadcasts(x.shape.slice(0, -2), y.shape.slice(0, -2));
      const b = pool.find(fits);
      return b && [a, b];
    },
  },
  shaping('to', (pool) => [pool.oneOf<DType>(['float32', 'float64'])]),
  shaping('to', (pool) => [pool.oneOf<DType>(['int32', 'bool'])], clearOfHalves),
];
