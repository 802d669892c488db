import { describe, expect, test } from '@jest/globals';
import {
  ArgumentError,
  DTypeError,
  defaultGenerator,
  defineOp,
  Generator,
  GradientError,
  manualSeed,
  randn,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import { Buffer, Dropout, Linear, Module, Parameter, ReLU, Sequential, Sigmoid, Tanh } from '@tensortape/nn';
import { checkModule, formatModuleCheck, type ModuleCheck, verifyModule } from '@tensortape/verify';

/** The product x W, with a rule for one of the two that is wrong. */
const product = (wrong: 'x' | 'w' | null) =>
  defineOp({
    name: 'product',
    inputs: ['x', 'w'],
    saves: ['x', 'w'],
    forward: ({ x, w }) => x.matmul(w),
    vjp: {
      x: (g, { w }) => g.matmul(w.transpose(0, 1)).mul(wrong === 'x' ? -1 : 1),
      w: (g, { x }) =>
        x
          .transpose(0, 1)
          .matmul(g)
          .mul(wrong === 'w' ? 2 : 1),
    },
  });

class Product extends Module {
  readonly kernel: Parameter;
  readonly #op: ReturnType<typeof product>;
  constructor(rows: number, columns: number, wrong: 'x' | 'w' | null) {
    super();
    this.kernel = new Parameter(randn([rows, columns]));
    this.#op = product(wrong);
  }
  forward(x: Tensor): Tensor {
    return this.#op({ x, w: this.kernel });
  }
}

class Net extends Module {
  readonly first = new Linear(3, 4);
  readonly middle: Sequential;
  readonly last = new Linear(2, 1);
  constructor(wrong: 'x' | 'w' | null) {
    super();
    this.middle = new Sequential(new Tanh(), new Product(4, 2, wrong), new Sigmoid());
  }
  forward(x: Tensor): Tensor {
    return this.last.forward(this.middle.forward(this.first.forward(x)));
  }
}

const statuses = ({ verdicts }: ModuleCheck) =>
  Object.fromEntries(verdicts.map(({ name, status }) => [name, status]));
const inSeed = <T>(body: () => T): T => {
  manualSeed(3);
  return body();
};

describe('a planted mistake is located', () => {
  test('nothing planted', () => {
    const check = inSeed(() => checkModule(new Net(null), [randn([5, 3])]));
    expect(formatModuleCheck(check)).toBe(
      [
        '✓ first.weight: right, 12 coordinates',
        '✓ first.bias: right, 4 coordinates',
        '✓ middle.1.kernel: right, 8 coordinates',
        '✓ last.weight: right, 2 coordinates',
        '✓ last.bias: right, 1 coordinate',
        '✓ argument 0: right, 15 coordinates',
      ].join('\n'),
    );
    expect(check.wrongModules).toEqual([]);
  });

  test('a rule by the parameter: that parameter alone', () => {
    const check = inSeed(() => checkModule(new Net('w'), [randn([5, 3])]));
    expect(statuses(check)).toEqual({
      'first.weight': 'right',
      'first.bias': 'right',
      'middle.1.kernel': 'wrong',
      'last.weight': 'right',
      'last.bias': 'right',
      'argument 0': 'right',
    });
    expect(check.ok).toBe(false);
    expect(check.wrongModules).toEqual(['middle.1']);
    const text = formatModuleCheck(check);
    expect(text).toMatch(
      /\n✗ middle\.1\.kernel: wrong; everywhere 2 times the slope\n {4}middle\.1\.kernel\[0, 0\]: the gradient is /,
    );
    expect(text).toMatch(/and 5 more\n.*\n.*\n.*\nthe mistake is in 'middle\.1'$/);
  });

  test('a rule by the input: what lies before it, and the module', () => {
    const check = inSeed(() => checkModule(new Net('x'), [randn([5, 3])]));
    expect(statuses(check)).toEqual({
      'first.weight': 'wrong',
      'first.bias': 'wrong',
      'middle.1.kernel': 'right',
      'last.weight': 'right',
      'last.bias': 'right',
      'argument 0': 'wrong',
    });
    expect(check.verdicts[0]!.reason).toBe('everywhere -1 times the slope');
    expect(check.wrongModules).toEqual(['middle.1']);
  });

  test('in the module itself, between right ones', () => {
    class Cut extends Net {
      override forward(x: Tensor): Tensor {
        return this.last.forward(this.middle.forward(this.first.forward(x).detach()));
      }
    }
    const check = inSeed(() => checkModule(new Cut(null), [randn([2, 3])]));
    expect(check.verdicts.filter(({ status }) => status === 'wrong').map(({ name }) => name)).toEqual([
      'first.weight',
      'first.bias',
      'argument 0',
    ]);
    expect(check.verdicts[0]!.reason).toMatch(/^no gradient arrives, although the outputs depend on it/);
    expect(check.wrongModules).toEqual(['']);
    expect(formatModuleCheck(check)).toMatch(/the mistake is in the module itself/);
  });

  test('verifyModule throws what checkModule says', () => {
    expect(() => inSeed(() => verifyModule(new Net(null), [randn([2, 3])]))).not.toThrow();
    const verify = () => inSeed(() => verifyModule(new Net('w'), [randn([2, 3])]));
    expect(verify).toThrow(GradientError);
    expect(verify).toThrow(/^verifyModule: Net:\n✓ first\.weight: right[\s\S]*✗ middle\.1\.kernel: wrong/);
  });
});

describe('forward mode and second derivatives', () => {
  const jvp =
    (factor: number) =>
    ({ x: t }: { readonly x: Tensor | null }, { x }: { readonly x: Tensor }) =>
      t && t.mul(x.square()).mul(factor);
  /** The cube, by rules of which one may be wrong. */
  const cube = (wrong: 'jvp' | 'second' | null, once = false) =>
    defineOp({
      name: 'cube',
      inputs: ['x'],
      saves: ['x'],
      forward: ({ x }) => x.mul(x).mul(x),
      vjp: { x: (g, { x }) => g.mul((wrong === 'second' ? x.detach() : x).square()).mul(3) },
      ...(once ? { onceDifferentiable: true } : { jvp: jvp(wrong === 'jvp' ? 2 : 3) }),
    });
  const netOf = (op: ReturnType<typeof cube>) =>
    new Sequential(
      new Linear(3, 2),
      new (class Cube extends Module {
        forward(x: Tensor): Tensor {
          return op({ x });
        }
      })(),
      new Linear(2, 1),
    );
  const check = (op: ReturnType<typeof cube>, options = {}) =>
    inSeed(() => checkModule(netOf(op), [randn([4, 3])], options));

  test('a wrong jvp, where the vjp is right', () => {
    const found = check(cube('jvp'));
    expect(statuses(found)).toEqual({
      '0.weight': 'wrong',
      '0.bias': 'wrong',
      '2.weight': 'right',
      '2.bias': 'right',
      'argument 0': 'wrong',
    });
    expect(found.wrongModules).toEqual(['1']);
    expect(formatModuleCheck(found)).toMatch(
      /^✗ 0\.weight: wrong; reverse mode is right, forward mode is not: a jvp on the way is wrong\n {4}0\.weight\[0, 0\]: the gradient is \S+, forward mode gives \S+, the slope/,
    );
    expect(check(cube('jvp'), { modes: ['reverse'] }).ok).toBe(true);
    expect(check(cube('jvp'), { modes: ['forward'] }).wrongModules).toEqual(['1']);
  });

  test('a vjp that is right, and cannot be differentiated as it stands', () => {
    expect(check(cube('second')).ok).toBe(true);
    const found = check(cube('second'), { second: true });
    expect(statuses(found)).toMatchObject({ '0.weight': 'wrong', '2.bias': 'right', 'argument 0': 'wrong' });
    expect(found.wrongModules).toEqual(['1']);
    expect(formatModuleCheck(found)).toMatch(
      /the derivatives are right, the second derivatives are not: .*\n {4}0\.weight, all 6 coordinates together: the second derivative is /,
    );
    expect(check(cube(null), { second: true }).ok).toBe(true);
  });

  test('once differentiable operations: reverse mode alone', () => {
    expect(() => check(cube(null, true))).toThrow(/'cube' has no jvp, and none can be derived/);
    expect(check(cube(null, true), { modes: ['reverse'] }).ok).toBe(true);
  });
});

describe('what is replayed and left alone', () => {
  test('dropout', () => {
    const net = new Sequential(new Linear(3, 8), new Dropout(0.5), new Linear(8, 1));
    const before = defaultGenerator.getState();
    expect(checkModule(net, [randn([4, 3], { generator: new Generator(1) })]).ok).toBe(true);
    expect(defaultGenerator.getState()).toEqual(before);
    expect(net.training).toBe(true);
  });

  test('a generator of its own has to be named', () => {
    const generator = new Generator(2);
    const net = new Sequential(new Linear(3, 8), new Dropout(0.5, { generator }));
    const x = randn([4, 3]);
    expect(() => checkModule(net, [x])).toThrow(ArgumentError);
    expect(() => checkModule(net, [x])).toThrow(
      /^checkModule: Sequential gives .*, then .* for the same arguments; name the generators that it draws from in 'generators'/,
    );
    expect(checkModule(net, [x], { generators: [generator] }).ok).toBe(true);
  });

  test('the module keeps its float32 parameters, their gradients and its buffers', () => {
    class Running extends Module {
      readonly weight = new Parameter(tensor([2, 3]));
      readonly mean = new Buffer(tensor([0, 0]));
      forward(x: Tensor): Tensor {
        this.mean.mul_(0.5).add_(x.detach().mean(0));
        return x.sub(this.mean).mul(this.weight);
      }
    }
    const net = new Running();
    // The mean is taken for a constant, as the code says: differences by x see through that, differences by the weight do not.
    expect(statuses(checkModule(net, [randn([4, 2])]))).toEqual({ weight: 'right', 'argument 0': 'wrong' });
    expect(net.mean.toArray()).toEqual([0, 0]);
    expect([net.weight.dtype, net.weight.grad, net.weight.toArray()]).toEqual(['float32', null, [2, 3]]);
  });
});

describe('what cannot be judged', () => {
  test('kinks, with the slopes from both sides', () => {
    const net = new Sequential(new ReLU());
    const check = checkModule(net, [tensor([0])]);
    expect([check.ok, statuses(check)]).toEqual([false, { 'argument 0': 'notDifferentiable' }]);
    expect(formatModuleCheck(check)).toBe(
      '? argument 0: not differentiable here\n    argument 0[0]: the slope is 0 from the left, 1 from the right',
    );
    expect(() => verifyModule(net, [tensor([0])])).not.toThrow();
    expect(checkModule(net, [tensor([0, 1])]).ok).toBe(true);
  });

  test('what has no effect', () => {
    const unused = new (class extends Module {
      readonly used = new Parameter(tensor([1, 2]));
      readonly unused = new Parameter(tensor([3]));
      forward(x: Tensor): Tensor {
        return x.mul(this.used);
      }
    })();
    const check = checkModule(unused, [tensor([1, 2])]);
    expect(statuses(check)).toEqual({ used: 'right', unused: 'unreliable', 'argument 0': 'right' });
    expect(check.verdicts[1]!.reason).toMatch(/do not move with it here: it is not used/);
    // A bias in front of a normalisation: its gradient is zero but for rounding.
    const centred = new (class extends Module {
      readonly linear = new Linear(2, 3);
      forward(x: Tensor): Tensor {
        const y = this.linear.forward(x);
        return y.sub(y.mean(0));
      }
    })();
    const { verdicts } = inSeed(() => checkModule(centred, [randn([4, 2])]));
    expect(verdicts.find(({ name }) => name === 'linear.bias')).toMatchObject({
      status: 'unreliable',
      reason: expect.stringMatching(/what follows cancels it/),
    });
  });

  test.each<[string, (x: Tensor) => unknown, RegExp]>([
    ['float32 on the way', (x) => x.to('float32'), /^checkModule: result is float32, although/],
    ['indices', (x) => x.argmax(0), /no floating point tensor/],
    ['no tensor', () => 3, /forward returned 3; expected a tensor/],
  ])('%s', (_, f, message) => {
    class Odd extends Module {
      forward(x: Tensor): unknown {
        return f(x);
      }
    }
    const check = () => checkModule(new Odd(), [tensor([1, 2])]);
    expect(check).toThrow(message);
    expect(check).toThrow(_ === 'float32 on the way' ? DTypeError : ArgumentError);
  });
});

test('large tensors: some coordinates by themselves, the others together', () => {
  const wrongAt = (at: number) => {
    const op = defineOp({
      name: 'slip',
      inputs: ['x'],
      saves: [],
      forward: ({ x }) => x.mul(1),
      vjp: {
        x: (g) => {
          const factors = new Float64Array(1000).fill(1);
          factors[at] = 3;
          return g.mul(tensor(factors));
        },
      },
    });
    return new (class extends Module {
      forward(x: Tensor): Tensor {
        return op({ x });
      }
    })();
  };
  // One that is moved by itself, and one that is not.
  for (const [at, count] of [
    [500, 2],
    [501, 1],
  ] as const) {
    const check = checkModule(wrongAt(at), [randn([1000])], { coordinates: 10 });
    const wrong = check.verdicts[0]!.probes.filter(({ status }) => status === 'wrong');
    expect([wrong.length, wrong[0]!.at]).toEqual([count, 'argument 0, all 1000 coordinates together']);
  }
});

test('several arguments and results, in lists and options', () => {
  class Pair extends Module {
    readonly scale = new Parameter(tensor([2, 3]));
    forward(xs: readonly Tensor[], options: { readonly shift: Tensor; readonly rows: Tensor }) {
      const y = xs[0]!.mul(xs[1]!).mul(this.scale).add(options.shift);
      return { y, rows: options.rows, product: y.mul(y) };
    }
  }
  const check = checkModule(new Pair(), [
    [tensor([1, 2]), tensor([3, 4])],
    { shift: tensor([1, 1]), rows: tensor([0, 1], { dtype: 'int32' }) },
  ]);
  expect([check.ok, check.verdicts.map(({ name }) => name)]).toEqual([
    true,
    ['scale', 'argument 0[0]', 'argument 0[1]', 'argument 1.shift'],
  ]);
});
