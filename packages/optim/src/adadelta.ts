import { type Tensor, zerosLike } from '@tensortape/autograd';
import { checkFlag, checkNotNegative, checkShare } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { directionOf, ParameterwiseOptimizer } from './parameterwise.ts';

/** Options of {@link Adadelta}. */
export interface AdadeltaOptions {
  /** The learning rate $\eta$. Default 1. */
  lr: number;
  /** How much of the averages is kept: $\rho$. Default 0.9. */
  rho: number;
  /** Added below both roots: $\epsilon$. Default 1e-6. */
  eps: number;
  /** The weight decay $\lambda$: how much of the parameter is added to its gradient. Default 0. */
  weightDecay: number;
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
}

/** What {@link Adadelta} remembers of a parameter. */
export type AdadeltaState = {
  /** The number of steps. */
  step: number;
  /** The average of the square of the gradient $s$. */
  readonly squareAvg: Tensor;
  /** The average of the square of the change $u$. */
  readonly accDelta: Tensor;
};

/**
 * Adadelta: steps in the unit of the parameter, from the average sizes of changes and gradients. PyTorch:
 * `torch.optim.Adadelta`. With $g = \nabla f(\theta) + \lambda \theta$:
 *
 * $$s \leftarrow \rho s + (1 - \rho) g^2, \qquad \Delta = \frac{\sqrt{u + \epsilon}}{\sqrt{s + \epsilon}} g, \qquad
 * u \leftarrow \rho u + (1 - \rho) \Delta^2, \qquad \theta \leftarrow \theta - \eta \Delta$$
 *
 * M. Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012. Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { Adadelta } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([1, -2], { requiresGrad: true });
 * const optimizer = new Adadelta([w], { rho: 0, eps: 1e-6 });
 * w.square().sum().backward();
 * optimizer.step();
 * console.log(w); // tensor([ 0.9990, -1.9990], requiresGrad=true)
 * ```
 */
export class Adadelta extends ParameterwiseOptimizer<AdadeltaOptions, AdadeltaState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link AdadeltaOptions}.
   */
  constructor(params: Params<AdadeltaOptions>, options: Partial<AdadeltaOptions> = {}) {
    super(params, options, { lr: 1, rho: 0.9, eps: 1e-6, weightDecay: 0, maximize: false });
  }

  protected override check({ lr, rho, eps, weightDecay, maximize }: AdadeltaOptions): void {
    checkNotNegative('Adadelta', 'lr', lr);
    checkShare('Adadelta', 'rho', rho);
    checkNotNegative('Adadelta', 'eps', eps);
    checkNotNegative('Adadelta', 'weightDecay', weightDecay);
    checkFlag('Adadelta', 'maximize', maximize);
  }

  protected initialState(parameter: Tensor): AdadeltaState {
    return { step: 0, squareAvg: zerosLike(parameter), accDelta: zerosLike(parameter) };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<AdadeltaOptions>): void {
    const { lr, rho, eps } = group;
    const state = this.recall(parameter, group);
    const { squareAvg, accDelta } = state;
    const g = directionOf(parameter, gradient, group);
    state.step++;
    squareAvg.mul_(rho).addcmul_(g, g, { value: 1 - rho });
    const change = accDelta.add(eps).sqrt_().div_(squareAvg.add(eps).sqrt_()).mul_(g);
    accDelta.mul_(rho).addcmul_(change, change, { value: 1 - rho });
    parameter.sub_(change, { alpha: lr });
  }
}
