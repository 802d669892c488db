/**
 * Imports the modules given as arguments one after the other and appends a line of JSON to the file named first when
 * one starts and when it ends, so that the reader knows which one was running if the process dies.
 */
import { appendFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { formatWithOptions } from 'node:util';

/** The record of a module that ran to its end. */
export interface RunRecord {
  readonly path: string;
  /** Lines printed by each call of `printAt`, by the line of the call. */
  readonly printed: Readonly<Record<number, readonly string[]>>;
  /** What the module threw. */
  readonly error?: { readonly message: string; readonly line: number | undefined };
}

const [journal = '', ...paths] = process.argv.slice(2);
const write = (record: RunRecord | { readonly path: string }): void =>
  appendFileSync(journal, `${JSON.stringify(record)}\n`);

let printed: Record<number, string[]> = {};
const printAt =
  (line: number) =>
  (...values: unknown[]): void => {
    printed[line] ??= [];
    printed[line].push(...formatWithOptions({ colors: false }, ...values).split('\n'));
  };
Object.assign(globalThis, { printAt });

for (const path of paths) {
  printed = {};
  write({ path });
  try {
    await import(pathToFileURL(path).href);
    write({ path, printed });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const frame = text.split('\n').find((line) => line.includes(path));
    const line = /:(\d+):\d+\)?$/.exec(frame ?? '')?.[1];
    const message = error instanceof Error ? `${error.name}: ${error.message}` : text;
    write({ path, printed, error: { message, line: line === undefined ? undefined : Number(line) } });
  }
}
// Handles that a snippet left open (timers, servers) must not keep the test waiting.
process.exit(0);
