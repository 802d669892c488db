import type { Tensor } from '@tensortape/autograd';
import { linear } from './linear.ts';

/** The state and the memory of a network with long short-term memory. */
export type LstmState = readonly [h: Tensor, c: Tensor];

/** One step of a recurrent network: what the input gives (n, gates * hidden), the last state, and the weights for the state. */
export type CellStep<State> = (
  fromInput: Tensor,
  state: State,
  weightHh: Tensor,
  biasHh: Tensor | null,
) => State;

/** @internal tanh(input + W h + b). */
export const rnnTanhStep: CellStep<Tensor> = (fromInput, h, weightHh, biasHh) =>
  fromInput.add(linear(h, weightHh, biasHh)).tanh();

/** @internal max(input + W h + b, 0). */
export const rnnReluStep: CellStep<Tensor> = (fromInput, h, weightHh, biasHh) =>
  fromInput.add(linear(h, weightHh, biasHh)).relu();

/** @internal The gates lie side by side, in PyTorch's order: input, forget, candidate, output. */
export const lstmStep: CellStep<LstmState> = (fromInput, [h, c], weightHh, biasHh) => {
  const [input, forget, candidate, output] = fromInput.add(linear(h, weightHh, biasHh)).chunk(4, -1);
  const memory = forget!.sigmoid().mul(c).add(input!.sigmoid().mul(candidate!.tanh()));
  return [output!.sigmoid().mul(memory.tanh()), memory];
};

/** @internal The gates lie side by side, in PyTorch's order: reset, update, candidate. */
export const gruStep: CellStep<Tensor> = (fromInput, h, weightHh, biasHh) => {
  const [resetIn, updateIn, candidateIn] = fromInput.chunk(3, -1);
  const [resetH, updateH, candidateH] = linear(h, weightHh, biasHh).chunk(3, -1);
  const reset = resetIn!.add(resetH!).sigmoid();
  const update = updateIn!.add(updateH!).sigmoid();
  const candidate = candidateIn!.add(reset.mul(candidateH!)).tanh();
  return candidate.add(update.mul(h.sub(candidate)));
};

/**
 * $h' = \tanh(W_{ih} x + b_{ih} + W_{hh} h + b_{hh})$: `x` (…, in), `h` (…, hidden), weights (hidden, in) and (hidden, hidden).
 * PyTorch: `torch.rnn_tanh_cell`. Errors: ShapeError and DTypeError as {@link linear}.
 */
export function rnnTanhCell(
  x: Tensor,
  h: Tensor,
  weightIh: Tensor,
  weightHh: Tensor,
  biasIh: Tensor | null = null,
  biasHh: Tensor | null = null,
): Tensor {
  return rnnTanhStep(linear(x, weightIh, biasIh), h, weightHh, biasHh);
}

/** As {@link rnnTanhCell}, with max(x, 0) for the hyperbolic tangent. PyTorch: `torch.rnn_relu_cell`. */
export function rnnReluCell(
  x: Tensor,
  h: Tensor,
  weightIh: Tensor,
  weightHh: Tensor,
  biasIh: Tensor | null = null,
  biasHh: Tensor | null = null,
): Tensor {
  return rnnReluStep(linear(x, weightIh, biasIh), h, weightHh, biasHh);
}

/**
 * $i, f, g, o = W_{ih} x + b_{ih} + W_{hh} h + b_{hh}$, $c' = \sigma(f) c + \sigma(i) \tanh g$, $h' = \sigma(o) \tanh c'$: `x`
 * (…, in), `h` and `c` (…, hidden), weights (4 hidden, in) and (4 hidden, hidden). PyTorch: `torch.lstm_cell`. Source: S. Hochreiter,
 * J. Schmidhuber, "Long Short-Term Memory", 1997. Errors: ShapeError and DTypeError as {@link linear}.
 */
export function lstmCell(
  x: Tensor,
  state: LstmState,
  weightIh: Tensor,
  weightHh: Tensor,
  biasIh: Tensor | null = null,
  biasHh: Tensor | null = null,
): LstmState {
  return lstmStep(linear(x, weightIh, biasIh), state, weightHh, biasHh);
}

/**
 * $r = \sigma(W_{ir} x + W_{hr} h)$, $z = \sigma(W_{iz} x + W_{hz} h)$, $n = \tanh(W_{in} x + r (W_{hn} h))$,
 * $h' = (1 - z) n + z h$, each product with its bias: `x` (…, in), `h` (…, hidden), weights (3 hidden, in) and (3 hidden, hidden).
 * PyTorch: `torch.gru_cell`. Source: K. Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder", 2014. Errors:
 * ShapeError and DTypeError as {@link linear}.
 */
export function gruCell(
  x: Tensor,
  h: Tensor,
  weightIh: Tensor,
  weightHh: Tensor,
  biasIh: Tensor | null = null,
  biasHh: Tensor | null = null,
): Tensor {
  return gruStep(linear(x, weightIh, biasIh), h, weightHh, biasHh);
}
