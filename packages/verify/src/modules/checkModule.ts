import {
  ArgumentError,
  DTypeError,
  formatPosition,
  func,
  type Generator,
  GradientError,
  grad,
  noGrad,
  numericJvp,
  onesLike,
  Tensor,
  tensor,
  zerosLike,
} from '@tensortape/autograd';
import { functionalCall, type Module } from '@tensortape/nn';
import type { ClaimStatus } from '../claims/checkDerivative.ts';
import { replayed } from '../claims/replay.ts';
import { slopesAt } from '../claims/slopes.ts';
import { Call, isFloating, tensorsIn } from '../ops/call.ts';
import { unevenDirection } from './direction.ts';

/** Options of {@link checkModule} and {@link verifyModule}. */
export interface ModuleCheckOptions {
  /** Accepted difference relative to the larger of gradient and difference; 1e-6 unless given. */
  readonly rtol?: number;
  /** Accepted difference of small gradients; 1e-8 unless given. */
  readonly atol?: number;
  /** Most coordinates of one tensor that are moved by themselves; 32 unless given. */
  readonly coordinates?: number;
  /** Generators of its own that the module draws from, beside the default one: each run draws the same numbers from them. */
  readonly generators?: readonly Generator[];
  /** Which sweeps are compared with the differences; both unless given. */
  readonly modes?: readonly ('reverse' | 'forward')[];
  /** Compares second derivatives, too: those of the gradient, in one direction for each tensor. Default false. */
  readonly second?: boolean;
}

/** A module that can be called with arguments. */
export type CallableModule<Args extends unknown[]> = Module & {
  /** What the module computes. */
  forward(...args: Args): unknown;
};

/** One direction in which a parameter or an input was moved. */
export interface ModuleProbe {
  /** The coordinate, counted from 0: `fc1.weight[1, 2]`; or all coordinates together. */
  readonly at: string;
  /** Whether the first derivative is compared, or that of the gradient. */
  readonly order: 1 | 2;
  /** How it was judged. */
  readonly status: ClaimStatus;
  /** What reverse mode gives; null where it was left out. */
  readonly gradient: number | null;
  /** What forward mode gives; null where it was left out. */
  readonly forward: number | null;
  /** The 5-point difference. */
  readonly numeric: number;
  /** How far the difference may be from the truth. */
  readonly error: number;
  /** Slopes from the left and from the right, where there is a kink. */
  readonly slopes: readonly [left: number, right: number] | null;
}

/** The verdict on the gradient of one parameter or input. */
export interface ModuleVerdict {
  /** The parameter's key, such as `fc1.weight`, or `argument 0` for an input. */
  readonly name: string;
  /** How it was judged. */
  readonly status: ClaimStatus;
  /** What was compared: single coordinates, and all of them together where not each was moved by itself. */
  readonly probes: readonly ModuleProbe[];
  /** What is behind it, where that can be said. */
  readonly reason: string | null;
}

/** What {@link checkModule} found. */
export interface ModuleCheck {
  /** Whether every gradient is right. */
  readonly ok: boolean;
  /** One verdict for each parameter, then for each floating point input. */
  readonly verdicts: readonly ModuleVerdict[];
  /**
   * The fields that lead to the modules in which a mistake lies: their own gradients are wrong at the arguments that they were called with, and those of no module
   * inside them are. `''` is the checked module itself.
   */
  readonly wrongModules: readonly string[];
}

/**
 * Compares the derivatives of a module's outputs by each parameter and each floating point argument, in reverse and in forward mode, with 5-point differences, in
 * float64 (the module itself is left as it is), and says which parameters get wrong ones and in which module the mistake lies.
 *
 * `args` are the arguments of `forward`. Outputs of more than one element are weighted with fixed numbers of both signs, and added up. Dropout and other drawing from the default
 * generator draws the same numbers each time; `generators` names others. Buffers are copies, so what `forward` changes in them is forgotten.
 *
 * At kinks the one-sided slopes are given and the coordinate is not judged; a gradient of zero throughout says nothing either.
 *
 * Errors: ArgumentError when two runs differ, or the result holds no floating point tensor; DTypeError when it is float32 in spite of float64 arguments and parameters;
 * GradientError for an operation that is once differentiable and has no jvp, unless `modes` is `['reverse']`.
 *
 * @example
 * ```ts
 * import { randn } from '@tensortape/autograd';
 * import { Linear } from '@tensortape/nn';
 * import { checkModule } from '@tensortape/verify';
 * const { ok, verdicts } = checkModule(new Linear(3, 2), [randn([4, 3])]);
 * console.log(ok, verdicts.map(({ name }) => name)); // true [ 'weight', 'bias', 'argument 0' ]
 * ```
 */
