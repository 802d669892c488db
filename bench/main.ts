/** `npm run bench`: see README.md. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Contender, contenders, Runner } from './contenders.ts';
import { disagreement, formatRow, type Report, type Result, type RowResult } from './table.ts';
import { type Row, rows } from './workloads.ts';

const { values: options } = parseArgs({
  options: {
    compare: { type: 'string' },
    frameworks: { type: 'string' },
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    rows: { type: 'string' },
  },
});

/** Milliseconds; of processor time for the warm-up. */
const duration = options.quick ? { warmUp: 20, round: 10 } : { warmUp: 2000, round: 250 };
const rounds = options.rounds === undefined ? (options.quick ? 2 : 15) : Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  throw new RangeError(`--rounds: expected a whole number >= 1, got '${options.rounds}'`);
}

/** The named ones of all; every name has to name one. */
function choose<T>(
  option: string,
  list: string | undefined,
  all: readonly T[],
  names: (one: T, name: string) => boolean,
) {
  const wanted = list?.split(',');
  const unknown = wanted?.find((name) => !all.some((one) => names(one, name)));
  if (unknown !== undefined) throw new RangeError(`--${option}: '${unknown}' names nothing`);
  return wanted === undefined ? all : all.filter((one) => wanted.some((name) => names(one, name)));
}

/** Between them every kind of workload and every layer. */
const quickRows = '2,3,4,8';
const wantedRows = options.rows ?? (options.quick ? quickRows : undefined);
const chosenRows = choose('rows', wantedRows, rows, ({ row }, name) => String(row) === name);
const chosenContenders = choose(
  'frameworks',
  options.frameworks,
  contenders,
  ({ id }, name) => id === name || id.startsWith(`${name}-`),
);
const old: Report | undefined = options.compare && JSON.parse(readFileSync(options.compare, 'utf8'));

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return 'unknown';
  }
}

const machine = {
  cpu: `${cpus()[0]?.model.trim()}, ${cpus().length} cores`,
  load: loadavg()[0]!.toFixed(2),
  node: process.version,
  revision: `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : ' with changes'}`,
  OPENBLAS_CORETYPE: process.env['OPENBLAS_CORETYPE'] ?? 'unset',
};

/** Times a row: losses first, then rounds in which each contender has its turn. */
async function measure({ row, title, prepare }: Row, folder: string): Promise<RowResult> {
  const runners: Runner[] = [];
  const racing: Runner[] = [];
  const results: (Result & { times: number[] })[] = [];
  const without: Record<string, string> = {};
  try {
    for (const runner of await Promise.all(available.map((contender) => Runner.open(contender)))) {
      if ('missing' in runner) throw new Error(`what was there is gone: ${runner.missing}`);
      runners.push(runner);
    }
    const workload = prepare(folder);
    for (const runner of runners) {
      const { id } = runner.contender;
      const prepared = await runner.prepare(workload);
      if ('cannot' in prepared) {
        without[id] = prepared.cannot;
      } else {
        racing.push(runner);
        results.push({ contender: id, losses: prepared.losses, times: [] });
      }
    }
    const difference = disagreement(results);
    if (difference !== null) throw new Error(`${row}. ${title}: the losses differ: ${difference}`);
    for (const runner of racing) await runner.warmUp(duration.warmUp);
    for (let round = 0; round < rounds; round++) {
      for (const [i, runner] of racing.entries()) results[i]!.times.push(await runner.time(duration.round));
    }
    return { row, title, results, without };
  } finally {
    for (const runner of runners) runner.close();
  }
}

if (options.quick) console.log('quick: proves that it runs; the figures say nothing');
for (const [name, value] of Object.entries(machine)) console.log(`${name}: ${value}`);
const descriptions: Record<string, string> = {};
const available: Contender[] = [];
const opened = await Promise.all(chosenContenders.map((contender) => Runner.open(contender)));
for (const [i, runner] of opened.entries()) {
  const contender = chosenContenders[i]!;
  if ('missing' in runner) {
    console.log(`${contender.id}: left out, ${runner.missing}`);
    continue;
  }
  available.push(contender);
  descriptions[contender.id] = runner.description;
  console.log(`${contender.id}: ${runner.description}`);
  runner.close();
}

const measured: RowResult[] = [];
const folder = mkdtempSync(join(tmpdir(), 'tensortape-bench-'));
try {
  for (const row of chosenRows) {
    const result = await measure(row, folder);
    measured.push(result);
    console.log(`\n${formatRow(row, result, old)}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (options.json !== undefined) {
  const report: Report = {
    date: new Date().toISOString(),
    machine,
    contenders: descriptions,
    rows: measured,
  };
  writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
}
