/** Charts and pictures. A program loads this when it needs it: that takes half a second. */
export { type Curves, drawCurves, lossPanel, type Panel, type Point } from './curves.ts';
export { type Bitmap, drawPng, drawSvg, imageLayer, imageUrl, ink, signal, type Title } from './draw.ts';
export { tiles } from './tiles.ts';
