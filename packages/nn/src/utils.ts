import {
  ArgumentError,
  cat,
  formatShape,
  full,
  noGrad,
  ShapeError,
  sameShape,
  stack,
  Tensor,
} from '@tensortape/autograd';
import { checkChoice, checkNoOthers } from './check.ts';
import { BatchNorm1d, BatchNorm2d, BatchNorm3d } from './layers/batchNorm.ts';
import type { Module } from './module.ts';

/**
 * All elements of some parameters, one after the other, in one vector that gradients flow through. PyTorch:
 * `torch.nn.utils.parameters_to_vector`. Errors: ArgumentError for what is no tensor, and where there is none.
 *
 * @example
 * ```ts
 * import { Linear, utils } from '@tensortape/nn';
 *
 * console.log(utils.parametersToVector(new Linear(3, 2).parameters()).shape); // [ 8 ]
 * ```
 */
export function parametersToVector(parameters: Iterable<Tensor>): Tensor {
  const list = listOf('parametersToVector', parameters);
  return cat(list.map((parameter) => parameter.flatten()));
}

/**
 * Copies the elements of a vector into parameters, one after the other. PyTorch: `torch.nn.utils.vector_to_parameters`.
 * Errors: ShapeError unless the vector has as many elements as all parameters; then nothing was written.
 *
 * @example
 * ```ts
 * import { Linear, utils } from '@tensortape/nn';
 * import { arange } from '@tensortape/autograd';
 *
 * const fc = new Linear(2, 1);
 * utils.vectorToParameters(arange(3).to('float32'), fc.parameters());
 * console.log(fc.weight.toArray(), fc.bias?.toArray()); // [ [ 0, 1 ] ] [ 2 ]
 * ```
 */
