import { ArgumentError } from '@tensortape/autograd';
import { checkShare } from './checks.ts';
import type { ScheduleMarks } from './optimizer.ts';
import { perGroup, type ScheduledGroup, type ScheduledOptimizer } from './scheduler.ts';

/** Refuses an optimizer that has no momentum to cycle; whether it has betas in its place. */
export function usesBetas(owner: string, { paramGroups }: ScheduledOptimizer): boolean {
  if (paramGroups.every(({ betas }) => betas !== undefined)) return true;
  if (paramGroups.every(({ momentum }) => momentum !== undefined)) return false;
  throw new ArgumentError(
    `${owner}: the optimizer has neither momentum nor betas; choose another, or set cycleMomentum to false`,
  );
}

/** Sets a group's momentum: the first of its betas, where it has them. */
export function setMomentum(group: ScheduledGroup, momentum: number): void {
  if (group.betas !== undefined) group.betas = [momentum, group.betas[1]];
  else group.momentum = momentum;
}

/** The momenta between which a schedule goes, for all groups or for each. */
export interface Momenta {
  /** The smallest momentum. */
  readonly baseMomentum: number | readonly number[];
  /** The largest momentum. */
  readonly maxMomentum: number | readonly number[];
}

/** Notes in the groups between which momenta they go, and sets the largest. Refuses optimizers without a momentum. */
export function startMomenta(owner: string, optimizer: ScheduledOptimizer, momenta: Momenta): void {
  usesBetas(owner, optimizer);
  const smallest = perGroup(owner, 'baseMomentum', optimizer, momenta.baseMomentum);
  const largest = perGroup(owner, 'maxMomentum', optimizer, momenta.maxMomentum);
  for (const momentum of smallest) checkShare(owner, 'baseMomentum', momentum);
  for (const momentum of largest) checkShare(owner, 'maxMomentum', momentum);
  for (const [i, group] of optimizer.paramGroups.entries()) {
    setMomentum(group, largest[i]!);
    group.maxMomentum = largest[i]!;
    group.baseMomentum = smallest[i]!;
  }
}

/** What a schedule has noted in a group. Errors: ArgumentError where it is missing, as in a schedule that goes on too early. */
export function noted(owner: string, group: Readonly<ScheduledGroup>, name: keyof ScheduleMarks): number {
  const value = group[name];
  if (value !== undefined) return value;
  throw new ArgumentError(
    `${owner}: a group has no ${name} to go on from; load the optimizer's state first, or start with lastEpoch -1`,
  );
}
