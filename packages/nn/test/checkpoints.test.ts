import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type FloatDType, noGrad, randn, tensor } from '@tensortape/autograd';
import { loadState, serializeState } from '@tensortape/nn';
import { describeIfTorch, worstError } from '../../../scripts/jest/python.ts';
import { models } from './checkpoints/models.ts';

type Name = keyof typeof models;

/** A checkpoint that PyTorch wrote, what the model was given, and what it gave. */
interface Recorded {
  readonly model: Name;
  readonly dtype: FloatDType;
  readonly input: readonly unknown[];
  /** In base64. */
  readonly file: string;
  readonly output: readonly unknown[];
}

const beside = (name: string): URL => new URL(`checkpoints/${name}`, import.meta.url);
const script = readFileSync(beside('models.py'), 'utf8');
const record = beside('recorded.json');
const tolerance: Readonly<Record<FloatDType, number>> = { float64: 1e-10, float32: 1e-5 };
const tokens = [
  [1, 4, 2, 6, 0],
  [3, 3, 5, 0, 0],
];
const names: readonly Name[] = ['LeNet', 'LstmLanguageModel', 'Gpt'];
const cases = names.flatMap((model) =>
  (['float64', 'float32'] as const).map((dtype) => [model, dtype] as const),
);

const inputOf = (model: Name): readonly unknown[] =>
  model === 'LeNet' ? (randn([2, 1, 8, 8], { dtype: 'float64' }).toArray() as readonly unknown[]) : tokens;

/** Our model of this name, before anything is loaded. */
const make = (model: Name, dtype: FloatDType) => new models[model]().to(dtype).eval();

const run = (model: ReturnType<typeof make>, name: Name, dtype: FloatDType, input: readonly unknown[]) =>
  noGrad(() =>
    model.forward(tensor(input as number[], { dtype: name === 'LeNet' ? dtype : 'int32' })).toArray(),
  );

/** Loads a checkpoint of PyTorch's, every key of which must fit, and compares what the model gives. */
async function expectSame({ model, dtype, input, file, output }: Recorded): Promise<void> {
  const ours = make(model, dtype);
  const before = run(ours, model, dtype, input);
  const state = await loadState(new Blob([Buffer.from(file, 'base64')]));
  expect([...state.keys()]).toEqual([...ours.stateDict().keys()]);
  ours.loadStateDict(state);
  expect(worstError(run(ours, model, dtype, input), output)).toBeLessThan(tolerance[dtype]);
  expect(worstError(before, output)).toBeGreaterThan(1e-3);
}

const recorded: readonly Recorded[] = JSON.parse(readFileSync(record, 'utf8'));

describe('a checkpoint that PyTorch wrote gives what it gave there', () => {
  test('for each model', () => {
    expect(recorded.map(({ model }) => model)).toEqual(names);
  });

  test.each(recorded.map((one) => [one.model, one] as const))('%s', (_, one) => expectSame(one));
});

describeIfTorch('checkpoints', script, (ask) => {
  let seed = 0;
  const askFor = async (model: Name, dtype: FloatDType, file: string | null) => {
    const input = inputOf(model);
    const answer = Object(await ask({ model, dtype, input, file, seed: seed++ }));
    return { model, dtype, input, ...answer } as Recorded;
  };

  test.each(cases)("of PyTorch's %s in %s load here", async (model, dtype) => {
    await expectSame(await askFor(model, dtype, null));
  });

  test.each(cases)('of our %s in %s load in PyTorch', async (model, dtype) => {
    const ours = make(model, dtype);
    const file = Buffer.from(serializeState(ours.stateDict())).toString('base64');
    const { input, output, file: back } = await askFor(model, dtype, file);
    expect(worstError(run(ours, model, dtype, input), output)).toBeLessThan(tolerance[dtype]);
    const state = await loadState(new Blob([Buffer.from(back, 'base64')]));
    for (const [key, value] of ours.stateDict()) expect(state.get(key)?.toArray()).toEqual(value.toArray());
  });

  // Writes the record anew: TENSORTAPE_RECORD=1.
  (process.env['TENSORTAPE_RECORD'] ? test : test.skip)('are recorded', async () => {
    const all: Recorded[] = [];
    for (const model of names) all.push(await askFor(model, 'float32', null));
    writeFileSync(record, `${JSON.stringify(all)}\n`);
  });
});
