import type { Tensor } from '@tensortape/autograd';
import * as optim from '@tensortape/optim';
import fc from 'fast-check';

/** What optimizers are given in tests: tensors, or groups of them. */
export type Given = readonly Tensor[] | readonly { readonly params: readonly Tensor[] }[];

/** How to make an optimizer, and the options to try it with. */
export interface OptimizerCase {
  make(params: Given, options: object): optim.Optimizer;
  /** Options to choose from; each may be left out. */
  readonly options: Readonly<Record<string, readonly unknown[]>>;
  /** Options that every draw has, unless it has its own. */
  readonly always?: Readonly<Record<string, unknown>>;
  /** Options that PyTorch takes for all groups only. */
  readonly whole?: Readonly<Record<string, readonly unknown[]>>;
  /** The shapes of the parameters, by group. */
  readonly groups?: readonly (readonly (readonly number[])[])[];
}

const rates = { lr: [0.1, 0.01] };
const shared = { ...rates, weightDecay: [0, 0.1], maximize: [true, false] };
const eps = [1e-8, 0.1];
const betas = [
  [0.9, 0.999],
  [0.5, 0.9],
  [0, 0],
  [0.3, 0.6],
];
const adam = { ...shared, betas, eps, amsgrad: [true, false] };
const decoupled = { ...shared, betas, eps, decoupledWeightDecay: [true, false] };
const rmsprop: OptimizerCase = {
  make: (params, options) => new optim.RMSprop(params, options),
  options: { ...shared, alpha: [0.99, 0.5], eps, momentum: [0, 0.9], centered: [true, false] },
};

/** Every optimizer; after a comma, a variant. {@link optim.LBFGS} needs a closure, and has a suite of its own. */
export const optimizers: Readonly<Record<string, OptimizerCase>> = {
  SGD: {
    make: (params, options) => new optim.SGD(params, options),
    options: { ...shared, momentum: [0, 0.5, 0.9], dampening: [0, 0.3] },
  },
  'SGD, nesterov': {
    make: (params, options) => new optim.SGD(params, options),
    options: { ...shared, momentum: [0.5, 0.9] },
    always: { momentum: 0.8, nesterov: true },
  },
  Adam: { make: (params, options) => new optim.Adam(params, options), options: adam },
  AdamW: { make: (params, options) => new optim.AdamW(params, options), options: adam },
  RMSprop: rmsprop,
  'RMSprop, epsilon inside of the root': { ...rmsprop, always: { epsInsideSqrt: true } },
  Adagrad: {
    make: (params, options) => new optim.Adagrad(params, options),
    options: { ...shared, lrDecay: [0, 0.1], eps: [1e-10, 0.1] },
    whole: { initialAccumulatorValue: [0, 0.5] },
  },
  Adadelta: {
    make: (params, options) => new optim.Adadelta(params, options),
    options: { ...shared, rho: [0.9, 0.5, 0], eps: [1e-6, 0.1] },
  },
  Adamax: {
    make: (params, options) => new optim.Adamax(params, options),
    options: { ...shared, betas, eps },
  },
  NAdam: {
    make: (params, options) => new optim.NAdam(params, options),
    options: { ...decoupled, momentumDecay: [0, 4e-3, 0.1] },
  },
  RAdam: { make: (params, options) => new optim.RAdam(params, options), options: decoupled },
  ASGD: {
    make: (params, options) => new optim.ASGD(params, options),
    options: { ...shared, lambd: [0, 1e-4, 0.1], alpha: [0.75, 1], t0: [0, 10, 1e6] },
  },
  Rprop: {
    make: (params, options) => new optim.Rprop(params, options),
    options: {
      ...rates,
      maximize: [true, false],
      etas: [
        [0.5, 1.2],
        [0.3, 2],
      ],
      stepSizes: [
        [1e-6, 50],
        [0.01, 0.1],
      ],
    },
  },
  Lion: { make: (params, options) => new optim.Lion(params, options), options: { ...shared, betas } },
  Muon: {
    make: (params, options) => new optim.Muon(params, options),
    options: {
      ...rates,
      weightDecay: [0, 0.1],
      momentum: [0, 0.9],
      nesterov: [true, false],
      nsCoefficients: [
        [3.4445, -4.775, 2.0315],
        [1.5, -0.5, 0],
      ],
      nsSteps: [1, 5],
      adjustLrFn: ['original', 'match_rms_adamw', null],
    },
    groups: [
      [
        [2, 3],
        [4, 2],
      ],
      [[3, 3]],
    ],
  },
};

/** The name of an optimizer's class, which stands before the comma. */
export const classOf = (title: string): string => title.split(',')[0]!;

/** A schedule as tests step it: with a metric, for those that go by one. */
export interface Steppable {
  step(metric: number): void;
  getLastLr(): number[];
  stateDict(): optim.SchedulerStateDict;
  loadStateDict(state: optim.SchedulerStateDict): void;
}

