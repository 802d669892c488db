/**
 * The umbrella: everything that runs in a browser as well as in Node.
 *
 * @module
 */
export {};
