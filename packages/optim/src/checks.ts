import { ArgumentError } from '@tensortape/autograd';

/** Refuses an option that is not a finite number >= 0. */
export function checkNotNegative(owner: string, name: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0 && Number.isFinite(value))) {
    throw new ArgumentError(`${owner}: ${name} must be a finite number >= 0, got ${value}`);
  }
}

/** Refuses an option that is not a finite number. */
export function checkFinite(owner: string, name: string, value: unknown): void {
  if (!Number.isFinite(value))
    throw new ArgumentError(`${owner}: ${name} must be a finite number, got ${value}`);
}

/** Refuses an option that is not a number in [0, 1). */
export function checkFraction(owner: string, name: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0 && value < 1)) {
    throw new ArgumentError(`${owner}: ${name} must be a number >= 0 and < 1, got ${value}`);
  }
}

/** Refuses an option that is not true or false. */
export function checkFlag(owner: string, name: string, value: unknown): void {
  if (typeof value !== 'boolean')
    throw new ArgumentError(`${owner}: ${name} must be true or false, got ${value}`);
}

/** Refuses an option that is not a finite number > 0. */
export function checkPositive(owner: string, name: string, value: unknown): void {
  if (!(typeof value === 'number' && value > 0 && Number.isFinite(value))) {
    throw new ArgumentError(`${owner}: ${name} must be a finite number > 0, got ${value}`);
  }
}

/** Refuses an option that is not a number in [0, 1]. */
export function checkShare(owner: string, name: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0 && value <= 1)) {
    throw new ArgumentError(`${owner}: ${name} must be a number >= 0 and <= 1, got ${value}`);
  }
}

/** Refuses an option that is not a whole number >= `least`. */
export function checkCount(owner: string, name: string, value: unknown, least: number): void {
  if (!(Number.isInteger(value) && Number(value) >= least)) {
    throw new ArgumentError(`${owner}: ${name} must be a whole number >= ${least}, got ${value}`);
  }
}

/** Refuses an option that is none of `choices`. */
export function checkChoice(owner: string, name: string, value: unknown, choices: readonly unknown[]): void {
  if (!choices.includes(value)) {
    const known = choices.map((choice) => (typeof choice === 'string' ? `'${choice}'` : String(choice)));
    throw new ArgumentError(`${owner}: ${name} must be ${known.join(' or ')}, got ${value}`);
  }
}

/** Refuses an option that is not a list of `length` finite numbers. */
export function checkNumbers(
  owner: string,
  name: string,
  value: unknown,
  length: number,
): asserts value is number[] {
  if (!Array.isArray(value) || value.length !== length || !value.every(Number.isFinite)) {
    throw new ArgumentError(`${owner}: ${name} must be ${length} finite numbers, got ${value}`);
  }
}

/** Refuses shares of averages that are kept, unless they are two numbers in [0, 1). */
export function checkBetas(owner: string, betas: unknown): void {
  if (!Array.isArray(betas) || betas.length !== 2) {
    throw new ArgumentError(`${owner}: betas must be two numbers, got ${betas}`);
  }
  checkFraction(owner, 'betas[0]', betas[0]);
  checkFraction(owner, 'betas[1]', betas[1]);
}
