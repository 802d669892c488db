import { kernels } from '../kernels/select.ts';
import { linear } from '../tape/shorthands.ts';
import { wrap, wrapView } from '../tensor/core.ts';
import { type Shape, sizeOf } from '../tensor/shape.ts';
import { allocate, Storage } from '../tensor/storage.ts';
import type { Layout, View } from '../tensor/view.ts';
import type { Tensor } from '../tensor.ts';

/** How a view picks elements of a tensor, and the shape of that tensor. */
interface Pick {
  readonly layout: (x: View) => Layout;
  readonly shape: Shape;
}

/** A way of viewing some elements of a tensor, and its transpose. */
export interface Picking {
  /** The view. */
  readonly pick: (x: Tensor, layout: (x: View) => Layout) => Tensor;
  /** Zeros of a shape with the elements of `g` where the view shows them. */
  readonly embed: (g: Tensor, layout: (x: View) => Layout, shape: Shape) => Tensor;
}

/** Views that pick elements, none twice: their transpose writes them into zeros, whose transpose is the view again. */
export function picking(name: string, transposed = `${name}Transpose`): Picking {
  const pick: (x: Tensor, attributes: Pick) => Tensor = linear<Pick>({
    name,
    forward: (x, { layout }) => wrapView(x, layout(x)),
    transpose: (g, attributes) => embed(g, attributes),
  });
  const embed: (g: Tensor, attributes: Pick) => Tensor = linear<Pick>({
    name: transposed,
    forward: (g, { layout, shape }) => {
      const zeros = wrap(new Storage(allocate(g.dtype, sizeOf(shape))), g.dtype, shape);
      kernels.assign(wrapView(zeros, layout(zeros)), g);
      return zeros;
    },
    transpose: (t, attributes) => pick(t, attributes),
  });
  return {
    pick: (x, layout) => pick(x, { layout, shape: x.shape }),
    embed: (g, layout, shape) => embed(g, { layout, shape }),
  };
}

/** Diagonals as views, and matrices that hold them. */
export const diagonals: Picking = /* @__PURE__ */ picking('diagonal', 'diagEmbed');
