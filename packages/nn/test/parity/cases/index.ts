import type { Cases } from '../source.ts';
import { activations } from './activations.ts';
import { images } from './images.ts';
import { layers } from './layers.ts';
import { losses } from './losses.ts';
import { recurrents } from './recurrent.ts';
import { transformers } from './transformers.ts';

/** What each module is compared on. */
export const cases: Cases = {
  ...activations,
  ...images,
  ...layers,
  ...losses,
  ...recurrents,
  ...transformers,
};
