import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Generator, RandomState, type Tensor, tensor } from '@tensortape/autograd';
import { Linear, parseState, serializeState } from '@tensortape/nn';
import { Adam, ReduceLROnPlateau, SGD, StepLR } from '@tensortape/optim';
import { CheckpointError, CheckpointFolder, loadCheckpoint, saveCheckpoint } from '@tensortape/train/node';
import fc from 'fast-check';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
  path = join(folder, 'a.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

/** Something with a state, and nothing else. */
class Holder {
  state: unknown;
  constructor(state: unknown) {
    this.state = state;
  }
  stateDict(): unknown {
    return this.state;
  }
  loadStateDict(state: unknown): void {
    this.state = state;
  }
}

const throughFile = async (state: unknown): Promise<unknown> => {
  const holder = new Holder(state);
  await saveCheckpoint(path, { holder });
  holder.state = null;
  await loadCheckpoint(path, { holder });
  return holder.state;
};

/** What states are made of; tensors apart, which jest compares by their fields. */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      undefined,
      true,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      -0,
    ),
    fc.double(),
    fc.string(),
    fc.float64Array({ maxLength: 3 }),
    fc.float32Array({ maxLength: 3 }),
    fc.int32Array({ maxLength: 3 }),
    fc.uint8Array({ maxLength: 3 }),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '$'),
      tie('tree'),
      { maxKeys: 3, noNullPrototype: true },
    ),
    fc
      .array(fc.tuple(fc.string({ unit: 'grapheme' }), tie('tree')), { maxLength: 3 })
      .map((entries) => new Map(entries)),
  ),
}));

test('states of any form come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(tree, async (state) => expect(await throughFile(state)).toStrictEqual(state)),
    { numRuns: 50 },
  );
  const named = JSON.parse('{"__proto__": {"a": 1}, "a": {"b.c": 2}}');
  expect(await throughFile(named)).toStrictEqual(named);
});

test('tensors come back in their dtypes and shapes, whatever their names', async () => {
  const inner = tensor([[1, 2]], { dtype: 'float64' });
  const state = {
    'a.b': tensor([Number.NaN, -0]),
    a: { b: inner },
    c: [tensor(true), tensor([], { shape: [0, 3] })],
  };
  const loaded = (await throughFile(state)) as typeof state;
  const shown = ({ dtype, shape, data }: { dtype: string; shape: readonly number[]; data: unknown }) => [
    dtype,
    shape,
    data,
  ];
  const show = (x: Tensor) => shown({ dtype: x.dtype, shape: x.shape, data: x.toTypedArray() });
  expect([loaded['a.b'], loaded.a.b, ...loaded.c].map(show)).toEqual(
    [state['a.b'], inner, ...state.c].map(show),
  );
});

test('the file is a safetensors file, with the tensors under readable names', async () => {
  const model = new Linear(2, 1);
  const optimizer = new SGD(model.parameters(), { lr: 0.1, momentum: 0.9 });
  model
    .forward(tensor([[1, 2]]))
    .sum()
    .backward();
  optimizer.step();
  await saveCheckpoint(path, { model, optimizer });
  expect([...parseState(await readFile(path)).keys()].sort()).toEqual([
    'model.bias',
    'model.weight',
    'optimizer.state.0.momentum_buffer',
    'optimizer.state.1.momentum_buffer',
  ]);
});

test('generators, schedules with infinite marks and plain values come back', async () => {
  const optimizer = new SGD([tensor([1])], { lr: 0.5 });
  const parts = () => ({
    plateau: new ReduceLROnPlateau(optimizer),
    a: new Generator(1),
    b: new RandomState(2),
  });
  const before = parts();
  before.a.nextNormal();
  before.b.randn(3);
  await saveCheckpoint(path, { ...before, step: 7, name: 'x', done: true });
  const after = parts();
  const values = await loadCheckpoint(path, { ...after, step: 0, name: '', done: false });
  const { step, name, done }: { step: number; name: string; done: boolean } = values;
  expect({ step, name, done }).toEqual({ step: 7, name: 'x', done: true });
  expect(after.a.nextNormal()).toBe(before.a.nextNormal());
  expect(after.b.randn(2).toArray()).toEqual(before.b.randn(2).toArray());
  expect(after.plateau.stateDict()).toEqual(before.plateau.stateDict());
});

