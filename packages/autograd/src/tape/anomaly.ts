import { isFloat } from '../tensor/dtype.ts';
import { AnomalyError } from '../tensor/errors.ts';
import { formatPosition, formatShape, sameShape } from '../tensor/shape.ts';
import { warn } from '../tensor/warnings.ts';
import type { Tensor } from '../tensor.ts';
import { synchronous } from './mode.ts';
import type { Cotangents, Node } from './node.ts';

/** @internal Whether recorded operations and sweeps are watched: read where nodes are made, so a variable of its own. */
export let detecting = false;

/** Deep enough to reach the caller's line through modules and transforms. */
const STACK_DEPTH = 40;

/** Where V8 is told how deep a stack to keep. */
const stacks: ErrorConstructor & { stackTraceLimit?: number | undefined } = Error;

/** The calls that recorded nodes, while anomalies are looked for. */
const calls = new WeakMap<Node, Error>();

/** Whether anomalies are looked for. PyTorch: `torch.is_anomaly_enabled`. */
export function isAnomalyEnabled(): boolean {
  return detecting;
}

/**
 * Starts or stops looking for anomalies until it is called again; {@link detectAnomaly} stops by itself. PyTorch:
 * `torch.autograd.set_detect_anomaly`.
 */
export function setDetectAnomaly(enabled: boolean): void {
  detecting = enabled;
}

/**
 * Runs a synchronous function and looks for the first NaN or infinity that a recorded operation or its derivative makes, and
 * returns the function's result. Each recorded operation remembers the line that called it; that line, the operation, the
 * place and the values there are in the error. Infinities among the operands, as in masks, may be passed on. Meant for
 * debugging: it costs up to twice the time. PyTorch: `torch.autograd.detect_anomaly`, which looks for NaN in backward only.
 *
 * Errors: AnomalyError at the first such value; ArgumentError for a function that returns a promise.
 *
 * @example
 * ```ts
 * import { detectAnomaly, tensor } from '@tensortape/autograd';
 * const x = tensor([1, 0], { requiresGrad: true });
 * try {
 *   detectAnomaly(() => x.sqrt().sum().backward());
 * } catch (error) {
 *   console.log(String(error).split('\n')[0]);
 *   // AnomalyError: the backward of 'sqrt' made Infinity of finite values
 * }
 * ```
 */
export function detectAnomaly<T>(body: () => T): T {
  const before = detecting;
  detecting = true;
  try {
    return synchronous('detectAnomaly', body());
  } finally {
    detecting = before;
  }
}

/** A value that should not be there. */
interface Found {
  readonly value: number;
  readonly position: number;
  readonly count: number;
}

/** The first NaN, or else the first infinity, and how many elements are not finite. */
function firstNotFinite(x: Tensor): Found | null {
  const values = x.isContiguous ? x.storage.array : x.toTypedArray();
  const start = x.isContiguous ? x.offset : 0;
  let first = -1;
  let count = 0;
  for (let i = 0; i < x.size; i++) {
    const value = values[start + i]!;
    if (value - value === 0) continue;
    if (first < 0 || (Number.isNaN(value) && !Number.isNaN(values[start + first]!))) first = i;
    count++;
  }
  return first < 0 ? null : { value: values[start + first]!, position: first, count };
}

const has = (tensors: readonly (Tensor | null)[], suspicious: (value: number) => boolean): boolean =>
  tensors.some((x) => x !== null && isFloat(x.dtype) && x.toTypedArray().some(suspicious));

/** Whether a value could have come from these: NaN from NaN only, an infinity from either. */
function explains(tensors: readonly (Tensor | null)[], { value }: Found): boolean {
  return has(tensors, Number.isNaN(value) ? Number.isNaN : (v) => !Number.isFinite(v));
}

/** What the operands were: an infinity among them may be what NaN came from. */
function kindOfValues(tensors: readonly (Tensor | null)[]): string {
  return has(tensors, (value) => !Number.isFinite(value)) ? 'infinite values' : 'finite values';
}

/** Whether an option says it: a padding of -Infinity is no anomaly. */
function isGiven(attributes: unknown, { value }: Found): boolean {
  return (
    typeof attributes === 'object' &&
    attributes !== null &&
    Object.values(attributes).some((v) => Object.is(v, value))
  );
}

/**
 * @internal Looks at an operation that was just recorded: the first one to make NaN or an infinity of other values throws, and
 * so does one that is handed NaN from outside the tape.
 */
export function inspectForward(node: Node, inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
  calls.set(node, callHere(node.op.name));
  if (inRule) return;
  for (const output of outputs) {
    const found = isFloat(output.dtype) ? firstNotFinite(output) : null;
    if (found === null || isGiven(node.attributes, found)) continue;
    const isOutside = (k: number) => node.parents[k] === null || node.parents[k]!.variable !== null;
    const outside = inputs.findIndex((x, k) => isOutside(k) && explains([x], found));
    if (outside >= 0 && Number.isNaN(found.value)) {
      const operand = node.op.inputs[Math.min(outside, node.op.inputs.length - 1)];
      throw anomaly(`'${node.op.name}' was given NaN`, node, [
        `its input '${operand}' (shape ${formatShape(inputs[outside]!.shape)}) held NaN before it was recorded; look where it comes from`,
      ]);
    }
    if (explains(inputs, found)) continue;
    throw anomaly(`the forward of '${node.op.name}' made ${found.value} of ${kindOfValues(inputs)}`, node, [
      describe('its result', output, found),
      ...inputs.flatMap((x, k) => {
        const name = node.op.inputs[Math.min(k, node.op.inputs.length - 1)]!;
        return valueThere(`its input '${name}'`, x, output, found) ?? [];
      }),
    ]);
  }
}

