/**
 * Modules, layers, losses and state dicts.
 *
 * @module
 */
export {};
