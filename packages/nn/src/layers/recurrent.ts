import {
  ArgumentError,
  cat,
  DTypeError,
  type FloatDType,
  formatShape,
  getDefaultDType,
  lstm,
  ShapeError,
  stack,
  type Tensor,
  zeros,
} from '@tensortape/autograd';
import { checkChoice, checkCount, checkNoOthers, checkProbability } from '../check.ts';
import { describe } from '../describe.ts';
import { dropout } from '../functional/dropout.ts';
import { linear } from '../functional/linear.ts';
import {
  type CellStep,
  gruStep,
  type LstmState,
  lstmStep,
  rnnReluStep,
  rnnTanhStep,
} from '../functional/recurrent.ts';
import { uniform_ } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

/** Options of {@link GRU}, and what all recurrent layers share. */
export interface RecurrentOptions {
  /** How many layers lie on each other. Default 1. */
  readonly numLayers?: number;
  /** Whether to add biases. Default true. */
  readonly bias?: boolean;
  /** Whether inputs and outputs are (batch, time, features), instead of (time, batch, features). Default false. */
  readonly batchFirst?: boolean;
  /** The probability that an element between two layers is dropped, in training. Default 0. */
  readonly dropout?: number;
  /** Whether each layer also reads backward; its outputs are then twice as long. Default false. */
  readonly bidirectional?: boolean;
  /** The dtype of the parameters; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/** Options of {@link RNN}. */
export interface RNNOptions extends RecurrentOptions {
  /** The function at the end of each step. Default 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/** Options of {@link LSTM}. */
export interface LSTMOptions extends RecurrentOptions {
  /** To how many features the state is projected; 0 for no projection. Default 0. */
  readonly projSize?: number;
}

/** The parameters of one direction of one layer. */
interface Weights {
  readonly ih: Tensor;
  readonly hh: Tensor;
  readonly biasIh: Tensor | null;
  readonly biasHh: Tensor | null;
  readonly hr: Tensor | null;
}

/** The states at all times of one direction of one layer, and the last state. */
interface Pass<State> {
  readonly output: Tensor;
  readonly state: State;
}

/** Parameters by the names of their fields: `weightIhL0`, `biasHhL1Reverse`. */
type Fields = Readonly<Record<string, Parameter | undefined>>;

/** Layers of recurrent cells that read a sequence; each part of the state is (layers * directions, batch, features). */
abstract class Recurrent<State> extends Module {
  /** The features of inputs. */
  readonly inputSize: number;
  /** The features of the state. */
  readonly hiddenSize: number;
  /** How many layers lie on each other. */
  readonly numLayers: number;
  /** Whether there are biases. */
  readonly bias: boolean;
  /** Whether the batch comes before the time. */
  readonly batchFirst: boolean;
  /** The probability that an element between two layers is dropped. */
  readonly dropout: number;
  /** Whether each layer also reads backward. */
  readonly bidirectional: boolean;
  /** To how many features the state is projected; 0 for no projection. */
  readonly projSize: number;

  constructor(
    gates: number,
    inputSize: number,
    hiddenSize: number,
    {
      numLayers = 1,
      bias = true,
      batchFirst = false,
      dropout = 0,
      bidirectional = false,
      projSize = 0,
      dtype = getDefaultDType(),
      ...others
    }: LSTMOptions,
  ) {
    super();
    const owner = new.target.name;
    checkNoOthers(owner, others);
    for (const [name, count] of Object.entries({ inputSize, hiddenSize, numLayers })) {
      checkCount(owner, name, count);
    }
    checkCount(owner, 'projSize', projSize, 0);
    checkProbability(owner, 'dropout', dropout);
    if (projSize >= hiddenSize) {
      throw new ArgumentError(`${owner}: projSize ${projSize} must be smaller than hiddenSize ${hiddenSize}`);
    }
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.numLayers = numLayers;
    this.bias = bias;
    this.batchFirst = batchFirst;
    this.dropout = dropout;
    this.bidirectional = bidirectional;
    this.projSize = projSize;
    this.#addParameters(gates * hiddenSize, dtype);
    this.noteFields();
    this.resetParameters();
  }

