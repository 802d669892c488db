/**
 * Datasets, loaders, samplers and file formats; nothing here touches the file system.
 *
 * @module
 */
export {};
