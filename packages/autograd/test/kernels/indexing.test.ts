import { describe, expect, test } from '@jest/globals';
import { arange, type DType, IndexError, type Tensor, tensor } from '@tensortape/autograd';
import fc from 'fast-check';

/** indexSelect, element by element. */
function selectSlices(x: Tensor, dim: number, index: readonly number[]): Tensor {
  const [outer, inner] = [x.shape.slice(0, dim), x.shape.slice(dim + 1)].map((lengths) =>
    lengths.reduce((product, length) => product * length, 1),
  );
  const elements = x.toTypedArray();
  const values: number[] = [];
  for (let o = 0; o < outer!; o++)
    for (const position of index)
      for (let i = 0; i < inner!; i++) values.push(elements[(o * x.shape[dim]! + position) * inner! + i]!);
  return tensor(values, { dtype: x.dtype, shape: x.shape.with(dim, index.length) });
}

const layouts: Record<string, (x: Tensor) => Tensor> = {
  'row-major': (x) => x,
  'with an offset': (x) => x.slice(0, 1),
  transposed: (x) => x.transpose(0, 2),
  'transposed outside': (x) => x.transpose(0, 1),
  'with gaps': (x) => x.slice(2, 0, undefined, 2),
  repeated: (x) => x.slice(1, 0, 1).expand([x.shape[0]!, 3, x.shape[2]!]),
};

describe('indexSelect', () => {
  test('copies the slices asked for, from any layout, along any axis', () => {
    const lengths = fc.tuple(
      fc.integer({ min: 2, max: 4 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(1, 2, 5, 17, 40),
    );
    fc.assert(
      fc.property(
        lengths,
        fc.constantFrom<DType>('float32', 'float64', 'int32', 'uint8'),
        fc.constantFrom(...Object.keys(layouts)),
        fc.nat(2),
        fc.array(fc.nat(1000), { maxLength: 5 }),
        (shape, dtype, layout, dim, picks) => {
          const base = arange(shape[0] * shape[1] * shape[2])
            .remainder(256)
            .to(dtype)
            .reshape(shape);
          const x = layouts[layout]!(base);
          const index = picks.map((pick) => pick % x.shape[dim]!);
          const selected = x.indexSelect(dim, tensor(index, { dtype: 'int32', shape: [index.length] }));
          expect(selected.toJSON()).toEqual(selectSlices(x, dim, index).toJSON());
        },
      ),
    );
  });

  test.each([
    ['long', 20],
    ['short', 3],
  ])('refuses positions outside of %s rows', (_, length) => {
    const x = arange(4 * length).reshape([4, length]);
    for (const position of [-1, 4]) {
      expect(() => x.indexSelect(0, tensor(new Int32Array([0, position])))).toThrow(
        new IndexError(
          `indexSelect: index ${position} is out of bounds for dim 0 with length 4 (at [1] of the index)` +
            (position < 0 ? '; it counts from the start only' : ''),
        ),
      );
    }
  });

  test('takes gather with an index that differs along the inner axis one element at a time', () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    const index = tensor(new Int32Array([1, 0, 0, 1]), { shape: [2, 2] });
    expect(x.gather(0, index).toArray()).toEqual([
      [3, 2],
      [1, 4],
    ]);
  });
});