export function checkModule<Args extends unknown[]>(
  module: CallableModule<Args>,
  args: Args,
  options: ModuleCheckOptions = {},
): ModuleCheck {
  const verdicts = judge(module, args, options);
  const isWrong = verdicts.some(({ status }) => status === 'wrong');
  return {
    ok: verdicts.every(({ status }) => status === 'right'),
    verdicts,
    wrongModules: isWrong ? innermostWrong(module, args, options) : [],
  };
}

/**
 * {@link checkModule} for tests: returns when nothing is wrong. Kinks and gradients of zero pass.
 *
 * Errors: GradientError with the verdicts when a gradient is wrong; else as `checkModule`.
 *
 * @example
 * ```ts
 * import { randn } from '@tensortape/autograd';
 * import { Dropout, Linear, Sequential, Tanh } from '@tensortape/nn';
 * import { verifyModule } from '@tensortape/verify';
 * verifyModule(new Sequential(new Linear(3, 4), new Tanh(), new Dropout(0.5), new Linear(4, 1)), [randn([2, 3])]);
 * ```
 */
export function verifyModule<Args extends unknown[]>(
  module: CallableModule<Args>,
  args: Args,
  options: ModuleCheckOptions = {},
): void {
  const check = checkModule(module, args, options);
  if (!check.verdicts.some(({ status }) => status === 'wrong')) return;
  throw new GradientError(`verifyModule: ${module.constructor.name}:\n${formatModuleCheck(check)}`);
}

/** A scalar as a function of a module's parameters and floating point arguments. */
interface Objective {
  readonly names: readonly string[];
  readonly primals: readonly Tensor[];
  readonly f: (...xs: Tensor[]) => Tensor;
}

function objectiveOf<Args extends unknown[]>(
  module: CallableModule<Args>,
  args: Args,
  generators: readonly Generator[],
): Objective {
  const own = module.namedParameters();
  const call = new Call(args);
  const inputs = call.floats.map((i) => call.inputs[i]!);
  const buffers = module.namedBuffers();
  const double = (x: Tensor) => x.detach().to('float64');
  const f = (...xs: Tensor[]): Tensor =>
    replayed(() => {
      const tensors = new Map<string, Tensor>(own.map(([key], i) => [key, xs[i]!]));
      for (const [key, x] of buffers)
        tensors.set(key, isFloating(x) ? double(x).clone() : x.detach().clone());
      let next = own.length;
      const moved = call.map((x) => (isFloating(x) ? xs[next++]! : x));
      // The same arguments with other tensors in their places.
      const result = functionalCall(module, tensors, ...(moved.args as Args));
      return weighted(tensorsIn(result, `checkModule: ${module.constructor.name}.forward`));
    }, generators);
  return {
    names: [...own.map(([key]) => key), ...inputs.map(({ name }) => name)],
    primals: [...own.map(([, x]) => double(x)), ...inputs.map(({ tensor: x }) => double(x))],
    f,
  };
}

/** The outputs as one number: of one element as it is, else weighted, so that nothing cancels. */
function weighted(outputs: ReturnType<typeof tensorsIn>): Tensor {
  const floats = outputs.filter(({ tensor: y }) => isFloating(y));
  const [first, ...more] = floats.map(({ name, tensor: y }) => {
    if (y.dtype === 'float32') {
      throw new DTypeError(
        `checkModule: ${name} is float32, although all parameters and arguments are float64: something on the way converts, and differences drown in its rounding`,
      );
    }
    return y.size === 1 ? y.sum() : y.mul(unevenDirection(y.shape)).sum();
  });
  if (first === undefined) {
    throw new ArgumentError('checkModule: the result holds no floating point tensor, so it has no gradient');
  }
  return more.reduce((sum, y) => sum.add(y), first);
}

