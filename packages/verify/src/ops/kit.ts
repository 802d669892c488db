import {
  ArgumentError,
  type NumericArray,
  type Range,
  type SampleKit,
  type Shape,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import fc, { type GeneratorValue } from 'fast-check';

/** Draws values while a property runs, so that fast-check can shrink them one by one. */
export type Draw = GeneratorValue;

/** Whether drawn shapes hold elements, or have an axis of length 0. */
export type Lengths = 'positive' | 'empty';

// fast-check recognises a drawn value while shrinking by its builder and arguments: builders stand here, once.
const naturals = (count: number, bound: number) =>
  fc.array(fc.nat({ max: bound - 1 }), { minLength: count, maxLength: count });
const integer = (min: number, max: number) => fc.integer({ min, max });
const order = (count: number) =>
  fc.shuffledSubarray(
    Array.from({ length: count }, (_, i) => i),
    { minLength: count, maxLength: count },
  );
const someOf = (count: number) =>
  fc.subarray(
    Array.from({ length: count }, (_, i) => i),
    { minLength: 1 },
  );
const lengths = (least: number, most: number) =>
  fc.array(fc.integer({ min: 1, max: 3 }), { minLength: least, maxLength: most });
// Without fast-check's taste for extremes: a direction of zeros and bounds would hide what cancels.
const steps = (count: number) =>
  fc.noBias(fc.array(fc.integer({ min: -256, max: 256 }), { minLength: count, maxLength: count }));

/** One of 0 … count - 1; shrinks to 0. */
export function drawIndex(draw: Draw, count: number): number {
  return draw(integer, 0, count - 1);
}

/** Some of 0 … count - 1, at least one, ascending. */
export function drawSome(draw: Draw, count: number): readonly number[] {
  return count === 0 ? [] : draw(someOf, count);
}

/** A float64 tensor of numbers in [-2, 2]: a tangent or cotangent. All are exact in float32 too. */
export function drawDirection(draw: Draw, shape: Shape): Tensor {
  const values = Float64Array.from({ length: sizeOf(shape) });
  if (values.length > 0) values.set(draw(steps, values.length).map((step) => step / 128));
  return tensor(values, { shape });
}

const sizeOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1);

/** The least number of values that a range is divided into. */
const RESOLUTION = 1024;

const candidatesOf = new Map<string, readonly number[]>();

/**
 * The values of a range, simplest (nearest to 0) first. They lie on a grid of a power of two, so that they, and their
 * sums, are exact in float32 as well as in float64.
 */
function candidates(range: Range): readonly number[] {
  const key = JSON.stringify(range);
  let found = candidatesOf.get(key);
  if (found === undefined) {
    const { low = -2, high = 2, apart = [], margin = 0.05, values } = range;
    const step = 2 ** Math.floor(Math.log2((high - low) / RESOLUTION));
    const grid =
      values ??
      Array.from(
        { length: Math.floor(high / step) - Math.ceil(low / step) + 1 },
        (_, i) => (Math.ceil(low / step) + i) * step,
      );
    found = grid
      .map(Math.fround)
      .filter((value) => apart.every((point) => Math.abs(value - point) >= margin))
      .sort((a, b) => Math.abs(a) - Math.abs(b) || b - a);
    if (found.length === 0) throw new ArgumentError(`samples: no value lies in the range ${key}`);
    candidatesOf.set(key, found);
  }
  return found;
}

function drawValues(draw: Draw, count: number, range: Range): number[] {
  if (count === 0) return [];
  const simplest = candidates(range);
  if (!range.distinct) return draw(naturals, count, simplest.length).map((i) => simplest[i]!);
  const ascending = simplest.toSorted((a, b) => a - b);
  const gap = ascending.length / count;
  const play = Math.floor(gap / 4);
  if (play < 1)
    throw new ArgumentError(`samples: a range has no ${count} distinct values: ${JSON.stringify(range)}`);
  const jitter = draw(naturals, count, play);
  return draw(order, count).map((place, i) => ascending[Math.floor(place * gap + gap / 2) + jitter[i]!]!);
}

/** The kit that samples draw from, on top of fast-check. */
export function sampleKit(draw: Draw, kind: Lengths = 'positive'): SampleKit {
  const shape = (least: number, most: number): Shape => {
    const drawn: Shape = draw(lengths, kind === 'empty' ? Math.min(Math.max(least, 1), most) : least, most);
    return kind === 'empty' && drawn.length > 0 ? drawn.with(drawIndex(draw, drawn.length), 0) : drawn;
  };
  const tensorOf = (of: Shape, range: Range = {}) =>
    tensor(Float64Array.from(drawValues(draw, sizeOf(of), range)), { shape: of });
  const of = (values: NumericArray | readonly number[], shape: Shape, dtype: 'bool' | 'int32') =>
    tensor(Int32Array.from(values), { shape, dtype });
  /** A shape that broadcasts to the given one: leading axes are left out, others have length 1. */
  const narrower = (shape: Shape): Shape => {
    if (drawIndex(draw, 2) === 0) return shape;
    const kept = shape.slice(drawIndex(draw, shape.length + 1));
    return kept.map((length) => (drawIndex(draw, 2) === 0 ? length : 1));
  };
  const oneOf = <T>(values: readonly T[]): T => values[drawIndex(draw, values.length)]!;
  const broadcast = (a: Range, b: Range): [Tensor, Tensor] => {
    const full = shape(0, 3);
    // One of the two has the full shape.
    const first = drawIndex(draw, 2) === 0;
    return [tensorOf(first ? full : narrower(full), a), tensorOf(first ? narrower(full) : full, b)];
  };
  const dim = (x: Tensor) => draw(integer, -Math.max(x.ndim, 1), Math.max(x.ndim, 1) - 1);
  return {
    reals: {},
    few: { values: [0, 1, -1, 0.5, 2] },
    tensor: (range) => tensorOf(shape(0, 3), range),
    tensorOf,
    broadcast,
    operands: (a, b) => {
      const kind = drawIndex(draw, 6);
      if (kind === 4) return [tensorOf(shape(0, 3), a), drawValues(draw, 1, b)[0]!];
      return kind === 5 ? [drawValues(draw, 1, a)[0]!, tensorOf(shape(0, 3), b)] : broadcast(a, b);
    },
    mask: (of_) => {
      const shape = narrower(of_);
      return of(sizeOf(shape) === 0 ? [] : draw(naturals, sizeOf(shape), 2), shape, 'bool');
    },
    index: (shape, bound) =>
      of(sizeOf(shape) === 0 ? [] : draw(naturals, sizeOf(shape), bound), shape, 'int32'),
    shape,
    integer: (min, max) => draw(integer, min, max),
    oneOf,
    dim,
    dims: (x) => {
      const kind = drawIndex(draw, 3);
      if (kind === 0) return undefined;
      if (kind === 1 || x.ndim === 0) return dim(x);
      return drawSome(draw, x.ndim).map((axis) => (drawIndex(draw, 2) === 0 ? axis : axis - x.ndim));
    },
  };
}
