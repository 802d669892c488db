import { duration, pauses, writeFiles } from '@tensortape/example-shared';
import { Figures } from './figures.ts';
import type { Scores } from './train.ts';

/** A picture as SVG text or PNG bytes. */
export type Picture = string | Uint8Array;

/** A part of a course: does what the assignment asks for, and puts its figures and pictures on the desk. */
export type Part = (desk: Desk) => void | Promise<void>;

/** What the program gives to a part. */
export class Desk {
  readonly figures = new Figures();
  /** The paths of the pictures drawn so far. */
  readonly pictures: string[] = [];
  /** The folder that holds MNIST and CIFAR-10, for long parts. */
  readonly data: string | undefined;
  readonly #out: string;
  readonly #pause: () => Promise<void>;

  constructor({ data, out, signal }: { data?: string | undefined; out: string; signal: AbortSignal }) {
    this.data = data;
    this.#out = out;
    this.#pause = pauses(signal);
  }

  /** Writes a picture into the output folder. */
  async draw(name: string, picture: Promise<Picture>): Promise<void> {
    this.pictures.push(...(await writeFiles(this.#out, { [name]: await picture })));
  }

  /** A line about what is going on. */
  say(line: string): void {
    console.log(line);
  }

  /** Runs a training to its end, shows now and then how far it is, and returns the scores before each of its steps. */
  async watch(name: string, training: Iterable<Scores>, steps: number): Promise<Scores[]> {
    const history: Scores[] = [];
    const start = performance.now();
    let shown = start;
    for (const scores of training) {
      history.push(scores);
      await this.#pause();
      const now = performance.now();
      if (now - shown < showEvery && history.length < steps) continue;
      if (now - start < showEvery) continue;
      shown = now;
      const done = `${history.length} of ${steps} steps`;
      this.say(`  ${name}: ${done}, loss ${scores.loss.toFixed(4)}, ${duration((now - start) / 1000)}`);
    }
    return history;
  }
}

/** Milliseconds between two lines about a training. */
const showEvery = 5_000;
