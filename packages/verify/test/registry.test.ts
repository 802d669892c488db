import { describe, expect, test } from '@jest/globals';
import { type SampleKit, Tensor } from '@tensortape/autograd';
import { type RegisteredOp, registry } from '@tensortape/autograd/registry';
import { verifyOp } from '@tensortape/verify';
import fc from 'fast-check';
import { sampleKit } from '../src/ops/kit.ts';

/** Operations of more than one tensor that refuse nothing, and why. */
const refuseNothing: Readonly<Record<string, string>> = {};

/** Draws from a kit once, the same for every run. */
function draw<T>(from: (kit: SampleKit) => T): T {
  let drawn: T | undefined;
  const once = fc.property(fc.gen(), (gen) => {
    drawn = from(sampleKit(gen));
  });
  fc.assert(once, { numRuns: 1, seed: 1 });
  return drawn as T;
}

/** What programs in plain JavaScript pass in the place of a tensor. */
const notTensors: readonly unknown[] = [[1, 2], undefined, null, 'x', new Float32Array(2), {}];

/** The calls of an operation in which one of its tensors is something else. */
function wrongKinds(op: RegisteredOp): readonly (readonly unknown[])[] {
  const args = draw(op.samples);
  return args.flatMap((arg, i) => {
    const replaced = (list: readonly unknown[], at: number) =>
      notTensors.map((value) => list.with(at, value));
    if (arg instanceof Tensor) return replaced(args, i);
    if (!Array.isArray(arg)) return [];
    const items = arg.flatMap((item: unknown, k) => (item instanceof Tensor ? replaced(arg, k) : []));
    return items.map((list) => args.with(i, list));
  });
}

describe.each([...new Set(registry.map(({ family }) => family))])('%s', (family) => {
  const ops = registry.filter((op) => op.family === family);
  test.each(ops.map((op) => [op.name, op] as const))('%s', (_, op) => {
    verifyOp(op);
  });
});

describe('every operation', () => {
  test('of more than one tensor declares its illegal calls', () => {
    const silent = registry.filter((op) => {
      if (op.refusals !== undefined) return false;
      const args = draw(op.samples);
      return args.length > 1 || !(args[0] instanceof Tensor);
    });
    expect(silent.map(({ name }) => name).filter((name) => !(name in refuseNothing))).toEqual([]);
  });

  test('is named among those that refuse nothing only while it refuses nothing', () => {
    const declared = registry.filter(({ refusals }) => refusals !== undefined).map(({ name }) => name);
    expect(Object.keys(refuseNothing).filter((name) => declared.includes(name))).toEqual([]);
  });

  test.each(registry.map((op) => [op.name, op] as const))('%s refuses what is not a tensor', (name, op) => {
    for (const args of wrongKinds(op)) {
      let found: unknown = 'accepted';
      try {
        op.call(...args);
      } catch (error) {
        found = error;
      }
      // Some arguments may be left out, or have another form: then the call is legal.
      if (found === 'accepted') continue;
      expect(String(found)).toMatch(new RegExp(`^(ArgumentError|DTypeError|ShapeError): ${name}: expected `));
    }
  });
});
