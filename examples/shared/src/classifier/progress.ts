import { Progress as Bar, type ProgressStream } from 'tensortape/node';
import { duration, number, percent } from '../format.ts';
import type { EpochRecord, History, Plan } from './history.ts';
import type { Scores } from './train.ts';

/** Shows how a training goes: a bar in a terminal, a line now and then in a log file or in CI; a line for each epoch. */
export class Progress {
  readonly #plan: Plan;
  readonly #stream: ProgressStream;
  #bar: Bar | undefined;

  /** @param stream Where to write. */
  constructor(plan: Plan, stream: ProgressStream = process.stdout) {
    this.#plan = plan;
    this.#stream = stream;
  }

  startEpoch({ epoch }: History): void {
    const [total, label] = [this.#plan.steps, this.#nameOf(epoch)];
    // The time left is that of the whole training.
    this.#bar = new Bar({ total, label, timeLeft: false, stream: this.#stream });
  }

  step(history: History): void {
    this.#bar?.update(history.step, stateOf(history));
  }

  endEpoch({ epoch, seconds, imagesPerSecond, training, validation }: EpochRecord): void {
    this.stop();
    this.#stream.write(
      `${this.#nameOf(epoch)}  training ${show(training)}  validation ${show(validation)}  ` +
        `${duration(seconds)}, ${number(imagesPerSecond)} images/s\n`,
    );
  }

  /** Takes the bar away. */
  stop(): void {
    this.#bar?.stop();
  }

  #nameOf(epoch: number): string {
    const { epochs } = this.#plan;
    return `Epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
  }
}

const show = ({ loss, accuracy }: Scores) => `loss ${loss.toFixed(3)} accuracy ${percent(accuracy)}`;

const stateOf = ({ running, imagesPerSecond, secondsLeft }: History) =>
  `${show(running.scores)}  ${number(imagesPerSecond)} images/s  ${duration(secondsLeft)} left`;
