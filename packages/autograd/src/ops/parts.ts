import type { Op } from '../tape/node.ts';
import { isTracked, recordAll } from '../tape/record.ts';
import { constant, wrapView } from '../tensor/core.ts';
import { sliced } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';
import { cat } from './shape.ts';

interface Parts {
  readonly axis: number;
  readonly lengths: readonly number[];
}

/**
 * One node for all parts: their cotangents are joined once. With a slice each, every part would add an array as long as the whole,
 * and the cost of taking a sequence apart would grow with the square of its length.
 */
const partsOp: Op = {
  name: 'split',
  inputs: ['x'],
  saves: [],
  vjp: (cotangents, node) => {
    const { axis } = node.attributes as Parts;
    const parts = node.outputs.map(({ dtype, shape }, i) => cotangents[i] ?? constant(0, dtype, shape));
    return cat(parts, axis);
  },
  jointVjp: null,
  jvp: ([t], node) => partsOf(t!, node.attributes as Parts),
  onceDifferentiable: false,
};

/** Views of consecutive parts, whose lengths make up the axis; what is recorded bears the name of `split`. */
export function partsOf(x: Tensor, parts: Parts): Tensor[] {
  let start = 0;
  const views = parts.lengths.map((length) => {
    start += length;
    return wrapView(x, sliced(x, parts.axis, start - length, start, 1));
  });
  if (isTracked(x)) recordAll(partsOp, [x], views, [], parts);
  return views;
}
