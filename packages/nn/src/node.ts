/**
 * Saving and loading modules as files: needs Node.
 *
 * @module
 */
export {};