/** How to make a schedule, and the options to try it with. */
export interface ScheduleCase {
  make(optimizer: optim.ScheduledOptimizer, options: object): Steppable;
  readonly options: fc.Arbitrary<object>;
}

/** A schedule inside another: its name and its options. */
type Part = readonly [name: string, options: object];

const reciprocal = (epoch: number) => 1 / (epoch + 1);
const shrinking = (epoch: number) => 1 - 0.5 / (epoch + 2);
/** A loss that falls, stands still, and jumps. */
export const metric = (epoch: number): number => 1 + 1 / (1 + Math.floor(epoch / 4)) + (epoch % 5) * 0.01;

const whole = (min: number, max: number) => fc.integer({ min, max });
const numbers = (...values: number[]) => fc.constantFrom(...values);
const anneal = fc.constantFrom('cos', 'linear');
const momenta = { baseMomentum: numbers(0.7, 0.8), maxMomentum: numbers(0.9, 0.99) };
const some = (
  required: Record<string, fc.Arbitrary<unknown>>,
  others: Record<string, fc.Arbitrary<unknown>>,
) =>
  fc.record<Record<string, unknown>, string>(
    { ...required, ...others },
    { requiredKeys: Object.keys(required) },
  );

/** Schedules that follow a rule of their own. */
const simple: Readonly<Record<string, ScheduleCase>> = {
  LambdaLR: {
    make: (optimizer) => new optim.LambdaLR(optimizer, reciprocal),
    options: fc.constant({}),
  },
  MultiplicativeLR: {
    make: (optimizer) => new optim.MultiplicativeLR(optimizer, shrinking),
    options: fc.constant({}),
  },
  StepLR: {
    make: (optimizer, { stepSize, ...rest }: { stepSize: number }) =>
      new optim.StepLR(optimizer, stepSize, rest),
    options: some({ stepSize: whole(1, 30) }, { gamma: numbers(0.1, 0.9, 1.05) }),
  },
  MultiStepLR: {
    make: (optimizer, { milestones, ...rest }: { milestones: number[] }) =>
      new optim.MultiStepLR(optimizer, milestones, rest),
    options: some(
      { milestones: fc.array(whole(0, 40), { maxLength: 6 }) },
      { gamma: numbers(0.1, 0.9, 1.05) },
    ),
  },
  ConstantLR: {
    make: (optimizer, options) => new optim.ConstantLR(optimizer, options),
    options: some({}, { factor: numbers(1, 0.5, 0.1), totalIters: whole(1, 30) }),
  },
  LinearLR: {
    make: (optimizer, options) => new optim.LinearLR(optimizer, options),
    options: some(
      {},
      { startFactor: numbers(1, 0.5, 0.1), endFactor: numbers(0.01, 0.5, 1), totalIters: whole(1, 30) },
    ),
  },
  ExponentialLR: {
    make: (optimizer, { gamma }: { gamma: number }) => new optim.ExponentialLR(optimizer, gamma),
    options: fc.record({ gamma: numbers(0.1, 0.9, 1.05) }),
  },
  PolynomialLR: {
    make: (optimizer, options) => new optim.PolynomialLR(optimizer, options),
    options: some({}, { totalIters: whole(1, 30), power: numbers(0.5, 1, 2) }),
  },
  CosineAnnealingLR: {
    make: (optimizer, { tMax, ...rest }: { tMax: number }) =>
      new optim.CosineAnnealingLR(optimizer, tMax, rest),
    options: some({ tMax: whole(1, 30) }, { etaMin: numbers(0, 0.001) }),
  },
  CosineAnnealingWarmRestarts: {
    make: (optimizer, { period, ...rest }: { period: number }) =>
      new optim.CosineAnnealingWarmRestarts(optimizer, period, rest),
    options: some({ period: whole(1, 30) }, { tMult: whole(1, 3), etaMin: numbers(0, 0.001) }),
  },
  CyclicLR: {
    make: (
      optimizer,
      { baseLr, maxLr, scaleFn, ...rest }: { baseLr: number; maxLr: number; scaleFn?: true },
    ) => new optim.CyclicLR(optimizer, baseLr, maxLr, scaleFn ? { ...rest, scaleFn: reciprocal } : rest),
    options: some(
      { baseLr: numbers(0.01, 0.1), maxLr: numbers(0.5, 1), stepSizeUp: whole(1, 20) },
      {
        stepSizeDown: whole(1, 20),
        mode: fc.constantFrom('triangular', 'triangular2', 'exp_range'),
        gamma: numbers(0.9, 1),
        scaleFn: fc.constant(true),
        scaleMode: fc.constantFrom('cycle', 'iterations'),
        cycleMomentum: fc.boolean(),
        ...momenta,
      },
    ),
  },
  OneCycleLR: {
    make: (optimizer, { maxLr, ...rest }: { maxLr: number }) => new optim.OneCycleLR(optimizer, maxLr, rest),
    options: some(
      { maxLr: numbers(0.5, 1), totalSteps: whole(50, 90) },
      {
        pctStart: numbers(0.1, 0.3, 0.45),
        annealStrategy: anneal,
        cycleMomentum: fc.boolean(),
        divFactor: numbers(2, 25),
        finalDivFactor: numbers(10, 1e4),
        threePhase: fc.boolean(),
        ...momenta,
      },
    ),
  },
  SWALR: {
    make: (optimizer, { swaLr, ...rest }: { swaLr: number }) => new optim.SWALR(optimizer, swaLr, rest),
    options: some({ swaLr: numbers(0.05, 1) }, { annealEpochs: whole(0, 30), annealStrategy: anneal }),
  },
};

