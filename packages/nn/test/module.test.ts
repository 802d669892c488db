import { describe, expect, jest, test } from '@jest/globals';
import { noGrad, ones, randn, ShapeError, type Tensor, tensor, zeros } from '@tensortape/autograd';
import * as nn from '@tensortape/nn';
import { Buffer, Linear, Module, Parameter } from '@tensortape/nn';

class Block extends Module {
  runningMean = new Buffer(zeros([2]));
  scratch = new Buffer(zeros([1]), { persistent: false });
  inner = new Linear(2, 2, { bias: false });
  selfAttn = new Parameter(ones([2]));
  weightIhL0 = new Parameter(ones([1]));
  plain = ones([3]);
  forward(x: Tensor): Tensor {
    return this.inner.forward(x).add(this.selfAttn);
  }
}

class Net extends Module {
  fc1 = new Linear(3, 2);
  block = new Block();
  forward(x: Tensor): Tensor {
    return this.block.forward(this.fc1.forward(x));
  }
}

/** The message of what `run` throws; fails when it does not. */
function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('expected an error');
}

describe('what a module finds in its fields', () => {
  test('parameters, buffers and modules in declaration order, own ones first, under snake_case keys', () => {
    const net = new Net();
    expect([...net.stateDict().keys()]).toEqual([
      'fc1.weight',
      'fc1.bias',
      'block.self_attn',
      'block.weight_ih_l0',
      'block.running_mean',
      'block.inner.weight',
    ]);
    expect(net.namedParameters().map(([key]) => key)).toEqual([
      'fc1.weight',
      'fc1.bias',
      'block.self_attn',
      'block.weight_ih_l0',
      'block.inner.weight',
    ]);
    expect(net.namedBuffers().map(([key]) => key)).toEqual(['block.running_mean', 'block.scratch']);
    expect(net.buffers()).toEqual([net.block.runningMean, net.block.scratch]);
    expect(net.namedModules().map(([path]) => path)).toEqual(['', 'fc1', 'block', 'block.inner']);
    expect(net.namedChildren()).toEqual([
      ['fc1', net.fc1],
      ['block', net.block],
    ]);
    expect(net.modules()).toEqual([net, net.fc1, net.block, net.block.inner]);
    expect(net.children()).toEqual([net.fc1, net.block]);
  });

  test('spells keys as PyTorch does', () => {
    class Spelling extends Module {
      fc1 = new Parameter(ones([1]));
      inProjWeight = new Parameter(ones([1]));
      weightHhL1Reverse = new Parameter(ones([1]));
      toQKV = new Parameter(ones([1]));
      already_snake = new Parameter(ones([1]));
      forward(): void {}
    }
    expect([...new Spelling().stateDict().keys()]).toEqual([
      'fc1',
      'in_proj_weight',
      'weight_hh_l1_reverse',
      'to_qkv',
      'already_snake',
    ]);
  });

  test('shared ones come once, but under every name in the state dict', () => {
    class Tied extends Module {
      encoder = new Linear(2, 2);
      decoder = new Linear(2, 2, { bias: false });
      again = this.encoder;
      constructor() {
        super();
        this.decoder.weight = this.encoder.weight;
      }
      forward(x: Tensor): Tensor {
        return this.decoder.forward(this.encoder.forward(x));
      }
    }
    const tied = new Tied();
    expect(tied.parameters()).toEqual([tied.encoder.weight, tied.encoder.bias]);
    expect(tied.namedParameters().map(([key]) => key)).toEqual(['encoder.weight', 'encoder.bias']);
    expect(tied.namedChildren().map(([field]) => field)).toEqual(['encoder', 'decoder']);
    expect([...tied.stateDict().keys()]).toEqual([
      'encoder.weight',
      'encoder.bias',
      'decoder.weight',
      'again.weight',
      'again.bias',
    ]);
  });

  test('two fields with one key are refused', () => {
    class Twins extends Module {
      selfAttn = new Linear(1, 1);
      self_attn = new Parameter(ones([1]));
      forward(): void {}
    }
    class Parent extends Module {
      twins = new Twins();
      forward(): void {}
    }
    expect(messageOf(() => new Parent().stateDict())).toBe(
      "twins.selfAttn: the fields 'self_attn' and 'selfAttn' of Twins have the same state-dict key 'self_attn'; rename one",
    );
  });

  test('a field that leads back to its owner is refused, a private one is not', () => {
    class Child extends Module {
      parent: Module | null = null;
      readonly #secret: Module[] = [];
      adopt(parent: Module): void {
        this.#secret.push(parent);
      }
      forward(): number {
        return this.#secret.length;
      }
    }
    class Parent extends Module {
      child = new Child();
      forward(): void {}
    }
    const parent = new Parent();
    parent.child.adopt(parent);
    expect(parent.modules().length).toBe(2);
    parent.child.parent = parent;
    expect(messageOf(() => parent.parameters())).toMatch(
      /^parent: the fields child\.parent lead back to a module/,
    );
  });

  test('a plain tensor in a field is no parameter', () => {
    const { plain } = new Block();
    expect(plain).not.toBeInstanceOf(Parameter);
    expect([...new Block().stateDict().keys()]).not.toContain('plain');
  });

  test('a class may spell its keys otherwise', () => {
    class Loud extends Module {
      weight = new Parameter(ones([1]));
      protected override stateKey(field: string): string {
        return field.toUpperCase();
      }
      forward(): void {}
    }
    expect([...new Loud().stateDict().keys()]).toEqual(['WEIGHT']);
  });
});

