import { tensor } from '@tensortape/autograd';
import type { Case, Cases, Source } from '../source.ts';

function drawScores(source: Source) {
  const [count, batch, rest] = [source.integer(1, 5), source.integer(1, 4), source.shape(0, 2)];
  if (rest.length === 0 && source.oneOf([false, false, true])) {
    return { x: source.reals([count]), labels: [], count };
  }
  return { x: source.reals([batch, count, ...rest]), labels: [batch, ...rest], count };
}

/** Two tensors of one shape. */
const pair = (source: Source, options: Case['options'] = {}): Case => {
  const shape = source.shape(0, 3);
  return {
    options: { ...options, reduction: source.reduction() },
    inputs: [source.reals(shape), source.reals(shape)],
  };
};

/** Vectors (N, D), or one alone. */
const vectors = (source: Source): number[] => source.shape(1, 2).map((length, axis) => length + axis);

/** The losses of torch.nn. */
export const losses: Cases = {
  AdaptiveLogSoftmaxWithLoss: (source) => {
    const [inFeatures, classes] = [source.integer(4, 6), source.integer(4, 9)];
    const cutoffs = source.oneOf([[1], [3], [1, 2], [1, 3], [2, 3]]);
    const lead = source.flag() ? [source.integer(1, 5)] : [];
    return {
      args: [inFeatures, classes, cutoffs],
      options: { divValue: source.oneOf([4, 2, 1.5]), headBias: source.flag() },
      inputs: [source.reals([...lead, inFeatures], 1), source.indices(lead, 0, classes - 1)],
    };
  },
  BCELoss: (source) => {
    const [shape, reduction] = [source.shape(0, 3), source.reduction()];
    const weight = source.maybe(() => source.weights(shape));
    return { options: { weight, reduction }, inputs: [source.shares(shape), source.shares(shape)] };
  },
  BCEWithLogitsLoss: (source) => {
    const [shape, reduction] = [source.shape(0, 3), source.reduction()];
    const weight = source.maybe(() => source.weights(shape));
    const posWeight = source.maybe(() => source.weights(shape.slice(-1)).mul(3));
    return {
      options: { weight, posWeight, reduction },
      inputs: [source.reals(shape, 5), source.shares(shape)],
    };
  },
  CTCLoss: (source) => {
    const [time, batch, classes] = [source.integer(5, 6), source.integer(1, 2), source.integer(2, 4)];
    const targetLengths = Array.from({ length: batch }, () => source.integer(1, 2));
    const inputLengths = Array.from({ length: batch }, () => source.integer(4, time));
    const int32 = (values: number[]) => tensor(values, { dtype: 'int32' });
    return {
      options: { blank: 0, zeroInfinity: source.flag(), reduction: source.reduction() },
      inputs: [
        source.reals([time, batch, classes], 1),
        source.indices([batch, 2], 1, classes - 1),
        int32(inputLengths),
        int32(targetLengths),
      ],
    };
  },
  CosineEmbeddingLoss: (source) => {
    const shape = vectors(source);
    return {
      options: { margin: source.oneOf([0, 0.3]), reduction: source.reduction() },
      inputs: [source.reals(shape), source.reals(shape), source.signs(shape.slice(0, -1))],
    };
  },
  CrossEntropyLoss: (source) => {
    const { x, labels, count } = drawScores(source);
    const reduction = source.reduction();
    const labelSmoothing = source.oneOf([0, 0.1, 1]);
    const weight = source.maybe(() => source.weights([count]));
    const probabilities = source.flag();
    const ignoreIndex = source.oneOf(probabilities ? [-100] : [-100, 0, 2]);
    const target = probabilities ? source.shares(x.shape) : source.classes(labels, count, ignoreIndex);
    return { options: { weight, ignoreIndex, labelSmoothing, reduction }, inputs: [x, target] };
  },
  GaussianNLLLoss: (source) => {
    const shape = source.shape(1, 3);
    return {
      options: { full: source.flag(), eps: source.oneOf([1e-6, 0.3]), reduction: source.reduction() },
      inputs: [source.reals(shape), source.reals(shape), source.shares(shape)],
    };
  },
  HingeEmbeddingLoss: (source) => {
    const shape = source.shape(0, 3);
    return {
      options: { margin: source.oneOf([1, 0.25]), reduction: source.reduction() },
      inputs: [source.reals(shape), source.signs(shape)],
    };
  },
  HuberLoss: (source) => pair(source, { delta: source.oneOf([1, 0.3, 3]) }),
  KLDivLoss: (source) => {
    const shape = source.shape(1, 3);
    const logTarget = source.flag();
    const target = logTarget ? source.reals(shape, 1) : source.shares(shape);
    const reduction = source.oneOf(['mean', 'sum', 'none', 'batchmean']);
    return { options: { logTarget, reduction }, inputs: [source.reals(shape), target] };
  },
  L1Loss: pair,
  MSELoss: pair,
  MarginRankingLoss: (source) => {
    const shape = source.shape(0, 3);
    return {
      options: { margin: source.oneOf([0, 0.5]), reduction: source.reduction() },
      inputs: [source.reals(shape), source.reals(shape), source.signs(shape)],
    };
  },
  MultiLabelMarginLoss: (source) => {
    const shape = vectors(source);
    return {
      options: { reduction: source.reduction() },
      inputs: [source.reals(shape), source.indices(shape, -1, shape.at(-1)! - 1)],
    };
  },
  MultiLabelSoftMarginLoss: (source) => {
    const shape = vectors(source);
    const weight = source.maybe(() => source.weights(shape.slice(-1)));
    return {
      options: { weight, reduction: source.reduction() },
      inputs: [source.reals(shape), source.weights(shape).round()],
    };
  },
  MultiMarginLoss: (source) => {
    const shape = vectors(source);
    const weight = source.maybe(() => source.weights(shape.slice(-1)));
    return {
      options: {
        p: source.oneOf([1, 2]),
        margin: source.oneOf([1, 0.5]),
        weight,
        reduction: source.reduction(),
      },
      inputs: [source.reals(shape), source.indices(shape.slice(0, -1), 0, shape.at(-1)! - 1)],
    };
  },
  NLLLoss: (source) => {
    const { x, labels, count } = drawScores(source);
    const ignoreIndex = source.oneOf([-100, 1]);
    const weight = source.maybe(() => source.weights([count]));
    return {
      options: { weight, ignoreIndex, reduction: source.reduction() },
      inputs: [x, source.classes(labels, count, ignoreIndex)],
    };
  },
  PoissonNLLLoss: (source) => {
    const shape = source.shape(0, 3);
    const logInput = source.flag();
    return {
      options: {
        logInput,
        full: source.flag(),
        eps: source.oneOf([1e-8, 0.1]),
        reduction: source.reduction(),
      },
      inputs: [
        logInput ? source.reals(shape, 1) : source.shares(shape),
        source.indices(shape, 0, 4).to(source.dtype),
      ],
    };
  },
  SmoothL1Loss: (source) => pair(source, { beta: source.oneOf([1, 0.3, 0]) }),
  SoftMarginLoss: (source) => {
    const shape = source.shape(0, 3);
    return {
      options: { reduction: source.reduction() },
      inputs: [source.reals(shape), source.signs(shape)],
    };
  },
  TripletMarginLoss: (source) => {
    const shape = vectors(source);
    return {
      options: {
        margin: source.oneOf([1, 3]),
        p: source.oneOf([2, 1, 3]),
        eps: source.oneOf([1e-6, 0.1]),
        swap: source.flag(),
        reduction: source.reduction(),
      },
      inputs: [source.reals(shape), source.reals(shape), source.reals(shape)],
    };
  },
  TripletMarginWithDistanceLoss: (source) => {
    const shape = vectors(source);
    return {
      options: { margin: source.oneOf([1, 3]), swap: source.flag(), reduction: source.reduction() },
      inputs: [source.reals(shape), source.reals(shape), source.reals(shape)],
    };
  },
};
