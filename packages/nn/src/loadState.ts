import { ArgumentError, type Tensor } from '@tensortape/autograd';
import { type ParseOptions, parseState } from './tensorFiles.ts';

/** What {@link loadState} reads: what `fetch` returns, a Blob (a File is one), or a stream of bytes. */
export type StateSource = Response | PromiseLike<Response> | Blob | ReadableStream<Uint8Array>;

/** Options of {@link loadState}. */
export interface LoadStateOptions extends ParseOptions {
  /** The largest size to read, in bytes; 2 GiB unless given. */
  readonly maxBytes?: number;
}

/**
 * Reads the tensors of a safetensors file from the network, a Blob or a stream, in browsers as in Node: see
 * {@link parseState} for dtypes. PyTorch: `safetensors.torch.load`.
 *
 * More than `maxBytes` are never kept: a Blob or a response that says it is larger is refused before it is read, any other
 * once it is, and the rest is not asked for.
 *
 * Errors: Error for a response that is no success, for more than `maxBytes`, and for a source that breaks off (with the
 * source's error as `cause`); {@link SafetensorsError} for a damaged file; ArgumentError for anything else to read from.
 *
 * @param source What `fetch` returns, awaited or not; a Blob, such as a chosen file; or a stream of bytes.
 * @param options `maxBytes`: the largest size to read; `name`: what error messages call the source (its address or file name
 *   unless given); `integers`: see {@link ParseOptions}.
 * @returns The tensors by name, for `loadStateDict`.
 *
 * @example
 * ```ts
 * import { Linear, loadState, serializeState } from '@tensortape/nn';
 *
 * const net = new Linear(2, 1);
 * const file = new Blob([serializeState(net.stateDict())]);
 * console.log(net.loadStateDict(await loadState(file)).missingKeys); // []
 *
 * async function download(url: string) {
 *   net.loadStateDict(await loadState(fetch(url), { maxBytes: 1e6 }));
 * }
 * ```
 */
export async function loadState(
  source: StateSource,
  { maxBytes = 2 ** 31, ...options }: LoadStateOptions = {},
): Promise<Map<string, Tensor>> {
  if (!(maxBytes >= 0)) throw new ArgumentError(`loadState: expected maxBytes >= 0, got ${maxBytes}`);
  const opened = open(await source);
  const name = options.name ?? opened.name;
  return parseState(await readLimited({ ...opened, name }, maxBytes), { ...options, name });
}

/** Where bytes come from. */
interface Opened {
  readonly name: string;
  /** How many bytes it says there are; NaN where it does not say. */
  readonly declared: number;
  readonly stream: ReadableStream<Uint8Array>;
}

function open(source: unknown): Opened {
  if (source instanceof Response) return openResponse(source);
  if (source instanceof Blob) {
    const name = 'name' in source ? String(source.name) : 'blob';
    return { name, declared: source.size, stream: source.stream() };
  }
  if (source instanceof ReadableStream) return { name: 'stream', declared: Number.NaN, stream: source };
  const remedy = typeof source === 'string' || source instanceof URL ? 'fetch it' : 'parseState reads bytes';
  throw new ArgumentError(
    `loadState: expected what fetch returns, a Blob or a ReadableStream, got ${kindOf(source)}: ${remedy}`,
  );
}

function openResponse(response: Response): Opened {
  const name = shorten(response.url) || 'response';
  if (!response.ok) {
    const status = `HTTP ${response.status} ${response.statusText}`.trimEnd();
    throw new Error(`${name}: ${status}: check the address, and that the server lets this page read it`);
  }
  if (response.bodyUsed) {
    throw new Error(`${name}: the response has been read before: fetch it again, or read a clone() of it`);
  }
  const declared = Number(response.headers.get('content-length') ?? Number.NaN);
  return { name, declared, stream: response.body ?? new Blob().stream() };
}

/** Addresses may hold whole files (`data:`). */
const shorten = (url: string): string => (url.length > 200 ? `${url.slice(0, 200)}...` : url);

const kindOf = (value: unknown): string =>
  typeof value === 'object' && value !== null ? (value.constructor?.name ?? 'an object') : typeof value;

async function readLimited({ name, declared, stream }: Opened, maxBytes: number): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      if (declared > maxBytes || length > maxBytes) {
        const size = declared > maxBytes ? declared : `at least ${length}`;
        throw new Error(
          `${name}: ${size} bytes, more than the limit of ${maxBytes}: if it is what you expect, raise maxBytes`,
        );
      }
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new Error(`${name}: reading broke off after ${length} bytes: try again`, { cause });
      });
      if (done) return concatenate(chunks, length);
      if (!(value instanceof Uint8Array)) {
        throw new ArgumentError(`${name}: expected a stream of bytes (Uint8Array), got ${kindOf(value)}`);
      }
      chunks.push(value);
      length += value.length;
    }
  } finally {
    // Not awaited: a source that hangs would keep the error back. One that is over has nothing to cancel.
    reader.cancel().catch(() => {});
  }
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
