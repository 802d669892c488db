/** Finds the parameters of a differential equation with gradients through its solver. */
import { runProgram } from '@tensortape/example-shared';
import { parseOptions } from './options.ts';
import { run } from './run.ts';

await runProgram(() => run(parseOptions(process.argv.slice(2))));
