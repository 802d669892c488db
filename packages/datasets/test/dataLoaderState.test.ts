import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { arange, defaultGenerator, Generator, manualSeed, type Tensor } from '@tensortape/autograd';
import {
  BatchSampler,
  DataLoader,
  type DataLoaderOptions,
  type DataLoaderState,
  type Dataset,
  IterableDataset,
  RandomSampler,
  StratifiedSampler,
  TensorDataset,
  WeightedRandomSampler,
} from '@tensortape/datasets';
import fc from 'fast-check';

const dataset = new TensorDataset(arange(11));
/** The same samples one by one as promises, that come back out of order. */
const slow: Dataset<Promise<[Tensor]>> = {
  length: 11,
  get: async (index) => {
    await sleep((index * 7) % 5);
    return dataset.get(index);
  },
};
const listed = ([x]: [Tensor]): number[] => [...x.toTypedArray()];

type Options = DataLoaderOptions<[Tensor], [Tensor]> & DataLoaderOptions<Promise<[Tensor]>, [Tensor]>;
/** Every way to get an order; made anew for each loader, as a new process does. */
const ways: Record<string, () => Options> = {
  'a seed': () => ({ batchSize: 3, shuffle: true, seed: 4 }),
  'a generator': () => ({ batchSize: 3, shuffle: true, generator: new Generator(4) }),
  'the default generator': () => ({ batchSize: 3, shuffle: true }),
  'no order': () => ({ batchSize: 2, dropLast: true }),
  'a weighted sampler': () => ({
    batchSize: 4,
    sampler: new WeightedRandomSampler(arange(11).toTypedArray(), 10, { generator: new Generator(9) }),
  }),
  'a stratified batch sampler': () => ({
    batchSampler: new BatchSampler(
      new StratifiedSampler([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0], { generator: new Generator(2) }),
      {
        batchSize: 2,
      },
    ),
  }),
  'a sampler that draws from the default generator': () => ({
    batchSize: 5,
    sampler: new RandomSampler(dataset),
    generator: new Generator(1),
  }),
  'a sampler that draws as it goes, from a generator that others use': () => {
    const generator = new Generator(8);
    const sampler = {
      length: 11,
      generator,
      *[Symbol.iterator]() {
        for (let i = 0; i < 11; i++) yield generator.randint(new Int32Array(1), 0, 11)[0]!;
      },
    };
    return { batchSize: 2, sampler, generator };
  },
};

describe.each(Object.entries(ways))('an order from %s', (_, options) => {
  const makeLoader = (isAsync: boolean): DataLoader<unknown, [Tensor]> =>
    isAsync ? new DataLoader(slow, options()) : new DataLoader(dataset, options());
  const visit = async (
    loader: DataLoader<unknown, [Tensor]>,
    isAsync: boolean,
    see: (batch: number[]) => void,
  ) => {
    if (isAsync) for await (const batch of loader) see(listed(batch));
    else for (const batch of loader) see(listed(batch));
  };

  test.each([false, true])(
    'resumes with exactly the remaining batches (asynchronously: %s)',
    async (isAsync) => {
      for (const after of [0, 1, 2, 3]) {
        manualSeed(3);
        const one = makeLoader(isAsync);
        const whole: number[][] = [];
        let saved = { state: '', at: 0 };
        for (let epoch = 0; epoch < 3; epoch++) {
          let count = 0;
          const save = () => {
            if (epoch === 1 && count++ === after)
              saved = { state: JSON.stringify(one.stateDict()), at: whole.length };
          };
          save();
          await visit(one, isAsync, (batch) => {
            whole.push(batch);
            save();
          });
        }
        expect(one.epoch).toBe(3);

        manualSeed(777);
        const other = makeLoader(isAsync);
        other.loadStateDict(JSON.parse(saved.state));
        // Saving and loading once more changes nothing.
        other.loadStateDict(JSON.parse(JSON.stringify(other.stateDict())));
        expect(other.epoch).toBe(1);
        const rest: number[][] = [];
        while (other.epoch < 3) await visit(other, isAsync, (batch) => rest.push(batch));
        expect(saved.at).toBe(one.length + after);
        expect(rest).toEqual(whole.slice(saved.at));
      }
    },
  );
});

