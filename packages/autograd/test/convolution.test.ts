import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  adaptiveMaxPool2dWithIndices,
  conv2d,
  convTranspose2d,
  func,
  interpolate,
  maxPool1dWithIndices,
  maxPool2d,
  maxPool2dWithIndices,
  maxUnpool2d,
  ones,
  pad,
  type Tensor,
  tensor,
  zeros,
} from '@tensortape/autograd';
import { registry } from '@tensortape/autograd/registry';

/** One call in PyTorch, with its result and the gradients of the result times a wave; see convolution_reference.py. */
interface Case {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly gradients: readonly (readonly number[])[];
}

const cases = JSON.parse(
  readFileSync(new URL('./fixtures/convolution.json', import.meta.url), 'utf8'),
) as readonly Case[];

function wave(shape: readonly number[], phase: number): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(
    Float64Array.from({ length: size }, (_, i) => Math.sin((i + 1) * 1.7 + phase)),
    { shape },
  );
}

function worst(found: Tensor, expected: readonly number[]): number {
  const errors = Array.from(
    found.toTypedArray(),
    (value, i) => Math.abs(value - expected[i]!) / (1 + Math.abs(expected[i]!)),
  );
  return Math.max(...errors);
}

test.each(
  cases.map(
    (one) => [`${one.name} ${JSON.stringify([...one.shapes, ...one.args, one.options])}`, one] as const,
  ),
)('PyTorch: %s', (_, { name, shapes, args, options, shape, values, gradients }) => {
  const op = registry.find((one) => one.name === name)!;
  const inputs = shapes.map(wave);
  // Convolutions take a bias, or null, before their options.
  const bias = name.startsWith('conv') && shapes.length < 3 ? [null] : [];
  const rest = Object.keys(options).length > 0 ? [...args, options] : args;
  const f = (...xs: Tensor[]) => op.call(...xs, ...bias, ...rest) as Tensor;
  const [y, pullback] = func.vjp(f, ...inputs);
  expect(y.shape).toEqual(shape);
  expect(worst(y, values)).toBeLessThan(1e-11);
  pullback(wave(shape, 9)).forEach((gradient, i) => {
    expect(worst(gradient, gradients[i]!)).toBeLessThan(1e-10);
  });
});

describe('max pooling', () => {
  const nan = Number.NaN;

  test('takes the first of equal elements, and the last NaN', () => {
    expect(maxPool1dWithIndices(tensor([[2, 7, 7, 1]]), 4).indices.toArray()).toEqual([[1]]);
    expect(maxPool1dWithIndices(tensor([[1, nan, 3, nan, 5]]), 5).indices.toArray()).toEqual([[3]]);
    const plane = tensor([
      [
        [1, 4, 0],
        [4, 4, 2],
      ],
    ]);
    expect(maxPool2dWithIndices(plane, 2, { stride: 1 }).indices.toArray()).toEqual([[[1, 1]]]);
    expect(adaptiveMaxPool2dWithIndices(plane, 1).indices.toArray()).toEqual([[[1]]]);
    const torn = tensor([
      [
        [1, nan],
        [nan, 4],
      ],
    ]);
    expect(maxPool2dWithIndices(torn, 2).indices.toArray()).toEqual([[[2]]]);
    expect(maxPool2d(torn, 2).item()).toBeNaN();
  });

  test('takes integers as they are', () => {
    const x = tensor([[[1, 5, 2, 7]]], { dtype: 'int32' });
    expect(maxPool2d(x, [1, 2]).toArray()).toEqual([[[5, 7]]]);
    expect(maxPool2d(x, [1, 2]).dtype).toBe('int32');
  });

  test('is undone where windows overlap: what is put twice stays once', () => {
    const x = tensor([[[1, 9, 2]]]);
    const { values, indices } = maxPool2dWithIndices(x, [1, 2], { stride: 1 });
    expect(maxUnpool2d(values, indices, [1, 2], { stride: 1 }).toArray()).toEqual([[[0, 9, 0]]]);
  });
});

describe('shapes', () => {
  test('an empty batch', () => {
    expect(conv2d(zeros([0, 2, 4, 4]), ones([3, 2, 3, 3]), ones([3])).shape).toEqual([0, 3, 2, 2]);
    expect(convTranspose2d(zeros([0, 2, 4, 4]), ones([2, 3, 3, 3])).shape).toEqual([0, 3, 6, 6]);
    expect(interpolate(zeros([0, 1, 4]), { size: 3 }).shape).toEqual([0, 1, 3]);
  });

  test('interpolation leaves out places of weight 0, whatever their values', () => {
    const x = tensor([[[0, Number.POSITIVE_INFINITY, 1]]]);
    const y = interpolate(x, { size: 5, mode: 'linear', alignCorners: true });
    expect(y.toArray()).toEqual([[[0, ...new Array(3).fill(Number.POSITIVE_INFINITY), 1]]]);
  });

  test('what padding cuts off may be all there is', () => {
    expect(pad(ones([1, 5]), [-3, -2]).shape).toEqual([1, 0]);
    expect(pad(ones([2]), []).toArray()).toEqual([1, 1]);
  });
});

describe('messages', () => {
  test.each([
    [
      () => conv2d(ones([1, 3, 8, 8]), ones([6, 2, 3, 3])),
      'conv2d: x of shape (1, 3, 8, 8) has 3 channels, the weight of shape (6, 2, 3, 3) takes 2 (groups * weight.shape[1]); make the weight (6, 3, …), or change groups',
    ],
    [
      () => conv2d(ones([1, 3, 2, 8]), ones([6, 3, 3, 3]), null, { dilation: 2 }),
      'conv2d: a kernel of (3, 3) (dilation (2, 2)) does not fit x of shape (1, 3, 2, 8), with padding (2, 8): the result would be (-2, 4); use a smaller kernel or more padding',
    ],
    [
      () => pad(ones([1, 3]), [3, 0], 'reflect'),
      "pad: mode 'reflect' can pad axis 1 of x of shape (1, 3) by less than its length 3, got (3, 0)",
    ],
  ])('%#', (call, message) => {
    expect(call).toThrow(message);
  });
});
