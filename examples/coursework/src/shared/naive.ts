/** Convolution and pooling as their definitions say, in nested loops: slow, and independent of the framework. */
import { type Tensor, tensor } from 'tensortape';

/** How a square window walks over images: its side, its stride, and the lines of padding on each side. */
export interface Walk {
  readonly size: number;
  readonly stride: number;
  readonly padding: number;
}

/** How many places a window has along `length` pixels. */
const placesAlong = (length: number, { size, stride, padding }: Walk) =>
  Math.floor((length + 2 * padding - size) / stride) + 1;

/** Images x channels x rows x columns, in row-major order. */
class Volume {
  readonly data: Float64Array;
  readonly images: number;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;

  constructor([images, channels, rows, columns]: readonly number[], data?: Float64Array) {
    [this.images, this.channels] = [images!, channels!];
    [this.rows, this.columns] = [rows!, columns!];
    this.data = data ?? new Float64Array(images! * channels! * rows! * columns!);
  }

  static of(x: Tensor): Volume {
    return new Volume(x.shape, Float64Array.from(x.toTypedArray(), Number));
  }

  get tensor(): Tensor {
    return tensor(this.data, { shape: [this.images, this.channels, this.rows, this.columns] });
  }

  /** Where the pixels of a channel begin. */
  start(image: number, channel: number): number {
    return (image * this.channels + channel) * this.rows * this.columns;
  }

  /** Zeros, an element for each place of a window on these images. */
  places(channels: number, walk: Walk): Volume {
    return new Volume([this.images, channels, placesAlong(this.rows, walk), placesAlong(this.columns, walk)]);
  }

  /** Calls `visit` for each place of a window, each element of it, and the pixel below that: -1 in the padding. */
  walk(walk: Walk, visit: (place: number, element: number, pixel: number) => void): void {
    const { size, stride, padding } = walk;
    const [rows, columns] = [placesAlong(this.rows, walk), placesAlong(this.columns, walk)];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) {
            const y = row * stride + i - padding;
            const x = column * stride + j - padding;
            const inside = y >= 0 && y < this.rows && x >= 0 && x < this.columns;
            visit(row * columns + column, i * size + j, inside ? y * this.columns + x : -1);
          }
        }
      }
    }
  }
}

/** Calls `visit` for each image and each channel. */
function each({ images, channels }: Volume, visit: (image: number, channel: number) => void): void {
  for (let image = 0; image < images; image++) {
    for (let channel = 0; channel < channels; channel++) visit(image, channel);
  }
}

/** Cross-correlation of images with filters, plus a bias for each filter. */
export function conv(x: Tensor, w: Tensor, b: Tensor, walk: Walk): Tensor {
  const [image, filter, bias] = [Volume.of(x), Volume.of(w), b.toTypedArray()];
  const out = image.places(filter.images, walk);
  each(out, (n, f) => {
    const to = out.start(n, f);
    out.data.fill(Number(bias[f]), to, to + out.rows * out.columns);
    for (let c = 0; c < image.channels; c++) {
      const [from, weights] = [image.start(n, c), filter.start(f, c)];
      image.walk(walk, (place, element, pixel) => {
        if (pixel >= 0) out.data[to + place]! += filter.data[weights + element]! * image.data[from + pixel]!;
      });
    }
  });
  return out.tensor;
}

/** The gradients of {@link conv}, from the gradient of what it gives. */
export function convBackward(x: Tensor, w: Tensor, gradient: Tensor, walk: Walk) {
  const [image, filter, above] = [Volume.of(x), Volume.of(w), Volume.of(gradient)];
  const [dx, dw, db] = [new Volume(x.shape), new Volume(w.shape), new Float64Array(filter.images)];
  each(above, (n, f) => {
    const at = above.start(n, f);
    for (let place = 0; place < above.rows * above.columns; place++) db[f]! += above.data[at + place]!;
    for (let c = 0; c < image.channels; c++) {
      const [from, weights] = [image.start(n, c), filter.start(f, c)];
      image.walk(walk, (place, element, pixel) => {
        if (pixel < 0) return;
        dx.data[from + pixel]! += filter.data[weights + element]! * above.data[at + place]!;
        dw.data[weights + element]! += image.data[from + pixel]! * above.data[at + place]!;
      });
    }
  });
  return { dx: dx.tensor, dw: dw.tensor, db: tensor(db) };
}

/** The largest element of each window; the padding holds `pad`. */
export function maxPool(x: Tensor, walk: Walk, pad: number): Tensor {
  const image = Volume.of(x);
  const out = image.places(image.channels, walk);
  out.data.fill(Number.NEGATIVE_INFINITY);
  each(image, (n, c) => {
    const [from, to] = [image.start(n, c), out.start(n, c)];
    image.walk(walk, (place, _, pixel) => {
      const value = pixel < 0 ? pad : image.data[from + pixel]!;
      out.data[to + place] = Math.max(out.data[to + place]!, value);
    });
  });
  return out.tensor;
}

