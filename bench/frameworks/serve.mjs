/**
 * The child's side of the protocol: answers each line of JSON on the standard input by one on the standard output.
 *
 * `{ open: { backend, threads } }` gives `{ description }`, or `{ missing }`: what is not installed, and how to get it.
 * `{ prepare: workload }` gives `{ losses }` of the first steps, or `{ cannot }`: what the framework lacks.
 * `{ time: duration }` gives `{ time, loss }`: milliseconds a step, over at least that duration, and the last loss.
 */
import { createInterface } from 'node:readline';

const CHECKED_STEPS = 3;

/** Why a framework cannot do a workload. */
export class Cannot extends Error {}

/**
 * `open` resolves to a description and, by kind, functions that turn workloads into `{ step, losses }`: `step` runs once (and
 * may return a promise), `losses` gives the numbers that have to agree with those of other frameworks.
 */
export async function serve(open) {
  let kinds;
  let workload;
  const answers = {
    async open(options) {
      try {
        const { description, ...rest } = await open(options);
        kinds = rest;
        return { description };
      } catch (error) {
        if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
        return { missing: 'not installed; try "npm run bench:peers"' };
      }
    },

    async prepare(description) {
      try {
        workload = await kinds[description.kind](description);
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

    async time(duration) {
      const { step, losses } = workload;
      const start = performance.now();
      let steps = 0;
      do {
        const pending = step();
        if (pending !== undefined) await pending;
        steps++;
      } while (performance.now() - start < duration);
      const time = (performance.now() - start) / steps;
      return { time, loss: (await losses())[0] };
    },
  };

  for await (const line of createInterface({ input: process.stdin })) {
    const [[question, argument]] = Object.entries(JSON.parse(line));
    process.stdout.write(`${JSON.stringify(await answers[question](argument))}\n`);
  }
}