function judge<Args extends unknown[]>(
  module: CallableModule<Args>,
  args: Args,
  options: ModuleCheckOptions,
): ModuleVerdict[] {
  const { coordinates = 32, generators = [], second = false } = options;
  const { names, primals, f } = objectiveOf(module, args, generators);
  const [once, again] = [0, 1].map(() => noGrad(() => f(...primals)).item());
  if (!Object.is(once, again)) {
    throw new ArgumentError(
      `checkModule: ${module.constructor.name} gives ${once}, then ${again} for the same arguments; name the generators that it draws from in 'generators'`,
    );
  }
  const gradients = gradientsOf(f, primals);
  const probe = prober(f, primals, gradients, 1, options);
  const weights = primals.map(({ shape }) => unevenDirection(shape));
  const slope = (...xs: Tensor[]): Tensor => {
    const [y, pullback] = func.vjp(f, ...xs);
    const terms = pullback(onesLike(y)).map((gradient, i) => gradient.mul(weights[i]!).sum());
    return terms.reduce((sum, term) => sum.add(term));
  };
  const probeAgain = second ? prober(slope, primals, gradientsOf(slope, primals), 2, options) : () => [];
  return names.map((name, k) => {
    const x = primals[k]!;
    const probes = [...probe(k, directions(name, x, coordinates)), ...probeAgain(k, directions(name, x, 0))];
    return verdictOf(name, probes, gradients[k] === null);
  });
}

/** Compares the derivatives of a scalar function with differences: by its k-th argument, along directions. */
function prober(
  f: Objective['f'],
  primals: readonly Tensor[],
  gradients: readonly (Tensor | null)[],
  order: 1 | 2,
  { rtol = 1e-6, atol = 1e-8, modes = ['reverse', 'forward'] }: ModuleCheckOptions,
): (k: number, along: readonly Direction[]) => ModuleProbe[] {
  const [, pushforward] = modes.includes('forward') ? func.linearize(f, ...primals) : [];
  const judge = (found: number | null, numeric: number, error: number): ClaimStatus => {
    if (found === null) return 'right';
    const distance = Math.abs(found - numeric);
    const tolerance = atol + rtol * Math.max(Math.abs(found), Math.abs(numeric));
    if (distance <= tolerance) return 'right';
    // A clear difference stays a mistake; where the difference is in doubt, there may be a kink.
    return distance > 10 * error + tolerance ? 'wrong' : 'unreliable';
  };
  return (k, along) =>
    along.map(({ at, tangent }): ModuleProbe => {
      const tangents = primals.map((other, i) => (i === k ? tangent : zerosLike(other)));
      const [slope] = numericJvp(f, primals, tangents);
      const [numeric, error] = [slope!.values[0]!, slope!.errors[0]!];
      const gradient = modes.includes('reverse') ? innerProduct(gradients[k] ?? null, tangent) : null;
      const forward = pushforward === undefined ? null : Number(pushforward(...tangents).item());
      const facts = { at, order, gradient, forward, numeric, error, slopes: null };
      const found = [gradient, forward].map((value) => judge(value, numeric, error));
      if (found.includes('wrong')) return { ...facts, status: 'wrong' };
      if (!found.includes('unreliable')) return { ...facts, status: 'right' };
      const moved = (s: number) =>
        Number(f(...primals.map((other, i) => (i === k ? other.add(tangent.mul(s)) : other))).item());
      const slopes = noGrad(() => slopesAt(moved, 1));
      return slopes === null
        ? { ...facts, status: 'unreliable' }
        : { ...facts, status: 'notDifferentiable', slopes };
    });
}

const innerProduct = (gradient: Tensor | null, tangent: Tensor): number =>
  gradient === null ? 0 : Number(gradient.mul(tangent).sum().item());

