/**
 * What looking for anomalies costs: training steps of rows 5 to 9 with and without it, interleaved; median times and their ratio.
 * Build first; run on a quiet machine: `node scripts/pnpm.mjs --dir bench run anomaly`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { detectAnomaly } from '@tensortape/autograd';
import { median } from './table.ts';
import { classifier } from './tensortape.mjs';
import { rows } from './workloads.ts';

const ROUNDS = 15;
const WARM_UP = 5;

function timed(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const folder = mkdtempSync(join(tmpdir(), 'tensortape-bench-'));
try {
  for (const { row, title, prepare } of rows) {
    const workload = prepare(folder);
    if (workload.kind !== 'classifier' || row < 5) continue;
    const { step } = classifier(workload);
    const plain = [];
    const watched = [];
    for (let i = 0; i < WARM_UP + ROUNDS; i++) {
      plain.push(timed(step));
      watched.push(timed(() => detectAnomaly(step)));
    }
    const [a, b] = [plain, watched].map((times) => median(times.slice(WARM_UP)));
    console.log(`${title}: ${a.toFixed(2)} ms, watched ${b.toFixed(2)} ms: ${(b / a).toFixed(2)} times`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