describe('Parameter and Buffer', () => {
  test('copy their values into an array of their own', () => {
    const data = tensor([1, 2, 3, 4]);
    const parameter = new Parameter(data.slice(0, 1, 4, 2));
    const buffer = new Buffer(data);
    data.fill_(9);
    expect(parameter.toArray()).toEqual([2, 4]);
    expect(buffer.toArray()).toEqual([1, 2, 3, 4]);
    expect([parameter.isContiguous, parameter.isLeaf, parameter.requiresGrad]).toEqual([true, true, true]);
    expect(buffer.requiresGrad).toBe(false);
  });

  test('a parameter may stand still; an integer one must', () => {
    expect(new Parameter(ones([1]), { requiresGrad: false }).requiresGrad).toBe(false);
    const counts = ones([1], { dtype: 'int32' });
    expect(() => new Parameter(counts)).toThrow(/only floating point tensors can require grad/);
    expect(new Parameter(counts, { requiresGrad: false }).dtype).toBe('int32');
  });

  test('data with a history become a leaf', () => {
    const w = tensor([1], { requiresGrad: true });
    const parameter = new Parameter(w.mul(2));
    parameter.mul(3).sum().backward();
    expect(parameter.grad?.item()).toBe(3);
    expect(w.grad).toBeNull();
  });

  test('a parameter prints as in PyTorch', () => {
    expect(String(new Parameter(ones([2])))).toBe(
      'Parameter containing:\ntensor([1., 1.], requiresGrad=true)',
    );
  });
});

describe('calling forward', () => {
  test('works through super.forward', () => {
    class Twice extends Linear {
      override forward(x: Tensor): Tensor {
        return super.forward(x).mul(2);
      }
    }
    const twice = new Twice(2, 1);
    const x = ones([1, 2]);
    const expected = nn.functional.linear(x, twice.weight, twice.bias).mul(2).toArray();
    expect(twice.forward(x).toArray()).toEqual(expected);
  });

  test('takes any arguments and results', () => {
    class Pair extends Module {
      forward(x: Tensor, { scale }: { scale: number }, ...more: string[]): [Tensor, string] {
        return [x.mul(scale), more.join()];
      }
    }
    const [x, text] = new Pair().forward(ones([1]), { scale: 3 }, 'a', 'b');
    expect([x.item(), text]).toEqual([3, 'a,b']);
  });

  test('forward as a class field is refused, assigning it later is not', () => {
    class Field extends Module {
      forward = (x: Tensor) => x;
    }
    expect(() => new Field()).toThrow(/Cannot redefine property: forward/);
    const net = new Net();
    net.forward = (x) => x;
    expect(net.forward(ones([1])).item()).toBe(1);
  });

  test('forgetting super() is refused by the language', () => {
    const make = new Function('Module', 'return new (class extends Module { constructor() {} })()');
    expect(() => make(Module)).toThrow(/Must call super constructor/);
  });
});

