/** Has a ConvNet that knows some digits learn others, from weights as PyTorch writes them. */
import { runProgram } from '@tensortape/example-shared';
import { parseOptions } from './options.ts';
import { run } from './run.ts';

await runProgram(() => run(parseOptions(process.argv.slice(2))));