export function vectorToParameters(vector: Tensor, parameters: Iterable<Tensor>): void {
  const list = listOf('vectorToParameters', parameters);
  const sizes = list.map(({ size }) => size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (vector.ndim !== 1 || vector.size !== total) {
    throw new ShapeError(
      `vectorToParameters: the vector has shape ${formatShape(vector.shape)}, the parameters ${total} elements together`,
    );
  }
  noGrad(() => {
    for (const [i, part] of vector.split(sizes).entries()) {
      const parameter = list[i]!;
      parameter.copy_(part.reshape(parameter.shape));
    }
  });
}

function listOf(owner: string, parameters: Iterable<Tensor>): Tensor[] {
  const list = [...parameters];
  const wrong = list.findIndex((parameter) => !(parameter instanceof Tensor));
  if (wrong >= 0)
    throw new ArgumentError(`${owner}: parameter ${wrong} is not a tensor; pass net.parameters()`);
  if (list.length === 0) throw new ArgumentError(`${owner}: there are no parameters; pass net.parameters()`);
  return list;
}

/** Options of {@link padSequence}. */
export interface PadSequenceOptions {
  /** Whether the batch comes before the time. Default false. */
  readonly batchFirst?: boolean;
  /** What stands where a sequence has ended. Default 0. */
  readonly paddingValue?: number;
  /** Where it stands. Default 'right': after the sequence. */
  readonly paddingSide?: 'right' | 'left';
}

/**
 * Sequences (length, …) of several lengths as one tensor (longest, batch, …), or (batch, longest, …), filled up behind.
 * Gradients flow through. PyTorch: `torch.nn.utils.rnn.pad_sequence`. Errors: ArgumentError where there is none and for unknown
 * options; ShapeError where the axes behind the first differ.
 *
 * @example
 * ```ts
 * import { utils } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const batch = utils.padSequence([tensor([1, 2, 3]), tensor([4])], { batchFirst: true });
 * console.log(batch.toArray()); // [ [ 1, 2, 3 ], [ 4, 0, 0 ] ]
 * ```
 */
export function padSequence(sequences: Iterable<Tensor>, options: PadSequenceOptions = {}): Tensor {
  const { batchFirst = false, paddingValue = 0, paddingSide = 'right', ...others } = options;
  checkNoOthers('padSequence', others);
  checkChoice('padSequence', 'paddingSide', paddingSide, ['right', 'left']);
  const list = listOf('padSequence', sequences);
  const [first] = list;
  const wrong = list.findIndex(
    ({ shape }) => shape.length === 0 || !sameShape(shape.slice(1), first!.shape.slice(1)),
  );
  if (wrong >= 0) {
    throw new ShapeError(
      `padSequence: sequence ${wrong} has shape ${formatShape(list[wrong]!.shape)}, the first ${formatShape(first!.shape)}; ` +
        'they are (length, …) with all axes but the first equal',
    );
  }
  const longest = Math.max(...list.map(({ shape }) => shape[0]!));
  const padded = list.map((sequence) => {
    const { shape, dtype } = sequence;
    const filling = full([longest - shape[0]!, ...shape.slice(1)], paddingValue, { dtype });
    return cat(paddingSide === 'right' ? [sequence, filling] : [filling, sequence]);
  });
  return stack(padded, batchFirst ? 0 : 1);
}

/**
 * The sequences in a padded tensor, each as long as it was. PyTorch: `torch.nn.utils.rnn.unpad_sequence`. Errors: ArgumentError
 * unless there is a whole length for each sequence that is no longer than the tensor.
 *
 * @example
 * ```ts
 * import { utils } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const batch = tensor([[1, 2, 3], [4, 0, 0]]);
 * const [, second] = utils.unpadSequence(batch, [3, 1], { batchFirst: true });
 * console.log(second?.toArray()); // [ 4 ]
 * ```
 */
export function unpadSequence(
  padded: Tensor,
  lengths: readonly number[],
  { batchFirst = false }: { readonly batchFirst?: boolean } = {},
): Tensor[] {
  const [batch, longest] = batchFirst
    ? [padded.shape[0], padded.shape[1]]
    : [padded.shape[1], padded.shape[0]];
  const fit = lengths.every((length) => Number.isInteger(length) && length >= 0 && length <= longest!);
  if (lengths.length !== batch || !fit) {
    throw new ArgumentError(
      `unpadSequence: lengths are [${lengths.join(', ')}], expected ${batch} whole numbers up to ${longest} for a tensor of ` +
        `shape ${formatShape(padded.shape)}`,
    );
  }
  return lengths.map((length, i) => padded.select(batchFirst ? 0 : 1, i).slice(0, 0, length));
}

/**
 * Works out the running statistics of all batch normalizations in a module again, as means over these batches: after weights
 * were averaged, which gives new activations. The module runs once for each batch, in training mode. PyTorch:
 * `torch.optim.swa_utils.update_bn`.
 *
 * @param batches What the module is called with: tensors, or lists that begin with one, as loaders of a dataset give them.
 * @param module The module. It is put back in the mode that it was in.
 *
 * @example
 * ```ts
 * import { BatchNorm1d, utils } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const norm = new BatchNorm1d(1).eval();
 * utils.updateBn([tensor([[0], [2]]), tensor([[4], [8]])], norm);
 * console.log(norm.runningMean, norm.training); // tensor([3.5000]) false
 * ```
 */
export function updateBn(
  batches: Iterable<Tensor | readonly [Tensor, ...unknown[]]>,
  module: Module & { forward(x: Tensor): unknown },
): void {
  const norms = module
    .modules()
    .filter((one) => one instanceof BatchNorm1d || one instanceof BatchNorm2d || one instanceof BatchNorm3d);
  if (norms.length === 0) return;
  const { training } = module;
  const momenta = norms.map(({ momentum }) => momentum);
  for (const norm of norms) {
    norm.resetRunningStats();
    norm.momentum = null;
  }
  module.train();
  try {
    noGrad(() => {
      for (const batch of batches) module.forward(batch instanceof Tensor ? batch : batch[0]);
    });
  } finally {
    for (const [i, norm] of norms.entries()) norm.momentum = momenta[i]!;
    module.train(training);
  }
}
