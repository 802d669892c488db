import type * as pool from './pool.ts';

/** Threads that share a memory are Node's: a browser's would need a page isolated from others. */
export const threadPool: typeof pool.threadPool = () => null;
