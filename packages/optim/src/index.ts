/**
 * Optimizers and learning-rate schedules.
 *
 * @module
 */
export { Adam, type AdamOptions, type AdamState, AdamW, type Decay } from './adam.ts';
export {
  type LearningRate,
  Optimizer,
  type ParamGroup,
  type ParamGroupInput,
  type Params,
} from './optimizer.ts';
export {
  type EpochFactor,
  type Exponential,
  ExponentialLR,
  type Factors,
  LambdaLR,
  LRScheduler,
  type ScheduledOptimizer,
  type SchedulerOptions,
  type SchedulerStateDict,
  StepLR,
  type StepLROptions,
  type Steps,
} from './schedulers.ts';
export { SGD, type SGDOptions, type SGDState } from './sgd.ts';
export type { OptimizerStateDict } from './stateDict.ts';
