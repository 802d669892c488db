import { ArgumentError, formatShape, type Tensor, zerosLike } from '@tensortape/autograd';
import { checkChoice, checkCount, checkFlag, checkNotNegative, checkNumbers } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { ParameterwiseOptimizer, shrink } from './parameterwise.ts';

/** Options of {@link Muon}. */
export interface MuonOptions {
  /** The learning rate $\eta$. Default 0.001. */
  lr: number;
  /** The weight decay $\lambda$, decoupled. Default 0.1. */
  weightDecay: number;
  /** The momentum $\mu$: how much of the average is kept. Default 0.95. */
  momentum: number;
  /** Whether to look ahead along the average. Default true. */
  nesterov: boolean;
  /** The coefficients $a, b, c$ of the Newton-Schulz iteration. Default 3.4445, -4.775 and 2.0315. */
  nsCoefficients: readonly [number, number, number];
  /** The least norm that is divided by. Default 1e-7. */
  eps: number;
  /** The number of Newton-Schulz iterations, below 100. Default 5. */
  nsSteps: number;
  /**
   * How the rate follows the shape (rows, columns): 'original', as null, multiplies by $\sqrt{\max(1, rows / columns)}$,
   * 'match_rms_adamw' by $0.2 \sqrt{\max(rows, columns)}$, so that rates of AdamW fit. Default null.
   */
  adjustLrFn: 'original' | 'match_rms_adamw' | null;
}

/** What {@link Muon} remembers of a parameter. */
export type MuonState = {
  /** The average of the gradient $m$. */
  readonly momentumBuffer: Tensor;
};

/**
 * Muon: steps along the momentum made orthogonal, for the matrices inside a network; leave vectors, embeddings and the last
 * layer to {@link AdamW}. PyTorch: `torch.optim.Muon`. With $g = \nabla f(\theta)$:
 *
 * $$m \leftarrow \mu m + (1 - \mu) g, \qquad \theta \leftarrow (1 - \eta \lambda) \theta - \eta' O(\mu m + (1 - \mu) g)$$
 *
 * ($O(m)$ without `nesterov`), where $O(G)$ is `nsSteps` times $X \leftarrow a X + (b A + c A^2) X$ with $A = X X^T$ from
 * $X = G / \|G\|$, whose singular values come close to 1. PyTorch rounds this iteration to bfloat16, here it has the
 * parameter's dtype: steps differ from PyTorch's by about a hundredth of their length.
 *
 * K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024; J. Liu et al., "Muon is Scalable for
 * LLM Training", 2025. Errors: ArgumentError for bad options, and for parameters that are not matrices.
 *
 * @example
 * ```ts
 * import { Muon } from '@tensortape/optim';
 * import { eye } from '@tensortape/autograd';
 *
 * const w = eye(2).requiresGrad_();
 * const optimizer = new Muon([w], { lr: 0.1, weightDecay: 0, nsCoefficients: [1.5, -0.5, 0], nsSteps: 20 });
 * w.square().sum().backward();
 * optimizer.step();
 * console.log(w);
 * // tensor([[0.9000, 0.0000],
 * //         [0.0000, 0.9000]], requiresGrad=true)
 * ```
 */
export class Muon extends ParameterwiseOptimizer<MuonOptions, MuonState> {
  /**
   * @param params Matrices, or groups of matrices with options of their own.
   * @param options See {@link MuonOptions}.
   */
  constructor(params: Params<MuonOptions>, options: Partial<MuonOptions> = {}) {
    super(params, options, {
      lr: 1e-3,
      weightDecay: 0.1,
      momentum: 0.95,
      nesterov: true,
      nsCoefficients: [3.4445, -4.775, 2.0315],
      eps: 1e-7,
      nsSteps: 5,
      adjustLrFn: null,
    });
  }

  protected override check(options: MuonOptions, params: readonly Tensor[]): void {
    for (const [i, { shape }] of params.entries()) {
      if (shape.length !== 2) {
        throw new ArgumentError(
          `Muon: parameter ${i} has shape ${formatShape(shape)}, expected a matrix; leave other parameters to AdamW`,
        );
      }
    }
    for (const name of ['lr', 'weightDecay', 'momentum', 'eps'] as const) {
      checkNotNegative('Muon', name, options[name]);
    }
    checkFlag('Muon', 'nesterov', options.nesterov);
    checkNumbers('Muon', 'nsCoefficients', options.nsCoefficients, 3);
    checkCount('Muon', 'nsSteps', options.nsSteps, 0);
    if (options.nsSteps >= 100)
      throw new ArgumentError(`Muon: nsSteps must be < 100, got ${options.nsSteps}`);
    checkChoice('Muon', 'adjustLrFn', options.adjustLrFn, ['original', 'match_rms_adamw', null]);
  }

  protected initialState(parameter: Tensor): MuonState {
    return { momentumBuffer: zerosLike(parameter) };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<MuonOptions>): void {
    const { lr, momentum } = group;
    const average = this.recall(parameter, group).momentumBuffer.lerp_(gradient, 1 - momentum);
    const direction = orthogonalized(group.nesterov ? gradient.lerp(average, momentum) : average, group);
    shrink(parameter, group);
    parameter.sub_(direction, { alpha: lr * shapeFactor(parameter, group) });
  }
}

/** A matrix with the singular vectors of `matrix` and singular values close to 1. */
function orthogonalized(matrix: Tensor, { nsCoefficients: [a, b, c], nsSteps, eps }: MuonOptions): Tensor {
  const [rows, columns] = matrix.shape as readonly [number, number];
  // The product of the shorter side with itself is the smaller one.
  let x = rows > columns ? matrix.T : matrix;
  x = x.div(x.norm().clamp(eps));
  for (let step = 0; step < nsSteps; step++) {
    const gram = x.matmul(x.T);
    const polynomial = gram.matmul(gram).mul_(c).add_(gram, { alpha: b });
    x = polynomial.matmul(x).add_(x, { alpha: a });
  }
  return rows > columns ? x.T : x;
}

function shapeFactor({ shape }: Tensor, { adjustLrFn }: MuonOptions): number {
  const [rows, columns] = shape as readonly [number, number];
  return adjustLrFn === 'match_rms_adamw'
    ? 0.2 * Math.sqrt(Math.max(rows, columns))
    : Math.sqrt(Math.max(1, rows / columns));
}
