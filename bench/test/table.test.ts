import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { disagreement, formatRow, median, quantile, type Report, type RowResult } from '../table.ts';
import { rows } from '../workloads.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tensortape-bench-'));
  folders.push(folder);
  return folder;
}

describe('statistics', () => {
  test('quantiles lie between the sorted values', () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([10, 1, 9, 2])).toBe(5.5);
    expect(quantile([100, 0, 50], 0.1)).toBe(10);
    expect(quantile([3], 0.9)).toBe(3);
  });
});

describe('losses', () => {
  const ours = { contender: 'ours', losses: [2.3, 2.2, 0] };

  test('may differ by rounding', () => {
    expect(disagreement([ours, { contender: 'theirs', losses: [2.30003, 2.2, 0.000009] }])).toBeNull();
  });

  test.each([
    ['in one step', [2.3, 2.20004, 0]],
    ['by a NaN', [2.3, Number.NaN, 0]],
    ['in number', [2.3, 2.2]],
  ])('that differ %s are refused, by name', (_, losses) => {
    expect(disagreement([ours, ours, { contender: 'theirs', losses }])).toBe(
      `theirs computes ${losses}, ours 2.3,2.2,0`,
    );
  });
});

describe('the table', () => {
  const [row] = rows;
  const result: RowResult = {
    row: row!.row,
    title: row!.title,
    results: [
      { contender: 'tensortape-blas-1', losses: [], times: [10, 20, 30] },
      { contender: 'pytorch-1', losses: [], times: [40] },
      { contender: 'tfjs-1', losses: [], times: [50] },
      { contender: 'tensortape-wasm-1', losses: [], times: [45] },
    ],
    without: { 'jax-js-1': 'it lacks a kernel' },
  };

  test('shows speeds where the row has them, ratios of times, and whether targets are met', () => {
    expect(formatRow(row!, result)).toBe(
      [
        '1. matmul 1024^3',
        '                     GFLOP/s    p10 - p90  time / pytorch-1',
        '  tensortape-blas-1      107   76.7 - 179             0.500',
        '  pytorch-1             53.7  53.7 - 53.7              1.00',
        '  tfjs-1                42.9  42.9 - 42.9              1.25',
        '  tensortape-wasm-1     47.7  47.7 - 47.7              1.13',
        '  without jax-js-1: it lacks a kernel',
        '  target: tensortape-blas-1 at most 1.00 times pytorch-1; it is 0.500: met',
        '  target: tensortape-wasm-1 at most 0.714 times tfjs-1; it is 0.900: MISSED',
      ].join('\n'),
    );
  });

  test('compares with the times of an earlier report', () => {
    const before: Report = {
      date: '',
      machine: {},
      contenders: {},
      rows: [{ ...result, results: [{ contender: 'pytorch-1', losses: [], times: [80] }] }],
    };
    const lines = formatRow(row!, result, before).split('\n');
    expect(lines[1]).toMatch(/time \/ before$/);
    expect(lines[2]).toMatch(/0\.500 +-$/);
    expect(lines[3]).toMatch(/1\.00 +0\.500$/);
  });
});

describe('workloads', () => {
  test.each(rows.map((row) => [row.title, row] as const))(
    '%s reads the same numbers every time',
    (_, row) => {
      const [one, other] = [newFolder(), newFolder()];
      const [a, b] = [row.prepare(one), row.prepare(other)];
      const numbers = JSON.stringify(a);
      expect(numbers).toBe(JSON.stringify(b).replaceAll(other, one));
      for (const [, file, shape] of numbers.matchAll(/"file":"([^"]*)","shape":(\[[\d,]*\])/g)) {
        const bytes = readFileSync(file!);
        const size = (JSON.parse(shape!) as number[]).reduce((product, length) => product * length, 1);
        expect(bytes.length).toBe(4 * size);
        expect(bytes.equals(readFileSync(file!.replace(one, other)))).toBe(true);
      }
    },
  );
});