test('what others draw from the default generator meanwhile is left alone', () => {
  const loader = () => new DataLoader(dataset, { batchSize: 4, shuffle: true });
  const draw = () => defaultGenerator.randint(new Int32Array(1), 0, 1e6)[0]!;
  manualSeed(1);
  const one = loader();
  const seen: unknown[] = [];
  let state = one.stateDict();
  for (const batch of one) {
    seen.push(listed(batch), draw());
    if (seen.length === 2) state = one.stateDict();
  }
  for (const batch of one) seen.push(listed(batch), draw());
  manualSeed(2);
  const other = loader();
  other.loadStateDict(state);
  const rest: unknown[] = [];
  while (other.epoch < 2) for (const batch of other) rest.push(listed(batch), draw());
  expect(rest).toEqual(seen.slice(2));
});

test('with a seed, the order is a function of seed and epoch alone', () => {
  const epochOf = (seed: number, epoch: number) => {
    const loader = new DataLoader(dataset, { batchSize: 11, shuffle: true, seed });
    loader.setEpoch(epoch);
    return listed([...loader][0]!);
  };
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(20), (seed, epochs) => {
      const before = defaultGenerator.getState();
      const loader = new DataLoader(dataset, { batchSize: 11, shuffle: true, seed });
      for (let epoch = 0; epoch < epochs; epoch++) {
        expect(loader.epoch).toBe(epoch);
        // Leaving an epoch early does not change the ones after it.
        if (epoch % 2 === 0) expect(listed([...loader][0]!)).toEqual(epochOf(seed, epoch));
        else for (const _ of loader) break;
      }
      expect(defaultGenerator.getState()).toEqual(before);
    }),
    { numRuns: 20 },
  );
  expect(epochOf(1, 0)).not.toEqual(epochOf(2, 0));
  expect(epochOf(1, 0)).not.toEqual(epochOf(1, 1));
  expect(epochOf(1, 3)).toEqual([...new Generator(4).permutation(11)]);
});

describe('a state that does not fit', () => {
  test.each<[string, unknown, RegExp]>([
    ['nothing', {}, /not a loader's state; pass what stateDict\(\) returned/],
    ['half an epoch', { epoch: 0.5, generators: [[]] }, /not a loader's state/],
    [
      'no batch',
      { epoch: 0, generators: [[]], underWay: { handed: -1, asked: 0, generators: [[]] } },
      /not a loader's/,
    ],
    ['of more generators', { epoch: 0, generators: [[], []] }, /has 2 generators, this loader draws from 1/],
    ['of no generator', { epoch: 0, generators: [[1, 2]] }, /a state has 5056 bytes, got 2/],
  ])('%s is refused', (_, state, message) => {
    const loader = new DataLoader(dataset);
    const before = loader.stateDict();
    expect(() => loader.loadStateDict(state as DataLoaderState)).toThrow(message);
    expect(loader.stateDict()).toEqual(before);
  });
});

describe('promises', () => {
  test('those of a batch, and of the next ones, load at the same time; batches come in order', async () => {
    for (const prefetch of [0, 1, 3]) {
      let underWay = 0;
      let most = 0;
      const counted: Dataset<Promise<number>> = {
        length: 20,
        get: async (index) => {
          most = Math.max(most, ++underWay);
          await sleep((index * 13) % 7);
          underWay--;
          return index;
        },
      };
      const seen: number[] = [];
      for await (const x of new DataLoader(counted, { batchSize: 2, prefetch }))
        seen.push(...x.toTypedArray());
      expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => i));
      expect(most).toBe(2 * (prefetch + 1));
    }
  });

  test('what is there already is not loaded ahead', async () => {
    const loaded: number[] = [];
    const eager: Dataset<number> = { length: 6, get: (index) => loaded.push(index) };
    const counts: number[] = [];
    for await (const _ of new DataLoader(eager, { batchSize: 2 })) counts.push(loaded.length);
    expect(counts).toEqual([2, 4, 6]);
  });

  test('one that fails is thrown when its batch is due, others never', async () => {
    const broken: Dataset<Promise<number>> = {
      length: 6,
      get: async (index) => {
        if (index >= 2) throw new Error(`page ${index} is missing`);
        return index;
      },
    };
    const loader = new DataLoader(broken, { prefetch: 3 });
    const seen: unknown[] = [];
    const all = async () => {
      for await (const x of loader) seen.push(x.item());
    };
    await expect(all()).rejects.toThrow('page 2 is missing');
    expect(seen).toEqual([0, 1]);
    // Left before the bad ones are due: they were under way, and nobody is told.
    for await (const _ of loader) break;
    await sleep(5);
  });

  test('getBatch may be a promise, and collate gets what was promised', async () => {
    const fast: Dataset<Promise<number>> = {
      length: 4,
      get: () => Promise.reject(new Error('one by one')),
      getBatch: async (indices) => arange(4).indexSelect(0, arange(indices.length, { dtype: 'int32' })),
    };
    for await (const x of new DataLoader(fast, { batchSize: 4 })) expect(x.toArray()).toEqual([0, 1, 2, 3]);
    const words: Dataset<Promise<string>> = { length: 2, get: async (i) => 'ab'[i]! };
    const joined: string[] = [];
    for await (const x of new DataLoader(words, { batchSize: 2, collate: (list) => list.join('-') }))
      joined.push(x);
    expect(joined).toEqual(['a-b']);
  });

  test('need for await', () => {
    expect(() => [...new DataLoader(slow)]).toThrow(
      'DataLoader: the samples are promises; iterate with for await',
    );
  });
});