test('the state saved is that of the moment of the call', async () => {
  const model = new Linear(1, 1);
  const weight = model.weight.item();
  const saved = saveCheckpoint(path, { model });
  model.weight.detach().fill_(5);
  await saved;
  await loadCheckpoint(path, { model });
  expect(model.weight.item()).toBe(weight);
});

describe('what does not fit', () => {
  test('a part that does not take its state leaves all of them as they were', async () => {
    const model = new Linear(2, 1);
    await saveCheckpoint(path, { model, optimizer: new Adam(model.parameters()), step: 1 });
    const other = new Linear(2, 1);
    const optimizer = new Adam([tensor([1])], { lr: 0.5 });
    const weights = other.weight.toArray();
    const loading = loadCheckpoint(path, { model: other, optimizer, step: 0 });
    await expect(loading).rejects.toThrow(CheckpointError);
    await expect(loading).rejects.toThrow(
      /a\.safetensors: optimizer, saved from Adam, does not fit what it is loaded into, Adam; nothing was loaded: Adam: the state dict has groups of 2/,
    );
    expect(other.weight.toArray()).toEqual(weights);
    expect(optimizer.paramGroups[0]?.lr).toBe(0.5);
  });

  test('a state of another class is refused in words', async () => {
    const model = new Linear(2, 1);
    await saveCheckpoint(path, { part: model, step: 'one' });
    const optimizer = new SGD(model.parameters(), { lr: 1 });
    await expect(loadCheckpoint(path, { part: new StepLR(optimizer, 3) })).rejects.toThrow(
      /part, saved from Linear, does not fit what it is loaded into, StepLR; nothing was loaded/,
    );
    await expect(loadCheckpoint(path, { step: 1 })).rejects.toThrow(
      /step, .*expected a number, found a string/,
    );
  });

  test('a part that is not in the file is named, with those that are; parts left out do not matter', async () => {
    const model = new Linear(2, 1);
    await saveCheckpoint(path, { model, step: 1 });
    await expect(loadCheckpoint(path, { model, epoch: 0 })).rejects.toThrow(
      /no part epoch; it has model, step/,
    );
    expect(await loadCheckpoint(path, { step: 0 })).toEqual({ step: 1 });
  });

  test.each<[string, unknown, RegExp]>([
    ['a function', { rule: () => 1 }, /holder\.rule: a function cannot be saved; save tensors/],
    ['a date', [new Date(0)], /holder\.0: an object of the class Date cannot be saved/],
    ['a mark of the format', { a: { $: 1 } }, /holder\.a: an object with the key '\$' cannot be saved/],
    ['a map by numbers', new Map([[1, 2]]), /holder: a Map with a number as key cannot be saved/],
    ['a bigint', { n: 1n }, /holder\.n: a bigint cannot be saved/],
  ])('%s is refused before anything is written', async (_, state, message) => {
    await writeFile(path, 'earlier');
    await expect(saveCheckpoint(path, { holder: new Holder(state) })).rejects.toThrow(message);
    expect(await readdir(folder)).toEqual(['a.safetensors']);
    expect(String(await readFile(path))).toBe('earlier');
  });

  test('a state that contains itself is refused', async () => {
    const state: Record<string, unknown> = {};
    state['self'] = state;
    await expect(saveCheckpoint(path, { holder: new Holder(state) })).rejects.toThrow(
      /does it contain itself/,
    );
  });

  test('what has no state is refused', async () => {
    const parts: Record<string, never> = JSON.parse('{"model": {"weights": []}}');
    await expect(saveCheckpoint(path, parts)).rejects.toThrow(
      /model: expected something with stateDict.*got Object/,
    );
  });
});

