import { describe, expect, test } from '@jest/globals';
import { noGrad, ones, randn, type Tensor, tensor, zeros } from '@tensortape/autograd';
import {
  Adadelta,
  Adagrad,
  Adam,
  Adamax,
  AdamW,
  ASGD,
  LBFGS,
  Lion,
  Muon,
  NAdam,
  type OptimizerStateDict,
  ParameterwiseOptimizer,
  type ParamGroup,
  type Params,
  RAdam,
  RMSprop,
  Rprop,
  SGD,
} from '@tensortape/optim';
import { optimizers as cases } from './cases.ts';

const leaf = (values: number[]) => tensor(values, { dtype: 'float64', requiresGrad: true });

/** A parameter whose gradient is there already. */
function withGrad(values: number[], gradient: number[]): Tensor {
  const parameter = leaf(values);
  parameter.grad = tensor(gradient, { dtype: 'float64' });
  return parameter;
}

describe('every optimizer', () => {
  /** Options with which each comes near the minimum of a quadratic in 400 steps. */
  const fitting: Readonly<Record<string, object>> = {
    Adadelta: { lr: 20 },
    Adagrad: { lr: 1 },
    Lion: { lr: 0.02, betas: [0.5, 0.5] },
  };
  const kinds = Object.fromEntries(
    Object.entries(cases)
      .filter(([title]) => title !== 'Muon')
      .map(([title, { make, always }]) => [
        title,
        (params: Iterable<Tensor>) => make([...params], { lr: 0.1, ...always, ...fitting[title] }),
      ]),
  );

  test.each(Object.entries(kinds))('%s finds the minimum of a quadratic', (_, make) => {
    const w = leaf([3, -2]);
    const optimizer = make([w]);
    for (let step = 0; step < 400; step++) {
      optimizer.zeroGrad();
      w.sub(tensor([1, 2], { dtype: 'float64' }))
        .square()
        .sum()
        .backward();
      optimizer.step();
    }
    const error = w
      .sub(tensor([1, 2], { dtype: 'float64' }))
      .abs()
      .max()
      .item();
    expect(error).toBeLessThan(0.03);
  });

  test.each(Object.entries(kinds))(
    '%s passes over parameters without gradient, and keeps leaves',
    (_, make) => {
      const [w, idle] = [withGrad([1], [1]), leaf([1])];
      make([w, idle]).step();
      expect(w.item()).toBeLessThan(1);
      expect(idle.item()).toBe(1);
      expect([w.isLeaf, w.requiresGrad, w.grad?.item()]).toEqual([true, true, 1]);
    },
  );

  test.each(Object.entries(kinds))('%s marks the change, so that older graphs are refused', (_, make) => {
    const w = withGrad([1], [1]);
    const y = w.mul(w);
    make([w]).step();
    expect(() => y.backward()).toThrow(
      /'mul' saved its '[ab]' .* '(sgd|adam|rmsprop|\w+_)' has changed it in place/,
    );
  });

  test.each(Object.entries(kinds))('%s records nothing, also for gradients with a history', (_, make) => {
    const w = withGrad([1], [1]);
    w.grad = w.mul(2);
    make([w]).step();
    expect(w.isLeaf).toBe(true);
    expect(w.mul(1).gradFn).toBe('mul');
  });

  test.each(Object.entries(kinds))('%s updates views and strided parameters', (_, make) => {
    const base = ones([2, 3]);
    const w = base.T.requiresGrad_();
    w.grad = tensor([
      [1, 2, 3],
      [4, 5, 6],
    ]).T;
    const plain = ones([3, 2], { requiresGrad: true });
    plain.grad = w.grad.contiguous();
    for (const parameter of [w, plain]) make([parameter]).step();
    expect(w.toArray()).toEqual(plain.toArray());
    expect(base.toArray()).toEqual(plain.T.toArray());
  });

  test.each(Object.entries(kinds))('%s lets NaN through without a word', (title, make) => {
    const w = withGrad([1, 1], [Number.NaN, 1]);
    make([w]).step();
    // The sign of NaN is 0, as in PyTorch.
    const signs = ['Rprop', 'Lion'].includes(title);
    expect(w.isnan().toArray()).toEqual([!signs, false]);
    if (signs) expect(w.toArray()).toEqual([1, expect.any(Number)]);
  });

  test.each(Object.entries(kinds))('%s calls a closure, recording, and returns its result', (_, make) => {
    const w = leaf([2]);
    const optimizer = make([w]);
    const loss = noGrad(() =>
      optimizer.step(() => {
        optimizer.zeroGrad();
        const loss = w.square().sum();
        loss.backward();
        return loss;
      }),
    );
    expect(loss.item()).toBe(4);
    expect(w.item()).toBeLessThan(2);
    expect(optimizer.step()).toBeUndefined();
  });

  test.each(Object.entries(kinds))('%s refuses parameters that are none', (_, make) => {
    const w = leaf([1]);
    const name = make([w]).constructor.name;
    expect(() => make([])).toThrow(`${name}: there are no parameters; pass net.parameters()`);
    expect(() => make([w, w])).toThrow(`${name}: parameter 1, of shape (1,), comes twice`);
    expect(() => make([w.mul(2)])).toThrow(`${name}: parameter 0 is the result of 'mul', not a leaf`);
    const gradients = ones([2]);
    w.grad = gradients;
    expect(() => make([w]).step()).toThrow(/the gradient has shape \(2,\), the parameter \(1,\)/);
  });

  test.each(Object.entries(kinds))('%s notices that its parameters were converted', (_, make) => {
    const w = ones([1], { requiresGrad: true });
    const optimizer = make([w]);
    w.grad = ones([1]);
    optimizer.step();
    w.to_('float64');
    if (Object.keys(optimizer.stateDict().state).length === 0) return;
    expect(() => optimizer.step()).toThrow(/is float32, the parameter float64; .* make the optimizer/);
  });
});

