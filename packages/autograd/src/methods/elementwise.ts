import * as activation from '../ops/activation.ts';
import * as arithmetic from '../ops/arithmetic.ts';
import * as division from '../ops/division.ts';
import * as elementary from '../ops/elementary.ts';
import * as piecewise from '../ops/piecewise.ts';
import * as ternary from '../ops/ternary.ts';
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

  /** x + value a / b: see {@link ternary.addcdiv}. */
  addcdiv(this: Tensor, a: Tensor, b: Tensor, options?: ternary.AddcOptions): Tensor {
    return ternary.addcdiv(this, a, b, options);
  }

  /** x + value a b: see {@link ternary.addcmul}. */
  addcmul(this: Tensor, a: Tensor, b: Tensor, options?: ternary.AddcOptions): Tensor {
    return ternary.addcmul(this, a, b, options);
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

  /** x limited to [min, max]: see {@link ternary.clamp}. */
  clamp(this: Tensor, min?: Operand, max?: Operand): Tensor {
    return ternary.clamp(this, min, max);
  }

  /** min(x, max): see {@link ternary.clampMax}. */
  clampMax(this: Tensor, max: Operand): Tensor {
    return ternary.clampMax(this, max);
  }

  /** max(x, min): see {@link ternary.clampMin}. */
  clampMin(this: Tensor, min: Operand): Tensor {
    return ternary.clampMin(this, min);
  }

  /** |x| with the sign of other: see {@link elementary.copysign}. */
  copysign(this: Tensor, other: Operand): Tensor {
    return elementary.copysign(this, other);
  }

  /** cos x: see {@link transcendental.cos}. */
  cos(this: Tensor): Tensor {
    return transcendental.cos(this);
  }

  /** cosh x: see {@link transcendental.cosh}. */
  cosh(this: Tensor): Tensor {
    return transcendental.cosh(this);
  }

  /** x degrees in radians: see {@link elementary.deg2rad}. */
  deg2rad(this: Tensor): Tensor {
    return elementary.deg2rad(this);
  }

  /** x / other: see {@link division.div}. */
  div(this: Tensor, other: Operand, options?: division.DivOptions): Tensor {
    return division.div(this, other, options);
  }

  /** e^x: see {@link transcendental.exp}. */
  exp(this: Tensor): Tensor {
    return transcendental.exp(this);
  }

  /** 2^x: see {@link elementary.exp2}. */
  exp2(this: Tensor): Tensor {
    return elementary.exp2(this);
  }

  /** e^x - 1: see {@link transcendental.expm1}. */
  expm1(this: Tensor): Tensor {
    return transcendental.expm1(this);
  }

  /** x to the power of other, in float64: see {@link elementary.floatPower}. */
  floatPower(this: Tensor, other: Operand): Tensor {
    return elementary.floatPower(this, other);
  }

  /** The largest whole number <= x: see {@link arithmetic.floor}. */
  floor(this: Tensor): Tensor {
    return arithmetic.floor(this);
  }

  /** floor(x / other): see {@link division.floorDivide}. */
  floorDivide(this: Tensor, other: Operand): Tensor {
    return division.floorDivide(this, other);
  }

  /** The larger of x and other, NaN counting as missing: see {@link elementary.fmax}. */
  fmax(this: Tensor, other: Operand): Tensor {
    return elementary.fmax(this, other);
  }

  /** The smaller of x and other, NaN counting as missing: see {@link elementary.fmin}. */
  fmin(this: Tensor, other: Operand): Tensor {
    return elementary.fmin(this, other);
  }

  /** The remainder of x / other with the sign of x: see {@link division.fmod}. */
  fmod(this: Tensor, other: Operand): Tensor {
    return division.fmod(this, other);
  }

  /** x - trunc x: see {@link division.frac}. */
  frac(this: Tensor): Tensor {
    return division.frac(this);
  }

  /** 0 below 0, 1 above, `atZero` at 0: see {@link elementary.heaviside}. */
  heaviside(this: Tensor, atZero: Operand): Tensor {
    return elementary.heaviside(this, atZero);
  }

  /** sqrt(x^2 + other^2): see {@link elementary.hypot}. */
  hypot(this: Tensor, other: Operand): Tensor {
    return elementary.hypot(this, other);
  }

  /** x 2^other: see {@link elementary.ldexp}. */
  ldexp(this: Tensor, other: Operand): Tensor {
    return elementary.ldexp(this, other);
  }

  /** x + weight (end - x): see {@link ternary.lerp}. */
  lerp(this: Tensor, end: Tensor, weight: Operand): Tensor {
    return ternary.lerp(this, end, weight);
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

  /** ln(e^x + e^other): see {@link elementary.logaddexp}. */
  logaddexp(this: Tensor, other: Operand): Tensor {
    return elementary.logaddexp(this, other);
  }

  /** The binary logarithm of 2^x + 2^other: see {@link elementary.logaddexp2}. */
  logaddexp2(this: Tensor, other: Operand): Tensor {
    return elementary.logaddexp2(this, other);
  }

  /** ln(x / (1 - x)): see {@link elementary.logit}. */
  logit(this: Tensor, eps?: number): Tensor {
    return elementary.logit(this, eps);
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

  /** x with numbers in place of NaN and infinities: see {@link elementary.nanToNum}. */
  nanToNum(this: Tensor, options?: elementary.NanToNumOptions): Tensor {
    return elementary.nanToNum(this, options);
  }

  /** -x: see {@link arithmetic.neg}. */
  neg(this: Tensor): Tensor {
    return arithmetic.neg(this);
  }

  /** x to the power of other: see {@link arithmetic.pow}. */
  pow(this: Tensor, other: Operand): Tensor {
    return arithmetic.pow(this, other);
  }

  /** x radians in degrees: see {@link elementary.rad2deg}. */
  rad2deg(this: Tensor): Tensor {
    return elementary.rad2deg(this);
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

  /** x - other * floor(x / other): see {@link division.remainder}. */
  remainder(this: Tensor, other: Operand): Tensor {
    return division.remainder(this, other);
  }

  /** The nearest whole number, or with so many decimals, halves to even: see {@link arithmetic.round}. */
  round(this: Tensor, options?: arithmetic.RoundOptions): Tensor {
    return arithmetic.round(this, options);
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

  /** sin(pi x) / (pi x): see {@link elementary.sinc}. */
  sinc(this: Tensor): Tensor {
    return elementary.sinc(this);
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

  /** x ln other: see {@link elementary.xlogy}. */
  xlogy(this: Tensor, other: Operand): Tensor {
    return elementary.xlogy(this, other);
  }
}
