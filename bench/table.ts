/** What was measured, as text and as JSON. */
import type { Row, Target } from './workloads.ts';

/** One contender on one row. */
export interface Result {
  readonly contender: string;
  readonly losses: readonly number[];
  /** Milliseconds a step, of each round. */
  readonly times: readonly number[];
}

export interface RowResult {
  readonly row: number;
  readonly title: string;
  readonly results: readonly Result[];
  /** Why contenders are not among the results. */
  readonly without: Readonly<Record<string, string>>;
}

/** What is written for comparison between revisions. */
export interface Report {
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly contenders: Readonly<Record<string, string>>;
  readonly rows: readonly RowResult[];
}

/** The q-quantile, by linear interpolation. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = q * (sorted.length - 1);
  const low = Math.floor(position);
  const high = Math.ceil(position);
  return sorted[low]! + (position - low) * (sorted[high]! - sorted[low]!);
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

const digits = (x: number): string => (x >= 1000 ? x.toFixed(0) : x.toPrecision(3));

/** Columns set to their widths; the first one to the left. */
function align(lines: readonly (readonly string[])[]): string {
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))))
    .map((line) => `  ${line.join('  ')}`.trimEnd())
    .join('\n');
}

const medianOf = (results: readonly Result[], contender: string): number | undefined => {
  const times = results.find((result) => result.contender === contender)?.times;
  return times && median(times);
};

const REFERENCE = 'pytorch-1';

/** A row of the table, with the times of an earlier report beside them if there is one. */
export function formatRow(
  { row, title, unit, targets }: Row,
  { results, without }: RowResult,
  old?: Report,
): string {
  const before = old?.rows.find((each) => each.row === row)?.results;
  const reference = medianOf(results, REFERENCE);
  const header = ['', unit.name, 'p10 - p90', `time / ${REFERENCE}`, ...(before ? ['time / before'] : [])];
  const ratio = (time: number, other: number | undefined) =>
    other === undefined ? '-' : digits(time / other);
  const lines = results.map(({ contender, times }) => {
    const time = median(times);
    const spread = [0.1, 0.9].map((q) => unit.of(quantile(times, q))).sort((a, b) => a - b);
    return [
      contender,
      digits(unit.of(time)),
      spread.map(digits).join(' - '),
      ratio(time, reference),
      ...(before ? [ratio(time, medianOf(before, contender))] : []),
    ];
  });
  const absent = Object.entries(without).map(([contender, reason]) => `  without ${contender}: ${reason}`);
  const judged = targets.flatMap((target) => formatTarget(target, results));
  return [`${row}. ${title}`, align([header, ...lines]), ...absent, ...judged].join('\n');
}

function formatTarget({ ours, peer, ratio }: Target, results: readonly Result[]): string[] {
  const [a, b] = [medianOf(results, ours), medianOf(results, peer)];
  if (a === undefined || b === undefined) return [];
  const verdict = a / b <= ratio ? 'met' : 'MISSED';
  return [`  target: ${ours} at most ${digits(ratio)} times ${peer}; it is ${digits(a / b)}: ${verdict}`];
}

/** The first loss that is not the first contender's, as a sentence; null where all agree. */
export function disagreement(results: readonly Pick<Result, 'contender' | 'losses'>[]): string | null {
  const [first, ...others] = results;
  for (const { contender, losses } of others) {
    const i = losses.findIndex((loss, k) => !close(loss, first!.losses[k]!));
    if (i >= 0 || losses.length !== first!.losses.length) {
      return `${contender} computes ${losses}, ${first!.contender} ${first!.losses}`;
    }
  }
  return null;
}

/** Frameworks that sum in another order differ by 4e-6 at most here; a learning rate wrong by 1 % makes 2e-5. */
const TOLERANCE = 1e-5;
const close = (a: number, b: number): boolean => Math.abs(a - b) <= TOLERANCE * (1 + Math.abs(b));
