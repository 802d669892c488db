import { type Tensor, zerosLike } from '@tensortape/autograd';
import { checkBetas, checkFlag, checkNotNegative } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { decayed, ParameterwiseOptimizer } from './parameterwise.ts';

/** Options of {@link RAdam}. */
export interface RAdamOptions {
  /** The learning rate $\eta$. Default 0.001. */
  lr: number;
  /** How much of the averages of the gradient and of its square is kept: $\beta_1, \beta_2$. Default 0.9 and 0.999. */
  betas: readonly [number, number];
  /** Added to the denominator: $\epsilon$. Default 1e-8. */
  eps: number;
  /** The weight decay $\lambda$. Default 0. */
  weightDecay: number;
  /** Whether the decay shrinks the parameter, as in {@link AdamW}, rather than adding to its gradient. Default false. */
  decoupledWeightDecay: boolean;
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
}

/** What {@link RAdam} remembers of a parameter. */
export type RAdamState = {
  /** The number of steps $t$. */
  step: number;
  /** The average of the gradient $m$. */
  readonly expAvg: Tensor;
  /** The average of its square $s$. */
  readonly expAvgSq: Tensor;
};

/**
 * RAdam: Adam that does not trust the average of few squares, and warms up by itself. PyTorch: `torch.optim.RAdam`. With
 * $g = \nabla f(\theta) + \lambda \theta$ at step $t$, $\rho_\infty = 2 / (1 - \beta_2) - 1$ and
 * $\rho = \rho_\infty - 2 t \beta_2^t / (1 - \beta_2^t)$:
 *
 * $$m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2) g^2, \qquad
 * \theta \leftarrow \theta - \eta \frac{m}{1 - \beta_1^t} r$$
 * $$r = \sqrt{\frac{(\rho - 4)(\rho - 2) \rho_\infty}{(\rho_\infty - 4)(\rho_\infty - 2) \rho}}
 * \frac{\sqrt{1 - \beta_2^t}}{\sqrt{s} + \epsilon} \text{ if } \rho > 5, \text{ else } 1$$
 *
 * L. Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2020. Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { RAdam } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([1, -2], { requiresGrad: true });
 * const optimizer = new RAdam([w], { lr: 0.25 });
 * w.square().sum().backward();
 * optimizer.step(); // the first steps do not divide
 * console.log(w); // tensor([ 0.5000, -1.0000], requiresGrad=true)
 * ```
 */
export class RAdam extends ParameterwiseOptimizer<RAdamOptions, RAdamState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link RAdamOptions}.
   */
  constructor(params: Params<RAdamOptions>, options: Partial<RAdamOptions> = {}) {
    super(params, options, {
      lr: 1e-3,
      betas: [0.9, 0.999],
      eps: 1e-8,
      weightDecay: 0,
      decoupledWeightDecay: false,
      maximize: false,
    });
  }

  protected override check(options: RAdamOptions): void {
    for (const name of ['lr', 'eps', 'weightDecay'] as const) checkNotNegative('RAdam', name, options[name]);
    checkBetas('RAdam', options.betas);
    checkFlag('RAdam', 'decoupledWeightDecay', options.decoupledWeightDecay);
    checkFlag('RAdam', 'maximize', options.maximize);
  }

  protected initialState(parameter: Tensor): RAdamState {
    return { step: 0, expAvg: zerosLike(parameter), expAvgSq: zerosLike(parameter) };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<RAdamOptions>): void {
    const { lr, eps } = group;
    const [beta1, beta2] = group.betas;
    const state = this.recall(parameter, group);
    const { expAvg, expAvgSq } = state;
    const g = decayed(parameter, gradient, group);
    const step = ++state.step;
    expAvg.lerp_(g, 1 - beta1);
    expAvgSq.mul_(beta2).addcmul_(g, g, { value: 1 - beta2 });

    const rate = lr / (1 - beta1 ** step);
    const correction = 1 - beta2 ** step;
    const longest = 2 / (1 - beta2) - 1;
    const length = longest - (2 * step * beta2 ** step) / correction;
    if (length > 5) {
      const rectification = Math.sqrt(
        ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length),
      );
      const scale = expAvgSq.sqrt().add_(eps);
      parameter.addcdiv_(expAvg, scale, { value: -rate * rectification * Math.sqrt(correction) });
    } else {
      parameter.sub_(expAvg, { alpha: rate });
    }
  }
}
