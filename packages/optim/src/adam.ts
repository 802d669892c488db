import { adamUpdate, type Tensor, zerosLike } from '@tensortape/autograd';
import { checkBetas, checkFlag, checkNotNegative } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { ParameterwiseOptimizer } from './parameterwise.ts';

/** Options of {@link Adam} and {@link AdamW}. */
export interface AdamOptions {
  /** The learning rate $\eta$. Default 0.001. */
  lr: number;
  /** How much of the averages of the gradient and of its square is kept: $\beta_1, \beta_2$. Default 0.9 and 0.999. */
  betas: readonly [number, number];
  /** Added to the denominator: $\epsilon$. Default 1e-8. */
  eps: number;
  /** The weight decay $\lambda$. Default 0 for Adam, 0.01 for AdamW. */
  weightDecay: number;
  /** Whether to divide by the largest average of the square so far. Default false. */
  amsgrad: boolean;
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
}

/** How weights decay in a step: by a part of the gradient, or by a factor. */
export interface Decay {
  /** How much of the parameter is added to its gradient. */
  readonly weightDecay: number;
  /** What the parameter is multiplied by. */
  readonly shrink: number;
}

/** What {@link Adam} remembers of a parameter. */
export type AdamState = {
  /** The number of steps $t$. */
  step: number;
  /** The average of the gradient $m$. */
  readonly expAvg: Tensor;
  /** The average of its square $s$. */
  readonly expAvgSq: Tensor;
  /** The largest $s$ so far, for AMSGrad. */
  readonly maxExpAvgSq?: Tensor;
};

/**
 * Adam: steps of about the learning rate, whatever the scale of the gradient. PyTorch: `torch.optim.Adam`. With
 * $g = \nabla f(\theta) + \lambda \theta$ at step $t$:
 *
 * $$m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2) g^2$$
 * $$\theta \leftarrow \theta - \eta \frac{m / (1 - \beta_1^t)}{\sqrt{s / (1 - \beta_2^t)} + \epsilon}$$
 *
 * With `amsgrad` the largest $s$ so far stands in the place of $s$ in the last line.
 *
 * D. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015; S. Reddi et al., "On the Convergence of Adam and
 * Beyond", 2018. Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { Adam } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([1, -200], { requiresGrad: true });
 * const optimizer = new Adam([w], { lr: 0.5 });
 * w.square().sum().backward();
 * optimizer.step();
 * console.log(w.toArray()); // [ 0.5, -199.5 ]
 * ```
 */
export class Adam extends ParameterwiseOptimizer<AdamOptions, AdamState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link AdamOptions}.
   */
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, options, {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      amsgrad: false,
      maximize: false,
    });
  }

  protected override check({ lr, betas, eps, weightDecay, amsgrad, maximize }: AdamOptions): void {
    const name = this.constructor.name;
    checkNotNegative(name, 'lr', lr);
    checkBetas(name, betas);
    checkNotNegative(name, 'eps', eps);
    checkNotNegative(name, 'weightDecay', weightDecay);
    checkFlag(name, 'amsgrad', amsgrad);
    checkFlag(name, 'maximize', maximize);
  }

  protected initialState(parameter: Tensor, { amsgrad }: AdamOptions): AdamState {
    return {
      step: 0,
      expAvg: zerosLike(parameter),
      expAvgSq: zerosLike(parameter),
      ...(amsgrad && { maxExpAvgSq: zerosLike(parameter) }),
    };
  }

  /** How weights decay: through the gradient. */
  protected decay({ weightDecay }: AdamOptions): Decay {
    return { weightDecay, shrink: 1 };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<AdamOptions>): void {
    const state = this.recall(parameter, group);
    const { expAvg, expAvgSq, maxExpAvgSq = null } = state;
    const { lr, eps, maximize } = group;
    const [beta1, beta2] = group.betas;
    state.step++;
    adamUpdate(parameter, gradient, expAvg, expAvgSq, maxExpAvgSq, {
      stepSize: lr / (1 - beta1 ** state.step),
      beta1,
      beta2,
      eps,
      rootCorrection: Math.sqrt(1 - beta2 ** state.step),
      ...this.decay(group),
      maximize,
    });
  }
}

/**
 * {@link Adam} with decoupled weight decay: the decay shrinks the parameter itself, $\theta \leftarrow (1 - \eta \lambda)
 * \theta$, before a step without it. PyTorch: `torch.optim.AdamW`.
 *
 * I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", 2019. Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { AdamW } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([8], { requiresGrad: true });
 * const optimizer = new AdamW([w], { lr: 0.5, weightDecay: 0.25 });
 * w.sum().backward();
 * optimizer.step();
 * console.log(w.toArray()); // [ 6.5 ]
 * ```
 */
export class AdamW extends Adam {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link AdamOptions}.
   */
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    super(params, { weightDecay: 0.01, ...options });
  }

  protected override decay({ lr, weightDecay }: AdamOptions): Decay {
    return { weightDecay: 0, shrink: 1 - lr * weightDecay };
  }
}
