import { describe, expect, test } from '@jest/globals';
import {
  ArgumentError,
  arange,
  IndexError,
  noGrad,
  ShapeError,
  type Tensor,
  zeros,
} from '@tensortape/autograd';
import fc, { type GeneratorValue } from 'fast-check';

/** The naive model of a tensor: its shape, and the place in memory of every element in row-major order. */
interface Model {
  readonly shape: readonly number[];
  readonly places: readonly number[];
}

const sizeOf = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1);

/** All index tuples of a shape, in row-major order. */
const tuples = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>(
    (before, length) => before.flatMap((index) => Array.from({ length }, (_, i) => [...index, i])),
    [[]],
  );

const placeAt = ({ shape, places }: Model, index: readonly number[]): number =>
  places[index.reduce((at, i, axis) => at * shape[axis]! + i, 0)]!;

/** A model of another shape, each of whose elements stands where `from` says. */
const picked = (
  model: Model,
  shape: readonly number[],
  from: (index: readonly number[]) => readonly number[],
): Model => ({
  shape,
  places: tuples(shape).map((index) => placeAt(model, from(index))),
});

const integer = (min: number, max: number) => fc.integer({ min, max });
const order = (rank: number) =>
  fc.shuffledSubarray(
    Array.from({ length: rank }, (_, i) => i),
    { minLength: rank, maxLength: rank },
  );
const shapes = () => fc.array(fc.constantFrom(0, 1, 2, 3, 4), { maxLength: 4 });
const operations = () =>
  fc.constantFrom(
    'permute',
    'transpose',
    'unsqueeze',
    'squeeze',
    'slice',
    'select',
    'expand',
    'reshape',
    'diagonal',
    'flip',
  );

/** A random view operation on a tensor and on its model. */
function step(draw: GeneratorValue, x: Tensor, model: Model): [Tensor, Model] {
  const { shape } = model;
  const rank = shape.length;
  const between = (min: number, max: number) => draw(integer, min, max);
  const axis = rank === 0 ? 0 : between(0, rank - 1);
  const fromEither = (at: number, length: number) => (between(0, 1) === 0 ? at : at - length);
  switch (draw(operations)) {
    case 'permute': {
      const axes = draw(order, rank);
      const back = axes.map((_, k) => axes.indexOf(k));
      return [
        x.permute(axes.map((k) => fromEither(k, rank))),
        picked(
          model,
          axes.map((k) => shape[k]!),
          (index) => back.map((k) => index[k]!),
        ),
      ];
    }
    case 'transpose': {
      if (rank === 0) return [x, model];
      const other = between(0, rank - 1);
      const swap = <T>(list: readonly T[]) => list.with(axis, list[other]!).with(other, list[axis]!);
      return [x.transpose(fromEither(axis, rank), fromEither(other, rank)), picked(model, swap(shape), swap)];
    }
    case 'unsqueeze': {
      const at = between(0, rank);
      return [x.unsqueeze(fromEither(at, rank + 1)), { ...model, shape: shape.toSpliced(at, 0, 1) }];
    }
    case 'squeeze':
      return [x.squeeze(), { ...model, shape: shape.filter((length) => length !== 1) }];
    case 'slice': {
      if (rank === 0) return [x, model];
      const length = shape[axis]!;
      const [start, stop, by] = [
        between(-length - 1, length + 1),
        between(-length - 1, length + 1),
        between(1, 3),
      ];
      const kept = Array.from({ length }, (_, i) => i)
        .slice(start, stop)
        .filter((_, i) => i % by === 0);
      return [
        x.slice(fromEither(axis, rank), start, stop, by),
        picked(model, shape.with(axis, kept.length), (index) => index.with(axis, kept[index[axis]!]!)),
      ];
    }
    case 'select': {
      if (rank === 0 || shape[axis] === 0) return [x, model];
      const at = between(0, shape[axis]! - 1);
      return [
        x.select(fromEither(axis, rank), fromEither(at, shape[axis]!)),
        picked(model, shape.toSpliced(axis, 1), (index) => index.toSpliced(axis, 0, at)),
      ];
    }
    case 'expand': {
      const lead = between(0, 1);
      const grown = shape.map((length) => (length === 1 ? between(0, 3) : length));
      const full = [...Array.from({ length: lead }, () => between(1, 2)), ...grown];
      return [
        x.expand(
          full.map((length, k) =>
            k >= lead && between(0, 3) === 0 && shape[k - lead] === length ? -1 : length,
          ),
        ),
        picked(model, full, (index) => index.slice(lead).map((i, k) => (shape[k] === 1 ? 0 : i))),
      ];
    }
    case 'reshape': {
      const size = sizeOf(shape);
      const options = [[size], [1, size], [size, 1], [...shape, 1], shape.toReversed()];
      for (let k = 1; k <= 4; k++) if (size % k === 0) options.push([k, size / k], [size / k, k]);
      if (rank > 1) options.push([shape[0]! * shape[1]!, ...shape.slice(2)]);
      const to = options[between(0, options.length - 1)]!;
      const unknown = size > 0 && to.length > 0 && between(0, 1) === 0 ? to.with(0, -1) : to;
      return [x.reshape(unknown), { shape: to, places: model.places }];
    }
    case 'diagonal': {
      if (rank < 2) return [x, model];
      const [a, b] = draw(order, rank).slice(0, 2) as [number, number];
      const offset = between(-2, 2);
      const length = Math.max(0, Math.min(shape[a]! + Math.min(offset, 0), shape[b]! - Math.max(offset, 0)));
      const rest = shape.map((_, k) => k).filter((k) => k !== a && k !== b);
      const from = (index: readonly number[]) => {
        const full = shape.map(() => 0);
        rest.forEach((k, i) => {
          full[k] = index[i]!;
        });
        full[a] = index.at(-1)! - Math.min(offset, 0);
        full[b] = index.at(-1)! + Math.max(offset, 0);
        return full;
      };
      return [
        x.diagonal(offset, fromEither(a, rank), fromEither(b, rank)),
        picked(model, [...rest.map((k) => shape[k]!), length], from),
      ];
    }
    default: {
      // A copy: from here on the places are those of the copy.
      const axes = draw(order, rank).slice(0, between(0, rank));
      const flipped = picked(model, shape, (index) =>
        index.map((i, k) => (axes.includes(k) ? shape[k]! - 1 - i : i)),
      );
      return [x.flip(axes), flipped];
    }
  }
}

