import { describe, expect, test } from '@jest/globals';
import { func, ones, type Tensor, tensor, zeros } from '@tensortape/autograd';
import { Buffer, functionalCall, Linear, Module, Parameter, Sequential } from '@tensortape/nn';

const f64 = (data: readonly (number | readonly number[])[]) => tensor(data as number[], { dtype: 'float64' });

class Scale extends Module {
  factor = new Parameter(ones([2]));
  offset = new Buffer(zeros([2]));
  count = new Buffer(tensor([1], { dtype: 'int32' }));
  forward(x: Tensor): Tensor {
    return x.mul(this.factor).add(this.offset);
  }
}

class Tied extends Module {
  first = new Linear(2, 2, { bias: false });
  second = new Linear(2, 2, { bias: false });
  constructor() {
    super();
    this.second.weight = this.first.weight;
  }
  forward(x: Tensor): Tensor {
    return this.second.forward(this.first.forward(x));
  }
}

describe('functionalCall', () => {
  test('computes with the tensors given, and leaves the module as it was', () => {
    const net = new Sequential(new Linear(2, 2), new Linear(2, 1));
    const before = net.namedParameters();
    const given = {
      '0.weight': tensor([
        [1, 2],
        [3, 4],
      ]),
      '0.bias': tensor([1, 0]),
      '1.weight': tensor([[1, 10]]),
      '1.bias': tensor([100]),
    };
    const x = tensor([[1, 1]]);
    // (1 + 2 + 1) + 10 (3 + 4) + 100
    expect(functionalCall(net, given, x).toArray()).toEqual([[174]]);
    expect(functionalCall(net, new Map(Object.entries(given)), x).toArray()).toEqual([[174]]);
    net.namedParameters().forEach(([key, parameter], i) => {
      expect(key).toBe(before[i]![0]);
      expect(parameter).toBe(before[i]![1]);
      expect(parameter.grad).toBeNull();
    });
  });

  test('gradients over a record of parameters are those of backward', () => {
    const net = new Sequential(new Linear(3, 4), new Linear(4, 2)).to('float64');
    const x = f64([[1, 2, 3]]);
    const loss = (w: Record<string, Tensor>) => functionalCall(net, w, x).square().sum();
    const gradients = func.grad(loss)(Object.fromEntries(net.namedParameters()));
    expect(net.parameters().map(({ grad }) => grad)).toEqual([null, null, null, null]);
    net.forward(x).square().sum().backward();
    for (const [key, { grad }] of net.namedParameters())
      expect(gradients[key]!.toArray()).toEqual(grad!.toArray());
  });

  test('restores when the call throws, and after nested calls', () => {
    const net = new Scale();
    const { factor, offset } = net;
    expect(() => functionalCall(net, { factor: ones([2]) }, ones([3]))).toThrow('scale: ');
    expect([net.factor === factor, net.offset === offset]).toEqual([true, true]);
    class Outer extends Module {
      inner = net;
      forward(x: Tensor): Tensor {
        return functionalCall(this.inner, { factor: tensor([5, 5]) }, x).add(this.inner.forward(x));
      }
    }
    const y = functionalCall(new Outer(), { 'inner.factor': tensor([2, 3]) }, ones([2]));
    expect(y.toArray()).toEqual([7, 8]);
    expect(net.factor).toBe(factor);
  });

  test('buffers may be given; the others stay', () => {
    const net = new Scale();
    const y = functionalCall(net, { factor: tensor([2, 2]), offset: tensor([1, 2]) }, ones([2]));
    expect(y.toArray()).toEqual([3, 4]);
    expect(net.offset.toArray()).toEqual([0, 0]);
  });

  test('a module that asks for its parameters finds the tensors given', () => {
    class Decayed extends Module {
      weight = new Parameter(ones([2]));
      forward(): Tensor {
        return this.parameters()
          .map((w) => w.square().sum())
          .reduce((a, b) => a.add(b));
      }
    }
    const net = new Decayed();
    const penalty = (w: Record<string, Tensor>) => functionalCall(net, w);
    expect(
      func
        .grad(penalty)({ weight: tensor([3, 4]) })
        ['weight']!.toArray(),
    ).toEqual([6, 8]);
  });

  test('a tied parameter is replaced at all its places', () => {
    const net = new Tied();
    const w = tensor([
      [0, 1],
      [2, 0],
    ]);
    const x = tensor([[1, 1]]);
    for (const given of [
      { 'first.weight': w },
      { 'second.weight': w },
      { 'first.weight': w, 'second.weight': w },
    ]) {
      expect(functionalCall(net, given, x).toArray()).toEqual([[2, 2]]);
    }
    expect(() => functionalCall(net, { 'first.weight': w, 'second.weight': w.clone() }, x)).toThrow(
      "functionalCall: tied: 'first.weight' and 'second.weight' are one tensor of the module",
    );
    expect(net.first.weight).toBe(net.second.weight);
  });

  test('errors name the key', () => {
    const net = new Scale();
    const factor = ones([2]);
    const call = (given: Record<string, Tensor>) => () => functionalCall(net, given, ones([2]));
    expect(call({ factor, scale: factor })).toThrow(
      "functionalCall: scale has no parameter or buffer 'scale'; it has factor, offset, count",
    );
    expect(call({ offset: factor })).toThrow("functionalCall: scale: the parameter 'factor' is missing");
    expect(call({ factor: ones([3]) })).toThrow("'factor' has shape (3,), expected (2,)");
    expect(call({ factor, count: ones([1]) })).toThrow("'count' is float32, expected int32");
    expect(call({ factor: 1 as unknown as Tensor })).toThrow("'factor' is of type number, expected a tensor");
    expect(call({ factor: factor.to('float64') })().dtype).toBe('float64');
  });
});
