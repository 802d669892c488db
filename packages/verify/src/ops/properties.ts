import {
  type Backend,
  backend,
  type DType,
  formatShape,
  func,
  type Refusal,
  setBackend,
  type Tensor,
} from '@tensortape/autograd';
import { Call, format, isFloating, type Named, type OpUnderTest, results } from './call.ts';
import {
  checkCotangents,
  checkTangents,
  directionsLike,
  expectEqual,
  type Mapping,
  Mismatch,
  type Outcome,
  roundoff,
} from './derivatives.ts';
import { type Draw, drawDirection, drawIndex, drawSome, type Lengths, sampleKit } from './kit.ts';
import { drawView } from './layouts.ts';

/** One case of a property: an operation and the arguments drawn for it. */
export interface Trial {
  readonly op: OpUnderTest;
  readonly draw: Draw;
  /** The call; a property that changes its arguments puts the changed one here, for the counter-example. */
  call: Call;
}

/** The name of a property that `verifyOp` checks. */
export type PropertyName =
  | 'pure'
  | 'typed'
  | 'mixed'
  | 'pureRules'
  | 'repeatable'
  | 'float32'
  | 'kernels'
  | 'forward'
  | 'reverse'
  | 'derived'
  | 'forwardOverReverse'
  | 'reverseOverReverse'
  | 'forwardOverForward'
  | 'reverseOverForward'
  | 'views'
  | 'shared'
  | 'empty'
  | 'untracked'
  | 'refused';

/** Something that must hold for every call of an operation. */
export interface Property {
  readonly title: string;
  /** Which operations it is about. */
  readonly about: 'all' | 'differentiable' | 'nonDifferentiable' | 'refusing';
  /** Whether its arguments have an axis of length 0. */
  readonly lengths?: Lengths;
  /** Throws when the property does not hold. */
  readonly check: (trial: Trial) => Outcome;
}

/** A few units in the last place: for the same arithmetic in another order. */
const FEW_ULPS = 64;

/** The floating point results of the call as a function of some of its floating point inputs. */
function mappingOf(
  { op, call }: Pick<Trial, 'op' | 'call'>,
  active: readonly number[] = call.floats,
): Mapping {
  const tensors = call.inputs.map(({ tensor }) => tensor);
  const named = (xs: readonly Tensor[]) => {
    const own = [...tensors];
    active.forEach((position, k) => {
      own[position] = xs[k]!;
    });
    return floating(results(op, call.on(own)));
  };
  const primals = active.map((position) => tensors[position]!);
  const outputs = named(primals);
  if (outputs.length === 0) {
    throw new Mismatch(
      'no result is floating point, so there is nothing to differentiate: mark the samples with nonDifferentiable(reason, …)',
    );
  }
  return {
    f: (...xs) => named(xs).map(({ tensor }) => tensor),
    primals,
    inputNames: active.map((position) => call.inputs[position]!.name),
    outputs: outputs.map(({ tensor }) => tensor),
    outputNames: outputs.map(({ name }) => name),
    unit: roundoff(...outputs.map(({ tensor }) => tensor)),
  };
}

const floating = (values: readonly Named[]): readonly Named[] =>
  values.filter(({ tensor }) => isFloating(tensor));

/** A mapping in some of the drawn inputs, so that rules also run while others are constants. */
const drawMapping = (trial: Trial): Mapping =>
  mappingOf(
    trial,
    drawSome(trial.draw, trial.call.floats.length).map((k) => trial.call.floats[k]!),
  );

