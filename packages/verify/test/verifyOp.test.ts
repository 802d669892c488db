import { describe, expect, test } from '@jest/globals';
import { cat, elementwise, exp, func, max, mul, type SampleKit, type Tensor } from '@tensortape/autograd';
import { registry } from '@tensortape/autograd/registry';
import {
  checkOp,
  type OpUnderTest,
  opProperties,
  type VerificationError,
  verifyOp,
} from '@tensortape/verify';

const wrongSin = elementwise({ name: 'sin', forward: 'sin', saves: 'input', derivative: (x) => x.sin() });
const wrong: OpUnderTest<[Tensor]> = { name: 'wrongSin', call: wrongSin, samples: (s) => [s.tensor()] };

function failureOf(body: () => unknown): VerificationError {
  try {
    body();
  } catch (error) {
    return error as VerificationError;
  }
  throw new Error('nothing was thrown');
}

describe('a failure', () => {
  const failure = failureOf(() => verifyOp(wrong, { seed: 42 }));

  test('names operation, property, result, argument, coordinate and both values', () => {
    expect(failure.name).toBe('VerificationError');
    expect(failure.message).toMatch(
      /^verifyOp: 'wrongSin' fails 'forward' \(J t is the 5-point difference of the value\):\n {2}result(\[[\d, ]+\])? by argument 0(\[[\d, ]+\])?: the jvp gives [-\d.e]+, the 5-point difference [-\d.e]+ \(uncertain by /,
    );
  });

  test('shows the call as source text, shrunk to few elements', () => {
    expect(failure.call).toMatch(/^wrongSin\(tensor\(.*, \{ dtype: 'float64' \}\)\)$/);
    expect(failure.call.match(/\d+(\.\d+)?/g)!.length).toBeLessThan(6);
  });

  test('is repeated by the seed and path it prints, and by the seed alone', () => {
    const { seed, path, message } = failure;
    expect(message).toContain(
      `{ properties: ['forward'], seed: 42, path: '${path}' }), or the whole test with FC_SEED=42`,
    );
    expect(failureOf(() => verifyOp(wrong, { properties: ['forward'], seed, path })).message).toBe(message);
    expect(failureOf(() => verifyOp(wrong, { seed: 42 })).message).toBe(message);
  });
});

describe('checkOp', () => {
  test('reports on every property that applies, in order, with the number of cases', () => {
    const report = checkOp({ name: 'exp', call: exp, samples: (s) => [s.tensor()] }, { runs: 7 });
    expect(report).toMatchObject({ op: 'exp', reason: null });
    const found = report.properties.map(({ property, cases, failure }) => [property, cases, failure]);
    const inapplicable = ['mixed', 'shared'];
    expect(found).toEqual(
      Object.keys(opProperties)
        .filter((name) => name !== 'untracked' && name !== 'refused')
        .map((name) => [
          name,
          inapplicable.includes(name) ? 0 : name === 'empty' ? expect.any(Number) : 7,
          null,
        ]),
    );
  });

  test('goes on after a failure', () => {
    const failed = checkOp(wrong).properties.filter(({ failure }) => failure !== null);
    expect(failed.map(({ property }) => property)).toEqual(['forward']);
  });

  test('does not ask for derivatives of what has none', () => {
    const argmax = registry.find(({ name }) => name === 'argmax')!;
    const report = checkOp(argmax, { runs: 5 });
    expect(report.reason).toBe('positions are integers');
    expect(report.properties.map(({ property }) => property)).toEqual([
      'pure',
      'repeatable',
      'float32',
      'kernels',
      'views',
      'empty',
      'untracked',
      'refused',
    ]);
  });
});

describe('an operation under test', () => {
  test('may take lists of tensors, options and numbers, and give objects of tensors', () => {
    const options = { runs: 5 };
    verifyOp({ name: 'cat', call: cat, samples: (s) => [[s.tensorOf([2]), s.tensorOf([3])], 0] }, options);
    const samples = (s: SampleKit): [Tensor, number, { keepdim: boolean }] => [
      s.tensorOf([2, 3], { distinct: true }),
      1,
      { keepdim: true },
    ];
    verifyOp({ name: 'max', call: max, samples }, options);
    verifyOp({ name: 'mul', call: mul, samples: (s) => [s.tensor(), 3] }, options);
  });

  test('gets arguments of the types it takes', () => {
    const calls = [
      // @ts-expect-error A number is not a tensor.
      () => verifyOp({ name: 'exp', call: (x: Tensor) => x.exp(), samples: () => [3] }),
      // @ts-expect-error One argument of two.
      () => verifyOp({ name: 'mul', call: (a: Tensor, b: Tensor) => a.mul(b), samples: (s) => [s.tensor()] }),
      // @ts-expect-error An unknown property.
      () => verifyOp(wrong, { properties: ['backward'] }),
    ];
    expect(calls).toHaveLength(3);
  });

  test('that gives something else than tensors is refused', () => {
    const samples = (s: SampleKit): [Tensor] => [s.tensorOf([1])];
    const finding = (call: (x: Tensor) => unknown) =>
      failureOf(() => verifyOp({ name: 'odd', call, samples })).finding;
    const expected = 'expected a tensor, a list of tensors or an object of tensors';
    expect(finding(() => 3)).toBe(`ArgumentError: verifyOp: 'odd' returned 3; ${expected}`);
    expect(finding(() => [])).toBe(`ArgumentError: verifyOp: 'odd' returned []; ${expected}`);
    expect(finding((x) => [x.mul(0), 'a'])).toMatch(/returned \[tensor\(\[-?0\], .*\), 'a'\]; expected/);
    expect(finding(() => null)).toContain('returned null');
  });

  test('whose samples throw is told so', () => {
    const samples = (s: SampleKit): [Tensor] => [
      s.tensorOf([1], { low: 0, high: 1, apart: [0.5], margin: 1 }),
    ];
    const failure = failureOf(() => verifyOp({ name: 'exp', call: exp, samples }));
    expect(failure.finding).toMatch(/^ArgumentError: samples: no value lies in the range .*"margin":1/);
    expect(failure.call).toBe('none: the samples threw');
  });

  test('whose samples lie on a kink is told to keep them away', () => {
    const samples = (s: SampleKit): [Tensor] => [s.tensorOf([2], { values: [0] })];
    const relu = { name: 'relu', call: (x: Tensor) => x.relu(), samples };
    const failure = failureOf(() => verifyOp(relu, { runs: 50 }));
    expect(failure.finding).toMatch(
      /^the numeric derivative was too uncertain to count in 50 of 50 cases: keep the samples away/,
    );
  });

  test('may be a derivative itself', () => {
    const slope = (x: Tensor) => func.jvp((x) => x.tanh(), [x], [x.mul(0).add(1)])[1];
    verifyOp({ name: 'slope', call: slope, samples: (s) => [s.tensor()] }, { runs: 10 });
  });
});
