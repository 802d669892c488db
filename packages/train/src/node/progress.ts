import { ArgumentError } from '@tensortape/autograd';
import { SingleBar } from 'cli-progress';

/** Where a {@link Progress} is written: `process.stdout`, a file, or anything of their kind. */
export interface ProgressStream extends NodeJS.WritableStream {
  /** Whether it is a terminal. */
  readonly isTTY?: boolean;
  /** How many characters a line of the terminal has. */
  readonly columns?: number;
}

/** Options of {@link Progress} and {@link track}. */
export interface ProgressOptions {
  /** How many steps there are. */
  readonly total: number;
  /** What stands before the bar. */
  readonly label?: string;
  /** What is counted: 'step' unless given. */
  readonly unit?: string;
  /** Whether to say how long the rest will take at the pace so far; true unless given. */
  readonly timeLeft?: boolean;
  /** Where to write; `process.stdout` unless given. */
  readonly stream?: ProgressStream;
}

/** Within how many milliseconds there is at most one line: a log file is read while it grows, and logs of CI are kept. */
const [logEvery, ciEvery] = [5_000, 30_000];

/**
 * Shows how far a long work is: a bar in a terminal, a line each 5 seconds in a log file, each 30 where the variable CI is set. A
 * bar goes when it is stopped, so that nothing of it stays between the lines of a report.
 *
 * @example
 * ```ts
 * import { Progress } from '@tensortape/train/node';
 *
 * const progress = new Progress({ total: 3, label: 'Epoch 1/5' });
 * for (let step = 1; step <= 3; step++) progress.update(step, 'loss 0.25');
 * progress.stop();
 * ```
 */
export class Progress {
  readonly #total: number;
  readonly #label: string;
  readonly #unit: string;
  readonly #timeLeft: boolean;
  readonly #stream: ProgressStream;
  readonly #bar: SingleBar | undefined;
  /** How many characters fit behind the bar: a line that wraps could not be taken away again. */
  readonly #room: number = 0;
  readonly #every: number;
  readonly #start = performance.now();
  #lastLine = this.#start;

  /**
   * @param options See {@link ProgressOptions}.
   * @throws ArgumentError for a total that is no whole number >= 0.
   */
  constructor({
    total,
    label = '',
    unit = 'step',
    timeLeft = true,
    stream = process.stdout,
  }: ProgressOptions) {
    if (!Number.isSafeInteger(total) || total < 0) {
      throw new ArgumentError(`Progress: total must be a whole number >= 0, got ${total}`);
    }
    this.#total = total;
    this.#label = label;
    this.#unit = unit;
    this.#timeLeft = timeLeft;
    this.#stream = stream;
    const inCi = Boolean(process.env['CI']);
    this.#every = inCi ? ciEvery : logEvery;
    if (!stream.isTTY || inCi || process.env['TERM'] === 'dumb') return;
    const columns = stream.columns ?? 80;
    const barsize = Math.max(8, Math.min(24, columns - 76));
    this.#room = Math.max(0, columns - label.length - barsize - '    100 %  '.length);
    this.#bar = new SingleBar({
      stream,
      format: `${label === '' ? '' : '{label}  '}{bar} {percentage} %  {text}`,
      barCompleteChar: '━',
      barIncompleteChar: '─',
      barsize,
      autopadding: true,
      clearOnComplete: true,
      // Ctrl-C is the program's: nothing here may need to be put right when it ends at once.
      gracefulExit: false,
      hideCursor: false,
      linewrap: true,
    });
    this.#bar.start(total, 0, { label, text: '' });
  }

  /**
   * Says how far the work is.
   *
   * @param done How many steps are done.
   * @param text What to say of them.
   */
  update(done: number, text = ''): void {
    if (this.#bar) {
      this.#bar.update(done, { text: this.#join(text, this.#rest(done)).slice(0, this.#room) });
      return;
    }
    const now = performance.now();
    if (now - this.#lastLine < this.#every) return;
    this.#lastLine = now;
    const count = `${this.#unit} ${done} of ${this.#total}`;
    this.#stream.write(`${this.#join(this.#label, count, text, this.#rest(done))}\n`);
  }

  /** Takes the bar away; a bar that is not stopped keeps the program alive. May be called twice. */
  stop(): void {
    this.#bar?.stop();
  }

  #join(...parts: string[]): string {
    return parts.filter((part) => part !== '').join('  ');
  }

  #rest(done: number): string {
    if (!this.#timeLeft || done === 0) return '';
    const seconds = (performance.now() - this.#start) / 1000;
    return `${formatDuration((seconds / done) * (this.#total - done))} left`;
  }
}

/**
 * The items of a list or a loader, with a {@link Progress} that counts them.
 *
 * @param items What to go through; where it has no `length`, `total` says how many there are.
 * @param options See {@link ProgressOptions}.
 * @throws ArgumentError without a length and a total.
 *
 * @example
 * ```ts
 * import { track } from '@tensortape/train/node';
 *
 * let sum = 0;
 * for (const item of track([1, 2, 3], { label: 'adding' })) sum += item;
 * console.log(sum); // 6
 * ```
 */
export function* track<T>(
  items: Iterable<T> & { readonly length?: number },
  options: Partial<ProgressOptions> = {},
): Generator<T, void, undefined> {
  const total = options.total ?? items.length;
  if (total === undefined) {
    throw new ArgumentError('track: the items have no length; pass total, how many there are');
  }
  const progress = new Progress({ ...options, total });
  try {
    let done = 0;
    for (const item of items) {
      yield item;
      progress.update(++done);
    }
  } finally {
    progress.stop();
  }
}

/**
 * Seconds as `4.2 s`, `42 s`, `3 min 07 s` or `2 h 05 min`.
 *
 * @example
 * ```ts
 * import { formatDuration } from '@tensortape/train/node';
 *
 * console.log(formatDuration(187)); // 3 min 07 s
 * ```
 */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (rounded < 3600) return `${Math.floor(rounded / 60)} min ${two(rounded % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}
