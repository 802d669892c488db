/**
 * Matchers for jest's `expect`: `expect.extend(matchers)`.
 *
 * @module
 */
export * from '@tensortape/verify/jest';