/** The vjp of a mapping as a function of the cotangents and the inputs. */
function vjpMapping({ f, primals, inputNames, outputs, unit }: Mapping, draw: Draw): Mapping {
  const cotangents = outputs.map(({ shape }) => drawDirection(draw, shape));
  const count = cotangents.length;
  const pulled = (...all: Tensor[]) => {
    const [, pullback] = func.vjp(f, ...all.slice(count));
    return pullback(...all.slice(0, count).map((u, i) => u.to(outputs[i]!.dtype)));
  };
  return {
    f: pulled,
    primals: [...cotangents, ...primals],
    inputNames: [...cotangents.map((_, i) => `the cotangent of result ${i}`), ...inputNames],
    outputs: pulled(...cotangents, ...primals),
    outputNames: inputNames.map((name) => `the gradient by ${name}, at `),
    unit,
  };
}

/** The jvp of a mapping as a function of the tangents and the inputs. */
function jvpMapping({ f, primals, inputNames, outputNames, unit }: Mapping, draw: Draw): Mapping {
  const tangents = directionsLike(draw, primals);
  const pushed = (...all: Tensor[]) =>
    func.jvp(f, all.slice(tangents.length), all.slice(0, tangents.length))[1];
  return {
    f: pushed,
    primals: [...tangents, ...primals],
    inputNames: [...inputNames.map((name) => `the tangent of ${name}`), ...inputNames],
    outputs: pushed(...tangents, ...primals),
    outputNames: outputNames.map((name) => `the tangent of ${name}, at `),
    unit,
  };
}

/** The results of a call, its cotangents and its tangents, at given directions. */
interface Everything {
  readonly values: readonly Tensor[];
  readonly cotangents: readonly Tensor[];
  readonly tangents: readonly Tensor[];
}

function everything({ op, call }: Pick<Trial, 'op' | 'call'>, { us, ts }: Directions): Everything {
  const values = results(op, call).map(({ tensor }) => tensor);
  if (op.samples.reason !== undefined) return { values, cotangents: [], tangents: [] };
  const { f, primals } = mappingOf({ op, call });
  const [, pullback] = func.vjp(f, ...primals);
  return { values, cotangents: pullback(...us), tangents: func.jvp(f, primals, ts)[1] };
}

/** Cotangents for the floating point results of a call, and tangents for its inputs. */
interface Directions {
  readonly us: readonly Tensor[];
  readonly ts: readonly Tensor[];
}

function drawDirections({ op, call, draw }: Trial): Directions {
  return {
    us: directionsLike(
      draw,
      floating(results(op, call)).map(({ tensor }) => tensor),
    ),
    ts: directionsLike(
      draw,
      call.floats.map((position) => call.inputs[position]!.tensor),
    ),
  };
}

/** Converts the floating point inputs of a trial, and draws directions for it. */
function convert(trial: Trial, dtypeOf: () => DType): Directions {
  trial.call = trial.call.map((x) => (isFloating(x) ? x.to(dtypeOf()) : x));
  return drawDirections(trial);
}

function expectTyped(trial: Trial, directions: Directions): void {
  const { values, cotangents, tangents } = everything(trial, directions);
  trial.call.floats.forEach((position, k) => {
    const { name, tensor } = trial.call.inputs[position]!;
    expectSpec(`the gradient by ${name}`, cotangents[k]!, tensor);
  });
  values.filter(isFloating).forEach((value, i) => {
    expectSpec(`the tangent of result ${i}`, tangents[i]!, value);
  });
}

function expectSame(what: string, found: Everything, expected: Everything, ulps: number): void {
  expectEqual(what, (i) => `result ${i}`, found.values, expected.values, ulps);
  expectEqual(what, (i) => `the cotangent of input ${i}`, found.cotangents, expected.cotangents, ulps);
  expectEqual(what, (i) => `the tangent of result ${i}`, found.tangents, expected.tangents, ulps);
}

function expectSpec(what: string, found: Tensor, like: Tensor): void {
  if (found.dtype === like.dtype && String(found.shape) === String(like.shape)) return;
  throw new Mismatch(
    `${what} has shape [${found.shape}] and dtype ${found.dtype}, expected [${like.shape}] and ${like.dtype}`,
  );
}

