import { type Tensor, zerosLike } from '@tensortape/autograd';
import { checkBetas, checkFlag, checkNotNegative } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { decayed, ParameterwiseOptimizer } from './parameterwise.ts';

/** Options of {@link NAdam}. */
export interface NAdamOptions {
  /** The learning rate $\eta$. Default 0.002. */
  lr: number;
  /** How much of the averages of the gradient and of its square is kept: $\beta_1, \beta_2$. Default 0.9 and 0.999. */
  betas: readonly [number, number];
  /** Added to the denominator: $\epsilon$. Default 1e-8. */
  eps: number;
  /** The weight decay $\lambda$. Default 0. */
  weightDecay: number;
  /** How fast the momentum grows to its full size: $\psi$. Default 0.004. */
  momentumDecay: number;
  /** Whether the decay shrinks the parameter, as in {@link AdamW}, rather than adding to its gradient. Default false. */
  decoupledWeightDecay: boolean;
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
}

/** What {@link NAdam} remembers of a parameter. */
export type NAdamState = {
  /** The number of steps $t$. */
  step: number;
  /** The product of all momenta so far $\Pi$. */
  muProduct: number;
  /** The average of the gradient $m$. */
  readonly expAvg: Tensor;
  /** The average of its square $s$. */
  readonly expAvgSq: Tensor;
};

/**
 * NAdam: Adam that looks ahead, with Nesterov's momentum. PyTorch: `torch.optim.NAdam`. With
 * $g = \nabla f(\theta) + \lambda \theta$ at step $t$ and $\mu_t = \beta_1 (1 - 0.96^{t \psi} / 2)$:
 *
 * $$m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2) g^2, \qquad
 * \Pi \leftarrow \Pi \mu_t$$
 * $$\theta \leftarrow \theta - \frac{\eta}{\sqrt{s / (1 - \beta_2^t)} + \epsilon}
 * \left( \frac{1 - \mu_t}{1 - \Pi} g + \frac{\mu_{t+1}}{1 - \Pi \mu_{t+1}} m \right)$$
 *
 * T. Dozat, "Incorporating Nesterov Momentum into Adam", 2016. Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { NAdam } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([1, -200], { requiresGrad: true });
 * const optimizer = new NAdam([w], { lr: 0.5, betas: [0, 0] });
 * w.square().sum().backward();
 * optimizer.step();
 * console.log(w.toArray()); // [ 0.5, -199.5 ]
 * ```
 */
export class NAdam extends ParameterwiseOptimizer<NAdamOptions, NAdamState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link NAdamOptions}.
   */
  constructor(params: Params<NAdamOptions>, options: Partial<NAdamOptions> = {}) {
    super(params, options, {
      lr: 2e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      momentumDecay: 4e-3,
      decoupledWeightDecay: false,
      maximize: false,
    });
  }

  protected override check(options: NAdamOptions): void {
    for (const name of ['lr', 'eps', 'weightDecay', 'momentumDecay'] as const) {
      checkNotNegative('NAdam', name, options[name]);
    }
    checkBetas('NAdam', options.betas);
    checkFlag('NAdam', 'decoupledWeightDecay', options.decoupledWeightDecay);
    checkFlag('NAdam', 'maximize', options.maximize);
  }

  protected initialState(parameter: Tensor): NAdamState {
    return { step: 0, muProduct: 1, expAvg: zerosLike(parameter), expAvgSq: zerosLike(parameter) };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<NAdamOptions>): void {
    const { lr, eps, momentumDecay } = group;
    const [beta1, beta2] = group.betas;
    const state = this.recall(parameter, group);
    const { expAvg, expAvgSq } = state;
    const g = decayed(parameter, gradient, group);
    const step = ++state.step;
    const momentum = (t: number) => beta1 * (1 - 0.5 * 0.96 ** (t * momentumDecay));
    const [now, next] = [momentum(step), momentum(step + 1)];
    state.muProduct *= now;
    expAvg.lerp_(g, 1 - beta1);
    expAvgSq.mul_(beta2).addcmul_(g, g, { value: 1 - beta2 });
    const scale = expAvgSq
      .div(1 - beta2 ** step)
      .sqrt_()
      .add_(eps);
    parameter
      .addcdiv_(g, scale, { value: (-lr * (1 - now)) / (1 - state.muProduct) })
      .addcdiv_(expAvg, scale, { value: (-lr * next) / (1 - state.muProduct * next) });
  }
}
