/**
 * What a program pays before it computes: the time to import, the time of a first operation with its gradient (each in processes of
 * their own), and the size of bundles for browsers. Build first: `node scripts/pnpm.mjs --dir bench run startup`.
 */
import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { median, quantile } from './table.ts';

const PROCESSES = 11;

const program = `
  const start = performance.now();
  const { ones } = await import('@tensortape/autograd');
  await import('@tensortape/nn');
  await import('@tensortape/optim');
  const imported = performance.now();
  const w = ones([64, 64]).requiresGrad_();
  ones([64, 64]).matmul(w).relu().sum().backward();
  console.log(JSON.stringify([imported - start, performance.now() - imported]));
`;

/** Milliseconds to import, and from there to the first gradient. */
function start(backend: string): readonly [number, number] {
  const env = { ...process.env, TENSORTAPE_BACKEND: backend };
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
    env,
  });
  return JSON.parse(output);
}

function report(what: string, times: readonly number[], limit: number): void {
  const [low, high] = [0.1, 0.9].map((q) => quantile(times, q).toFixed(1));
  const time = median(times);
  const verdict = time <= limit ? 'met' : 'MISSED';
  console.log(`${what}: ${time.toFixed(1)} ms (p10 - p90: ${low} - ${high}); target ${limit} ms: ${verdict}`);
}

for (const backend of ['wasm', 'auto']) {
  const starts = Array.from({ length: PROCESSES }, () => start(backend));
  report(
    `import (${backend})`,
    starts.map(([imported]) => imported),
    50,
  );
  report(
    `first matmul, relu and sum of 64x64 with their gradients (${backend})`,
    starts.map(([, first]) => first),
    20,
  );
}

async function bundle(what: string, contents: string): Promise<void> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    minify: true,
    platform: 'browser',
    write: false,
  });
  const kilobytes = gzipSync(outputFiles[0]!.contents).length / 1000;
  console.log(`bundle of ${what}: ${kilobytes.toFixed(1)} KB gzip`);
}

await bundle(
  'a program that trains a network (target 80 KB)',
  `import { manualSeed, randn } from '@tensortape/autograd';
   import * as nn from '@tensortape/nn';
   import * as optim from '@tensortape/optim';
   manualSeed(0);
   const net = new nn.Sequential(new nn.Linear(4, 10), new nn.ReLU(), new nn.Linear(10, 3));
   const optimizer = new optim.Adam(net.parameters(), { lr: 0.1 });
   net.forward(randn([2, 4])).sum().backward();
   optimizer.step();`,
);
await bundle(
  'all of autograd, nn and optim',
  `export * from '@tensortape/autograd';
   export * as nn from '@tensortape/nn';
   export * as optim from '@tensortape/optim';`,
);
