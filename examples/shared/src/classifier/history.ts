import { type Scores, Tally } from './train.ts';

/** Scores at a moment of the training, counted in epochs: 1.5 is half-way through the second. */
export interface Moment extends Scores {
  epoch: number;
}

/** One epoch: the mean scores on its training batches as they came, and those on the validation images at its end. */
export interface EpochRecord {
  epoch: number;
  seconds: number;
  imagesPerSecond: number;
  training: Scores;
  validation: Scores;
}

/** How many epochs a training takes, and how many steps each of them. */
export interface Plan {
  epochs: number;
  steps: number;
}

/** How a training goes: where it stands, and its scores so far. */
export class History {
  readonly plan: Plan;
  /** The epochs that are over. */
  readonly epochs: EpochRecord[] = [];
  /** The training scores in between, each the mean over about a hundredth of the training. */
  readonly moments: Moment[] = [];
  /** The scores of the running epoch. */
  running = new Tally();
  /** The steps taken in the running epoch. */
  step = 0;
  #recent = new Tally();
  readonly #start = performance.now();
  #epochStart = 0;

  constructor(plan: Plan) {
    this.plan = plan;
  }

  /** The running epoch, from 1 on. */
  get epoch(): number {
    return this.epochs.length + 1;
  }

  startEpoch(): void {
    this.running = new Tally();
    this.step = 0;
    this.#epochStart = performance.now();
  }

  /** Adds the scores of the next step. */
  add(batch: Tally): void {
    this.step++;
    this.running.add(batch);
    this.#recent.add(batch);
    const { epochs, steps } = this.plan;
    if (this.#stepsDone % Math.ceil((epochs * steps) / 100) === 0) {
      this.moments.push({ epoch: this.#stepsDone / steps, ...this.#recent.scores });
      this.#recent = new Tally();
    }
  }

  endEpoch(validation: Scores): EpochRecord {
    const record = {
      epoch: this.epoch,
      seconds: this.#epochSeconds,
      imagesPerSecond: this.imagesPerSecond,
      training: this.running.scores,
      validation,
    };
    this.epochs.push(record);
    return record;
  }

  /** The speed of the running epoch. */
  get imagesPerSecond(): number {
    return this.running.images / this.#epochSeconds;
  }

  /** How long the rest of the training will take at the pace so far. */
  get secondsLeft(): number {
    const { epochs, steps } = this.plan;
    const seconds = (performance.now() - this.#start) / 1000;
    return (seconds / this.#stepsDone) * (epochs * steps - this.#stepsDone);
  }

  get #stepsDone(): number {
    return this.epochs.length * this.plan.steps + this.step;
  }

  get #epochSeconds(): number {
    return (performance.now() - this.#epochStart) / 1000;
  }
}
