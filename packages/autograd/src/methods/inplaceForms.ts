import type * as arithmetic from '../ops/arithmetic.ts';
import type * as cumulativeOps from '../ops/cumulative.ts';
import type * as division from '../ops/division.ts';
import type * as elementary from '../ops/elementary.ts';
import type * as ops from '../ops/indexing.ts';
import { forms } from '../ops/inplaceForms.ts';
import type * as scatterOps from '../ops/scatter.ts';
import type * as subscriptOps from '../ops/subscript.ts';
import type * as ternary from '../ops/ternary.ts';
import type { Operand } from '../tape/shorthands.ts';
import type { Tensor } from '../tensor.ts';
import { ShapeMethods } from './shape.ts';

/**
 * In-place forms of operations: each writes over x what the operation without the underscore gives, and returns x. Errors: those
 * of the operation, and of {@link Tensor.copy_}.
 */
export abstract class InPlaceForms extends ShapeMethods {
  /** abs in place: x becomes `x.abs(…)`. PyTorch: `Tensor.abs_`. */
  abs_(this: Tensor): Tensor {
    return forms.abs_(this);
  }

  /** acos in place: x becomes `x.acos(…)`. PyTorch: `Tensor.acos_`. */
  acos_(this: Tensor): Tensor {
    return forms.acos_(this);
  }

  /** acosh in place: x becomes `x.acosh(…)`. PyTorch: `Tensor.acosh_`. */
  acosh_(this: Tensor): Tensor {
    return forms.acosh_(this);
  }

  /** addcdiv in place: x becomes `x.addcdiv(…)`. PyTorch: `Tensor.addcdiv_`. */
  addcdiv_(this: Tensor, a: Tensor, b: Tensor, options?: ternary.AddcOptions): Tensor {
    return forms.addcdiv_(this, a, b, options);
  }

  /** addcmul in place: x becomes `x.addcmul(…)`. PyTorch: `Tensor.addcmul_`. */
  addcmul_(this: Tensor, a: Tensor, b: Tensor, options?: ternary.AddcOptions): Tensor {
    return forms.addcmul_(this, a, b, options);
  }

  /** asin in place: x becomes `x.asin(…)`. PyTorch: `Tensor.asin_`. */
  asin_(this: Tensor): Tensor {
    return forms.asin_(this);
  }

  /** asinh in place: x becomes `x.asinh(…)`. PyTorch: `Tensor.asinh_`. */
  asinh_(this: Tensor): Tensor {
    return forms.asinh_(this);
  }

  /** atan in place: x becomes `x.atan(…)`. PyTorch: `Tensor.atan_`. */
  atan_(this: Tensor): Tensor {
    return forms.atan_(this);
  }

  /** atan2 in place: x becomes `x.atan2(…)`. PyTorch: `Tensor.atan2_`. */
  atan2_(this: Tensor, other: Operand): Tensor {
    return forms.atan2_(this, other);
  }

  /** atanh in place: x becomes `x.atanh(…)`. PyTorch: `Tensor.atanh_`. */
  atanh_(this: Tensor): Tensor {
    return forms.atanh_(this);
  }

  /** ceil in place: x becomes `x.ceil(…)`. PyTorch: `Tensor.ceil_`. */
  ceil_(this: Tensor): Tensor {
    return forms.ceil_(this);
  }

  /** clamp in place: x becomes `x.clamp(…)`. PyTorch: `Tensor.clamp_`. */
  clamp_(this: Tensor, min?: Operand, max?: Operand): Tensor {
    return forms.clamp_(this, min, max);
  }

  /** clampMax in place: x becomes `x.clampMax(…)`. PyTorch: `Tensor.clamp_max_`. */
  clampMax_(this: Tensor, max: Operand): Tensor {
    return forms.clampMax_(this, max);
  }

  /** clampMin in place: x becomes `x.clampMin(…)`. PyTorch: `Tensor.clamp_min_`. */
  clampMin_(this: Tensor, min: Operand): Tensor {
    return forms.clampMin_(this, min);
  }

  /** copysign in place: x becomes `x.copysign(…)`. PyTorch: `Tensor.copysign_`. */
  copysign_(this: Tensor, other: Operand): Tensor {
    return forms.copysign_(this, other);
  }

  /** cos in place: x becomes `x.cos(…)`. PyTorch: `Tensor.cos_`. */
  cos_(this: Tensor): Tensor {
    return forms.cos_(this);
  }

  /** cosh in place: x becomes `x.cosh(…)`. PyTorch: `Tensor.cosh_`. */
  cosh_(this: Tensor): Tensor {
    return forms.cosh_(this);
  }

  /** cumprod in place: x becomes `x.cumprod(…)`. PyTorch: `Tensor.cumprod_`. */
  cumprod_(this: Tensor, dim: number, options?: cumulativeOps.CumulativeOptions): Tensor {
    return forms.cumprod_(this, dim, options);
  }

  /** cumsum in place: x becomes `x.cumsum(…)`. PyTorch: `Tensor.cumsum_`. */
  cumsum_(this: Tensor, dim: number, options?: cumulativeOps.CumulativeOptions): Tensor {
    return forms.cumsum_(this, dim, options);
  }

