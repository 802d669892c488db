import { expect, test } from '@jest/globals';
import { resultType, type SampleKit, type Tensor } from '@tensortape/autograd';
import { type OpUnderTest, type PropertyName, VerificationError, verifyOp } from '@tensortape/verify';

/**
 * Operations with a wrong rule, and the property that must find it first. Each is made twice: with the mistake, and
 * without it, when everything must hold.
 */
export interface Sabotage {
  readonly mistake: string;
  readonly property: PropertyName;
  /** What the message must name. */
  readonly finding: RegExp;
  readonly op: (wrong: boolean) => OpUnderTest;
}

/** An operation of one tensor. */
export const unary = (
  call: (x: Tensor) => unknown,
  samples = (s: SampleKit) => [s.tensor()],
): OpUnderTest => ({
  name: 'sabotaged',
  call: (x) => call(x as Tensor),
  samples,
});

/** An operation of two tensors, promoted to one dtype. */
export const pair = (
  call: (a: Tensor, b: Tensor) => unknown,
  samples = (s: SampleKit): readonly Tensor[] => {
    const shape = s.shape(0, 2);
    return [s.tensorOf(shape), s.tensorOf(shape)];
  },
): OpUnderTest => ({
  name: 'sabotaged',
  call: (a, b) => {
    // Rules of two inputs are written for one dtype: the call promotes, by recorded conversions.
    const dtype = resultType(a as Tensor, b as Tensor);
    return call((a as Tensor).to(dtype), (b as Tensor).to(dtype));
  },
  samples,
});

/** One test for each: without the mistake everything holds, with it the property named is the first to fail. */
export function testSabotages(sabotages: readonly Sabotage[]): void {
  test.each(sabotages.map((sabotage) => [sabotage.mistake, sabotage.property, sabotage] as const))(
    '%s -> %s',
    (_, property, { op, finding }) => {
      verifyOp(op(false), { runs: 50 });
      const failure = thrownBy(() => verifyOp(op(true), { runs: 50 }));
      expect(failure).toMatchObject({ op: 'sabotaged', property });
      expect(failure.finding).toMatch(finding);
    },
  );
}

function thrownBy(body: () => unknown): VerificationError {
  try {
    body();
  } catch (error) {
    if (error instanceof VerificationError) return error;
    throw error;
  }
  throw new Error('nothing was found');
}
