import { describe, expect, test } from '@jest/globals';
import { ArgumentError, DTypeError, defineOp, type Tensor, tensor } from '@tensortape/autograd';
import { parseProgram } from '@tensortape/verify';
import { matchers } from '@tensortape/verify/jest';

expect.extend(matchers);

/** The message of the assertion that fails. */
async function failure(assertion: () => unknown): Promise<string> {
  try {
    await assertion();
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
  throw new Error('the assertion holds');
}

/** The square, by a rule with a factor too many. */
const tripled = defineOp({
  name: 'tripled',
  inputs: ['x'],
  saves: ['x'],
  forward: ({ x }) => x.mul(x),
  vjp: { x: (g, { x }) => g.mul(x).mul(3) },
});

describe('toHaveGradient', () => {
  const domain = { x: { shape: ['n'] } };

  test('right claims about formulas, programs and functions', async () => {
    await expect('sum(x .^ 2)').toHaveGradient({ x: '2 * x' }, domain);
    await expect(await parseProgram('x^2', { inputs: ['x'] })).toHaveGradient({ x: 6 }, { x: 3 });
    const f = ({ x }: Readonly<Record<string, Tensor>>) => x!.sin().sum();
    await expect(f).toHaveGradient({ x: ({ x }) => x!.cos() }, domain, { runs: 5 });
  });

  test('wrong claims, with what is wrong', async () => {
    await expect('sum(x .^ 2)').not.toHaveGradient({ x: 'x' }, domain);
    const message = await failure(() =>
      expect('sum(x .^ 3)').toHaveGradient({ x: '-3 * x .^ 2' }, domain, { seed: 1 }),
    );
    expect(message).toMatch(
      /^expected the gradient to be right:\n\n✗ x: wrong; the sign is wrong\n {4}at x = .*\n {4}by x\[1\]: claimed −/,
    );
  });

  test('right claims where wrong ones are expected', async () => {
    const message = await failure(() => expect('x^2').not.toHaveGradient({ x: '2 * x' }, { x: 3 }));
    expect(message).toBe('expected the gradient not to be right:\n\n✓ x: right, at 1 point');
  });

  test('what cannot be judged fails both ways', async () => {
    for (const assertion of [
      () => expect('relu(x)').toHaveGradient({ x: 1 }, { x: 0 }),
      () => expect('relu(x)').not.toHaveGradient({ x: 1 }, { x: 0 }),
    ]) {
      expect(await failure(assertion)).toMatch(
        /x: not differentiable here[\s\S]*0 from the left, 1 from the right/,
      );
    }
  });

  test('other values are refused, with .not too', async () => {
    for (const value of [3, null, tensor([1])]) {
      await expect(matchers.toHaveGradient.call({ isNot: true }, value, {}, {})).rejects.toThrow(
        /^toHaveGradient: expected a formula, a program or a function of named tensors in expect\(\), got a value of type/,
      );
    }
    await expect(expect('x +').not.toHaveGradient({ x: 1 }, { x: 1 })).rejects.toThrow(/Unexpected end/);
  });
});

describe('toPassGradcheck', () => {
  const x = tensor([0.5, -1], { dtype: 'float64' });

  test('right and wrong rules', () => {
    expect((x: Tensor) => x.sin().mul(x)).toPassGradcheck(x);
    expect((x: Tensor, y: Tensor) => [x.mul(y), y.exp()]).toPassGradcheck([x, x]);
    expect((x: Tensor) => tripled({ x })).not.toPassGradcheck(x);
  });

  test('messages', async () => {
    expect(await failure(() => expect((x: Tensor) => tripled({ x })).toPassGradcheck(x))).toMatch(
      /^expected the derivatives to be right:\n\ngradcheck: output 0\[0\] by input 0\[0\]: reverse mode gives 1\.5, the 5-point difference /,
    );
    expect(await failure(() => expect((x: Tensor) => x.sin()).not.toPassGradcheck(x))).toBe(
      'expected a mistake in the derivatives, but all agree with differences',
    );
  });

  test('options are handed on', () => expect((x: Tensor) => tripled({ x })).toPassGradcheck(x, { rtol: 1 }));

  test('what cannot be checked is an error, with .not too', () => {
    expect(() => expect((x: Tensor) => x.sin()).not.toPassGradcheck(tensor([1]))).toThrow(DTypeError);
    expect(() => expect('x^2').not.toPassGradcheck(x)).toThrow(ArgumentError);
    expect(() => expect('x^2').not.toPassGradcheck(x)).toThrow(
      'toPassGradcheck: expected a function of tensors in expect(), got a value of type string',
    );
  });
});
