/**
 * Settings of fast-check from the environment. A failing property prints its seed and path:
 * `FC_SEED=… FC_PATH=… npm test -- --testPathPatterns file` replays it; `FC_NUM_RUNS=1000` searches longer.
 */
import fc from 'fast-check';

const readInteger = (name: string, least: number): number | undefined => {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new RangeError(`${name} must be an integer >= ${least}, got ${JSON.stringify(text)}`);
  }
  return value;
};

const numRuns = readInteger('FC_NUM_RUNS', 1);
const seed = readInteger('FC_SEED', -(2 ** 31));
const path = process.env['FC_PATH'];

fc.configureGlobal({
  ...(numRuns !== undefined && { numRuns }),
  ...(seed !== undefined && { seed }),
  ...(path && { path }),
});
