import { describe, expect, test } from '@jest/globals';
import { bernoulli, defaultGenerator, defineOp, full, type Tensor, tensor } from '@tensortape/autograd';
import {
  type Claim,
  checkDerivative,
  type Domain,
  formatCheck,
  parseProgram,
  symbolicDerivative,
} from '@tensortape/verify';
import fc from 'fast-check';

const verdict = async (f: string, claim: Claim, domain: Domain) =>
  (await checkDerivative(f, { x: claim }, domain, { seed: 5 })).verdicts[0]!;

describe('what cannot be judged', () => {
  test('kinks, with the slopes from both sides', async () => {
    for (const [f, at, left, right] of [
      ['relu(x)', 0, 0, 1],
      ['abs(x - 1)', 1, -1, 1],
      ['max(x, 2 * x)', 0, 1, 2],
    ] as const) {
      const { status, coordinates } = await verdict(f, '1', { x: at });
      expect(status).toBe('notDifferentiable');
      expect(coordinates[0]!.slopes![0]).toBeCloseTo(left, 6);
      expect(coordinates[0]!.slopes![1]).toBeCloseTo(right, 6);
    }
    expect((await verdict('relu(x)', '0', { x: -1 })).status).toBe('right');
    expect((await verdict('relu(x)', '1', { x: -1 })).status).toBe('wrong');
    expect((await verdict('x^3', '3 * x^2', { x: 0 })).status).toBe('right');
  });

  test('kinks at steps, which are moved alone', async () => {
    const check = (x: number, claim: string) =>
      checkDerivative('m = 2 * x; relu(m) + 0 * x', { m: claim }, { x });
    const [kink] = (await check(0, '0.5')).verdicts;
    expect(kink).toMatchObject({ status: 'notDifferentiable', coordinates: [{ at: 'm' }] });
    expect(kink!.coordinates[0]!.slopes![0]).toBeCloseTo(0, 6);
    expect(kink!.coordinates[0]!.slopes![1]).toBeCloseTo(1, 6);
    const [wrong] = (await check(1, '2')).verdicts;
    expect(wrong).toMatchObject({ status: 'wrong', coordinates: [{ analytic: 1 }] });
    expect(wrong!.coordinates[0]!.numeric).toBeCloseTo(1, 8);
  });

  test('saturated units', async () => {
    const found = await verdict('sigmoid(x)', '1e-9', { x: 40 });
    expect([found.status, found.coordinates[0]!.reason]).toEqual([
      'unreliable',
      expect.stringMatching(/saturated/),
    ]);
    expect((await verdict('sigmoid(x)', 'sigmoid(x) * (1 - sigmoid(x))', { x: 20 })).status).toBe('right');
  });

  test('small elements of a large gradient are judged by the absolute tolerance', async () => {
    const { status, coordinates } = await verdict('dot([1, 1e-9], x)', '[1, 2e-9]', { x: [1, 2] });
    expect([status, ...coordinates.map((one) => one.status)]).toEqual(['right', 'right', 'right']);
  });

  test('small differences are mistakes where the check is sure', async () => {
    expect((await verdict('sin(x)', 'cos(x) + 5e-4', { x: 0.5 })).status).toBe('wrong');
    expect((await verdict('sin(x)', 'cos(x) + 5e-8', { x: 0.5 })).status).toBe('right');
  });

  test('cancellation', async () => {
    const found = await verdict('(1e12 + x) - 1e12', '1.0001', { x: 0.5 });
    expect([found.status, found.coordinates[0]!.reason]).toEqual([
      'unreliable',
      expect.stringMatching(/cancellation/),
    ]);
  });

  test('a wrong rule on the way: the claim is not blamed', async () => {
    const tripled = defineOp({
      name: 'tripled',
      inputs: ['x'],
      saves: ['x'],
      forward: ({ x }) => x.mul(x),
      vjp: { x: (g, { x }) => g.mul(x).mul(3) },
    });
    const check = await checkDerivative(({ x }) => tripled({ x: x! }).sum(), { x: 4 }, { x: 2 });
    expect(check.verdicts[0]).toMatchObject({
      status: 'unreliable',
      coordinates: [{ reason: expect.stringMatching(/a rule on the way is wrong/) }],
    });
  });

  test('claims that are as close as differences next to large values can tell', async () => {
    const found = await verdict('1e8 + sin(x)', 'cos(x) * (1 + 1e-5)', { x: 0.5 });
    expect(found.status).toBe('unreliable');
    expect(found.coordinates[0]!.reason).toMatch(/next to values of size 1\.00e\+8: cancellation/);
    expect((await verdict('1e8 + sin(x)', '1.1 * cos(x)', { x: 0.5 })).status).toBe('wrong');
  });

  test('float32 claims get the tolerance of float32', async () => {
    const check = (claim: (inputs: Readonly<Record<string, Tensor>>) => Tensor) =>
      checkDerivative(({ x }) => x!.exp().sum(), { x: claim }, { x: { shape: [3] } }, { seed: 1 });
    expect((await check(({ x }) => x!.to('float32').exp())).ok).toBe(true);
    expect((await check(({ x }) => x!.to('float32').exp().mul(1.01))).ok).toBe(false);
  });
});

