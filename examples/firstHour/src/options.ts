import { path, program, seed, wholeNumber } from '@tensortape/example-shared';

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
    'npm run firstHour --',
    '--degree 3',
    'Polynomial and logistic regression: the first two programs to read.',
  )
    .option('--degree <n>', 'of the polynomial', wholeNumber(0, 12), 5)
    .option('--steps <n>', 'steps of gradient descent', wholeNumber(1, 1_000_000), 2000)
    .option('--seed <n>', 'of the points and the first weights', seed, 0)
    .option('--out <folder>', 'where the pictures go', path('folder'), 'runs/first-hour')
    .parse(args, { from: 'user' })
    .opts();
}
