/**
 * Checks of derivatives, operations, modules and optimizers.
 *
 * @module
 */
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