  /** div in place: x becomes `x.div(…)`. PyTorch: `Tensor.div_`. */
  div_(this: Tensor, other: Operand, options?: division.DivOptions): Tensor {
    return forms.div_(this, other, options);
  }

  /** exp in place: x becomes `x.exp(…)`. PyTorch: `Tensor.exp_`. */
  exp_(this: Tensor): Tensor {
    return forms.exp_(this);
  }

  /** exp2 in place: x becomes `x.exp2(…)`. PyTorch: `Tensor.exp2_`. */
  exp2_(this: Tensor): Tensor {
    return forms.exp2_(this);
  }

  /** expm1 in place: x becomes `x.expm1(…)`. PyTorch: `Tensor.expm1_`. */
  expm1_(this: Tensor): Tensor {
    return forms.expm1_(this);
  }

  /** floor in place: x becomes `x.floor(…)`. PyTorch: `Tensor.floor_`. */
  floor_(this: Tensor): Tensor {
    return forms.floor_(this);
  }

  /** floorDivide in place: x becomes `x.floorDivide(…)`. PyTorch: `Tensor.floor_divide_`. */
  floorDivide_(this: Tensor, other: Operand): Tensor {
    return forms.floorDivide_(this, other);
  }

  /** fmod in place: x becomes `x.fmod(…)`. PyTorch: `Tensor.fmod_`. */
  fmod_(this: Tensor, other: Operand): Tensor {
    return forms.fmod_(this, other);
  }

  /** frac in place: x becomes `x.frac(…)`. PyTorch: `Tensor.frac_`. */
  frac_(this: Tensor): Tensor {
    return forms.frac_(this);
  }

  /** hypot in place: x becomes `x.hypot(…)`. PyTorch: `Tensor.hypot_`. */
  hypot_(this: Tensor, other: Operand): Tensor {
    return forms.hypot_(this, other);
  }

  /** indexAdd in place: x becomes `x.indexAdd(…)`. PyTorch: `Tensor.index_add_`. */
  indexAdd_(this: Tensor, dim: number, index: Tensor, source: Tensor, options?: ops.IndexAddOptions): Tensor {
    return forms.indexAdd_(this, dim, index, source, options);
  }

  /** indexCopy in place: x becomes `x.indexCopy(…)`. PyTorch: `Tensor.index_copy_`. */
  indexCopy_(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return forms.indexCopy_(this, dim, index, source);
  }

  /** indexFill in place: x becomes `x.indexFill(…)`. PyTorch: `Tensor.index_fill_`. */
  indexFill_(this: Tensor, dim: number, index: Tensor, value: Operand): Tensor {
    return forms.indexFill_(this, dim, index, value);
  }

  /** indexPut in place: x becomes `x.indexPut(…)`. PyTorch: `Tensor.index_put_`. */
  indexPut_(
    this: Tensor,
    subscripts: readonly subscriptOps.Subscript[],
    values: Operand,
    options?: subscriptOps.IndexPutOptions,
  ): Tensor {
    return forms.indexPut_(this, subscripts, values, options);
  }

  /** lerp in place: x becomes `x.lerp(…)`. PyTorch: `Tensor.lerp_`. */
  lerp_(this: Tensor, end: Tensor, weight: Operand): Tensor {
    return forms.lerp_(this, end, weight);
  }

  /** log in place: x becomes `x.log(…)`. PyTorch: `Tensor.log_`. */
  log_(this: Tensor): Tensor {
    return forms.log_(this);
  }

  /** log10 in place: x becomes `x.log10(…)`. PyTorch: `Tensor.log10_`. */
  log10_(this: Tensor): Tensor {
    return forms.log10_(this);
  }

  /** log1p in place: x becomes `x.log1p(…)`. PyTorch: `Tensor.log1p_`. */
  log1p_(this: Tensor): Tensor {
    return forms.log1p_(this);
  }

  /** log2 in place: x becomes `x.log2(…)`. PyTorch: `Tensor.log2_`. */
  log2_(this: Tensor): Tensor {
    return forms.log2_(this);
  }

  /** logit in place: x becomes `x.logit(…)`. PyTorch: `Tensor.logit_`. */
  logit_(this: Tensor, eps?: number): Tensor {
    return forms.logit_(this, eps);
  }

  /** maskedFill in place: x becomes `x.maskedFill(…)`. PyTorch: `Tensor.masked_fill_`. */
  maskedFill_(this: Tensor, mask: Tensor, value: Operand): Tensor {
    return forms.maskedFill_(this, mask, value);
  }

  /** maskedScatter in place: x becomes `x.maskedScatter(…)`. PyTorch: `Tensor.masked_scatter_`. */
  maskedScatter_(this: Tensor, mask: Tensor, source: Tensor): Tensor {
    return forms.maskedScatter_(this, mask, source);
  }

  /** nanToNum in place: x becomes `x.nanToNum(…)`. PyTorch: `Tensor.nan_to_num_`. */
  nanToNum_(this: Tensor, options?: elementary.NanToNumOptions): Tensor {
    return forms.nanToNum_(this, options);
  }

