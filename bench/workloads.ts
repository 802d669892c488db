/**
 * The rows of the table: what is computed, from which numbers, and what is aimed at. Frameworks read the same numbers from
 * files, so that their losses can be compared.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Numbers in a file, row-major, as every framework reads them. */
export interface Numbers {
  readonly file: string;
  readonly shape: readonly number[];
}

/** A layer in PyTorch's layout: weights are (out, in) or (out, in, height, width). */
export type Layer =
  | { readonly type: 'linear'; readonly weight: Numbers; readonly bias: Numbers }
  | { readonly type: 'conv'; readonly weight: Numbers; readonly bias: Numbers; readonly padding: number }
  | { readonly type: 'relu' | 'pool' | 'flatten' };

/** The product of two square matrices. */
export interface Matmul {
  readonly kind: 'matmul';
  readonly a: Numbers;
  readonly b: Numbers;
}

/** y = sin(a y), again and again, and its derivative by a. */
export interface Chain {
  readonly kind: 'chain';
  readonly ops: number;
}

/** Training steps on one batch: zero gradients, forward, mean cross-entropy, backward, optimizer. */
export interface Classifier {
  readonly kind: 'classifier';
  readonly x: Numbers;
  readonly labels: Numbers;
  readonly layers: readonly Layer[];
  readonly optimizer:
    | { readonly name: 'sgd'; readonly lr: number; readonly momentum: number }
    | { readonly name: 'adam'; readonly lr: number };
}

/** Parameters by the keys of PyTorch's state dict. */
export type State = Readonly<Record<string, Numbers>>;

/** What language models share: training steps on one batch, as of a classifier; the loss is the mean over all places. */
interface LanguageModel {
  /** Symbols as numbers. */
  readonly tokens: Numbers;
  /** The symbols to be told, in the order of the tokens. */
  readonly targets: Numbers;
  readonly symbols: number;
  readonly state: State;
  readonly lr: number;
}

/** Tokens (time, batch) as one-hot rows, `lstm`, and `head`, a linear layer to the symbols; Adam. */
export interface CharLstm extends LanguageModel {
  readonly kind: 'charLstm';
  readonly hidden: number;
}

/**
 * Tokens (batch, context): `tokens` and `positions` embed them, `blocks` are transformer encoder layers that normalize first, with
 * GELU and without dropout, which see what lies before; then `norm`, and `head`, a linear layer to the symbols; Adam.
 */
export interface Gpt extends LanguageModel {
  readonly kind: 'gpt';
  readonly layers: number;
  readonly heads: number;
  readonly width: number;
}

export type Workload = CharLstm | Chain | Classifier | Gpt | Matmul;

/** The time of `ours` is to be at most `ratio` times that of `peer`. */
export interface Target {
  readonly ours: string;
  readonly peer: string;
  readonly ratio: number;
}

export interface Row {
  readonly row: number;
  readonly title: string;
  /** How a time in milliseconds is printed. */
  readonly unit: { readonly name: string; of(milliseconds: number): number };
  readonly targets: readonly Target[];
  /** Writes its numbers into a folder. */
  prepare(folder: string): Workload;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Writes numbers, the same ones whenever they are written in the same order. */
class Writer {
  readonly #folder: string;
  #state = 1;
  #files = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Uniform in [0, 1), by G. L. Steele et al., "Fast splittable pseudorandom number generators", 2014, on 32 bits. */
  #uniform(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return ((z ^ (z >>> 16)) >>> 0) / 2 ** 32;
  }

  #write(shape: readonly number[], values: Float32Array | Int32Array): Numbers {
    const file = join(this.#folder, `${this.#files++}.bin`);
    writeFileSync(file, values);
    return { file, shape };
  }

