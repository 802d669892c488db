import { path, positiveNumber, program, seed, wholeNumber } from '@tensortape/example-shared';

/** How the program is started, up to its options. */
export const command = 'npm run transfer --';

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
    '--few 100',
    'Has a ConvNet that knows the digits 0 to 4 learn 5 to 9: only its head is trained.',
  )
    .option('--weights <file>', 'of a ConvNet, as PyTorch writes them (default: trained here)', path('file'))
    .option('--limit <n>', 'digits from 0 to 4 to train it on here', wholeNumber(1, 1_000_000), 2000)
    .option('--few <n>', 'digits from 5 to 9 that the head learns from', wholeNumber(1, 1_000_000), 250)
    .option('--epochs <n>', 'passes over them', wholeNumber(1, 1_000_000), 10)
    .option('--lr <x>', "Adam's learning rate to begin with; it falls to 0", positiveNumber(0.01), 0.01)
    .option('--seed <n>', 'the same seed gives the same model, bit for bit', seed, 0)
    .option(
      '--data <folder>',
      'where the MNIST files are (default: TENSORTAPE_DATA, or those downloaded)',
      path('folder'),
    )
    .option('--download', 'download MNIST (11 MB) where it is not found')
    .option('--out <folder>', 'where the weights go', path('folder'), 'runs/transfer')
    .parse(args, { from: 'user' })
    .opts();
}
