/**
 * Checks of derivatives, operations, modules and optimizers.
 *
 * @module
 */
export {};
