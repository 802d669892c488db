import { tensor } from '../create.ts';
import type { Operand } from '../tape/shorthands.ts';
import { type FloatDType, getDefaultDType, isFloat, promoteTypes } from '../tensor/dtype.ts';
import { ArgumentError } from '../tensor/errors.ts';
import { broadcastShapes, type Shape, sameShape } from '../tensor/shape.ts';
import { Tensor } from '../tensor.ts';

/** Limits of the floating point dtypes: the gap after 1, the smallest normal number, the most negative number. */
export const floatInfo: Readonly<Record<FloatDType, { eps: number; tiny: number; min: number }>> = {
  float32: { eps: 2 ** -23, tiny: 2 ** -126, min: -(2 - 2 ** -23) * 2 ** 127 },
  float64: { eps: 2 ** -52, tiny: 2 ** -1022, min: -Number.MAX_VALUE },
};

/** The limits of a parameter's dtype. */
export function limitsOf(x: Tensor): { eps: number; tiny: number; min: number } {
  return floatInfo[x.dtype === 'float64' ? 'float64' : 'float32'];
}

/**
 * Parameters, numbers or tensors, as tensors of one shape and floating point dtype. Numbers take the dtype of the tensors;
 * without one, the default. PyTorch: `broadcast_all`.
 */
export function broadcastAll<K extends string>(
  op: string,
  parameters: Readonly<Record<K, Operand>>,
): Readonly<Record<K, Tensor>> {
  const entries = Object.entries<Operand>(parameters);
  const wrong = entries.find(([, value]) => typeof value !== 'number' && !(value instanceof Tensor));
  if (wrong !== undefined) {
    throw new ArgumentError(`${op}: ${wrong[0]} must be a number or a tensor, got ${typeof wrong[1]}`);
  }
  const tensors = entries.flatMap(([, value]) => (typeof value === 'number' ? [] : [value]));
  const found = tensors.map(({ dtype }) => dtype).reduce(promoteTypes, 'bool');
  const dtype = isFloat(found) ? found : getDefaultDType();
  const shape = tensors.reduce<Shape>((common, x) => broadcastShapes(op, common, x.shape), []);
  const broadcast = (value: Operand): Tensor => {
    const x = typeof value === 'number' ? tensor(value, { dtype }) : value.to(dtype);
    return sameShape(x.shape, shape) ? x : x.expand(shape);
  };
  return Object.fromEntries(entries.map(([name, value]) => [name, broadcast(value)])) as Record<K, Tensor>;
}

/** Probabilities, or their logits: exactly one of the two. */
export type ProbsOrLogits<T extends Operand = Operand> = ByProbs<T> | ByLogits<T>;

/** A family's parameter as probabilities. */
export interface ByProbs<T extends Operand = Operand> {
  /** The probabilities. */
  readonly probs: T;
  /** Not beside `probs`. */
  readonly logits?: undefined;
}

/** A family's parameter as logits. */
export interface ByLogits<T extends Operand = Operand> {
  /** The logits. */
  readonly logits: T;
  /** Not beside `logits`. */
  readonly probs?: undefined;
}

/** Which of the two was given, and what. */
export function probsOrLogits<T extends Operand>(
  op: string,
  { probs, logits }: ProbsOrLogits<T>,
): readonly ['probs' | 'logits', T] {
  if (probs !== undefined && logits === undefined) return ['probs', probs];
  if (logits !== undefined && probs === undefined) return ['logits', logits];
  throw new ArgumentError(
    `${op}: expected either probs or logits, got ${probs === undefined ? 'neither' : 'both'}; pass { probs } or { logits }`,
  );
}

/** Keeps probabilities the gap after 1 away from 0 and 1, as PyTorch does before it takes logarithms. */
function inside(probs: Tensor): Tensor {
  const { eps } = limitsOf(probs);
  return probs.clamp(eps, 1 - eps);
}

/** ln p of each category. PyTorch: `probs_to_logits`. */
export function categoricalLogits(probs: Tensor): Tensor {
  return inside(probs).log();
}

/** ln(p / (1 - p)). PyTorch: `probs_to_logits(is_binary=True)`. */
export function binaryLogits(probs: Tensor): Tensor {
  const p = inside(probs);
  return p.log().sub(p.neg().log1p());
}

/** -(t ln p + (1 - t) ln(1 - p)) for the probability p with these logits: ln(1 + e^logits) - t logits. */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return logits.softplus().sub(logits.mul(targets));
}
