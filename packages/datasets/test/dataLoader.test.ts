import { describe, expect, test } from '@jest/globals';
import {
  ArgumentError,
  arange,
  defaultGenerator,
  Generator,
  IndexError,
  manualSeed,
  type Tensor,
} from '@tensortape/autograd';
import {
  BatchSampler,
  DataLoader,
  type Dataset,
  RandomSampler,
  SequentialSampler,
  Subset,
  SubsetRandomSampler,
  TensorDataset,
} from '@tensortape/datasets';
import fc from 'fast-check';

const ten = new TensorDataset(arange(10));
/** The batches of an epoch over indices, as lists. */
const epoch = (loader: DataLoader<[Tensor]>) => [...loader].map(([x]) => x.toArray());
const twoNumbers = (generator: Generator) => [...generator.randint(new Int32Array(2), 0, 1000)];

test('every sample comes once an epoch, in batches of the size asked for, however it is loaded', () => {
  const options = fc.record({
    batchSize: fc.integer({ min: 1, max: 12 }),
    shuffle: fc.boolean(),
    dropLast: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.nat(30), options, fc.nat(1000), (length, { batchSize, shuffle, dropLast }, seed) => {
      const x = arange(2 * length).reshape([length, 2]);
      const tensors = new TensorDataset(x, arange(length));
      const oneByOne: Dataset<[Tensor, Tensor]> = { length, get: (i) => tensors.get(i) };
      const all = arange(length).toTypedArray();
      const load = (dataset: Dataset<[Tensor, Tensor]>) => {
        const generator = new Generator(seed);
        const loader = new DataLoader(dataset, { batchSize, shuffle, dropLast, generator });
        const batches = [...loader];
        expect(loader.length).toBe(batches.length);
        return batches.map(([rows, labels]) => ({
          shapes: [rows.shape, labels.shape],
          rows: [...rows.toTypedArray()],
          labels: [...labels.toTypedArray()],
        }));
      };
      const loaded = load(tensors);
      expect(load(oneByOne)).toEqual(loaded);
      expect(load(new Subset(tensors, all))).toEqual(loaded);

      const whole = Math.floor(length / batchSize);
      const rest = dropLast || length % batchSize === 0 ? [] : [length % batchSize];
      const sizes = [...new Array<number>(whole).fill(batchSize), ...rest];
      expect(loaded.map(({ shapes }) => shapes)).toEqual(sizes.map((size) => [[size, 2], [size]]));
      const visited = loaded.flatMap(({ labels }) => labels);
      expect(loaded.flatMap(({ rows }) => rows)).toEqual(visited.flatMap((i) => [2 * i, 2 * i + 1]));
      if (shuffle) expect(new Set(visited).size).toBe(visited.length);
      else expect(visited).toEqual([...all.subarray(0, visited.length)]);
    }),
  );
});

// Recorded from torch.utils.data of PyTorch 2.13.
describe("order and draws are PyTorch's", () => {
  test('with a generator', () => {
    const generator = new Generator(0);
    const loader = new DataLoader(ten, { batchSize: 4, shuffle: true, generator });
    expect(epoch(loader)).toEqual([
      [3, 7, 5, 2],
      [0, 8, 1, 6],
      [9, 4],
    ]);
    expect(epoch(loader)).toEqual([
      [1, 3, 2, 7],
      [5, 9, 0, 6],
      [4, 8],
    ]);
    expect(twoNumbers(generator)).toEqual([778, 43]);
    const even = new DataLoader(ten, { batchSize: 5, shuffle: true, dropLast: true, generator });
    expect(epoch(even)).toEqual([
      [1, 6, 5, 7, 0],
      [4, 2, 9, 3, 8],
    ]);
    expect(epoch(even)).toEqual([
      [5, 6, 4, 3, 1],
      [7, 0, 9, 8, 2],
    ]);
    expect(twoNumbers(generator)).toEqual([944, 633]);
  });

  test('with the default generator, shuffled or not', () => {
    manualSeed(0);
    const loader = new DataLoader(ten, { batchSize: 4, shuffle: true });
    expect(epoch(loader)).toEqual([
      [6, 7, 1, 4],
      [2, 0, 9, 8],
      [3, 5],
    ]);
    expect(epoch(loader)).toEqual([
      [2, 4, 7, 0],
      [8, 9, 5, 3],
      [6, 1],
    ]);
    expect(twoNumbers(defaultGenerator)).toEqual([497, 683]);
    manualSeed(0);
    expect(epoch(new DataLoader(ten, { batchSize: 4 }))).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
    expect(twoNumbers(defaultGenerator)).toEqual([933, 760]);
    manualSeed(0);
    expect([...new SubsetRandomSampler([5, 6, 7, 8])]).toEqual([5, 6, 8, 7]);
  });
});

