import { describe, expect, test } from '@jest/globals';
import {
  DTypeError,
  defineOp,
  GradientError,
  gradcheck,
  gradgradcheck,
  numericJvp,
  type Tensor,
  tensor,
} from '@tensortape/autograd';

const f64 = (data: number | readonly number[] | readonly (readonly number[])[]) =>
  tensor(data as number, { dtype: 'float64' });

/** x^2 with a derivative that is off by a factor, in one mode. */
const square = (vjpFactor: number, jvpFactor: number) =>
  defineOp({
    name: 'square',
    inputs: ['x'],
    saves: ['x'],
    forward: ({ x }) => x.mul(x),
    vjp: { x: (g, { x }) => g.mul(x).mul(2 * vjpFactor) },
    jvp: ({ x: t }, { x }) => t && t.mul(x).mul(2 * jvpFactor),
  });

describe('numericJvp', () => {
  test('finds derivatives to ten digits, and its errors bound the true ones', () => {
    const x = f64([-1.5, 0.3, 1.1, 2]);
    const functions: [(x: Tensor) => Tensor, (x: number) => number][] = [
      [(x) => x.exp(), Math.exp],
      [(x) => x.sin(), Math.cos],
      [(x) => x.mul(x).mul(x), (x) => 3 * x * x],
      [(x) => x.add(3).log(), (x) => 1 / (x + 3)],
    ];
    for (const [f, derivative] of functions) {
      const [found] = numericJvp(f, [x], [f64([1, 1, 1, 1])]);
      for (const [i, at] of [-1.5, 0.3, 1.1, 2].entries()) {
        const difference = Math.abs(found!.values[i]! - derivative(at));
        expect(difference).toBeLessThan(1e-10 * Math.max(1, derivative(at)));
        expect(difference).toBeLessThanOrEqual(found!.errors[i]!);
        expect(found!.errors[i]!).toBeLessThan(1e-8 * Math.max(1, derivative(at)));
      }
    }
  });

  test('tries smaller steps where the first ones straddle a kink', () => {
    const [found] = numericJvp((x) => x.abs(), [f64([1.5e-3, -1e-4])], [f64([1, 1])]);
    expect(found!.values[0]).toBeCloseTo(1, 9);
    expect(found!.values[1]).toBeCloseTo(-1, 8);
    expect(Math.max(...found!.errors)).toBeLessThan(1e-7);
  });

  test('admits that it cannot tell at a kink, at a jump and for undefined values', () => {
    const [kink] = numericJvp((x) => x.relu(), [f64(0)], [f64(1)]);
    expect(kink!.errors[0]).toBeGreaterThan(0.5);
    const [jump] = numericJvp((x) => x.floor(), [f64(2)], [f64(1)]);
    expect(jump!.errors[0]).toBeGreaterThan(1);
    const [undefinedBelow] = numericJvp((x) => x.sqrt(), [f64(0)], [f64(1)]);
    expect(undefinedBelow!.errors[0]).toBe(Number.POSITIVE_INFINITY);
  });

  test('handles several inputs and outputs, and directions', () => {
    const f = (a: Tensor, b: Tensor) => [a.mul(b), a.add(b).sum()];
    const [product, total] = numericJvp(f, [f64([2, 3]), f64([5, 7])], [f64([1, 0]), f64([0, 10])]);
    expect([...product!.values].map((v) => Math.round(v * 1e9) / 1e9)).toEqual([5, 30]);
    expect(total!.values[0]).toBeCloseTo(11, 9);
  });
});

