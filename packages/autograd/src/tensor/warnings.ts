import { ArgumentError } from './errors.ts';

/**
 * What warnings are about: `accumulation` of gradients over several backward calls (while anomalies are looked for), and
 * reading the `grad` of a `nonLeaf`.
 */
export type WarningKind = 'accumulation' | 'nonLeaf';

/** Receives warnings. */
export type WarningHandler = (message: string, kind: WarningKind) => void;

const print: WarningHandler = (message) => console.warn(`tensortape: ${message}`);

let handler: WarningHandler | null = print;
const given = new Set<WarningKind>();

/**
 * Where warnings go: to the console (`'on'`, as at start), nowhere (`'off'`), or to a function. Each kind is given once, and once
 * again after this call. PyTorch: Python's `warnings.filterwarnings`.
 *
 * @example
 * ```ts
 * import { setWarnings, tensor } from '@tensortape/autograd';
 * const seen: string[] = [];
 * setWarnings((message, kind) => seen.push(kind));
 * const y = tensor(2, { requiresGrad: true }).square();
 * console.log(y.grad, seen); // null [ 'nonLeaf' ]
 * setWarnings('on');
 * ```
 */
export function setWarnings(where: 'on' | 'off' | WarningHandler): void {
  if (where !== 'on' && where !== 'off' && typeof where !== 'function') {
    throw new ArgumentError(`setWarnings: expected 'on', 'off' or a function, got ${String(where)}`);
  }
  handler = where === 'on' ? print : where === 'off' ? null : where;
  given.clear();
}

/** Gives a warning of a kind that has not been given yet. */
export function warn(kind: WarningKind, message: string): void {
  if (handler === null || given.has(kind)) return;
  given.add(kind);
  handler(`${message} (setWarnings('off') silences warnings)`, kind);
}
