/** Polynomial and logistic regression, for a first hour with the framework. */
import { runProgram } from '@tensortape/example-shared';
import { parseOptions } from './options.ts';
import { run } from './run.ts';

await runProgram(() => run(parseOptions(process.argv.slice(2))));
