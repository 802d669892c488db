import * as ops from '../ops/elementwise.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Tensor } from '../tensor.ts';

/** Elementwise methods: see `ops/elementwise.ts` for formulas, derivatives and conventions. */
export abstract class ElementwiseMethods {
  /** |x|: see {@link ops.abs}. */
  abs(this: Tensor): Tensor {
    return ops.abs(this);
  }

  /** arccos x: see {@link ops.acos}. */
  acos(this: Tensor): Tensor {
    return ops.acos(this);
  }

  /** The inverse of cosh: see {@link ops.acosh}. */
  acosh(this: Tensor): Tensor {
    return ops.acosh(this);
  }

  /** x + other: see {@link ops.add}. */
  add(this: Tensor, other: Operand): Tensor {
    return ops.add(this, other);
  }

  /** arcsin x: see {@link ops.asin}. */
  asin(this: Tensor): Tensor {
    return ops.asin(this);
  }

  /** The inverse of sinh: see {@link ops.asinh}. */
  asinh(this: Tensor): Tensor {
    return ops.asinh(this);
  }

  /** arctan x: see {@link ops.atan}. */
  atan(this: Tensor): Tensor {
    return ops.atan(this);
  }

  /** The angle of the point (other, x): see {@link ops.atan2}. */
  atan2(this: Tensor, other: Operand): Tensor {
    return ops.atan2(this, other);
  }

  /** The inverse of tanh: see {@link ops.atanh}. */
  atanh(this: Tensor): Tensor {
    return ops.atanh(this);
  }

  /** The smallest whole number >= x: see {@link ops.ceil}. */
  ceil(this: Tensor): Tensor {
    return ops.ceil(this);
  }

  /** x limited to [min, max]: see {@link ops.clamp}. */
  clamp(this: Tensor, min?: number, max?: number): Tensor {
    return ops.clamp(this, min, max);
  }

  /** cos x: see {@link ops.cos}. */
  cos(this: Tensor): Tensor {
    return ops.cos(this);
  }

  /** cosh x: see {@link ops.cosh}. */
  cosh(this: Tensor): Tensor {
    return ops.cosh(this);
  }

  /** x / other: see {@link ops.div}. */
  div(this: Tensor, other: Operand): Tensor {
    return ops.div(this, other);
  }

  /** e^x: see {@link ops.exp}. */
  exp(this: Tensor): Tensor {
    return ops.exp(this);
  }

  /** e^x - 1: see {@link ops.expm1}. */
  expm1(this: Tensor): Tensor {
    return ops.expm1(this);
  }

  /** The largest whole number <= x: see {@link ops.floor}. */
  floor(this: Tensor): Tensor {
    return ops.floor(this);
  }

  /** ln x: see {@link ops.log}. */
  log(this: Tensor): Tensor {
    return ops.log(this);
  }

  /** The decimal logarithm: see {@link ops.log10}. */
  log10(this: Tensor): Tensor {
    return ops.log10(this);
  }

  /** ln(1 + x): see {@link ops.log1p}. */
  log1p(this: Tensor): Tensor {
    return ops.log1p(this);
  }

  /** The binary logarithm: see {@link ops.log2}. */
  log2(this: Tensor): Tensor {
    return ops.log2(this);
  }

  /** The larger of x and other: see {@link ops.maximum}. */
  maximum(this: Tensor, other: Operand): Tensor {
    return ops.maximum(this, other);
  }

  /** The smaller of x and other: see {@link ops.minimum}. */
  minimum(this: Tensor, other: Operand): Tensor {
    return ops.minimum(this, other);
  }

  /** x * other: see {@link ops.mul}. */
  mul(this: Tensor, other: Operand): Tensor {
    return ops.mul(this, other);
  }

  /** -x: see {@link ops.neg}. */
  neg(this: Tensor): Tensor {
    return ops.neg(this);
  }

  /** x to the power of other: see {@link ops.pow}. */
  pow(this: Tensor, other: Operand): Tensor {
    return ops.pow(this, other);
  }

  /** 1 / x: see {@link ops.reciprocal}. */
  reciprocal(this: Tensor): Tensor {
    return ops.reciprocal(this);
  }

  /** max(x, 0): see {@link ops.relu}. */
  relu(this: Tensor): Tensor {
    return ops.relu(this);
  }

  /** x - other * floor(x / other): see {@link ops.remainder}. */
  remainder(this: Tensor, other: Operand): Tensor {
    return ops.remainder(this, other);
  }

  /** The nearest whole number, halves to even: see {@link ops.round}. */
  round(this: Tensor): Tensor {
    return ops.round(this);
  }

  /** 1 / sqrt(x): see {@link ops.rsqrt}. */
  rsqrt(this: Tensor): Tensor {
    return ops.rsqrt(this);
  }

  /** 1 / (1 + e^-x): see {@link ops.sigmoid}. */
  sigmoid(this: Tensor): Tensor {
    return ops.sigmoid(this);
  }

  /** -1, 0 or 1: see {@link ops.sign}. */
  sign(this: Tensor): Tensor {
    return ops.sign(this);
  }

  /** sin x: see {@link ops.sin}. */
  sin(this: Tensor): Tensor {
    return ops.sin(this);
  }

  /** sinh x: see {@link ops.sinh}. */
  sinh(this: Tensor): Tensor {
    return ops.sinh(this);
  }

  /** ln(1 + e^x): see {@link ops.softplus}. */
  softplus(this: Tensor): Tensor {
    return ops.softplus(this);
  }

  /** The square root: see {@link ops.sqrt}. */
  sqrt(this: Tensor): Tensor {
    return ops.sqrt(this);
  }

  /** x^2: see {@link ops.square}. */
  square(this: Tensor): Tensor {
    return ops.square(this);
  }

  /** x - other: see {@link ops.sub}. */
  sub(this: Tensor, other: Operand): Tensor {
    return ops.sub(this, other);
  }

  /** tan x: see {@link ops.tan}. */
  tan(this: Tensor): Tensor {
    return ops.tan(this);
  }

  /** The hyperbolic tangent: see {@link ops.tanh}. */
  tanh(this: Tensor): Tensor {
    return ops.tanh(this);
  }

  /** The whole part of x: see {@link ops.trunc}. */
  trunc(this: Tensor): Tensor {
    return ops.trunc(this);
  }
}