  #addParameters(rows: number, dtype: FloatDType): void {
    const { inputSize, hiddenSize, projSize, bias } = this;
    const real = projSize || hiddenSize;
    const parameter = (...shape: number[]): Parameter => new Parameter(zeros(shape, { dtype }));
    const fields: Record<string, Parameter> = {};
    for (const { layer, suffix } of this.#directions()) {
      fields[`weightIh${suffix}`] = parameter(rows, layer === 0 ? inputSize : real * this.#width);
      fields[`weightHh${suffix}`] = parameter(rows, real);
      if (bias) fields[`biasIh${suffix}`] = parameter(rows);
      if (bias) fields[`biasHh${suffix}`] = parameter(rows);
      if (projSize > 0) fields[`weightHr${suffix}`] = parameter(projSize, hiddenSize);
    }
    Object.assign(this, fields);
  }

  /** How many directions there are. */
  get #width(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** The directions of all layers, with the ends of their parameters' names. */
  #directions(): { layer: number; suffix: string }[] {
    return Array.from({ length: this.numLayers }, (_, layer) =>
      ['', 'Reverse'].slice(0, this.#width).map((end) => ({ layer, suffix: `L${layer}${end}` })),
    ).flat();
  }

  #weights(): Weights[] {
    const fields = this as unknown as Fields;
    return this.#directions().map(({ suffix }) => ({
      ih: fields[`weightIh${suffix}`]!,
      hh: fields[`weightHh${suffix}`]!,
      biasIh: fields[`biasIh${suffix}`] ?? null,
      biasHh: fields[`biasHh${suffix}`] ?? null,
      hr: fields[`weightHr${suffix}`] ?? null,
    }));
  }

  /** Draws initial values again, uniform on +-1 / sqrt(hiddenSize). */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const parameter of this.parameters()) uniform_(parameter, -bound, bound);
  }

  /** The lengths of the parts of a state. */
  protected abstract stateSizes(): readonly number[];
  /** A state of its parts. */
  protected abstract stateOf(parts: readonly Tensor[]): State;
  /** The parts of a state. */
  protected abstract partsOf(state: State): readonly Tensor[];
  /** One step of a cell. */
  protected abstract step(): CellStep<State>;

  /**
   * The last layer's states at all times, (time, batch, features), and the last state of every layer and direction; both
   * without batch where the input has none.
   */
  protected read(x: Tensor, initial: State | null): [output: Tensor, state: State] {
    this.#checkInput(x);
    const single = x.ndim === 2;
    const batched = single ? x.unsqueeze(1) : this.batchFirst ? x.transpose(0, 1) : x;
    const parts = this.#initialParts(x, batched, initial === null ? null : this.partsOf(initial));

    const last: (readonly Tensor[])[] = [];
    const weights = this.#weights();
    let sequence = batched;
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0) sequence = dropout(sequence, this.dropout, { training: this.training });
      const outputs = weights.slice(layer * this.#width, (layer + 1) * this.#width).map((own, direction) => {
        const start = this.stateOf(parts.map((part) => part.select(0, layer * this.#width + direction)));
        const { output, state } = this.#run(sequence, start, own, direction === 1);
        last.push(this.partsOf(state));
        return output;
      });
      sequence = outputs.length === 1 ? outputs[0]! : cat(outputs, -1);
    }
    const state = parts.map((_, part) => stack(last.map((each) => each[part]!)));
    if (single) return [sequence.squeeze(1), this.stateOf(state.map((part) => part.squeeze(1)))];
    return [this.batchFirst ? sequence.transpose(0, 1) : sequence, this.stateOf(state)];
  }

  /** @internal One direction of one layer, as one operation where there is one. */
  protected whole(_sequence: Tensor, _start: State, _weights: Weights): Pass<State> | null {
    return null;
  }

  /** One direction of one layer. */
  #run(sequence: Tensor, start: State, weights: Weights, backward: boolean): Pass<State> {
    const whole = this.whole(backward ? sequence.flip(0) : sequence, start, weights);
    if (whole !== null) return backward ? { ...whole, output: whole.output.flip(0) } : whole;
    const { ih, hh, biasIh, biasHh, hr } = weights;
    // What the inputs of all times give, in one product.
    const fromInputs = linear(sequence, ih, biasIh).unbind(0);
    const step = this.step();
    const outputs: Tensor[] = [];
    let state = start;
    for (const fromInput of backward ? fromInputs.reverse() : fromInputs) {
      state = step(fromInput, state, hh, biasHh);
      if (hr !== null) {
        const [h, ...memory] = this.partsOf(state);
        state = this.stateOf([linear(h!, hr), ...memory]);
      }
      outputs.push(this.partsOf(state)[0]!);
    }
    return { output: stack(backward ? outputs.reverse() : outputs), state };
  }

  #checkInput(x: Tensor): void {
    const { inputSize, batchFirst } = this;
    const dtype = this.#weights()[0]!.ih.dtype;
    const expected = batchFirst ? `(batch, time, ${inputSize})` : `(time, batch, ${inputSize})`;
    if ((x.ndim !== 2 && x.ndim !== 3) || x.shape.at(-1) !== inputSize) {
      throw new ShapeError(
        `expected an input ${expected}, or without batch, got shape ${formatShape(x.shape)}`,
      );
    }
    if (x.shape[x.ndim === 3 && batchFirst ? 1 : 0] === 0) {
      throw new ShapeError(
        `expected an input ${expected} of at least one time, got shape ${formatShape(x.shape)}`,
      );
    }
    if (x.dtype !== dtype) {
      throw new DTypeError(
        `the input is ${x.dtype}, the weights ${dtype}; convert the input, x.to('${dtype}')`,
      );
    }
  }

  /** The parts of the state to begin with, (layers * directions, batch, features): zeros unless given. */
  #initialParts(x: Tensor, batched: Tensor, given: readonly Tensor[] | null): readonly Tensor[] {
    const batch = batched.shape[1]!;
    const count = this.numLayers * this.#width;
    const single = x.ndim === 2;
    return this.stateSizes().map((size, i) => {
      const part = given?.[i];
      if (part === undefined) return zeros([count, batch, size], { dtype: x.dtype });
      const expected = single ? [count, size] : [count, batch, size];
      if (formatShape(part.shape) !== formatShape(expected)) {
        throw new ShapeError(
          `expected a state ${formatShape(expected)} (layers * directions, ${single ? '' : 'batch, '}features) for an input of ` +
            `shape ${formatShape(x.shape)}, got ${formatShape(part.shape)}`,
        );
      }
      return single ? part.unsqueeze(1) : part;
    });
  }

  /** The options that are not the defaults, as PyTorch shows them. */
  override extraRepr(): string {
    const { inputSize, hiddenSize, projSize, numLayers, bias, batchFirst, dropout, bidirectional } = this;
    const options = describe({
      projSize: projSize || undefined,
      numLayers: numLayers === 1 ? undefined : numLayers,
      bias: bias ? undefined : false,
      batchFirst: batchFirst || undefined,
      dropout: dropout || undefined,
      bidirectional: bidirectional || undefined,
    });
    return [inputSize, hiddenSize, ...(options ? [options] : [])].join(', ');
  }
}

