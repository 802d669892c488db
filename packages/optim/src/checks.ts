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
