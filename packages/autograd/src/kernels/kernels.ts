import type { DType } from '../tensor/dtype.ts';
import type { Shape } from '../tensor/shape.ts';
import type { Storage } from '../tensor/storage.ts';
import type { Layout, View } from '../tensor/view.ts';

/** Elementwise functions of one operand; results have the operand's dtype. */
export type UnaryName =
  | 'abs'
  | 'acos'
  | 'acosh'
  | 'asin'
  | 'asinh'
  | 'atan'
  | 'atanh'
  | 'ceil'
  | 'cos'
  | 'cosh'
  | 'exp'
  | 'expm1'
  | 'floor'
  | 'log'
  | 'log10'
  | 'log1p'
  | 'log2'
  | 'neg'
  | 'reciprocal'
  | 'relu'
  | 'round'
  | 'rsqrt'
  | 'sigmoid'
  | 'sign'
  | 'sin'
  | 'sinh'
  | 'softplus'
  | 'sqrt'
  | 'square'
  | 'tan'
  | 'tanh'
  | 'trunc';

/** An elementwise function: one that all sets know, or any; `kernel` is what sets that have a fast form call it by. */
export type UnaryFunction = UnaryName | (((x: number) => number) & { readonly kernel?: string });

/**
 * Elementwise functions of two operands of one dtype and shape; results have the operands' dtype. Adjoints take a cotangent and the function's
 * value.
 */
export type BinaryName =
  | 'add'
  | 'atan2'
  | 'div'
  | 'maximum'
  | 'minimum'
  | 'mul'
  | 'pow'
  | 'reluAdjoint'
  | 'remainder'
  | 'sigmoidAdjoint'
  | 'sub'
  | 'tanhAdjoint';

/** Elementwise comparisons and logic; results are bool. */
export type CompareName = 'eq' | 'ge' | 'gt' | 'le' | 'logicalAnd' | 'logicalOr' | 'logicalXor' | 'lt' | 'ne';

/** Reductions over axes; `any` and `all` give bool, the others the operand's dtype. */
export type ReduceName = 'all' | 'amax' | 'amin' | 'any' | 'prod' | 'sum';

/** Running totals along an axis. */
export type CumulateName = 'logcumsumexp' | 'prod' | 'sum';

/** Which rows of a matrix are equal; see `Kernels.groups`. All are int32. */
export interface Groups {
  /** The position of one row of each group, in the order of the groups. */
  readonly first: Storage;
  /** The group of each row. */
  readonly inverse: Storage;
  /** The number of rows in each group. */
  readonly counts: Storage;
}

/** How `Kernels.scatter` combines what lands in one place. `assign` keeps the last in row-major order. */
export type ScatterName = 'amax' | 'amin' | 'assign' | 'prod' | 'sum';

/**
 * Which elements an index with several tensors picks: along `axes` those at `positions`, along the other axes all. The
 * result has the axes of the index where `lead` axes that are not indexed have gone before.
 */
export interface Selection {
  /** The indexed axes, ascending. */
  readonly axes: readonly number[];
  /** How many of the other axes come before those of the index in the result. */
  readonly lead: number;
  /** Row-major int32 of shape (axes.length, ...axes of the index): valid positions along each axis, none negative. */
  readonly positions: View;
}

/**
 * How windows slide over the axes behind the first two of a tensor (n, c, …), one number for each axis: element k of window
 * i stands at i * stride + k * dilation - padding. Places outside the tensor hold zeros.
 */
export interface Windows {
  /** The lengths of the axes. */
  readonly input: Shape;
  /** How many elements a window takes. */
  readonly kernel: Shape;
  /** How many windows there are. */
  readonly output: Shape;
  /** The step from one window to the next. */
  readonly stride: Shape;
  /** How far before the start of the axis the first window begins. */
  readonly padding: Shape;
  /** The step from one element of a window to the next. */
  readonly dilation: Shape;
}

/** How filters (o, c / groups, …) slide over images (n, c, …). */
export interface Convolution extends Windows {
  /** Into how many parts the channels are divided, each with filters of its own. */
  readonly groups: number;
}

/**
 * From which places along an axis of the operand each place along that axis of the result is made: place i from those in
 * `positions`, weighted by `weights`, from starts[i] up to starts[i + 1].
 */
export interface Taps {
  /** One more than there are places in the result. */
  readonly starts: Int32Array;
  /** Places in the operand. */
  readonly positions: Int32Array;
  /** One for each position. */
  readonly weights: Float64Array;
}

