/**
 * What a program waits for before it computes: medians (and the fastest) of fresh processes for the import, the first operations
 * and the first large product, which looks for a system BLAS; and what browsers download.
 * Build first; run on a quiet machine: `node bench/startup.mjs [processes]`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const processes = Number(process.argv[2] ?? 15);
const entry = (name) => fileURLToPath(new URL(`../packages/${name}/dist/index.js`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tensortape-startup-'));

/** One process: milliseconds for each part. */
const program = (file) => `
  const times = [performance.now()];
  const { randn, setBackend, tensor } = await import('${pathToFileURL(file)}');
  times.push(performance.now());
  tensor([1, 2, 3], { requiresGrad: true }).mul(2).sum().backward();
  times.push(performance.now());
  setBackend('wasm');
  const a = randn([128, 128]);
  times.push(performance.now());
  a.matmul(a);
  times.push(performance.now());
  setBackend('auto');
  times.push(performance.now());
  a.matmul(a);
  times.push(performance.now());
  console.log(JSON.stringify(times));
`;
const parts = [
  [0, 'import'],
  [1, 'first operations and their derivatives'],
  [3, 'first large product, WASM'],
  [5, 'first large product, system BLAS where there is one'],
];

async function bundle(contents, file) {
  await build({
    stdin: { contents, resolveDir: folder },
    outfile: file,
    bundle: true,
    format: 'esm',
    minify: true,
  });
  return file;
}

function measure(title, file, measured = parts) {
  const args = ['--input-type=module', '--eval', program(file)];
  const runs = Array.from({ length: processes }, () => JSON.parse(execFileSync(process.execPath, args)));
  for (const [i, part] of measured) {
    const times = runs.map((times) => times[i + 1] - times[i]).sort((a, b) => a - b);
    const [median, fastest] = [times[processes >> 1], times[0]].map((time) => time.toFixed(1).padStart(6));
    console.log(`${title.padEnd(26)} ${part.padEnd(52)} ${median} ms (fastest ${fastest})`);
  }
}

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;

try {
  const all = ['autograd', 'nn', 'optim'].map((name, i) => `export * as part${i} from '${entry(name)}';`);
  const core = await bundle(all.join('\n'), join(folder, 'core.mjs'));
  const umbrella = await bundle(`export * from '${entry('tensortape')}';`, join(folder, 'umbrella.mjs'));
  measure('tensortape', entry('tensortape'));
  // From this folder koffi, and with it the BLAS, cannot be found.
  measure('tensortape, one file', umbrella, parts.slice(0, 3));
  measure('@tensortape/autograd', entry('autograd'));
  for (const [title, file] of [
    ['autograd, nn and optim, whole', core],
    ['tensortape, whole', umbrella],
  ]) {
    const code = readFileSync(file);
    console.log(`${title}, minified: ${kilobytes(code.length)}, gzip ${kilobytes(gzipSync(code).length)}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