const partsOf = (optimizer: optim.ScheduledOptimizer, parts: readonly Part[]) =>
  parts.map(([name, options]) => {
    const part = simple[name]!.make(optimizer, options);
    if (part instanceof optim.LRScheduler) return part;
    throw new Error(`${name} is not a rule`);
  });
const parts = (names: readonly string[], length: { minLength: number; maxLength: number }) =>
  fc.array(
    fc.constantFrom(...names).chain((name) => fc.tuple(fc.constant(name), simple[name]!.options)),
    length,
  );

/** Every schedule. */
export const schedules: Readonly<Record<string, ScheduleCase>> = {
  ...simple,
  ReduceLROnPlateau: {
    make: (optimizer, options) => new optim.ReduceLROnPlateau(optimizer, options),
    options: some(
      {},
      {
        mode: fc.constantFrom('min', 'max'),
        factor: numbers(0.1, 0.5),
        patience: whole(0, 4),
        threshold: numbers(1e-4, 0.01, 0.2),
        thresholdMode: fc.constantFrom('rel', 'abs'),
        cooldown: whole(0, 3),
        minLr: numbers(0, 0.01),
        eps: numbers(1e-8, 0.01),
      },
    ),
  },
  SequentialLR: {
    make: (optimizer, options: { parts: readonly Part[]; milestones: readonly number[] }) =>
      new optim.SequentialLR(optimizer, partsOf(optimizer, options.parts), options.milestones),
    // The cycles set the first rates of all others anew when they are made.
    options: parts(
      Object.keys(simple).filter((name) => !['CyclicLR', 'OneCycleLR'].includes(name)),
      { minLength: 1, maxLength: 3 },
    ).chain((drawn) =>
      fc
        .uniqueArray(whole(1, 45), { minLength: drawn.length - 1, maxLength: drawn.length - 1 })
        .map((milestones) => ({ parts: drawn, milestones: milestones.sort((a, b) => a - b) })),
    ),
  },
  ChainedScheduler: {
    make: (optimizer, options: { parts: readonly Part[] }) =>
      new optim.ChainedScheduler(partsOf(optimizer, options.parts)),
    options: fc.record({
      parts: parts(
        [
          'StepLR',
          'MultiStepLR',
          'ConstantLR',
          'LinearLR',
          'ExponentialLR',
          'PolynomialLR',
          'MultiplicativeLR',
        ],
        { minLength: 1, maxLength: 3 },
      ),
    }),
  },
};

const pythonNames: Readonly<Record<string, string>> = { tMax: 'T_max', period: 'T_0', tMult: 'T_mult' };
const ownNames = Object.fromEntries(Object.entries(pythonNames).map(([own, python]) => [python, own]));

/** A value with the names in it changed, in all objects. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [rename(name), renamed(one, rename)]));
}

/** Options under PyTorch's names. */
export const toPython = (options: object): object =>
  Object(
    renamed(
      options,
      (name) => pythonNames[name] ?? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    ),
  );

/** The reverse of {@link toPython}. */
export const fromPython = (options: object): object =>
  Object(
    renamed(
      options,
      (name) => ownNames[name] ?? name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    ),
  );

/** The exported classes that change parameters, and those that change learning rates. */
export function exportedClasses(): { readonly optimizers: string[]; readonly schedules: string[] } {
  const bases = ['Optimizer', 'ParameterwiseOptimizer', 'LRScheduler', 'AveragedParameters'];
  const classes = Object.entries(optim).flatMap(([name, value]) =>
    /^[A-Z]/.test(name) && !bases.includes(name) ? [{ name, prototype: value.prototype }] : [],
  );
  const isOptimizer = ({ prototype }: { prototype: object }) => prototype instanceof optim.Optimizer;
  return {
    optimizers: classes.filter(isOptimizer).map(({ name }) => name),
    schedules: classes.filter((one) => !isOptimizer(one)).map(({ name }) => name),
  };
}