describe('groups', () => {
  test('have options of their own, that may be changed', () => {
    const [a, b, c] = [withGrad([1], [1]), withGrad([1], [1]), withGrad([1], [1])];
    const optimizer = new SGD([{ params: [a] }, { params: [b], lr: 0.5 }], { lr: 0.25 });
    optimizer.addParamGroup({ params: [c], weightDecay: 1 });
    optimizer.step();
    expect([a.item(), b.item(), c.item()]).toEqual([0.75, 0.5, 0.5]);
    for (const group of optimizer.paramGroups) group.lr = 0;
    optimizer.step();
    expect([a.item(), b.item(), c.item()]).toEqual([0.75, 0.5, 0.5]);
    optimizer.zeroGrad();
    expect([a.grad, b.grad, c.grad]).toEqual([null, null, null]);
  });

  test('take parameters from any iterable', () => {
    function* generate() {
      yield leaf([1]);
      yield leaf([2]);
    }
    expect(new SGD(generate()).paramGroups[0]?.params.length).toBe(2);
    expect(new Adam([{ params: generate() }]).paramGroups[0]?.params.length).toBe(2);
  });

  test('wrong ones are refused', () => {
    const [a, b] = [leaf([1]), leaf([2])];
    const optimizer = new SGD([a]);
    expect(() => optimizer.addParamGroup({ params: [b, a] })).toThrow(
      'SGD: parameter 1, of shape (1,), comes twice',
    );
    expect(optimizer.paramGroups.length).toBe(1);
    expect(() => new SGD(JSON.parse('[{"params": [1]}]'))).toThrow('SGD: parameter 0 is not a tensor');
    // @ts-expect-error not both
    expect(() => new SGD([a, { params: [b] }])).toThrow(
      'SGD: expected either tensors or groups, got both; put the tensors in a group, { params: [...] }',
    );
  });
});

