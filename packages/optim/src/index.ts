/**
 * Optimizers and learning-rate schedules.
 *
 * @module
 */
export {};
