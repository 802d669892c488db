import { type Shape, type Tensor, tensor } from '@tensortape/autograd';

/** Fixed numbers of both signs and different sizes: ones would hide what cancels in a sum. */
export function unevenDirection(shape: Shape): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Float64Array.from({ length: size }, (_, i) => {
    const step = 0.5 + ((i * 0.6180339887) % 1);
    return i % 2 === 0 ? step : -step;
  });
  return tensor(values, { shape });
}