test('numbers at a point; a guess needs more than one of them', async () => {
  expect((await verdict('sum(x .^ 2)', [2, 4], { x: [1, 2] })).status).toBe('right');
  const wrong = await verdict('sum(x .^ 2)', [-2, -4], { x: [1, 2] });
  expect([wrong.status, wrong.guess]).toEqual(['wrong', 'the sign is wrong']);
  expect((await verdict('x^2', -2, { x: 1 })).guess).toBeNull();
  await expect(checkDerivative('x^2', { x: 2 }, { x: { shape: [] } })).rejects.toThrow(
    /in numbers, which need one point/,
  );
});

test('Jacobians of several outputs, with coordinates', async () => {
  const f = ({ x }: Readonly<Record<string, Tensor>>) => x!.square();
  const right = await checkDerivative(
    f,
    {
      x: [
        [2, 0],
        [0, 4],
      ],
    },
    { x: [1, 2] },
  );
  expect(right.ok).toBe(true);
  const wrong = await checkDerivative(
    f,
    {
      x: [
        [2, 0],
        [1, 4],
      ],
    },
    { x: [1, 2] },
  );
  expect(
    wrong.verdicts[0]!.coordinates.filter(({ status }) => status === 'wrong').map(({ at }) => at),
  ).toEqual(['f[2] by x[1]']);
});

test('dropout draws the same mask again, and the generator is left alone', async () => {
  const before = defaultGenerator.getState();
  const mask = () => bernoulli(full([4], 0.5, { dtype: 'float64' }));
  const check = await checkDerivative(
    ({ x }) => x!.mul(mask()).sum(),
    {
      x: () => {
        throw new Error('the claim must know the mask');
      },
    },
    { x: { shape: [4] } },
  ).catch((error: Error) => error.message);
  expect(check).toMatch(/the claim must know the mask/);
  const doubled = await checkDerivative(
    ({ x }) => x!.mul(mask()).square().sum(),
    { x: [2, 2, 2, 2] },
    { x: [1, 1, 1, 1] },
  );
  const { coordinates } = doubled.verdicts[0]!;
  expect(coordinates.every(({ analytic, numeric }) => Math.abs(analytic - numeric!) < 1e-6)).toBe(true);
  expect(defaultGenerator.getState()).toEqual(before);
});

test('the smallest counter-example, and the seed that repeats it', async () => {
  const domain: Domain = { x: { shape: ['n'] } };
  const check = await checkDerivative('sum(x .^ 3)', { x: '3 * x' }, domain, { seed: 9 });
  const { inputs } = check.verdicts[0]!;
  expect(inputs['x']!.toArray()).toEqual([0.25]);
  expect(await checkDerivative('sum(x .^ 3)', { x: '3 * x' }, domain, { seed: check.seed })).toEqual(check);
  expect(formatCheck(check)).toContain('claimed 0.75, but it is 0.1875');
  expect(formatCheck(check)).toContain('seed 9 repeats this check');
});

test('points outside of the domain are skipped; a domain without points is an error', async () => {
  expect((await checkDerivative('log(x)', { x: '1 / x' }, { x: { shape: [] } }, { seed: 2 })).ok).toBe(true);
  await expect(
    checkDerivative('log(x)', { x: '1 / x' }, { x: { shape: [], low: -2, high: -1 } }),
  ).rejects.toThrow(/outside of the domain of 'log'/);
  await expect(checkDerivative('log(x)', { x: '1 / x' }, { x: -1 })).rejects.toThrow(
    /outside of the domain of 'log'/,
  );
});

test('claims by what does not exist are refused', async () => {
  await expect(checkDerivative('a = x; a^2', { b: '1' }, { x: 1 })).rejects.toThrow(
    "there is no 'b' to claim a derivative by; there are a, x",
  );
  await expect(checkDerivative('x', { x: 'z' }, { x: 1 })).rejects.toThrow(/unknown name 'z'/);
});

