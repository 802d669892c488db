import type { Prediction } from './training.ts';

/** A digit as it was drawn, with what the classifier takes it for below. */
export function digitFigure({ pixels, label, predicted, probability }: Prediction): HTMLElement {
  const figure = document.createElement('figure');
  const caption = document.createElement('figcaption');
  const right = predicted === label;
  figure.className = right ? 'right' : 'wrong';
  caption.textContent = right ? `${predicted}` : `${predicted}, is ${label}`;
  figure.title = `${(100 * probability).toFixed(1)} % sure`;
  figure.append(picture(pixels), caption);
  return figure;
}

/** Black ink on white; the digits themselves are the other way round. */
function picture(pixels: Uint8Array): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('this browser draws on no canvas');
  canvas.width = 28;
  canvas.height = 28;
  const image = context.createImageData(28, 28);
  pixels.forEach((grey, i) => {
    image.data.set([255 - grey, 255 - grey, 255 - grey, 255], 4 * i);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}
