import { path, positiveNumber, program, seed, wholeNumber } from '@tensortape/example-shared';

/** How the program is started, up to its options. */
export const command = 'npm run cifar10 --';

/** What the command line asks for; `--help` shows each. */
export type Options = ReturnType<typeof parseOptions>;

/**
 * Reads the command line.
 *
 * @param args The words after the program's name.
 * @throws CommanderError after printing what is wrong and what to do (`exitCode` 1), or the help (`exitCode` 0).
 */
export function parseOptions(args: readonly string[]) {
  return program(command, '--epochs 5', 'Trains a small ConvNet on the photographs of CIFAR-10.')
    .option('--epochs <n>', 'passes over the training images', wholeNumber(1, 1_000_000), 10)
    .option('--batch <n>', 'images a step', wholeNumber(2, 1_000_000), 100)
    .option('--lr <x>', "Adam's learning rate to begin with; it falls to 0", positiveNumber(0.003), 0.003)
    .option('--channels <n>', 'of the first stage; each has twice as many', wholeNumber(1, 1_000), 16)
    .option('--no-augment', 'neither crop nor flip the training images')
    .option('--seed <n>', 'the same seed gives the same model, bit for bit', seed, 0)
    .option('--limit <n>', 'train on so many images only', wholeNumber(2, 1_000_000))
    .option(
      '--data <folder>',
      'where the CIFAR-10 files are (default: TENSORTAPE_DATA, or those downloaded)',
      path('folder'),
    )
    .option('--download', 'download CIFAR-10 (170 MB) where it is not found')
    .option('--out <folder>', 'where the pictures and the model go', path('folder'), 'runs/cifar10')
    .parse(args, { from: 'user' })
    .opts();
}