/** One step of stochastic gradient descent; see `Kernels.sgd`. */
export interface SgdStep {
  /** The learning rate. */
  readonly lr: number;
  /** How much of the velocity is kept. */
  readonly momentum: number;
  /** How much of the gradient is kept out of the velocity. */
  readonly dampening: number;
  /** How much of the parameter is added to its gradient. */
  readonly weightDecay: number;
  /** Whether to look ahead along the velocity. */
  readonly nesterov: boolean;
  /** Whether to ascend instead. */
  readonly maximize: boolean;
}

/** One step of Adam; see `Kernels.adam`. */
export interface AdamStep {
  /** The learning rate, divided by the mean's bias correction. */
  readonly stepSize: number;
  /** How much of the mean is kept. */
  readonly beta1: number;
  /** How much of the mean square is kept. */
  readonly beta2: number;
  /** Added to the root of the mean square. */
  readonly eps: number;
  /** What the root of the mean square is divided by to correct its bias. */
  readonly rootCorrection: number;
  /** How much of the parameter is added to its gradient. */
  readonly weightDecay: number;
  /** What the parameter is multiplied by first: decoupled weight decay. */
  readonly shrink: number;
  /** Whether to ascend instead. */
  readonly maximize: boolean;
}

/** One step of RMSprop; see `Kernels.rmsprop`. */
export interface RmspropStep {
  /** The learning rate. */
  readonly lr: number;
  /** How much of the mean square is kept. */
  readonly alpha: number;
  /** Added to the root of the mean square. */
  readonly eps: number;
  /** Added to the mean square below the root. */
  readonly epsInside: number;
  /** How much of the parameter is added to its gradient. */
  readonly weightDecay: number;
  /** How much of the velocity is kept. */
  readonly momentum: number;
  /** Whether to ascend instead. */
  readonly maximize: boolean;
}

/** What `NormalizationKernels.standardize` finds: the result, and the mean and the variance of each group, in the dtype of the operand. */
export interface Standardized {
  readonly output: Storage;
  readonly mean: Storage;
  readonly variance: Storage;
}

/**
 * The numeric loops behind the operations. Arguments are views (any strides), already checked, promoted and broadcast by
 * the caller; results are new row-major storages. The reference set implements all of it; other sets take over the calls
 * they are faster at (`select.ts`).
 */
