import {
  ArgumentError,
  formatShape,
  noGrad,
  type RandomOptions,
  ShapeError,
  type Tensor,
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
