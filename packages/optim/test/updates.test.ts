import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { tensor } from '@tensortape/autograd';
import { LBFGS, SGD } from '@tensortape/optim';
import { exportedClasses, fromPython, metric, optimizers, schedules } from './cases.ts';

interface Case {
  readonly name: string;
  readonly options: object;
  readonly path: readonly (readonly number[])[];
}

/** Recorded from PyTorch 2.13 by fixtures/updates.py, so that the rules are checked where there is no PyTorch too. */
const recorded: { readonly optimizers: readonly Case[]; readonly schedules: readonly Case[] } = JSON.parse(
  readFileSync(new URL('fixtures/updates.json', import.meta.url), 'utf8'),
);

const titled = (cases: readonly Case[]) =>
  cases.map((one) => [`${one.name} ${JSON.stringify(one.options)}`, one] as const);

test('every optimizer and every schedule is recorded', () => {
  const namesOf = (cases: readonly Case[]) => [...new Set(cases.map(({ name }) => name))].sort();
  const classes = exportedClasses();
  expect(namesOf(recorded.optimizers)).toEqual(classes.optimizers.sort());
  expect(namesOf(recorded.schedules)).toEqual(classes.schedules.sort());
});

test.each(titled(recorded.optimizers))('%s goes where PyTorch goes', (_, { name, options, path }) => {
  const start = [1.5, -0.7];
  const flat = tensor(start, { dtype: 'float64' });
  const w = (name === 'Muon' ? flat.reshape([2, 1]) : flat).requiresGrad_();
  const own = fromPython(options);
  const optimizer = name === 'LBFGS' ? new LBFGS([w], own) : optimizers[name]!.make([w], own);
  for (const expected of path) {
    optimizer.step(() => {
      optimizer.zeroGrad();
      const loss = w
        .sin()
        .mul(w)
        .mul(tensor([1, 3], { dtype: 'float64' }).viewAs(w))
        .sum();
      loss.backward();
      return loss;
    });
    const found = w.toTypedArray();
    expected.forEach((value, i) => {
      expect(found[i]).toBeCloseTo(value, 12);
    });
  }
});

test.each(titled(recorded.schedules))('%s goes where PyTorch goes', (_, { name, options, path }) => {
  const optimizer = new SGD([tensor([0])], { lr: 0.3, momentum: 0.9 });
  const schedule = schedules[name]!.make(optimizer, fromPython(options));
  for (const [epoch, [lr, momentum]] of path.entries()) {
    expect(optimizer.paramGroups[0]?.lr).toBeCloseTo(lr!, 12);
    expect(optimizer.paramGroups[0]?.momentum).toBeCloseTo(momentum!, 12);
    schedule.step(metric(epoch));
  }
});
