import { type Tensor, zerosLike } from '@tensortape/autograd';
import { checkFlag, checkNotNegative } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { directionOf, ParameterwiseOptimizer } from './parameterwise.ts';

/** Options of {@link ASGD}. */
export interface ASGDOptions {
  /** The learning rate $\eta$. Default 0.01. */
  lr: number;
  /** How much the parameter shrinks: $\ell$. Default 0.0001. */
  lambd: number;
  /** The power by which the learning rate falls: $\alpha$. Default 0.75. */
  alpha: number;
  /** The step after which averaging starts: $t_0$. Default 1e6. */
  t0: number;
  /** The weight decay $\lambda$: how much of the parameter is added to its gradient. Default 0. */
  weightDecay: number;
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
}

/** What {@link ASGD} remembers of a parameter. */
export type ASGDState = {
  /** The number of steps $t$. */
  step: number;
  /** The learning rate of the next step $\eta_t$. */
  eta: number;
  /** The weight of the next parameter in the average $\mu_t$. */
  mu: number;
  /** The average of the parameter $\bar\theta$. */
  readonly ax: Tensor;
};

/**
 * Averaged stochastic gradient descent: descends with a falling rate, and keeps the average of the parameter under `ax` in
 * the state. PyTorch: `torch.optim.ASGD`. With $g = \nabla f(\theta) + \lambda \theta$ at step $t$, $\eta_1 = \eta$,
 * $\mu_1 = 1$:
 *
 * $$\theta \leftarrow (1 - \ell \eta_t) \theta - \eta_t g, \qquad \bar\theta \leftarrow \bar\theta + \mu_t (\theta - \bar\theta)$$
 * $$\eta_{t+1} = \frac{\eta}{(1 + \ell \eta t)^\alpha}, \qquad \mu_{t+1} = \frac{1}{\max(1, t - t_0)}$$
 *
 * B. Polyak, A. Juditsky, "Acceleration of Stochastic Approximation by Averaging", 1992. Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { ASGD } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([1, -2], { requiresGrad: true });
 * const optimizer = new ASGD([w], { lr: 0.25, lambd: 0 });
 * w.square().sum().backward();
 * optimizer.step();
 * console.log(w.toArray()); // [ 0.5, -1 ]
 * ```
 */
export class ASGD extends ParameterwiseOptimizer<ASGDOptions, ASGDState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link ASGDOptions}.
   */
  constructor(params: Params<ASGDOptions>, options: Partial<ASGDOptions> = {}) {
    super(params, options, { lr: 1e-2, lambd: 1e-4, alpha: 0.75, t0: 1e6, weightDecay: 0, maximize: false });
  }

  protected override check({ maximize, ...numbers }: ASGDOptions): void {
    for (const name of ['lr', 'lambd', 'alpha', 't0', 'weightDecay'] as const) {
      checkNotNegative('ASGD', name, numbers[name]);
    }
    checkFlag('ASGD', 'maximize', maximize);
  }

  protected initialState(parameter: Tensor, { lr }: ASGDOptions): ASGDState {
    return { step: 0, eta: lr, mu: 1, ax: zerosLike(parameter) };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<ASGDOptions>): void {
    const { lr, lambd, alpha, t0 } = group;
    const state = this.recall(parameter, group);
    const { eta, mu, ax } = state;
    const g = directionOf(parameter, gradient, group);
    const step = ++state.step;
    parameter.mul_(1 - lambd * eta).sub_(g, { alpha: eta });
    // Not a sum of differences, so that the average is the parameter itself until it starts.
    if (mu === 1) ax.copy_(parameter);
    else ax.add_(parameter.sub(ax), { alpha: mu });
    state.eta = lr / (1 + lambd * lr * step) ** alpha;
    state.mu = 1 / Math.max(1, step - t0);
  }
}
