import { describe, expect, test } from '@jest/globals';
import { GradientError, grad, noGrad, type Tensor, tensor, zeros } from '@tensortape/autograd';

const f64 = (data: readonly number[]) => tensor(data, { dtype: 'float64' });
const leaf = (data: readonly number[]) => f64(data).requiresGrad_();

describe('leaves that share elements with a tensor whose change was recorded', () => {
  const message =
    /^this tensor .*shares its elements with one that 'copy_' changed in place.*make the view again/;

  test('a view that became a leaf would lose the gradient of what was written', () => {
    const w = leaf([1, 2, 3]);
    const buffer = zeros([3], { dtype: 'float64' });
    const view = buffer.select(0, 0).requiresGrad_();
    buffer.copy_(w);
    expect(() => view.mul(2)).toThrow(GradientError);
    expect(() => view.mul(2)).toThrow(message);
    expect(() => view.backward()).toThrow(/'copy_' changed in place/);
    expect(grad(buffer.select(0, 0).mul(2), w).toArray()).toEqual([2, 0, 0]);
  });

  test('a detached leaf too', () => {
    const w = leaf([1, 2]);
    const buffer = zeros([2], { dtype: 'float64' });
    const detached = buffer.detach().requiresGrad_();
    buffer.copy_(w);
    expect(() => detached.sum()).toThrow(message);
  });

  test('a change under noGrad loses nothing', () => {
    const buffer = zeros([2], { dtype: 'float64' });
    const detached = buffer.detach().requiresGrad_();
    noGrad(() => buffer.copy_(leaf([1, 2])));
    expect(grad(detached.square().sum(), detached).toArray()).toEqual([2, 4]);
  });
});

describe('hooks that change the gradient in place', () => {
  const change = (g: Tensor) => void g.mul_(10);

  test('are refused on leaves and on results: others share its elements', () => {
    const [a, b, seed] = [leaf([1, 2]), leaf([1, 2]), f64([1, 1])];
    const y = a.mul(1);
    y.registerHook(change);
    expect(() => y.add(b).backward(seed)).toThrow(GradientError);
    expect(() => y.add(b).backward(f64([1, 1]))).toThrow(
      "a hook on the result of 'mul' changed its gradient in place with 'mul_', which would change the gradients of other " +
        'tensors too; return a new tensor from the hook instead',
    );
    const c = leaf([1, 2]);
    c.registerHook((g) => g.zero_());
    expect(() => c.add(b).backward(f64([1, 1]))).toThrow(/'leaf' changed its gradient in place with 'fill_'/);
    expect([a.grad, b.grad, c.grad]).toEqual([null, null, null]);
  });

  test('are fine when they return a new gradient', () => {
    const [a, b] = [leaf([1, 2]), leaf([1, 2])];
    a.registerHook((g) => g.mul(10));
    a.add(b).backward(f64([1, 1]));
    expect([a.grad!.toArray(), b.grad!.toArray()]).toEqual([
      [10, 10],
      [1, 1],
    ]);
  });
});
