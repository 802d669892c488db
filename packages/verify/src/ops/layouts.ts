import { full, noGrad, type Tensor } from '@tensortape/autograd';
import { type Draw, drawIndex } from './kit.ts';

/** Stands beside the elements of a view, so that a kernel which reads its neighbours is found out. */
const garbage = (x: Tensor): number => (x.dtype === 'float32' || x.dtype === 'float64' ? Number.NaN : 0);

/** The same values as every second element of a larger tensor, from an offset on. */
function sliced(x: Tensor): Tensor {
  if (x.ndim === 0) return sliced(x.reshape([1])).select(0, 0);
  const last = x.shape.at(-1)!;
  const larger = full(x.shape.with(-1, 2 * last + 2), garbage(x), { dtype: x.dtype });
  const view = larger.slice(-1, 1, 2 * last + 1, 2);
  view.copy_(x);
  return view;
}

/** The same values with the axes in reverse order in memory. */
function transposed(x: Tensor): Tensor {
  return x.ndim < 2 ? sliced(x) : x.T.clone().T;
}

/** The values at position 0 of an axis, repeated along it without being stored again. */
function expanded(x: Tensor, axis: number): Tensor {
  return x.size === 0 ? transposed(x) : sliced(x.slice(axis, 0, 1)).expand(x.shape);
}

/** A view in a foreign layout: transposed, sliced out of a larger tensor, or expanded (which changes the values). */
export function drawView(draw: Draw, x: Tensor): Tensor {
  return noGrad(() => {
    const kind = drawIndex(draw, 3);
    if (kind === 0) return transposed(x);
    return kind === 1 || x.ndim === 0 ? sliced(x) : expanded(x, drawIndex(draw, x.ndim));
  });
}