/** The gradient of {@link maxPool}: it goes to the first largest element of each window. */
export function maxPoolBackward(x: Tensor, gradient: Tensor, walk: Walk, pad: number): Tensor {
  const [image, above, dx] = [Volume.of(x), Volume.of(gradient), new Volume(x.shape)];
  const best = new Float64Array(above.rows * above.columns);
  const where = new Int32Array(best.length);
  each(image, (n, c) => {
    const [from, at] = [image.start(n, c), above.start(n, c)];
    best.fill(Number.NEGATIVE_INFINITY);
    where.fill(-1);
    image.walk(walk, (place, _, pixel) => {
      const value = pixel < 0 ? pad : image.data[from + pixel]!;
      if (value <= best[place]!) return;
      best[place] = value;
      where[place] = pixel;
    });
    for (const [place, pixel] of where.entries()) {
      if (pixel >= 0) dx.data[from + pixel]! += above.data[at + place]!;
    }
  });
  return dx.tensor;
}

/** The sum of each window, of which the padding holds zeros, divided by the whole window. */
export function avgPool(x: Tensor, walk: Walk): Tensor {
  const image = Volume.of(x);
  const out = image.places(image.channels, walk);
  each(image, (n, c) => {
    const [from, to] = [image.start(n, c), out.start(n, c)];
    image.walk(walk, (place, _, pixel) => {
      if (pixel >= 0) out.data[to + place]! += image.data[from + pixel]! / walk.size ** 2;
    });
  });
  return out.tensor;
}

/** The gradient of {@link avgPool}. */
export function avgPoolBackward(x: Tensor, gradient: Tensor, walk: Walk): Tensor {
  const [image, above, dx] = [Volume.of(x), Volume.of(gradient), new Volume(x.shape)];
  each(image, (n, c) => {
    const [from, at] = [image.start(n, c), above.start(n, c)];
    image.walk(walk, (place, _, pixel) => {
      if (pixel >= 0) dx.data[from + pixel]! += above.data[at + place]! / walk.size ** 2;
    });
  });
  return dx.tensor;
}

/** `x W^T + b`. */
export function linear(x: Tensor, w: Tensor, b: Tensor): Tensor {
  const [rows, inputs, units] = [x.shape[0]!, x.shape[1]!, w.shape[0]!];
  const [xs, ws, out] = [x.toTypedArray(), w.toTypedArray(), new Float64Array(rows * units)];
  for (let n = 0; n < rows; n++) {
    for (let u = 0; u < units; u++) {
      let sum = Number(b.toTypedArray()[u]);
      for (let i = 0; i < inputs; i++) sum += Number(xs[n * inputs + i]) * Number(ws[u * inputs + i]);
      out[n * units + u] = sum;
    }
  }
  return tensor(out, { shape: [rows, units] });
}

/** The gradients of {@link linear}. */
export function linearBackward(x: Tensor, w: Tensor, gradient: Tensor) {
  const [rows, inputs, units] = [x.shape[0]!, x.shape[1]!, w.shape[0]!];
  const [xs, ws, above] = [x.toTypedArray(), w.toTypedArray(), gradient.toTypedArray()];
  const [dx, dw, db] = [new Float64Array(x.size), new Float64Array(w.size), new Float64Array(units)];
  for (let n = 0; n < rows; n++) {
    for (let u = 0; u < units; u++) {
      const slope = Number(above[n * units + u]);
      db[u]! += slope;
      for (let i = 0; i < inputs; i++) {
        dx[n * inputs + i]! += slope * Number(ws[u * inputs + i]);
        dw[u * inputs + i]! += slope * Number(xs[n * inputs + i]);
      }
    }
  }
  return { dx: tensor(dx, { shape: x.shape }), dw: tensor(dw, { shape: w.shape }), db: tensor(db) };
}

/** Mean softmax cross-entropy, and its gradient `(softmax - oneHot) / N`. */
export function softmaxLoss(scores: Tensor, labels: ArrayLike<number>) {
  const [rows, classes] = [scores.shape[0]!, scores.shape[1]!];
  const gradient = new Float64Array(scores.size);
  let loss = 0;
  for (let n = 0; n < rows; n++) {
    const powers = Array.from({ length: classes }, (_, c) => Math.exp(scores.at(n, c).item()));
    const total = powers.reduce((sum, power) => sum + power);
    loss -= Math.log(powers[labels[n]!]! / total) / rows;
    for (let c = 0; c < classes; c++) {
      gradient[n * classes + c] = (powers[c]! / total - (c === labels[n] ? 1 : 0)) / rows;
    }
  }
  return { loss: tensor(loss, { dtype: 'float64' }), gradient: tensor(gradient, { shape: scores.shape }) };
}
