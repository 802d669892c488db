import { Command, InvalidArgumentError } from '@commander-js/extra-typings';

/**
 * A command line without options yet: add them, then `parse`, which throws a CommanderError after printing what is wrong and what
 * to do (`exitCode` 1), or the help (`exitCode` 0).
 *
 * @param command How it is started, up to the options: `npm start --`.
 * @param example Options that follow it: `--epochs 5`.
 */
export const program = (command: string, example: string, description: string) =>
  new Command(command)
    .description(description)
    .helpOption('-h, --help', 'show this')
    .allowExcessArguments()
    .action((_, parsed) => {
      const [word] = parsed.args;
      if (word !== undefined) {
        parsed.error(
          `error: unexpected word '${word}'. Options stand after a -- of their own: ${command} ${example}`,
        );
      }
    })
    .showHelpAfterError(`${command} --help shows the options.`)
    .exitOverride();

export const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) {
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  }
  return value;
};

/** The numbers that seed a generator. */
export const seed = wholeNumber(0, 2 ** 53 - 1);

/** @param suchAs One of them, for the message. */
export const positiveNumber = (suchAs: number) => (text: string) => {
  const value = Number(text);
  if (!(value > 0) || value === Infinity) {
    throw new InvalidArgumentError(`Give a number above 0, such as ${suchAs}.`);
  }
  return value;
};

/** @param kind What the path should lead to. */
export const path = (kind: 'file' | 'folder') => (text: string) => {
  if (text === '') throw new InvalidArgumentError(`Give the path of a ${kind}.`);
  return text;
};
