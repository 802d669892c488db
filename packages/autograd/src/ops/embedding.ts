import { noGrad } from '../tape/mode.ts';
import { checkOptions, checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { isFloat, type NumericArray } from '../tensor/dtype.ts';
import { ArgumentError, DTypeError, IndexError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { Storage } from '../tensor/storage.ts';
import type { Tensor } from '../tensor.ts';
import type { Refusals, Samples } from './samples.ts';

/** Refuses what is no index into the rows of a matrix; gives `paddingIdx` counted from the start, or null. */
function checkRows(op: string, index: Tensor, weight: Tensor, paddingIdx: number | null): number | null {
  checkTensor(op, 'index', index);
  checkTensor(op, 'weight', weight);
  if (index.dtype !== 'int32') {
    throw new DTypeError(
      `${op}: the index is ${index.dtype}, expected int32; make it with { dtype: 'int32' }`,
    );
  }
  if (weight.ndim !== 2) {
    throw new ShapeError(
      `${op}: the weight has shape ${formatShape(weight.shape)}, expected (rows, features)`,
    );
  }
  const rows = weight.shape[0]!;
  const values = index.toTypedArray();
  const at = values.findIndex((value) => value < 0 || value >= rows);
  if (at >= 0) {
    throw new IndexError(
      `${op}: index ${values[at]} (element ${at}) is not one of the rows 0 … ${rows - 1} of the weight of shape ${formatShape(weight.shape)}`,
    );
  }
  if (paddingIdx === null) return null;
  if (!Number.isInteger(paddingIdx) || paddingIdx < -rows || paddingIdx >= rows) {
    throw new IndexError(`${op}: paddingIdx ${paddingIdx} is not one of the ${rows} rows of the weight`);
  }
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** A row that gets no gradient, counted from either end. Default none. */
  readonly paddingIdx?: number | null;
  /** Rows that are looked up and have a larger norm are first scaled down to it, in `weight` itself. Default none. */
  readonly maxNorm?: number | null;
  /** Which p-norm `maxNorm` is about. Default 2. */
  readonly normType?: number;
  /** Whether the gradient of a row is divided by how often the index holds it. Default false. */
  readonly scaleGradByFreq?: boolean;
}

const embeddingOptions = ['paddingIdx', 'maxNorm', 'normType', 'scaleGradByFreq'];

/** Scales the rows that are looked up down to the largest norm, in place. */
function renormalize(
  op: string,
  rows: NumericArray,
  weight: Tensor,
  { maxNorm = null, normType = 2 }: EmbeddingOptions,
): void {
  if (!(normType > 0)) throw new ArgumentError(`${op}: normType is ${normType}, expected a number above 0`);
  if (maxNorm === null) return;
  if (!(maxNorm >= 0)) throw new ArgumentError(`${op}: maxNorm is ${maxNorm}, expected a number >= 0`);
  const table = weight.detach();
  noGrad(() => {
    const chosen = positionsOf([...new Set(rows)]);
    const found = table.indexSelect(0, chosen);
    const norms = found.norm(normType, 1, { keepdim: true });
    const factors = norms.add(1e-7).reciprocal().mul(maxNorm).where(norms.gt(maxNorm), 1);
    table.indexCopy_(0, chosen, found.mul(factors));
  });
}

/** Has the gradient of freshly looked-up rows divided by how often their index comes. */
function scaleByFrequency(taken: Tensor, rows: ArrayLike<number>, all: NumericArray): void {
  if (!taken.requiresGrad) return;
  const counts = new Map<number, number>();
  for (const row of all) counts.set(row, (counts.get(row) ?? 0) + 1);
  const factors = positionsOf(Array.from(rows, (row) => counts.get(row)!))
    .unsqueeze(-1)
    .to(taken.dtype);
  taken.registerHook((gradient) => gradient.div(factors));
}

/**
 * The rows of `weight` (rows, features) at the positions `index` (int32, any shape): out[…, j] = weight[index[…], j]. Derivative: the cotangents of equal positions
 * are summed in their row; none in that of `paddingIdx`. `maxNorm` changes `weight` in place, which graphs that saved it before refuse.
 * Errors: ShapeError unless weight has two axes; DTypeError for the index; IndexError; ArgumentError for norms out of range.
 * PyTorch: `torch.nn.functional.embedding`, without sparse.
 *
 * @example
 * ```ts
 * import { embedding, tensor } from '@tensortape/autograd';
 * const weight = tensor([[0, 0], [1, 2], [3, 4]]);
 * console.log(embedding(tensor([2, 1], { dtype: 'int32' }), weight).toArray()); // [ [ 3, 4 ], [ 1, 2 ] ]
 * ```
 */
export function embedding(index: Tensor, weight: Tensor, options: EmbeddingOptions = {}): Tensor {
  checkOptions('embedding', options, embeddingOptions);
  const padding = checkRows('embedding', index, weight, options.paddingIdx ?? null);
  const positions = index.toTypedArray();
  renormalize('embedding', positions, weight, options);
  const taken = weight.indexSelect(0, index.reshape([index.size]));
  if (options.scaleGradByFreq) scaleByFrequency(taken, positions, positions);
  const rows = taken.reshape([...index.shape, weight.shape[1]!]);
  if (padding === null || !rows.requiresGrad) return rows;
  // Only the gradient is cut off: what the row holds counts.
  return rows.where(index.ne(padding).unsqueeze(-1), rows.detach());
}
export const embeddingSamples: Samples = (s) => [s.index(s.shape(0, 2), 3), s.tensorOf([3, 2])];
export const embeddingRefusals: Refusals = (s) => {
  const [index, weight] = [s.index([2], 3), s.tensorOf([3, 2])];
  return [
    [[index, s.tensorOf([3])], 'ShapeError', /the weight has shape \(3,\), expected \(rows, features\)/],
    [[s.tensorOf([2]), weight], 'DTypeError', /the index is float64, expected int32/],
    [[index.add(3), weight], 'IndexError', /\(element 0\) is not one of the rows 0 … 2/],
    [[index.sub(3), weight], 'IndexError', /\(element 0\) is not one of the rows 0 … 2/],
    [[index, weight, { paddingIdx: 3 }], 'IndexError', /paddingIdx 3 is not one of the 3 rows/],
    [[index, weight, { paddingIdx: 0.5 }], 'IndexError', /paddingIdx 0\.5 is not one/],
    [[index, weight, { padding: 0 }], 'ArgumentError', /unknown option 'padding'/],
    [[index, weight, { maxNorm: -1 }], 'ArgumentError', /maxNorm is -1, expected a number >= 0/],
    [[index, weight, { normType: 0 }], 'ArgumentError', /normType is 0, expected a number above 0/],
    [[[1], weight], 'ArgumentError', /expected a tensor as index/],
  ];
};

/** Options of {@link embeddingBag}. */
export interface EmbeddingBagOptions extends EmbeddingOptions {
  /** Where the bags begin in an index of one axis (int32); needed there. */
  readonly offsets?: Tensor | null;
  /** How the rows of a bag become one. Default 'mean'. */
  readonly mode?: 'sum' | 'mean' | 'max';
  /** A factor for each position, in the shape of the index; with mode 'sum'. Default none. */
  readonly perSampleWeights?: Tensor | null;
  /** Whether the offsets end with the end of the last bag. Default false. */
  readonly includeLastOffset?: boolean;
}

/** Where each bag begins and ends in the flattened index. */
function bagsOf(
  index: Tensor,
  offsets: Tensor | null,
  includeLast: boolean,
): readonly (readonly [number, number])[] {
  const op = 'embeddingBag';
  if (index.ndim === 2) {
    if (offsets !== null) {
      throw new ArgumentError(
        `${op}: an index of shape ${formatShape(index.shape)} has a bag in each row; leave out the offsets`,
      );
    }
    const [count, length] = index.shape as [number, number];
    return Array.from({ length: count }, (_, i) => [i * length, (i + 1) * length]);
  }
  if (index.ndim !== 1) {
    throw new ShapeError(
      `${op}: the index has shape ${formatShape(index.shape)}, expected (bags, length), or (positions,) with offsets`,
    );
  }
  if (offsets === null) {
    throw new ArgumentError(
      `${op}: an index of shape ${formatShape(index.shape)} needs offsets: where its bags begin`,
    );
  }
  checkTensor(op, 'offsets', offsets);
  if (offsets.ndim !== 1 || offsets.dtype !== 'int32') {
    throw new DTypeError(
      `${op}: the offsets are ${offsets.dtype} of shape ${formatShape(offsets.shape)}, expected int32 of shape (bags,)`,
    );
  }
  const starts = [...offsets.toTypedArray()];
  if (includeLast && starts.length === 0)
    throw new ArgumentError(`${op}: with includeLastOffset there must be an offset`);
  const wrong = starts.findIndex((at, i) => (i === 0 ? at !== 0 : at < starts[i - 1]!) || at > index.size);
  if (wrong >= 0) {
    throw new ArgumentError(
      `${op}: offset ${starts[wrong]} (element ${wrong}) of [${starts.join(', ')}]: offsets begin with 0, do not fall, and do not exceed the ` +
        `${index.size} positions`,
    );
  }
  const ends = [...starts.slice(1), index.size];
  const bags = starts.map((start, i) => [start, ends[i]!] as const);
  return includeLast ? bags.slice(0, -1) : bags;
}

/**
 * The sum, mean or largest elements of the rows of `weight` in each bag of positions: a row of an index of two axes, or the positions from one offset to the next of an index of one axis. An empty bag gives
 * 0. Derivatives: as {@link embedding}, times the factor of the position, over the number of positions for the mean, to the first of the largest for max; the factor of a position gets the product of its row
 * with the cotangent. Positions of `paddingIdx` do not count. Errors: ShapeError, DTypeError, IndexError; ArgumentError for offsets that are missing, not needed or not ascending, and for factors without mode 'sum'.
 * PyTorch: `torch.nn.functional.embedding_bag`, all but index and weight in options.
 *
 * @example
 * ```ts
 * import { embeddingBag, tensor } from '@tensortape/autograd';
 * const weight = tensor([[0, 0], [1, 2], [3, 4]]);
 * const [index, offsets] = [tensor([2, 1, 1], { dtype: 'int32' }), tensor([0, 2], { dtype: 'int32' })];
 * console.log(embeddingBag(index, weight, { offsets, mode: 'sum' }).toArray()); // [ [ 4, 6 ], [ 1, 2 ] ]
 * ```
 */
export function embeddingBag(index: Tensor, weight: Tensor, options: EmbeddingBagOptions = {}): Tensor {
  const op = 'embeddingBag';
  checkOptions(op, options, [
    'offsets',
    'mode',
    'perSampleWeights',
    'includeLastOffset',
    ...embeddingOptions,
  ]);
  const { offsets = null, mode = 'mean', perSampleWeights = null, includeLastOffset = false } = options;
  const padding = checkRows(op, index, weight, options.paddingIdx ?? null);
  if (!isFloat(weight.dtype)) {
    throw new DTypeError(`${op}: the weight is ${weight.dtype}; convert it with .to('float32')`);
  }
  if (!['sum', 'mean', 'max'].includes(mode)) {
    throw new ArgumentError(`${op}: unknown mode '${String(mode)}'; known are sum, mean and max`);
  }
  if (perSampleWeights !== null) {
    checkTensor(op, 'perSampleWeights', perSampleWeights);
    if (mode !== 'sum') throw new ArgumentError(`${op}: perSampleWeights need mode 'sum', got '${mode}'`);
    if (!sameShape(perSampleWeights.shape, index.shape)) {
      throw new ShapeError(
        `${op}: perSampleWeights have shape ${formatShape(perSampleWeights.shape)}, expected ${formatShape(index.shape)}, that of the index`,
      );
    }
    if (perSampleWeights.dtype !== weight.dtype) {
      throw new DTypeError(
        `${op}: perSampleWeights are ${perSampleWeights.dtype}, the weight ${weight.dtype}; convert one with .to()`,
      );
    }
  }
  if (options.scaleGradByFreq && mode === 'max') {
    throw new ArgumentError(`${op}: scaleGradByFreq is there for mode 'sum' and 'mean', got 'max'`);
  }
  const rows = index.toTypedArray();
  renormalize(op, rows, weight, options);
  const bags = bagsOf(index, offsets, includeLastOffset).map(([start, end]) => {
    const positions = Array.from({ length: end - start }, (_, i) => start + i);
    return positions.filter((at) => rows[at] !== padding);
  });
  const features = weight.shape[1]!;
  if (mode === 'max') return largestOf(bags, rows, weight);
  const positions = bags.flat();
  const chosen = positions.map((at) => rows[at]!);
  const taken = weight.indexSelect(0, positionsOf(chosen));
  if (options.scaleGradByFreq) scaleByFrequency(taken, chosen, rows);
  const scaled =
    perSampleWeights === null
      ? taken
      : taken.mul(
          perSampleWeights.reshape([index.size]).indexSelect(0, positionsOf(positions)).unsqueeze(-1),
        );
  const owners = positionsOf(bags.flatMap((bag, i) => bag.map(() => i)));
  const sums = constant(0, weight.dtype, [bags.length, features]).scatterAdd(
    0,
    owners.unsqueeze(-1).expand([positions.length, features]),
    scaled,
  );
  if (mode === 'sum') return sums;
  return sums.div(
    positionsOf(bags.map((bag) => Math.max(1, bag.length)))
      .unsqueeze(-1)
      .to(weight.dtype),
  );
}

const positionsOf = (values: readonly number[]): Tensor =>
  wrap(new Storage(Int32Array.from(values)), 'int32', [values.length]);

/** The largest elements of the rows of each bag: bags padded to one length by their first position, which wins all ties. */
function largestOf(bags: readonly (readonly number[])[], rows: ArrayLike<number>, weight: Tensor): Tensor {
  const features = weight.shape[1]!;
  // At least 1, so that bags that are all empty still depend on the weight, with gradient 0.
  const longest = bags.reduce((most, bag) => Math.max(most, bag.length), 1);
  if (weight.size === 0) return constant(0, weight.dtype, [bags.length, features]).clone();
  const padded = bags.flatMap((bag) =>
    Array.from({ length: longest }, (_, i) => rows[bag[i] ?? bag[0] ?? 0] ?? 0),
  );
  const table = weight.indexSelect(0, positionsOf(padded)).reshape([bags.length, longest, features]);
  const filled = positionsOf(bags.map((bag) => bag.length))
    .ne(0)
    .unsqueeze(-1);
  return table.max(1).values.where(filled, 0);
}
export const embeddingBagSamples: Samples = (s) => {
  const weight = s.tensorOf([4, 2], { distinct: true });
  const mode = s.oneOf(['sum', 'mean', 'max'] as const);
  const flat = s.oneOf([true, false]);
  const index = s.index(
    flat
      ? [4]
      : s.oneOf([
          [2, 3],
          [3, 1],
        ]),
    4,
  );
  const factors = mode === 'sum' && s.oneOf([true, false]) ? s.tensorOf(index.shape) : null;
  const starts = s.oneOf([[0, 2], [0, 0, 3], [0], [0, 4]]);
  return [
    index,
    weight,
    {
      mode,
      perSampleWeights: factors,
      ...(flat && { offsets: positionsOf(starts), includeLastOffset: starts.at(-1) === 4 }),
      ...s.oneOf([{}, { paddingIdx: 1 }, { paddingIdx: -1 }]),
    },
  ];
};
export const embeddingBagRefusals: Refusals = (s) => {
  const [index, weight] = [s.index([4], 3), s.tensorOf([3, 2])];
  const offsets = positionsOf([0, 2]);
  return [
    [[index, weight], 'ArgumentError', /an index of shape \(4,\) needs offsets/],
    [
      [s.index([2, 2], 3), weight, { offsets }],
      'ArgumentError',
      /has a bag in each row; leave out the offsets/,
    ],
    [[s.index([], 3), weight], 'ShapeError', /the index has shape \(\), expected \(bags, length\)/],
    [
      [index, weight, { offsets: positionsOf([1, 2]) }],
      'ArgumentError',
      /offset 1 \(element 0\) of \[1, 2\]/,
    ],
    [[index, weight, { offsets: positionsOf([0, 3, 2]) }], 'ArgumentError', /offset 2 \(element 2\)/],
    [[index, weight, { offsets: positionsOf([0, 5]) }], 'ArgumentError', /do not exceed the 4 positions/],
    [[index, weight, { offsets: s.tensorOf([2]) }], 'DTypeError', /the offsets are float64 of shape \(2,\)/],
    [[index, weight, { offsets, mode: 'min' }], 'ArgumentError', /unknown mode 'min'/],
    [
      [index, weight, { offsets, perSampleWeights: s.tensorOf([4]) }],
      'ArgumentError',
      /need mode 'sum', got 'mean'/,
    ],
    [
      [index, weight, { offsets, mode: 'sum', perSampleWeights: s.tensorOf([3]) }],
      'ShapeError',
      /perSampleWeights have shape \(3,\), expected \(4,\)/,
    ],
    [[index, s.index([3, 2], 2), { offsets }], 'DTypeError', /the weight is int32/],
    [[index, s.tensorOf([3]), { offsets }], 'ShapeError', /the weight has shape \(3,\)/],
    [[index.add(3), weight, { offsets }], 'IndexError', /is not one of the rows 0 … 2/],
    [[index, weight, { offsets, paddingIdx: 3 }], 'IndexError', /paddingIdx 3 is not one/],
    [[index, weight, { offsets, maxNorm: Number.NaN }], 'ArgumentError', /maxNorm is NaN, expected/],
    [
      [index, weight, { offsets, mode: 'max', scaleGradByFreq: true }],
      'ArgumentError',
      /scaleGradByFreq is there for mode 'sum' and 'mean', got 'max'/,
    ],
  ];
};
