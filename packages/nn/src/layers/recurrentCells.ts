import {
  DTypeError,
  type FloatDType,
  formatShape,
  getDefaultDType,
  ShapeError,
  type Tensor,
  zeros,
} from '@tensortape/autograd';
import { checkChoice, checkCount, checkNoOthers } from '../check.ts';
import { describe } from '../describe.ts';
import { gruCell, type LstmState, lstmCell, rnnReluCell, rnnTanhCell } from '../functional/recurrent.ts';
import { uniform_ } from '../init.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

/** Options of {@link LSTMCell} and {@link GRUCell}. */
export interface CellOptions {
  /** Whether to add biases. Default true. */
  readonly bias?: boolean;
  /** The dtype of the parameters; the default floating point dtype unless given. */
  readonly dtype?: FloatDType;
}

/** Options of {@link RNNCell}. */
export interface RNNCellOptions extends CellOptions {
  /** The function at the end. Default 'tanh'. */
  readonly nonlinearity?: 'tanh' | 'relu';
}

/** One step of a recurrent network. */
abstract class Cell extends Module {
  /** The features of inputs. */
  readonly inputSize: number;
  /** The features of the state. */
  readonly hiddenSize: number;
  /** For inputs: (gates * hiddenSize, inputSize). */
  weightIh: Parameter;
  /** For the state: (gates * hiddenSize, hiddenSize). */
  weightHh: Parameter;
  /** Added to what inputs give, or null without. */
  biasIh: Parameter | null;
  /** Added to what the state gives, or null without. */
  biasHh: Parameter | null;

  constructor(
    gates: number,
    inputSize: number,
    hiddenSize: number,
    { bias = true, dtype = getDefaultDType(), ...others }: CellOptions,
  ) {
    super();
    const owner = new.target.name;
    checkNoOthers(owner, others);
    checkCount(owner, 'inputSize', inputSize);
    checkCount(owner, 'hiddenSize', hiddenSize);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    this.weightIh = new Parameter(zeros([gates * hiddenSize, inputSize], { dtype }));
    this.weightHh = new Parameter(zeros([gates * hiddenSize, hiddenSize], { dtype }));
    this.biasIh = bias ? new Parameter(zeros([gates * hiddenSize], { dtype })) : null;
    this.biasHh = bias ? new Parameter(zeros([gates * hiddenSize], { dtype })) : null;
    this.noteFields();
    this.resetParameters();
  }

  /** Draws initial values again, uniform on +-1 / sqrt(hiddenSize). */
  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.hiddenSize);
    for (const parameter of this.parameters()) uniform_(parameter, -bound, bound);
  }

  /** The input as a batch, and states to begin with: zeros unless given. */
  protected prepare(x: Tensor, states: readonly (Tensor | null)[]): [x: Tensor, ...states: Tensor[]] {
    const { inputSize, hiddenSize, weightIh } = this;
    if ((x.ndim !== 1 && x.ndim !== 2) || x.shape.at(-1) !== inputSize) {
      throw new ShapeError(
        `expected an input (n, ${inputSize}), or without n, got shape ${formatShape(x.shape)}`,
      );
    }
    if (x.dtype !== weightIh.dtype) {
      throw new DTypeError(
        `the input is ${x.dtype}, the weights ${weightIh.dtype}; convert the input, x.to('${weightIh.dtype}')`,
      );
    }
    const expected = [...x.shape.slice(0, -1), hiddenSize];
    const given = states.map((state) => state ?? zeros(expected, { dtype: x.dtype }));
    for (const { shape } of given) {
      if (formatShape(shape) === formatShape(expected)) continue;
      throw new ShapeError(
        `expected a state ${formatShape(expected)} for an input of shape ${formatShape(x.shape)}, got ${formatShape(shape)}`,
      );
    }
    return [x, ...given];
  }

  /** The options. */
  override extraRepr(): string {
    const options = describe({ bias: this.biasIh === null ? false : undefined });
    return [this.inputSize, this.hiddenSize, ...(options ? [options] : [])].join(', ');
  }
}

