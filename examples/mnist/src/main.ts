/** Trains a digit classifier, judges it by test images, and draws what it learned. */
import { CommanderError } from '@commander-js/extra-typings';
import { datasets } from 'tensortape';
import { Interrupted, UserError } from './errors.ts';
import { parseOptions } from './options.ts';
import { run } from './run.ts';

try {
  await run(parseOptions(process.argv.slice(2)));
} catch (error) {
  process.exitCode = report(error);
}

/** Tells the user what went wrong, where that is not done yet, and returns the exit code for it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode;
  const expected =
    error instanceof UserError || error instanceof Interrupted || error instanceof datasets.DataFileError;
  console.error(expected ? `error: ${error.message}` : error);
  return error instanceof Interrupted ? error.exitCode : 1;
}
