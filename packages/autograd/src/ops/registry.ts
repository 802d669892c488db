/**
 * The built-in operations together with their sample inputs, for tests that run over all of them.
 *
 * @module
 */
export {};
