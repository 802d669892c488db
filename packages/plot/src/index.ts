/**
 * Pictures of trainings, images, weights and decisions, as SVG and PNG: needs Node.
 *
 * @module
 */
export type { AxisScale } from './axes.ts';
export { type BoundaryOptions, decisionBoundary } from './boundary.ts';
export { type ConfusionOptions, confusionPicture } from './confusion.ts';
export { type CurvePanel, type CurveSeries, type CurvesOptions, curves } from './curves.ts';
export { type GridOptions, type ImageRange, imageGrid, weightGrid } from './grid.ts';
export { type HistogramOptions, histogram, type Sample } from './histogram.ts';
export { type Heading, Picture, savePicture } from './picture.ts';
export { type SideBySideOptions, sideBySide } from './sideBySide.ts';
