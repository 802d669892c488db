/** The assignments of five courses: each published figure beside ours. */
import { runProgram } from '@tensortape/example-shared';
import { parseOptions } from './options.ts';
import { run } from './run.ts';

await runProgram(() => run(parseOptions(process.argv.slice(2))));