test('an order depends on the state of the generator alone', () => {
  const generator = new Generator(7);
  const loader = new DataLoader(ten, { batchSize: 3, shuffle: true, generator });
  const state = generator.getState();
  const first = epoch(loader);
  expect(epoch(loader)).not.toEqual(first);
  generator.setState(state);
  expect(epoch(loader)).toEqual(first);
});

test('leaving an epoch early and starting another', () => {
  const loader = new DataLoader(ten, { batchSize: 4 });
  for (const [x] of loader) {
    expect(x.toArray()).toEqual([0, 1, 2, 3]);
    break;
  }
  expect(epoch(loader)).toHaveLength(3);
});

describe('samplers', () => {
  test('a list chooses the samples and their order', () => {
    const loader = new DataLoader(ten, { sampler: [3, 3, 0], batchSize: 2 });
    expect([loader.length, epoch(loader)]).toEqual([2, [[3, 3], [0]]]);
  });

  test('a batch sampler chooses the batches', () => {
    const loader = new DataLoader(ten, { batchSampler: [[1], [2, 3], []] });
    const batches = epoch(loader);
    expect([loader.length, batches]).toEqual([3, [[1], [2, 3], []]]);
    const inOrder = new BatchSampler(new SequentialSampler(ten), { batchSize: 6 });
    expect(epoch(new DataLoader(ten, { batchSampler: inOrder }))).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9],
    ]);
  });

  test('batches are lists of their own', () => {
    const batches = [...new BatchSampler(new SequentialSampler(ten), { batchSize: 4 })];
    expect(batches).toEqual([
      [0, 1, 2, 3],
      [4, 5, 6, 7],
      [8, 9],
    ]);
  });

  test('follow a dataset that grows', () => {
    const growing = { length: 2 };
    const samplers = [new SequentialSampler(growing), new RandomSampler(growing)];
    growing.length = 4;
    for (const sampler of samplers) {
      expect(sampler.length).toBe(4);
      expect([...sampler].toSorted()).toEqual([0, 1, 2, 3]);
    }
  });

  test("an index that is not a sample's is named", () => {
    for (const [index, shown] of [
      [10, '10'],
      [-1, '-1'],
      [0.5, '0.5'],
      [NaN, 'NaN'],
    ] as const) {
      const loader = new DataLoader(ten, { sampler: [0, index], batchSize: 2 });
      expect(() => [...loader]).toThrow(
        new IndexError(
          `DataLoader: the sampler's next index is ${shown}: not a sample of the dataset, whose samples are 0 to 9`,
        ),
      );
    }
  });
});

test('collate joins the samples its own way, and types the batch', () => {
  const words: Dataset<string> = { length: 3, get: (i) => 'abc'.slice(0, i + 1) };
  const loader = new DataLoader(words, { batchSize: 2, collate: (samples) => samples.join('-').length });
  const lengths: number[] = [...loader];
  expect(lengths).toEqual([4, 3]);
  const lists: string[][] = [...new DataLoader(words, { batchSize: 2 })];
  expect(lists).toEqual([['a', 'ab'], ['abc']]);
});

test('errors of the dataset come through', () => {
  const broken: Dataset<number> = {
    length: 2,
    get(index) {
      if (index === 1) throw new Error('page 1 is missing');
      return index;
    },
  };
  const batches = new DataLoader(broken)[Symbol.iterator]();
  const first: Tensor = batches.next().value;
  expect(first.toArray()).toEqual([0]);
  expect(() => batches.next()).toThrow('page 1 is missing');
});

describe('bad options are refused by name', () => {
  test.each([0, -1, 1.5, NaN, Infinity])('batchSize %d', (batchSize) => {
    const message = `batchSize must be an integer of at least 1, got ${batchSize}`;
    expect(() => new DataLoader(ten, { batchSize })).toThrow(new ArgumentError(message));
    expect(() => new BatchSampler([0], { batchSize })).toThrow(new ArgumentError(message));
  });

  test('options that exclude each other', () => {
    expect(() => new DataLoader(ten, { shuffle: true, sampler: [1] })).toThrow(
      new ArgumentError(
        'DataLoader: shuffle and sampler exclude each other; leave shuffle out, or shuffle in the sampler',
      ),
    );
    const batchSampler = [[0]];
    for (const [name, other] of Object.entries({
      batchSize: { batchSize: 2 },
      shuffle: { shuffle: true },
      dropLast: { dropLast: true },
      sampler: { sampler: [1] },
    })) {
      expect(() => new DataLoader(ten, { batchSampler, ...other })).toThrow(
        new ArgumentError(`DataLoader: batchSampler replaces ${name}; pass one of them`),
      );
    }
  });
});
