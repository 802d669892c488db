import { CommanderError } from '@commander-js/extra-typings';
import { datasets } from 'tensortape';
import { Interrupted, UserError } from './errors.ts';

/** Runs a program to its end: what the user can put right is shown without a stack, and the exit code says how it ended. */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.exitCode = report(error);
  }
}

/** Tells the user what went wrong, where that is not done yet, and returns the exit code for it. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode;
  const expected =
    error instanceof UserError || error instanceof Interrupted || error instanceof datasets.DataFileError;
  console.error(expected ? `error: ${error.message}` : error);
  return error instanceof Interrupted ? error.exitCode : 1;
}
