import { kernels } from '../kernels/select.ts';
import { defineOp } from '../tape/defineOp.ts';
import { checkTensor } from '../tensor/check.ts';
import { ArgumentError } from '../tensor/errors.ts';
import type { Dims } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { nonEmpty, type Reduction, reduced, reduction, requireFloat, restored, summed } from './axes.ts';
import type { ReduceOptions } from './reduce.ts';

// The p-norm behind `norm`, `linalg.vectorNorm` and the distances.

/** Which p-norm: a number, ±Infinity, or 'fro' for 2. */
export type NormOrder = number | 'fro';

export function orderOf(op: string, p: NormOrder): number {
  if (p === 'fro') return 2;
  if (typeof p !== 'number' || Number.isNaN(p)) {
    throw new ArgumentError(
      `${op}: p must be a number, ±Infinity or 'fro', got ${typeof p === 'string' ? `'${p}'` : p}`,
    );
  }
  return p;
}

interface PNorm extends Reduction {
  readonly p: number;
}

/**
 * dy/dx for y the p-norm of x along some axes, with y broadcast: sign(x) (|x| / y)^(p-1). Where y or, for the powers that
 * have no derivative there, x is 0, it is 0 in every order: what would be infinite is replaced before it arises.
 */
export function slope(x: Tensor, y: Tensor, p: number, axes: readonly number[]): Tensor {
  if (p === 1) return x.sign();
  if (p === 2) return x.div(y.where(y.ne(0), Number.POSITIVE_INFINITY));
  if (Number.isFinite(p)) {
    const live = x.ne(0).logicalAnd(y.ne(0));
    const [size, total] = [x.abs().where(live, 1), y.where(y.ne(0), 1)];
    // Above 1 the powers may overflow, and their quotient does not; between 0 and 1 it is the quotient that may vanish.
    const power = p > 0 && p < 1 ? size.pow(p - 1).mul(total.pow(1 - p)) : size.div(total).pow(p - 1);
    return x.sign().mul(power).where(live, 0);
  }
  const found = x.abs().eq(y);
  return x
    .sign()
    .div(found.sum(axes, { keepdim: true }))
    .where(found, 0);
}

const normOp = /* @__PURE__ */ defineOp({
  name: 'norm',
  inputs: ['x'],
  saves: ['x', 'output'],
  forward: ({ x }, over: PNorm) => reduced(kernels.norm(over.p, x, over.axes), x, over),
  vjp: {
    x: (g, { x, output }, over) =>
      over.p === 0 ? null : restored(g, x, over).mul(slope(x, restored(output, x, over), over.p, over.axes)),
  },
  jvp: ({ x: t }, { x, output }, over) =>
    t && over.p !== 0 ? summed(t.mul(slope(x, restored(output, x, over), over.p, over.axes)), over) : null,
});

/** The norm over some axes, under the name that messages give it. */
export function normOver(
  op: string,
  x: Tensor,
  p: number,
  dim: Dims | undefined,
  options: ReduceOptions,
): Tensor {
  checkTensor(op, 'x', x);
  requireFloat(op, x);
  const over = reduction(op, x, dim, options);
  if (p < 0 || p === Number.POSITIVE_INFINITY) nonEmpty(op, x, over, `${p}-norm`);
  return normOp({ x }, { ...over, p });
}
