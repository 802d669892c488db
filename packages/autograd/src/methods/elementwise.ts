import * as activation from '../ops/activation.ts';
import * as arithmetic from '../ops/arithmetic.ts';
import * as piecewise from '../ops/piecewise.ts';
import * as transcendental from '../ops/transcendental.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Tensor } from '../tensor.ts';

/** Elementwise methods: see the files of `ops/` for formulas, derivatives and conventions. */
export abstract class ElementwiseMethods {
  /** |x|: see {@link arithmetic.abs}. */
  abs(this: Tensor): Tensor {
    return arithmetic.abs(this);
  }

  /** arccos x: see {@link transcendental.acos}. */
  acos(this: Tensor): Tensor {
    return transcendental.acos(this);
  }

  /** The inverse of cosh: see {@link transcendental.acosh}. */
  acosh(this: Tensor): Tensor {
    return transcendental.acosh(this);
  }

  /** x + other: see {@link arithmetic.add}. */
  add(this: Tensor, other: Operand): Tensor {
    return arithmetic.add(this, other);
  }

  /** arcsin x: see {@link transcendental.asin}. */
  asin(this: Tensor): Tensor {
    return transcendental.asin(this);
  }

  /** The inverse of sinh: see {@link transcendental.asinh}. */
  asinh(this: Tensor): Tensor {
    return transcendental.asinh(this);
  }

  /** arctan x: see {@link transcendental.atan}. */
  atan(this: Tensor): Tensor {
    return transcendental.atan(this);
  }

  /** The angle of the point (other, x): see {@link transcendental.atan2}. */
  atan2(this: Tensor, other: Operand): Tensor {
    return transcendental.atan2(this, other);
  }

  /** The inverse of tanh: see {@link transcendental.atanh}. */
  atanh(this: Tensor): Tensor {
    return transcendental.atanh(this);
  }

  /** The smallest whole number >= x: see {@link arithmetic.ceil}. */
  ceil(this: Tensor): Tensor {
    return arithmetic.ceil(this);
  }

  /** x limited to [min, max]: see {@link arithmetic.clamp}. */
  clamp(this: Tensor, min?: number, max?: number): Tensor {
    return arithmetic.clamp(this, min, max);
  }

  /** cos x: see {@link transcendental.cos}. */
  cos(this: Tensor): Tensor {
    return transcendental.cos(this);
  }

  /** cosh x: see {@link transcendental.cosh}. */
  cosh(this: Tensor): Tensor {
    return transcendental.cosh(this);
  }

  /** x / other: see {@link arithmetic.div}. */
  div(this: Tensor, other: Operand): Tensor {
    return arithmetic.div(this, other);
  }

  /** e^x: see {@link transcendental.exp}. */
  exp(this: Tensor): Tensor {
    return transcendental.exp(this);
  }

  /** e^x - 1: see {@link transcendental.expm1}. */
  expm1(this: Tensor): Tensor {
    return transcendental.expm1(this);
  }

  /** The largest whole number <= x: see {@link arithmetic.floor}. */
  floor(this: Tensor): Tensor {
    return arithmetic.floor(this);
  }

  /** 0 where |x| <= lambd, else x: see {@link piecewise.hardshrink}. */
  hardshrink(this: Tensor, lambd?: number): Tensor {
    return piecewise.hardshrink(this, lambd);
  }

  /** ln x: see {@link transcendental.log}. */
  log(this: Tensor): Tensor {
    return transcendental.log(this);
  }

  /** The decimal logarithm: see {@link transcendental.log10}. */
  log10(this: Tensor): Tensor {
    return transcendental.log10(this);
  }

  /** ln(1 + x): see {@link transcendental.log1p}. */
  log1p(this: Tensor): Tensor {
    return transcendental.log1p(this);
  }

  /** The binary logarithm: see {@link transcendental.log2}. */
  log2(this: Tensor): Tensor {
    return transcendental.log2(this);
  }

  /** The larger of x and other: see {@link arithmetic.maximum}. */
  maximum(this: Tensor, other: Operand): Tensor {
    return arithmetic.maximum(this, other);
  }

  /** The smaller of x and other: see {@link arithmetic.minimum}. */
  minimum(this: Tensor, other: Operand): Tensor {
    return arithmetic.minimum(this, other);
  }

  /** x * other: see {@link arithmetic.mul}. */
  mul(this: Tensor, other: Operand): Tensor {
    return arithmetic.mul(this, other);
  }

  /** -x: see {@link arithmetic.neg}. */
  neg(this: Tensor): Tensor {
    return arithmetic.neg(this);
  }

  /** x to the power of other: see {@link arithmetic.pow}. */
  pow(this: Tensor, other: Operand): Tensor {
    return arithmetic.pow(this, other);
  }

  /** x for x > 0, else weight x: see {@link piecewise.prelu}. */
  prelu(this: Tensor, weight: Tensor): Tensor {
    return piecewise.prelu(this, weight);
  }

  /** 1 / x: see {@link arithmetic.reciprocal}. */
  reciprocal(this: Tensor): Tensor {
    return arithmetic.reciprocal(this);
  }

  /** max(x, 0): see {@link arithmetic.relu}. */
  relu(this: Tensor): Tensor {
    return arithmetic.relu(this);
  }

  /** x - other * floor(x / other): see {@link arithmetic.remainder}. */
  remainder(this: Tensor, other: Operand): Tensor {
    return arithmetic.remainder(this, other);
  }

  /** The nearest whole number, halves to even: see {@link arithmetic.round}. */
  round(this: Tensor): Tensor {
    return arithmetic.round(this);
  }

  /** 1 / sqrt(x): see {@link arithmetic.rsqrt}. */
  rsqrt(this: Tensor): Tensor {
    return arithmetic.rsqrt(this);
  }

  /** 1 / (1 + e^-x): see {@link transcendental.sigmoid}. */
  sigmoid(this: Tensor): Tensor {
    return transcendental.sigmoid(this);
  }

  /** -1, 0 or 1: see {@link arithmetic.sign}. */
  sign(this: Tensor): Tensor {
    return arithmetic.sign(this);
  }

  /** sin x: see {@link transcendental.sin}. */
  sin(this: Tensor): Tensor {
    return transcendental.sin(this);
  }

  /** sinh x: see {@link transcendental.sinh}. */
  sinh(this: Tensor): Tensor {
    return transcendental.sinh(this);
  }

  /** ln(1 + e^(beta x)) / beta: see {@link activation.softplus}. */
  softplus(this: Tensor, options?: activation.SoftplusOptions): Tensor {
    return activation.softplus(this, options);
  }

  /** The square root: see {@link arithmetic.sqrt}. */
  sqrt(this: Tensor): Tensor {
    return arithmetic.sqrt(this);
  }

  /** x^2: see {@link arithmetic.square}. */
  square(this: Tensor): Tensor {
    return arithmetic.square(this);
  }

  /** x - other: see {@link arithmetic.sub}. */
  sub(this: Tensor, other: Operand): Tensor {
    return arithmetic.sub(this, other);
  }

  /** tan x: see {@link transcendental.tan}. */
  tan(this: Tensor): Tensor {
    return transcendental.tan(this);
  }

  /** The hyperbolic tangent: see {@link transcendental.tanh}. */
  tanh(this: Tensor): Tensor {
    return transcendental.tanh(this);
  }

  /** The whole part of x: see {@link arithmetic.trunc}. */
  trunc(this: Tensor): Tensor {
    return arithmetic.trunc(this);
  }
}