/** Runs `body` on other kernels, and goes back to the ones in use. */
function onBackend<T>(name: Backend, body: () => T): T {
  const { requested } = backend();
  setBackend(name);
  try {
    return body();
  } finally {
    setBackend(requested);
  }
}

/** Fails unless the illegal call is refused by an error that says what it must. */
function expectRefused(trial: Trial, [args, name, message]: Refusal): void {
  const { op } = trial;
  trial.call = new Call(args);
  const found = thrownBy(() => op.call(...args));
  const shapes = trial.call.inputs.map(({ tensor }) => formatShape(tensor.shape));
  const missing = [
    found.name !== name && `an ${name}`,
    !found.message.startsWith(`${op.name}: `) && `a message that starts with '${op.name}: '`,
    !message.test(found.message) && `a message that matches ${message}`,
    name === 'ShapeError' &&
      shapes.length > 0 &&
      !shapes.some((shape) => found.message.includes(shape)) &&
      `one of the shapes ${shapes.join(', ')} in it`,
  ].filter((part) => part !== false);
  if (missing.length > 0)
    throw new Mismatch(`threw ${found.name}: ${found.message}; expected ${missing.join(', ')}`);
}

/** How a call is refused, or null when it is not. */
function refusalOf({ op, call }: Pick<Trial, 'op' | 'call'>): string | null {
  try {
    results(op, call);
    return null;
  } catch (error) {
    return String(error);
  }
}

