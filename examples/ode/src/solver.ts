import { stack, type Tensor } from 'tensortape';

/** How fast a state changes. */
export type Field = (state: Tensor) => Tensor;

/**
 * The states of a system at evenly spaced times, by the classic Runge-Kutta method of order four. It is made of ordinary operations, so
 * `backward` goes through all of its steps.
 *
 * @param field The right side of the differential equation.
 * @param start The first state, of any shape.
 * @param step The time from one state to the next.
 * @param count How many states: the result is (count, ...start.shape).
 */
export function rungeKutta(field: Field, start: Tensor, step: number, count: number): Tensor {
  const states = [start];
  let state = start;
  while (states.length < count) {
    const k1 = field(state);
    const k2 = field(state.add(k1.mul(step / 2)));
    const k3 = field(state.add(k2.mul(step / 2)));
    const k4 = field(state.add(k3.mul(step)));
    const slope = k1.add(k2.mul(2)).add(k3.mul(2)).add(k4).div(6);
    state = state.add(slope.mul(step));
    states.push(state);
  }
  return stack(states);
}
