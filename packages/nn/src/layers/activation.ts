import {
  hardsigmoid,
  hardswish,
  logSigmoid,
  mish,
  relu6,
  selu,
  silu,
  softsign,
  type Tensor,
  tanhshrink,
} from '@tensortape/autograd';
import { Module } from '../module.ts';

/** max(x, 0) of every element. PyTorch: `torch.nn.ReLU`. */
export class ReLU extends Module {
  /** max(x, 0) of every element. */
  forward(x: Tensor): Tensor {
    return x.relu();
  }
}

/** min(max(x, 0), 6) of every element. See {@link functional.relu6}. PyTorch: `torch.nn.ReLU6`. */
export class ReLU6 extends Module {
  /** min(max(x, 0), 6) of every element. */
  forward(x: Tensor): Tensor {
    return relu6(x);
  }
}

/** 1 / (1 + e^-x) of every element. PyTorch: `torch.nn.Sigmoid`. */
export class Sigmoid extends Module {
  /** 1 / (1 + e^-x) of every element. */
  forward(x: Tensor): Tensor {
    return x.sigmoid();
  }
}

/** ln(1 / (1 + e^-x)) of every element, without cancellation. See {@link functional.logSigmoid}. PyTorch: `torch.nn.LogSigmoid`. */
export class LogSigmoid extends Module {
  /** ln(1 / (1 + e^-x)) of every element, without cancellation. */
  forward(x: Tensor): Tensor {
    return logSigmoid(x);
  }
}

/** The hyperbolic tangent of every element. PyTorch: `torch.nn.Tanh`. */
export class Tanh extends Module {
  /** The hyperbolic tangent of every element. */
  forward(x: Tensor): Tensor {
    return x.tanh();
  }
}

/** x - tanh x of every element. See {@link functional.tanhshrink}. PyTorch: `torch.nn.Tanhshrink`. */
export class Tanhshrink extends Module {
  /** x - tanh x of every element. */
  forward(x: Tensor): Tensor {
    return tanhshrink(x);
  }
}

/** x / (1 + e^-x) of every element, also called Swish. See {@link functional.silu}. PyTorch: `torch.nn.SiLU`. */
export class SiLU extends Module {
  /** x / (1 + e^-x) of every element, also called Swish. */
  forward(x: Tensor): Tensor {
    return silu(x);
  }
}

/** x tanh(ln(1 + e^x)) of every element. See {@link functional.mish}. PyTorch: `torch.nn.Mish`. */
export class Mish extends Module {
  /** x tanh(ln(1 + e^x)) of every element. */
  forward(x: Tensor): Tensor {
    return mish(x);
  }
}

/** 1.0507 x for positive elements, and 1.0507 * 1.6733 (e^x - 1) for the others. See {@link functional.selu}. PyTorch: `torch.nn.SELU`. */
export class SELU extends Module {
  /** 1.0507 x for positive elements, and 1.0507 * 1.6733 (e^x - 1) for the others. */
  forward(x: Tensor): Tensor {
    return selu(x);
  }
}

/** x / (1 + |x|) of every element. See {@link functional.softsign}. PyTorch: `torch.nn.Softsign`. */
export class Softsign extends Module {
  /** x / (1 + |x|) of every element. */
  forward(x: Tensor): Tensor {
    return softsign(x);
  }
}

/** min(max(x + 3, 0), 6) / 6 of every element. See {@link functional.hardsigmoid}. PyTorch: `torch.nn.Hardsigmoid`. */
export class Hardsigmoid extends Module {
  /** min(max(x + 3, 0), 6) / 6 of every element. */
  forward(x: Tensor): Tensor {
    return hardsigmoid(x);
  }
}

/** x min(max(x + 3, 0), 6) / 6 of every element. See {@link functional.hardswish}. PyTorch: `torch.nn.Hardswish`. */
export class Hardswish extends Module {
  /** x min(max(x + 3, 0), 6) / 6 of every element. */
  forward(x: Tensor): Tensor {
    return hardswish(x);
  }
}
