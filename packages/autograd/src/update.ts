import type { AdamStep, RmspropStep, SgdStep } from './kernels/kernels.ts';
import { kernels } from './kernels/select.ts';
import { wrap } from './tensor/core.ts';
import { isFloat } from './tensor/dtype.ts';
import { DTypeError, ShapeError } from './tensor/errors.ts';
import { formatShape, sameShape } from './tensor/shape.ts';
import type { Tensor } from './tensor.ts';

/**
 * A step of stochastic gradient descent on `parameter` in place, off the tape: the loop behind optimizers. `velocity` is
 * updated in place too; it is null without momentum. With $g$ the gradient plus `weightDecay` times the parameter:
 *
 * $$v \leftarrow \mu v + (1 - \tau) g, \qquad \theta \leftarrow \theta - \eta v$$
 *
 * ($\mu$ the momentum, $\tau$ the dampening, $\eta$ the learning rate), and $g + \mu v$ in the place of $v$ for Nesterov's
 * form. Errors: ShapeError and DTypeError when the tensors differ.
 *
 * @example
 * ```ts
 * import { sgdUpdate, tensor } from '@tensortape/autograd';
 * const w = tensor([1, 2]);
 * const step = { lr: 0.5, momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false };
 * sgdUpdate(w, tensor([1, -1]), null, step);
 * console.log(w.toArray()); // [ 0.5, 2.5 ]
 * ```
 */
export function sgdUpdate(parameter: Tensor, gradient: Tensor, velocity: Tensor | null, step: SgdStep): void {
  check('sgd', parameter, 'gradient', gradient);
  if (velocity !== null) checkState('sgd', parameter, 'velocity', velocity);
  const target = rowMajor(parameter);
  kernels.sgd(step, target, rowMajor(gradient), velocity);
  commit('sgd', parameter, target);
  velocity?.storage.touch('sgd');
}

/**
 * A step of Adam on `parameter` in place, off the tape: the loop behind optimizers. The running `mean` and mean `square`
 * of the gradient, and with AMSGrad the `largest` mean square, are updated in place too. With $g$ the gradient plus
 * `weightDecay` times the parameter:
 *
 * $$m \leftarrow \beta_1 m + (1 - \beta_1) g, \qquad s \leftarrow \beta_2 s + (1 - \beta_2) g^2, \qquad
 * \theta \leftarrow \alpha \theta - \frac{\eta m}{\sqrt{s} / c + \epsilon}$$
 *
 * ($\alpha$ is `shrink`, $\eta$ `stepSize`, $c$ `rootCorrection`). Errors: ShapeError and DTypeError when the tensors
 * differ.
 *
 * @example
 * ```ts
 * import { adamUpdate, tensor, zeros } from '@tensortape/autograd';
 * const w = tensor([1, 2]);
 * const rates = { stepSize: 0.5, beta1: 0, beta2: 0, eps: 0, rootCorrection: 1 };
 * adamUpdate(w, tensor([3, -4]), zeros([2]), zeros([2]), null, {
 *   ...rates,
 *   weightDecay: 0,
 *   shrink: 1,
 *   maximize: false,
 * });
 * console.log(w.toArray()); // [ 0.5, 2.5 ]
 * ```
 */
export function adamUpdate(
  parameter: Tensor,
  gradient: Tensor,
  mean: Tensor,
  square: Tensor,
  largest: Tensor | null,
  step: AdamStep,
): void {
  check('adam', parameter, 'gradient', gradient);
  checkState('adam', parameter, 'mean', mean);
  checkState('adam', parameter, 'square', square);
  if (largest !== null) checkState('adam', parameter, 'largest', largest);
  const target = rowMajor(parameter);
  kernels.adam(step, target, rowMajor(gradient), mean, square, largest);
  commit('adam', parameter, target);
  mean.storage.touch('adam');
  square.storage.touch('adam');
  largest?.storage.touch('adam');
}

/**
 * A step of RMSprop on `parameter` in place, off the tape: the loop behind the optimizer. The running mean `square` of the gradient, its
 * running `mean` when centered, and the `velocity` with momentum are updated in place too. With $g$ the gradient plus `weightDecay`
 * times the parameter:
 *
 * $$s \leftarrow \alpha s + (1 - \alpha) g^2, \qquad m \leftarrow \alpha m + (1 - \alpha) g, \qquad
 * v \leftarrow \mu v + \frac{g}{\sqrt{s - m^2 + \epsilon'} + \epsilon}, \qquad \theta \leftarrow \theta - \eta v$$
 *
 * ($\epsilon'$ is `epsInside`, $\mu$ the momentum, $\eta$ the learning rate). Errors: ShapeError and DTypeError when the tensors differ.
 *
 * @example
 * ```ts
 * import { rmspropUpdate, tensor, zeros } from '@tensortape/autograd';
 * const w = tensor([1, 2]);
 * const rates = { lr: 0.5, alpha: 0, eps: 0, epsInside: 0, momentum: 0 };
 * rmspropUpdate(w, tensor([3, -4]), zeros([2]), null, null, { ...rates, weightDecay: 0, maximize: false });
 * console.log(w.toArray()); // [ 0.5, 2.5 ]
 * ```
 */
export function rmspropUpdate(
  parameter: Tensor,
  gradient: Tensor,
  square: Tensor,
  mean: Tensor | null,
  velocity: Tensor | null,
  step: RmspropStep,
): void {
  check('rmsprop', parameter, 'gradient', gradient);
  checkState('rmsprop', parameter, 'square', square);
  if (mean !== null) checkState('rmsprop', parameter, 'mean', mean);
  if (velocity !== null) checkState('rmsprop', parameter, 'velocity', velocity);
  const target = rowMajor(parameter);
  kernels.rmsprop(step, target, rowMajor(gradient), square, mean, velocity);
  commit('rmsprop', parameter, target);
  square.storage.touch('rmsprop');
  mean?.storage.touch('rmsprop');
  velocity?.storage.touch('rmsprop');
}

function check(op: string, parameter: Tensor, name: string, operand: Tensor): void {
  if (!isFloat(parameter.dtype)) {
    throw new DTypeError(`${op}: expected a floating point parameter, got ${parameter.dtype}`);
  }
  if (!sameShape(operand.shape, parameter.shape)) {
    throw new ShapeError(
      `${op}: the ${name} has shape ${formatShape(operand.shape)}, the parameter ${formatShape(parameter.shape)}`,
    );
  }
  if (operand.dtype !== parameter.dtype) {
    throw new DTypeError(
      `${op}: the ${name} is ${operand.dtype}, the parameter ${parameter.dtype}; where the parameter was converted, make the ` +
        'optimizer (and the gradient) again after that',
    );
  }
}

function checkState(op: string, parameter: Tensor, name: string, state: Tensor): void {
  check(op, parameter, name, state);
  if (!state.isContiguous) {
    throw new ShapeError(`${op}: the ${name} is not row-major; make it with zerosLike(parameter)`);
  }
}

/** The elements in row-major order: the tensor itself, or a copy. */
function rowMajor(x: Tensor): Tensor {
  return x.isContiguous ? x : wrap(kernels.cast(x, x.dtype), x.dtype, x.shape);
}

/** Writes a row-major copy back where one was made, and marks the parameter as changed. */
function commit(op: string, parameter: Tensor, updated: Tensor): void {
  if (updated !== parameter) kernels.assign(parameter, updated);
  parameter.storage.touch(op);
}
