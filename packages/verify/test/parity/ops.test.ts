import { afterAll, describe, expect, test } from '@jest/globals';
import { registry } from '@tensortape/autograd/registry';
import fc from 'fast-check';
import { describeIfTorch } from '../../../../scripts/jest/python.ts';
import type { Call } from '../../src/ops/call.ts';
import type { Draw } from '../../src/ops/kit.ts';
import { compare, drawCall, type Kind, kinds, type Outcome, ParityError } from './cases.ts';
import { script } from './python.ts';

/** What Python knows of an operation: why it has no counterpart, and which differences are meant, with the reason. */
interface Counterpart {
  readonly missing?: string;
  readonly deviations?: readonly (readonly [finding: string, reason: string])[];
}

/** Calls per operation and kind. */
const DEFAULT_RUNS = 20;

describeIfTorch('operations equal PyTorch', script, (ask) => {
  const compared = new Set<string>();
  const outcomes = new Map<Outcome | 'meant to differ', number>();
  const notes = new Set<string>();
  let known: Promise<unknown> | undefined;
  const counterpartOf = async (name: string) => {
    known ??= ask({ kind: 'describe', names: registry.map((op) => [op.name, op.family]) });
    return ((await known) as Readonly<Record<string, Counterpart>>)[name]!;
  };

  describe.each([...new Set(registry.map(({ family }) => family))])('%s', (family) => {
    const ops = registry.filter((op) => op.family === family);
    test.each(ops.map((op) => [op.name, op] as const))('%s', async (name, op) => {
      const { missing, deviations = [] } = await counterpartOf(name);
      // An operation without a counterpart says so, in a sentence, in the file of its family.
      expect(missing).not.toBe('unknown');
      if (missing !== undefined) {
        notes.add(`${name}: not in PyTorch: ${missing}`);
        return;
      }
      compared.add(name);
      const attempt = async (call: Call, draw: Draw, kind: Kind) => {
        try {
          return await compare(ask, op, call, kind, draw);
        } catch (error) {
          const meant = deviations.find(([finding]) => new RegExp(finding).test(String(error)));
          if (meant === undefined) throw error;
          notes.add(`${name}: ${meant[1]}`);
          return 'meant to differ';
        }
      };
      const failures: string[] = [];
      for (const kind of kinds) {
        const trial = fc.asyncProperty(fc.gen(), async (draw) => {
          const outcome = await attempt(drawCall(op, kind, draw), draw, kind);
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        });
        const numRuns = fc.readConfigureGlobal().numRuns ?? DEFAULT_RUNS;
        const { failed, errorInstance, seed } = await fc.check(trial, { numRuns });
        if (failed) failures.push(`${kind} (FC_SEED=${seed}): ${String(errorInstance)}`);
      }
      if (failures.length > 0) throw new ParityError(failures.join('\n'));
    });
  });

  afterAll(() => {
    const total = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
    const lines = [
      `parity: ${compared.size} operations: calls ${total}`,
      ...[...notes].map((note) => `  ${note}`),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  });
});
