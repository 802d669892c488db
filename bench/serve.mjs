/**
 * `node serve.mjs framework.mjs`, the child's side of the protocol: answers each line of JSON on the standard input by one on the
 * standard output.
 *
 * `{ open: { backend, threads } }` gives `{ description }`, or `{ missing }`: what is not installed, and how to get it.
 * `{ prepare: workload }` gives `{ losses }` of the first steps, or `{ cannot }`: what the framework lacks.
 * `{ warmUp: duration }` gives `{}`, after steps that took so many milliseconds of the processor.
 * `{ time: duration }` gives `{ time, loss }`: milliseconds a step, over at least that duration, and the last loss.
 *
 * A framework exports `open(options)`, which resolves to a description (or to what is missing) and, by kind, functions that turn
 * workloads into `{ step, losses }`: `step` runs once (and may return a promise), `losses` gives the numbers that have to agree
 * with those of other frameworks.
 */
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { Cannot } from './framework.mjs';

const CHECKED_STEPS = 3;

let kinds;
let workload;
const answers = {
  async open(options) {
    try {
      const { open } = await import(pathToFileURL(process.argv[2]).href);
      const { description, missing, ...rest } = await open(options);
      kinds = rest;
      return { description, missing };
    } catch (error) {
      const [missing] = /^Cannot find package '.*?'/.exec(error.message) ?? [];
      if (missing === undefined) throw error;
      return { missing: `${missing}; try "npm run bench:peers"` };
    }
  },

  async prepare(description) {
    try {
      const { [description.kind]: make } = kinds;
      if (make === undefined) throw new Cannot('this workload is not written in its words');
      workload = await make(description);
      const losses = [];
      for (let i = 0; i < CHECKED_STEPS; i++) {
        await workload.step();
        losses.push(...(await workload.losses()));
      }
      return { losses };
    } catch (error) {
      if (!(error instanceof Cannot)) throw error;
      return { cannot: error.message };
    }
  },

  /** In processor time: on a busy machine compilers get their turns late. */
  async warmUp(duration) {
    await run(duration, () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    });
    return {};
  },

  async time(duration) {
    const time = await run(duration, () => performance.now());
    return { time, loss: (await workload.losses())[0] };
  },
};

/** Steps until so many milliseconds have gone by on a clock; the time of one. */
async function run(duration, clock) {
  const { step } = workload;
  const start = clock();
  let elapsed;
  let steps = 0;
  do {
    const pending = step();
    if (pending !== undefined) await pending;
    steps++;
    elapsed = clock() - start;
  } while (elapsed < duration);
  return elapsed / steps;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [[question, argument]] = Object.entries(JSON.parse(line));
  process.stdout.write(`${JSON.stringify(await answers[question](argument))}\n`);
}