  /** neg in place: x becomes `x.neg(…)`. PyTorch: `Tensor.neg_`. */
  neg_(this: Tensor): Tensor {
    return forms.neg_(this);
  }

  /** pow in place: x becomes `x.pow(…)`. PyTorch: `Tensor.pow_`. */
  pow_(this: Tensor, other: Operand): Tensor {
    return forms.pow_(this, other);
  }

  /** reciprocal in place: x becomes `x.reciprocal(…)`. PyTorch: `Tensor.reciprocal_`. */
  reciprocal_(this: Tensor): Tensor {
    return forms.reciprocal_(this);
  }

  /** relu in place: x becomes `x.relu(…)`. PyTorch: `Tensor.relu_`. */
  relu_(this: Tensor): Tensor {
    return forms.relu_(this);
  }

  /** remainder in place: x becomes `x.remainder(…)`. PyTorch: `Tensor.remainder_`. */
  remainder_(this: Tensor, other: Operand): Tensor {
    return forms.remainder_(this, other);
  }

  /** round in place: x becomes `x.round(…)`. PyTorch: `Tensor.round_`. */
  round_(this: Tensor, options?: arithmetic.RoundOptions): Tensor {
    return forms.round_(this, options);
  }

  /** rsqrt in place: x becomes `x.rsqrt(…)`. PyTorch: `Tensor.rsqrt_`. */
  rsqrt_(this: Tensor): Tensor {
    return forms.rsqrt_(this);
  }

  /** scatter in place: x becomes `x.scatter(…)`. PyTorch: `Tensor.scatter_`. */
  scatter_(this: Tensor, dim: number, index: Tensor, source: Operand): Tensor {
    return forms.scatter_(this, dim, index, source);
  }

  /** scatterAdd in place: x becomes `x.scatterAdd(…)`. PyTorch: `Tensor.scatter_add_`. */
  scatterAdd_(this: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
    return forms.scatterAdd_(this, dim, index, source);
  }

  /** scatterReduce in place: x becomes `x.scatterReduce(…)`. PyTorch: `Tensor.scatter_reduce_`. */
  scatterReduce_(
    this: Tensor,
    dim: number,
    index: Tensor,
    source: Tensor,
    reduce: scatterOps.ScatterReduction,
    options?: scatterOps.ScatterReduceOptions,
  ): Tensor {
    return forms.scatterReduce_(this, dim, index, source, reduce, options);
  }

  /** sigmoid in place: x becomes `x.sigmoid(…)`. PyTorch: `Tensor.sigmoid_`. */
  sigmoid_(this: Tensor): Tensor {
    return forms.sigmoid_(this);
  }

  /** sign in place: x becomes `x.sign(…)`. PyTorch: `Tensor.sign_`. */
  sign_(this: Tensor): Tensor {
    return forms.sign_(this);
  }

  /** sin in place: x becomes `x.sin(…)`. PyTorch: `Tensor.sin_`. */
  sin_(this: Tensor): Tensor {
    return forms.sin_(this);
  }

  /** sinc in place: x becomes `x.sinc(…)`. PyTorch: `Tensor.sinc_`. */
  sinc_(this: Tensor): Tensor {
    return forms.sinc_(this);
  }

  /** sinh in place: x becomes `x.sinh(…)`. PyTorch: `Tensor.sinh_`. */
  sinh_(this: Tensor): Tensor {
    return forms.sinh_(this);
  }

  /** sqrt in place: x becomes `x.sqrt(…)`. PyTorch: `Tensor.sqrt_`. */
  sqrt_(this: Tensor): Tensor {
    return forms.sqrt_(this);
  }

  /** square in place: x becomes `x.square(…)`. PyTorch: `Tensor.square_`. */
  square_(this: Tensor): Tensor {
    return forms.square_(this);
  }

  /** tan in place: x becomes `x.tan(…)`. PyTorch: `Tensor.tan_`. */
  tan_(this: Tensor): Tensor {
    return forms.tan_(this);
  }

  /** tanh in place: x becomes `x.tanh(…)`. PyTorch: `Tensor.tanh_`. */
  tanh_(this: Tensor): Tensor {
    return forms.tanh_(this);
  }

  /** tril in place: x becomes `x.tril(…)`. PyTorch: `Tensor.tril_`. */
  tril_(this: Tensor, diagonal?: number): Tensor {
    return forms.tril_(this, diagonal);
  }

  /** triu in place: x becomes `x.triu(…)`. PyTorch: `Tensor.triu_`. */
  triu_(this: Tensor, diagonal?: number): Tensor {
    return forms.triu_(this, diagonal);
  }

  /** trunc in place: x becomes `x.trunc(…)`. PyTorch: `Tensor.trunc_`. */
  trunc_(this: Tensor): Tensor {
    return forms.trunc_(this);
  }

  /** xlogy in place: x becomes `x.xlogy(…)`. PyTorch: `Tensor.xlogy_`. */
  xlogy_(this: Tensor, other: Operand): Tensor {
    return forms.xlogy_(this, other);
  }
}