describe('files that are no checkpoints', () => {
  test.each<[string, string | Uint8Array, RegExp]>([
    ['an empty file', '', /not a checkpoint, or a damaged one: .*a\.safetensors: expected at least 8 bytes/],
    ['text', 'not a checkpoint at all', /not a checkpoint, or a damaged one/],
    [
      'a model',
      serializeState(new Map([['w', tensor([1])]])),
      /a safetensors file, but no checkpoint: loadFile reads/,
    ],
    [
      'a later format',
      serializeState(new Map(), {
        metadata: new Map([
          ['tensortape.checkpoint', '2'],
          ['state', '[]'],
          ['sha256', ''],
        ]),
      }),
      /a checkpoint of format "2", where this version of tensortape knows 1/,
    ],
  ])('%s', async (_, content, message) => {
    await writeFile(path, content);
    const loading = loadCheckpoint(path, { step: 0 });
    await expect(loading).rejects.toThrow(CheckpointError);
    await expect(loading).rejects.toThrow(message);
  });

  test('no file, and a folder', async () => {
    await expect(loadCheckpoint(path, { step: 0 })).rejects.toThrow(
      /a\.safetensors: no such file: check the path/,
    );
    await expect(loadCheckpoint(folder, { step: 0 })).rejects.toThrow(/expected a regular file/);
  });

  test('a checkpoint with any bit flipped, or cut anywhere, is found out', async () => {
    const model = new Linear(3, 2);
    const optimizer = new Adam(model.parameters());
    model
      .forward(tensor([[1, 2, 3]]))
      .sum()
      .backward();
    optimizer.step();
    await saveCheckpoint(path, { model, optimizer, step: 3 });
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 8 * whole.length - 1 }), fc.boolean(), async (bit, cut) => {
        const bytes = Uint8Array.from(whole);
        bytes[bit >> 3]! ^= 1 << (bit & 7);
        await writeFile(path, cut ? whole.subarray(0, bit >> 3) : bytes);
        await expect(loadCheckpoint(path, { model, optimizer, step: 0 })).rejects.toThrow(CheckpointError);
      }),
    );
  });
});

test('what a killed process left behind goes after an hour', async () => {
  const names = ['old', 'new'].map((name) => `${path}.${name}.tmp`) as [string, string];
  for (const name of names) await writeFile(name, '');
  await utimes(names[0], 0, Date.now() / 1000 - 3700);
  await saveCheckpoint(path, { step: 1 });
  expect((await readdir(folder)).sort()).toEqual(['a.safetensors', 'a.safetensors.new.tmp']);
});

describe('CheckpointFolder', () => {
  test('keeps the last checkpoints by number and loads the newest', async () => {
    const checkpoints = new CheckpointFolder(join(folder, 'deep', 'run'), { keep: 2 });
    expect(await checkpoints.loadLatest({ step: 0 })).toBeUndefined();
    for (const step of [5, 9, 100, 10]) await checkpoints.save(step, { step });
    expect(await checkpoints.steps()).toEqual([10, 100]);
    expect(await checkpoints.loadLatest({ step: 0 })).toEqual({ step: 100 });
    await writeFile(join(checkpoints.path, 'notes.txt'), '');
    await checkpoints.save(101, { step: 101 });
    expect((await readdir(checkpoints.path)).sort()).toEqual([
      'checkpoint-100.safetensors',
      'checkpoint-101.safetensors',
      'notes.txt',
    ]);
  });

  test('refuses other numbers', async () => {
    expect(() => new CheckpointFolder(folder, { keep: 0 })).toThrow(
      /keep must be a whole number >= 1, got 0/,
    );
    await expect(new CheckpointFolder(folder).save(0.5, {})).rejects.toThrow(
      /step must be a whole number >= 0, got 0.5/,
    );
  });
});