/** The stack that leads here, deep enough to reach the user's line. */
function callHere(op: string): Error {
  const { stackTraceLimit } = stacks;
  stacks.stackTraceLimit = STACK_DEPTH;
  const call = new Error(`'${op}' was called`);
  stacks.stackTraceLimit = stackTraceLimit;
  return call;
}

/** Whether a rule runs: what it computes on the way is its own affair, and is judged by what it returns. */
let inRule = false;

/** @internal Runs a rule while anomalies are looked for. */
export function runWatched<T>(rule: () => T): T {
  const before = inRule;
  inRule = true;
  try {
    return rule();
  } finally {
    inRule = before;
  }
}

/** @internal Looks at what a hook returned in place of a cotangent. */
export function inspectHook(node: Node, cotangent: Tensor, replaced: Tensor): void {
  const found = firstNotFinite(replaced);
  if (found === null || explains([cotangent], found)) return;
  throw anomaly(
    `a hook on the result of '${node.op.name}' made ${found.value} of ${kindOfValues([cotangent])}`,
    node,
    [describe('the gradient that it returned', replaced, found)],
  );
}

/** @internal Looks at what a rule returned for input `index`: the first one to make NaN or an infinity of finite values throws. */
export function inspectBackward(node: Node, index: number, cotangents: Cotangents, g: Tensor): void {
  const found = firstNotFinite(g);
  if (found === null || explains([...cotangents, ...node.held.map((x) => x ?? null)], found)) return;
  const { name, inputs, saves } = node.op;
  const input = inputs[Math.min(index, inputs.length - 1)]!;
  const cotangent = cotangents[0] ?? null;
  const saved = saves.includes(input) ? node.saved(saves.indexOf(input)) : null;
  throw anomaly(
    `the backward of '${name}' made ${found.value} of ${kindOfValues([...cotangents, saved])}`,
    node,
    [
      describe(`the gradient of its input '${input}'`, g, found),
      ...((cotangent && valueThere('the cotangent of its result', cotangent, g, found)) ?? []),
      ...((saved && valueThere(`its input '${input}'`, saved, g, found)) ?? []),
      ...(cotangent && isZeroAt(cotangent, g, found) ? [unselected] : []),
    ],
  );
}

const unselected =
  'a cotangent of 0 there means that what follows, a where() or a mask, did not select this branch, and 0 times an infinite ' +
  'derivative is NaN: make the argument harmless first, as in where(ok, f(where(ok, x, 1)), y)';

function isZeroAt(x: Tensor, like: Tensor, { position }: Found): boolean {
  return sameShape(x.shape, like.shape) && x.toTypedArray()[position] === 0;
}

function describe(what: string, x: Tensor, { value, position, count }: Found): string {
  return `${what} (shape ${formatShape(x.shape)}) is ${value} at ${formatPosition(x.shape, position) || '[]'}; ${count} of ${x.size} elements are not finite`;
}

/** The value of an operand of the same shape at that place. */
function valueThere(what: string, x: Tensor, like: Tensor, { position }: Found): string[] | null {
  return sameShape(x.shape, like.shape) ? [`${what} is ${x.toTypedArray()[position]} there`] : null;
}

function anomaly(headline: string, node: Node, details: readonly string[]): AnomalyError {
  const call = calls.get(node);
  const line = call === undefined ? 'before anomalies were looked for' : callerOf(call);
  const text = [headline, ...details, `'${node.op.name}' was called ${line}`].join('\n  ');
  return new AnomalyError(text, { cause: call });
}

/** The folder of this package's siblings, as stack traces show it: `…/packages/` or `…/node_modules/@tensortape/`. */
function libraryFolder(): string | null {
  const { url } = import.meta;
  return URL.canParse('../../../', url) ? new URL('../../../', url).pathname : null;
}

/** The first line of a stack that is not the library's own. */
function callerOf({ stack = '' }: Error): string {
  const frames = stack.split('\n').filter((line) => line.trimStart().startsWith('at '));
  const library = libraryFolder();
  const own = (line: string) => {
    const at = library === null ? -1 : line.indexOf(library);
    return library !== null && at >= 0 && /^[^/]+\/(src|dist)\//.test(line.slice(at + library.length));
  };
  const frame = frames.find((line) => !own(line)) ?? frames[0];
  return frame === undefined ? 'at an unknown place' : frame.trim();
}

/** @internal Warns of a gradient that is added to an earlier one: legitimate, and the most frequent slip. */
export function warnOfAccumulation(leaf: Tensor): void {
  warn(
    'accumulation',
    `backward adds to a gradient that is there already (of a leaf of shape ${formatShape(leaf.shape)}): call zeroGrad() before each ` +
      'backward unless gradients of several are meant to be added',
  );
}
