/**
 * Where the time of tensortape goes: `node scripts/pnpm.mjs --dir bench run profile wasm 5 6` prints, for rows 5 and 6 on a backend, the
 * functions that take the most time themselves. Build first. All native calls of koffi bear the name of the function that it declared
 * last, here openblas_set_num_threads; WASM functions bear their number.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { open } from './tensortape.mjs';
import { rows } from './workloads.ts';

const WARM_UP = 2000;
const DURATION = 2000;
const LINES = 26;

const [backend, ...wanted] = process.argv.slice(2);
const { missing, ...kinds } = open({ backend, threads: 1 });
if (missing !== undefined) throw new Error(missing);
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 200 });

function run(step, duration) {
  const start = performance.now();
  let steps = 0;
  for (; performance.now() - start < duration; steps++) step();
  return (performance.now() - start) / steps;
}

/** Microseconds by function. */
function selfTimes({ nodes, samples, timeDeltas }) {
  const names = new Map(
    nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => [
      id,
      `${functionName || 'anonymous'}${url.startsWith('file:') ? ` ${basename(url)}:${lineNumber + 1}` : ''}`,
    ]),
  );
  const times = new Map();
  for (const [i, id] of samples.entries()) {
    const name = names.get(id);
    times.set(name, (times.get(name) ?? 0) + timeDeltas[i]);
  }
  return times;
}

const folder = mkdtempSync(join(tmpdir(), 'tensortape-bench-'));
try {
  for (const { row, title, prepare } of rows.filter((each) => wanted.includes(String(each.row)))) {
    const workload = prepare(folder);
    const { step } = kinds[workload.kind](workload);
    run(step, WARM_UP);
    await session.post('Profiler.start');
    const time = run(step, DURATION);
    const { profile } = await session.post('Profiler.stop');
    // The profiler's own.
    const times = [...selfTimes(profile)]
      .filter(([name]) => name !== 'dispatch')
      .sort(([, a], [, b]) => b - a);
    const total = times.reduce((sum, [, each]) => sum + each, 0);
    console.log(`${row}. ${title}, ${backend}: ${time.toPrecision(3)} ms a step (profiled)`);
    for (const [name, each] of times.slice(0, LINES)) {
      console.log(`  ${((100 * each) / total).toFixed(1).padStart(5)} %  ${name}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
