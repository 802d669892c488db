import { describe, expect, test } from '@jest/globals';
import {
  ArgumentError,
  arange,
  DTypeError,
  eye,
  full,
  IndexError,
  linspace,
  type Nested,
  oneHot,
  ones,
  onesLike,
  ShapeError,
  tensor,
  zeros,
  zerosLike,
} from '@tensortape/autograd';

describe('tensor', () => {
  test('takes numbers, booleans, nested lists and typed arrays, which it copies', () => {
    expect(tensor(3)).toMatchObject({ dtype: 'float32', shape: [], size: 1 });
    expect(tensor(true).dtype).toBe('bool');
    expect(
      tensor([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toMatchObject({ dtype: 'float32', shape: [2, 3] });
    expect(tensor([true, 2]).toArray()).toEqual([1, 2]);
    expect(tensor([])).toMatchObject({ dtype: 'float32', shape: [0] });
    expect(tensor([[], []]).shape).toEqual([2, 0]);
    const values = new Float64Array([1, 2, 3, 4]);
    const x = tensor(values, { shape: [2, 2] });
    values[0] = 100;
    expect([x.dtype, x.toArray()]).toEqual([
      'float64',
      [
        [1, 2],
        [3, 4],
      ],
    ]);
    expect(tensor(new Uint8Array([255])).dtype).toBe('uint8');
    expect(tensor(new Float64Array([0.1]), { dtype: 'float32' }).item()).toBe(Math.fround(0.1));
    expect(tensor([3, 0, Number.NaN], { dtype: 'bool' }).toArray()).toEqual([true, false, true]);
    expect(tensor([1], { requiresGrad: true }).requiresGrad).toBe(true);
  });

  test('names the place where lists are ragged or hold something else', () => {
    const refused = (data: unknown, error: new () => Error, message: string) => {
      expect(() => tensor(data as Nested)).toThrow(error);
      expect(() => tensor(data as Nested)).toThrow(message);
    };
    refused([[1, 2], [3]], ShapeError, 'tensor: the lists are ragged: data[1] has 1 elements, expected 2');
    refused(
      [[1], 2],
      ShapeError,
      'tensor: the lists are ragged: data[1] is a single value, expected 1 elements',
    );
    refused([1, [2]], ShapeError, 'tensor: the lists are ragged: data[1] has 1 elements, expected a number');
    refused([[[1]], [[1, 2]]], ShapeError, 'data[1][0] has 2 elements, expected 1');
    refused([1, '2'], DTypeError, "tensor: data[1] is the string '2', expected a number or boolean");
    refused([[1], [null]], DTypeError, 'tensor: data[1][0] is null, expected a number or boolean');
    refused([1n], DTypeError, 'data[0] is a bigint');
    refused([1, undefined], DTypeError, 'data[1] is undefined');
    refused(new Float32Array(0).buffer, DTypeError, 'tensor: data is an ArrayBuffer');
    refused(
      new BigInt64Array(1),
      DTypeError,
      'tensor: expected a Float32Array, Float64Array, Int32Array or Uint8Array',
    );
  });

  test('refuses values that the dtype cannot hold, and shapes of another size', () => {
    expect(() => tensor([1, 2.5], { dtype: 'int32' })).toThrow(DTypeError);
    expect(() => tensor([1, 2.5], { dtype: 'int32' })).toThrow(
      'tensor: element 1 is 2.5, which int32 cannot hold (whole numbers -2147483648 to 2147483647)',
    );
    expect(() => tensor([256], { dtype: 'uint8' })).toThrow(
      'element 0 is 256, which uint8 cannot hold (whole numbers 0 to 255)',
    );
    expect(() => tensor(new Float64Array([0, -1]), { dtype: 'uint8' })).toThrow('element 1 is -1');
    expect(() => tensor([Number.NaN], { dtype: 'int32' })).toThrow('element 0 is NaN');
    expect(() => tensor([1, 2, 3], { shape: [2, 2] })).toThrow(ShapeError);
    expect(() => tensor([1, 2, 3], { shape: [2, 2] })).toThrow(
      'tensor: shape (2, 2) does not hold 3 elements',
    );
    expect(() => tensor([1], { dtype: 'float16' as 'float32' })).toThrow(ArgumentError);
    expect(() => tensor([1], { dtype: 'int32', requiresGrad: true })).toThrow(
      /only floating point tensors can require grad/,
    );
  });
});

describe('constant tensors', () => {
  test('have the shape, dtype and value asked for, in an array of their own', () => {
    expect(zeros([2, 0]).toArray()).toEqual([[], []]);
    expect(ones([2], { dtype: 'bool' }).toArray()).toEqual([true, true]);
    expect(full([2], 7, { dtype: 'uint8' }).toArray()).toEqual([7, 7]);
    expect(full([2], 5, { dtype: 'bool' }).sum().item()).toBe(2);
    const x = tensor([[1], [2]], { dtype: 'float64' });
    expect(zerosLike(x)).toMatchObject({ shape: [2, 1], dtype: 'float64' });
    expect(onesLike(x, { dtype: 'int32' }).toArray()).toEqual([[1], [1]]);
    expect(eye(2, 3).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(eye(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    const shape = [2, 2];
    const y = zeros(shape);
    shape[0] = 9;
    expect(y.shape).toEqual([2, 2]);
  });

  test('refuse shapes that are none, and values that do not fit', () => {
    expect(() => zeros([2, -1])).toThrow(ShapeError);
    expect(() => zeros([2, -1])).toThrow('zeros: (2, -1) is not a shape: lengths are whole numbers >= 0');
    expect(() => ones([1.5])).toThrow('ones: (1.5,) is not a shape');
    expect(() => full([Number.NaN], 1)).toThrow('full: (NaN,) is not a shape');
    expect(() => zeros([2 ** 20, 2 ** 20])).toThrow(
      'zeros: shape (1048576, 1048576) has more than 2^32 elements',
    );
    expect(() => eye(-1)).toThrow('eye: (-1, -1) is not a shape');
    expect(() => full([2], 0.5, { dtype: 'int32' })).toThrow(
      'full: the value is 0.5, which int32 cannot hold',
    );
    expect(() => zeros([2], { dtype: 'int32' }).fill_(0.5)).toThrow(
      'fill_: the value is 0.5, which int32 cannot hold',
    );
    expect(zeros([2], { dtype: 'bool' }).fill_(5).sum().item()).toBe(2);
  });
});

describe('ranges', () => {
  test('count from start to before end', () => {
    expect(arange(4)).toMatchObject({ dtype: 'int32', shape: [4] });
    expect(arange(5, 0, -2).toArray()).toEqual([5, 3, 1]);
    expect(arange(0, 1, 0.25)).toMatchObject({ dtype: 'float32', shape: [4] });
    expect(arange(3, { dtype: 'float64' }).dtype).toBe('float64');
    expect(arange(0).shape).toEqual([0]);
    expect(arange(2, 2).shape).toEqual([0]);
    // Each element is computed from the start: no error adds up.
    expect(arange(0, 1, 0.1, { dtype: 'float64' }).toTypedArray()[7]).toBe(7 * 0.1);
  });

  test('are refused where no step leads to the end, or a value does not fit', () => {
    expect(() => arange(0, 5, -1)).toThrow(ArgumentError);
    expect(() => arange(0, 5, -1)).toThrow('arange: a step of -1 does not lead from 0 to 5');
    expect(() => arange(0, 5, 0)).toThrow('a step of 0');
    expect(() => arange(Number.NaN)).toThrow(ArgumentError);
    expect(() => arange(Number.POSITIVE_INFINITY)).toThrow(ArgumentError);
    expect(() => arange(3e9, 3e9 + 2)).toThrow('arange: element 0 is 3000000000, which int32 cannot hold');
    expect(() => arange(0, 2, 0.5, { dtype: 'int32' })).toThrow('arange: element 1 is 0.5');
    expect(arange(3e9, 3e9 + 2, { dtype: 'float64' }).toArray()).toEqual([3e9, 3e9 + 1]);
  });

  test('linspace includes both ends, and one step is the start', () => {
    expect(linspace(0, 1, 5).toArray()).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(linspace(-0.1, 0.5, 20, { dtype: 'float64' }).toTypedArray().at(-1)).toBe(0.5);
    expect(linspace(2, 5, 1).toArray()).toEqual([2]);
    expect(linspace(2, 5, 0).toArray()).toEqual([]);
    expect(() => linspace(0, 1, -1)).toThrow('linspace: (-1,) is not a shape');
    expect(() => linspace(0, 1, 2.5)).toThrow(ShapeError);
  });
});

describe('oneHot', () => {
  test('is 1 at each index', () => {
    expect(oneHot(tensor([[0], [2]], { dtype: 'int32' }), 3).toArray()).toEqual([[[1, 0, 0]], [[0, 0, 1]]]);
    expect(oneHot(tensor([1], { dtype: 'int32' }), 2, { dtype: 'float32' }).dtype).toBe('float32');
  });

  test('refuses indices out of range', () => {
    const index = tensor([0, 3], { dtype: 'int32' });
    expect(() => oneHot(index, 3)).toThrow(ArgumentError);
    expect(() => oneHot(index, 3)).toThrow('oneHot: index 3 at element 1 is not in 0 … 2');
    expect(() => oneHot(tensor([0.5]), 3)).toThrow('index 0.5 at element 0');
  });
});

describe('reading', () => {
  test('item wants one element', () => {
    expect(tensor([[4]]).item()).toBe(4);
    expect(() => tensor([1, 2]).item()).toThrow(ArgumentError);
    expect(() => tensor([1, 2]).item()).toThrow(
      'item: expected one element, the tensor has 2 (shape (2,)); use toArray()',
    );
  });

  test('indices and axes out of range are named', () => {
    const x = zeros([2, 3]);
    expect(() => x.select(1, 3)).toThrow(IndexError);
    expect(() => x.select(1, 3)).toThrow('select: index 3 is out of bounds for dim 1 with length 3');
    expect(() => x.sum(2)).toThrow('sum: dim 2 is out of range for a tensor of 2 dimensions [-2, 1]');
    expect(() => x.sum([0, -2])).toThrow('sum: dim 0 appears twice in [0, -2] of a tensor of shape (2, 3)');
    expect(() => x.add(zeros([2, 2]))).toThrow(
      'add: shapes (2, 3) and (2, 2) do not broadcast: axis -1 has lengths 3 and 2; equal lengths, or a length of 1, are needed',
    );
  });

  test('toTypedArray is a copy', () => {
    const x = tensor([1, 2]);
    x.toTypedArray()[0] = 100;
    expect(x.toArray()).toEqual([1, 2]);
  });
});
