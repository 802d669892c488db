import { type Tensor, zerosLike } from '@tensortape/autograd';
import { checkBetas, checkFlag, checkNotNegative } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { ParameterwiseOptimizer, shrink } from './parameterwise.ts';

/** Options of {@link Lion}. */
export interface LionOptions {
  /** The learning rate $\eta$: the size of steps. Default 0.0001, a third to a tenth of Adam's. */
  lr: number;
  /** How much of the average is kept in the step, and in the average: $\beta_1, \beta_2$. Default 0.9 and 0.99. */
  betas: readonly [number, number];
  /** The weight decay $\lambda$, decoupled: three to ten times that of {@link AdamW}. Default 0. */
  weightDecay: number;
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
}

/** What {@link Lion} remembers of a parameter. */
export type LionState = {
  /** The average of the gradient $m$. */
  readonly expAvg: Tensor;
};

/**
 * Lion: steps of one size against the sign of a momentum. PyTorch has none; the paper's own program is followed. With
 * $g = \nabla f(\theta)$:
 *
 * $$\theta \leftarrow (1 - \eta \lambda) \theta - \eta \operatorname{sign}(\beta_1 m + (1 - \beta_1) g), \qquad
 * m \leftarrow \beta_2 m + (1 - \beta_2) g$$
 *
 * X. Chen et al., "Symbolic Discovery of Optimization Algorithms", 2023. Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { Lion } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([1, -200], { requiresGrad: true });
 * const optimizer = new Lion([w], { lr: 0.5 });
 * w.square().sum().backward();
 * optimizer.step();
 * console.log(w.toArray()); // [ 0.5, -199.5 ]
 * ```
 */
export class Lion extends ParameterwiseOptimizer<LionOptions, LionState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link LionOptions}.
   */
  constructor(params: Params<LionOptions>, options: Partial<LionOptions> = {}) {
    super(params, options, { lr: 1e-4, betas: [0.9, 0.99], weightDecay: 0, maximize: false });
  }

  protected override check({ lr, betas, weightDecay, maximize }: LionOptions): void {
    checkNotNegative('Lion', 'lr', lr);
    checkBetas('Lion', betas);
    checkNotNegative('Lion', 'weightDecay', weightDecay);
    checkFlag('Lion', 'maximize', maximize);
  }

  protected initialState(parameter: Tensor): LionState {
    return { expAvg: zerosLike(parameter) };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<LionOptions>): void {
    const { expAvg } = this.recall(parameter, group);
    const [beta1, beta2] = group.betas;
    const g = group.maximize ? gradient.neg() : gradient;
    shrink(parameter, group);
    parameter.sub_(expAvg.lerp(g, 1 - beta1).sign_(), { alpha: group.lr });
    expAvg.lerp_(g, 1 - beta2);
  }
}
