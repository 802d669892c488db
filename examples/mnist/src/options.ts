import { Option } from '@commander-js/extra-typings';
import { path, positiveNumber, program, seed, wholeNumber } from '@tensortape/example-shared';

/** Adam's learning rate to begin with. */
export const defaultLr = 0.003;

/** How the program is started, up to its options. */
export const command = 'npm start --';

/** What the command line asks for; `--help` shows each. */
export type Options = ReturnType<typeof parseOptions>;

/**
 * Reads the command line.
 *
 * @param args The words after the program's name.
 * @throws CommanderError after printing what is wrong and what to do (`exitCode` 1), or the help (`exitCode` 0).
 */
export function parseOptions(args: readonly string[]) {
  const parsed = declare().parse(args, { from: 'user' });
  const { out, ...options } = parsed.opts();
  if (options.model === 'cnn' && parsed.getOptionValueSource('hidden') === 'cli') {
    parsed.error("error: option '--hidden <n>' is for --model mlp: leave it out, or leave out --model cnn");
  }
  return { ...options, out: out ?? (options.model === 'cnn' ? 'runs/mnist-cnn' : 'runs/mnist') };
}

const declare = () =>
  program(command, '--epochs 5', 'Trains a digit classifier with Adam and judges it by test digits.')
    .addOption(
      new Option('--model <name>', 'mlp: one hidden layer with ReLU; cnn: two convolutions, after LeNet-5')
        .choices(['mlp', 'cnn'] as const)
        .default('mlp' as const),
    )
    .option('--epochs <n>', 'passes over the training images', wholeNumber(1, 1_000_000), 5)
    .option('--batch <n>', 'images a step', wholeNumber(1, 1_000_000), 100)
    .option(
      '--lr <x>',
      "Adam's learning rate to begin with; it falls to 0",
      positiveNumber(defaultLr),
      defaultLr,
    )
    .option('--hidden <n>', 'hidden units of the mlp', wholeNumber(1, 10_000), 128)
    .option('--seed <n>', 'the same seed gives the same model, bit for bit', seed, 0)
    .option('--limit <n>', 'train on so many images only', wholeNumber(1, 1_000_000))
    .option(
      '--data <folder>',
      'where the MNIST files are (default: TENSORTAPE_DATA, or those downloaded)',
      path('folder'),
    )
    .option('--download', 'download MNIST (11 MB) where it is not found')
    .option(
      '--out <folder>',
      'where the pictures, the model and the history go (default: runs/mnist, or runs/mnist-cnn)',
      path('folder'),
    );
