/**
 * Saving and loading modules as files: needs Node.
 *
 * @module
 */
export { readFileLimited, writeFileAtomic } from './node/files.ts';
export { loadFile, saveFile } from './node/state.ts';
