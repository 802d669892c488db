/**
 * Checks of derivatives, operations, modules and optimizers.
 *
 * @module
 */
export {
  type CheckOptions,
  type ClaimStatus,
  type ClaimVerdict,
  checkDerivative,
  type DerivativeCheck,
  formatCheck,
} from './claims/checkDerivative.ts';
export type { CoordinateStatus, CoordinateVerdict, ShapeMismatch } from './claims/compare.ts';
export type { Domain, DomainEntry, DrawnInput } from './claims/domain.ts';
export type { Claim, Named, NamedFunction } from './claims/subject.ts';
export {
  type FourWays,
  type FourWaysRow,
  formatFourWays,
  fourWays,
  hessianOf,
} from './derivatives/fourWays.ts';
export {
  type NoSymbolicDerivative,
  type Symbolic,
  type SymbolicDerivative,
  symbolicDerivative,
} from './derivatives/symbolic.ts';
export {
  checkExercise,
  type Exercise,
  ExerciseError,
  type ExerciseResult,
  parseExercise,
} from './exercises/exercise.ts';
export { ExpressionError, type Span } from './expressions/error.ts';
export {
  expressionFunctions,
  type InputValues,
  Program,
  type ProgramOptions,
  type ProgramRun,
  parseProgram,
  type RunOptions,
} from './expressions/program.ts';
export { toHtml, toSvg } from './graph/svg.ts';
export {
  type CallableModule,
  checkModule,
  formatModuleCheck,
  type ModuleCheck,
  type ModuleCheckOptions,
  type ModuleProbe,
  type ModuleVerdict,
  verifyModule,
} from './modules/checkModule.ts';
export type { OpSamples, OpUnderTest } from './ops/call.ts';
export type { PropertyName } from './ops/properties.ts';
export {
  checkOp,
  type OpReport,
  opProperties,
  type PropertyReport,
  VerificationError,
  type VerifyOptions,
  verifyOp,
} from './ops/verifyOp.ts';
export {
  type EvaluationTrace,
  evaluationTrace,
  type TraceCell,
  type TraceOptions,
  type TraceProgramOptions,
  type TraceRow,
  traceProgram,
} from './trace/evaluationTrace.ts';
export { formatTrace, type TableFormat } from './trace/format.ts';