describe('bad options are refused by name', () => {
  const w = leaf([1]);
  const sgd: [object, string][] = [
    [{ lr: -1 }, 'SGD: lr must be a finite number >= 0, got -1'],
    [{ lr: Number.NaN }, 'SGD: lr must be a finite number >= 0, got NaN'],
    [{ lr: '0.1' }, 'SGD: lr must be a finite number >= 0, got 0.1'],
    [{ lr: undefined }, 'SGD: lr must be a finite number >= 0, got undefined'],
    [{ momentum: -0.1 }, 'SGD: momentum must be a finite number >= 0, got -0.1'],
    [{ dampening: Infinity }, 'SGD: dampening must be a finite number, got Infinity'],
    [{ weightDecay: -1 }, 'SGD: weightDecay must be a finite number >= 0, got -1'],
    [{ nesterov: true }, 'SGD: nesterov needs a momentum > 0 and a dampening of 0, got 0 and 0'],
    [
      { nesterov: true, momentum: 1, dampening: 0.5 },
      'SGD: nesterov needs a momentum > 0 and a dampening of 0',
    ],
    [{ maximize: 1 }, 'SGD: maximize must be true or false, got 1'],
    [
      { learningRate: 1 },
      "SGD: unknown option 'learningRate'; known are lr, momentum, dampening, weightDecay, nesterov, maximize",
    ],
  ];
  test.each(sgd)('SGD %j', (options, message) => {
    expect(() => new SGD([w], options)).toThrow(message);
    expect(() => new SGD([{ params: [w], ...options }])).toThrow(message);
  });

  const adam: [object, string][] = [
    [{ lr: -1 }, 'lr must be a finite number >= 0, got -1'],
    [{ betas: [1, 0.9] }, 'betas[0] must be a number >= 0 and < 1, got 1'],
    [{ betas: [0.9, -0.1] }, 'betas[1] must be a number >= 0 and < 1, got -0.1'],
    [{ betas: 0.9 }, 'betas must be two numbers, got 0.9'],
    [{ eps: -1 }, 'eps must be a finite number >= 0, got -1'],
    [{ weightDecay: Number.NaN }, 'weightDecay must be a finite number >= 0, got NaN'],
    [{ amsgrad: 'yes' }, 'amsgrad must be true or false, got yes'],
    [{ beta1: 0.9 }, "unknown option 'beta1'; known are lr, betas, eps, weightDecay, amsgrad, maximize"],
  ];
  test.each(adam)('Adam %j', (options, message) => {
    expect(() => new Adam([w], options)).toThrow(`Adam: ${message}`);
    expect(() => new AdamW([w], options)).toThrow(`AdamW: ${message}`);
  });

  const least = (name: string, value: unknown) => `${name} must be a finite number >= 0, got ${value}`;
  const flag = (name: string) => `${name} must be true or false, got 1`;
  const betas = 'betas[0] must be a number >= 0 and < 1, got 1';
  /** For every class, each option with a value that it must refuse, and what is said. */
  const others = {
    RMSprop: {
      make: (options: object) => new RMSprop([w], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        alpha: [-0.5, least('alpha', -0.5)],
        eps: [Number.NaN, least('eps', Number.NaN)],
        weightDecay: [-1, least('weightDecay', -1)],
        momentum: ['0.9x', least('momentum', '0.9x')],
        centered: [1, flag('centered')],
        maximize: [1, flag('maximize')],
        epsInsideSqrt: [1, flag('epsInsideSqrt')],
      },
    },
    Adagrad: {
      make: (options: object) => new Adagrad([w], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        lrDecay: [-1, least('lrDecay', -1)],
        weightDecay: [-1, least('weightDecay', -1)],
        initialAccumulatorValue: [-1, least('initialAccumulatorValue', -1)],
        eps: [-1, least('eps', -1)],
        maximize: [1, flag('maximize')],
      },
    },
    Adadelta: {
      make: (options: object) => new Adadelta([w], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        rho: [1.5, 'rho must be a number >= 0 and <= 1, got 1.5'],
        eps: [-1, least('eps', -1)],
        weightDecay: [-1, least('weightDecay', -1)],
        maximize: [1, flag('maximize')],
      },
    },
    Adamax: {
      make: (options: object) => new Adamax([w], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        betas: [[1, 0.5], betas],
        eps: [-1, least('eps', -1)],
        weightDecay: [-1, least('weightDecay', -1)],
        maximize: [1, flag('maximize')],
      },
    },
    NAdam: {
      make: (options: object) => new NAdam([w], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        betas: [[1, 0.5], betas],
        eps: [-1, least('eps', -1)],
        weightDecay: [-1, least('weightDecay', -1)],
        momentumDecay: [-1, least('momentumDecay', -1)],
        decoupledWeightDecay: [1, flag('decoupledWeightDecay')],
        maximize: [1, flag('maximize')],
      },
    },
    RAdam: {
      make: (options: object) => new RAdam([w], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        betas: [[1, 0.5], betas],
        eps: [-1, least('eps', -1)],
        weightDecay: [-1, least('weightDecay', -1)],
        decoupledWeightDecay: [1, flag('decoupledWeightDecay')],
        maximize: [1, flag('maximize')],
      },
    },
    ASGD: {
      make: (options: object) => new ASGD([w], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        lambd: [-1, least('lambd', -1)],
        alpha: [-1, least('alpha', -1)],
        t0: [-1, least('t0', -1)],
        weightDecay: [-1, least('weightDecay', -1)],
        maximize: [1, flag('maximize')],
      },
    },
    Rprop: {
      make: (options: object) => new Rprop([w], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        etas: [[1.2, 0.5], 'etas must be a number between 0 and 1 and one > 1, got 1.2,0.5'],
        stepSizes: [[1, 0.5], 'stepSizes must be a number >= 0 and one as large, got 1,0.5'],
        maximize: [1, flag('maximize')],
      },
    },
    Lion: {
      make: (options: object) => new Lion([w], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        betas: [[1, 0.5], betas],
        weightDecay: [-1, least('weightDecay', -1)],
        maximize: [1, flag('maximize')],
      },
    },
    Muon: {
      make: (options: object) => new Muon([ones([2, 2])], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        weightDecay: [-1, least('weightDecay', -1)],
        momentum: [-1, least('momentum', -1)],
        nesterov: [1, flag('nesterov')],
        nsCoefficients: [[1, 2], 'nsCoefficients must be 3 finite numbers, got 1,2'],
        eps: [-1, least('eps', -1)],
        nsSteps: [100, 'nsSteps must be < 100, got 100'],
        adjustLrFn: ['adamw', "adjustLrFn must be 'original' or 'match_rms_adamw' or null, got adamw"],
      },
    },
    LBFGS: {
      make: (options: object) => new LBFGS([w], options),
      wrong: {
        lr: [-1, least('lr', -1)],
        maxIter: [0, 'maxIter must be a whole number >= 1, got 0'],
        maxEval: [1.5, 'maxEval must be a whole number >= 1, got 1.5'],
        toleranceGrad: [-1, least('toleranceGrad', -1)],
        toleranceChange: [-1, least('toleranceChange', -1)],
        historySize: [0, 'historySize must be a whole number >= 1, got 0'],
        lineSearchFn: ['wolfe', "lineSearchFn must be 'strong_wolfe' or null, got wolfe"],
      },
    },
  };
  test.each(Object.entries(others))('%s', (name, { make, wrong }) => {
    // Every option has a wrong value here.
    const { params, ...known } = make({}).paramGroups[0]!;
    expect(Object.keys(wrong).sort()).toEqual(Object.keys(known).sort());
    for (const [option, [value, message]] of Object.entries(wrong)) {
      expect(() => make({ [option]: value })).toThrow(`${name}: ${message}`);
    }
    expect(() => make({ rate: 1 })).toThrow(`${name}: unknown option 'rate'; known are lr, `);
    expect(params.length).toBe(1);
  });

  test('Muon takes matrices only', () => {
    expect(() => new Muon([ones([2, 2]), w])).toThrow(
      'Muon: parameter 1 has shape (1,), expected a matrix; leave other parameters to AdamW',
    );
    expect(() => new Muon([ones([2, 2])], { nsSteps: -1 })).toThrow(
      'Muon: nsSteps must be a whole number >= 0, got -1',
    );
  });
});