/** The elements as the model sees them, nested. */
function nested({ shape, places }: Model, at = 0): unknown {
  if (shape.length === 0) return places[at];
  const [length, ...rest] = shape;
  const size = sizeOf(rest);
  return Array.from({ length: length! }, (_, i) => nested({ shape: rest, places }, at + i * size));
}

/** The step between neighbours along each axis, when there is one: then the places can be shown by strides. */
function isAffine({ shape, places }: Model): boolean {
  if (places.length === 0) return true;
  const strides = shape.map((length, axis) =>
    length > 1
      ? placeAt(
          { shape, places },
          shape.map((_, k) => Number(k === axis)),
        ) - places[0]!
      : 0,
  );
  return tuples(shape).every(
    (index, k) => places[k] === index.reduce((at, i, axis) => at + i * strides[axis]!, places[0]!),
  );
}

describe('views show what a naive model shows', () => {
  test('after any sequence of view operations, read, copied, compared and written through', () => {
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const shape = draw(shapes);
        let x = arange(sizeOf(shape)).reshape(shape);
        let model: Model = { shape, places: Array.from({ length: x.size }, (_, i) => i) };
        for (let steps = draw(integer, 0, 5); steps > 0; steps--) [x, model] = step(draw, x, model);

        expect(x.shape).toEqual(model.shape);
        expect(x.size).toBe(sizeOf(model.shape));
        expect(x.toArray()).toEqual(nested(model));
        expect([...x.toTypedArray()]).toEqual(model.places);
        expect(x.clone().toArray()).toEqual(nested(model));
        expect(x.contiguous().isContiguous).toBe(true);
        expect(x.contiguous().toArray()).toEqual(nested(model));
        expect(x.add(1).sub(1).toArray()).toEqual(nested(model));
        expect(x.sum().item()).toBe(model.places.reduce((total, value) => total + value, 0));
        const strides = x.strides;
        const addresses = tuples(x.shape).map((index) =>
          index.reduce((at, i, axis) => at + i * strides[axis]!, x.offset),
        );
        expect(x.isContiguous).toBe(addresses.every((address, i) => address === addresses[0]! + i));
        expect([...new Set(addresses)].every((at) => at >= 0 && at < x.storage.array.length)).toBe(true);
      }),
      { numRuns: (fc.readConfigureGlobal().numRuns ?? 100) * 5 },
    );
  });

  test('without flip they share memory wherever strides can show the elements: nothing is copied needlessly', () => {
    let affine = 0;
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const shape = draw(shapes);
        const base = arange(sizeOf(shape)).reshape(shape);
        let x = base;
        let model: Model = { shape, places: Array.from({ length: x.size }, (_, i) => i) };
        for (let steps = draw(integer, 1, 4); steps > 0; steps--) {
          const [next, seen] = step(draw, x, model);
          // Copies give memory a new layout, of which this model knows nothing.
          if (next.storage !== x.storage) {
            expect(isAffine(seen) && seen.places.length > 0 && !isFlipped(model, seen)).toBe(false);
            return;
          }
          [x, model] = [next, seen];
          affine++;
        }
        if (new Set(model.places).size !== model.places.length) return;
        x.fill_(-1);
        const written = new Set(model.places);
        expect([...base.toTypedArray()]).toEqual(
          Array.from({ length: base.size }, (_, i) => (written.has(i) ? -1 : i)),
        );
      }),
      { numRuns: (fc.readConfigureGlobal().numRuns ?? 100) * 5 },
    );
    expect(affine).toBeGreaterThan(100);
  });
});

