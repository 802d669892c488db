import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as autograd from '@tensortape/autograd';
import {
  ArgumentError,
  batchNorm,
  binaryCrossEntropy,
  embedding,
  embeddingBag,
  func,
  gelu,
  hardsigmoid,
  instanceNorm,
  layerNorm,
  noGrad,
  ones,
  randn,
  ShapeError,
  scaledDotProductAttention,
  softMarginLoss,
  Tensor,
  tensor,
  zeros,
} from '@tensortape/autograd';

/** A tensor as the fixture holds it: infinities and NaN by name. */
interface Recorded {
  readonly shape: readonly number[];
  readonly dtype: 'float64' | 'int32' | 'bool';
  readonly data: readonly (number | string | boolean)[];
}

/** A call as PyTorch computed it; see fixtures/neural_reference.py. */
interface Case {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  /** Which of the tensors gradients are recorded of. */
  readonly active: readonly number[];
  readonly value: Recorded;
  readonly gradients: readonly Recorded[];
  /** Gradients of the gradients, by the active tensors and the cotangent; missing where PyTorch has none. */
  readonly seconds?: readonly Recorded[];
}

const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('./fixtures/neural.json', import.meta.url), 'utf8'),
);

const isRecorded = (value: unknown): value is Recorded =>
  typeof value === 'object' && value !== null && 'dtype' in value;

function numbers({ data }: Recorded): number[] {
  return data.map((value) => Number(typeof value === 'string' ? value.replace('inf', 'Infinity') : value));
}

function decode(value: unknown): unknown {
  if (!isRecorded(value)) return value;
  return tensor(Float64Array.from(numbers(value)), { shape: value.shape, dtype: value.dtype });
}

const waves = (like: Tensor, phase: number): Tensor =>
  tensor(
    Float64Array.from({ length: like.size }, (_, i) => Math.cos(i + phase)),
    { shape: like.shape },
  );

type Call = (...args: unknown[]) => Tensor;

function functionOf(name: string): Call {
  const known = autograd as unknown as Readonly<Record<string, Call>>;
  if (name !== 'ctcLoss behind logSoftmax') return known[name]!;
  return (x, ...rest) => known['ctcLoss']!((x as Tensor).logSoftmax(2), ...rest);
}

function expectClose(found: Tensor, expected: Recorded): void {
  expect(found.shape).toEqual(expected.shape);
  const values = numbers(expected);
  const largest = Math.max(1, ...values.filter(Number.isFinite).map(Math.abs));
  found.toTypedArray().forEach((value, i) => {
    const other = values[i]!;
    if (Object.is(value, other) || value === other) return;
    if (!(Math.abs(value - other) <= 1e-12 * largest)) expect([i, value]).toEqual([i, other]);
  });
}

test.each(
  cases.map((one, i) => [`${one.name} ${JSON.stringify(one.options).slice(0, 60)} #${i}`, one] as const),
)('%s is as PyTorch computes it', (_, { name, args, options, active, value, gradients, seconds }) => {
  const decoded = args.map(decode);
  const named = Object.entries(options).map(([key, option]) => [key, decode(option)] as const);
  const hasOptions = named.length > 0;
  const tensors = [...decoded, ...named.map(([, option]) => option)].filter((x) => x instanceof Tensor);
  const call = (...xs: Tensor[]): Tensor => {
    const replaced = new Map(active.map((at, k) => [tensors[at]!, xs[k]!]));
    const swap = (x: unknown) => (x instanceof Tensor ? (replaced.get(x) ?? x) : x);
    const last = Object.fromEntries(named.map(([key, option]) => [key, swap(option)]));
    return functionOf(name)(...decoded.map(swap), ...(hasOptions ? [last] : []));
  };
  const primals = active.map((at) => tensors[at]!);
  const y = call(...primals);
  expectClose(y, value);
  const cotangent = waves(y, 0.3);
  const pull = (...all: Tensor[]) => func.vjp(call, ...all.slice(0, -1))[1](all.at(-1)!);
  const first = pull(...primals, cotangent);
  first.forEach((gradient, k) => {
    expectClose(gradient, gradients[k]!);
  });
  if (seconds === undefined) return;
  const directions = first.map((gradient, k) => waves(gradient, k + 1));
  func
    .vjp(pull, ...primals, cotangent)[1](...directions)
    .forEach((second, k) => {
      expectClose(second, seconds[k]!);
    });
});

