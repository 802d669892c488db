import { readdirSync, readFileSync } from 'node:fs';
import { type DType, Tensor } from '@tensortape/autograd';

/** The Python of the parity suites: the prelude, then what each family adds to it, then how programs are run. */
export const script = ['prelude.py', ...families(), 'programs.py', 'inPlacePrograms.py']
  .map((name) => readFileSync(new URL(name, import.meta.url), 'utf8'))
  .join('\n');

function families(): readonly string[] {
  const own = ['prelude.py', 'programs.py', 'inPlacePrograms.py'];
  return readdirSync(new URL('.', import.meta.url))
    .filter((name) => name.endsWith('.py') && !own.includes(name))
    .sort();
}

/** A tensor that crossed over from Python. Dtypes that have no counterpart here keep PyTorch's name. */
export interface Received {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** What Python answers to a call: the results, first and second gradients, or why it refused. */
export interface Answer {
  readonly values: readonly Received[];
  readonly gradients?: readonly Received[] | Refused;
  readonly seconds?: readonly Received[] | Refused;
}

/** How PyTorch refused. */
export interface Refused {
  readonly refused: string;
}

export function isRefused(answer: unknown): answer is Refused {
  return typeof answer === 'object' && answer !== null && 'refused' in answer;
}

/** An argument as JSON that keeps all values: tensors as the bytes of float64, numbers that JSON does not have by name. */
export function encode(value: unknown): unknown {
  if (value instanceof Tensor) return encodeTensor(value);
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
    return { number: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return { options: Object.fromEntries(entries.map(([key, item]) => [key, encode(item)])) };
  }
  return value ?? null;
}

function encodeTensor(x: Tensor): unknown {
  const { buffer, byteOffset, byteLength } = Float64Array.from(x.toTypedArray());
  return {
    tensor: Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
    shape: x.shape,
    dtype: x.dtype,
  };
}

/** The arguments of a call, without those that are left out at the end (before options). */
export function encodeArgs(args: readonly unknown[]): readonly unknown[] {
  const last = args.at(-1);
  const hasOptions =
    typeof last === 'object' && last !== null && !Array.isArray(last) && !(last instanceof Tensor);
  const positional = hasOptions ? args.slice(0, -1) : [...args];
  while (positional.length > 0 && positional.at(-1) === undefined) positional.pop();
  return [...positional, ...(hasOptions ? [last] : [])].map(encode);
}

/** An answer with its tensors decoded. */
export function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  if ('tensor' in value) return decodeTensor(value as { tensor: string; shape: number[]; dtype: string });
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, decode(item)]));
}

function decodeTensor({
  tensor,
  shape,
  dtype,
}: {
  tensor: string;
  shape: number[];
  dtype: string;
}): Received {
  const bytes = Uint8Array.from(Buffer.from(tensor, 'base64'));
  return { shape, dtype: dtype === 'torch.int64' ? 'int32' : dtype, values: new Float64Array(bytes.buffer) };
}

/** How far results may lie apart: of float64, then of float32, in which PyTorch also accumulates. */
export const TOLERANCE: Readonly<Record<DType, number>> = {
  float64: 1e-9,
  float32: 1e-4,
  int32: 0,
  uint8: 0,
  bool: 0,
};

/** What differs between tensors of ours and of PyTorch, or null. `scale` is what counts as 1 for the tolerance. */
export function difference(
  what: string,
  ours: readonly Tensor[],
  theirs: readonly Received[],
  precision: DType,
): string | null {
  if (ours.length !== theirs.length) return `${what}: ${ours.length} tensors, PyTorch gives ${theirs.length}`;
  for (const [i, x] of ours.entries()) {
    const y = theirs[i]!;
    const name = `${what} ${i}`;
    if (String(x.shape) !== String(y.shape)) {
      return `${name} has shape [${x.shape}], PyTorch's [${y.shape}]`;
    }
    if (x.dtype !== y.dtype) return `${name} is ${x.dtype}, PyTorch's ${y.dtype}`;
    const values = x.toTypedArray();
    const tolerance = Math.max(TOLERANCE[x.dtype], TOLERANCE[precision]) * (TOLERANCE[x.dtype] === 0 ? 0 : 1);
    const largest = y.values.reduce(
      (most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most),
      1,
    );
    for (const [k, value] of values.entries()) {
      const other = y.values[k]!;
      if (Object.is(value, other) || value === other || (Number.isNaN(value) && Number.isNaN(other)))
        continue;
      if (Math.abs(value - other) <= tolerance * largest) continue;
      return `${name}, element ${k}, is ${value}, PyTorch's ${other}`;
    }
  }
  return null;
}
