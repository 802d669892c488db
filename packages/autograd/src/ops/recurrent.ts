import { recurrentKernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import type { Cotangents } from '../tape/node.ts';
import { isTracked } from '../tape/record.ts';
import { refuseDType } from '../tape/shorthands.ts';
import { checkTensor } from '../tensor/check.ts';
import { constant, wrap } from '../tensor/core.ts';
import { DTypeError, ShapeError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import type { Refusals, Samples } from './samples.ts';
import { cat, stack } from './shape.ts';

/** What was at each time before: `first`, and all of `x` (time, …) but its end. */
const before = (first: Tensor, x: Tensor): Tensor => cat([first.unsqueeze(0), x.slice(0, 0, -1)]);

/** y (1 - y), the slope of the sigmoid y. */
const sigmoidSlope = (y: Tensor): Tensor => y.sub(y.square());

/** 1 - y^2, the slope of the hyperbolic tangent y. */
const tanhSlope = (y: Tensor): Tensor => y.square().neg().add(1);

const sum = (a: Tensor | null, b: Tensor | null): Tensor | null => (a && b ? a.add(b) : (a ?? b));

/**
 * All steps at once: so the weight's gradient is one product instead of a sum over times, and no step is recorded. States,
 * memories and gates at all times are outputs, so that the rule, which reads them, can be differentiated.
 */
const steps = /* @__PURE__ */ defineOp({
  name: 'lstm',
  inputs: ['gates', 'h', 'c', 'weight'],
  saves: ['h', 'c', 'weight', 'output'],
  forward: ({ gates, h, c, weight }): readonly Tensor[] =>
    recurrentKernels
      .lstm(gates, h, c, weight)
      .map((storage) => wrap(storage, gates.dtype, [...gates.shape.slice(0, 2), h.shape[1]!])),
  vjp: (cotangents, saved, _, needs) => {
    const { gates, h, c } = throughTime(cotangents, saved);
    const statesBefore = before(saved.h, (saved.output as readonly Tensor[])[0]!);
    return {
      gates,
      h,
      c,
      weight: needs.weight ? gates.flatten(0, 1).mT.matmul(statesBefore.flatten(0, 1)) : null,
    };
  },
});

interface Saved {
  readonly h: Tensor;
  readonly c: Tensor;
  readonly weight: Tensor;
  readonly output: readonly Tensor[];
}

interface ThroughTime {
  readonly gates: Tensor;
  readonly h: Tensor | null;
  readonly c: Tensor | null;
}

/** The cotangents of the gates at all times, and of what was before the first. */
function throughTime(cotangents: Cotangents, saved: Saved): ThroughTime {
  const [gh, gc, ...gGates] = cotangents;
  const { h, c, weight, output } = saved;
  const plain =
    gGates.every((g) => g === null) &&
    ![gh, gc, h, c, weight, ...output].some((x) => x !== null && x !== undefined && isTracked(x));
  if (!plain) return stepByStep(cotangents, saved);
  const [gates, first, memory] = recurrentKernels.lstmAdjoint(gh ?? null, gc ?? null, c, weight, output);
  const [times, rows, n] = output[0]!.shape as readonly [number, number, number];
  return {
    gates: wrap(gates, c.dtype, [times, rows, 4 * n]),
    h: wrap(first, c.dtype, [rows, n]),
    c: wrap(memory, c.dtype, [rows, n]),
  };
}

/** The same in operations, which can be differentiated. */
function stepByStep([gh, gc, ...gGates]: Cotangents, { c: c0, weight, output: saved }: Saved): ThroughTime {
  const [h, c, input, forget, candidate, output] = saved as Six;
  const slopes = [sigmoidSlope(input), sigmoidSlope(forget), tanhSlope(candidate), sigmoidSlope(output)];
  const y = c.tanh();
  // What a unit of the memory's cotangent, or for the last gate of the state's, gives to each gate.
  const shares = [candidate, before(c0, c), input, y].map((factor, i) => factor.mul(slopes[i]!).unbind(0));
  const toMemory = output.mul(tanhSlope(y)).unbind(0);
  const keeps = forget.unbind(0);
  const own = [gh, gc].map((g) => g?.unbind(0) ?? null);
  const ownGates = gGates.map((g, i) => g?.mul(slopes[i]!).unbind(0) ?? null);

  const none = constant(0, c0.dtype, c0.shape);
  const toGates: Tensor[] = [];
  let dh: Tensor | null = null;
  let dc: Tensor | null = null;
  for (let t = h.shape[0]! - 1; t >= 0; t--) {
    dh = sum(own[0]?.[t] ?? null, dh);
    dc = sum(own[1]?.[t] ?? null, sum(dh && dh.mul(toMemory[t]!), dc));
    const parts = shares.map((share, i): Tensor => {
      const g: Tensor | null = i === 3 ? dh : dc;
      return sum(g && g.mul(share[t]!), ownGates[i]?.[t] ?? null) ?? none;
    });
    const joined = cat(parts, -1);
    toGates.push(joined);
    dh = joined.matmul(weight);
    dc = dc && dc.mul(keeps[t]!);
  }
  return { gates: stack(toGates.reverse()), h: dh, c: dc };
}

type Six = readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];

/**
 * A network with long short-term memory over a sequence: $i, f, g, o = a_t + W h_{t-1}$, $c_t = \sigma(f) c_{t-1} + \sigma(i) \tanh g$,
 * $h_t = \sigma(o) \tanh c_t$. `gates` a (time, batch, 4 hidden) is what inputs and biases give, `h` and `c` (batch, hidden) are the
 * state and the memory to begin with, `weight` W is (4 hidden, hidden). Returns the states at all times (time, batch, hidden) and
 * the last memory. Derivatives: back through time; W gets the sum over times of the gates' cotangents times the states before.
 * Errors: ShapeError for shapes that do not fit, and without a time; DTypeError for integers and different dtypes. PyTorch:
 * `torch.nn.LSTM` of one layer, whose inputs are already multiplied. Source: S. Hochreiter, J. Schmidhuber, "Long Short-Term Memory",
 * 1997.
 *
 * @example
 * ```ts
 * import { lstm, tensor, zeros } from '@tensortape/autograd';
 * const gates = tensor([[[0, 0, 1, 0]], [[0, 0, 1, 0]]]);
 * const [h, c] = lstm(gates, zeros([1, 1]), zeros([1, 1]), zeros([4, 1]));
 * console.log(h.shape, c); // [ 2, 1, 1 ] tensor([[0.5712]])
 * ```
 */
export function lstm(gates: Tensor, h: Tensor, c: Tensor, weight: Tensor): [h: Tensor, c: Tensor] {
  const operands = { gates, h, c, weight };
  for (const [name, x] of Object.entries(operands)) {
    checkTensor('lstm', name, x);
    refuseDType('lstm', x, 'integers');
    if (x.dtype !== gates.dtype) {
      throw new DTypeError(`lstm: gates is ${gates.dtype}, ${name} is ${x.dtype}; convert one with .to()`);
    }
  }
  const [length, batch, width] = gates.shape;
  const hidden = width! / 4;
  const fits =
    gates.ndim === 3 &&
    length! > 0 &&
    sameShape(h.shape, [batch!, hidden]) &&
    sameShape(c.shape, [batch!, hidden]) &&
    sameShape(weight.shape, [width!, hidden]);
  if (!fits) {
    const found = Object.entries(operands).map(([name, { shape }]) => `${name} ${formatShape(shape)}`);
    throw new ShapeError(
      `lstm: ${found.join(', ')}; expected (time, batch, 4 hidden) with a time >= 1, (batch, hidden) twice, and (4 hidden, hidden)`,
    );
  }
  const [states, memories] = steps(operands);
  return [states!, memories!.select(0, -1)];
}
export const lstmSamples: Samples = (s) => {
  const [length, batch, hidden] = [s.integer(1, 3), s.oneOf([1, 2, 0]), s.integer(1, 2)];
  return [
    s.tensorOf([length, batch, 4 * hidden]),
    s.tensorOf([batch, hidden]),
    s.tensorOf([batch, hidden]),
    s.tensorOf([4 * hidden, hidden]),
  ];
};
export const lstmRefusals: Refusals = (s) => {
  const [gates, h, weight] = [s.tensorOf([2, 3, 8]), s.tensorOf([3, 2]), s.tensorOf([8, 2])];
  return [
    [[s.tensorOf([2, 8]), h, h, weight], 'ShapeError', /gates \(2, 8\).*expected \(time, batch, 4 hidden\)/],
    [[s.tensorOf([0, 3, 8]), h, h, weight], 'ShapeError', /with a time >= 1/],
    [[s.tensorOf([2, 3, 7]), h, h, weight], 'ShapeError', /gates \(2, 3, 7\)/],
    [[gates, s.tensorOf([2, 2]), h, weight], 'ShapeError', /h \(2, 2\)/],
    [[gates, h, s.tensorOf([3, 1]), weight], 'ShapeError', /c \(3, 1\)/],
    [[gates, h, h, s.tensorOf([8, 3])], 'ShapeError', /weight \(8, 3\)/],
    [[gates, h, h, weight.to('float32')], 'DTypeError', /gates is float64, weight is float32/],
    [[s.index([2, 3, 8], 2), h, h, weight], 'DTypeError', /expected a floating point tensor, got int32/],
  ];
};
