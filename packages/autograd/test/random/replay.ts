import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findPython } from '../../../../scripts/findPython.ts';
import { drawBinomial, drawPoisson } from '../../src/random/discrete.ts';
import { drawGamma } from '../../src/random/gamma.ts';
import { Generator } from '../../src/random/generator.ts';
import { NumpyRandomState } from '../../src/random/numpyRandomState.ts';

type Dtype = 'f4' | 'f8' | 'i4' | 'u1';
type Drawn = Float32Array | Float64Array | Int32Array | Uint8Array;

/** A call of NumPy's RandomState, as fixtures/random_reference.py makes it. */
export type NumpyCall = { dtype: Dtype; result?: string | null } & (
  | { kind: 'rand' | 'randn'; n: number; scalars?: boolean }
  | { kind: 'uniform'; n: number; low: number; high: number; scalars?: boolean }
  | { kind: 'normal'; n: number; loc: number; scale: number; scalars?: boolean }
  | { kind: 'randint'; n: number; low: number; high: number; scalars?: boolean }
  | { kind: 'permutation'; n: number }
  | { kind: 'shuffle'; n: number; rowLength: number }
  | { kind: 'choice'; n: number; count: number; replace: boolean; p?: number[] }
  | { kind: 'seed'; seed: number }
);

/** A call of PyTorch's generator. */
export type TorchCall = { dtype: Dtype; result?: string | null } & (
  | { kind: 'uniform'; n: number; low: number; high: number }
  | { kind: 'normal'; n: number; mean: number; std: number }
  | { kind: 'randint'; n: number; low: number; high: number }
  | { kind: 'permutation'; n: number }
  | { kind: 'bernoulli'; n: number; p: number }
  | { kind: 'bernoulliEach'; p: number[]; single: boolean }
  | { kind: 'exponential'; n: number; rate: number }
  | { kind: 'geometric'; n: number; p: number }
  | { kind: 'cauchy'; n: number; median: number; sigma: number }
  | { kind: 'logNormal'; n: number; mean: number; std: number }
  | { kind: 'gamma'; concentrations: number[] }
  | { kind: 'poisson'; rates: number[] }
  | { kind: 'binomial'; counts: number[]; p: number[] }
  | {
      kind: 'multinomial';
      weights: number[];
      rows: number;
      count: number;
      replacement: boolean;
      single: boolean;
    }
  | { kind: 'state' }
);

export interface Case<Call> {
  seed: number;
  calls: Call[];
}

export interface Program {
  numpy?: Case<NumpyCall>[];
  torch?: Case<TorchCall>[];
}

export interface Answer extends Program {
  versions: Record<string, string>;
  /** The vector instructions that PyTorch uses, such as AVX2. */
  instructions?: string;
}

/** One call with the numbers expected and drawn. */
export interface Replayed<Call> {
  seed: number;
  call: Call;
  expected: Drawn;
  actual: Drawn;
}

const SCRIPT = fileURLToPath(new URL('../fixtures/random_reference.py', import.meta.url));

/** Whether a Python with `module` is there; if not, says how to get one. */
export function pythonHas(module: string): boolean {
  const found = findPython([module]) !== null;
  if (!found) process.stderr.write(`Skipped: no Python with ${module}; try "npm run pytorch".\n`);
  return found;
}

