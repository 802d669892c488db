import { ArgumentError, Generator, type Tensor, tensor } from '@tensortape/autograd';
import { TensorDataset } from './dataset.ts';

/** Points, float32 of shape (N, features), and their classes, int32 of shape (N). */
export type PointDataset = TensorDataset<[points: Tensor, labels: Tensor]>;

/** What every set of generated points takes. */
export interface PointOptions {
  /** How many points; classes come in turn, 0, 1, 0, 1 … */
  readonly count: number;
  /** Which: the same seed gives the same points. */
  readonly seed: number;
  /** The standard deviation of normal noise on every coordinate; 0 unless given. */
  readonly noise?: number;
}

/** Places a point of a class, `part` of the way from 0 to 1 along it. */
type Place = (label: number, part: number) => readonly [x: number, y: number];

/** `classes` curves in the plane, points evenly spaced along each. */
function curves(
  op: string,
  { count, seed, noise = 0 }: PointOptions,
  classes: number,
  place: Place,
): PointDataset {
  checkCount(op, count);
  checkNoise(op, noise);
  const points = new Generator(seed).normal(new Float64Array(2 * count), 0, noise);
  const labels = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const label = i % classes;
    const members = Math.ceil((count - label) / classes);
    const [x, y] = place(label, members === 1 ? 0 : Math.floor(i / classes) / (members - 1));
    labels[i] = label;
    points[2 * i]! += x;
    points[2 * i + 1]! += y;
  }
  return dataset(points, labels, 2);
}

function dataset(points: Float64Array, labels: Int32Array, features: number): PointDataset {
  return new TensorDataset(
    tensor(points, { dtype: 'float32', shape: [labels.length, features] }),
    tensor(labels),
  );
}

/**
 * Two half circles that reach into each other: not separable by a line. scikit-learn: `make_moons`.
 *
 * @param options - `count`, `seed`, `noise`.
 * @throws ArgumentError when `count` is not an integer of at least 1 or `noise` below 0.
 * @example
 * ```ts
 * import { twoMoons } from '@tensortape/datasets';
 * const [points, labels] = twoMoons({ count: 200, seed: 0, noise: 0.1 }).tensors;
 * console.log(points.shape, labels.shape); // [ 200, 2 ] [ 200 ]
 * ```
 */
export function twoMoons(options: PointOptions): PointDataset {
  return curves('twoMoons', options, 2, (label, part) => {
    const [x, y] = [Math.cos(Math.PI * part), Math.sin(Math.PI * part)];
    return label === 0 ? [x, y] : [1 - x, 0.5 - y];
  });
}

/** Options of {@link circles}. */
export interface CirclesOptions extends PointOptions {
  /** The inner circle's radius, where the outer one's is 1; 0.8 unless given. */
  readonly factor?: number;
}

/**
 * A circle (class 1) within a circle (class 0). scikit-learn: `make_circles`.
 *
 * @param options - `count`, `seed`, `noise`, `factor`.
 * @throws ArgumentError when `count` is not an integer of at least 1, `noise` below 0, or `factor` not from 0 to 1.
 * @example
 * ```ts
 * import { circles } from '@tensortape/datasets';
 * const [points] = circles({ count: 4, seed: 0, factor: 0.5 }).tensors;
 * console.log(points.square().sum(1).toArray()); // [ 1, 0.25, 1, 0.25 ]
 * ```
 */
export function circles({ factor = 0.8, ...options }: CirclesOptions): PointDataset {
  if (!(factor >= 0 && factor <= 1))
    throw new ArgumentError(`circles: factor must be from 0 to 1, got ${factor}`);
  return curves('circles', options, 2, (label, part) => {
    // The end is not the beginning again: points stop one step before.
    const members = Math.ceil((options.count - label) / 2);
    const turn = (2 * Math.PI * part * (members - 1)) / members;
    const radius = label === 0 ? 1 : factor;
    return [radius * Math.cos(turn), radius * Math.sin(turn)];
  });
}

/** Options of {@link spirals}. */
export interface SpiralsOptions extends PointOptions {
  /** How many spirals, each a class; 2 unless given. */
  readonly arms?: number;
  /** How often each goes round; 1 unless given. */
  readonly turns?: number;
}

/**
 * Spirals that start in the middle and end at radius 1, one for each class.
 *
 * @param options - `count`, `seed`, `noise`, `arms`, `turns`.
 * @throws ArgumentError when `count` or `arms` is not an integer of at least 1, `noise` below 0, or `turns` not finite.
 * @example
 * ```ts
 * import { spirals } from '@tensortape/datasets';
 * const [points, labels] = spirals({ count: 300, seed: 0, arms: 3, noise: 0.02 }).tensors;
 * console.log(points.shape, labels.max().item()); // [ 300, 2 ] 2
 * ```
 */
export function spirals({ arms = 2, turns = 1, ...options }: SpiralsOptions): PointDataset {
  checkCount('spirals', arms, 'arms');
  if (!Number.isFinite(turns))
    throw new ArgumentError(`spirals: turns must be a finite number, got ${turns}`);
  return curves('spirals', options, arms, (label, part) => {
    const angle = 2 * Math.PI * (turns * part + label / arms);
    return [part * Math.cos(angle), part * Math.sin(angle)];
  });
}

