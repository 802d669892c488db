import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** What a parity suite found for one name: how many combinations of options, and how far off at worst. */
export interface ParityRow {
  readonly suite: string;
  readonly name: string;
  readonly combinations: number;
  readonly steps: number;
  /** The largest |a - b| / (1 + |b|), by dtype. */
  readonly worst: Readonly<Partial<Record<string, number>>>;
}

/** Notes one comparison. */
export type NoteParity = (
  name: string,
  dtype: string,
  options: unknown,
  error: number,
  steps: number,
) => void;

/**
 * Keeps what a parity suite measures. The command `docs:parity`, which names a folder in TENSORTAPE_PARITY, makes the tables of
 * docs/parity.md of it; in other runs nothing is written.
 */
export function parityTable(suite: string): NoteParity {
  const folder = process.env['TENSORTAPE_PARITY'];
  if (!folder) return () => {};
  const rows = new Map<string, { combinations: Set<string>; steps: number; worst: Record<string, number> }>();
  afterAll(() => {
    const plain = [...rows].map(
      ([name, { combinations, ...row }]): ParityRow => ({
        suite,
        name,
        combinations: combinations.size,
        ...row,
      }),
    );
    writeFileSync(join(folder, `${suite}.json`), JSON.stringify(plain));
  });
  return (name, dtype, options, error, steps) => {
    const row = rows.get(name) ?? { combinations: new Set(), steps, worst: {} };
    rows.set(name, row);
    row.steps = Math.max(row.steps, steps);
    row.combinations.add(JSON.stringify(options));
    row.worst[dtype] = Math.max(row.worst[dtype] ?? 0, error);
  };
}