function gradientsOf(f: Objective['f'], primals: readonly Tensor[]): (Tensor | null)[] {
  const leaves = primals.map((x) => x.clone().requiresGrad_());
  const y = f(...leaves);
  return y.requiresGrad ? grad(y, leaves, { allowUnused: true }) : leaves.map(() => null);
}

interface Direction {
  readonly at: string;
  readonly tangent: Tensor;
}

/** Coordinates of a tensor, spread over it, and all of them together where some are left out. */
function directions(name: string, x: Tensor, most: number): Direction[] {
  const { size, shape } = x;
  const count = Math.min(size, most);
  const single = Array.from({ length: count }, (_, i): Direction => {
    const j = Math.floor((i * size) / count);
    const values = new Float64Array(size);
    values[j] = 1;
    return { at: name + formatPosition(shape, j), tangent: tensor(values, { shape }) };
  });
  return count === size
    ? single
    : [{ at: `${name}, all ${size} coordinates together`, tangent: unevenDirection(shape) }, ...single];
}

function verdictOf(name: string, probes: readonly ModuleProbe[], isCutOff: boolean): ModuleVerdict {
  const of = (status: ClaimStatus) => probes.filter((probe) => probe.status === status);
  if (of('wrong').length > 0) {
    const reason = isCutOff ? cutOff : (elsewhere(of('wrong')) ?? factorOf(probes));
    return { name, status: 'wrong', probes, reason };
  }
  if (of('right').length === 0) {
    const status = of('notDifferentiable').length > 0 ? 'notDifferentiable' : 'unreliable';
    return { name, status, probes, reason: null };
  }
  const first = probes.filter(({ order }) => order === 1);
  if (first.every((probe) => Math.max(...sizesOf(probe)) <= probe.error)) {
    const reason =
      'the outputs do not move with it here: it is not used, what follows cancels it, or its units are saturated';
    return { name, status: 'unreliable', probes, reason };
  }
  return { name, status: 'right', probes, reason: null };
}

const cutOff =
  'no gradient arrives, although the outputs depend on it: the computation leaves the tape on the way';

const sizesOf = ({ gradient, forward, numeric }: ModuleProbe): number[] =>
  [gradient ?? 0, forward ?? 0, numeric].map(Math.abs);

/** What is wrong where the gradient is not. */
function elsewhere(wrong: readonly ModuleProbe[]): string | null {
  if (wrong.every(({ order }) => order === 2))
    return 'the derivatives are right, the second derivatives are not: a vjp or a jvp on the way takes for a constant what is none';
  const isRight = ({ gradient, forward, numeric }: ModuleProbe) =>
    gradient !== null && Math.abs(gradient - numeric) < Math.abs(forward! - numeric) / 100;
  return wrong.every((probe) => probe.forward !== null && isRight(probe))
    ? 'reverse mode is right, forward mode is not: a jvp on the way is wrong'
    : null;
}

/** One factor for all coordinates, if that is what is wrong. */
function factorOf(probes: readonly ModuleProbe[]): string | null {
  const ratios = probes.flatMap(({ order, gradient, numeric }) =>
    order === 1 && gradient !== null && (gradient !== 0 || Math.abs(numeric) > 1e-8)
      ? [gradient / numeric]
      : [],
  );
  const [factor] = ratios;
  const isOne = factor !== undefined && ratios.every((ratio) => Math.abs(ratio / factor - 1) < 1e-5);
  return isOne && ratios.length > 1 ? `everywhere ${Number(factor.toPrecision(6))} times the slope` : null;
}

