import {
  ArgumentError,
  formatShape,
  linalg,
  ndtr,
  noGrad,
  type RandomOptions,
  randperm,
  ShapeError,
  type Tensor,
  tensor as tensorOf,
  zerosLike,
} from '@tensortape/autograd';

/** Functions that {@link calculateGain} knows. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'leakyRelu' | 'selu';

/** Options of Xavier's initialisations. */
export interface XavierOptions extends RandomOptions {
  /** What the standard deviation is multiplied by; see {@link calculateGain}. Default 1. */
  readonly gain?: number;
}

/** Options of Kaiming's initialisations. */
export interface KaimingOptions extends RandomOptions {
  /** The negative slope of the leaky ReLU that follows. Default 0. */
  readonly a?: number;
  /** Whether values keep their variance forward ('fanIn', the default) or gradients theirs backward ('fanOut'). */
  readonly mode?: 'fanIn' | 'fanOut';
  /** The function that follows. Default 'leakyRelu'. */
  readonly nonlinearity?: Nonlinearity;
}

/** Fills with uniforms on [low, high). PyTorch: `torch.nn.init.uniform_`, with its numbers for the same seed. */
export function uniform_<T extends Tensor>(tensor: T, low = 0, high = 1, options: RandomOptions = {}): T {
  noGrad(() => tensor.uniform_(low, high, options));
  return tensor;
}

/** Fills with normals. PyTorch: `torch.nn.init.normal_`, with its numbers for the same seed. */
export function normal_<T extends Tensor>(tensor: T, mean = 0, std = 1, options: RandomOptions = {}): T {
  noGrad(() => tensor.normal_(mean, std, options));
  return tensor;
}

/** Fills with one value. PyTorch: `torch.nn.init.constant_`. */
export function constant_<T extends Tensor>(tensor: T, value: number): T {
  noGrad(() => tensor.fill_(value));
  return tensor;
}

/** Fills with ones. PyTorch: `torch.nn.init.ones_`. */
export function ones_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 1);
}

/** Fills with zeros. PyTorch: `torch.nn.init.zeros_`. */
export function zeros_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 0);
}

/**
 * Uniforms on [-b, b) with $b = \text{gain} \sqrt{6 / (\text{fanIn} + \text{fanOut})}$. PyTorch:
 * `torch.nn.init.xavier_uniform_`. X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward
 * neural networks", 2010. Errors: ShapeError below two axes.
 *
 * @example
 * ```ts
 * import { init } from '@tensortape/nn';
 * import { zeros } from '@tensortape/autograd';
 *
 * const weight = init.xavierUniform_(zeros([3, 3]), { gain: init.calculateGain('tanh') });
 * console.log(weight.abs().max().item() <= 5 / 3); // true
 * ```
 */
export function xavierUniform_<T extends Tensor>(tensor: T, options: XavierOptions = {}): T {
  const bound = Math.sqrt(3) * xavierDeviation('xavierUniform_', tensor, options);
  return uniform_(tensor, -bound, bound, options);
}

/**
 * Normals of standard deviation $\text{gain} \sqrt{2 / (\text{fanIn} + \text{fanOut})}$. PyTorch:
 * `torch.nn.init.xavier_normal_`. Source and errors: as {@link xavierUniform_}.
 */
export function xavierNormal_<T extends Tensor>(tensor: T, options: XavierOptions = {}): T {
  return normal_(tensor, 0, xavierDeviation('xavierNormal_', tensor, options), options);
}

