import { datasets, Generator, type Tensor } from 'tensortape';
import { findMnist, mnist, mnistCacheFolder } from 'tensortape/node';
import { UserError } from './errors.ts';

/** Digits with their labels: grey levels from 0 to 1 in rows of 784, labels 0 to 9. */
export type Digits = datasets.Dataset<[image: Tensor, label: Tensor]>;

/** What to train on, what to watch the training by, and what to judge the result by. */
export interface DigitSets {
  /** `MNIST` or `generated digits`. */
  name: string;
  training: Digits;
  validation: Digits;
  test: Digits;
}

/** Which digits to load. */
interface Source {
  /** The folder of MNIST's files. */
  data?: string;
  /** Whether to download them where they are not found. */
  download?: true;
  /** Train on so many only. */
  limit?: number;
  /** Of the split into training and validation. */
  seed: number;
}

/**
 * MNIST from where the options say, or from where it is found; generated digits otherwise.
 *
 * @param command What starts the program, for advice: `npm start --`.
 * @param say Is told which of them, before anything takes time.
 */
export async function loadDigits(
  source: Source,
  command: string,
  say: (line: string) => void,
): Promise<DigitSets> {
  const { data: folder, download = false, limit } = source;
  const where = folder === undefined ? {} : { folder };
  const found = (await findMnist(where)) && (await findMnist({ ...where, split: 'test' }));
  if (found !== undefined || download) {
    say(found ? `MNIST from ${found}` : `MNIST, downloaded (11 MB) to ${folder ?? mnistCacheFolder()}`);
    return splitMnist({ ...where, download }, source);
  }
  if (folder !== undefined) {
    throw new UserError(
      `--data: no MNIST in ${folder}, which should hold train-images-idx3-ubyte, train-labels-idx1-ubyte, ` +
        't10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, plain or .gz. Give the folder that does, ' +
        'add --download to fetch them into this one, or leave --data out to use generated digits.',
    );
  }
  const searched = [process.env['TENSORTAPE_DATA'], mnistCacheFolder()].filter(Boolean).join(' or ');
  say(
    `generated digits, as there is no MNIST in ${searched}\n` +
      `For the real ones: ${command} --download (11 MB, once), or --data <folder> with the files`,
  );
  const digits = (count: number, seed: number) => datasets.generatedDigits({ count, seed, flatten: true });
  return {
    name: 'generated digits',
    training: digits(limit ?? 20_000, 1),
    validation: digits(2_000, 2),
    test: digits(2_000, 3),
  };
}

async function splitMnist(
  source: { folder?: string; download: boolean },
  { seed, limit = Infinity }: Source,
): Promise<DigitSets> {
  const all = await mnist({ ...source, flatten: true });
  const test = await mnist({ ...source, split: 'test', flatten: true });
  const [training, validation] = datasets.randomSplit(all, [all.length - 5_000, 5_000], {
    generator: new Generator(seed),
  });
  const limited = new datasets.Subset(
    training,
    Array.from({ length: Math.min(limit, training.length) }, (_, i) => i),
  );
  return { name: 'MNIST', training: limited, validation, test };
}
