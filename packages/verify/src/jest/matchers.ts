/**
 * Matchers for jest's `expect`. Importing this adds their types; of jest nothing but these is imported.
 *
 * @module
 */
import {
  ArgumentError,
  type GradcheckOptions,
  GradientError,
  gradcheck,
  type Tensor,
} from '@tensortape/autograd';
import type {} from 'expect';
import { type CheckOptions, checkDerivative, formatCheck } from '../claims/checkDerivative.ts';
import type { Domain } from '../claims/domain.ts';
import type { Claim, NamedFunction } from '../claims/subject.ts';
import { Program } from '../expressions/program.ts';

/** What a matcher says: whether the expectation holds, and the message for when it does not. */
export interface Matched {
  /** Whether what was expected holds. */
  readonly pass: boolean;
  /** What is shown when the test fails. */
  readonly message: () => string;
}

/** What jest tells a matcher of the call. */
export interface MatcherState {
  /** Whether `.not` stands before it. */
  readonly isNot?: boolean | undefined;
}

type TestedFunction = (...inputs: Tensor[]) => Tensor | readonly Tensor[];

/**
 * Matchers for derivatives, to hand to `expect.extend`, in a file of `setupFilesAfterEnv` for instance.
 *
 * - `await expect(f).toHaveGradient(claims, domain, options)`: the claims of {@link checkDerivative} about `f`, a formula, a program or a function of named
 *   tensors, are right. Asynchronous: without `await` nothing is checked. Claims that cannot be judged, at a kink for instance, fail with `.not` as well.
 * - `expect(f).toPassGradcheck(inputs, options)`: `gradcheck` finds no mistake in the derivatives of a function of float64 tensors.
 *
 * The messages say which coordinate is wrong, by how much, at the smallest point found, and the likely mistake.
 *
 * Errors: ArgumentError when what stands in `expect()` is not of these; else as `checkDerivative` and `gradcheck`.
 *
 * @example
 * ```ts
 * import { matchers } from '@tensortape/verify/jest';
 * // In a test: expect.extend(matchers); await expect('x^2').toHaveGradient({ x: '2 * x' }, { x: 3 });
 * const { pass, message } = await matchers.toHaveGradient.call({}, 'sin(x)', { x: '-cos(x)' }, { x: 0 });
 * console.log(pass, message().split('\n')[2]); // false ✗ x: wrong; the sign is wrong
 * ```
 */
export const matchers = {
  /** Checks claimed derivatives, and waits for the verdicts. */
  async toHaveGradient(
    this: MatcherState,
    f: unknown,
    claims: Readonly<Record<string, Claim>>,
    domain: Domain,
    options: CheckOptions = {},
  ): Promise<Matched> {
    if (!(typeof f === 'string' || f instanceof Program || isFunction<NamedFunction>(f))) {
      throw notTestable('toHaveGradient', 'a formula, a program or a function of named tensors', f);
    }
    const check = await checkDerivative(f, claims, domain, options);
    const isWrong = check.firstWrong !== null;
    // What cannot be judged is neither right nor wrong, and fails both expectations.
    const pass = this.isNot === true ? !isWrong : check.ok;
    const title = `expected the gradient${this.isNot === true ? ' not' : ''} to be right:`;
    return { pass, message: () => `${title}\n\n${formatCheck(check)}` };
  },

  /** Compares derivatives with differences. */
  toPassGradcheck(
    this: MatcherState,
    f: unknown,
    inputs: Tensor | readonly Tensor[],
    options: GradcheckOptions = {},
  ): Matched {
    if (!isFunction<TestedFunction>(f)) throw notTestable('toPassGradcheck', 'a function of tensors', f);
    try {
      gradcheck(f, inputs, options);
    } catch (error) {
      if (!(error instanceof GradientError)) throw error;
      const { message } = error;
      return { pass: false, message: () => `expected the derivatives to be right:\n\n${message}` };
    }
    return {
      pass: true,
      message: () => 'expected a mistake in the derivatives, but all agree with differences',
    };
  },
};

const isFunction = <F extends (...args: never[]) => unknown>(value: unknown): value is F =>
  typeof value === 'function';

const notTestable = (matcher: string, expected: string, got: unknown): ArgumentError =>
  new ArgumentError(`${matcher}: expected ${expected} in expect(), got a value of type ${typeof got}`);

/** The matchers as `expect(f)` shows them. */
export interface GradientMatchers {
  /** Checks claimed derivatives; see {@link matchers}. Wait for it. */
  toHaveGradient(
    claims: Readonly<Record<string, Claim>>,
    domain: Domain,
    options?: CheckOptions,
  ): Promise<void>;
  /** Compares derivatives with differences; see {@link matchers}. */
  toPassGradcheck(inputs: Tensor | readonly Tensor[], options?: GradcheckOptions): void;
}

// The types of `expect` from @jest/globals …
declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends GradientMatchers {}
}

// … and of the global one, by @types/jest.
declare global {
  namespace jest {
    interface Matchers<R, T> extends GradientMatchers {}
  }
}