describe('running statistics', () => {
  const f64 = { dtype: 'float64' } as const;
  const x = tensor(
    [
      [1, 10],
      [2, 20],
      [6, 60],
    ],
    f64,
  );

  test('move in place towards the mean and the unbiased variance, as in PyTorch', () => {
    const [runningMean, runningVar] = [ones([2], f64), ones([2], f64)];
    const tracked = x.clone().requiresGrad_();
    batchNorm(tracked, { runningMean, runningVar, training: true, momentum: 0.25 });
    expect(runningMean.toArray()).toEqual([1.5, 8.25]);
    expect(runningVar.toArray()).toEqual([2.5, 175.75]);
    expect(runningMean.requiresGrad).toBe(false);
  });

  test('of instances are means over the batch', () => {
    const [runningMean, runningVar] = [zeros([1], f64), ones([1], f64)];
    instanceNorm(tensor([[[1, 3]], [[10, 16]]], f64), { runningMean, runningVar, momentum: 0.5 });
    expect(runningMean.toArray()).toEqual([3.75]);
    expect(runningVar.toArray()).toEqual([5.5]);
  });

  test('stay as they are in evaluation, and for an empty batch', () => {
    const [runningMean, runningVar] = [zeros([2]), ones([2])];
    batchNorm(ones([3, 2]), { runningMean, runningVar });
    batchNorm(zeros([0, 2]), { runningMean, runningVar, training: true });
    expect([runningMean.toArray(), runningVar.toArray()]).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });

  test('changed after the call do not spoil its gradient', () => {
    const [runningMean, runningVar] = [zeros([2], f64), ones([2], f64)];
    const tracked = x.clone().requiresGrad_();
    const y = batchNorm(tracked, { runningMean, runningVar, eps: 0 });
    noGrad(() => runningMean.fill_(7));
    y.sum().backward();
    expect(tracked.grad?.toArray()).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });
});

describe('padding', () => {
  const weight = tensor([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);
  const index = tensor([2, 0, 2], { dtype: 'int32' });

  test('gets no gradient, but is looked up', () => {
    const rows = weight.clone().requiresGrad_();
    const y = embedding(index, rows, { paddingIdx: -1 });
    expect(y.toArray()).toEqual([
      [5, 6],
      [1, 2],
      [5, 6],
    ]);
    y.sum().backward();
    expect(rows.grad?.toArray()).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ]);
  });

  test('does not count in bags', () => {
    const offsets = tensor([0, 2], { dtype: 'int32' });
    expect(embeddingBag(index, weight, { offsets, paddingIdx: 2 }).toArray()).toEqual([
      [1, 2],
      [0, 0],
    ]);
  });
});

test('tails keep their digits', () => {
  const f64 = { dtype: 'float64' } as const;
  // -x Q(x) at 10 to 16 digits, where 1 + erf(-x / sqrt 2) has none left.
  expect(gelu(tensor(-10, f64)).item()).toBeCloseTo(-7.61985302416053e-23, 37);
  expect(hardsigmoid(tensor(0, { ...f64, requiresGrad: true })).item()).toBe(0.5);
  expect(softMarginLoss(tensor([-1000]), tensor([1])).item()).toBe(1000);
});

test('normalized float32 rows keep the digits that their mean leaves', () => {
  const x = tensor(new Float32Array([1e4 + 1, 1e4 + 2, 1e4 + 3]));
  expect(layerNorm(x, [3], { eps: 0 }).toArray()).toEqual(
    [-Math.sqrt(1.5), 0, Math.sqrt(1.5)].map(Math.fround),
  );
});

test.each([
  ['bool', tensor([[false, false, false]])],
  ['added', zeros([1, 3]).sub(Number.POSITIVE_INFINITY)],
])('a query that sees no key gives zeros and zero gradients: %s mask', (_, attnMask) => {
  const [q, k, v] = [randn([1, 2]), randn([3, 2]), randn([3, 2])].map((x) => x.requiresGrad_());
  const y = scaledDotProductAttention(q!, k!, v!, { attnMask });
  expect(y.toArray()).toEqual([[0, 0]]);
  y.sum().backward();
  for (const x of [q!, k!, v!]) expect(x.grad?.abs().sum().item()).toBe(0);
});

test('messages name what was given and what is expected', () => {
  expect(() => layerNorm(ones([2, 3]), [2])).toThrow(
    new ShapeError(
      'layerNorm: normalizedShape is (2,), but x has shape (2, 3); expected the lengths of its last axes, at least one',
    ),
  );
  expect(() => binaryCrossEntropy(tensor([0.5, 2]), tensor([1, 1]))).toThrow(
    new ArgumentError(
      'binaryCrossEntropy: the input[1] is 2, expected probabilities, from 0 to 1; for logits use binaryCrossEntropyWithLogits',
    ),
  );
});
