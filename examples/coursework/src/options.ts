import { Argument } from '@commander-js/extra-typings';
import { path, program } from '@tensortape/example-shared';
import { courses, type Letter } from './courses.ts';

/** What the command line asks for; `--help` shows each. */
export interface Options {
  letters: readonly Letter[];
  /** Whether the parts that train on whole sets run, too. */
  long: boolean;
  /** The folder with MNIST and CIFAR-10. */
  data: string | undefined;
  out: string;
}

const letters = Object.keys(courses) as Letter[];

/**
 * Reads the command line.
 *
 * @param args The words after the program's name.
 * @throws CommanderError after printing what is wrong and what to do (`exitCode` 1), or the help (`exitCode` 0).
 */
export function parseOptions(args: readonly string[]): Options {
  const parsed = program('npm run coursework --', 'a --long', description)
    .addArgument(new Argument('[courses...]', 'which of them').choices([...letters, 'all'] as const))
    .action(() => {})
    .option('--long', 'the long parts, too: they train on MNIST and CIFAR-10')
    .option('--data <folder>', 'where MNIST and CIFAR-10 are (default: TENSORTAPE_DATA)', path('folder'))
    .option('--out <folder>', 'where the pictures go', path('folder'), 'runs/coursework')
    .parse(args, { from: 'user' });
  const { long = false, data = process.env['TENSORTAPE_DATA'], out } = parsed.opts();
  const [asked] = parsed.processedArgs;
  const all = asked.length === 0 || asked.includes('all');
  return { letters: letters.filter((letter) => all || asked.includes(letter)), long, data, out };
}

const description = 'Works the assignments of five courses, each published figure beside ours.';
