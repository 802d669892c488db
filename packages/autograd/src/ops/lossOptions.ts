import { checkOptions, checkTensor } from '../tensor/check.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { broadcastShapes, formatShape, sameShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';

/** How the losses of the elements become one: their mean, their sum, or not at all. */
export type Reduction = 'mean' | 'sum' | 'none';

/** Options of all losses. */
export interface LossOptions {
  /** Default 'mean'. */
  readonly reduction?: Reduction;
}

/** Refuses options that a loss does not have, and reductions that there are not. */
export function checkLossOptions(
  op: string,
  options: { readonly reduction?: string },
  known: readonly string[] = [],
  reductions: readonly string[] = ['mean', 'sum', 'none'],
): void {
  checkOptions(op, options, ['reduction', ...known]);
  const { reduction = 'mean' } = options;
  if (reductions.includes(reduction)) return;
  throw new ArgumentError(
    `${op}: unknown reduction '${String(reduction)}'; known are ${reductions.slice(0, -1).join(', ')} and ${reductions.at(-1)}`,
  );
}

/** The losses of the elements, reduced. */
export function reduceBy(reduction: Reduction, losses: Tensor): Tensor {
  if (reduction === 'none') return losses;
  return reduction === 'sum' ? losses.sum() : losses.mean();
}

/** Refuses what is not a tensor, and shapes that differ: what would broadcast is nearly always a mistake. */
export function checkPair(op: string, input: Tensor, target: Tensor, name = 'target'): void {
  checkTensor(op, 'input', input);
  checkTensor(op, name, target);
  if (sameShape(input.shape, target.shape)) return;
  throw new ShapeError(
    `${op}: the input has shape ${formatShape(input.shape)}, the ${name} ${formatShape(target.shape)}; they must be equal: ` +
      'reshape one, or expand it where broadcasting is meant',
  );
}

/** Losses times a weight that broadcasts to them. */
export function weighted(op: string, losses: Tensor, weight: Tensor | null | undefined): Tensor {
  if (weight === null || weight === undefined) return losses;
  checkTensor(op, 'weight', weight);
  if (!sameShape(broadcastShapes(op, weight.shape, losses.shape), losses.shape)) {
    throw new ShapeError(
      `${op}: weight of shape ${formatShape(weight.shape)} does not expand to the losses of shape ${formatShape(losses.shape)}`,
    );
  }
  return losses.mul(weight);
}