/** Replays the program in Python. */
export function askPython(program: Program): Answer {
  const { status, stdout, stderr } = spawnSync(findPython(['numpy'])!, [SCRIPT], {
    input: JSON.stringify(program),
    maxBuffer: 2 ** 30,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${SCRIPT} failed:\n${stderr}`);
  return JSON.parse(stdout);
}

function newArray(dtype: Dtype, n: number): Drawn {
  if (dtype === 'f4') return new Float32Array(n);
  if (dtype === 'f8') return new Float64Array(n);
  return dtype === 'i4' ? new Int32Array(n) : new Uint8Array(n);
}

function decode(text: string, dtype: Dtype): Drawn {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  if (dtype === 'f4') return new Float32Array(bytes.buffer);
  if (dtype === 'f8') return new Float64Array(bytes.buffer);
  return dtype === 'i4' ? new Int32Array(bytes.buffer) : bytes;
}

function floats(dtype: Dtype, n: number): Float32Array | Float64Array {
  return dtype === 'f4' ? new Float32Array(n) : new Float64Array(n);
}

function roundedTo(dtype: Dtype, values: number[]): Float32Array | Float64Array {
  return dtype === 'f4' ? Float32Array.from(values) : Float64Array.from(values);
}

function numpyDraw(random: NumpyRandomState, call: NumpyCall): Drawn {
  switch (call.kind) {
    case 'rand':
      return random.uniform(new Float64Array(call.n));
    case 'randn':
      return random.normal(new Float64Array(call.n));
    case 'uniform':
      return random.uniform(new Float64Array(call.n), call.low, call.high);
    case 'normal':
      return random.normal(new Float64Array(call.n), call.loc, call.scale);
    case 'randint':
      return random.randint(newArray(call.dtype, call.n), call.low, call.high);
    case 'permutation':
      return random.permutation(call.n);
    case 'shuffle': {
      const rows = Int32Array.from({ length: call.n * call.rowLength }, (_, i) => i);
      random.shuffle(rows, call.rowLength);
      return rows;
    }
    case 'choice':
      return random.choice(call.n, call.count, {
        replace: call.replace,
        ...(call.p !== undefined && { p: call.p }),
      });
    case 'seed':
      random.seed(call.seed);
      return new Float64Array(0);
  }
}

function torchDraw(generator: Generator, call: TorchCall): Drawn {
  switch (call.kind) {
    case 'uniform':
      return generator.uniform(floats(call.dtype, call.n), call.low, call.high);
    case 'normal':
      return generator.normal(floats(call.dtype, call.n), call.mean, call.std);
    case 'randint':
      return generator.randint(newArray(call.dtype, call.n), call.low, call.high);
    case 'permutation':
      return generator.permutation(call.n);
    case 'bernoulli':
      return generator.bernoulli(newArray(call.dtype, call.n), call.p);
    case 'bernoulliEach':
      return generator.bernoulli(
        new Float32Array(call.p.length),
        call.single ? Float32Array.from(call.p) : call.p,
      );
    case 'exponential':
      return generator.exponential(floats(call.dtype, call.n), call.rate);
    case 'geometric':
      return generator.geometric(newArray(call.dtype, call.n), call.p);
    case 'cauchy':
      return generator.cauchy(floats(call.dtype, call.n), call.median, call.sigma);
    case 'logNormal':
      return generator.logNormal(floats(call.dtype, call.n), call.mean, call.std);
    case 'gamma': {
      // PyTorch gives the smallest normal number where a draw is 0.
      const smallest = call.dtype === 'f4' ? 2 ** -126 : 2 ** -1022;
      return roundedTo(call.dtype, call.concentrations).map((a) =>
        Math.max(drawGamma(generator, a, call.dtype === 'f4'), smallest),
      );
    }
    case 'poisson':
      return roundedTo(call.dtype, call.rates).map((rate) => drawPoisson(generator, rate));
    case 'binomial': {
      const p = roundedTo(call.dtype, call.p);
      return roundedTo(call.dtype, call.counts).map((count, i) => drawBinomial(generator, count, p[i]!));
    }
    case 'multinomial': {
      const weights = call.single ? Float32Array.from(call.weights) : Float64Array.from(call.weights);
      return generator.multinomial(weights, call.count, call.replacement, call.rows);
    }
    case 'state':
      return generator.getState();
  }
}

/** Makes every answered call of the cases here too. */
export function replayNumpy(cases: Case<NumpyCall>[]): Replayed<NumpyCall>[] {
  return cases.flatMap(({ seed, calls }) => {
    const random = new NumpyRandomState(seed);
    return calls.flatMap((call) => pairUp(seed, call, numpyDraw(random, call)));
  });
}

/** Makes every answered call of the cases here too. */
export function replayTorch(cases: Case<TorchCall>[]): Replayed<TorchCall>[] {
  return cases.flatMap(({ seed, calls }) => {
    const generator = new Generator(seed);
    return calls.flatMap((call) => pairUp(seed, call, torchDraw(generator, call)));
  });
}

function pairUp<Call extends NumpyCall | TorchCall>(
  seed: number,
  call: Call,
  actual: Drawn,
): Replayed<Call>[] {
  const { result, dtype } = call;
  if (result === undefined || result === null) return [];
  return [{ seed, call, expected: decode(result, dtype), actual }];
}

/** Whether PyTorch's result depends on how its C library rounds. */
export function isRounded({ kind, dtype }: TorchCall): boolean {
  return dtype === 'f8' && ['normal', 'exponential', 'cauchy', 'logNormal', 'gamma'].includes(kind);
}

/** How far draws are from the expected ones. */
export interface Agreement {
  total: number;
  identical: number;
  /** The largest |actual - expected| / |expected|. */
  relative: number;
  /** The same, but relative to the terms of a sum: |mean| + |expected - mean| for normals. */
  scaled: number;
  /** The first difference, in words. */
  first: string;
}

/** The size of what a draw is made of, by which its rounding errors are measured. */
function termsOf(call: NumpyCall | TorchCall, draw: number): number {
  // The error of an exponential is that of its exponent.
  if (call.kind === 'logNormal' || call.kind === 'gamma') return draw * (1 + Math.abs(Math.log(draw)));
  const centre =
    call.kind === 'cauchy' ? call.median : call.kind !== 'normal' ? 0 : 'mean' in call ? call.mean : call.loc;
  return Math.abs(centre) + Math.abs(draw - centre);
}

/** Where a state holds a normal for the next call, which depends on how the C library rounds, as draws do. */
const CACHED_NORMAL = 5024;

function sameNormal(actual: Drawn, expected: Drawn): boolean {
  const [a, b] = [actual, expected].map(({ buffer }) => new DataView(buffer).getFloat64(CACHED_NORMAL, true));
  return Math.abs(a! - b!) <= 1e-15 * Math.abs(b!);
}

export function compare<Call extends NumpyCall | TorchCall>(replayed: Replayed<Call>[]): Agreement {
  const agreement: Agreement = { total: 0, identical: 0, relative: 0, scaled: 0, first: '' };
  for (const { seed, call, expected, actual } of replayed) {
    const { result: _, ...what } = call;
    const length = Math.max(expected.length, actual.length);
    for (let i = 0; i < length; i++) {
      agreement.total++;
      const cached = call.kind === 'state' && i >= CACHED_NORMAL && i < CACHED_NORMAL + 8;
      if (Object.is(actual[i], expected[i]) || (cached && sameNormal(actual, expected))) {
        agreement.identical++;
        continue;
      }
      const difference = Math.abs(actual[i]! - expected[i]!);
      const terms = termsOf(call, expected[i]!);
      agreement.relative = Math.max(agreement.relative, difference / Math.abs(expected[i]!));
      agreement.scaled = Math.max(agreement.scaled, difference / terms);
      agreement.first ||= `seed ${seed}, ${JSON.stringify(what)}: [${i}] is ${actual[i]}, expected ${expected[i]}`;
    }
  }
  return agreement;
}
