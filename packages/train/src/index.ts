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
} from './history.ts';