  /** float32, uniform in [-bound, bound). */
  floats(shape: readonly number[], bound = 1): Numbers {
    return this.#write(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => (2 * this.#uniform() - 1) * bound),
    );
  }

  /** float32, all the same. */
  filled(shape: readonly number[], value: number): Numbers {
    return this.#write(shape, new Float32Array(sizeOf(shape)).fill(value));
  }

  /** int32 in [0, classes). */
  labels(shape: readonly number[], classes: number): Numbers {
    return this.#write(
      shape,
      Int32Array.from({ length: sizeOf(shape) }, () => this.#uniform() * classes),
    );
  }

  /** Weight and bias with PyTorch's initial bounds. */
  parameters(shape: readonly number[]): { weight: Numbers; bias: Numbers } {
    const bound = 1 / Math.sqrt(sizeOf(shape.slice(1)));
    return { weight: this.floats(shape, bound), bias: this.floats([shape[0]!], bound) };
  }

  linear(inputs: number, outputs: number): Layer {
    return { type: 'linear', ...this.parameters([outputs, inputs]) };
  }

  conv(inputs: number, outputs: number, size: number, padding: number): Layer {
    return { type: 'conv', padding, ...this.parameters([outputs, inputs, size, size]) };
  }
}

const milliseconds = { name: 'ms', of: (ms: number) => ms };
const sgd = { name: 'sgd', lr: 0.01, momentum: 0.9 } as const;
const adam = { name: 'adam', lr: 0.001 } as const;

const target = (ours: string, ratio: number, peer: string): Target => ({ ours, peer, ratio });
/** With a system BLAS: at most so many times PyTorch's time, both on one thread. */
const withBlas = (ratio: number) => target('tensortape-blas-1', ratio, 'pytorch-1');
const withWasm = (ratio: number, peer = 'pytorch-1') => target('tensortape-wasm-1', ratio, peer);
const secondThread = target('tensortape-wasm-2', 1 / 1.6, 'tensortape-wasm-1');

function matmul(row: number, size: number, targets: readonly Target[]): Row {
  return {
    row,
    title: `matmul ${size}^3`,
    unit: { name: 'GFLOP/s', of: (ms) => (2 * size ** 3) / ms / 1e6 },
    targets,
    prepare(folder) {
      const writer = new Writer(folder);
      return { kind: 'matmul', a: writer.floats([size, size]), b: writer.floats([size, size]) };
    },
  };
}

function mlp(row: number, widths: readonly number[], batch: number, targets: readonly Target[]): Row {
  return {
    row,
    title: `MLP ${widths.join('-')}, batch ${batch}, SGD momentum`,
    unit: milliseconds,
    targets,
    prepare(folder) {
      const writer = new Writer(folder);
      const layers = widths.slice(1).flatMap((width, i): Layer[] => {
        const linear = writer.linear(widths[i]!, width);
        return i === 0 ? [linear] : [{ type: 'relu' }, linear];
      });
      return {
        kind: 'classifier',
        x: writer.floats([batch, widths[0]!]),
        labels: writer.labels([batch], widths.at(-1)!),
        layers,
        optimizer: sgd,
      };
    },
  };
}

/** The parameters of a layer under its name in a model. */
const under = (name: string, parameters: State): State =>
  Object.fromEntries(Object.entries(parameters).map(([key, numbers]) => [`${name}.${key}`, numbers]));

const normalization = (writer: Writer, width: number): State => ({
  weight: writer.filled([width], 1),
  bias: writer.filled([width], 0),
});

function charLstm(folder: string): CharLstm {
  const [symbols, hidden, time, batch] = [65, 256, 64, 32];
  const writer = new Writer(folder);
  const bound = 1 / Math.sqrt(hidden);
  const lstm = {
    weight_ih_l0: writer.floats([4 * hidden, symbols], bound),
    weight_hh_l0: writer.floats([4 * hidden, hidden], bound),
    bias_ih_l0: writer.floats([4 * hidden], bound),
    bias_hh_l0: writer.floats([4 * hidden], bound),
  };
  return {
    kind: 'charLstm',
    tokens: writer.labels([time, batch], symbols),
    targets: writer.labels([time * batch], symbols),
    symbols,
    hidden,
    state: { ...under('lstm', lstm), ...under('head', writer.parameters([symbols, hidden])) },
    lr: adam.lr,
  };
}

