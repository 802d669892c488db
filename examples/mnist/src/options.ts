import { Command, InvalidArgumentError } from '@commander-js/extra-typings';

/** Adam's learning rate to begin with. */
export const defaultLr = 0.003;

/** What the command line asks for; `--help` shows each. */
export type Options = ReturnType<typeof parseOptions>;

/**
 * Reads the command line.
 *
 * @param args The words after the program's name.
 * @throws CommanderError after printing what is wrong and what to do (`exitCode` 1), or the help (`exitCode` 0).
 */
export function parseOptions(args: readonly string[]) {
  return program().parse(args, { from: 'user' }).opts();
}

const program = () =>
  new Command('npm start --')
    .description('Trains a digit classifier: 784 pixels, one hidden layer with ReLU, 10 scores; Adam.')
    .option('--epochs <n>', 'passes over the training images', wholeNumber(1, 1_000_000), 5)
    .option('--batch <n>', 'images a step', wholeNumber(1, 1_000_000), 100)
    .option('--lr <x>', "Adam's learning rate to begin with; it falls to 0", positiveNumber, defaultLr)
    .option('--hidden <n>', 'hidden units', wholeNumber(1, 10_000), 128)
    .option('--seed <n>', 'the same seed gives the same model, bit for bit', wholeNumber(0, 2 ** 53 - 1), 0)
    .option('--limit <n>', 'train on so many images only', wholeNumber(1, 1_000_000))
    .option(
      '--data <folder>',
      'where the MNIST files are (default: TENSORTAPE_DATA, or those downloaded)',
      path,
    )
    .option('--download', 'download MNIST (11 MB) where it is not found')
    .option('--out <folder>', 'where the pictures, the model and the history go', path, 'runs/mnist')
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments()
    .action((_, command) => {
      const [word] = command.args;
      if (word !== undefined) {
        command.error(
          `error: unexpected word '${word}'. Options stand after a -- of their own: npm start -- --epochs 5`,
        );
      }
    })
    .showHelpAfterError('npm start -- --help shows the options.')
    .exitOverride();

const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  }
  return value;
};

const positiveNumber = (text: string) => {
  const value = Number(text);
  if (!(value > 0) || value === Infinity) {
    throw new InvalidArgumentError(`Give a number above 0, such as ${defaultLr}.`);
  }
  return value;
};

const path = (text: string) => {
  if (text === '') throw new InvalidArgumentError('Give the path of a folder.');
  return text;
};
