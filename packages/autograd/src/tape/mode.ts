import { ArgumentError } from '../tensor/errors.ts';

let recording = true;

/** Whether operations on tracked tensors are being recorded. */
export function isGradEnabled(): boolean {
  return recording;
}

/** Switches recording on or off until it is switched again; `noGrad` and `enableGrad` restore it by themselves. */
export function setGradEnabled(enabled: boolean): void {
  recording = enabled;
}

/** @internal Runs `body` with recording on or off, and restores the mode even when it throws. */
export function withGradMode<T>(enabled: boolean, body: () => T): T {
  const before = recording;
  recording = enabled;
  try {
    return body();
  } finally {
    recording = before;
  }
}

/**
 * Runs a synchronous function without recording, and returns its result.
 *
 * Errors: a function that returns a promise is refused, since the mode would be restored before its work is done.
 *
 * @example
 * ```ts
 * import { noGrad, tensor } from '@tensortape/autograd';
 * const w = tensor([1, 2], { requiresGrad: true });
 * console.log(noGrad(() => w.mul(2)).requiresGrad); // false
 * ```
 */
export function noGrad<T>(body: () => T): T {
  return synchronous('noGrad', withGradMode(false, body));
}

/**
 * Runs a synchronous function with recording on, also inside `noGrad`, and returns its result.
 *
 * @example
 * ```ts
 * import { enableGrad, noGrad, tensor } from '@tensortape/autograd';
 * const w = tensor([1, 2], { requiresGrad: true });
 * console.log(noGrad(() => enableGrad(() => w.mul(2))).requiresGrad); // true
 * ```
 */
export function enableGrad<T>(body: () => T): T {
  return synchronous('enableGrad', withGradMode(true, body));
}

/** @internal The result of a function that must not be a promise. */
export function synchronous<T>(name: string, result: T): T {
  if (result instanceof Promise) {
    throw new ArgumentError(
      `${name}: the function returned a promise, but the mode lasts only while it runs; wrap the synchronous parts between the awaits`,
    );
  }
  return result;
}
