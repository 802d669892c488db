import type { Cases, Source } from '../source.ts';

const elements = (source: Source, scale = 2) => ({ inputs: [source.reals(source.shape(0, 3), scale)] });

const plain = ['Hardsigmoid', 'Hardswish', 'LogSigmoid', 'Mish', 'ReLU', 'ReLU6', 'SELU', 'SiLU'];
const smooth = ['Sigmoid', 'Softsign', 'Tanh', 'Tanhshrink'];

const alongAxis = (source: Source) => {
  const shape = source.shape(1, 3);
  return { args: [source.integer(-shape.length, shape.length - 1)], inputs: [source.reals(shape, 8)] };
};

/** The activations of torch.nn. */
export const activations: Cases = {
  ...Object.fromEntries([...plain, ...smooth].map((name) => [name, (source: Source) => elements(source, 3)])),
  CELU: (source) => ({ args: [source.oneOf([1, 0.5, 2])], ...elements(source) }),
  ELU: (source) => ({ args: [source.oneOf([1, 0.5, 2])], ...elements(source) }),
  GELU: (source) => ({ options: { approximate: source.oneOf(['none', 'tanh']) }, ...elements(source) }),
  GLU: (source) => {
    const dim = source.oneOf([-1, 0, 1]);
    return { args: [dim], inputs: [source.reals([2, 4, 6])] };
  },
  Hardshrink: (source) => ({ args: [source.oneOf([0.5, 1.25])], ...elements(source) }),
  Hardtanh: (source) => ({
    args: source.oneOf([
      [-1, 1],
      [-2, 0.5],
    ]),
    ...elements(source),
  }),
  LeakyReLU: (source) => ({ args: [source.oneOf([0.01, 0.2])], ...elements(source) }),
  LogSoftmax: alongAxis,
  PReLU: (source) => {
    const [n, channels] = [source.integer(1, 3), source.integer(1, 4)];
    const numParameters = source.oneOf([1, channels]);
    const init = source.oneOf([0.25, 0.5]);
    return { options: { numParameters, init }, inputs: [source.reals([n, channels, ...source.shape(0, 2)])] };
  },
  RReLU: (source) => {
    // What is drawn in training depends on PyTorch's build.
    const [lower, upper] = source.training
      ? [0.25, 0.25]
      : source.oneOf([
          [0.125, 0.5],
          [0, 0.25],
        ]);
    return { args: [lower, upper], ...elements(source) };
  },
  Softmax: alongAxis,
  Softmax2d: (source) => ({ inputs: [source.images(2, source.integer(1, 4), 1, 3)] }),
  Softmin: alongAxis,
  Softplus: (source) => ({
    options: { beta: source.oneOf([1, 0.5, 3]), threshold: source.oneOf([20, 1]) },
    ...elements(source, 10),
  }),
  Softshrink: (source) => ({ args: [source.oneOf([0.5, 1.25])], ...elements(source) }),
  Threshold: (source) => ({
    args: source.oneOf([
      [0, 1],
      [0.5, -2],
    ]),
    ...elements(source),
  }),
};
