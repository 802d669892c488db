/**
 * What an operation on a scalar costs: a chain of 1000, forward and backward, in nanoseconds an operation.
 * Build first; run on a quiet machine: `node scripts/pnpm.mjs --dir bench run chain`.
 */
import { tensor } from '@tensortape/autograd';

const OPS = 1000;
const WARM_UP = 1000;
const ROUNDS = 1500;

const leaf = () => tensor(0.5, { requiresGrad: true });

function repeat(step) {
  return () => {
    const a = leaf();
    let y = a;
    for (let i = 0; i < OPS; i++) y = step(y, a, i);
    return y;
  };
}

const chains = {
  'sin, forward': repeat((y) => y.sin()),
  'sin, forward and backward': repeat((y) => y.sin()),
  'mul and add of tensors, forward and backward': repeat((y, a, i) => (i % 2 ? y.mul(a) : y.add(a))),
  'mul and add of numbers, forward and backward': repeat((y, _, i) => (i % 2 ? y.mul(0.9) : y.add(0.1))),
};

for (const [name, chain] of Object.entries(chains)) {
  const run = name.endsWith('backward') ? () => chain().backward() : chain;
  for (let i = 0; i < WARM_UP; i++) run();
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    run();
    return ((performance.now() - start) / OPS) * 1e6;
  }).sort((a, b) => a - b);
  const [median, low] = [times[ROUNDS >> 1], times[ROUNDS / 10]].map(Math.round);
  console.log(`${name.padEnd(46)} ${median} ns an operation (10th percentile ${low})`);
}