function xavierDeviation(op: string, tensor: Tensor, { gain = 1 }: XavierOptions): number {
  const { fanIn, fanOut } = fans(op, tensor);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

/**
 * Uniforms on [-b, b) with $b = \text{gain} \sqrt{3 / \text{fan}}$. PyTorch: `torch.nn.init.kaiming_uniform_`. K. He et
 * al., "Delving Deep into Rectifiers", 2015. Errors: ShapeError below two axes; ArgumentError for an unknown option.
 *
 * @example
 * ```ts
 * import { init } from '@tensortape/nn';
 * import { zeros } from '@tensortape/autograd';
 *
 * const weight = init.kaimingUniform_(zeros([5, 6]), { nonlinearity: 'relu' });
 * console.log(weight.abs().max().item() <= 1); // true
 * ```
 */
export function kaimingUniform_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  const bound = Math.sqrt(3) * kaimingDeviation('kaimingUniform_', tensor, options);
  return uniform_(tensor, -bound, bound, options);
}

/**
 * Normals of standard deviation $\text{gain} / \sqrt{\text{fan}}$. PyTorch: `torch.nn.init.kaiming_normal_`. Source and
 * errors: as {@link kaimingUniform_}.
 */
export function kaimingNormal_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  return normal_(tensor, 0, kaimingDeviation('kaimingNormal_', tensor, options), options);
}

function kaimingDeviation(
  op: string,
  tensor: Tensor,
  { a = 0, mode = 'fanIn', nonlinearity = 'leakyRelu' }: KaimingOptions,
): number {
  if (mode !== 'fanIn' && mode !== 'fanOut') {
    throw new ArgumentError(`${op}: unknown mode '${mode}'; known are fanIn and fanOut`);
  }
  // An empty tensor has no values to scale.
  if (tensor.size === 0) return 0;
  return calculateGain(nonlinearity, a) / Math.sqrt(fans(op, tensor)[mode]);
}

/**
 * The factor by which a function shrinks the standard deviation of what passes through it, inverted: 1 for 'linear' and
 * 'sigmoid', 5/3 for 'tanh', sqrt(2) for 'relu', sqrt(2 / (1 + slope^2)) for 'leakyRelu' (`param`, the slope, is 0.01
 * unless given), 3/4 for 'selu'. PyTorch: `torch.nn.init.calculate_gain`. Errors: ArgumentError for others.
 */
export function calculateGain(nonlinearity: Nonlinearity, param?: number): number {
  switch (nonlinearity) {
    case 'linear':
    case 'sigmoid':
      return 1;
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.sqrt(2);
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + (param ?? 0.01) ** 2));
    case 'selu':
      return 3 / 4;
    default:
      throw new ArgumentError(
        `calculateGain: unknown nonlinearity '${nonlinearity}'; known are linear, sigmoid, tanh, relu, leakyRelu and selu`,
      );
  }
}

/** How many inputs an output of a weight (out, in, …) has, and how many outputs an input. */
function fans(op: string, tensor: Tensor): { fanIn: number; fanOut: number } {
  const [outputs, inputs, ...kernel] = tensor.shape;
  if (outputs === undefined || inputs === undefined) {
    throw new ShapeError(
      `${op}: expected a weight of shape (out, in, …), got ${formatShape(tensor.shape)}; for a bias use zeros_ or uniform_`,
    );
  }
  const field = kernel.reduce((product, length) => product * length, 1);
  return { fanIn: inputs * field, fanOut: outputs * field };
}

/** Options of {@link truncNormal_}. */
export interface TruncNormalOptions extends RandomOptions {
  /** The mean before the cut. Default 0. */
  readonly mean?: number;
  /** The standard deviation before the cut. Default 1. */
  readonly std?: number;
  /** The least value. Default -2. */
  readonly a?: number;
  /** The largest value. Default 2. */
  readonly b?: number;
}

/**
 * Normals between `a` and `b`: what falls outside is drawn again. PyTorch: `torch.nn.init.trunc_normal_`, with its numbers for the
 * same seed, up to the rounding of logarithms. Errors: ArgumentError unless a < b and std > 0.
 *
 * @example
 * ```ts
 * import { init } from '@tensortape/nn';
 * import { zeros } from '@tensortape/autograd';
 *
 * console.log(init.truncNormal_(zeros([1000]), { std: 0.02, b: 0.01 }).max().item() <= 0.01); // true
 * ```
 */
