import { duration, number, percent } from '@tensortape/example-shared';
import { SingleBar } from 'cli-progress';
import type { EpochRecord, History, Plan } from './history.ts';
import type { Scores } from './train.ts';

/** How often a log that is no terminal gets a line within an epoch, in milliseconds. */
const logEvery = 5_000;

/** Shows how a training goes: a bar in a terminal, a line now and then in a log file or in CI; a line for each epoch. */
export class Progress {
  readonly #plan: Plan;
  readonly #stream: NodeJS.WritableStream;
  readonly #bar: SingleBar | undefined;
  #lastLine = 0;

  /** @param stream Where to write. */
  constructor(
    plan: Plan,
    stream: NodeJS.WritableStream & { isTTY?: boolean; columns?: number } = process.stdout,
  ) {
    this.#plan = plan;
    this.#stream = stream;
    if (!stream.isTTY || process.env['CI'] || process.env['TERM'] === 'dumb') return;
    this.#bar = new SingleBar({
      stream,
      format: '{epoch}  {bar} {percentage} %  {text}',
      barCompleteChar: '━',
      barIncompleteChar: '─',
      barsize: Math.max(8, Math.min(24, (stream.columns ?? 80) - 76)),
      autopadding: true,
      hideCursor: true,
      clearOnComplete: true,
    });
  }

  startEpoch({ epoch }: History): void {
    this.#lastLine = performance.now();
    this.#bar?.start(this.#plan.steps, 0, { epoch: this.#nameOf(epoch), text: '' });
  }

  step(history: History): void {
    if (this.#bar) {
      this.#bar.update(history.step, { text: stateOf(history) });
    } else if (performance.now() - this.#lastLine >= logEvery) {
      this.#lastLine = performance.now();
      const { epoch, step } = history;
      this.#write(`${this.#nameOf(epoch)}  step ${step} of ${this.#plan.steps}  ${stateOf(history)}`);
    }
  }

  endEpoch({ epoch, seconds, imagesPerSecond, training, validation }: EpochRecord): void {
    this.stop();
    this.#write(
      `${this.#nameOf(epoch)}  training ${show(training)}  validation ${show(validation)}  ` +
        `${duration(seconds)}, ${number(imagesPerSecond)} images/s`,
    );
  }

  /** Takes the bar away and gives the terminal its cursor back. */
  stop(): void {
    this.#bar?.stop();
  }

  #nameOf(epoch: number): string {
    const { epochs } = this.#plan;
    return `Epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
  }

  #write(line: string): void {
    this.#stream.write(`${line}\n`);
  }
}

const show = ({ loss, accuracy }: Scores) => `loss ${loss.toFixed(3)} accuracy ${percent(accuracy)}`;

const stateOf = ({ running, imagesPerSecond, secondsLeft }: History) =>
  `${show(running.scores)}  ${number(imagesPerSecond)} images/s  ${duration(secondsLeft)} left`;