describe('gradcheck', () => {
  test('accepts right rules, whatever the number of inputs and outputs, and hands others through', () => {
    const index = tensor([0, 1, 0], { dtype: 'int32' });
    const f = (a: Tensor, at: Tensor, b: Tensor) => [a.matmul(b), a.indexSelect(0, at).exp()];
    const inputs = [
      f64([
        [1, 2],
        [3, -4],
      ]),
      index,
      f64([[0.5], [-2]]),
    ];
    expect(gradcheck(f, inputs)).toBe(true);
    expect(gradgradcheck(f, inputs)).toBe(true);
    expect(gradcheck((x) => x.sum(), f64([]))).toBe(true);
  });

  test('refutes a wrong rule, and names output, input, coordinates, both derivatives and their ratio', () => {
    const x = f64([
      [1, 2],
      [3, 4],
    ]);
    expect(() => gradcheck((x) => square(-1, 1)({ x }), x)).toThrow(
      /^gradcheck: output 0\[0, 0\] by input 0\[0, 0\]: reverse mode gives -2, the 5-point difference (2|1\.9{5,}\d*|2\.0{5,}\d*) \(uncertain by \d\.\de-1\d\), ratio 2\.0e\+0, more than/,
    );
    expect(() => gradcheck((x) => square(1, 1.001)({ x }), x)).toThrow(
      /output 0\[0, 0\] by .*forward mode gives 2\.00[12]/,
    );
    expect(gradcheck((x) => square(1, 1.001)({ x }), x, { modes: ['reverse'] })).toBe(true);
    expect(() => gradcheck((a, b) => [a.exp(), a.add(square(1, 3)({ x: b }))], [x, x])).toThrow(
      /output 1\[0, 0\] by input 1\[0, 0\]: forward/,
    );
  });

  test('a rule that is right only at first order passes the first check and fails the second', () => {
    const detached = defineOp({
      name: 'detachedSquare',
      inputs: ['x'],
      saves: ['x'],
      forward: ({ x }) => x.mul(x),
      vjp: { x: (g, { x }) => g.mul(x.detach()).mul(2) },
      jvp: ({ x: t }, { x }) => t && t.mul(x).mul(2),
    });
    const f = (x: Tensor) => detached({ x });
    expect(gradcheck(f, f64([1, -2]))).toBe(true);
    expect(() => gradgradcheck(f, f64([1, -2]))).toThrow(
      /^gradgradcheck: the gradient of input 0\[0\] by input 0\[0\]: reverse mode gives 0, the 5-point/,
    );
    expect(() => gradgradcheck(f, f64([1, -2]), { gradOutputs: f64([0, 1]) })).toThrow(
      /input 0\[1\] by input 0\[1\]/,
    );
  });

  test('says that it cannot tell at a kink instead of blaming the rule', () => {
    expect(() => gradcheck((x) => x.relu(), f64([1, 0]))).toThrow(
      /output 0\[1\] by input 0\[1\].*proves nothing/,
    );
    expect(gradcheck((x) => x.relu(), f64([1, 1e-4]))).toBe(true);
  });

  test('passes the tiny gradients of saturated units', () => {
    expect(gradcheck((x) => x.sigmoid(), f64([-30, 30, 18]))).toBe(true);
    expect(gradcheck((x) => x.mul(1e-9).tanh(), f64([3]))).toBe(true);
  });

  test('refuses what it cannot check, with the remedy', () => {
    expect(() => gradcheck((x) => x, tensor([1]))).toThrow(DTypeError);
    expect(() => gradcheck((x) => x, tensor([1]))).toThrow(/input 0 is float32.*\.to\('float64'\)/);
    expect(() => gradcheck((x) => x.to('float32'), f64([1]))).toThrow(/output 0 is float32/);
    expect(() => gradcheck((x) => x, tensor([1], { dtype: 'int32' }))).toThrow(
      /expected a floating point input/,
    );
    expect(() => gradcheck((x) => x.gt(0), f64([1]))).toThrow(DTypeError);
    expect(() => numericJvp((x) => x, [tensor([1])], [f64([1])])).toThrow(/input 0 is float32/);
    expect(() => numericJvp((x) => x, [f64([1])], [])).toThrow(/0 tangents for 1 inputs/);
    expect(() => numericJvp((x) => x, [f64([1])], [f64([1, 2])])).toThrow(/\(2,\), its input \(1,\)/);
  });

  test('leaves no trace: inputs keep their gradient, also when they require one', () => {
    const x = tensor([1, 2], { dtype: 'float64', requiresGrad: true });
    expect(gradcheck((x) => x.exp(), x)).toBe(true);
    expect(x.grad).toBeNull();
    expect(() => gradcheck((x) => square(2, 1)({ x }), x)).toThrow(GradientError);
  });
});
