import { expect, test } from '@jest/globals';
import { Generator, ones, zeros } from '@tensortape/autograd';
import { init, Parameter } from '@tensortape/nn';

test('fill a parameter in place, off the tape, and return it', () => {
  const parameter = new Parameter(zeros([40, 30]));
  const fills = [
    () => init.uniform_(parameter, 2, 3),
    () => init.normal_(parameter, 5, 0.1),
    () => init.constant_(parameter, 7),
    () => init.ones_(parameter),
    () => init.zeros_(parameter),
    () => init.xavierUniform_(parameter),
    () => init.xavierNormal_(parameter),
    () => init.kaimingUniform_(parameter),
    () => init.kaimingNormal_(parameter),
  ];
  const means = fills.map((fill) => {
    expect(fill()).toBe(parameter);
    expect([parameter.isLeaf, parameter.requiresGrad]).toEqual([true, true]);
    return Math.round(parameter.mean().item() * 2) / 2 + 0;
  });
  expect(means).toEqual([2.5, 5, 7, 1, 0, 0, 0, 0, 0]);
});

test('scale by the number of inputs and outputs', () => {
  const generator = new Generator(1);
  const weight = zeros([300, 100, 3]);
  const deviation = (fill: () => unknown) => {
    fill();
    return weight.std().item();
  };
  const near = (actual: number, expected: number) =>
    expect(Math.abs(actual / expected - 1)).toBeLessThan(0.01);
  near(
    deviation(() => init.xavierNormal_(weight, { gain: 2, generator })),
    2 * Math.sqrt(2 / 1200),
  );
  near(
    deviation(() => init.xavierUniform_(weight, { generator })),
    Math.sqrt(2 / 1200),
  );
  near(
    deviation(() => init.kaimingNormal_(weight, { generator })),
    Math.sqrt(2 / 300),
  );
  const fanOut = { mode: 'fanOut', nonlinearity: 'linear', generator } as const;
  near(
    deviation(() => init.kaimingUniform_(weight, fanOut)),
    Math.sqrt(1 / 900),
  );
});

test('gains', () => {
  expect([
    init.calculateGain('linear'),
    init.calculateGain('sigmoid'),
    init.calculateGain('tanh'),
    init.calculateGain('relu'),
    init.calculateGain('leakyRelu'),
    init.calculateGain('leakyRelu', 1),
    init.calculateGain('selu'),
  ]).toEqual([1, 1, 5 / 3, Math.SQRT2, Math.sqrt(2 / 1.0001), 1, 0.75]);
});

test('wrong arguments', () => {
  expect(() => init.xavierUniform_(ones([3]))).toThrow(
    'xavierUniform_: expected a weight of shape (out, in, …), got (3,); for a bias use zeros_ or uniform_',
  );
  expect(() => init.kaimingNormal_(ones([3]))).toThrow(/^kaimingNormal_: expected a weight/);
  expect(() => init.kaimingUniform_(ones([3, 3]), JSON.parse('{"mode": "fan_in"}'))).toThrow(
    "kaimingUniform_: unknown mode 'fan_in'; known are fanIn and fanOut",
  );
  expect(() => init.calculateGain(JSON.parse('"gelu"'))).toThrow(
    /^calculateGain: unknown nonlinearity 'gelu'; known are linear/,
  );
  expect(init.kaimingUniform_(zeros([0, 3])).size).toBe(0);
});

test('the elements of a kernel count among inputs and outputs', () => {
  const kernel = zeros([40, 20, 3, 3]);
  const largest = () => kernel.abs().max().item();
  const bounds = (bound: number) => {
    expect(largest()).toBeLessThanOrEqual(bound);
    expect(largest()).toBeGreaterThan(0.98 * bound);
  };
  init.kaimingUniform_(kernel);
  bounds(Math.sqrt(6 / 180));
  init.kaimingUniform_(kernel, { mode: 'fanOut' });
  bounds(Math.sqrt(6 / 360));
  init.xavierUniform_(kernel);
  bounds(Math.sqrt(6 / 540));
});
