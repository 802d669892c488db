/**
 * Checks of derivatives, operations, modules and optimizers.
 *
 * @module
 */
export * from '@tensortape/verify';
