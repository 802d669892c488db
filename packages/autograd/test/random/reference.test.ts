import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  askPython,
  type Case,
  compare,
  isRounded,
  type NumpyCall,
  pythonHas,
  replayNumpy,
  replayTorch,
  type TorchCall,
} from './replay.ts';

/*
 * The same random programs, here and in the real NumPy and PyTorch where Python has them. One Python process runs
 * them all, so the cases are sampled and not shrunk; FC_SEED repeats a run.
 */

const seed = fc.readConfigureGlobal()?.seed ?? Date.now() % 2 ** 31;
const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] =>
  fc.sample(arbitrary, { numRuns, seed });

const size = fc.oneof(
  fc.constantFrom(0, 1, 2, 15, 16, 17, 31, 32, 33, 623, 624, 625, 1000),
  fc.nat({ max: 100 }),
);
const bound = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  // Not so small that products round to denormal numbers, which PyTorch fuses with the sum.
  fc
    .double({ min: -100, max: 100, noNaN: true, noDefaultInfinity: true })
    .map((x) => (Math.abs(x) < 1e-290 ? 0 : x)),
);
const spread = fc.oneof(
  fc.constantFrom(0, 1, 1e-4),
  fc.double({ min: 1e-10, max: 100, noNaN: true, noDefaultInfinity: true }),
);
const f8 = fc.constant<'f8'>('f8');
const i4 = fc.constant<'i4'>('i4');
const real = fc.constantFrom<'f4' | 'f8'>('f4', 'f8');

/** Ranges of integers around the powers of two, where the generators change their way of drawing. */
function ranges(most: number): fc.Arbitrary<{ low: number; high: number }> {
  return fc
    .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: -1, max: 1 }), fc.nat({ max: 1000 }))
    .map(([power, more, below]) => ({ low: -below, high: Math.max(1, 2 ** power + more) - below }));
}

const numpySeed = fc.oneof(fc.constantFrom(0, 1, 2 ** 31, 2 ** 32 - 1), fc.nat({ max: 2 ** 32 - 1 }));

