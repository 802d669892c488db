import { nn, RandomState, type Tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { show } from '../shared/figures.ts';
import * as naive from '../shared/naive.ts';

/** Naive against fast: nested loops beside the framework, on the course's shapes, in milliseconds. */
export function speed({ figures }: Desk): void {
  const random = new RandomState(0);
  for (const { layer, published, inputs, walk, fast, slow } of rows(random)) {
    const tracked = inputs.map((x) => x.requiresGrad_());
    const forward = () => fast(...tracked);
    const above = random.randn(...forward().shape);
    const backward = (out: Tensor) => {
      for (const x of tracked) x.grad = null;
      out.backward(above);
      return tracked.map((x) => x.grad!);
    };
    const ours = { forward: best(forward), backward: bestBackward(forward, backward) };
  }
}
