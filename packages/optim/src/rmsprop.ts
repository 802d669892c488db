import { rmspropUpdate, type Tensor, zerosLike } from '@tensortape/autograd';
import { checkFlag, checkNotNegative } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { ParameterwiseOptimizer } from './parameterwise.ts';

/** Options of {@link RMSprop}. */
export interface RMSpropOptions {
  /** The learning rate $\eta$. Default 0.01. */
  lr: number;
  /** How much of the average of the square is kept: $\alpha$. Default 0.99. */
  alpha: number;
  /** Added to the denominator: $\epsilon$. Default 1e-8. */
  eps: number;
  /** The weight decay $\lambda$: how much of the parameter is added to its gradient. Default 0. */
  weightDecay: number;
  /** The momentum $\mu$: how much of the velocity is kept. Default 0. */
  momentum: number;
  /** Whether to divide by the deviation from the average gradient. Default false. */
  centered: boolean;
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
  /**
   * Whether $\epsilon$ is added below the root, $\sqrt{s + \epsilon}$, as courses and TensorFlow do. Default false:
   * PyTorch, which has no such option, adds it to the root.
   */
  epsInsideSqrt: boolean;
}

/** What {@link RMSprop} remembers of a parameter. */
export type RMSpropState = {
  /** The number of steps. */
  step: number;
  /** The average of the square of the gradient $s$. */
  readonly squareAvg: Tensor;
  /** The velocity $v$; missing without momentum. */
  momentumBuffer?: Tensor;
  /** The average of the gradient $m$; missing unless centered. */
  gradAvg?: Tensor;
};

/**
 * RMSprop: the gradient divided by the root of the average of its square. PyTorch: `torch.optim.RMSprop`. With
 * $g = \nabla f(\theta) + \lambda \theta$:
 *
 * $$s \leftarrow \alpha s + (1 - \alpha) g^2, \qquad v \leftarrow \mu v + \frac{g}{\sqrt{s} + \epsilon}, \qquad
 * \theta \leftarrow \theta - \eta v$$
 *
 * Centered, $s - m^2$ stands below the root, with the average gradient $m \leftarrow \alpha m + (1 - \alpha) g$.
 *
 * T. Tieleman, G. Hinton, "Lecture 6.5: RMSprop", 2012; A. Graves, "Generating Sequences With Recurrent Neural Networks",
 * 2013 (centered). Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { RMSprop } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([1, -2], { requiresGrad: true });
 * const optimizer = new RMSprop([w], { lr: 0.25, alpha: 0.75 });
 * w.square().sum().backward();
 * optimizer.step();
 * console.log(w.toArray()); // [ 0.5, -1.5 ]
 * ```
 */
export class RMSprop extends ParameterwiseOptimizer<RMSpropOptions, RMSpropState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link RMSpropOptions}.
   */
  constructor(params: Params<RMSpropOptions>, options: Partial<RMSpropOptions> = {}) {
    super(params, options, {
      lr: 1e-2,
      alpha: 0.99,
      eps: 1e-8,
      weightDecay: 0,
      momentum: 0,
      centered: false,
      maximize: false,
      epsInsideSqrt: false,
    });
  }

  protected override check(options: RMSpropOptions): void {
    for (const name of ['lr', 'alpha', 'eps', 'weightDecay', 'momentum'] as const) {
      checkNotNegative('RMSprop', name, options[name]);
    }
    for (const name of ['centered', 'maximize', 'epsInsideSqrt'] as const) {
      checkFlag('RMSprop', name, options[name]);
    }
  }

  protected override ownOptions(): readonly string[] {
    return ['epsInsideSqrt'];
  }

  protected initialState(parameter: Tensor, { momentum, centered }: RMSpropOptions): RMSpropState {
    return {
      step: 0,
      squareAvg: zerosLike(parameter),
      ...(momentum > 0 && { momentumBuffer: zerosLike(parameter) }),
      ...(centered && { gradAvg: zerosLike(parameter) }),
    };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<RMSpropOptions>): void {
    const { eps, momentum, centered, epsInsideSqrt } = group;
    const state = this.recall(parameter, group);
    state.step++;
    if (centered) state.gradAvg ??= zerosLike(parameter);
    if (momentum > 0) state.momentumBuffer ??= zerosLike(parameter);
    rmspropUpdate(
      parameter,
      gradient,
      state.squareAvg,
      centered ? state.gradAvg! : null,
      momentum > 0 ? state.momentumBuffer! : null,
      { ...group, eps: epsInsideSqrt ? 0 : eps, epsInside: epsInsideSqrt ? eps : 0 },
    );
  }
}
