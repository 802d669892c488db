import { grad, noGrad, type Tensor, tensor } from 'tensortape';

/**
 * How the courses check gradients: the largest `|a - n| / max(1e-8, |a| + |n|)` over the elements of each input, where a is the gradient on
 * the tape and n the central difference `sum((f(x + h) - f(x - h)) * above) / 2h`.
 *
 * Near 0 the formula divides the rounding noise of the difference, about 1e-16 |f| / h, by little: a large value need not be a mistake.
 * `checkModule` of `tensortape/verify` estimates that noise, and says so.
 *
 * @param above The gradient that reaches f from above, where f has more than one element.
 */
export function gradientErrors<Name extends string>(
  inputs: Readonly<Record<Name, Tensor>>,
  f: () => Tensor,
  above: Tensor = tensor(1, { dtype: 'float64' }),
): Record<Name, number> {
  const names = Object.keys(inputs) as Name[];
  const tensors = names.map((name) => inputs[name]);
  const analytic = grad(f(), tensors, { gradOutputs: above });
  const errors = tensors.map((x, i) => relativeError(analytic[i]!.toTypedArray(), differences(x, f, above)));
  return Object.fromEntries(names.map((name, i) => [name, errors[i]])) as Record<Name, number>;
}

/** The largest `|a - b| / max(1e-8, |a| + |b|)`. */
export const relativeError = (as: ArrayLike<number>, bs: ArrayLike<number>): number =>
  Math.max(
    ...Array.from(as, (a, i) => Math.abs(a - bs[i]!) / Math.max(1e-8, Math.abs(a) + Math.abs(bs[i]!))),
  );

const h = 1e-5;

/** Central differences by each element of x. */
function differences(x: Tensor, f: () => Tensor, above: Tensor): number[] {
  const values = Float64Array.from(x.toTypedArray(), Number);
  return noGrad(() => {
    const set = (to: Float64Array) => x.copy_(tensor(to, { shape: x.shape }));
    const at = (i: number, value: number) => {
      set(values.with(i, value));
      return f();
    };
    const slopes = Array.from(values, (value, i) => {
      const change = at(i, value + h).sub(at(i, value - h));
      return change.mul(above).sum().item() / (2 * h);
    });
    set(values);
    return slopes;
  });
}
