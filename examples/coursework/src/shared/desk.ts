import { join } from 'node:path';
import { pauses, writeFiles } from '@tensortape/example-shared';
import { type Picture, savePicture } from '@tensortape/plot';
import { Progress } from 'tensortape/node';
import { Figures } from './figures.ts';
import type { Scores } from './train.ts';

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

  /** Writes a picture, as SVG or PNG as its name ends, into the output folder. */
  async draw(name: string, picture: Picture | string): Promise<void> {
    const path = join(this.#out, name);
    if (typeof picture === 'string') await writeFiles(this.#out, { [name]: picture });
    else await savePicture(path, picture);
    this.pictures.push(path);
  }

  /** A line about what is going on. */
  say(line: string): void {
    console.log(line);
  }

  /** Runs a training to its end, shows now and then how far it is, and returns the scores before each of its steps. */
  async watch(name: string, training: Iterable<Scores>, steps: number): Promise<Scores[]> {
    const history: Scores[] = [];
    const progress = new Progress({ total: steps, label: `  ${name}` });
    try {
      for (const scores of training) {
        history.push(scores);
        progress.update(history.length, `loss ${scores.loss.toFixed(4)}`);
        await this.#pause();
      }
    } finally {
      progress.stop();
    }
    return history;
  }
}