/** n, count and options of a choice. */
const choice: fc.Arbitrary<NumpyCall> = fc
  .record({
    n: fc.integer({ min: 1, max: 40 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    replace: fc.boolean(),
  })
  .chain(({ n, part, replace }) =>
    fc
      .option(fc.array(fc.integer({ min: 0, max: 8 }), { minLength: n, maxLength: n }), { nil: undefined })
      .map((w) => {
        const total = w?.reduce((sum, weight) => sum + weight, 0);
        const positive = w && total ? w.filter((weight) => weight > 0).length : n;
        const count = replace ? Math.round(part * 200) : Math.round(part * positive);
        const base = { kind: 'choice' as const, dtype: 'i4' as const, n, count, replace };
        return w && total ? { ...base, p: w.map((weight) => weight / total) } : base;
      }),
  );

const numpyCall: fc.Arbitrary<NumpyCall> = fc.oneof(
  fc.record({
    kind: fc.constantFrom<'rand' | 'randn'>('rand', 'randn'),
    dtype: f8,
    n: size,
    scalars: fc.boolean(),
  }),
  fc.record({ kind: fc.constant<'uniform'>('uniform'), dtype: f8, n: size, low: bound, high: bound }),
  fc.record({
    kind: fc.constant<'normal'>('normal'),
    dtype: f8,
    n: size,
    loc: bound,
    scale: spread,
    scalars: fc.boolean(),
  }),
  fc
    .record({
      kind: fc.constant<'randint'>('randint'),
      dtype: f8,
      n: size,
      range: ranges(52),
      scalars: fc.boolean(),
    })
    .map(({ range, ...call }) => ({ ...call, ...range })),
  fc.record({ kind: fc.constant<'permutation'>('permutation'), dtype: i4, n: size }),
  fc.record({
    kind: fc.constant<'shuffle'>('shuffle'),
    dtype: i4,
    n: size,
    rowLength: fc.integer({ min: 1, max: 4 }),
  }),
  choice,
  fc.record({ kind: fc.constant<'seed'>('seed'), dtype: f8, seed: numpySeed }),
);

const numpyCase: fc.Arbitrary<Case<NumpyCall>> = fc.record({
  seed: numpySeed,
  calls: fc.array(numpyCall, { minLength: 1, maxLength: 12 }),
});

const torchCall: fc.Arbitrary<TorchCall> = fc.oneof(
  fc
    .record({ kind: fc.constant<'uniform'>('uniform'), dtype: real, n: size, a: bound, b: bound })
    .map(({ a, b, ...call }) => ({ ...call, low: Math.min(a, b), high: Math.max(a, b) })),
  fc.record({ kind: fc.constant<'normal'>('normal'), dtype: real, n: size, mean: bound, std: spread }),
  fc
    .record({ kind: fc.constant<'randint'>('randint'), dtype: f8, n: size, range: ranges(52) })
    .map(({ range, ...call }) => ({ ...call, ...range })),
  fc
    .record({
      kind: fc.constant<'randint'>('randint'),
      dtype: fc.constantFrom<'i4' | 'u1' | 'f4'>('i4', 'u1', 'f4'),
      n: size,
      power: fc.integer({ min: 0, max: 8 }),
    })
    .map(({ power, ...call }) => ({ ...call, low: 0, high: 2 ** power })),
  fc.record({ kind: fc.constant<'permutation'>('permutation'), dtype: i4, n: size }),
  fc.record({
    kind: fc.constant<'bernoulli'>('bernoulli'),
    dtype: fc.constantFrom<'f4' | 'f8' | 'i4' | 'u1'>('f4', 'f8', 'i4', 'u1'),
    n: size,
    p: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant<'bernoulliEach'>('bernoulliEach'),
    dtype: fc.constant<'f4'>('f4'),
    p: fc.array(fc.float({ min: 0, max: 1, noNaN: true })),
    single: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant<'exponential'>('exponential'),
    dtype: real,
    n: size,
    rate: spread.filter((x) => x > 0),
  }),
  fc.record({
    kind: fc.constant<'geometric'>('geometric'),
    dtype: fc.constantFrom<'f4' | 'f8' | 'i4'>('f4', 'f8', 'i4'),
    n: size,
    p: fc.double({ min: 1e-5, max: 0.99, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant<'cauchy'>('cauchy'),
    dtype: real,
    n: size,
    median: bound,
    sigma: spread.filter((x) => x > 0),
  }),
  fc.record({
    kind: fc.constant<'logNormal'>('logNormal'),
    dtype: real,
    n: size,
    mean: fc.double({ min: -3, max: 3, noNaN: true }),
    std: fc.double({ min: 0.01, max: 3, noNaN: true }),
  }),
  fc.record({
    kind: fc.constant<'gamma'>('gamma'),
    dtype: real,
    concentrations: fc.array(fc.double({ min: 0.01, max: 1e4, noNaN: true })),
  }),
  fc.record({
    kind: fc.constant<'poisson'>('poisson'),
    dtype: real,
    rates: fc.array(fc.double({ min: 0, max: 200, noNaN: true })),
  }),
  fc.array(fc.tuple(fc.nat({ max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }))).chain((pairs) =>
    fc.record({
      kind: fc.constant<'binomial'>('binomial'),
      dtype: real,
      counts: fc.constant(pairs.map(([count]) => count)),
      p: fc.constant(pairs.map(([, p]) => p)),
    }),
  ),
  fc
    .record({
      kind: fc.constant<'multinomial'>('multinomial'),
      dtype: i4,
      weights: fc.array(fc.float({ min: Math.fround(1e-6), max: 10, noNaN: true }), {
        minLength: 1,
        maxLength: 30,
      }),
      rows: fc.integer({ min: 1, max: 3 }),
      count: fc.integer({ min: 1, max: 50 }),
      replacement: fc.boolean(),
      single: fc.boolean(),
    })
    .map(({ weights, rows, count, ...call }) => ({
      ...call,
      weights: Array.from({ length: rows }, (_, row) => weights.map((weight) => weight * (row + 1))).flat(),
      rows,
      count: call.replacement ? count : 1 + (count % weights.length),
    })),
  fc.record({ kind: fc.constant<'state'>('state'), dtype: fc.constant<'u1'>('u1') }),
);

const torchCase: fc.Arbitrary<Case<TorchCall>> = fc.record({
  seed: fc.oneof(fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1), fc.maxSafeNat()),
  // A first draw, since the state of a generator just seeded differs in a field without meaning.
  calls: fc
    .array(torchCall, { maxLength: 12 })
    .map((calls) => [{ kind: 'randint' as const, dtype: 'f8' as const, n: 1, low: 0, high: 9 }, ...calls]),
});

(pythonHas('numpy') ? describe : describe.skip)(`NumPy itself (FC_SEED=${seed})`, () => {
  test('draws the same', () => {
    const long: Case<NumpyCall> = { seed, calls: [{ kind: 'randn', dtype: 'f8', n: 100000 }] };
    const replayed = replayNumpy(askPython({ numpy: [long, ...sample(numpyCase, 300)] }).numpy!);
    const isNormal = ({ call }: { call: NumpyCall }): boolean =>
      call.kind === 'randn' || call.kind === 'normal';
    const others = compare(replayed.filter((one) => !isNormal(one)));
    expect(others.first).toBe('');
    expect(others.total).toBeGreaterThan(100000);
    const normals = compare(replayed.filter(isNormal));
    expect(normals.scaled < 1e-15 || normals.first).toBe(true);
    expect(normals.identical / normals.total).toBeGreaterThan(0.999);
  });
});

(pythonHas('torch') ? describe : describe.skip)(`PyTorch itself (FC_SEED=${seed})`, () => {
  const torchSample = sample(torchCase, 300);

  test('draws the same', () => {
    const { torch, instructions } = askPython({ torch: torchSample });
    const replayed = replayTorch(torch!);
    const unanswered = torch!.filter(({ calls }) => calls[0]!.result === null).length;
    if (unanswered > 0)
      process.stderr.write(
        `Skipped: ${unanswered} of 300 programs, in which MKL draws otherwise on Intel CPUs.\n`,
      );
    // Without AVX2, PyTorch computes blocks of float32 normals by other means.
    const vectors = instructions === 'AVX2' || instructions === 'AVX512';
    const rounded = (call: TorchCall): boolean => isRounded(call) || (!vectors && call.kind === 'normal');
    const exact = compare(replayed.filter(({ call }) => !rounded(call)));
    expect(exact.first).toBe('');
    const doubles = compare(replayed.filter(({ call }) => isRounded(call)));
    expect(doubles.scaled < 1e-15 || doubles.first).toBe(true);
    const singles = compare(replayed.filter(({ call }) => rounded(call) && !isRounded(call)));
    expect(singles.scaled < 1e-6 || singles.first).toBe(true);
  });
});
