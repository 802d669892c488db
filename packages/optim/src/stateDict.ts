import { formatShape, sameShape, Tensor } from '@tensortape/autograd';
import type { Memory } from './optimizer.ts';

/** `weightDecay` as `weight_decay`: PyTorch's spelling of an option or a state. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** An object with its names in PyTorch's spelling. */
export function spelled<T>(values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [snakeCase(name), value]));
}

/**
 * The state of an optimizer in PyTorch's layout, under PyTorch's names (`momentum_buffer`, `weight_decay`). Parameters
 * are numbered through all groups.
 */
export interface OptimizerStateDict {
  /** What is remembered of each parameter, by number; those that have had no gradient yet are missing. */
  readonly state: Readonly<Record<number, Readonly<Record<string, unknown>>>>;
  /** The options of each group, and the numbers of its parameters under `params`. */
  readonly param_groups: readonly Readonly<Record<string, unknown>>[];
}

/** The numbers of the parameters of a saved group. */
export function numbersOf({ params }: Readonly<Record<string, unknown>>): unknown[] {
  return Array.isArray(params) ? params : [];
}

/** The saved values of the options called `names`, under the keys that `keyOf` gives; those in `optional` may be missing. */
export function readOptions(
  where: string,
  names: readonly string[],
  optional: readonly string[],
  saved: Readonly<Record<string, unknown>>,
  problems: string[],
  keyOf: (name: string) => string = snakeCase,
): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const name of [...names, ...optional]) {
    const key = keyOf(name);
    if (Object.hasOwn(saved, key)) options[name] = saved[key];
    else if (names.includes(name))
      problems.push(`${where}: '${key}' is missing; was it saved by another optimizer?`);
  }
  return structuredClone(options);
}

/**
 * Fills `state`, as it is before the first step, with saved values: tensors are copied in the dtype that they have there.
 * What is remembered in lists needs a reader of its own.
 */
export function readState<State extends Memory>(
  where: string,
  state: State,
  saved: Readonly<Record<string, unknown>>,
  problems: string[],
): State {
  const names = Object.keys(state);
  const keys = names.map(snakeCase);
  // PyTorch leaves null where there is nothing to remember.
  const surplus = Object.keys(saved).filter((key) => !keys.includes(key) && saved[key] !== null);
  if (surplus.length > 0) {
    problems.push(`${where}: expected ${keys.join(', ') || 'nothing'}, got also ${surplus.join(', ')}`);
  }
  const values: Record<string, Tensor | number> = {};
  for (const [i, name] of names.entries()) {
    const expected = state[name]!;
    if (typeof expected !== 'number' && !(expected instanceof Tensor)) continue;
    const value = readValue(`${where}.${keys[i]}`, expected, saved[keys[i]!], problems);
    if (value !== null) values[name] = value;
  }
  return Object.assign(state, values);
}

/** A saved number, or a copy of a saved tensor that has the shape and takes the dtype of `expected`; null with a problem. */
export function readValue(where: string, expected: Tensor, value: unknown, problems: string[]): Tensor | null;
export function readValue(where: string, expected: number, value: unknown, problems: string[]): number | null;
export function readValue(
  where: string,
  expected: Tensor | number,
  value: unknown,
  problems: string[],
): Tensor | number | null;
export function readValue(
  where: string,
  expected: Tensor | number,
  value: unknown,
  problems: string[],
): Tensor | number | null {
  if (expected instanceof Tensor) {
    if (value instanceof Tensor && sameShape(value.shape, expected.shape)) {
      return value.detach().to(expected.dtype).clone();
    }
    const got = value instanceof Tensor ? formatShape(value.shape) : describe(value);
    problems.push(`${where}: expected a tensor of shape ${formatShape(expected.shape)}, got ${got}`);
    return null;
  }
  const number = value instanceof Tensor && value.size === 1 ? value.item() : value;
  if (typeof number === 'number') return number;
  problems.push(`${where}: expected a number, got ${describe(value)}`);
  return null;
}

/** What a saved value is, in words. */
export function describe(value: unknown): string {
  if (value instanceof Tensor) return `a tensor of shape ${formatShape(value.shape)}`;
  return value === undefined ? 'nothing' : value === null ? 'null' : `a ${typeof value}`;
}
