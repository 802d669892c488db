import { ArgumentError, sgdUpdate, type Tensor, zerosLike } from '@tensortape/autograd';
import { checkFinite, checkFlag, checkNotNegative } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { ParameterwiseOptimizer } from './parameterwise.ts';

/** Options of {@link SGD}. */
export interface SGDOptions {
  /** The learning rate $\eta$. Default 0.001. */
  lr: number;
  /** The momentum $\mu$: how much of the velocity is kept. Default 0. */
  momentum: number;
  /** The dampening $\tau$: how much of the gradient is kept out of the velocity. Default 0. */
  dampening: number;
  /** The weight decay $\lambda$: how much of the parameter is added to its gradient. Default 0. */
  weightDecay: number;
  /** Whether to look ahead along the velocity; needs a momentum, and no dampening. Default false. */
  nesterov: boolean;
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
}

/** What {@link SGD} remembers of a parameter. */
export type SGDState = {
  /** The velocity $v$; missing without momentum. */
  readonly momentumBuffer?: Tensor;
};

/**
 * Stochastic gradient descent, with momentum. PyTorch: `torch.optim.SGD`. With $g = \nabla f(\theta) + \lambda \theta$:
 *
 * $$v \leftarrow \mu v + (1 - \tau) g, \qquad \theta \leftarrow \theta - \eta v$$
 *
 * where $v$ starts as the first $g$; $g + \mu v$ stands in the place of $v$ in Nesterov's form, $g$ itself without momentum.
 *
 * I. Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
 *
 * Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { SGD } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([1, -2], { requiresGrad: true });
 * const optimizer = new SGD([w], { lr: 0.25 });
 * for (let step = 0; step < 3; step++) {
 *   optimizer.zeroGrad();
 *   w.square().sum().backward();
 *   optimizer.step();
 * }
 * console.log(w.toArray()); // [ 0.125, -0.25 ]
 * ```
 */
export class SGD extends ParameterwiseOptimizer<SGDOptions, SGDState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link SGDOptions}.
   */
  constructor(params: Params<SGDOptions>, options: Partial<SGDOptions> = {}) {
    super(params, options, {
      lr: 1e-3,
      momentum: 0,
      dampening: 0,
      weightDecay: 0,
      nesterov: false,
      maximize: false,
    });
  }

  protected override check({ lr, momentum, dampening, weightDecay, nesterov, maximize }: SGDOptions): void {
    checkNotNegative('SGD', 'lr', lr);
    checkNotNegative('SGD', 'momentum', momentum);
    checkFinite('SGD', 'dampening', dampening);
    checkNotNegative('SGD', 'weightDecay', weightDecay);
    checkFlag('SGD', 'nesterov', nesterov);
    checkFlag('SGD', 'maximize', maximize);
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new ArgumentError(
        `SGD: nesterov needs a momentum > 0 and a dampening of 0, got ${momentum} and ${dampening}`,
      );
    }
  }

  protected initialState(parameter: Tensor, { momentum }: SGDOptions): SGDState {
    return momentum === 0 ? {} : { momentumBuffer: zerosLike(parameter) };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<SGDOptions>): void {
    if (group.momentum === 0) {
      sgdUpdate(parameter, gradient, null, group);
      return;
    }
    const first = !this.state.has(parameter);
    const { momentumBuffer = null } = this.recall(parameter, group);
    sgdUpdate(parameter, gradient, momentumBuffer, first ? { ...group, dampening: 0 } : group);
  }
}