describe('errors inside modules', () => {
  test('of a loss by itself begin with its name once, which is its function too', () => {
    expect(() => new nn.MSELoss().forward(zeros([3]), zeros([3, 1]))).toThrow(
      /^mseLoss: the input has shape/,
    );
  });

  test('begin with the path as the fields are written, once', () => {
    class Deep extends Module {
      firstBlock = new nn.Sequential(new nn.ReLU(), new Net());
      forward(x: Tensor): Tensor {
        return this.firstBlock.forward(x);
      }
    }
    expect(messageOf(() => new Deep().forward(ones([1, 5])))).toBe(
      'deep.firstBlock.1.fc1: expected 3 input features, got 5: try new nn.Linear(5, 2)',
    );
  });

  test('show the path in the stack too, and keep their class', () => {
    try {
      new Net().forward(ones([1, 5]));
      throw new Error('expected an error');
    } catch (error) {
      if (!(error instanceof ShapeError)) throw error;
      expect(error.stack?.split('\n')[0]).toBe(
        'ShapeError: net.fc1: expected 3 input features, got 5: try new nn.Linear(5, 2)',
      );
    }
  });

  test('of operations and of users get the path as well', () => {
    class Wrong extends Module {
      fc = new Linear(2, 2);
      forward(x: Tensor): Tensor {
        if (x.ndim === 1) throw new RangeError('mine');
        return this.fc.forward(x).matmul(x);
      }
    }
    expect(messageOf(() => new Wrong().forward(ones([3, 2])))).toMatch(/^wrong: matmul: shapes \(3, 2\)/);
    expect(messageOf(() => new Wrong().forward(ones([3])))).toBe('wrong: mine');
  });

  test('leave what is thrown but no error, and frozen errors, as they are', () => {
    const frozen = Object.freeze(new Error('frozen'));
    class Thrower extends Module {
      forward(thrown: unknown): void {
        throw thrown;
      }
    }
    const thrower = new Thrower();
    expect(() => thrower.forward('text')).toThrow('text');
    expect(messageOf(() => thrower.forward(frozen))).toBe('frozen');
  });

  test('do not leave the module marked as running', () => {
    const net = new Net();
    expect(() => net.forward(ones([1, 5]))).toThrow(/^net\.fc1: /);
    expect(messageOf(() => net.fc1.forward(ones([1, 5])))).toMatch(/^linear: /);
    expect(net.forward(ones([1, 3])).shape).toEqual([1, 2]);
  });

  test('name acronyms and classes without a name sensibly', () => {
    class MLP extends Net {}
    class LeNet extends Net {}
    const nameless = (() => class extends Net {})();
    const names = [MLP, LeNet, nameless].map(
      (type) => messageOf(() => new type().forward(ones([1, 5]))).split('.')[0],
    );
    expect(names).toEqual(['mlp', 'leNet', 'module']);
  });
});

