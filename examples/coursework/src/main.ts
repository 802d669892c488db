/** The assignments of five courses: each published figure beside ours. */
import { runProgram } from '@tensortape/example-shared';
import { courses } from './courses.ts';
import { parseOptions } from './options.ts';
import { run } from './run.ts';

await runProgram(async () => {
  const off = await run(parseOptions(process.argv.slice(2)), courses);
  if (off > 0) process.exitCode = 1;
});