/**
 * One step of a plain recurrent network: see {@link functional.rnnTanhCell}. PyTorch: `torch.nn.RNNCell`, with its initial values
 * for the same seed.
 *
 * Errors: ArgumentError for sizes and options out of range; ShapeError and DTypeError for inputs and states that do not fit.
 *
 * @example
 * ```ts
 * import { RNNCell } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const cell = new RNNCell(4, 8);
 * let h = cell.forward(ones([2, 4]));
 * h = cell.forward(ones([2, 4]), h);
 * console.log(h.shape); // [ 2, 8 ]
 * ```
 */
export class RNNCell extends Cell {
  /** The function at the end. */
  readonly nonlinearity: 'tanh' | 'relu';

  /**
   * @param inputSize The features of inputs.
   * @param hiddenSize The features of the state.
   * @param options `nonlinearity` ('tanh'), `bias` (true), `dtype`.
   */
  constructor(
    inputSize: number,
    hiddenSize: number,
    { nonlinearity = 'tanh', ...options }: RNNCellOptions = {},
  ) {
    super(1, inputSize, hiddenSize, options);
    checkChoice('RNNCell', 'nonlinearity', nonlinearity, ['tanh', 'relu']);
    this.nonlinearity = nonlinearity;
  }

  /** The next state, for an input (n, inputSize), or without n, and a state (n, hiddenSize), zeros unless given. */
  forward(x: Tensor, state: Tensor | null = null): Tensor {
    const [input, h] = this.prepare(x, [state]);
    const cell = this.nonlinearity === 'tanh' ? rnnTanhCell : rnnReluCell;
    return cell(input, h!, this.weightIh, this.weightHh, this.biasIh, this.biasHh);
  }

  /** The options. */
  override extraRepr(): string {
    const { nonlinearity } = this;
    return nonlinearity === 'tanh'
      ? super.extraRepr()
      : `${super.extraRepr()}, ${describe({ nonlinearity })}`;
  }
}

/**
 * One step of a network with long short-term memory: see {@link functional.lstmCell}. PyTorch: `torch.nn.LSTMCell`, with its
 * initial values for the same seed. Errors: as {@link RNNCell}.
 *
 * @example
 * ```ts
 * import { LSTMCell } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const [h, c] = new LSTMCell(4, 8).forward(ones([2, 4]));
 * console.log(h.shape, c.shape); // [ 2, 8 ] [ 2, 8 ]
 * ```
 */
export class LSTMCell extends Cell {
  /**
   * @param inputSize The features of inputs.
   * @param hiddenSize The features of the state.
   * @param options `bias` (true), `dtype`.
   */
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(4, inputSize, hiddenSize, options);
  }

  /** The next state and memory, for an input (n, inputSize), or without n, and the last ones, zeros unless given. */
  forward(x: Tensor, state: LstmState | null = null): LstmState {
    const [input, h, c] = this.prepare(x, state ?? [null, null]);
    return lstmCell(input, [h!, c!], this.weightIh, this.weightHh, this.biasIh, this.biasHh);
  }
}

/**
 * One step of a network with gated recurrent units: see {@link functional.gruCell}. PyTorch: `torch.nn.GRUCell`, with its
 * initial values for the same seed. Errors: as {@link RNNCell}.
 */
export class GRUCell extends Cell {
  /**
   * @param inputSize The features of inputs.
   * @param hiddenSize The features of the state.
   * @param options `bias` (true), `dtype`.
   */
  constructor(inputSize: number, hiddenSize: number, options: CellOptions = {}) {
    super(3, inputSize, hiddenSize, options);
  }

  /** The next state, for an input (n, inputSize), or without n, and a state (n, hiddenSize), zeros unless given. */
  forward(x: Tensor, state: Tensor | null = null): Tensor {
    const [input, h] = this.prepare(x, [state]);
    return gruCell(input, h!, this.weightIh, this.weightHh, this.biasIh, this.biasHh);
  }
}