export interface Kernels {
  /** `fn` of every element. */
  unary(fn: UnaryFunction, x: View): Storage;
  /** `fn` of corresponding elements of two views of one shape and dtype. */
  binary(fn: BinaryName | ((a: number, b: number) => number), a: View, b: View): Storage;
  /** A comparison of corresponding elements. */
  compare(fn: CompareName | ((a: number, b: number) => boolean), a: View, b: View): Storage;
  /** Elements of `a` where the bool `condition` holds, of `b` elsewhere. */
  where(condition: View, a: View, b: View): Storage;
  /** A row-major copy in another dtype: towards integers fractions are cut, towards bool all but 0 is true. */
  cast(x: View, dtype: DType): Storage;
  /** Writes the elements of `source` (same shape, same dtype) over those of `target`. */
  assign(target: View, source: View): void;
  /** A reduction over `axes`; they keep no length in the result. */
  reduce(fn: ReduceName, x: View, axes: readonly number[]): Storage;
  /** Positions (int32) of the first extreme element along `axis`. NaN is extreme. */
  argReduce(fn: 'argmax' | 'argmin', x: View, axis: number): Storage;
  /** sum (x - mean)^2 / max(0, n - correction) over `axes`, or its square root; in doubles, around the mean. */
  variance(x: View, axes: readonly number[], correction: number, root: boolean): Storage;
  /** (sum |x|^p)^(1/p) over `axes`, in doubles; the largest |x| for p = Infinity, the smallest for -Infinity, a count for 0. */
  norm(p: number, x: View, axes: readonly number[]): Storage;
  /** The p-norms of the differences of all rows of `a` (…, m, k) and `b` (…, n, k); equal leading axes. */
  cdist(p: number, a: View, b: View): Storage;
  /** Running sums, products, or logarithms of sums of exponentials along `axis`, in doubles. */
  cumulate(fn: CumulateName, x: View, axis: number): Storage;
  /** y_i = a_i y_(i-1) + b_i along `axis`, from y_(-1) = 0, in doubles. Both views have one shape and dtype. */
  recurrence(a: View, b: View, axis: number): Storage;
  /** Positions (int32) of the running extreme element along `axis`: the last of equal ones; NaN is extreme. */
  cumulativeExtreme(fn: 'cummax' | 'cummin', x: View, axis: number): Storage;
  /** The positions (int32) along `axis` in sorted order. Equal elements keep their order; NaN counts as largest. */
  sort(x: View, axis: number, descending: boolean): Storage;
  /** As an ascending `sort`, but only the position of one rank; `rankOf` says which, from the number of NaN in the line. */
  ranked(x: View, axis: number, rankOf: (nans: number) => number): Storage;
  /** Positions (int32) of the last of the most frequent elements along `axis`; of equally frequent values, the smallest. */
  mode(x: View, axis: number): Storage;
  /** How the rows of a matrix repeat: all of them, or only those next to each other (`consecutive`). */
  groups(x: View, consecutive: boolean): Groups;
  /** How many elements of the ascending last axis of `sequence` are < `values`, or <= if `right` (int32). */
  searchSorted(sequence: View, values: View, right: boolean): Storage;
  /** Which elements of `x` are among those of `candidates` (bool); NaN is not. */
  isIn(x: View, candidates: View): Storage;
  /** How many elements lie in each of `bins` equal intervals from `low` to `high`, the end included; in the dtype of x. */
  histogram(x: View, bins: number, low: number, high: number): Storage;
  /** Batches of matrix products: (…, m, k) by (…, k, n), equal leading axes and dtypes; plus a bias (n) on each row, if given. */
  matmul(a: View, b: View, bias?: View | null): Storage;
  /** exp(x) / sum exp(x), or its logarithm, along `axis`. */
  softmax(x: View, axis: number, logarithm: boolean): Storage;
  /** y (g - sum g y) along `axis`: the adjoint of `softmax` with the result y. Both views have one shape and dtype. */
  softmaxAdjoint(g: View, y: View, axis: number): Storage;
  /**
   * g exp(y), less g at the class (int32) of each place along `axis`, which g and `classes` lack: the adjoint of the losses -y at the classes,
   * where y is the logarithm of a softmax.
   */
  classAdjoint(g: View, y: View, classes: View, axis: number): Storage;
  /** Where (counted in row-major order) the first element of an int32 `index` stands that is not in low … high, or -1. */
  firstOutside(index: View, low: number, high: number): number;
  /** Positions (int32) counted from the start of an axis of `length`, from ones of which some are counted from its end. */
  fromStart(index: View, length: number): Storage;
  /** Where the elements of `x` (at least one axis) that are not 0 stand: int32 of shape (axes, number of elements). */
  nonzero(x: View): Storage;
  /** Elements of `x` at valid positions `index` along `axis`; the result has the shape of `index`. */
  gather(x: View, axis: number, index: View): Storage;
  /** A copy of `x` with elements of `source` brought in at valid positions `index` along `axis`. `op` is for messages. */
  scatter(op: string, fn: ScatterName, x: View, axis: number, index: View, source: View): Storage;
  /** The selected elements of `x`. */
  indexGet(x: View, selection: Selection): Storage;
  /** Writes the elements of `source` (of their shape) over the selected ones of `target`; the last in row-major order stays. */
  indexPut(target: View, selection: Selection, source: View): void;
  /** Adds the elements of `source` (of their shape) to the selected elements of a float64 `target`. */
  indexAdd(target: View, selection: Selection, source: View): void;
  /** Sums, in a row-major array of `size` elements, of the elements of `source` that `places` puts in one place. */
  overlapAdd(source: View, places: Layout, size: number): Storage;
  /** float64 totals in another dtype; refuses those that integers cannot hold. `op` is for messages. */
  settle(op: string, totals: Storage, dtype: DType): Storage;
  /**
   * A step of gradient descent in place, over row-major views of one shape and dtype. `velocity` is there when the
   * momentum is not 0. With g the gradient (its negative to ascend) plus weightDecay * parameter:
   * velocity = momentum * velocity + (1 - dampening) * g; with Nesterov's look-ahead g += momentum * velocity, else
   * g = velocity; parameter -= lr * g.
   */
  sgd(step: SgdStep, parameter: View, gradient: View, velocity: View | null): void;
  /**
   * A step of Adam in place, over row-major views of one shape and dtype. With g the gradient (its negative to ascend)
   * plus weightDecay * parameter: parameter *= shrink; mean += (1 - beta1) * (g - mean);
   * square = beta2 * square + (1 - beta2) * g^2; where `largest` is there it takes the maximum with `square`, and its
   * place; parameter -= stepSize * mean / (sqrt(square) / rootCorrection + eps).
   */
  adam(step: AdamStep, parameter: View, gradient: View, mean: View, square: View, largest: View | null): void;
  /**
   * A step of RMSprop in place, over row-major views of one shape and dtype. With g the gradient (its negative to ascend) plus
   * weightDecay * parameter: square = alpha * square + (1 - alpha) * g^2; where `mean` is there, mean += (1 - alpha) * (g - mean)
   * and its square is taken away below the root; d = g / (sqrt(square + epsInside) + eps); where `velocity` is there,
   * velocity = momentum * velocity + d takes the place of d; parameter -= lr * d.
   */
  rmsprop(
    step: RmspropStep,
    parameter: View,
    gradient: View,
    square: View,
    mean: View | null,
    velocity: View | null,
  ): void;
}