function gpt(folder: string): Gpt {
  const [symbols, layers, heads, width, context, batch] = [65, 4, 4, 128, 64, 12];
  const writer = new Writer(folder);
  const block = (): State => {
    const projections = writer.parameters([3 * width, width]);
    return {
      'self_attn.in_proj_weight': projections.weight,
      'self_attn.in_proj_bias': projections.bias,
      ...under('self_attn.out_proj', writer.parameters([width, width])),
      ...under('linear1', writer.parameters([4 * width, width])),
      ...under('linear2', writer.parameters([width, 4 * width])),
      ...under('norm1', normalization(writer, width)),
      ...under('norm2', normalization(writer, width)),
    };
  };
  const blocks = Array.from({ length: layers }, (_, i) => under(`blocks.${i}`, block()));
  return {
    kind: 'gpt',
    tokens: writer.labels([batch, context], symbols),
    targets: writer.labels([batch * context], symbols),
    symbols,
    layers,
    heads,
    width,
    state: {
      'tokens.weight': writer.floats([symbols, width]),
      'positions.weight': writer.floats([context, width]),
      ...Object.assign({}, ...blocks),
      ...under('norm', normalization(writer, width)),
      ...under('head', writer.parameters([symbols, width])),
    },
    lr: adam.lr,
  };
}

const CHAIN = 200;

export const rows: readonly Row[] = [
  matmul(1, 1024, [withBlas(1), withWasm(1 / 1.4, 'tfjs-1'), secondThread]),
  matmul(2, 64, [withBlas(1), withWasm(1 / 1.4, 'tfjs-1')]),
  {
    row: 3,
    title: `scalar chain, ${CHAIN} ops, forward and backward`,
    unit: { name: 'us an op', of: (ms) => (ms * 1000) / CHAIN },
    targets: [withBlas(0.1), withWasm(0.1)],
    prepare: () => ({ kind: 'chain', ops: CHAIN }),
  },
  {
    ...mlp(4, [4, 10, 3], 5, [withBlas(0.1), withWasm(0.1)]),
    unit: { name: 'us', of: (ms) => ms * 1000 },
  },
  mlp(5, [784, 64, 10], 100, [
    withBlas(1),
    withBlas(0.5),
    withWasm(1 / 7, 'tfjs-1'),
    withWasm(1 / 3, 'jax-js-1'),
  ]),
  mlp(6, [3072, 50, 10], 200, [
    withBlas(1),
    withBlas(0.5),
    withWasm(2.3),
    withWasm(1 / 15, 'tfjs-1'),
    withWasm(1 / 7, 'jax-js-1'),
    secondThread,
  ]),
  mlp(7, [784, 512, 10], 128, [
    withBlas(1),
    withBlas(0.5),
    withWasm(2),
    withWasm(1 / 10, 'tfjs-1'),
    withWasm(1 / 2.2, 'jax-js-1'),
    secondThread,
  ]),
  {
    row: 8,
    title: 'LeNet, batch 64, 28x28, Adam',
    unit: milliseconds,
    targets: [withBlas(1), withWasm(2), secondThread],
    prepare(folder) {
      const writer = new Writer(folder);
      return {
        kind: 'classifier',
        x: writer.floats([64, 1, 28, 28]),
        labels: writer.labels([64], 10),
        layers: [
          writer.conv(1, 6, 5, 0),
          { type: 'relu' },
          { type: 'pool' },
          writer.conv(6, 16, 5, 0),
          { type: 'relu' },
          { type: 'pool' },
          { type: 'flatten' },
          writer.linear(16 * 4 * 4, 120),
          { type: 'relu' },
          writer.linear(120, 84),
          { type: 'relu' },
          writer.linear(84, 10),
        ],
        optimizer: adam,
      };
    },
  },
  {
    row: 9,
    title: 'ConvNet 32 filters 5x5, batch 50, 32x32x3, SGD momentum',
    unit: milliseconds,
    targets: [withBlas(1), withWasm(2), secondThread],
    prepare(folder) {
      const writer = new Writer(folder);
      return {
        kind: 'classifier',
        x: writer.floats([50, 3, 32, 32]),
        labels: writer.labels([50], 10),
        layers: [
          writer.conv(3, 32, 5, 2),
          { type: 'relu' },
          { type: 'pool' },
          { type: 'flatten' },
          writer.linear(32 * 16 * 16, 10),
        ],
        optimizer: sgd,
      };
    },
  },
  {
    row: 10,
    title: 'character LSTM, hidden 256, batch 32, 64 steps, 65 symbols, Adam',
    unit: milliseconds,
    targets: [],
    prepare: charLstm,
  },
  {
    row: 11,
    title: 'GPT, 4 layers, 4 heads, width 128, context 64, batch 12, Adam',
    unit: milliseconds,
    targets: [],
    prepare: gpt,
  },
];