describe('modules that would never train', () => {
  const hidden = {
    'a #private field': () => {
      class Host extends Module {
        readonly #fc = new Linear(1, 1);
        forward(x: Tensor): Tensor {
          return this.#fc.forward(x);
        }
      }
      return new Host();
    },
    'an array': () => {
      class Host extends Module {
        layers = [new Linear(1, 1)];
        forward(x: Tensor): Tensor {
          return this.layers[0]!.forward(x);
        }
      }
      return new Host();
    },
    'a Map': () => {
      class Host extends Module {
        layers = new Map([['a', new Linear(1, 1)]]);
        forward(x: Tensor): Tensor {
          return this.layers.get('a')!.forward(x);
        }
      }
      return new Host();
    },
    'a module with parameters further down': () => {
      class Host extends Module {
        readonly #net = new nn.Sequential(new nn.ReLU(), new Linear(1, 1));
        forward(x: Tensor): Tensor {
          return this.#net.forward(x);
        }
      }
      return new Host();
    },
  };
  test.each(Object.entries(hidden))(
    'in %s are refused at the first call, and at every later one',
    (_, make) => {
      const host = make();
      const expected =
        /^host: a (Linear|Sequential) that runs in here is not found in public fields.*keep it in a public field, in a ModuleList or in a ModuleDict/;
      for (const _call of [1, 2]) expect(messageOf(() => host.forward(ones([1, 1])))).toMatch(expected);
    },
  );

  test('are refused below another outermost module, whoever ran them before', () => {
    const fc = new Linear(1, 1);
    class Host extends Module {
      forward(x: Tensor): Tensor {
        return fc.forward(x);
      }
    }
    class Owner extends Host {
      fc = fc;
    }
    fc.forward(ones([1, 1]));
    new Owner().forward(ones([1, 1]));
    expect(() => new Host().forward(ones([1, 1]))).toThrow(/a Linear that runs in here/);
    new Owner().forward(ones([1, 1]));
  });

  test('may be found anywhere below the outermost module', () => {
    class Borrower extends Module {
      forward(x: Tensor, shared: Linear): Tensor {
        return shared.forward(x);
      }
    }
    class Owner extends Module {
      shared = new Linear(1, 1);
      borrower = new Borrower();
      forward(x: Tensor): Tensor {
        return this.borrower.forward(x, this.shared);
      }
    }
    expect(new Owner().forward(ones([1, 1])).shape).toEqual([1, 1]);
  });

  test('those with nothing to train may come from anywhere, unless they ask for their mode', () => {
    const drop = new nn.Dropout(0.5);
    class Host extends Module {
      forward(x: Tensor, criterion: nn.MSELoss): Tensor {
        return criterion.forward(new nn.ReLU().forward(x), x);
      }
    }
    class Dropping extends Module {
      forward(x: Tensor): Tensor {
        return drop.forward(x);
      }
    }
    const host = new Host();
    for (const _call of [1, 2]) expect(host.forward(ones([2]), new nn.MSELoss()).item()).toBe(0);
    for (const _call of [1, 2]) {
      expect(messageOf(() => new Dropping().forward(ones([2])))).toMatch(
        /^dropping\.dropout: a Dropout that runs in here/,
      );
    }
    expect(drop.forward(ones([2])).shape).toEqual([2]);
  });
});

describe('changing all of a module', () => {
  test('train and eval reach every module', () => {
    const net = new Net();
    expect(net.modules().every(({ training }) => training)).toBe(true);
    expect(net.eval()).toBe(net);
    expect(net.modules().some(({ training }) => training)).toBe(false);
    net.block.train();
    expect(net.modules().map(({ training }) => training)).toEqual([false, false, true, true]);
  });

  test('zeroGrad and requiresGrad_', () => {
    const net = new Net();
    net
      .forward(ones([1, 3]))
      .sum()
      .backward();
    expect(net.fc1.weight.grad).not.toBeNull();
    net.zeroGrad();
    expect(net.parameters().every(({ grad }) => grad === null)).toBe(true);
    expect(
      net
        .requiresGrad_(false)
        .parameters()
        .some(({ requiresGrad }) => requiresGrad),
    ).toBe(false);
    expect(net.forward(ones([1, 3])).requiresGrad).toBe(false);
    net.fc1.requiresGrad_();
    expect(net.parameters().filter(({ requiresGrad }) => requiresGrad).length).toBe(2);
  });

  test('to converts values and gradients in place', () => {
    const net = new Net();
    const weight = net.fc1.weight;
    const values = weight.toArray();
    net
      .forward(ones([1, 3]))
      .sum()
      .backward();
    expect(net.to('float64')).toBe(net);
    expect(net.fc1.weight).toBe(weight);
    expect(weight.toArray()).toEqual(values);
    expect([weight.dtype, weight.grad?.dtype, net.block.runningMean.dtype]).toEqual(Array(3).fill('float64'));
    expect([weight.isLeaf, weight.requiresGrad, net.block.plain.dtype]).toEqual([true, true, 'float32']);
    net.zeroGrad();
    const x = ones([1, 3], { dtype: 'float64' });
    net.forward(x).sum().backward();
    expect(weight.grad?.dtype).toBe('float64');
    noGrad(() => weight.mul_(2));
    expect(weight.toArray()).not.toEqual(values);
  });

  test('to leaves integers, and frees graphs recorded before with a message', () => {
    class Counting extends Module {
      count = new Buffer(zeros([1], { dtype: 'int32' }));
      weight = new Parameter(ones([1]));
      forward(x: Tensor): Tensor {
        return x.mul(this.weight);
      }
    }
    const net = new Counting();
    const x = tensor([2], { requiresGrad: true });
    const y = net.forward(x);
    net.to('float64');
    expect(net.count.dtype).toBe('int32');
    expect(() => y.backward()).toThrow(/'mul' saved its 'b' .* 'to_' has changed it in place since/);
  });

  test('apply goes from the leaves to the root', () => {
    const seen: string[] = [];
    new Net().apply((module) => seen.push(module.constructor.name));
    expect(seen).toEqual(['Linear', 'Linear', 'Block', 'Net']);
  });
});

