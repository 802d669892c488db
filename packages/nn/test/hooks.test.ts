import { describe, expect, test } from '@jest/globals';
import { func, ones, randn, type Tensor, tensor } from '@tensortape/autograd';
import { type Gradients, Linear, LSTM, Module } from '@tensortape/nn';

const values = (gradients: Gradients) => gradients.map((g) => g?.toArray() ?? null);

class Product extends Module {
  forward(x: Tensor, y: Tensor): Tensor {
    return x.mul(y);
  }
}

describe('backward hooks', () => {
  const [x, y] = [tensor([1, 2], { requiresGrad: true }), tensor([3, 4], { requiresGrad: true })];

  test('see the gradients of arguments and results, in the order of their registration', () => {
    const product = new Product();
    const seen: unknown[] = [];
    product.registerFullBackwardHook((module, gradInput, gradOutput) => {
      seen.push([module === product, values(gradInput), values(gradOutput)]);
      return undefined;
    });
    product.registerFullBackwardPreHook((_, gradOutput) => {
      seen.push(values(gradOutput));
      return undefined;
    });
    product.forward(x, y).mul(10).sum().backward();
    expect(seen).toEqual([
      [[10, 10]],
      [
        true,
        [
          [30, 40],
          [10, 20],
        ],
        [[10, 10]],
      ],
    ]);
    expect(x.grad?.toArray()).toEqual([30, 40]);
  });

  test('may replace gradients, and are gone when they are removed', () => {
    const product = new Product();
    const double = product.registerFullBackwardPreHook((_, [g]) => [g!.mul(2)]);
    const negate = product.registerFullBackwardHook((_, [gx, gy]) => [gx!.neg(), gy ?? null]);
    const gradient = () => {
      x.grad = null;
      y.grad = null;
      product.forward(x, y).sum().backward();
      return [x.grad, y.grad].map((g: Tensor | null) => g?.toArray());
    };
    expect(gradient()).toEqual([
      [-6, -8],
      [2, 4],
    ]);
    double.remove();
    expect(gradient()).toEqual([
      [-3, -4],
      [1, 2],
    ]);
    negate.remove();
    expect(gradient()).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  test('are called where no argument requires grad, with nulls', () => {
    const fc = new Linear(2, 1);
    const seen: unknown[] = [];
    fc.registerFullBackwardHook((_, gradInput, gradOutput) => {
      seen.push(values(gradInput), values(gradOutput));
      return undefined;
    });
    fc.forward(ones([1, 2]))
      .sum()
      .backward();
    expect(seen).toEqual([[null], [[[1]]]]);
    expect(fc.weight.grad?.toArray()).toEqual([[1, 1]]);
  });

  test('find tensors in lists, and say null for results that nothing used', () => {
    const lstm = new LSTM(2, 3);
    const shapes: unknown[] = [];
    lstm.registerFullBackwardHook((_, gradInput, gradOutput) => {
      shapes.push(
        gradInput.map((g) => g?.shape ?? null),
        gradOutput.map((g) => g?.shape ?? null),
      );
      return undefined;
    });
    const [, [h]] = lstm.forward(randn([4, 1, 2]).requiresGrad_(), [ones([1, 1, 3]), ones([1, 1, 3])]);
    h.sum().backward();
    expect(shapes).toEqual([
      [[4, 1, 2], null, null],
      [null, [1, 1, 3], null],
    ]);
  });

  test('leave derivatives of higher order and forward mode as they are', () => {
    const product = new Product();
    product.registerFullBackwardHook(() => undefined);
    const cube = (t: Tensor) => product.forward(product.forward(t, t), t).sum();
    expect(
      func
        .hessian(cube)(tensor([2, 3]))
        .toArray(),
    ).toEqual([
      [12, 0],
      [0, 18],
    ]);
    const [, tangent] = func.jvp(cube, [tensor([2, 3])], [tensor([1, 0])]);
    expect(tangent.item()).toBe(12);
  });
});

test('a plain tensor that requires grad is no parameter, and says so', () => {
  class Scale extends Module {
    factor = ones([2]).requiresGrad_();
    forward(x: Tensor): Tensor {
      return x.mul(this.factor);
    }
  }
  class Net extends Module {
    scale = new Scale();
    forward(x: Tensor): Tensor {
      return this.scale.forward(x);
    }
  }
  const net = new Net();
  for (const use of [() => net.parameters(), () => net.stateDict(), () => net.forward(ones([2]))]) {
    expect(use).toThrow(
      'net.scale.factor is a plain tensor that requires grad, so parameters() and stateDict() pass it by; make it new Parameter(…)',
    );
  }
  net.scale.factor = net.scale.factor.detach();
  expect(net.parameters()).toEqual([]);
});
