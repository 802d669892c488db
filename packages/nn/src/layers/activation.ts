import type { Tensor } from '@tensortape/autograd';
import { type SoftplusOptions, softplus } from '../functional/activation.ts';
import { Module } from '../module.ts';

/** max(x, 0) of every element. PyTorch: `torch.nn.ReLU`. */
export class ReLU extends Module {
  /** max(x, 0) of every element. */
  forward(x: Tensor): Tensor {
    return x.relu();
  }
}

/** 1 / (1 + e^-x) of every element. PyTorch: `torch.nn.Sigmoid`. */
export class Sigmoid extends Module {
  /** 1 / (1 + e^-x) of every element. */
  forward(x: Tensor): Tensor {
    return x.sigmoid();
  }
}

/** The hyperbolic tangent of every element. PyTorch: `torch.nn.Tanh`. */
export class Tanh extends Module {
  /** The hyperbolic tangent of every element. */
  forward(x: Tensor): Tensor {
    return x.tanh();
  }
}

/** A smooth ReLU: $\frac{1}{\beta} \ln(1 + e^{\beta x})$. PyTorch: `torch.nn.Softplus`. */
export class Softplus extends Module {
  /** How sharp the bend is. */
  readonly beta: number;
  /** Where beta x lies above it the function is x itself. */
  readonly threshold: number;

  /** @param options `beta`, 1 unless given, and `threshold`, 20 unless given. */
  constructor({ beta = 1, threshold = 20 }: SoftplusOptions = {}) {
    super();
    this.beta = beta;
    this.threshold = threshold;
  }

  /** The function of every element. */
  forward(x: Tensor): Tensor {
    return softplus(x, { beta: this.beta, threshold: this.threshold });
  }

  /** The options. */
  override extraRepr(): string {
    return `beta=${this.beta}, threshold=${this.threshold}`;
  }
}

/** exp(x) / sum exp(x) along an axis. PyTorch: `torch.nn.Softmax`. */
export class Softmax extends Module {
  /** The axis that sums to 1. */
  readonly dim: number;

  /** @param dim The axis that is to sum to 1. */
  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  /** exp(x) / sum exp(x) along the axis. */
  forward(x: Tensor): Tensor {
    return x.softmax(this.dim);
  }

  /** The options. */
  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** The logarithm of {@link Softmax}, without cancellation. PyTorch: `torch.nn.LogSoftmax`. */
export class LogSoftmax extends Module {
  /** The axis whose exponentials sum to 1. */
  readonly dim: number;

  /** @param dim The axis whose exponentials are to sum to 1. */
  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  /** x - ln sum exp(x) along the axis. */
  forward(x: Tensor): Tensor {
    return x.logSoftmax(this.dim);
  }

  /** The options. */
  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