describe('a stream', () => {
  const numbers = new IterableDataset(function* () {
    for (let i = 0; i < 7; i++) yield i;
  });
  const asyncNumbers = new IterableDataset(async function* () {
    for (let i = 0; i < 7; i++) {
      await sleep(1);
      yield i;
    }
  });
  const lists = (loader: DataLoader<number>) => [...loader].map((x) => x.toArray());

  test('is read in order, each pass anew, with or without its rest', async () => {
    const loader = new DataLoader(numbers, { batchSize: 3 });
    for (let pass = 0; pass < 2; pass++) expect(lists(loader)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect(lists(new DataLoader(numbers, { batchSize: 3, dropLast: true }))).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    for (const source of [numbers, asyncNumbers]) {
      const seen: unknown[] = [];
      for await (const x of new DataLoader(source, { batchSize: 3, prefetch: 5 })) seen.push(x.toArray());
      expect(seen).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    }
  });

  test.each([
    ['at once', numbers],
    ['asynchronously', asyncNumbers],
  ])('resumes where it was, read %s', async (_, source) => {
    const first = new DataLoader(source, { batchSize: 2 });
    let state = first.stateDict();
    const seen: unknown[] = [];
    for await (const x of first) {
      if (seen.push(x.toArray()) === 2) state = first.stateDict();
    }
    const second = new DataLoader(source, { batchSize: 2 });
    second.loadStateDict(state);
    const rest: unknown[] = [];
    for await (const x of second) rest.push(x.toArray());
    expect(rest).toEqual(seen.slice(2));
  });

  test('is let go when the loop is left', async () => {
    let released = 0;
    const source = new IterableDataset(async function* () {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        released++;
      }
    });
    for await (const _ of new DataLoader(source)) break;
    await sleep(1);
    expect(released).toBe(1);
  });

  test('brings its own order, does not know its length, and may need for await', () => {
    expect(() => new DataLoader(numbers, { shuffle: true })).toThrow(
      /shuffle needs samples that can be had by number/,
    );
    expect(() => new DataLoader(numbers, { batchSize: 0 })).toThrow(/batchSize must be an integer/);
    expect(() => new DataLoader(numbers).length).toThrow(/not known before its end/);
    expect(() => [...new DataLoader(asyncNumbers)]).toThrow(/iterate with for await/);
  });
});

test('options that exclude each other', () => {
  for (const options of [{ generator: new Generator(0) }, { sampler: [1] }, { batchSampler: [[1]] }]) {
    const [name] = Object.keys(options);
    expect(() => new DataLoader(dataset, { ...options, seed: 0 })).toThrow(
      `DataLoader: seed and ${name} exclude each other; pass one of them`,
    );
  }
  expect(() => new DataLoader(dataset, { prefetch: -1 })).toThrow(
    /prefetch must be an integer of at least 0/,
  );
});