/**
 * The numeric loops behind convolutions, windows and pooling, to the same terms as {@link Kernels}: apart from these, so that
 * programs without images do not carry them.
 */
export interface ImageKernels {
  /** Cross-correlation: images (n, c, …) with filters (o, c / groups, …) give (n, o, …), plus a bias (o) for each filter. */
  convolution(x: View, weight: View, bias: View | null, convolution: Convolution): Storage;
  /** The adjoint of `convolution` in x: (n, o, …) and the filters give (n, c, …). */
  convInput(g: View, weight: View, convolution: Convolution): Storage;
  /** The adjoint of `convolution` in the filters: (n, c, …) and (n, o, …) give (o, c / groups, …). */
  convWeight(x: View, g: View, convolution: Convolution): Storage;
  /** The windows over (n, c, …) as columns: (n, c * elements of a window, windows). */
  unfold(x: View, windows: Windows): Storage;
  /** The adjoint of `unfold`: columns are added up where they came from. */
  fold(columns: View, windows: Windows): Storage;
  /** Weighted sums of places along `axis`. */
  resample(x: View, axis: number, taps: Taps): Storage;
  /**
   * Where the largest of the places named for each of the last axes stands (int32, row-major over those axes). Of equal ones
   * the first is taken; NaN counts as largest, and the last NaN is taken.
   */
  maxPool(x: View, axes: readonly Taps[]): Storage;
}

/** The numeric loops behind normalizations, to the same terms as {@link Kernels} and apart from them like {@link ImageKernels}. */
export interface NormalizationKernels {
  /** (x - mean) / sqrt(variance + eps), with the mean and the mean square deviation over `axes`. */
  standardize(x: View, axes: readonly number[], eps: number): Standardized;
  /**
   * (g - mean of g - y * mean of g y) / sqrt(variance + eps), with means over `axes`: the adjoint of `standardize` with the output y, of the
   * shape and dtype of g; `variance` is row-major, an element for each group.
   */
  standardizeAdjoint(g: View, y: View, variance: View, axes: readonly number[], eps: number): Storage;
}

/** The numeric loops behind activations of several results, to the same terms as {@link Kernels} and apart from them like {@link ImageKernels}. */
export interface ActivationKernels {
  /** x Phi(x), and Phi(x), the normal distribution function. */
  gelu(x: View): readonly [y: Storage, share: Storage];
  /** g (Phi(x) + x phi(x)), given `share` = Phi(x): the adjoint of the first result of `gelu`. All views have one shape and dtype. */
  geluAdjoint(g: View, x: View, share: View): Storage;
}

/** The numeric loops behind recurrent networks, to the same terms as {@link Kernels} and apart from them like {@link ImageKernels}. */
export interface RecurrentKernels {
  /**
   * All steps of an LSTM: `gates` (times, rows, 4 n) is what inputs give, `h` and `c` (rows, n) the state and the memory before,
   * `weight` (4 n, n). The results, each (times, rows, n), are the states, the memories, and the gates i, f, g, o after their activations.
   */
  lstm(gates: View, h: View, c: View, weight: View): readonly Storage[];
  /**
   * The adjoint of `lstm`, given its results and the cotangents of states and memories (null: zero). Gives those of the gates before their
   * activations, of the state and of the memory before.
   */
  lstmAdjoint(
    toStates: View | null,
    toMemories: View | null,
    c: View,
    weight: View,
    results: readonly View[],
  ): readonly [gates: Storage, h: Storage, c: Storage];
}
