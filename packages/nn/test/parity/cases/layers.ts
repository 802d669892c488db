import { arange, tensor } from '@tensortape/autograd';
import type { Cases, Source } from '../source.ts';

// What is dropped in training depends on PyTorch's build, so training drops nothing, or everything.
const drop = (source: Source, axes: number | null) => ({
  args: [source.training ? source.oneOf([0, 1]) : 0.5],
  inputs: [
    axes === null ? source.reals(source.shape(2, 3)) : source.images(axes, source.integer(1, 3), 1, 3),
  ],
});

/** Offsets of bags in so many positions. */
function offsetsOf(source: Source, positions: number, bags: number, last: boolean): number[] {
  const inner = Array.from({ length: bags - 1 }, () => source.integer(0, positions));
  return [0, ...inner.sort((a, b) => a - b), ...(last ? [positions] : [])];
}

/** What both tables can be told. */
const tableOptions = (source: Source, rows: number) => ({
  paddingIdx: source.maybe(() => source.integer(-rows, rows - 1)),
  maxNorm: source.oneOf([null, 1, 0.25]),
  normType: source.oneOf([2, 1, 3]),
  scaleGradByFreq: source.flag(),
});

/** Layers that hold little or nothing: linear ones, tables, shapes, dropout, distances. */
export const layers: Cases = {
  AlphaDropout: (source) => drop(source, null),
  Bilinear: (source) => {
    const [first, second, out, lead] = [
      source.integer(1, 4),
      source.integer(1, 4),
      source.integer(1, 4),
      source.shape(0, 2),
    ];
    return {
      args: [first, second, out],
      options: { bias: source.flag() },
      inputs: [source.reals([...lead, first]), source.reals([...lead, second])],
    };
  },
  CosineSimilarity: (source) => {
    const shape = source.shape(2, 3);
    return {
      options: { dim: source.integer(0, shape.length - 1), eps: source.oneOf([1e-8, 10]) },
      inputs: [source.reals(shape), source.reals(shape)],
    };
  },
  Dropout: (source) => drop(source, null),
  Dropout1d: (source) => drop(source, 1),
  Dropout2d: (source) => drop(source, 2),
  Dropout3d: (source) => drop(source, 3),
  Embedding: (source) => {
    const [rows, features] = [source.integer(1, 5), source.integer(1, 4)];
    return {
      args: [rows, features],
      options: tableOptions(source, rows),
      inputs: [source.indices(source.shape(0, 2), 0, rows - 1)],
    };
  },
  EmbeddingBag: (source) => {
    const [rows, features, bags] = [source.integer(1, 5), source.integer(1, 4), source.integer(1, 3)];
    const mode = source.oneOf(['sum', 'mean', 'max']);
    const includeLastOffset = source.flag();
    const common = tableOptions(source, rows);
    const scaleGradByFreq = mode !== 'max' && common.scaleGradByFreq;
    // PyTorch 2.13 divides by the frequency of another row, unless all are equal.
    const positions = scaleGradByFreq ? rows : source.integer(1, 5);
    const drawn = source.indices([bags, positions], 0, rows - 1);
    const rowsOfBags = scaleGradByFreq
      ? arange(rows, { dtype: 'int32' }).expand([bags, rows]).contiguous()
      : drawn;
    const options = { ...common, mode, includeLastOffset, scaleGradByFreq };
    const asRows = source.flag();
    const index = asRows ? rowsOfBags : rowsOfBags.flatten();
    const offsets = asRows
      ? null
      : tensor(offsetsOf(source, bags * positions, bags, includeLastOffset), { dtype: 'int32' });
    const factors = mode === 'sum' && source.flag() ? [source.reals(index.shape)] : [];
    return { args: [rows, features], options, inputs: [index, offsets, ...factors] };
  },
  FeatureAlphaDropout: (source) => drop(source, 2),
  Flatten: (source) => ({
    args: source.oneOf([
      [1, -1],
      [0, -1],
      [-2, 2],
      [2, 2],
    ]),
    inputs: [source.reals(source.shape(3, 3))],
  }),
  Identity: (source) => ({ inputs: [source.reals(source.shape(0, 3))] }),
  Linear: (source) => {
    const [inFeatures, outFeatures] = [source.integer(1, 6), source.integer(1, 6)];
    return {
      args: [inFeatures, outFeatures],
      options: { bias: source.flag() },
      inputs: [source.reals([...source.shape(0, 3), inFeatures])],
    };
  },
  PairwiseDistance: (source) => {
    const shape = source.shape(1, 3);
    return {
      options: { p: source.oneOf([2, 1, 3]), eps: source.oneOf([1e-6, 0.5]), keepdim: source.flag() },
      inputs: [source.reals(shape), source.reals(shape)],
    };
  },
  Unflatten: (source) => ({
    args: source.oneOf([
      [0, [2, 3]],
      [1, [2, 2]],
      [-1, [-1, 2]],
    ]),
    inputs: [source.reals([6, 4])],
  }),
};
