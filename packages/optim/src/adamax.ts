import { type Tensor, zerosLike } from '@tensortape/autograd';
import { checkBetas, checkFlag, checkNotNegative } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { directionOf, ParameterwiseOptimizer } from './parameterwise.ts';

/** Options of {@link Adamax}. */
export interface AdamaxOptions {
  /** The learning rate $\eta$. Default 0.002. */
  lr: number;
  /** How much of the average, and of the largest gradient, is kept: $\beta_1, \beta_2$. Default 0.9 and 0.999. */
  betas: readonly [number, number];
  /** Added to the size of the gradient: $\epsilon$. Default 1e-8. */
  eps: number;
  /** The weight decay $\lambda$: how much of the parameter is added to its gradient. Default 0. */
  weightDecay: number;
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
}

/** What {@link Adamax} remembers of a parameter. */
export type AdamaxState = {
  /** The number of steps $t$. */
  step: number;
  /** The average of the gradient $m$. */
  readonly expAvg: Tensor;
  /** The largest size of the gradient, fading: $u$. */
  readonly expInf: Tensor;
};

/**
 * Adamax: Adam with the largest gradient, fading, in the place of the root of the average square. PyTorch:
 * `torch.optim.Adamax`. With $g = \nabla f(\theta) + \lambda \theta$ at step $t$:
 *
 * $$m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad u \leftarrow \max(\beta_2 u, |g| + \epsilon), \qquad
 * \theta \leftarrow \theta - \frac{\eta}{1 - \beta_1^t} \frac{m}{u}$$
 *
 * D. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015, section 7.1. Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { Adamax } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([1, -200], { requiresGrad: true });
 * const optimizer = new Adamax([w], { lr: 0.5 });
 * w.square().sum().backward();
 * optimizer.step();
 * console.log(w.toArray()); // [ 0.5, -199.5 ]
 * ```
 */
export class Adamax extends ParameterwiseOptimizer<AdamaxOptions, AdamaxState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link AdamaxOptions}.
   */
  constructor(params: Params<AdamaxOptions>, options: Partial<AdamaxOptions> = {}) {
    super(params, options, { lr: 2e-3, betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0, maximize: false });
  }

  protected override check({ lr, betas, eps, weightDecay, maximize }: AdamaxOptions): void {
    checkNotNegative('Adamax', 'lr', lr);
    checkBetas('Adamax', betas);
    checkNotNegative('Adamax', 'eps', eps);
    checkNotNegative('Adamax', 'weightDecay', weightDecay);
    checkFlag('Adamax', 'maximize', maximize);
  }

  protected initialState(parameter: Tensor): AdamaxState {
    return { step: 0, expAvg: zerosLike(parameter), expInf: zerosLike(parameter) };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<AdamaxOptions>): void {
    const { lr, eps } = group;
    const [beta1, beta2] = group.betas;
    const state = this.recall(parameter, group);
    const { expAvg, expInf } = state;
    const g = directionOf(parameter, gradient, group);
    state.step++;
    expAvg.lerp_(g, 1 - beta1);
    expInf.copy_(expInf.mul(beta2).maximum(g.abs().add_(eps)));
    parameter.addcdiv_(expAvg, expInf, { value: -lr / (1 - beta1 ** state.step) });
  }
}
