import type { Case, Cases, Source } from '../source.ts';

const cell =
  (parts: number, options: (source: Source) => object = () => ({})) =>
  (source: Source): Case => {
    const [inputSize, hiddenSize] = [source.integer(1, 4), source.integer(1, 4)];
    const lead = source.flag() ? [] : [source.integer(1, 3)];
    const states = Array.from({ length: parts }, () => source.reals([...lead, hiddenSize]));
    const state = parts === 1 ? states : [states];
    return {
      args: [inputSize, hiddenSize],
      options: { bias: source.flag(), ...options(source) },
      inputs: [source.reals([...lead, inputSize]), ...(source.flag() ? state : [])],
    };
  };

const recurrent =
  (
    own: (source: Source, hiddenSize: number) => { projSize?: number; nonlinearity?: string } = () => ({}),
    parts = 1,
  ) =>
  (source: Source): Case => {
    const [inputSize, hiddenSize] = [source.integer(1, 3), source.integer(2, 4)];
    const [time, batch, single] = [source.integer(1, 4), source.integer(1, 3), source.integer(0, 3) === 0];
    const options = {
      numLayers: source.integer(1, 3),
      bias: source.flag(),
      batchFirst: source.flag(),
      // What is dropped in training depends on PyTorch's build.
      dropout: source.training ? source.oneOf([0, 1]) : 0.5,
      bidirectional: source.flag(),
      ...own(source, hiddenSize),
    };
    const count = options.numLayers * (options.bidirectional ? 2 : 1);
    const sizes = [options.projSize || hiddenSize, hiddenSize].slice(0, parts);
    const states = sizes.map((size) => source.reals(single ? [count, size] : [count, batch, size]));
    const state = parts === 1 ? states : [states];
    const lead = single ? [time] : options.batchFirst ? [batch, time] : [time, batch];
    return {
      args: [inputSize, hiddenSize],
      options,
      inputs: [source.reals([...lead, inputSize]), ...(source.flag() ? state : [])],
    };
  };

const nonlinearity = (source: Source) => ({ nonlinearity: source.oneOf(['tanh', 'relu']) });

/** Recurrent layers and their cells. */
export const recurrents: Cases = {
  GRU: recurrent(),
  GRUCell: cell(1),
  LSTM: recurrent((source, hiddenSize) => ({ projSize: source.oneOf([0, hiddenSize - 1]) }), 2),
  LSTMCell: cell(2),
  RNN: recurrent(nonlinearity),
  RNNCell: cell(1, nonlinearity),
};
