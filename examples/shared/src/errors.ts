import { setImmediate } from 'node:timers/promises';

/** Something that the user can put right: the message says what is wrong and what to do, and no stack is shown. */
export class UserError extends Error {
  override readonly name = 'UserError';
}

/** The user, or the system, asked the program to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  /** What the program's exit code should be: 128 and the signal's number. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('interrupted; no file is left half-written');
    this.exitCode = exitCode;
  }
}

/**
 * Takes Ctrl-C from the system, which would end the program at once, and hands it to the program as a signal that is
 * aborted with {@link Interrupted}. Pressed again, Ctrl-C ends the program where it is.
 */
export function interruptSignal(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort(new Interrupted(130)));
  process.once('SIGTERM', () => controller.abort(new Interrupted(143)));
  return controller.signal;
}

/** What a loop that computes awaits between its steps: now and then lets Ctrl-C and timers come through, which wait meanwhile. */
export function pauses(signal: AbortSignal): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < 50) return;
    await setImmediate();
    signal.throwIfAborted();
    last = performance.now();
  };
}