/** The modules that are wrong by themselves, at the arguments of their last call, although all below them are right. */
function innermostWrong<Args extends unknown[]>(
  module: CallableModule<Args>,
  args: Args,
  options: ModuleCheckOptions,
): string[] {
  const calls = new Map<Module, unknown[]>();
  const below = module.namedModules().slice(1).filter(isCallable);
  const handles = below.map(([, child]) =>
    child.registerForwardPreHook((_, given) => {
      calls.set(child, given);
      return undefined;
    }),
  );
  try {
    const { f, primals } = objectiveOf(module, args, options.generators ?? []);
    noGrad(() => f(...primals));
  } finally {
    for (const handle of handles) handle.remove();
  }
  const wrong: string[] = [];
  // Inner ones first: a module is only to blame when nothing in it is.
  for (const [path, child] of below.toReversed()) {
    const given = calls.get(child);
    if (given === undefined || wrong.some((inner) => inner.startsWith(`${path}.`))) continue;
    if (isWrongAlone(child, given.map(detached), options)) wrong.push(path);
  }
  return wrong.length === 0 ? [''] : wrong.toReversed();
}

function isWrongAlone(
  module: CallableModule<unknown[]>,
  args: unknown[],
  options: ModuleCheckOptions,
): boolean {
  try {
    return judge(module, args, options).some(({ status }) => status === 'wrong');
  } catch (error) {
    // Its result is no tensor, for instance: then it cannot be told.
    if (error instanceof ArgumentError || error instanceof DTypeError) return false;
    throw error;
  }
}

const isCallable = (
  entry: readonly [path: string, module: Module],
): entry is readonly [path: string, module: CallableModule<unknown[]>] =>
  'forward' in entry[1] && typeof entry[1].forward === 'function';

const detached = (value: unknown): unknown => (value instanceof Tensor ? value.detach() : value);

const marks: Readonly<Record<ClaimStatus, string>> = {
  right: '✓',
  wrong: '✗',
  notDifferentiable: '?',
  unreliable: '?',
};

const titles: Readonly<Record<ClaimStatus, string>> = {
  right: 'right',
  wrong: 'wrong',
  notDifferentiable: 'not differentiable here',
  unreliable: 'the check itself is unreliable',
};

/** Probes that are shown of a tensor. */
const SHOWN = 3;

/**
 * A module's check in words: a line for each parameter and argument, and below what speaks against it.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { Linear } from '@tensortape/nn';
 * import { checkModule, formatModuleCheck } from '@tensortape/verify';
 * console.log(formatModuleCheck(checkModule(new Linear(2, 1), [tensor([[1, 2]])])));
 * // ✓ weight: right, 2 coordinates
 * // ✓ bias: right, 1 coordinate
 * // ✓ argument 0: right, 2 coordinates
 * ```
 */
export function formatModuleCheck({ verdicts, wrongModules }: ModuleCheck): string {
  const blame = wrongModules.map((path) =>
    path === ''
      ? 'the mistake is in the module itself: no module in it is wrong by itself'
      : `the mistake is in '${path}'`,
  );
  return [...verdicts.flatMap(linesOf), ...blame].join('\n').replace(/(?<= )-(?=[\d.]|Infinity)/g, '−');
}

function linesOf({ name, status, probes, reason }: ModuleVerdict): string[] {
  const said = `${marks[status]} ${name}: ${titles[status]}`;
  if (status === 'right') {
    const count = probes.filter(({ order }) => order === 1).length;
    return [`${said}, ${count} coordinate${count === 1 ? '' : 's'}`];
  }
  const relevant = probes.filter((probe) => probe.status === status);
  const more = relevant.length - SHOWN;
  return [
    reason === null ? said : `${said}; ${reason}`,
    ...relevant.slice(0, SHOWN).map((probe) => `    ${probe.at}: ${factsOf(probe)}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

function factsOf({ order, gradient, forward, numeric, error, slopes }: ModuleProbe): string {
  const number = (x: number) => String(Number(x.toPrecision(7)));
  if (slopes !== null)
    return `the slope is ${number(slopes[0])} from the left, ${number(slopes[1])} from the right`;
  const found = [
    ...(gradient === null
      ? []
      : [`the ${order === 1 ? 'gradient' : 'second derivative'} is ${number(gradient)}`]),
    ...(forward === null || (gradient !== null && number(forward) === number(gradient))
      ? []
      : [`forward mode gives ${number(forward)}`]),
  ];
  return `${found.join(', ')}, the slope ${number(numeric)} ± ${error.toExponential(1).replace('e-', 'e−')}`;
}
