import type { LossOptions, Reduction, Tensor } from '@tensortape/autograd';
import { checkChoice, checkNoOthers } from '../check.ts';
import { Module } from '../module.ts';
import { Buffer } from '../parameter.ts';

/** A loss, reduced to one number unless told otherwise. */
export abstract class Loss<R extends string = Reduction> extends Module {
  /** How the losses of the elements become one. */
  readonly reduction: R | Reduction;

  /** @param options `reduction`: 'mean' unless given. */
  constructor(
    { reduction = 'mean', ...others }: { readonly reduction?: R | Reduction },
    ...also: readonly R[]
  ) {
    super();
    checkNoOthers(new.target.name, others);
    checkChoice(new.target.name, 'reduction', reduction, ['mean', 'sum', 'none', ...also]);
    this.reduction = reduction;
  }
}

/** A loss of an input against a target that has no options but its reduction. */
export abstract class PairLoss extends Loss {
  readonly #loss: (input: Tensor, target: Tensor, options: LossOptions) => Tensor;

  constructor(loss: (input: Tensor, target: Tensor, options: LossOptions) => Tensor, options: LossOptions) {
    super(options);
    this.#loss = loss;
  }

  /** The loss of an input against a target. */
  forward(input: Tensor, target: Tensor): Tensor {
    return this.#loss(input, target, { reduction: this.reduction });
  }
}

/** Factors as a buffer, or null without. */
export const bufferOf = (weight: Tensor | null | undefined): Buffer | null =>
  weight ? new Buffer(weight) : null;
