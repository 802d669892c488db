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
  const { out, steps, ...options } = declare().parse(args, { from: 'user' }).opts();
  return {
    ...options,
    steps: steps ?? defaultSteps[options.model],
    out: out ?? `runs/text-${options.model}`,
  };
}

const defaultSteps = { lstm: 2000, gpt: 800 };

const declare = () =>
  program('npm run text --', '--steps 100', 'Trains a model that writes text, character by character.')
    .addOption(
      new Option('--model <name>', 'lstm: a long short-term memory; gpt: a transformer')
        .choices(['lstm', 'gpt'] as const)
        .default('lstm' as const),
    )
    .option('--text <file>', 'what to learn from (default: stories made up by a small grammar)', path('file'))
    .option(
      '--steps <n>',
      `updates (default: ${defaultSteps.lstm}, or ${defaultSteps.gpt} of the gpt)`,
      wholeNumber(1, 1_000_000),
    )
    .option('--batch <n>', 'windows of 64 characters a step', wholeNumber(1, 10_000), 16)
    .option('--lr <x>', "AdamW's largest learning rate", positiveNumber(0.003), 0.003)
    .option('--seed <n>', 'the same seed gives the same model, bit for bit', seed, 0)
    .option(
      '--out <folder>',
      'where the model, its text and the curve go (default: runs/text-lstm, or -gpt)',
      path('folder'),
    );
