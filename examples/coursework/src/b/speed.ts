import { grad, nn, RandomState, type Tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import * as naive from '../shared/naive.ts';

const { functional } = nn;

/** Nested loops beside the framework, on the shapes of the course: times in milliseconds, and how far results lie apart. */
export function speed({ figures }: Desk): void {
  const random = new RandomState(0);
  for (const { layer, published, inputs, slow, slowBackward, fast } of layers(random)) {
    const out = fast(...inputs);
    const above = random.randn(...out.shape);
    const loops = timed(() => slow(...inputs));
    const quick = best(() => timed(() => fast(...inputs)));
    figures.shown(`${layer}, forward`, published.forward, compare(loops.ms, quick.ms));
    figures.near(`${layer}, forward: difference`, 0, apart(loops.value, quick.value), 1e-11);

    const loopsBack = timed(() => slowBackward(above, ...inputs));
    const quickBack = best(() => {
      const recorded = fast(...inputs);
      return timed(() => grad(recorded, inputs, { gradOutputs: above }));
    });
    const worst = Math.max(...loopsBack.value.map((gradient, i) => apart(gradient, quickBack.value[i]!)));
    figures.shown(`${layer}, backward`, published.backward, compare(loopsBack.ms, quickBack.ms));
    figures.near(`${layer}, backward: difference`, 0, worst, 1e-11);
  }
}

interface Layer {
  layer: string;
  published: { forward: string; backward: string };
  inputs: Tensor[];
  slow: (...inputs: Tensor[]) => Tensor;
  slowBackward: (above: Tensor, ...inputs: Tensor[]) => Tensor[];
  fast: (...inputs: Tensor[]) => Tensor;
}

function layers(random: RandomState): Layer[] {
  const randn = (...shape: number[]) => random.randn(...shape).requiresGrad_();
  const [filters, pool] = [
    { size: 3, stride: 2, padding: 1 },
    { size: 2, stride: 2, padding: 0 },
  ];
  return [
    {
      layer: 'convolution',
      // The only speed-up that the course prints; its naive layer is Python.
      published: { forward: '468x', backward: '' },
      inputs: [randn(100, 3, 31, 31), randn(25, 3, 3, 3), randn(25)],
      slow: (x, w, b) => naive.conv(x!, w!, b!, filters),
      slowBackward: (above, x, w) => Object.values(naive.convBackward(x!, w!, above, filters)),
      fast: (x, w, b) => functional.conv2d(x!, w!, b!, filters),
    },
    {
      layer: 'max pooling',
      published: { forward: '', backward: '' },
      inputs: [randn(100, 3, 32, 32)],
      slow: (x) => naive.maxPool(x!, pool, Number.NEGATIVE_INFINITY),
      slowBackward: (above, x) => [naive.maxPoolBackward(x!, above, pool, Number.NEGATIVE_INFINITY)],
      fast: (x) => functional.maxPool2d(x!, 2),
    },
  ];
}

function timed<T>(run: () => T): { value: T; ms: number } {
  const start = performance.now();
  const value = run();
  return { value, ms: performance.now() - start };
}

/** The quickest of several runs: the first ones are compiled on the way. */
function best<T>(run: () => { value: T; ms: number }): { value: T; ms: number } {
  return Array.from({ length: 5 }, run).reduce((quickest, next) => (next.ms < quickest.ms ? next : quickest));
}

const compare = (slow: number, fast: number) =>
  `${slow.toFixed(1)} ms / ${fast.toFixed(2)} ms = ${(slow / fast).toFixed(0)}x`;

const apart = (a: Tensor, b: Tensor) => a.sub(b).abs().max().item();