describe('state dicts', () => {
  const params = () => [leaf([1, 2]), leaf([3])];
  const trained = (optimizer: {
    step(): undefined;
    paramGroups: readonly { params: readonly Tensor[] }[];
  }) => {
    for (const { params } of optimizer.paramGroups) {
      for (const parameter of params) parameter.grad = ones(parameter.shape, { dtype: 'float64' });
    }
    optimizer.step();
  };

  test('have the layout and the names of PyTorch', () => {
    const sgd = new SGD(params(), { lr: 0.5, momentum: 0.9 });
    trained(sgd);
    const { state, param_groups } = sgd.stateDict();
    expect(param_groups).toEqual([
      {
        lr: 0.5,
        momentum: 0.9,
        dampening: 0,
        weight_decay: 0,
        nesterov: false,
        maximize: false,
        params: [0, 1],
      },
    ]);
    expect(Object.keys(state)).toEqual(['0', '1']);
    expect(Object.keys(state[1]!)).toEqual(['momentum_buffer']);

    const [a, b] = params();
    const adam = new Adam([{ params: [a!] }, { params: [b!], amsgrad: true }], { betas: [0.5, 0.25] });
    expect(adam.stateDict().state).toEqual({});
    trained(adam);
    const dict = adam.stateDict();
    expect(dict.param_groups[1]).toEqual({
      lr: 1e-3,
      betas: [0.5, 0.25],
      eps: 1e-8,
      weight_decay: 0,
      amsgrad: true,
      maximize: false,
      params: [1],
    });
    expect(Object.keys(dict.state[0]!)).toEqual(['step', 'exp_avg', 'exp_avg_sq']);
    expect(Object.keys(dict.state[1]!)).toEqual(['step', 'exp_avg', 'exp_avg_sq', 'max_exp_avg_sq']);
    expect(new SGD(params()).stateDict().state).toEqual({});
  });

  test('loaded tensors are copies', () => {
    const [from, to] = [new Adam(params()), new Adam(params())];
    trained(from);
    to.loadStateDict(from.stateDict());
    const average = () => to.stateDict().state[0]!['exp_avg']!;
    const before = String(average());
    trained(from);
    expect(String(average())).toBe(before);
    expect(String(from.stateDict().state[0]!['exp_avg'])).not.toBe(before);
  });

  test('a state of before the first step makes the next one the first', () => {
    const adam = new Adam(params());
    const fresh = adam.stateDict();
    trained(adam);
    adam.loadStateDict(fresh);
    expect(adam.stateDict().state).toEqual({});
  });

  test('options come with the state, and later changes of either stay apart', () => {
    const [from, to] = [new Adam(params(), { lr: 0.5, betas: [0.1, 0.2] }), new Adam(params())];
    const dict = from.stateDict();
    to.loadStateDict(dict);
    expect(to.paramGroups[0]).toMatchObject({ lr: 0.5, betas: [0.1, 0.2] });
    expect(to.paramGroups[0]?.betas).not.toBe(dict.param_groups[0]?.['betas']);
  });

  test('floating point state takes the dtype of its parameter', () => {
    const from = new SGD([ones([1], { requiresGrad: true })], { momentum: 0.9 });
    from.paramGroups[0]!.params[0]!.grad = ones([1]);
    from.step();
    const to = new SGD([leaf([1])], { momentum: 0.9 });
    to.loadStateDict(from.stateDict());
    trained(to);
    expect(to.stateDict().state[0]).toMatchObject({
      momentum_buffer: expect.objectContaining({ dtype: 'float64' }),
    });
  });

  test('what does not fit is listed, and nothing is changed', () => {
    const adam = new Adam(params(), { lr: 0.5 });
    trained(adam);
    const before = JSON.stringify(adam.stateDict());
    const load = (dict: OptimizerStateDict) => () => adam.loadStateDict(dict);
    const group = { ...adam.stateDict().param_groups[0], lr: 7 };

    expect(load({ state: {}, param_groups: [{ ...group, params: [0] }] })).toThrow(
      'Adam: the state dict has groups of 1 parameters, expected groups of 2',
    );
    expect(load({ state: {}, param_groups: [group, group] })).toThrow(
      /groups of 2, 2 parameters, expected groups of 2$/,
    );

    const sgd = new SGD(params(), { lr: 7, momentum: 0.9 });
    trained(sgd);
    expect(load(sgd.stateDict())).toThrow(
      [
        'Adam: the state dict does not fit, nothing was loaded:',
        "  param_groups[0]: 'betas' is missing; was it saved by another optimizer?",
        "  param_groups[0]: 'eps' is missing; was it saved by another optimizer?",
        "  param_groups[0]: 'amsgrad' is missing; was it saved by another optimizer?",
        '  state[0]: expected step, exp_avg, exp_avg_sq, got also momentum_buffer',
        '  state[0].step: expected a number, got nothing',
        '  state[0].exp_avg: expected a tensor of shape (2,), got nothing',
      ].join('\n'),
    );

    const state = {
      0: { step: zeros([2]), exp_avg: ones([3]), exp_avg_sq: null },
      5: {},
    };
    expect(load({ state, param_groups: [group] })).toThrow(
      [
        '  state[0].step: expected a number, got a tensor of shape (2,)',
        '  state[0].exp_avg: expected a tensor of shape (2,), got (3,)',
        '  state[0].exp_avg_sq: expected a tensor of shape (2,), got null',
        '  state[5]: there is no parameter of this number',
      ].join('\n'),
    );
    expect(load({ state: {}, param_groups: [{ ...group, eps: -1 }] })).toThrow(
      /^Adam: eps must be a finite number/,
    );
    expect(JSON.stringify(adam.stateDict())).toBe(before);
  });
});

test('a rule of one line makes an optimizer', () => {
  class SignDescent extends ParameterwiseOptimizer<{ lr: number }> {
    constructor(params: Params<{ lr: number }>, options: { lr?: number } = {}) {
      super(params, options, { lr: 0.5 });
    }
    protected initialState() {
      return {};
    }
    protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<{ lr: number }>): void {
      parameter.sub_(gradient.sign(), { alpha: group.lr });
    }
  }
  const w = withGrad([1, 1], [3, -5]);
  new SignDescent([w]).step();
  expect(w.toArray()).toEqual([0.5, 1.5]);
});

test('100 000 parameters are updated in milliseconds', () => {
  const w = randn([100_000], { requiresGrad: true });
  w.grad = randn([100_000]);
  const optimizer = new SGD([w], { lr: 0.1 });
  const expected = w.sub(w.grad.mul(0.1));
  optimizer.step();
  expect(w.sub(expected).abs().max().item()).toBeLessThan(1e-6);
});
