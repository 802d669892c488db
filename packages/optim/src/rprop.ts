import { ArgumentError, fullLike, onesLike, type Tensor, zerosLike } from '@tensortape/autograd';
import { checkFlag, checkNotNegative, checkNumbers } from './checks.ts';
import type { ParamGroup, Params } from './optimizer.ts';
import { ParameterwiseOptimizer } from './parameterwise.ts';

/** Options of {@link Rprop}. */
export interface RpropOptions {
  /** The first size of steps $\eta$. Default 0.01. */
  lr: number;
  /** What sizes are multiplied by where the sign of the gradient changed, and where it did not: $\eta_-, \eta_+$. Default 0.5 and 1.2. */
  etas: readonly [number, number];
  /** The smallest and the largest size of steps. Default 1e-6 and 50. */
  stepSizes: readonly [number, number];
  /** Whether to ascend instead. Default false. */
  maximize: boolean;
}

/** What {@link Rprop} remembers of a parameter. */
export type RpropState = {
  /** The number of steps. */
  step: number;
  /** The last gradient $h$; 0 where its sign changed. */
  readonly prev: Tensor;
  /** The size of the step of each element $d$. */
  readonly stepSize: Tensor;
};

/**
 * Rprop: steps against the sign of the gradient, longer while it stays the same; for gradients of the whole data, not of
 * batches. PyTorch: `torch.optim.Rprop`. For each element, with $g = \nabla f(\theta)$:
 *
 * $$d \leftarrow \begin{cases} \min(\eta_+ d, d_{max}) & g h > 0 \\ \max(\eta_- d, d_{min}), \; g \leftarrow 0 & g h < 0 \\
 * d & \text{else} \end{cases}, \qquad \theta \leftarrow \theta - d \operatorname{sign} g, \qquad h \leftarrow g$$
 *
 * M. Riedmiller, H. Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm", 1993; this
 * is the variant iRprop- of C. Igel, M. Hüsken, 2000. Errors: ArgumentError for bad options.
 *
 * @example
 * ```ts
 * import { Rprop } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * const w = tensor([10, -10], { requiresGrad: true });
 * const optimizer = new Rprop([w], { lr: 1, etas: [0.5, 2] });
 * for (let step = 0; step < 3; step++) {
 *   optimizer.zeroGrad();
 *   w.square().sum().backward();
 *   optimizer.step(); // steps of 1, 2 and 4
 * }
 * console.log(w.toArray()); // [ 3, -3 ]
 * ```
 */
export class Rprop extends ParameterwiseOptimizer<RpropOptions, RpropState> {
  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options See {@link RpropOptions}.
   */
  constructor(params: Params<RpropOptions>, options: Partial<RpropOptions> = {}) {
    super(params, options, { lr: 1e-2, etas: [0.5, 1.2], stepSizes: [1e-6, 50], maximize: false });
  }

  protected override check({ lr, etas, stepSizes, maximize }: RpropOptions): void {
    checkNotNegative('Rprop', 'lr', lr);
    checkNumbers('Rprop', 'etas', etas, 2);
    if (!(0 < etas[0] && etas[0] < 1 && 1 < etas[1])) {
      throw new ArgumentError(`Rprop: etas must be a number between 0 and 1 and one > 1, got ${etas}`);
    }
    checkNumbers('Rprop', 'stepSizes', stepSizes, 2);
    if (!(0 <= stepSizes[0] && stepSizes[0] <= stepSizes[1])) {
      throw new ArgumentError(`Rprop: stepSizes must be a number >= 0 and one as large, got ${stepSizes}`);
    }
    checkFlag('Rprop', 'maximize', maximize);
  }

  protected initialState(parameter: Tensor, { lr }: RpropOptions): RpropState {
    return { step: 0, prev: zerosLike(parameter), stepSize: fullLike(parameter, lr) };
  }

  protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<RpropOptions>): void {
    const state = this.recall(parameter, group);
    const { prev, stepSize } = state;
    const [shorter, longer] = group.etas;
    const [least, most] = group.stepSizes;
    const g = group.maximize ? gradient.neg() : gradient;
    const agreement = g.mul(prev);
    const turned = agreement.lt(0);
    const factor = onesLike(g).maskedFill_(agreement.gt(0), longer).maskedFill_(turned, shorter);
    state.step++;
    stepSize.mul_(factor).clamp_(least, most);
    prev.copy_(g).maskedFill_(turned, 0);
    parameter.addcmul_(prev.sign(), stepSize, { value: -1 });
  }
}
