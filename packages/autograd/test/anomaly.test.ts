import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  AnomalyError,
  ArgumentError,
  checkpoint,
  detectAnomaly,
  elementwise,
  func,
  isAnomalyEnabled,
  ones,
  setDetectAnomaly,
  setWarnings,
  type Tensor,
  tensor,
  where,
  zeros,
} from '@tensortape/autograd';

const leaf = (data: readonly number[]) => tensor(data, { dtype: 'float64', requiresGrad: true });

/** The message of the anomaly that a function meets. */
function anomalyOf(body: () => unknown): string {
  try {
    detectAnomaly(body);
  } catch (error) {
    if (error instanceof AnomalyError) return error.message;
    throw error;
  }
  return 'none';
}

describe('the first value that is not finite is named', () => {
  test('made by a forward, with its place, the operands there and the calling line', () => {
    const model = (x: Tensor) => x.sub(3).log().mul(2).sum();
    const message = anomalyOf(() => model(leaf([4, 3, 5])));
    expect(message.split('\n').slice(0, 3)).toEqual([
      "the forward of 'log' made -Infinity of finite values",
      '  its result (shape (3,)) is -Infinity at [1]; 1 of 3 elements are not finite',
      "  its input 'x' is 0 there",
    ]);
    expect(message).toMatch(/'log' was called at .*anomaly\.test\.ts:\d+/);
  });

  test('made by a forward of two operands, and of several outputs', () => {
    const x = leaf([0, 1]);
    expect(anomalyOf(() => x.div(x))).toMatch(
      /^the forward of 'div' made NaN of finite values\n.*is NaN at \[0\][\s\S]*its input 'a' is 0 there\n {2}its input 'b' is 0 there/,
    );
    expect(anomalyOf(() => x.sub(1).reciprocal().max(0))).toMatch(
      /^the forward of 'reciprocal' made Infinity/,
    );
  });

  test('made by a backward of finite values', () => {
    const message = anomalyOf(() => leaf([1, 0, 4]).sqrt().sum().backward());
    expect(message.split('\n').slice(0, 3)).toEqual([
      "the backward of 'sqrt' made Infinity of finite values",
      "  the gradient of its input 'x' (shape (3,)) is Infinity at [1]; 1 of 3 elements are not finite",
      '  the cotangent of its result is 1 there',
    ]);
    expect(message).toMatch(/'sqrt' was called at .*anomaly\.test\.ts/);
  });

  test('NaN through the branch that where did not select, with the remedy', () => {
    const x = leaf([4, 0]);
    const message = anomalyOf(() => where(x.gt(0), x.sqrt(), x).sum().backward());
    expect(message).toMatch(/^the backward of 'sqrt' made NaN of finite values/);
    expect(message).toMatch(/did not select this branch.*where\(ok, f\(where\(ok, x, 1\)\), y\)/);
    const safe = (ok: Tensor) => where(ok, where(ok, x, 1).sqrt(), x);
    expect(anomalyOf(() => safe(x.gt(0)).sum().backward())).toBe('none');
  });

  test('NaN that was there before', () => {
    expect(anomalyOf(() => leaf([1, 2]).mul(tensor([1, Number.NaN], { dtype: 'float64' })))).toMatch(
      /^'mul' was given NaN\n {2}its input 'b' \(shape \(2,\)\) held NaN before it was recorded/,
    );
  });

  test('NaN of a leaf, NaN of infinities, and what hooks make', () => {
    expect(anomalyOf(() => leaf([Number.NaN, -1]).log())).toMatch(/^'log' was given NaN/);
    const infinite = tensor([Number.POSITIVE_INFINITY], { dtype: 'float64' });
    expect(anomalyOf(() => leaf([1]).mul(infinite).sub(infinite))).toMatch(
      /^the forward of 'sub' made NaN of infinite values/,
    );
    const y = leaf([1]).mul(2);
    y.registerHook((g) => g.div(0));
    expect(anomalyOf(() => y.sum().backward())).toMatch(
      /^a hook on the result of 'mul' made Infinity of finite values/,
    );
  });

  test('in derivatives of derivatives, in checkpoints and transforms', () => {
    const sqrt = (x: Tensor) => x.sqrt().sum();
    expect(anomalyOf(() => func.hessian(sqrt)(tensor([0, 1])))).toMatch(
      /^the backward of 'sqrt' made Infinity[\s\S]*'sqrt' was called at sqrt .*anomaly\.test\.ts/,
    );
    const x = leaf([0, 1]);
    expect(
      anomalyOf(() =>
        checkpoint((a) => a.square().sqrt(), x)
          .sum()
          .backward(),
      ),
    ).toMatch(/^the backward of 'sqrt' made Infinity/);
  });

  test('of an operation of the user’s own', () => {
    const bad: (x: Tensor) => Tensor = elementwise({
      name: 'bad',
      forward: (x) => x,
      saves: 'input',
      derivative: (x) => x.mul(0).div(0),
    });
    expect(anomalyOf(() => bad(leaf([1])).backward(ones([1], { dtype: 'float64' })))).toMatch(
      /^the backward of 'bad' made NaN of finite values[\s\S]*its input 'x' is 1 there/,
    );
  });
});