export function truncNormal_<T extends Tensor>(
  tensor: T,
  { mean = 0, std = 1, a = -2, b = 2, ...options }: TruncNormalOptions = {},
): T {
  if (!(a < b) || !(std > 0)) {
    throw new ArgumentError(`truncNormal_: got a ${a}, b ${b} and std ${std}; expected a < b and std > 0`);
  }
  noGrad(() => {
    const [below, above] = [a, b].map((bound) =>
      ndtr(tensorOf((bound - mean) / std, { dtype: 'float64' })).item(),
    );
    if (above! - below! > 0.3) redrawNormals(tensor, mean, std, a, b, options);
    else rejectUniforms(tensor, mean, std, a, b, options);
  });
  return tensor;
}

/** Where much of the distribution lies inside: normals, until all do. */
function redrawNormals(
  tensor: Tensor,
  mean: number,
  std: number,
  a: number,
  b: number,
  options: RandomOptions,
): void {
  // Bounds in the tensor's own dtype, as PyTorch compares.
  const [low, high] = [a, b].map((bound) => tensorOf(bound, { dtype: tensor.dtype }).item());
  tensor.normal_(mean, std, options);
  for (;;) {
    const outside = tensor.lt(low!).logicalOr(tensor.gt(high!));
    if (outside.any().item() === 0) return;
    tensor.copy_(zerosLike(tensor).normal_(mean, std, options).where(outside, tensor));
  }
}

/** Where little of it lies inside: uniforms, each kept with its density over the largest one. */
function rejectUniforms(
  tensor: Tensor,
  mean: number,
  std: number,
  a: number,
  b: number,
  options: RandomOptions,
): void {
  const peak = Math.max(a, Math.min(mean, b));
  const logPeak = -0.5 * ((peak - mean) / std) ** 2;
  const refused = (candidates: Tensor): Tensor => {
    const logDensity = candidates.sub(mean).div(std).square().mul(-0.5).sub(logPeak);
    return zerosLike(candidates).uniform_(0, 1, options).log().gt(logDensity);
  };
  tensor.uniform_(a, b, options);
  let pending = refused(tensor);
  while (pending.any().item() !== 0) {
    const candidates = zerosLike(tensor).uniform_(a, b, options);
    tensor.copy_(candidates.where(pending, tensor));
    pending = pending.logicalAnd(refused(candidates));
  }
}

/** Ones on the diagonal of a matrix, zeros elsewhere. PyTorch: `torch.nn.init.eye_`. Errors: ShapeError unless there are two axes. */
export function eye_<T extends Tensor>(tensor: T): T {
  checkMatrix('eye_', tensor);
  noGrad(() => tensor.zero_().diagonal().fill_(1));
  return tensor;
}

function checkMatrix(op: string, { shape }: Tensor): void {
  if (shape.length === 2) return;
  throw new ShapeError(`${op}: expected a matrix (out, in), got shape ${formatShape(shape)}`);
}

/**
 * The kernel of a convolution (out, in, …) that passes its input on, as many channels as there are: 1 in the middle of filter i for
 * channel i of each group, zeros elsewhere. PyTorch: `torch.nn.init.dirac_`. Errors: ShapeError unless there are one to three axes
 * of the kernel; ArgumentError when the filters are not divisible by `groups`.
 *
 * @example
 * ```ts
 * import { Conv1d, init } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const conv = new Conv1d(1, 1, 3, { padding: 1, bias: false });
 * init.dirac_(conv.weight);
 * console.log(conv.forward(tensor([[1, 2, 3]])).toArray()); // [ [ 1, 2, 3 ] ]
 * ```
 */
