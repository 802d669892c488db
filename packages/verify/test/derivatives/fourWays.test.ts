import { expect, test } from '@jest/globals';
import { formatFourWays, fourWays, hessianOf, parseProgram, symbolicDerivative } from '@tensortape/verify';

test('four ways agree, with the figures of the literature', async () => {
  const program = await parseProgram('a = x1 * x2; ln(x1) + a - sin(x2)', { inputs: ['x1', 'x2'] });
  const found = await fourWays(program, { x1: 2, x2: 5 });
  expect(found.disagreement).toBeLessThan(1e-14);
  expect(found.rows.map(({ input, reverse }) => [input, reverse])).toEqual([
    ['x1', 5.5],
    ['x2', 2 - Math.cos(5)],
  ]);
  for (const { numeric, error, reverse, forward, symbolic } of found.rows) {
    expect(Math.abs(numeric - reverse)).toBeLessThanOrEqual(error);
    expect(error).toBeLessThan(1e-9);
    expect(forward).toBeCloseTo(reverse, 14);
    expect(symbolic).toBeCloseTo(reverse, 14);
  }
  expect(formatFourWays(found)).toContain('symbolic, y by x1: 1 / x1 + x2');
});

test('the automatic differentiation exercise: the Jacobian of two outputs, c = 2', async () => {
  const program = await parseProgram('a = exp(w1) + exp(2 * w2); exp(a) + sin(a); w1 * w2 + sigmoid(w1)', {
    inputs: ['w1', 'w2'],
  });
  const [w1, w2] = [0.3, -0.4];
  const { rows } = await fourWays(program, { w1, w2 });
  const a = Math.exp(w1) + Math.exp(2 * w2);
  const e = Math.exp(w1);
  const expected = [
    (Math.cos(a) + Math.exp(a)) * e,
    2 * (Math.cos(a) + Math.exp(a)) * Math.exp(2 * w2),
    e / (1 + e) ** 2 + w2,
    w1,
  ];
  rows.forEach(({ reverse, forward }, i) => {
    expect([reverse, forward]).toEqual([expect.closeTo(expected[i]!, 12), expect.closeTo(expected[i]!, 12)]);
  });
});

test('where there is no symbolic derivative, it is said why', async () => {
  const reasons = async (source: string, inputs: string[], at: Record<string, number | number[]>) => {
    const found = await fourWays(await parseProgram(source, { inputs }), at);
    return formatFourWays(found);
  };
  expect(await reasons('sigmoid(x)', ['x'], { x: 1 })).toMatch(/no symbolic derivative: .*sigmoid/);
  expect(await reasons("x' * x", ['x'], { x: [1, 2] })).toMatch(/differentiates scalars only/);
  expect(await reasons('e^2', ['e'], { e: 3 })).toMatch(/takes 'e' for a constant/);
  const program = await parseProgram('x^2', { inputs: ['x'] });
  await expect(symbolicDerivative(program, 'z', 'x')).rejects.toThrow(/the outputs are y/);
});

test('coordinates are counted from 1, and the error of differences is honest', async () => {
  const program = await parseProgram("x' * A * x", { inputs: ['x', 'A'] });
  const { rows } = await fourWays(program, {
    x: [1, 2],
    A: [
      [1, 2],
      [3, 4],
    ],
  });
  expect(rows.map(({ input }) => input)).toEqual([
    'x[1]',
    'x[2]',
    'A[1, 1]',
    'A[1, 2]',
    'A[2, 1]',
    'A[2, 2]',
  ]);
  expect(rows.map(({ reverse }) => reverse)).toEqual([12, 21, 1, 2, 2, 4]);
  for (const { numeric, error, reverse } of rows)
    expect(Math.abs(numeric - reverse)).toBeLessThanOrEqual(error);
});

test('Hessians', async () => {
  const program = await parseProgram('x^3 * y', { inputs: ['x', 'y'] });
  const blocks = [...hessianOf(program, { x: 1, y: 2 })].map(([name, block]) => [name, block.item()]);
  expect(blocks).toEqual([
    ['x, x', 12],
    ['x, y', 3],
    ['y, x', 3],
    ['y, y', 0],
  ]);
  const several = await parseProgram('x; x^2', { inputs: ['x'] });
  expect(() => hessianOf(several, { x: 1 })).toThrow(/one output of one element/);
});