/** Recurrent layers whose state is one tensor. */
abstract class PlainRecurrent extends Recurrent<Tensor> {
  /**
   * The states at all times (time, batch, directions * hiddenSize), and the last one of every layer and direction (layers *
   * directions, batch, hiddenSize), for an input (time, batch, inputSize) and a state to begin with, zeros unless given. The batch
   * comes first with `batchFirst`, except in states; it may be missing.
   */
  forward(x: Tensor, state: Tensor | null = null): [output: Tensor, state: Tensor] {
    return this.read(x, state);
  }

  protected stateSizes(): readonly number[] {
    return [this.hiddenSize];
  }

  protected stateOf(parts: readonly Tensor[]): Tensor {
    return parts[0]!;
  }

  protected partsOf(state: Tensor): readonly Tensor[] {
    return [state];
  }
}

/**
 * A plain recurrent network over a sequence: see {@link functional.rnnTanhCell}. Parameters are named as PyTorch's:
 * `weightIhL0`, `biasHhL1Reverse`; initial values as there. PyTorch: `torch.nn.RNN`.
 *
 * Errors: ArgumentError for sizes and options out of range; ShapeError and DTypeError for inputs and states that do not fit.
 *
 * @example
 * ```ts
 * import { RNN } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const rnn = new RNN(4, 8, { numLayers: 2, batchFirst: true });
 * const [output, h] = rnn.forward(ones([3, 5, 4]));
 * console.log(output.shape, h.shape); // [ 3, 5, 8 ] [ 2, 3, 8 ]
 * ```
 */
export class RNN extends PlainRecurrent {
  /** The function at the end of each step. */
  readonly nonlinearity: 'tanh' | 'relu';

