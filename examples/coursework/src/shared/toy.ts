import { arange, type Tensor, tensor } from 'tensortape';

/** The classes of the five points on which the courses try their nets. */
export const toyLabels = tensor([0, 1, 2, 2, 1], { dtype: 'int32' });

/** NumPy's `linspace`: `arange(n) * step + start`, with the last value set to `stop`. */
export function linspace(start: number, stop: number, shape: readonly number[]): Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const x = arange(count, { dtype: 'float64' })
    .mul((stop - start) / (count - 1))
    .add(start);
  x.slice(0, count - 1).fill_(stop);
  return x.reshape(shape);
}

/** The elements in order. */
export const listOf = (x: Tensor): number[] => Array.from(x.toTypedArray(), Number);
