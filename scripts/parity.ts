/**
 * Writes docs/parity.md: `node scripts/pnpm.mjs run docs:parity`. Runs the suites that compare modules, optimizers and schedules
 * with PyTorch, and prints what they measured. Needs a Python with torch: `npm run pytorch`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from './findPython.ts';
import type { ParityRow } from './jest/parityTable.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each suite is called on the page. */
const titles: Readonly<Record<string, string>> = {
  modules: 'Modules and losses',
  optimizers: 'Optimizers',
  lbfgs: 'L-BFGS',
  schedules: 'Schedules',
};

const figure = (error: number | undefined): string =>
  error === undefined ? '' : error === 0 ? '0' : error.toExponential(0);

function tableOf(rows: readonly ParityRow[]): string {
  const dtypes = ['float64', 'float32'].filter((dtype) =>
    rows.some(({ worst }) => worst[dtype] !== undefined),
  );
  const sorted = [...rows].sort((a, b) => a.name.localeCompare(b.name));
  const lines = sorted.map(
    ({ name, combinations, steps, worst }) =>
      `| ${[`\`${name}\``, combinations, steps, ...dtypes.map((dtype) => figure(worst[dtype]))].join(' | ')} |`,
  );
  return [
    `| | combinations | steps | ${dtypes.map((dtype) => `worst, ${dtype}`).join(' | ')} |`,
    `| --- | --: | --: |${' --: |'.repeat(dtypes.length)}`,
    ...lines,
  ].join('\n');
}

if (findPython(['torch', 'numpy']) === null) {
  throw new Error('docs:parity: there is no Python with torch and numpy; try "npm run pytorch"');
}
const folder = mkdtempSync(join(tmpdir(), 'parity-'));
try {
  const { status } = spawnSync(
    process.execPath,
    [
      join(root, 'scripts/pnpm.mjs'),
      'run',
      'jest',
      '--runInBand',
      '--testPathPatterns',
      'nn/test/parity|optim/test/(parity|scheduleParity|lbfgs)',
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, TENSORTAPE_PARITY: folder } },
  );
  if (status !== 0) throw new Error('docs:parity: a suite failed, so nothing was written');
  const tables = Object.entries(titles).map(([suite, title]) => {
    const rows: readonly ParityRow[] = JSON.parse(readFileSync(join(folder, `${suite}.json`), 'utf8'));
    return `## ${title}\n\n${tableOf(rows)}\n`;
  });
  writeFileSync(
    join(root, 'docs/parity.md'),
    `# Beside PyTorch, number for number

Each module, loss, optimizer and schedule runs here and in PyTorch 2.13 on the same numbers, over options that fast-check draws. The
figures are the largest |a - b| / (1 + |b|) of all that was compared: of modules outputs, gradients of inputs and parameters, and
buffers after some steps of training, in training and in evaluation; of optimizers the parameters after each step, with a state dict
taken across to the other side in the middle; of schedules the rates and momenta of each epoch, likewise. Text, keys of state dicts and
initial values are compared too. The suites demand 1e-10 of modules in float64 and 1e-12 of optimizers; in float32 1e-5, or where
a small variance multiplies rounding, three times by how much PyTorch itself misses what float64 gives.

Written by \`node scripts/pnpm.mjs run docs:parity\` out of what the suites measured.

${tables.join('\n')}
## What PyTorch exports and is not here

- Several devices: \`DataParallel\`, \`SyncBatchNorm\`. Quantized modules. Sparse tensors, so \`sparse=True\` of tables and \`SparseAdam\`.
- \`Lazy…\` modules and uninitialized parameters: before the first call a state dict would have no shapes.
- Old names: \`CrossMapLRN2d\` (\`LocalResponseNorm\` computes the same), \`NLLLoss2d\` (\`NLLLoss\`), \`Container\`, \`RNNBase\`.
- \`LinearCrossEntropyLoss\`: \`Linear\` before \`CrossEntropyLoss\` gives the same numbers; what it saves is memory on graphics cards.
- \`register_parameter\`, \`register_buffer\`, \`register_module\`: fields do that.
- To come: \`parametrizations\` (weight and spectral norm), \`fuse_conv_bn_eval\` (modules cannot be copied yet), \`PackedSequence\`
  (\`utils.padSequence\` pads), \`functional.grid_sample\` and \`affine_grid\`, \`gumbel_softmax\`, \`Adafactor\` (what an optimizer remembers
  has the shape of its parameter so far).
`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
