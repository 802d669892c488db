import { fullLike, type Tensor } from '@tensortape/autograd';
import { checkFlag, checkNotNegative } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { directionOf, ParameterwiseOptimizer } from './parameterwise.ts';

/** Options of {@link Adagrad}. */
export interface AdagradOptions {
  /** The learning rate $\eta$. Default 0.01. */
  lr: number;
  /** How fast the learning rate falls: $\delta$. Default 0. */
  lrDecay: number;
  /** The weight decay $\lambda$: how much of the parameter is added to its gradient. Default 0. */
  weightDecay: number;
  /** What the sum of squares starts from. PyTorch ignores a group's own. Default 0. */
  initialAccumulatorValue: number;
  /** Added to the denominator: $\epsilon$. Default 1e-10. */
  eps: number;
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
}

/** What {@link Adagrad} remembers of a parameter. */
export type AdagradState = {
  /** The number of steps $t$. */
  step: number;
  /** The sum of the squares of the gradients $s$. */
  readonly sum: Tensor;
};

/**
 * Adagrad: the gradient divided by the root of the sum of all its squares. PyTorch: `torch.optim.Adagrad`. With
 * $g = \nabla f(\theta) + \lambda \theta$ at step $t$:
 *
 * $$s \leftarrow s + g^2, \qquad \theta \leftarrow \theta - \frac{\eta}{1 + (t - 1) \delta} \frac{g}{\sqrt{s} + \epsilon}$$
 *
 * J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods for Online Learning and Stochastic Optimization", 2011.
 * Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { Adagrad } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([4, -2], { requiresGrad: true });
 * const optimizer = new Adagrad([w], { lr: 0.5 });
 * w.square().sum().backward();
 * optimizer.step();
 * console.log(w.toArray()); // [ 3.5, -1.5 ]
 * ```
 */
export class Adagrad extends ParameterwiseOptimizer<AdagradOptions, AdagradState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link AdagradOptions}.
   */
  constructor(params: Params<AdagradOptions>, options: Partial<AdagradOptions> = {}) {
    super(params, options, {
      lr: 1e-2,
      lrDecay: 0,
      weightDecay: 0,
      initialAccumulatorValue: 0,
      eps: 1e-10,
      maximize: false,
    });
  }

  protected override check({ maximize, ...numbers }: AdagradOptions): void {
    for (const name of ['lr', 'lrDecay', 'weightDecay', 'initialAccumulatorValue', 'eps'] as const) {
      checkNotNegative('Adagrad', name, numbers[name]);
    }
    checkFlag('Adagrad', 'maximize', maximize);
  }

  protected initialState(parameter: Tensor, { initialAccumulatorValue }: AdagradOptions): AdagradState {
    return { step: 0, sum: fullLike(parameter, initialAccumulatorValue) };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<AdagradOptions>): void {
    const { lr, lrDecay, eps } = group;
    const state = this.recall(parameter, group);
    const g = directionOf(parameter, gradient, group);
    const rate = lr / (1 + state.step * lrDecay);
    state.step++;
    state.sum.addcmul_(g, g);
    parameter.addcdiv_(g, state.sum.sqrt().add(eps), { value: -rate });
  }
}
