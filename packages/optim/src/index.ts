/**
 * Optimizers and learning-rate schedules.
 *
 * @module
 */
export { Adadelta, type AdadeltaOptions, type AdadeltaState } from './adadelta.ts';
export { Adagrad, type AdagradOptions, type AdagradState } from './adagrad.ts';
export { Adam, type AdamOptions, type AdamState, AdamW, type Decay } from './adam.ts';
export { Adamax, type AdamaxOptions, type AdamaxState } from './adamax.ts';
export { ASGD, type ASGDOptions, type ASGDState } from './asgd.ts';
export {
  AveragedParameters,
  type AveragedParametersOptions,
  type AverageRule,
  getEmaAvgFn,
  getSwaAvgFn,
} from './averaging.ts';
export {
  type ClipGradNormOptions,
  clipGradNorm,
  clipGradsWithNorm,
  clipGradValue,
  getTotalNorm,
} from './clip.ts';
export { ChainedScheduler, SequentialLR } from './compositeSchedules.ts';
export {
  type CosineAnnealing,
  CosineAnnealingLR,
  type CosineAnnealingLROptions,
  CosineAnnealingWarmRestarts,
  type WarmRestarts,
  type WarmRestartsOptions,
} from './cosineSchedules.ts';
export { type Cycles, CyclicLR, type CyclicLROptions } from './cyclicSchedule.ts';
export {
  type Constant,
  ConstantLR,
  type ConstantLROptions,
  type EpochFactor,
  type Factors,
  LambdaLR,
  type Linear,
  LinearLR,
  type LinearLROptions,
  MultiplicativeLR,
  type Polynomial,
  PolynomialLR,
  type PolynomialLROptions,
} from './factorSchedules.ts';
export { LBFGS, type LBFGSOptions, type LBFGSState } from './lbfgs.ts';
export { Lion, type LionOptions, type LionState } from './lion.ts';
export { Muon, type MuonOptions, type MuonState } from './muon.ts';
export { NAdam, type NAdamOptions, type NAdamState } from './nadam.ts';
export { type OneCycle, OneCycleLR, type OneCycleLROptions } from './oneCycleSchedule.ts';
export {
  type LearningRate,
  type Memory,
  Optimizer,
  type ParamGroup,
  type ParamGroupInput,
  type Params,
  type ScheduleMarks,
} from './optimizer.ts';
export { ParameterwiseOptimizer } from './parameterwise.ts';
export { type PlateauOptions, ReduceLROnPlateau } from './plateau.ts';
export { RAdam, type RAdamOptions, type RAdamState } from './radam.ts';
export { RMSprop, type RMSpropOptions, type RMSpropState } from './rmsprop.ts';
export { Rprop, type RpropOptions, type RpropState } from './rprop.ts';
export {
  LRScheduler,
  type Schedule,
  type ScheduledGroup,
  type ScheduledOptimizer,
  type SchedulerOptions,
  type SchedulerStateDict,
} from './scheduler.ts';
export { SGD, type SGDOptions, type SGDState } from './sgd.ts';
export type { OptimizerStateDict } from './stateDict.ts';
export {
  type Exponential,
  ExponentialLR,
  type Milestones,
  MultiStepLR,
  StepLR,
  type StepLROptions,
  type Steps,
} from './stepSchedules.ts';
export { type Annealing, SWALR, type SWALROptions } from './swaSchedule.ts';