test('infinities that were given are passed on', () => {
  const x = leaf([1, 2]);
  const scores = x.maskedFill(tensor([true, false]), Number.NEGATIVE_INFINITY);
  expect(
    anomalyOf(() =>
      x
        .maskedFill(tensor([true, false]), Number.NEGATIVE_INFINITY)
        .softmax(0)
        .sum()
        .backward(),
    ),
  ).toBe('none');
  expect(anomalyOf(() => scores.exp().sum().backward())).toBe('none');
  expect(anomalyOf(() => x.clamp(Number.NEGATIVE_INFINITY, 1).sum().backward())).toBe('none');
});

test('nothing is looked for outside, and the mode is restored when the function throws', () => {
  expect(leaf([0]).log().item()).toBe(Number.NEGATIVE_INFINITY);
  expect(() => detectAnomaly(() => leaf([0]).log())).toThrow(AnomalyError);
  expect(isAnomalyEnabled()).toBe(false);
  setDetectAnomaly(true);
  expect(() => leaf([0]).log()).toThrow(AnomalyError);
  setDetectAnomaly(false);
  expect(detectAnomaly(() => isAnomalyEnabled())).toBe(true);
  expect(() => detectAnomaly(async () => 1)).toThrow(ArgumentError);
});

test('a backward of what was recorded before says so', () => {
  const y = leaf([0]).sqrt();
  expect(anomalyOf(() => y.sum().backward())).toMatch(/'sqrt' was called before anomalies were looked for/);
});

describe('warnings', () => {
  const seen: string[] = [];
  beforeEach(() => {
    seen.length = 0;
    setWarnings((message, kind) => seen.push(`${kind}: ${message}`));
  });
  afterEach(() => setWarnings('on'));

  test('of reading the grad of what is no leaf, once', () => {
    const y = leaf([1]).mul(2);
    expect(y.grad).toBeNull();
    expect(y.grad).toBeNull();
    expect(seen).toEqual([
      expect.stringMatching(/^nonLeaf: grad of the result of 'mul' is null.*retainGrad\(\)/),
    ]);
    const z = leaf([1]).mul(2);
    z.retainGrad();
    expect(z.grad).toBeNull();
    expect([leaf([1]).grad, zeros([1]).grad]).toEqual([null, null]);
    expect(seen.length).toBe(1);
  });

  test('of gradients that add up, only where anomalies are looked for', () => {
    const x = leaf([1]);
    const step = () => x.square().sum().backward();
    step();
    step();
    expect(seen).toEqual([]);
    detectAnomaly(step);
    expect(seen).toEqual([expect.stringMatching(/^accumulation: .*zeroGrad\(\)/)]);
    x.grad = null;
    detectAnomaly(step);
    expect(seen.length).toBe(1);
  });

  test('can be silenced', () => {
    setWarnings('off');
    expect(leaf([1]).mul(2).grad).toBeNull();
    expect(seen).toEqual([]);
    expect(() => setWarnings('loud' as 'on')).toThrow(
      "setWarnings: expected 'on', 'off' or a function, got loud",
    );
  });
});
