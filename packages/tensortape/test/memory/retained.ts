import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes that the program holds once all garbage is gone: objects, and the elements of arrays outside of V8's heap. */
export function retainedBytes(): number {
  // What a first collection lets go of may have been the last to hold other things.
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** How many bytes more a program holds after 4 `count` steps than after `count`. */
export function growth(step: () => void, count: number): number {
  const repeat = (times: number): number => {
    for (let i = 0; i < times; i++) step();
    return retainedBytes();
  };
  const before = repeat(count);
  return repeat(3 * count) - before;
}