  /**
   * @param inputSize The features of inputs.
   * @param hiddenSize The features of the state.
   * @param options `numLayers` (1), `nonlinearity` ('tanh'), `bias` (true), `batchFirst` (false), `dropout` (0), `bidirectional`
   *   (false), `dtype`.
   */
  constructor(inputSize: number, hiddenSize: number, { nonlinearity = 'tanh', ...options }: RNNOptions = {}) {
    super(1, inputSize, hiddenSize, options);
    checkChoice('RNN', 'nonlinearity', nonlinearity, ['tanh', 'relu']);
    this.nonlinearity = nonlinearity;
  }

  protected step(): CellStep<Tensor> {
    return this.nonlinearity === 'tanh' ? rnnTanhStep : rnnReluStep;
  }
}

/**
 * A network with gated recurrent units over a sequence: see {@link functional.gruCell}; parameters as {@link RNN}. PyTorch:
 * `torch.nn.GRU`. Errors: as {@link RNN}.
 *
 * @example
 * ```ts
 * import { GRU } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const [output, h] = new GRU(4, 8, { bidirectional: true }).forward(ones([5, 3, 4]));
 * console.log(output.shape, h.shape); // [ 5, 3, 16 ] [ 2, 3, 8 ]
 * ```
 */
export class GRU extends PlainRecurrent {
  /**
   * @param inputSize The features of inputs.
   * @param hiddenSize The features of the state.
   * @param options `numLayers` (1), `bias` (true), `batchFirst` (false), `dropout` (0), `bidirectional` (false), `dtype`.
   */
  constructor(inputSize: number, hiddenSize: number, options: RecurrentOptions = {}) {
    super(3, inputSize, hiddenSize, options);
  }

  protected step(): CellStep<Tensor> {
    return gruStep;
  }
}

/**
 * A network with long short-term memory over a sequence: see {@link functional.lstmCell}; parameters as {@link RNN}, with
 * `weightHrL0` for the projection of `projSize`. PyTorch: `torch.nn.LSTM`. Errors: as {@link RNN}.
 *
 * @example
 * ```ts
 * import { LSTM } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const lstm = new LSTM(4, 8);
 * const [output, [h, c]] = lstm.forward(ones([5, 3, 4]));
 * console.log(output.shape, h.shape, c.shape); // [ 5, 3, 8 ] [ 1, 3, 8 ] [ 1, 3, 8 ]
 * const [next] = lstm.forward(ones([1, 3, 4]), [h, c]);
 * console.log(next.shape); // [ 1, 3, 8 ]
 * ```
 */
export class LSTM extends Recurrent<LstmState> {
  /**
   * @param inputSize The features of inputs.
   * @param hiddenSize The features of the memory, and of the state unless it is projected.
   * @param options `numLayers` (1), `bias` (true), `batchFirst` (false), `dropout` (0), `bidirectional` (false), `projSize` (0),
   *   `dtype`.
   */
  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions = {}) {
    super(4, inputSize, hiddenSize, options);
  }

  /**
   * The states at all times (time, batch, directions * hiddenSize), and the last state and memory of every layer and direction
   * (layers * directions, batch, hiddenSize), for an input (time, batch, inputSize) and state and memory to begin with, zeros
   * unless given. The batch comes first with `batchFirst`, except in states; it may be missing.
   */
  forward(x: Tensor, state: LstmState | null = null): [output: Tensor, state: LstmState] {
    return this.read(x, state);
  }

  protected stateSizes(): readonly number[] {
    return [this.projSize || this.hiddenSize, this.hiddenSize];
  }

  protected stateOf([h, c]: readonly Tensor[]): LstmState {
    return [h!, c!];
  }

  protected partsOf(state: LstmState): readonly Tensor[] {
    return state;
  }

  protected step(): CellStep<LstmState> {
    return lstmStep;
  }

  /** @internal */
  protected override whole(
    sequence: Tensor,
    [h, c]: LstmState,
    { ih, hh, biasIh, biasHh, hr }: Weights,
  ): Pass<LstmState> | null {
    if (hr !== null) return null;
    const gates = linear(sequence, ih, biasIh && biasHh && biasIh.add(biasHh));
    const [output, last] = lstm(gates, h, c, hh);
    return { output, state: [output.select(0, -1), last] };
  }
}
