import { Option } from '@commander-js/extra-typings';
import { path, positiveNumber, program, seed, wholeNumber } from '@tensortape/example-shared';

/** What the command line asks for; `--help` shows each. */
export type Options = ReturnType<typeof parseOptions>;

/**
 * Reads the command line.
 *
 * @param args The words after the program's name.
 * @throws CommanderError after printing what is wrong and what to do (`exitCode` 1), or the help (`exitCode` 0).
 */
export function parseOptions(args: readonly string[]) {
  return program(
    'npm run boundaries --',
    '--points moons',
    'Watches a small network learn to tell points of the plane apart.',
  )
    .addOption(
      new Option('--points <name>', 'two half circles, or three spirals')
        .choices(['moons', 'spirals'] as const)
        .default('spirals' as const),
    )
    .option('--steps <n>', 'steps, each with all points', wholeNumber(5, 1_000_000), 500)
    .option('--lr <x>', "Adam's learning rate", positiveNumber(0.01), 0.01)
    .option('--hidden <n>', 'units in each of the two hidden layers', wholeNumber(1, 10_000), 32)
    .option('--seed <n>', 'of the points and the first weights', seed, 0)
    .option('--out <folder>', 'where the pictures go', path('folder'), 'runs/boundaries')
    .parse(args, { from: 'user' })
    .opts();
}
