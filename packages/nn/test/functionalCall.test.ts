import { describe, expect, test } from '@jest/globals';
import { func, manualSeed, ones, randn, type Tensor, zeros } from '@tensortape/autograd';
import { functionalCall, Linear, Module, Sequential, Tanh } from '@tensortape/nn';

class Tied extends Module {
  encode = new Linear(3, 3);
  decode = new Linear(3, 3);
  constructor() {
    super();
    this.decode.weight = this.encode.weight;
  }
  forward(x: Tensor): Tensor {
    return this.decode.forward(this.encode.forward(x).tanh());
  }
}

describe('functionalCall', () => {
  test('runs with other parameters, and puts the module’s own back', () => {
    manualSeed(0);
    const net = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 1));
    const x = randn([5, 3]);
    const before = net.forward(x).toArray();
    const zero = Object.fromEntries(net.namedParameters().map(([name, p]) => [name, zeros(p.shape)]));
    expect(functionalCall(net, zero, x).abs().sum().item()).toBe(0);
    expect(functionalCall(net, new Map([['2.bias', ones([1])]]), x).toArray()).not.toEqual(before);
    expect(net.forward(x).toArray()).toEqual(before);
    expect(net.parameters().length).toBe(4);
  });

  test('gives the gradients of backward, without touching grad', () => {
    manualSeed(1);
    const net = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 1));
    const x = randn([5, 3]);
    const loss = (p: { readonly [name: string]: Tensor }) => functionalCall(net, p, x).square().mean();
    const found = func.grad(loss)(Object.fromEntries(net.namedParameters()));
    expect(net.parameters().every(({ grad }) => grad === null)).toBe(true);
    net.forward(x).square().mean().backward();
    for (const [name, { grad }] of net.namedParameters())
      expect(found[name]!.toArray()).toEqual(grad!.toArray());
  });

  test('replaces a shared parameter in all its places', () => {
    const net = new Tied();
    const x = randn([2, 3]);
    const weight = randn([3, 3]);
    const bias = { 'encode.bias': zeros([3]), 'decode.bias': zeros([3]) };
    const expected = x.matmul(weight.T).tanh().matmul(weight.T);
    const found = functionalCall(net, { ...bias, 'encode.weight': weight }, x);
    expect(found.sub(expected).abs().amax().item()).toBeLessThan(1e-6);
    expect(net.decode.weight).toBe(net.encode.weight);
  });

  test('nests, and restores when the module throws', () => {
    const net = new Linear(2, 1);
    const { weight } = net;
    expect(() => functionalCall(net, { weight: ones([1, 2]) }, ones([3]))).toThrow();
    expect(net.weight).toBe(weight);
    const outer = functionalCall(net, { weight: ones([1, 2]), bias: zeros([1]) }, ones([1, 2]));
    expect(outer.item()).toBe(2);
  });

  test('names what does not fit', () => {
    const net = new Linear(2, 1);
    expect(() => functionalCall(net, { wieght: ones([1, 2]) }, ones([2]))).toThrow(
      "functionalCall: there is no parameter or buffer 'wieght'; there are weight, bias",
    );
    expect(() => functionalCall(net, { weight: ones([2, 1]) }, ones([2]))).toThrow(
      "functionalCall: 'weight' has shape (2, 1), the module's (1, 2)",
    );
    expect(() => functionalCall(net, { weight: 3 as unknown as Tensor }, ones([2]))).toThrow(
      /is not a tensor/,
    );
  });
});
