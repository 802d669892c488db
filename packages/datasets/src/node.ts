/**
 * Datasets read from files or downloaded: needs Node.
 *
 * @module
 */
export {};
