import { describe, expect, test } from '@jest/globals';
import { type SampleKit, Tensor } from '@tensortape/autograd';
import { type RegisteredOp, registry } from '@tensortape/autograd/registry';
import { verifyOp } from '@tensortape/verify';
import fc from 'fast-check';
import { format } from '../src/ops/call.ts';
import { sampleKit } from '../src/ops/kit.ts';

/** Operations of more than one argument that refuse nothing, and why. */
const refuseNothing: Readonly<Record<string, string>> = {
  kron: 'any two tensors have a Kronecker product',
};

describe.each([...new Set(registry.map(({ family }) => family))])('%s', (family) => {
  const ops = registry.filter((op) => op.family === family);
  test.each(ops.map((op) => [op.name, op] as const))('%s', (_, op) => {
    verifyOp(op);
  });
});

/** Draws from a kit once, the same in every run. */
function draw<T>(from: (kit: SampleKit) => T): T {
  const drawn: T[] = [];
  const once = fc.property(fc.gen(), (gen) => {
    drawn.push(from(sampleKit(gen)));
  });
  fc.assert(once, { numRuns: 1, seed: 1 });
  return drawn[0]!;
}

/** What programs in plain JavaScript pass in the place of a tensor. */
const notTensors: readonly unknown[] = [[1, 2], undefined, null, 'x', new Float32Array(2), {}];

/** Operations that take lists, strings and null in the place of a tensor of positions too. */
const subscripting: readonly string[] = ['at', 'indexPut'];

/** A call in which one of the tensors is something else. */
interface WrongCall {
  readonly args: readonly unknown[];
  readonly value: unknown;
}

function wrongCalls(op: RegisteredOp): readonly WrongCall[] {
  const args = draw(op.samples);
  return notTensors.flatMap((value) =>
    args.flatMap((arg, i) => {
      if (arg instanceof Tensor) return [{ args: args.with(i, value), value }];
      if (!Array.isArray(arg)) return [];
      const places = arg.flatMap((item: unknown, k) => (item instanceof Tensor ? [k] : []));
      return places.map((k) => ({ args: args.with(i, arg.with(k, value)), value }));
    }),
  );
}

/** Whether an error names the operation and says what it expected. */
const explains = ({ name }: RegisteredOp, error: unknown): boolean =>
  error instanceof Error &&
  ['ArgumentError', 'DTypeError', 'ShapeError'].includes(error.name) &&
  error.message.startsWith(`${name}: `) &&
  /expected |must be /.test(error.message);

/** The first wrong call that an operation does not refuse as it should, and how it answers; or null. */
function wrongAnswer(op: RegisteredOp): string | null {
  for (const { args, value } of wrongCalls(op)) {
    const call = `${op.name}(${args.map(format).join(', ')})`;
    try {
      op.call(...args);
    } catch (error) {
      if (explains(op, error)) continue;
      return `${call}: ${String(error)}`;
    }
    // Some tensors may be left out.
    if (value !== undefined && value !== null) return `${call}: accepted`;
  }
  return null;
}

describe('every operation', () => {
  test('of more than one argument declares its illegal calls', () => {
    const silent = registry.filter((op) => {
      if (op.refusals !== undefined) return false;
      const args = draw(op.samples);
      return args.length > 1 || !(args[0] instanceof Tensor);
    });
    expect(silent.map(({ name }) => name)).toEqual(Object.keys(refuseNothing));
  });

  test('refuses by name what is not a tensor', () => {
    const ops = registry.filter(({ name }) => !subscripting.includes(name));
    expect(ops.map(wrongAnswer).filter((answer) => answer !== null)).toEqual([]);
  });
});
