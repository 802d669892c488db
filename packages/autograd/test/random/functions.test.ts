import { describe, expect, test } from '@jest/globals';
import {
  bernoulli,
  binomial,
  Generator,
  manualSeed,
  multinomial,
  normal,
  ones,
  poisson,
  RandomState,
  rand,
  randint,
  randintLike,
  randLike,
  randn,
  randnLike,
  type Tensor,
  tensor,
  zeros,
} from '@tensortape/autograd';

const f8 = (x: number | readonly number[]) => tensor(x, { dtype: 'float64' });
const seeded = (draw: () => Tensor) => {
  manualSeed(5);
  return draw().toArray();
};

describe('random tensors', () => {
  test('take shape and dtype of another', () => {
    const x = f8([1, 2, 3]);
    expect(seeded(() => randLike(x))).toEqual(seeded(() => rand([3], { dtype: 'float64' })));
    expect(seeded(() => randnLike(x))).toEqual(seeded(() => randn([3], { dtype: 'float64' })));
    expect(seeded(() => randintLike(x, -2, 5))).toEqual(
      seeded(() => randint(-2, 5, [3], { dtype: 'float64' })),
    );
    expect(randLike(x, { dtype: 'float32' }).dtype).toBe('float32');
    expect(() => randLike(x.to('int32'))).toThrow(/rand: expected a floating point tensor/);
  });

  test('normals of given means and deviations', () => {
    const mean = f8([0, 100]);
    const z = seeded(() => randn([2], { dtype: 'float64' })) as number[];
    expect(seeded(() => normal(mean, f8([1, 10])))).toEqual([z[0], z[1]! * 10 + 100]);
    expect(seeded(() => normal(mean, 0))).toEqual([0, 100]);
    expect(seeded(() => normal(3, f8([0, 0])))).toEqual([3, 3]);
    expect(normal(zeros([2, 1]), ones([3])).shape).toEqual([2, 3]);
    expect(seeded(() => normal(1, 2, [20]))).toEqual(seeded(() => zeros([20]).normal_(1, 2)));
    expect(normal(tensor([0], { requiresGrad: true }), 1).requiresGrad).toBe(false);
  });

  test('coins, counts: of the shape and dtype of their parameters', () => {
    for (const draw of [bernoulli, poisson, (p: Tensor) => binomial(ones(p.shape), p)]) {
      const x = draw(tensor([[0], [1]]));
      expect([x.shape, x.dtype, x.select(0, 0).item()]).toEqual([[2, 1], 'float32', 0]);
    }
    expect(binomial(f8([7, 0]), f8([1, 1])).toArray()).toEqual([7, 0]);
    expect(bernoulli(tensor([0.5], { requiresGrad: true })).requiresGrad).toBe(false);
    expect(
      multinomial(
        tensor([
          [0, 1, 0],
          [1, 0, 0],
        ]),
        1,
      ).toArray(),
    ).toEqual([[1], [0]]);
    expect([...multinomial(tensor([1, 1, 1]), 3).toTypedArray()].sort()).toEqual([0, 1, 2]);
  });

  test('fillers change views and integers in place', () => {
    const x = zeros([2, 3]);
    x.select(1, 1).exponential_(2);
    expect(x.select(1, 0).toArray()).toEqual([0, 0]);
    expect(x.select(1, 1).gt(0).all().item()).toBe(1);
    expect(zeros([50], { dtype: 'uint8' }).geometric_(0.5).amin().item()).toBe(1);
    expect(
      zeros([3])
        .bernoulli_(tensor([0, 1, 1]))
        .toArray(),
    ).toEqual([0, 1, 1]);
    expect(
      zeros([2, 2])
        .bernoulli_(tensor([0, 1]))
        .toArray(),
    ).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(zeros([9]).logNormal_().gt(0).all().item()).toBe(1);
    expect(zeros([9]).cauchy_(5, 1e-9).round().toArray()).toEqual(new Array(9).fill(5));
  });

  const w = tensor([1, 2], { requiresGrad: true });
  test.each<[string, RegExp, () => unknown]>([
    [
      'ArgumentError',
      /^normal: expected a shape beside the numbers 1 and 2/,
      () => Reflect.apply(normal, undefined, [1, 2]),
    ],
    [
      'ArgumentError',
      /^normal: std\[0, 1\] must be 0 or more, got -1/,
      () => normal(f8([1]), tensor([[1, -1]])),
    ],
    [
      'ShapeError',
      /^normal: shapes \(2,\) and \(3,\) do not broadcast/,
      () => normal(f8([1, 2]), f8([1, 2, 3])),
    ],
    [
      'DTypeError',
      /^normal: expected a floating point tensor, got int32/,
      () => normal(ones([1], { dtype: 'int32' }), 1),
    ],
    ['ArgumentError', /^Generator.normal: std must be finite/, () => normal(0, -1, [2])],
    [
      'ArgumentError',
      /^bernoulli: p\[1\] must be a probability from 0 to 1, got 2/,
      () => bernoulli(f8([0.5, 2])),
    ],
    [
      'DTypeError',
      /^bernoulli: expected a floating point tensor, got int32/,
      () => bernoulli(ones([1], { dtype: 'int32' })),
    ],
    ['ArgumentError', /^poisson: rate\[0\] must be finite and 0 or more, got -1/, () => poisson(f8([-1]))],
    [
      'ArgumentError',
      /^poisson: rate must be finite and 0 or more, got Infinity/,
      () => poisson(f8(Number.POSITIVE_INFINITY)),
    ],
    [
      'ArgumentError',
      /^binomial: count\[0\] must be a whole number >= 0, got 1.5/,
      () => binomial(f8([1.5]), f8(0.5)),
    ],
    [
      'ArgumentError',
      /^binomial: p must be a probability from 0 to 1, got NaN/,
      () => binomial(f8(1), f8(Number.NaN)),
    ],
    ['ArgumentError', /row 0 has 3 weights above 0, cannot draw 4/, () => multinomial(f8([1, 2, 3]), 4)],
    ['ArgumentError', /count must be an integer from 1/, () => multinomial(f8([1, 2, 3]), 0)],
    [
      'DTypeError',
      /^multinomial: expected a floating point tensor, got int32/,
      () => multinomial(ones([2], { dtype: 'int32' }), 1),
    ],
    ['ShapeError', /^multinomial: expected one or two axes/, () => multinomial(f8(1), 1)],
    ['ArgumentError', /p must be a probability above 0 and below 1, got 1;/, () => zeros([1]).geometric_(1)],
    ['ArgumentError', /p must be a probability above 0 and below 1, got 0;/, () => zeros([1]).geometric_(0)],
    [
      'ArgumentError',
      /does not fit Uint8Array \(exact from 0 to 255\)/,
      () => zeros([300], { dtype: 'uint8' }).geometric_(1e-3),
    ],
    [
      'DTypeError',
      /^geometric_: draws are 1 or more, which bool cannot hold/,
      () => zeros([1], { dtype: 'bool' }).geometric_(0.5),
    ],
    ['ArgumentError', /sigma must be positive and finite, got -1/, () => zeros([1]).cauchy_(0, -1)],
    ['ArgumentError', /median must be a finite number, got NaN/, () => zeros([1]).cauchy_(Number.NaN)],
    ['ArgumentError', /std must be positive, got 0/, () => zeros([1]).logNormal_(0, 0)],
    ['ArgumentError', /std must be finite and 0 or more, got -1/, () => zeros([1]).logNormal_(0, -1)],
    [
      'DTypeError',
      /^logNormal_: expected a floating point tensor/,
      () => zeros([1], { dtype: 'int32' }).logNormal_(),
    ],
    [
      'DTypeError',
      /^cauchy_: expected a floating point tensor/,
      () => zeros([1], { dtype: 'int32' }).cauchy_(),
    ],
    [
      'DTypeError',
      /^exponential_: expected a floating point tensor/,
      () => zeros([1], { dtype: 'int32' }).exponential_(),
    ],
    ['ArgumentError', /rate must be positive and finite, got 0/, () => zeros([1]).exponential_(0)],
    [
      'ShapeError',
      /^bernoulli_: shapes \(3,\) and \(2,\) do not broadcast/,
      () => zeros([3]).bernoulli_(f8([0.1, 0.2])),
    ],
    [
      'ShapeError',
      /^bernoulli_: p of shape \(2, 1\) does not broadcast to \(3,\)/,
      () => zeros([3]).bernoulli_(f8([0.1, 0.2]).reshape([2, 1])),
    ],
    [
      'GradientError',
      /^exponential_: a leaf that requires grad \(.*\) cannot be changed in place/,
      () => w.exponential_(),
    ],
  ])('refuse with %s %s', (name, message, call) => {
    let thrown: unknown;
    try {
      call();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name, message: expect.stringMatching(message) });
  });
});

