import { elementwiseWith } from '../tape/shorthands.ts';

/**
 * max(x, least), whose derivative is 1 everywhere: for divisors that PyTorch raises behind the tape's back. A result computed with
 * the raised value is differentiated as if it had not been raised.
 */
export const raisedTo = /* @__PURE__ */ elementwiseWith<number>({
  name: 'raisedTo',
  integers: 'keep',
  forward: (x, least) => (x < least ? least : x),
  saves: 'nothing',
  differential: (t) => t,
});
