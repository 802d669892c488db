/** Trains a small ConvNet on the photographs of CIFAR-10, and draws what it takes for what. */
import { runProgram } from '@tensortape/example-shared';
import { parseOptions } from './options.ts';
import { run } from './run.ts';

await runProgram(() => run(parseOptions(process.argv.slice(2))));