describe('states', () => {
  const draws = (generator: Generator) => [
    randn([5], { generator }).toArray(),
    multinomial(ones([4]), 2, { generator }).toArray(),
    normal(f8(0), 1, { generator }).item(),
  ];

  test('of a Generator survive JSON and structured clones', () => {
    const generator = new Generator(3);
    generator.normal(new Float64Array(3));
    const state = generator.getState();
    const expected = draws(generator);
    const copies = [structuredClone(state), JSON.parse(JSON.stringify(Array.from(state)))];
    for (const copy of copies) expect(draws(new Generator(0).setState(copy))).toEqual(expected);
  });

  test('of a RandomState survive JSON and structured clones', () => {
    const random = new RandomState(3);
    random.randn(3);
    const state = random.getState();
    const next = () => [random.randn(4).toArray(), random.permutation(5).toArray()];
    const expected = next();
    for (const copy of [structuredClone(state), JSON.parse(JSON.stringify(state))]) {
      random.setState(copy);
      expect(next()).toEqual(expected);
    }
  });

  test('that are none are refused, and change nothing', () => {
    const generator = new Generator(3);
    const before = generator.getState();
    const list = Array.from(before);
    for (const [wrong, message] of [
      ['undefined', /a state has 5056 bytes, got undefined/],
      ['{}', /a state has 5056 bytes, got undefined/],
      ['[1, 2]', /a state has 5056 bytes, got 2/],
      [JSON.stringify(list.with(7, 256)), /state\[7\] is 256, not a byte/],
      [JSON.stringify(list.with(9, 0.5)), /state\[9\] is 0.5, not a byte/],
    ] as const) {
      const state = wrong === 'undefined' ? undefined : JSON.parse(wrong);
      expect(() => generator.setState(state)).toThrow(message);
    }
    expect(generator.getState()).toEqual(before);
    for (const state of ['{}', '{"key":5,"position":1,"cachedNormal":null}'])
      expect(() => new RandomState(1).setState(JSON.parse(state))).toThrow(/state\./);
  });
});
