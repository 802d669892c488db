import { describe, expect, test } from '@jest/globals';
import { noGrad, ones, type Tensor, tensor } from '@tensortape/autograd';
import * as nn from '@tensortape/nn';
import { Linear, Module, Parameter } from '@tensortape/nn';

/** The message of what `run` throws; fails when it does not. */
function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('expected an error');
}

describe('a field that held a parameter, a buffer or a module, and now holds something else', () => {
  /** Assignments that the type checker refuses. */
  const assign = (module: object, field: string, value: unknown) => Object.assign(module, { [field]: value });

  test('is refused by the next call, in training code that rebinds a parameter', () => {
    class Net extends Module {
      inner = new nn.Sequential(new Linear(1, 1));
      scale: Tensor = new Parameter(ones([1]));
      forward(x: Tensor): Tensor {
        return this.inner.forward(x).mul(this.scale);
      }
    }
    const net = new Net();
    net
      .forward(ones([1, 1]))
      .sum()
      .backward();
    noGrad(() => {
      net.scale = net.scale.sub(0.1);
    });
    const expected =
      'net.scale was a Parameter and is now a plain tensor, which parameters() and stateDict() would pass by: to change ' +
      'its elements, noGrad(() => module.scale.copy_(…)); to have others, assign new Parameter(…), or null';
    const uses = [
      () => net.forward(ones([1, 1])),
      () => net.parameters(),
      () => net.stateDict(),
      () => net.zeroGrad(),
      () => net.eval(),
    ];
    for (const use of uses) expect(messageOf(use)).toBe(expected);
    net.scale = new Parameter(ones([1]));
    expect(net.parameters().length).toBe(3);
    assign(net.inner, '0', ones([1, 1]));
    expect(messageOf(() => net.parameters())).toBe(
      'net.inner.0 was a Module and is now a plain tensor, which parameters() and stateDict() would pass by: assign a ' +
        'module, or null to do without',
    );
    assign(net, 'inner', 'nothing');
    expect(messageOf(() => net.forward(ones([1, 1])))).toMatch(
      /^net\.inner was a Module and is now a string/,
    );
  });

  test('is refused from the start in built-in modules', () => {
    const fc = new Linear(2, 1);
    assign(fc, 'weight', ones([1, 2]));
    expect(messageOf(() => fc.parameters())).toMatch(
      /^linear\.weight was a Parameter and is now a plain tensor/,
    );
    expect(messageOf(() => fc.forward(ones([1, 2])))).toMatch(/^linear\.weight was a Parameter/);
    const norm = new nn.BatchNorm1d(2);
    assign(norm, 'runningMean', [1, 2]);
    expect(messageOf(() => norm.stateDict())).toMatch(
      /^batchNorm1d\.runningMean was a Buffer and is now a Array, .*noGrad\(\(\) => module\.runningMean\.copy_\(…\)\)/,
    );
    const list = new nn.ParameterList([ones([1])]);
    assign(list, '0', ones([1]));
    expect(() => list.parameters()).toThrow(/^parameterList\.0 was a Parameter/);
  });

  test('may hold null, after which it may hold anything', () => {
    const fc = new Linear(2, 1);
    fc.bias = null;
    expect([...fc.stateDict().keys()]).toEqual(['weight']);
    assign(fc, 'bias', tensor([5]));
    expect(fc.parameters()).toEqual([fc.weight]);
  });

  test('is what functionalCall puts there', () => {
    const fc = new Linear(1, 1);
    fc.forward(ones([1, 1]));
    const weights = { weight: tensor([[2]]), bias: tensor([1]) };
    expect(nn.functionalCall(fc, weights, ones([1, 1])).item()).toBe(3);
    expect(fc.parameters().length).toBe(2);
  });
});