/** Whether one is the other with some axes reversed: flip copies, as in PyTorch. */
function isFlipped(before: Model, after: Model): boolean {
  return (
    String(before.shape) === String(after.shape) &&
    String([...before.places].sort((a, b) => a - b)) === String([...after.places].sort((a, b) => a - b))
  );
}

describe('views refuse, by name,', () => {
  const x = zeros([2, 3]);
  const refused = (call: () => unknown, error: new () => Error, message: string | RegExp) => {
    expect(call).toThrow(error);
    expect(call).toThrow(message);
  };

  test('what does not fit the shape', () => {
    refused(
      () => x.reshape([4, 2]),
      ShapeError,
      'reshape: shape (4, 2) does not hold the 6 elements of a tensor of shape (2, 3)',
    );
    refused(() => x.reshape([-1, -1]), ShapeError, /reshape: shape \(-1, -1\)/);
    refused(() => x.reshape([-1, 4]), ShapeError, /reshape: shape \(-1, 4\)/);
    refused(() => zeros([0]).reshape([-1, 0]), ShapeError, /reshape: shape \(-1, 0\)/);
    refused(
      () => x.expand([4, 3]),
      ShapeError,
      'expand: shape (2, 3) does not expand to (4, 3): only axes of length 1',
    );
    refused(() => x.expand([3]), ShapeError, 'expand: shape (2, 3) does not expand to (3,)');
    refused(() => x.expand([-1, 2, 3]), ShapeError, /expand/);
    refused(() => x.permute([0]), ShapeError, 'permute: [0] does not name each of the 2 axes of (2, 3) once');
    refused(() => x.permute([0, -2]), ShapeError, 'permute: [0, -2] does not name each');
    refused(
      () => x.diagonal(0, 1, -1),
      ShapeError,
      'diagonal: expected two different axes, got dims 1 and -1 of shape (2, 3)',
    );
    refused(
      () => zeros([]).select(0, 0),
      ShapeError,
      'select: a 0-dimensional tensor, of shape (), has no axis to index',
    );
    refused(
      () => zeros([]).slice(0),
      ShapeError,
      'slice: a 0-dimensional tensor, of shape (), has no axis to slice',
    );
    refused(() => zeros([3]).mT, ShapeError, 'mT: expected at least two axes, got shape (3,)');
  });

  test('axes and indices out of range', () => {
    refused(
      () => x.transpose(0, 2),
      IndexError,
      'transpose: dim 2 is out of range for a tensor of 2 dimensions [-2, 1]',
    );
    refused(() => x.unsqueeze(3), IndexError, 'unsqueeze: dim 3 is out of range');
    refused(() => x.select(0, -3), IndexError, 'select: index -3 is out of bounds for dim 0 with length 2');
    refused(() => x.select(0, 0.5), IndexError, 'select: index 0.5');
    refused(
      () => x.narrow(1, 2, 2),
      ArgumentError,
      'narrow: 2 positions from 2 do not lie within dim 1 of shape (2, 3)',
    );
    refused(() => x.slice(0, 0, 2, 0), ArgumentError, 'slice: step must be a whole number >= 1, got 0');
    refused(() => x.flatten(1, 0), ArgumentError, 'flatten: startDim 1 comes after endDim 0');
  });

  test('nothing, but give a tensor of its own, where the layout stays as it is', () => {
    const x = zeros([2, 3]).requiresGrad_();
    const views = (): Tensor[] => [x.reshape([2, 3]), x.expand([2, 3]), x.transpose(1, 1), x.permute([0, 1])];
    for (const view of views()) expect(view.gradFn).not.toBeNull();
    for (const view of noGrad(views)) expect(view.requiresGrad).toBe(false);
  });

  test('nothing where there is nothing to do', () => {
    expect(x.squeeze(0).shape).toEqual([2, 3]);
    expect(x.flatten().shape).toEqual([6]);
    expect(zeros([]).flatten().shape).toEqual([1]);
    expect(zeros([]).expand([2, 0]).shape).toEqual([2, 0]);
  });
});

test('writing through a view of no elements that starts behind the end of its storage does nothing', () => {
  const x = zeros([0, 2]);
  x.slice(1, 1).copy_(zeros([0, 1]));
  expect(x.toArray()).toEqual([]);
  expect(zeros([0, 2]).prod(1, { keepdim: true }).shape).toEqual([0, 1]);
});
