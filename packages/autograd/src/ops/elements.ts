import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { constant, wrap } from '../tensor/core.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';

// Elements at positions along one axis. The positions are known to be valid: who takes them from a user checks them first.

const gatherOp = /* @__PURE__ */ defineOp({
  name: 'gather',
  inputs: ['x', 'index'],
  saves: ['index'],
  forward: ({ x, index }, dim: number) => wrap(kernels.gather(x, dim, index), x.dtype, index.shape),
  vjp: {
    x: (g, { index }, dim, like) => addElements('gather', constant(0, like.dtype, like.shape), dim, index, g),
    index: null,
  },
  jvp: ({ x: t }, { index }, dim) => t && takeElements(t, dim, index),
});

/** The elements of `x` at valid positions `index` along `dim`. */
export function takeElements(x: Tensor, dim: number, index: Tensor): Tensor {
  return gatherOp({ x, index }, dim);
}

interface Addition {
  readonly op: string;
  readonly dim: number;
  readonly shape: Shape;
}

const scatterAddOp = /* @__PURE__ */ defineOp({
  name: 'scatterAdd',
  inputs: ['x', 'index', 'source'],
  saves: ['index'],
  forward: ({ x, index, source }, { op, dim }: Addition) =>
    wrap(kernels.scatter(op, 'sum', x, dim, index, source), x.dtype, x.shape),
  vjp: {
    x: (g) => g,
    index: null,
    source: (g, { index }, { dim }) => takeElements(g, dim, index),
  },
  jvp: ({ x, source }, { index }, { op, dim, shape }) =>
    source === null ? x : addElements(op, x ?? constant(0, source.dtype, shape), dim, index, source),
});

/** A copy of `x` with the elements of `source`, of the shape of `index`, added at these valid positions along `dim`. `op` is for messages. */
export function addElements(op: string, x: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  return scatterAddOp({ x, index, source }, { op, dim, shape: x.shape });
}
