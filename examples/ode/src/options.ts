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
    'npm run ode --',
    '--noise 0.2',
    'Finds the parameters of a differential equation with gradients through its solver.',
  )
    .option('--steps <n>', 'steps of L-BFGS', wholeNumber(1, 1_000_000), 25)
    .option('--noise <x>', 'error of each count, as a share of it', positiveNumber(0.1), 0.1)
    .option('--seed <n>', 'of the errors', seed, 0)
    .option('--out <folder>', 'where the picture goes', path('folder'), 'runs/ode')
    .parse(args, { from: 'user' })
    .opts();
}
