import { Tensor } from './core.ts';
import { ArgumentError } from './errors.ts';
import { kindOf } from './kind.ts';

/** Refuses what is not a tensor: programs in plain JavaScript pass lists and numbers. */
export function checkTensor(op: string, argument: string, value: unknown): asserts value is Tensor {
  if (value instanceof Tensor) return;
  const remedy =
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    Array.isArray(value) ||
    ArrayBuffer.isView(value)
      ? '; make one with tensor(…)'
      : '';
  throw new ArgumentError(`${op}: expected a tensor as ${argument}, got ${kindOf(value)}${remedy}`);
}

/** Refuses what is neither a tensor nor a number. */
export function checkOperand(op: string, argument: string, value: unknown): void {
  if (typeof value === 'number' || value instanceof Tensor) return;
  throw new ArgumentError(
    `${op}: expected a tensor or a number as ${argument}, got ${kindOf(value)}; make one with tensor(…)`,
  );
}

/** Refuses what is not a list with a tensor in each place. */
export function checkTensors(
  op: string,
  argument: string,
  value: unknown,
): asserts value is readonly Tensor[] {
  if (!Array.isArray(value)) {
    throw new ArgumentError(
      `${op}: expected a list of tensors as ${argument}, got ${kindOf(value)}; write ${op}([a, b])`,
    );
  }
  for (const [i, item] of value.entries()) checkTensor(op, `${argument}[${i}]`, item);
}

/** Refuses what is not a whole number, or less than `least`. */
export function checkWhole(
  op: string,
  argument: string,
  value: unknown,
  least = Number.NEGATIVE_INFINITY,
): asserts value is number {
  if (Number.isInteger(value) && (value as number) >= least) return;
  const bound = least === Number.NEGATIVE_INFINITY ? '' : ` >= ${least}`;
  const given = typeof value === 'number' ? String(value) : kindOf(value);
  throw new ArgumentError(`${op}: ${argument} must be a whole number${bound}, got ${given}`);
}

/** Refuses an options argument that is not an object, and names that it does not have. */
export function checkOptions(op: string, options: unknown, known: readonly string[]): void {
  const example = `{ ${known[0]}: … }`;
  if (
    typeof options !== 'object' ||
    options === null ||
    Array.isArray(options) ||
    options instanceof Tensor
  ) {
    throw new ArgumentError(
      `${op}: expected an object of options such as ${example}, got ${kindOf(options)}`,
    );
  }
  for (const name in options) {
    if (!known.includes(name)) {
      throw new ArgumentError(`${op}: unknown option '${name}'; known are ${known.join(', ')}`);
    }
  }
}
