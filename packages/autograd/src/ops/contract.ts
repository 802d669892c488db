import { sizeOf } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { matmul } from './products.ts';

/** A tensor whose axes have labels: all different, and lengths that go with them. */
export interface Labelled {
  readonly x: Tensor;
  readonly labels: readonly number[];
}

/**
 * The sum over products of two tensors: axes with one label go together, and those whose label is not in `kept` are
 * summed over. The axes of the result are the kept ones that both have, then those of `a`, then those of `b`.
 */
export function contract(a: Labelled, b: Labelled, kept: ReadonlySet<number>): Labelled {
  const inB = new Set(b.labels);
  const inA = new Set(a.labels);
  const batch = a.labels.filter((label) => inB.has(label) && kept.has(label));
  const summed = a.labels.filter((label) => inB.has(label) && !kept.has(label));
  const left = a.labels.filter((label) => !inB.has(label));
  const right = b.labels.filter((label) => !inA.has(label));
  const labels = [...batch, ...left, ...right];
  if (summed.length === 0) {
    // Nothing to sum: products of elements, without a detour over matrices.
    const x = ordered(a, [...batch, ...left]);
    const apart = x.reshape([...x.shape, ...right.map(() => 1)]);
    const y = ordered(b, [...batch, ...right]);
    const between = left.map(() => 1);
    return {
      x: apart.mul(
        y.reshape([...y.shape.slice(0, batch.length), ...between, ...y.shape.slice(batch.length)]),
      ),
      labels,
    };
  }
  const length = (of: Labelled, label: number) => of.x.shape[of.labels.indexOf(label)]!;
  const lengths = [
    ...[...batch, ...left].map((label) => length(a, label)),
    ...right.map((l) => length(b, l)),
  ];
  const size = (from: number, to: number) => sizeOf(lengths.slice(from, to));
  const lead = batch.length > 0 ? [size(0, batch.length)] : [];
  const rows = size(batch.length, batch.length + left.length);
  const columns = size(batch.length + left.length, lengths.length);
  const depth = sizeOf(summed.map((label) => length(a, label)));
  const product = matmul(
    ordered(a, [...batch, ...left, ...summed]).reshape([...lead, rows, depth]),
    ordered(b, [...batch, ...summed, ...right]).reshape([...lead, depth, columns]),
  );
  return { x: product.reshape(lengths), labels };
}

/** The tensor with its axes in the order of these labels, which are all of its own. */
export function ordered({ x, labels }: Labelled, order: readonly number[]): Tensor {
  const axes = order.map((label) => labels.indexOf(label));
  return axes.every((axis, i) => axis === i) ? x : x.permute(axes);
}
