import { toyNet as toyNetA } from './a/toyNet.ts';
import { automaticDifferentiation } from './b/automaticDifferentiation.ts';
import { layers } from './b/layers.ts';
import { theory } from './b/theory.ts';
import { order } from './b/topologicalOrder.ts';
import { toyNet as toyNetB } from './b/toyNet.ts';
import { toyNet as toyNetC } from './c/toyNet.ts';
import { toyNets } from './e/toyNets.ts';
import type { Part } from './shared/desk.ts';

/** An assignment: parts that take seconds, and parts that train on whole sets of images. */
export interface Course {
  readonly title: string;
  readonly fast: Readonly<Record<string, Part>>;
  readonly long: Readonly<Record<string, Part>>;
}

/** The assignments by their letters. */
export const courses = {
  a: {
    title: 'A two-layer net',
    fast: { 'toy net': toyNetA },
    long: {},
  },
  b: {
    title: 'Gradient descent, automatic differentiation, modular layers, CIFAR-10',
    fast: {
      theory,
      'automatic differentiation': automaticDifferentiation,
      'topological order': order,
      'toy net': toyNetB,
      layers,
    },
    long: {},
  },
  c: {
    title: 'A two-layer net on CIFAR-10',
    fast: { 'toy net': toyNetC },
    long: {},
  },
  d: {
    title: 'Building blocks of a CNN, trained on MNIST',
    fast: {},
    long: {},
  },
  e: {
    title: 'MLP, sigmoid against ReLU, regularisation',
    fast: { 'toy nets': toyNets },
    long: {},
  },
} satisfies Record<string, Course>;

/** The letter of an assignment. */
export type Letter = keyof typeof courses;