function thrownBy(body: () => unknown): Error {
  try {
    body();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
  throw new Mismatch('an illegal call was accepted');
}

const drawDType = (draw: Draw): DType => (drawIndex(draw, 2) === 0 ? 'float64' : 'float32');

/** The sets of kernels beside the reference that work here. */
let others: readonly Backend[] | undefined;
function otherBackends(): readonly Backend[] {
  others ??= (['wasm', 'blas'] as const).filter(isUsable);
  return others;
}

function isUsable(name: Backend): boolean {
  try {
    return onBackend(name, () => true);
  } catch {
    return false;
  }
}

/** What every operation must satisfy, in the order in which it is looked at. */
export const properties: Readonly<Record<PropertyName, Property>> = {
  pure: {
    title: 'the call does not change its arguments',
    about: 'all',
    check: ({ op, call }) => {
      const before = String(call);
      results(op, call);
      if (String(call) !== before) throw new Mismatch(`the call changed the arguments to (${call})`);
      return 'checked';
    },
  },
  typed: {
    title: 'gradients have the shapes and dtypes of the inputs, tangents those of the results',
    about: 'differentiable',
    check: (trial) => {
      const dtype = drawDType(trial.draw);
      expectTyped(
        trial,
        convert(trial, () => dtype),
      );
      return 'checked';
    },
  },
  mixed: {
    title: 'inputs of different float dtypes get gradients in their own, or are refused by a DTypeError',
    about: 'differentiable',
    check: (trial) => {
      if (trial.call.floats.length < 2) return 'inapplicable';
      let directions: Directions;
      try {
        directions = convert(trial, () => drawDType(trial.draw));
      } catch (error) {
        if (error instanceof Error && error.name === 'DTypeError') return 'checked';
        throw error;
      }
      expectTyped(trial, directions);
      return 'checked';
    },
  },
  pureRules: {
    title: 'the rules change neither the arguments nor the cotangents and tangents they are given',
    about: 'differentiable',
    check: (trial) => {
      const directions = drawDirections(trial);
      const [call, given] = [String(trial.call), format(directions)];
      everything(trial, directions);
      if (String(trial.call) !== call) throw new Mismatch(`a sweep changed the arguments to (${trial.call})`);
      if (format(directions) !== given) {
        throw new Mismatch(`a sweep changed the directions from ${given} to ${format(directions)}`);
      }
      return 'checked';
    },
  },
  repeatable: {
    title: 'the same call gives the same bits twice, in value, gradient and tangent',
    about: 'all',
    check: (trial) => {
      const directions = drawDirections(trial);
      expectSame('the second time', everything(trial, directions), everything(trial, directions), 0);
      return 'checked';
    },
  },
  float32: {
    title: 'values, gradients and tangents in float32 are those in float64, rounded a few times',
    about: 'all',
    check: (trial) => {
      const double = { ...trial };
      const single = convert(trial, () => 'float32');
      const values = floating(results(double.op, double.call));
      const directions = {
        us: single.us.map((u, i) => u.to(values[i]!.tensor.dtype)),
        ts: single.ts.map((t) => t.to('float64')),
      };
      expectSame('in float32', everything(trial, single), everything(double, directions), FEW_ULPS);
      return 'checked';
    },
  },
  kernels: {
    title: 'every set of kernels gives the values, gradients and tangents of the reference',
    about: 'all',
    check: (trial) => {
      const dtype = drawDType(trial.draw);
      const directions = convert(trial, () => dtype);
      const expected = onBackend('reference', () => everything(trial, directions));
      for (const name of otherBackends()) {
        const found = onBackend(name, () => everything(trial, directions));
        expectSame(`on the '${name}' kernels`, found, expected, FEW_ULPS);
      }
      return otherBackends().length === 0 ? 'inapplicable' : 'checked';
    },
  },
  forward: {
    title: 'J t is the 5-point difference of the value',
    about: 'differentiable',
    check: (trial) => checkTangents(drawMapping(trial), trial.draw, 'the jvp'),
  },
  reverse: {
    title: '<u, J t> = <J^T u, t>',
    about: 'differentiable',
    check: (trial) => checkCotangents(drawMapping(trial), trial.draw, 'the vjp', 'the jvp'),
  },
  derived: {
    title: 'J t is what differentiating the vjp by its cotangent gives',
    about: 'differentiable',
    check: (trial) => {
      const { f, primals, outputs, outputNames } = drawMapping(trial);
      const ts = directionsLike(trial.draw, primals);
      const us = directionsLike(trial.draw, outputs);
      const [, pullback] = func.vjp(f, ...primals);
      const [, derived] = func.vjp((...u: Tensor[]) => pullback(...u), ...us);
      expectEqual(
        'the declared jvp against the one derived from the vjp',
        (i) => `the tangent of ${outputNames[i]}`,
        func.jvp(f, primals, ts)[1],
        derived(...ts),
        2 ** 12,
      );
      return 'checked';
    },
  },
  forwardOverReverse: {
    title: 'the tangent of (u, x) -> J^T u is its 5-point difference',
    about: 'differentiable',
    check: (trial) =>
      checkTangents(vjpMapping(drawMapping(trial), trial.draw), trial.draw, 'forward over reverse mode'),
  },
  reverseOverReverse: {
    title: 'the gradient of (u, x) -> J^T u is the transpose of its tangent',
    about: 'differentiable',
    check: (trial) =>
      checkCotangents(
        vjpMapping(drawMapping(trial), trial.draw),
        trial.draw,
        'reverse over reverse mode',
        'forward over reverse mode',
      ),
  },
  forwardOverForward: {
    title: 'the tangent of (t, x) -> J t is its 5-point difference',
    about: 'differentiable',
    check: (trial) =>
      checkTangents(jvpMapping(drawMapping(trial), trial.draw), trial.draw, 'forward over forward mode'),
  },
  reverseOverForward: {
    title: 'the gradient of (t, x) -> J t is the transpose of its tangent',
    about: 'differentiable',
    check: (trial) =>
      checkCotangents(
        jvpMapping(drawMapping(trial), trial.draw),
        trial.draw,
        'reverse over forward mode',
        'forward over forward mode',
      ),
  },
  views: {
    title: 'transposed, sliced and expanded arguments give what contiguous ones give',
    about: 'all',
    check: (trial) => {
      const { draw } = trial;
      trial.call = trial.call.map((x) => drawView(draw, x));
      const copied = { ...trial, call: trial.call.map((x) => x.clone()) };
      // Expanding changes values: into a singular matrix, say.
      const refusal = refusalOf(copied);
      if (refusal !== null) {
        const found = refusalOf(trial);
        if (found === refusal) return 'checked';
        throw new Mismatch(`for views: ${found ?? 'it was computed'}, for contiguous arguments ${refusal}`);
      }
      const drawn = drawDirections(copied);
      const us = drawn.us.map((u) => drawView(draw, u));
      const ts = drawn.ts.map((t) => drawView(draw, t));
      const contiguous = { us: us.map((u) => u.clone()), ts: ts.map((t) => t.clone()) };
      expectSame('for views', everything(trial, { us, ts }), everything(copied, contiguous), FEW_ULPS);
      return 'checked';
    },
  },
  shared: {
    title: 'one tensor in two places gets the sum of their gradients',
    about: 'differentiable',
    check: (trial) => {
      const { op, call, draw } = trial;
      const shapes = call.inputs.map(({ tensor }) => String(tensor.shape));
      const pairs = call.floats.flatMap((i) =>
        call.floats.filter((j) => j > i && shapes[i] === shapes[j]).map((j) => [i, j] as const),
      );
      if (pairs.length === 0) return 'inapplicable';
      const pair = pairs[drawIndex(draw, pairs.length)]!;
      const kept = pair[drawIndex(draw, 2)]!;
      const value = call.inputs[kept]!.tensor;
      const both = (a: Tensor, b: Tensor) => call.map((x, i) => (i === pair[0] ? a : i === pair[1] ? b : x));
      const separate = mappingOf({ op, call: both(value, value.clone()) }, pair);
      trial.call = both(value, value);
      const shared = mappingOf(trial, pair);
      const us = directionsLike(draw, separate.outputs);
      const [ofFirst, ofSecond] = func.vjp(separate.f, ...separate.primals)[1](...us);
      const [ofBoth] = func.vjp((x: Tensor) => shared.f(x, x), value)[1](...us);
      expectEqual(
        `with one tensor as ${separate.inputNames.join(' and ')}`,
        () => 'its gradient',
        [ofBoth!],
        [ofFirst!.add(ofSecond!)],
        FEW_ULPS,
      );
      return 'checked';
    },
  },
  empty: {
    title: 'axes of length 0 are handled in every mode, or refused by name',
    about: 'all',
    lengths: 'empty',
    check: (trial) => {
      if (trial.call.inputs.every(({ tensor }) => tensor.size > 0)) return 'inapplicable';
      try {
        results(trial.op, trial.call);
      } catch (error) {
        const refusal =
          error instanceof Error && error.name === 'ShapeError' && /length 0|empty/.test(error.message);
        if (refusal) return 'checked';
        throw error;
      }
      everything(trial, drawDirections(trial));
      if (trial.op.samples.reason !== undefined) return 'checked';
      // Only that they run: there may be NaN on both sides, as in the mean of nothing.
      const { f, primals, outputs } = vjpMapping(mappingOf(trial), trial.draw);
      func.vjp(f, ...primals)[1](...outputs);
      func.jvp(f, primals, primals);
      return 'checked';
    },
  },
  untracked: {
    title: 'the result of an operation that is not differentiable carries no history',
    about: 'nonDifferentiable',
    check: ({ op, call }) => {
      const tracked = call.map((x) => (isFloating(x) ? x.clone().requiresGrad_() : x));
      const found = results(op, tracked).find(({ tensor }) => tensor.requiresGrad);
      if (found !== undefined) {
        throw new Mismatch(`${found.name} requires grad, though the samples say: ${op.samples.reason}`);
      }
      return 'checked';
    },
  },
  refused: {
    title: 'illegal arguments are refused by name, with the error that is declared',
    about: 'refusing',
    check: (trial) => {
      for (const refusal of trial.op.refusals!(sampleKit(trial.draw))) expectRefused(trial, refusal);
      return 'checked';
    },
  },
};