/** Random smooth expressions in x and y. */
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('x', 'y', '2', '0.5'),
    fc
      .tuple(tie('expression'), fc.constantFrom('+', '-', '*'), tie('expression'))
      .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
    fc.tuple(fc.constantFrom('sin', 'cos', 'tanh', 'atan'), tie('expression')).map(([f, a]) => `${f}(${a})`),
    fc
      .tuple(
        fc.constantFrom(
          'exp(-(#)^2)',
          'log((#)^2 + 1)',
          'sqrt((#)^2 + 2)',
          '(#)^2',
          '(#)^3',
          '1 / ((#)^2 + 1)',
        ),
        tie('expression'),
      )
      .map(([f, a]) => f.replace('#', a)),
  ),
}));

test('right claims are never called wrong: derivatives by the rules of mathjs, for random expressions', async () => {
  let judged = 0;
  await fc.assert(
    fc.asyncProperty(expression, async (f) => {
      const program = await parseProgram(`${f} + 0 * x * y`, { inputs: { x: [], y: [] } });
      const claims: Record<string, string> = {};
      for (const by of ['x', 'y']) {
        const found = await symbolicDerivative(program, program.outputs[0]!, by);
        if (found.program !== null) claims[by] = found.text;
      }
      const { verdicts } = await checkDerivative(
        program,
        claims,
        { x: { shape: [] }, y: { shape: [] } },
        { runs: 5 },
      );
      expect(verdicts.filter(({ status }) => status === 'wrong')).toEqual([]);
      judged += verdicts.filter(({ status }) => status === 'right').length;
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 60 },
  );
  expect(judged).toBeGreaterThan(80);
});

test('a claim that is computed with cancellation is not blamed for rounding', async () => {
  // The sum is 0 but for rounding, which the claim divides by 1e-7 twice.
  const f = 'v = (x - mean(x)) / e; sum(v)';
  const domain: Domain = { x: [187.25, 100, 965, 982.75], e: 7.152557373046875e-7 };
  const check = await checkDerivative(f, { e: '-sum(v) / e + 0.08' }, domain);
  expect(check.verdicts[0]!.status).toBe('unreliable');
  expect(check.verdicts[0]!.coordinates[0]!.reason).toMatch(
    /when the inputs are rounded: cancellation in the claim/,
  );
});

test('coordinates that cannot be judged are counted, next to others that are right', async () => {
  const domain: Domain = { x: { shape: [], values: [0, 1] }, c: { shape: [], values: [1, 2] } };
  const check = await checkDerivative('[c * x, relu(x)]', { x: '[c, 1]' }, domain, { seed: 1, runs: 20 });
  const { status, points, unjudged } = check.verdicts[0]!;
  expect([status, points]).toEqual(['right', 20]);
  expect(unjudged).toBeGreaterThan(0);
});

test('mostly kinks: not right', async () => {
  const domain: Domain = { x: { shape: [], values: [0, 0, 0, 1] } };
  const { verdicts } = await checkDerivative('relu(x)', { x: '1' }, domain, { seed: 1 });
  expect(verdicts[0]!.status).toBe('notDifferentiable');
  expect(verdicts[0]!.points).toBeGreaterThan(0);
});

test('points that cannot be judged are counted', async () => {
  const domain: Domain = { x: { shape: [], values: [0, 1, 2] } };
  const check = await checkDerivative('relu(x)', { x: '1' }, domain, { seed: 1, runs: 20 });
  const { points, unjudged } = check.verdicts[0]!;
  expect(points + unjudged).toBe(20);
  expect(unjudged).toBeGreaterThan(0);
  expect(formatCheck(check)).toMatch(
    `✓ x: right, at ${points} points; at ${unjudged} not all could be judged\n`,
  );
});

test('a tensor is a point, too', async () => {
  expect((await verdict('sum(x)', [1, 1], { x: tensor([1, 2]) })).status).toBe('right');
});

describe('claims without a value', () => {
  const anywhere: Domain = { x: { shape: ['n'] } };

  test('where the function has no derivative, nothing is said', async () => {
    const check = (f: string, claim: string, domain = anywhere) =>
      checkDerivative(f, { x: claim }, domain, { seed: 3 });
    // At 0, where points are drawn, the first has a slope from one side, which is infinite, the second a kink.
    expect(
      (await check('sum(sqrt(x))', '1 ./ (2 * sqrt(x))', { x: { shape: ['n'], low: 0, high: 1 } })).ok,
    ).toBe(true);
    expect((await check('norm(x)', 'x / norm(x)')).ok).toBe(true);
    const { status, coordinates } = await verdict('sqrt(x)', '1 / (2 * sqrt(x))', { x: 0 });
    expect([status, coordinates[0]!.reason]).toEqual([
      'notDifferentiable',
      'the derivative is Infinity here',
    ]);
  });

  test('where the tape has no derivative, though the function is flat, nothing is said', async () => {
    for (const claim of ['1', 'exp(-(x ^ 2)) / sqrt(1 - erf(x)^2)']) {
      const { status, coordinates } = await verdict('asin(erf(x))', claim, { x: 6 });
      expect([status, coordinates[0]!.analytic]).toEqual(['unreliable', Number.POSITIVE_INFINITY]);
      expect(coordinates[0]!.reason).toMatch(/^the tape gives Infinity, differences 0: rounding/);
    }
  });

  test('at points alone, nothing is said either', async () => {
    const domain: Domain = { A: { shape: ['n', 'n'] } };
    expect((await checkDerivative('det(A)', { A: "det(A) * inv(A)'" }, domain, { seed: 1 })).ok).toBe(true);
    expect((await checkDerivative('prod(x)', { x: 'prod(x) ./ x' }, anywhere, { seed: 1 })).ok).toBe(true);
    const { status, coordinates } = await verdict('prod(x)', 'prod(x) ./ x', { x: [0, 2] });
    expect(status).toBe('unreliable');
    expect(coordinates.map((coordinate) => coordinate.status)).toEqual(['unreliable', 'right']);
    expect(coordinates[0]!.reason).toBe(
      "the claim has no value here: 'prod(x) ./ x' is NaN at 0 and a vector of shape (2,): outside of the domain of 'dotDivide'; the derivative is 2",
    );
  });

  test('where there is a derivative all around, they are wrong', async () => {
    const check = await checkDerivative('sum(x .^ 2)', { x: '2 * sqrt(x) .^ 2' }, anywhere, { seed: 1 });
    expect(check.firstWrong).toBe('x');
    expect(formatCheck(check)).toMatch(
      /^✗ x: wrong\n {4}at x = \[−0\.25\]\n {4}by x\[1\]: the claim has no value here: 'sqrt\(x\)' is NaN at −0\.25: outside of the domain of 'sqrt'; the derivative is −0\.5\n/,
    );
    const byFunction = await checkDerivative(
      ({ x }) => x!.square().sum(),
      { x: ({ x }) => x!.sqrt().square().mul(2) },
      anywhere,
      { seed: 1 },
    );
    expect(byFunction.firstWrong).toBe('x');
    expect(byFunction.verdicts[0]!.coordinates.map(({ reason }) => reason)).toEqual([
      'the claim has no value here; the derivative is -0.5',
    ]);
    expect((await verdict('x^2', Number.NaN, { x: 1 })).status).toBe('wrong');
  });

  test('products that do not fit make a claim wrong, and leave the other claims their verdicts', async () => {
    const domain: Domain = { X: { shape: ['n', 'd'] }, w: { shape: ['d'] }, t: { shape: ['n'] } };
    const claims = { r: 'r', w: 'X * dr', t: '-dr' };
    const check = await checkDerivative('r = X * w - t; sum(r .^ 2) / 2', claims, domain, { seed: 1 });
    expect(check.verdicts.map(({ by, status }) => `${by} ${status}`)).toEqual([
      'r right',
      'w wrong',
      't right',
    ]);
    const { refusal, inputs, coordinates, shapes, guess } = check.verdicts[1]!;
    expect([coordinates, shapes, guess]).toEqual([[], null, null]);
    expect(refusal).toMatch(/\(line 1, column 1\)\n {2}X \* dr\n {2}\^\^\^\^\^\^$/);
    expect(inputs['X']!.size).toBe(2);
    expect(formatCheck(check)).toContain('\n✗ w: wrong: it cannot be computed everywhere\n    at X = ');
  });

  test('lengths for which the function itself cannot be computed are an error', async () => {
    const domain: Domain = { A: { shape: ['n', 'd'] }, x: { shape: ['n'] } };
    await expect(checkDerivative('sum(A * x)', { x: 'sum(A, 1)' }, domain, { seed: 1 })).rejects.toThrow(
      /\(line 1, column 5\)\n {2}sum\(A \* x\)/,
    );
  });
});

describe('points that could not be judged', () => {
  const domain = { x: { shape: [], values: [0, -1, -2, -3] } };
  const verdictOf = async (claim: string) =>
    (await checkDerivative('relu(x)', { x: claim }, domain, { seed: 1 })).verdicts[0]!;

  test.each(['0', '(sign(x) + 1) / 2', 'sign(x) + 1'])(
    'a slope between both at the kink is right: %s',
    async (claim) => {
      const { status, unjudged } = await verdictOf(claim);
      expect([status, unjudged > 0]).toEqual(['right', true]);
    },
  );

  test.each([['-(sign(x) + 1)'], ['1.1 * (sign(x) + 1)'], ['-0.01 * (sign(x) + 1)']])(
    'one outside of them is not, although it is right at all others: %s',
    async (claim) => {
      const { status, inputs } = await verdictOf(claim);
      expect([status, inputs['x']!.item()]).toEqual(['notDifferentiable', 0]);
    },
  );
});