describe('hooks', () => {
  test('see and replace arguments and results, in order, until they are removed', () => {
    const fc = new Linear(1, 1);
    const x = tensor([[1]]);
    const plain = fc.forward(x).item();
    const seen: unknown[] = [];
    const doubling = fc.registerForwardPreHook((module, [input]) => {
      seen.push(module);
      return [input.mul(2)];
    });
    const watching = fc.registerForwardHook((_module, [input], output) => {
      seen.push(input.item(), output.item());
      return undefined;
    });
    const adding = fc.registerForwardHook((_module, _args, output) => output.add(1));
    const weight = fc.weight.item();
    expect(fc.forward(x).item()).toBeCloseTo(plain + weight + 1, 5);
    expect(seen[0]).toBe(fc);
    expect(seen[1]).toBe(2);
    expect(seen[2]).toBeCloseTo(plain + weight, 5);
    for (const handle of [doubling, watching, adding, adding]) handle.remove();
    expect(fc.forward(x).item()).toBe(plain);
    expect(seen.length).toBe(3);
  });

  test('run once for each registration', () => {
    const fc = new nn.Identity();
    const hook = jest.fn(() => undefined);
    const [first] = [fc.registerForwardHook(hook), fc.registerForwardHook(hook)];
    fc.forward(ones([1]));
    expect(hook).toHaveBeenCalledTimes(2);
    first.remove();
    fc.forward(ones([1]));
    expect(hook).toHaveBeenCalledTimes(3);
  });

  test('fail under the path of their module', () => {
    const net = new Net();
    net.block.inner.registerForwardHook(() => {
      throw new Error('hook');
    });
    expect(messageOf(() => net.forward(ones([1, 3])))).toBe('net.block.inner: hook');
  });
});

test('prints as a tree', () => {
  expect(`${new Net()}`).toBe(
    [
      'Net(',
      '  (fc1): Linear(inFeatures=3, outFeatures=2, bias=true)',
      '  (block): Block(',
      '    (inner): Linear(inFeatures=2, outFeatures=2, bias=false)',
      '  )',
      ')',
    ].join('\n'),
  );
  class Verbose extends Net {
    override extraRepr(): string {
      return 'width=2\ndepth=3';
    }
  }
  expect(String(new Verbose()).split('\n').slice(0, 4)).toEqual([
    'Verbose(',
    '  width=2',
    '  depth=3',
    '  (fc1): Linear(inFeatures=3, outFeatures=2, bias=true)',
  ]);
});

test('gradients reach the parameters', () => {
  const net = new Net();
  const x = randn([4, 3]);
  net.forward(x).sum().backward();
  const expected = x.sum(0).outer(net.block.inner.weight.sum(0)).T.toArray();
  const grad = net.fc1.weight.grad!;
  expect(grad.sub(tensor(expected)).abs().max().item()).toBeLessThan(1e-6);
});
