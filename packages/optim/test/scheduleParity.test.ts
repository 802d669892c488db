import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { tensor } from '@tensortape/autograd';
import { Adam, type OptimizerStateDict, SGD } from '@tensortape/optim';
import fc from 'fast-check';
import { parityTable } from '../../../scripts/jest/parityTable.ts';
import { describeIfTorch, worstError } from '../../../scripts/jest/python.ts';
import { exportedClasses, metric, type Steppable, schedules, toPython } from './cases.ts';

const script = `
import warnings
from collections import Counter
${readFileSync(new URL('fixtures/reference.py', import.meta.url), 'utf8')}

warnings.simplefilter('ignore')

def with_counts(state):
    # JSON has no numbers as keys.
    for part in state.get('_schedulers', []):
        with_counts(part)
    if 'milestones' in state:
        state['milestones'] = Counter({int(epoch): count for epoch, count in state['milestones'].items()})
    return state

def plain(state):
    state = {key: value for key, value in state.items() if not callable(value)}
    if '_schedulers' in state:
        state['_schedulers'] = [plain(part) for part in state['_schedulers']]
    return state

def run(given):
    groups = [{'params': [torch.zeros(1)], 'lr': lr} for lr in given['rates']]
    optimizer = torch.optim.Adam(groups) if given['adam'] else torch.optim.SGD(groups, momentum=0.5)
    schedule = make_schedule(given['name'], optimizer, given['options'])
    if given['state'] is not None:
        schedule.load_state_dict(with_counts(given['state']))
        optimizer.load_state_dict({'state': {}, 'param_groups': given['groups']})
    path = []
    for epoch in given['epochs']:
        step_schedule(given['name'], schedule, epoch)
        values = [[group['lr'], momentum_of(group)] for group in optimizer.param_groups]
        path.append([values, optimizer.param_groups and schedule.get_last_lr()])
    return {'path': path, 'state': plain(schedule.state_dict()), 'groups': optimizer.state_dict()['param_groups']}
`;

test('every schedule is compared', () => {
  expect(exportedClasses().schedules.sort()).toEqual(Object.keys(schedules).sort());
});

interface Answer {
  readonly path: number[][][];
  readonly state: Readonly<Record<string, unknown>>;
  readonly groups: OptimizerStateDict['param_groups'];
}

/** What `theirs` has where `ours` has something; not all of PyTorch's schedules count their steps. */
function like(ours: unknown, theirs: unknown): unknown {
  if (Array.isArray(ours) && Array.isArray(theirs) && ours.length === theirs.length) {
    return ours.map((one, i) => like(one, theirs[i]));
  }
  if (typeof ours !== 'object' || ours === null || typeof theirs !== 'object') return theirs;
  const values = new Map(Object.entries(Object(theirs)));
  return Object.fromEntries(
    Object.entries(ours).map(([key, one]) => [key, key === '_step_count' ? one : like(one, values.get(key))]),
  );
}

const epochs = Array.from({ length: 50 }, (_, epoch) => epoch);

const note = parityTable('schedules');

describeIfTorch('equals PyTorch', script, (ask) => {
  test.each(Object.entries(schedules))('%s', async (name, { make, options }) => {
    const hundredths = fc.integer({ min: 1, max: 50 }).map((n) => n / 100);
    const rates = fc.array(hundredths, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(rates, fc.boolean(), options, async (rates, adam, options) => {
        const start = () => {
          const groups = rates.map((lr) => ({ params: [tensor([0])], lr }));
          const optimizer = adam ? new Adam(groups) : new SGD(groups, { momentum: 0.5 });
          return { optimizer, schedule: make(optimizer, options) };
        };
        const run = (
          { optimizer, schedule }: { optimizer: Adam | SGD; schedule: Steppable },
          range: number[],
        ) =>
          range.map((epoch) => {
            schedule.step(metric(epoch));
            const values = optimizer.paramGroups.map((group) => [
              group.lr,
              'betas' in group ? group.betas[0] : group.momentum,
            ]);
            return [values, schedule.getLastLr()];
          });
        const askTorch = async (range: number[], state: object | null, groups: object): Promise<Answer> =>
          Object(await ask({ name, rates, adam, options: toPython(options), epochs: range, state, groups }));
        const near = (actual: unknown, expected: unknown) => {
          const error = worstError(actual, expected);
          note(name, 'float64', [rates, options], error, epochs.length);
          expect(error).toBeLessThan(1e-12);
        };

        const [early, late] = [epochs.slice(0, 25), epochs.slice(25)];
        const whole = start();
        const theirs = await askTorch(early, null, []);
        near(run(whole, early), theirs.path);
        const state = whole.schedule.stateDict();
        near(state, like(state, theirs.state));

        // From the middle: ours from PyTorch's state, ours from our state, PyTorch's from ours.
        const { param_groups } = whole.optimizer.stateDict();
        const resumed = await askTorch(late, state, param_groups);
        const [crossed, ours] = [start(), start()];
        crossed.schedule.loadStateDict(theirs.state);
        crossed.optimizer.loadStateDict({ state: {}, param_groups: theirs.groups });
        near(run(crossed, late), resumed.path);
        ours.schedule.loadStateDict(JSON.parse(JSON.stringify(state)));
        ours.optimizer.loadStateDict(JSON.parse(JSON.stringify({ state: {}, param_groups })));
        const end = run(ours, late);
        near(end, resumed.path);
        expect(end).toEqual(run(whole, late));
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 40 },
    );
  });
});
