import { path, positiveNumber, program, seed, wholeNumber } from '@tensortape/example-shared';

/** How the program is started, up to its options. */
export const command = 'npm run vae --';

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
    command,
    '--epochs 5',
    'Trains a variational autoencoder on digits and has it draw new ones.',
  )
    .option('--epochs <n>', 'passes over the training images', wholeNumber(1, 1_000_000), 5)
    .option('--batch <n>', 'images a step', wholeNumber(1, 1_000_000), 100)
    .option('--lr <x>', "Adam's learning rate", positiveNumber(0.001), 0.001)
    .option('--hidden <n>', 'hidden units on either side', wholeNumber(1, 10_000), 400)
    .option('--latent <n>', 'numbers that stand for a digit', wholeNumber(1, 1_000), 20)
    .option('--seed <n>', 'the same seed gives the same model, bit for bit', seed, 0)
    .option('--limit <n>', 'train on so many images only', wholeNumber(1, 1_000_000))
    .option(
      '--data <folder>',
      'where the MNIST files are (default: TENSORTAPE_DATA, or those downloaded)',
      path('folder'),
    )
    .option('--download', 'download MNIST (11 MB) where it is not found')
    .option('--out <folder>', 'where the pictures and the model go', path('folder'), 'runs/vae')
    .parse(args, { from: 'user' })
    .opts();
}
