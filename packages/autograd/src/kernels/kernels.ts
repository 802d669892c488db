import type { DType } from '../tensor/dtype.ts';
import type { Storage } from '../tensor/storage.ts';
import type { View } from '../tensor/view.ts';

/** Elementwise functions of one operand; results have the operand's dtype. */
export type UnaryName =
  | 'abs'
  | 'acos'
  | 'acosh'
  | 'asin'
  | 'asinh'
  | 'atan'
  | 'atanh'
  | 'ceil'
  | 'cos'
  | 'cosh'
  | 'exp'
  | 'expm1'
  | 'floor'
  | 'log'
  | 'log10'
  | 'log1p'
  | 'log2'
  | 'neg'
  | 'reciprocal'
  | 'relu'
  | 'round'
  | 'rsqrt'
  | 'sigmoid'
  | 'sign'
  | 'sin'
  | 'sinh'
  | 'softplus'
  | 'sqrt'
  | 'square'
  | 'tan'
  | 'tanh'
  | 'trunc';

/** Elementwise functions of two operands of one dtype and shape; results have the operands' dtype. */
export type BinaryName =
  | 'add'
  | 'atan2'
  | 'div'
  | 'maximum'
  | 'minimum'
  | 'mul'
  | 'pow'
  | 'remainder'
  | 'sub';

/** Elementwise comparisons and logic; results are bool. */
export type CompareName = 'eq' | 'ge' | 'gt' | 'le' | 'logicalAnd' | 'logicalOr' | 'logicalXor' | 'lt' | 'ne';

/** Reductions over axes; `any` and `all` give bool, the others the operand's dtype. */
export type ReduceName = 'all' | 'amax' | 'amin' | 'any' | 'prod' | 'sum';

/**
 * The numeric loops behind the operations. Arguments are views (any strides), already checked, promoted and broadcast by
 * the caller; results are new row-major storages. The reference set implements all of it; other sets take over the calls
 * they are faster at (`select.ts`).
 */
export interface Kernels {
  /** `fn` of every element. */
  unary(fn: UnaryName | ((x: number) => number), x: View): Storage;
  /** `fn` of corresponding elements of two views of one shape and dtype. */
  binary(fn: BinaryName, a: View, b: View): Storage;
  /** A comparison of corresponding elements. */
  compare(fn: CompareName, a: View, b: View): Storage;
  /** Elements of `a` where the bool `condition` holds, of `b` elsewhere. */
  where(condition: View, a: View, b: View): Storage;
  /** A row-major copy in another dtype: towards integers fractions are cut, towards bool all but 0 is true. */
  cast(x: View, dtype: DType): Storage;
  /** Writes the elements of `source` (same shape, same dtype) over those of `target`. */
  assign(target: View, source: View): void;
  /** A reduction over `axes`; they keep no length in the result. */
  reduce(fn: ReduceName, x: View, axes: readonly number[]): Storage;
  /** Positions (int32) of the first extreme element along `axis`. NaN is extreme. */
  argReduce(fn: 'argmax' | 'argmin', x: View, axis: number): Storage;
  /** Running sums along `axis`. */
  cumsum(x: View, axis: number): Storage;
  /** Batches of matrix products: (…, m, k) by (…, k, n), equal leading axes and dtypes. */
  matmul(a: View, b: View): Storage;
  /** exp(x) / sum exp(x), or its logarithm, along `axis`. */
  softmax(x: View, axis: number, logarithm: boolean): Storage;
  /** Elements of `x` at positions `index` along `axis`; the result has the shape of `index`. */
  gather(x: View, axis: number, index: View): Storage;
  /** A copy of `x` with elements of `source` added at positions `index` along `axis`. */
  scatterAdd(x: View, axis: number, index: View, source: View): Storage;
}
