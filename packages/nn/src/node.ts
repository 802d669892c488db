/**
 * Saving and loading modules as files: needs Node.
 *
 * @module
 */
export { writeFileAtomic } from '@tensortape/datasets/node';
export { readFileLimited } from './node/files.ts';
export { loadFile, saveFile } from './node/state.ts';
