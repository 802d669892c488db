/**
 * What a training is watched and judged by: histories, metrics and early stopping.
 *
 * @module
 */
export { EarlyStopping, type EarlyStoppingOptions, type EarlyStoppingState } from './earlyStopping.ts';
export {
  History,
  type HistoryAxis,
  type HistoryPoint,
  type HistoryState,
  type Series,
  type SeriesState,
} from './history.ts';
export { accuracy, topKAccuracy } from './metrics/accuracy.ts';
export { type ConfusionMatrixOptions, confusionMatrix } from './metrics/confusionMatrix.ts';
export type { Labels } from './metrics/labels.ts';
export { Mean, type MeanState } from './metrics/mean.ts';
export { type Average, f1, type PrecisionOptions, precision, recall } from './metrics/precisionRecall.ts';
