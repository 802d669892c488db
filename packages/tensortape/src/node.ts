/**
 * Files and downloads: needs Node.
 *
 * @module
 */
export {};