/** Options of {@link blobs}. */
export interface BlobsOptions {
  /** How many points; classes come in turn, 0, 1, 0, 1 … */
  readonly count: number;
  /** Which: the same seed gives the same points. */
  readonly seed: number;
  /** The centres, or how many of them to draw uniformly from [-10, 10]; 3 unless given. */
  readonly centers?: number | readonly (readonly number[])[];
  /** How many coordinates points have, where centres are drawn; 2 unless given. */
  readonly features?: number;
  /** The standard deviation of each blob; 1 unless given. */
  readonly std?: number;
}

/**
 * Normal clouds of points, one for each class. scikit-learn: `make_blobs`.
 *
 * @param options - `count`, `seed`, `centers`, `features`, `std`.
 * @throws ArgumentError when a count is not an integer of at least 1, centres differ in length, or `std` is below 0.
 * @example
 * ```ts
 * import { blobs } from '@tensortape/datasets';
 * const [points, labels] = blobs({ count: 4, seed: 0, centers: [[0, 0], [5, 5]], std: 0 }).tensors;
 * console.log(points.toArray(), labels.toArray()); // [ [ 0, 0 ], [ 5, 5 ], [ 0, 0 ], [ 5, 5 ] ] [ 0, 1, 0, 1 ]
 * ```
 */
export function blobs({ count, seed, centers = 3, features = 2, std = 1 }: BlobsOptions): PointDataset {
  checkCount('blobs', count);
  checkNoise('blobs', std, 'std');
  const generator = new Generator(seed);
  const middles = typeof centers === 'number' ? drawnCenters(generator, centers, features) : centers;
  const [first] = middles;
  if (
    first === undefined ||
    middles.some((center) => center.length !== first.length || center.length === 0)
  ) {
    throw new ArgumentError('blobs: centers must be points of one number of coordinates, at least one');
  }
  const size = first.length;
  const points = generator.normal(new Float64Array(count * size), 0, std);
  const labels = Int32Array.from({ length: count }, (_, i) => i % middles.length);
  for (let i = 0; i < points.length; i++) points[i]! += middles[labels[Math.floor(i / size)]!]![i % size]!;
  return dataset(points, labels, size);
}

function drawnCenters(generator: Generator, count: number, features: number): number[][] {
  checkCount('blobs', count, 'centers');
  checkCount('blobs', features, 'features');
  return Array.from({ length: count }, () => [...generator.uniform(new Float64Array(features), -10, 10)]);
}

/** Options of {@link regression}. */
export interface RegressionOptions extends PointOptions {
  /** How many inputs; 1 unless given. */
  readonly features?: number;
  /** What is added to every target; 0 unless given. */
  readonly bias?: number;
}

/** A linear relation, as {@link regression} makes it. */
export interface LinearRelation {
  /** Inputs, float32 of shape (N, features), and targets of shape (N, 1). */
  readonly dataset: TensorDataset<[inputs: Tensor, targets: Tensor]>;
  /** The true weights, float32 of shape (features). */
  readonly weights: Tensor;
}

/**
 * Normal inputs and a linear function of them with noise: `y = x w + bias + noise`, with weights drawn uniformly from [-1, 1].
 * scikit-learn: `make_regression`, whose weights are from [0, 100].
 *
 * @param options - `count`, `seed`, `features`, `bias`, and `noise` on the targets.
 * @throws ArgumentError when a count is not an integer of at least 1, or `noise` below 0.
 * @example
 * ```ts
 * import { regression } from '@tensortape/datasets';
 * const { dataset, weights } = regression({ count: 50, seed: 0, features: 3, bias: 2 });
 * const [x, y] = dataset.tensors;
 * console.log(x.matmul(weights).add(2).sub(y.squeeze(1)).abs().max().item() < 1e-5); // true
 * ```
 */
export function regression({
  count,
  seed,
  noise = 0,
  features = 1,
  bias = 0,
}: RegressionOptions): LinearRelation {
  checkCount('regression', count);
  checkCount('regression', features, 'features');
  checkNoise('regression', noise);
  const generator = new Generator(seed);
  const weights = generator.uniform(new Float64Array(features), -1, 1);
  const inputs = generator.normal(new Float64Array(count * features));
  const targets = generator.normal(new Float64Array(count), bias, noise);
  for (let i = 0; i < inputs.length; i++)
    targets[Math.floor(i / features)]! += inputs[i]! * weights[i % features]!;
  const float = (values: Float64Array, shape: number[]) => tensor(values, { dtype: 'float32', shape });
  return {
    dataset: new TensorDataset(float(inputs, [count, features]), float(targets, [count, 1])),
    weights: float(weights, [features]),
  };
}

function checkCount(op: string, count: number, name = 'count'): void {
  if (!Number.isInteger(count) || count < 1) {
    throw new ArgumentError(`${op}: ${name} must be an integer of at least 1, got ${count}`);
  }
}

function checkNoise(op: string, noise: number, name = 'noise'): void {
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError(`${op}: ${name} must be a finite number of at least 0, got ${noise}`);
  }
}
