import {
  DTypeError,
  enableGrad,
  formatShape,
  noGrad,
  ShapeError,
  sameShape,
  Tensor,
} from '@tensortape/autograd';
import { type LearningRate, type Memory, Optimizer, type ParamGroup } from './optimizer.ts';

/**
 * The base of optimizers that change each parameter by its own gradient. To write one, extend it with the rule for one
 * parameter; see {@link ParameterwiseOptimizer.update}. Parameters without a gradient are passed over. A NaN in a gradient
 * is not refused, as in PyTorch: see {@link clipGradNorm} for a check.
 *
 * Errors of `step`: ShapeError and DTypeError where a gradient, or what is remembered, does not fit its parameter.
 *
 * @example
 * ```ts
 * import { type ParamGroup, ParameterwiseOptimizer, type Params } from '@tensortape/optim';
 * import { type Tensor, tensor } from '@tensortape/autograd';
 *
 * type Options = { lr: number };
 * class SignDescent extends ParameterwiseOptimizer<Options> {
 *   constructor(params: Params<Options>, options: Partial<Options> = {}) {
 *     super(params, options, { lr: 0.5 });
 *   }
 *   protected initialState() {
 *     return {};
 *   }
 *   protected update(parameter: Tensor, gradient: Tensor, group: ParamGroup<Options>) {
 *     parameter.sub_(gradient.sign(), { alpha: group.lr });
 *   }
 * }
 * const w = tensor([1, 1], { requiresGrad: true });
 * w.mul(tensor([3, -5])).sum().backward();
 * new SignDescent([w]).step();
 * console.log(w.toArray()); // [ 0.5, 1.5 ]
 * ```
 */
export abstract class ParameterwiseOptimizer<
  Options extends LearningRate = LearningRate,
  State extends Memory = Memory,
> extends Optimizer<Options, State> {
  /** Changes one parameter by its gradient, which stays as it is. Runs off the tape. */
  protected abstract update(parameter: Tensor, gradient: Tensor, group: ParamGroup<Options>): void;

  override step(): undefined;
  override step<Loss>(closure: () => Loss): Loss;
  override step<Loss>(closure?: () => Loss): Loss | undefined {
    const loss = closure && enableGrad(closure);
    noGrad(() => {
      for (const group of this.paramGroups) {
        for (const parameter of group.params) {
          const { grad } = parameter;
          if (grad === null) continue;
          this.#checkFits('gradient', parameter, grad);
          this.update(parameter, grad, group);
        }
      }
    });
    return loss;
  }

  protected override recall(parameter: Tensor, options: Options): State {
    const state = super.recall(parameter, options);
    for (const name in state) {
      const value = state[name];
      if (value instanceof Tensor) this.#checkFits(name, parameter, value);
    }
    return state;
  }

  #checkFits(name: string, parameter: Tensor, { shape, dtype }: Tensor): void {
    if (!sameShape(shape, parameter.shape)) {
      throw new ShapeError(
        `${this.constructor.name}: the ${name} has shape ${formatShape(shape)}, the parameter ${formatShape(parameter.shape)}`,
      );
    }
    if (dtype !== parameter.dtype) {
      throw new DTypeError(
        `${this.constructor.name}: the ${name} is ${dtype}, the parameter ${parameter.dtype}; where the parameter was converted, ` +
          'make the optimizer (and the gradient) again after that',
      );
    }
  }
}

/** What most rules follow: the gradient (its negative, to ascend), plus `weightDecay` times the parameter. */
export function directionOf(
  parameter: Tensor,
  gradient: Tensor,
  { weightDecay, maximize }: { readonly weightDecay: number; readonly maximize: boolean },
): Tensor {
  const direction = maximize ? gradient.neg() : gradient;
  return weightDecay === 0 ? direction : direction.add(parameter.mul(weightDecay));
}

/** As {@link directionOf}, unless the decay is decoupled: then the parameter is shrunk by it, and the gradient left alone. */
export function decayed(
  parameter: Tensor,
  gradient: Tensor,
  group: {
    readonly lr: number;
    readonly weightDecay: number;
    readonly decoupledWeightDecay: boolean;
    readonly maximize: boolean;
  },
): Tensor {
  if (!group.decoupledWeightDecay) return directionOf(parameter, gradient, group);
  shrink(parameter, group);
  return directionOf(parameter, gradient, { weightDecay: 0, maximize: group.maximize });
}

/** Decoupled weight decay: the parameter loses the part $\eta \lambda$ of itself. */
export function shrink(
  parameter: Tensor,
  { lr, weightDecay }: { readonly lr: number; readonly weightDecay: number },
): void {
  if (weightDecay !== 0) parameter.mul_(1 - lr * weightDecay);
}
