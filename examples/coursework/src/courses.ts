import { mnist as mnistA } from './a/mnist.ts';
import { toyNet as toyNetA } from './a/toyNet.ts';
import { automaticDifferentiation } from './b/automaticDifferentiation.ts';
import { cifarNets as cifarNetsB } from './b/cifarNets.ts';
import { convNetLoss } from './b/convNetLoss.ts';
import { convNetTraining } from './b/convNetTraining.ts';
import { imageProcessing } from './b/imageProcessing.ts';
import { layers as layersB } from './b/layers.ts';
import { limits } from './b/limits.ts';
import { softmax } from './b/softmax.ts';
import { speed } from './b/speed.ts';
import { theory } from './b/theory.ts';
import { order } from './b/topologicalOrder.ts';
import { toyNet as toyNetB } from './b/toyNet.ts';
import { cifarNets as cifarNetsC } from './c/cifarNets.ts';
import { toyNet as toyNetC } from './c/toyNet.ts';
import { layers as layersD } from './d/layers.ts';
import { mnistNet } from './d/mnistNet.ts';
import { regularizer } from './d/regularizer.ts';
import { updates } from './d/updates.ts';
import { derivation } from './e/derivation.ts';
import { mnist as mnistE } from './e/mnist.ts';
import { overflow } from './e/overflow.ts';
import { steps } from './e/steps.ts';
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
    long: { MNIST: mnistA },
  },
  b: {
    title: 'Gradient descent, automatic differentiation, modular layers, CIFAR-10',
    fast: {
      theory,
      'automatic differentiation': automaticDifferentiation,
      'topological order': order,
      'toy net': toyNetB,
      layers: layersB,
      'limits of gradient checks': limits,
      'naive against fast': speed,
      'convolution as image processing': imageProcessing,
      'loss of a ConvNet': convNetLoss,
    },
    long: {
      'ConvNet on CIFAR-10': convNetTraining,
      'two-layer nets on CIFAR-10': cifarNetsB,
      'linear softmax on CIFAR-10': softmax,
    },
  },
  c: {
    title: 'A two-layer net on CIFAR-10',
    fast: { 'toy net': toyNetC },
    long: { 'CIFAR-10': cifarNetsC },
  },
  d: {
    title: 'Building blocks of a CNN, trained on MNIST',
    fast: { layers: layersD, updates, regulariser: regularizer },
    long: { MNISTNet: mnistNet },
  },
  e: {
    title: 'MLP, sigmoid against ReLU, regularisation',
    fast: {
      'toy nets': toyNets,
      'derivation by hand': derivation,
      'steps with regularisation': steps,
      overflow,
    },
    long: { MNIST: mnistE },
  },
} satisfies Record<string, Course>;

/** The letter of an assignment. */
export type Letter = keyof typeof courses;
