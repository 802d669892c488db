/**
 * Checks of derivatives, operations, modules and optimizers.
 *
 * @module
 */
export type { OpSamples, OpUnderTest } from './ops/call.ts';
export {
  checkOp,
  type OpReport,
  opProperties,
  type PropertyName,
  type PropertyReport,
  VerificationError,
  type VerifyOptions,
  verifyOp,
} from './ops/verifyOp.ts';
