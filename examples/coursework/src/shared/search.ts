import type { Desk } from './desk.ts';
import type { Learned } from './learn.ts';

/** A setting to try, by its values as the table shows them. */
export interface Candidate<Net> {
  setting: Readonly<Record<string, number>>;
  /** Trains a new net; `giveUp` says, from its accuracies so far, whether there is no use in going on. */
  run: (giveUp: (accuracies: readonly number[]) => boolean) => Promise<Learned & { net: Net }>;
}

/** The candidate that validated best. */
export interface Found<Net> {
  net: Net;
  setting: Readonly<Record<string, number>>;
  accuracy: number;
}

/** How far behind the best candidate at the same epoch one is given up, once it has had two epochs. */
const behind = 0.05;
/** After how many epochs without a better accuracy. */
const patience = 3;

/** Tries all candidates, stops those early that will not win, prints a table and returns the best net. */
export async function search<Net>(desk: Desk, candidates: readonly Candidate<Net>[]): Promise<Found<Net>> {
  let best: (Found<Net> & { accuracies: readonly number[] }) | undefined;
  const lines = [[...Object.keys(candidates[0]!.setting), 'epochs', 'validation']];
  for (const { setting, run } of candidates) {
    const leader = best?.accuracies;
    const { net, accuracies } = await run((soFar) => hopeless(soFar, leader));
    const accuracy = Math.max(...accuracies);
    lines.push([...Object.values(setting).map(String), String(accuracies.length), accuracy.toFixed(3)]);
    if (best === undefined || accuracy > best.accuracy) best = { net, setting, accuracy, accuracies };
  }
  for (const line of lines) desk.say(`  ${line.map((cell) => cell.padEnd(12)).join('')}`.trimEnd());
  return best!;
}

function hopeless(accuracies: readonly number[], leader: readonly number[] | undefined): boolean {
  const at = accuracies.length - 1;
  const rival = leader?.[Math.min(at, leader.length - 1)] ?? 0;
  if (accuracies.length >= 2 && accuracies[at]! < rival - behind) return true;
  return at - accuracies.indexOf(Math.max(...accuracies)) >= patience;
}

/** Every combination of the values. */
export function grid<Name extends string>(
  values: Readonly<Record<Name, readonly number[]>>,
): Record<Name, number>[] {
  return (Object.entries(values) as [Name, readonly number[]][]).reduce<Record<Name, number>[]>(
    (settings, [name, choices]) =>
      settings.flatMap((setting) => choices.map((choice) => ({ ...setting, [name]: choice }))),
    [{} as Record<Name, number>],
  );
}