export function dirac_<T extends Tensor>(tensor: T, groups = 1): T {
  const [filters, channels, ...kernel] = tensor.shape;
  if (filters === undefined || channels === undefined || kernel.length < 1 || kernel.length > 3) {
    throw new ShapeError(
      `dirac_: expected the kernel of a convolution, (out, in) and one to three lengths, got shape ${formatShape(tensor.shape)}`,
    );
  }
  if (!Number.isInteger(groups) || groups < 1 || filters % groups !== 0) {
    throw new ArgumentError(`dirac_: ${filters} filters are not divisible by groups ${groups}`);
  }
  const each = filters / groups;
  const middle = kernel.map((length) => Math.floor(length / 2));
  noGrad(() => {
    tensor.zero_();
    for (let group = 0; group < groups; group++) {
      for (let i = 0; i < Math.min(each, channels); i++) tensor.set_([group * each + i, i, ...middle], 1);
    }
  });
  return tensor;
}

/**
 * A random matrix whose rows, or columns where there are fewer, are orthogonal and of length `gain`; axes behind the first count as
 * one. PyTorch: `torch.nn.init.orthogonal_`, with its numbers for the same seed, up to rounding. A. Saxe et al., "Exact solutions to
 * the nonlinear dynamics of learning in deep linear neural networks", 2013. Errors: ShapeError below two axes.
 *
 * @example
 * ```ts
 * import { init } from '@tensortape/nn';
 * import { eye, zeros } from '@tensortape/autograd';
 *
 * const rows = init.orthogonal_(zeros([3, 5]));
 * console.log(rows.matmul(rows.T).sub(eye(3)).abs().max().item() < 1e-5); // true
 * ```
 */
export function orthogonal_<T extends Tensor>(tensor: T, { gain = 1, ...options }: XavierOptions = {}): T {
  const [rows] = tensor.shape;
  if (rows === undefined || tensor.ndim < 2) {
    throw new ShapeError(
      `orthogonal_: expected a weight (out, in, …), got shape ${formatShape(tensor.shape)}`,
    );
  }
  if (tensor.size === 0) return tensor;
  noGrad(() => {
    const columns = tensor.size / rows;
    const normals = zerosLike(tensor).reshape([rows, columns]).normal_(0, 1, options);
    const wide = rows < columns;
    const { Q, R } = linalg.qr(wide ? normals.T : normals);
    // Without the signs the result would not be uniform among such matrices: F. Mezzadri, 2007.
    const signed = Q.mul(R.diagonal().sign());
    tensor.copy_((wide ? signed.T : signed).reshape(tensor.shape).mul(gain));
  });
  return tensor;
}

/** Options of {@link sparse_}. */
export interface SparseOptions extends RandomOptions {
  /** The standard deviation of what is not zero. Default 0.01. */
  readonly std?: number;
}

/**
 * Normals, and in each column a share of `sparsity` zeros. PyTorch: `torch.nn.init.sparse_`, with its numbers for the same seed. J.
 * Martens, "Deep learning via Hessian-free optimization", 2010. Errors: ShapeError unless there are two axes; ArgumentError unless
 * 0 <= sparsity <= 1.
 *
 * @example
 * ```ts
 * import { init } from '@tensortape/nn';
 * import { zeros } from '@tensortape/autograd';
 *
 * console.log(init.sparse_(zeros([10, 3]), 0.8).ne(0).sum(0).toArray()); // [ 2, 2, 2 ]
 * ```
 */
export function sparse_<T extends Tensor>(
  tensor: T,
  sparsity: number,
  { std = 0.01, ...options }: SparseOptions = {},
): T {
  checkMatrix('sparse_', tensor);
  if (!(sparsity >= 0 && sparsity <= 1)) {
    throw new ArgumentError(`sparse_: sparsity must be from 0 to 1, got ${sparsity}`);
  }
  const [rows, columns] = tensor.shape as [number, number];
  const zeros = Math.ceil(sparsity * rows);
  noGrad(() => {
    tensor.normal_(0, std, options);
    for (let column = 0; column < columns; column++) {
      const blank = randperm(rows, options).narrow(0, 0, zeros);
      tensor.select(1, column).indexFill_(0, blank, 0);
    }
  });
  return tensor;
}
