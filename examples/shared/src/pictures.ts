/** Pictures that examples share; apart from the rest, as loading what draws takes half a second. */
import { curves, type Heading, type Picture } from '@tensortape/plot';
import type { History } from './classifier/history.ts';
import type { Scores } from './classifier/train.ts';

/** Loss and accuracy over the training, side by side. */
export function drawCurves({ moments, epochs }: History, heading: Heading): Picture {
  const validations = epochs.map(({ epoch, validation }) => ({ epoch, ...validation }));
  const seriesOf = (figure: keyof Scores) => ({
    'training, as it goes': {
      at: moments.map(({ epoch }) => epoch),
      values: moments.map((moment) => moment[figure]),
    },
    'validation, after each epoch': {
      at: validations.map(({ epoch }) => epoch),
      values: validations.map((moment) => moment[figure]),
    },
  });
  return curves({
    ...heading,
    x: 'epoch',
    panels: [
      { y: 'loss (cross-entropy, nats)', scale: 'log', series: seriesOf('loss') },
      { y: 'accuracy', format: 'percent', series: seriesOf('accuracy') },
    ],
  });
}
