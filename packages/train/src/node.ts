/**
 * Checkpoints and progress bars: needs Node.
 *
 * @module
 */
export {
  type CheckpointParts,
  type CheckpointValue,
  type CheckpointValues,
  loadCheckpoint,
  type RandomStateful,
  type Stateful,
  saveCheckpoint,
} from './node/checkpoint.ts';
export { CheckpointError } from './node/checkpointFile.ts';
export { CheckpointFolder } from './node/checkpointFolder.ts';
export {
  formatDuration,
  Progress,
  type ProgressOptions,
  type ProgressStream,
  type TerminalTraits,
  track,
} from './node/progress.ts';
