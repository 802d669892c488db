import { describe, expect, test } from '@jest/globals';
import { ArgumentError, ShapeError, type Tensor, tensor, zeros } from '@tensortape/autograd';
import { collate } from '@tensortape/datasets';
import fc from 'fast-check';

test('tensors are stacked along a new first axis, with their dtype', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom('float32', 'float64', 'int32', 'uint8', 'bool'),
      (shape, count, dtype) => {
        const batch: Tensor = collate(
          Array.from({ length: count }, (_, i) => zeros(shape, { dtype }).fill_(i % 2)),
        );
        expect([batch.shape, batch.dtype]).toEqual([[count, ...shape], dtype]);
        for (let i = 0; i < count; i++) {
          expect(batch.select(0, i).toArray()).toEqual(
            zeros(shape, { dtype })
              .fill_(i % 2)
              .toArray(),
          );
        }
      },
    ),
  );
});

test('numbers, booleans, strings and typed arrays, in tuples and objects as deep as they come', () => {
  const sample = (i: number): { pair: [number, boolean]; name: string; row: Int32Array } => ({
    pair: [i / 2, i > 1],
    name: `digit ${i}`,
    row: Int32Array.of(i, 10 * i),
  });
  const { pair, name, row } = collate([sample(1), sample(2)]);
  const [halves, flags]: [Tensor, Tensor] = pair;
  const names: string[] = name;
  expect([halves.dtype, halves.toArray()]).toEqual(['float32', [0.5, 1]]);
  expect([flags.dtype, flags.toArray()]).toEqual(['bool', [false, true]]);
  expect(names).toEqual(['digit 1', 'digit 2']);
  const expected = [
    [1, 10],
    [2, 20],
  ];
  expect([row.dtype, row.toArray()]).toEqual(['int32', expected]);
});

test('objects without a prototype are plain', () => {
  const sample: { x: number } = Object.assign(Object.create(null), { x: 1 });
  expect(collate([sample, { x: 2 }]).x.toArray()).toEqual([1, 2]);
});

test('gradients flow through', () => {
  const x = tensor([1, 2], { requiresGrad: true });
  collate([x, x, x.detach()]).sum().backward();
  expect(x.grad?.toArray()).toEqual([2, 2]);
});

describe('what cannot be joined is named', () => {
  class Label {}
  test.each<[string, unknown[], RegExp]>([
    ['nothing', [], /^collate: expected at least one sample, got an empty list$/],
    ['kinds that differ', [[1, 2], [1]], /^collate: samples\[1\] has 1 entries, samples\[0\] 2; give all/],
    [
      'an entry of another kind',
      [{ a: [1, 2] }, { a: [1, '2'] }],
      /^collate: samples\[1\]\.a\[1\] is a string, samples\[0\]\.a\[1\] is a number; give all/,
    ],
    [
      'a key too few',
      [{ a: 1, b: 2 }, { a: 1 }],
      /^collate: 'b' is in only one of samples\[0\] and samples\[1\]/,
    ],
    [
      'a key too many',
      [{ a: 1 }, { a: 1, b: 2 }],
      /^collate: 'b' is in only one of samples\[0\] and samples\[1\]/,
    ],
    ['null', [[null]], /^collate: samples\[0\]\[0\] is null; samples may hold tensors/],
    ['undefined', [1, undefined], /^collate: samples\[1\] is undefined, samples\[0\] is a number/],
    [
      'a class of its own',
      [{ y: new Label() }],
      /^collate: samples\[0\]\.y is a Label; .* pass your own collate$/,
    ],
    ['a function', [() => 1], /^collate: samples\[0\] is a function;/],
    ['an array of another type', [new Int8Array(2)], /^collate: samples\[0\] is a Int8Array;/],
  ])('%s', (_, samples, message) => {
    expect(() => collate(samples)).toThrow(message);
    expect(() => collate(samples)).toThrow(ArgumentError);
  });

  test('shapes that differ', () => {
    const samples = [
      [zeros([2, 3]), 0],
      [zeros([3, 2]), 1],
    ];
    expect(() => collate(samples)).toThrow(
      new ShapeError(
        'collate: samples[1][0] has shape [3, 2], samples[0][0] [2, 3]; bring all samples to one shape (crop, pad), ' +
          'or pass your own collate',
      ),
    );
    expect(() => collate([new Float32Array(2), new Float32Array(3)])).toThrow(ShapeError);
  });
});
