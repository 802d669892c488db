import { type DType, func, type Range, type SampleKit, type Tensor } from '@tensortape/autograd';
import type { RegisteredOp } from '@tensortape/autograd/registry';
import { Call, isFloating, results } from '../../src/ops/call.ts';
import { directionsLike } from '../../src/ops/derivatives.ts';
import { type Draw, drawIndex, sampleKit } from '../../src/ops/kit.ts';
import { drawView } from '../../src/ops/layouts.ts';
import { type Answer, decode, difference, encode, encodeArgs, isRefused } from './python.ts';

/** What a case is about: how its arguments are made from the samples. */
export type Kind = 'plain' | 'views' | 'ties' | 'extremes' | 'dtypes' | 'empty';

export const kinds: readonly Kind[] = ['plain', 'views', 'ties', 'extremes', 'dtypes', 'empty'];

/** Ends of the range, kinks and small numbers: many are equal, and many lie where a derivative jumps. */
function tied({ low = -2, high = 2, apart = [], values }: Range): Range {
  const simple = [low, high, ...apart, 0, 1, -1, 0.5, 2, -2].filter((value) => value >= low && value <= high);
  return { values: values ?? simple };
}

const extreme: Range = {
  values: [
    ...[0, -0, 1, -1, 0.5, 3, -2.5, 1e30, -1e30, 1e-30, -1e-30],
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ],
};

/** The kit with every range changed. */
function ranged(kit: SampleKit, change: (range: Range) => Range): SampleKit {
  return {
    ...kit,
    tensor: (range = {}) => kit.tensor(change(range)),
    tensorOf: (shape, range = {}) => kit.tensorOf(shape, change(range)),
    broadcast: (a, b) => kit.broadcast(change(a), change(b)),
    operands: (a, b) => kit.operands(change(a), change(b)),
  };
}

function kitOf(kind: Kind, draw: Draw): SampleKit {
  const kit = sampleKit(draw, kind === 'empty' ? 'empty' : 'positive');
  if (kind === 'ties') return ranged(kit, tied);
  return kind === 'extremes' ? ranged(kit, () => extreme) : kit;
}

const dtypes: readonly DType[] = ['float32', 'float64', 'int32', 'uint8', 'bool'];

/** The arguments of one case. */
export function drawCall(op: RegisteredOp, kind: Kind, draw: Draw): Call {
  const call = new Call(op.samples(kitOf(kind, draw)));
  const float = dtypes[drawIndex(draw, 2)]!;
  return call.map((x) => {
    if (kind === 'views') return drawView(draw, isFloating(x) ? x.to(float) : x);
    if (!isFloating(x)) return x;
    const dtype = kind === 'dtypes' ? dtypes[drawIndex(draw, dtypes.length)]! : float;
    return (dtype === 'uint8' ? x.abs() : x).to(dtype);
  });
}

/** Results with first and second gradients, or null where nothing is differentiable. */
interface Derivatives {
  readonly values: readonly Tensor[];
  readonly gradients: readonly Tensor[] | null;
  readonly seconds: readonly Tensor[] | null;
}

/** What is asked of Python beside the call: cotangents, and cotangents of the gradients. */
interface Seeds {
  readonly cotangents: readonly Tensor[];
  readonly seconds: readonly Tensor[];
}

function floating(op: RegisteredOp, call: Call): readonly Tensor[] {
  return results(op, call)
    .map(({ tensor }) => tensor)
    .filter(isFloating);
}

function derivatives(op: RegisteredOp, call: Call, seeds: Seeds, twice: boolean): Derivatives {
  const values = results(op, call).map(({ tensor }) => tensor);
  if (seeds.cotangents.length === 0) return { values, gradients: null, seconds: null };
  const tensors = call.inputs.map(({ tensor }) => tensor);
  const primals = call.floats.map((position) => tensors[position]!);
  const of = (xs: readonly Tensor[]) => {
    const own = [...tensors];
    call.floats.forEach((position, k) => {
      own[position] = xs[k]!;
    });
    return floating(op, call.on(own));
  };
  const count = primals.length;
  const pull = (...all: Tensor[]) =>
    func.vjp((...xs: Tensor[]) => of(xs), ...all.slice(0, count))[1](...all.slice(count));
  const gradients = pull(...primals, ...seeds.cotangents);
  if (!twice) return { values, gradients, seconds: null };
  const seconds = func.vjp(pull, ...primals, ...seeds.cotangents)[1](...seeds.seconds);
  return { values, gradients, seconds };
}

/** How one case came out. */
export type Outcome = 'equal' | 'both refuse' | 'only we compute';

/** PyTorch's words for kernels that it does not have, for which nothing can be compared. */
const notThere =
  /not implemented for|not supported|not currently supported|does not support|not yet implemented|unsupported/i;

/** A difference between ours and PyTorch's. */
export class ParityError extends Error {}

/** Runs one case in both, and throws where they differ. */
export async function compare(
  ask: (question: unknown) => Promise<unknown>,
  op: RegisteredOp,
  call: Call,
  kind: Kind,
  draw: Draw,
): Promise<Outcome> {
  const fail = (what: string) => new ParityError(`${what}\n    call: ${op.name}(${call})`);
  const twice = kind !== 'extremes' && kind !== 'dtypes';
  let ours: Derivatives | Error;
  let seeds: Seeds = { cotangents: [], seconds: [] };
  try {
    if (op.samples.reason === undefined && call.floats.length > 0) {
      const primals = call.floats.map((position) => call.inputs[position]!.tensor);
      seeds = {
        cotangents: directionsLike(draw, floating(op, call)),
        seconds: directionsLike(draw, primals),
      };
    }
    ours = derivatives(op, call, seeds, twice);
  } catch (error) {
    ours = error as Error;
  }
  const differentiated = seeds.cotangents.length > 0;
  const theirs = decode(
    await ask({
      kind: 'call',
      name: op.name,
      family: op.family,
      args: encodeArgs(call.args),
      cotangents: differentiated ? seeds.cotangents.map(encode) : null,
      seconds: differentiated && twice ? seeds.seconds.map(encode) : null,
    }),
  ) as Answer | { refused: string };
  if (ours instanceof Error) {
    const ownLimit = /int32|length 0|empty/.test(ours.message);
    if (isRefused(theirs) || ownLimit) return 'both refuse';
    throw fail(`we refuse (${ours.name}: ${ours.message}), PyTorch computes`);
  }
  if (isRefused(theirs)) {
    if (notThere.test(theirs.refused)) return 'only we compute';
    throw fail(`PyTorch refuses (${theirs.refused}), we compute`);
  }
  const precision = call.inputs.some(({ tensor }) => tensor.dtype === 'float32') ? 'float32' : 'float64';
  const found =
    difference('result', ours.values, theirs.values, precision) ??
    compareGradients('gradient', ours.gradients, theirs.gradients, precision) ??
    compareGradients('second gradient', ours.seconds, theirs.seconds, precision);
  if (found !== null) throw fail(found);
  return 'equal';
}

function compareGradients(
  what: string,
  ours: readonly Tensor[] | null,
  theirs: Answer['gradients'],
  precision: DType,
): string | null {
  // PyTorch cannot differentiate some operations twice, and some not at all.
  if (ours === null || theirs === undefined || isRefused(theirs)) return null;
  return difference(what, ours, theirs, precision);
}
