import { defaultGenerator, type Generator } from '@tensortape/autograd';

/** Runs a function so that dropout and sampling draw the same numbers at each call, and leaves the generators as they were. */
export function replayed<T>(body: () => T, others: readonly Generator[] = []): T {
  const generators = [defaultGenerator, ...others];
  const states = generators.map((generator) => generator.getState());
  for (const generator of generators) generator.manualSeed(0);
  try {
    return body();
  } finally {
    generators.forEach((generator, i) => {
      generator.setState(states[i]!);
    });
  }
}
