import { ArgumentError, formatShape, ShapeError, sameShape, Tensor } from '@tensortape/autograd';
import type { Module } from './module.ts';

/** Tensors by the names of parameters and buffers. */
export type NamedTensors = Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>;

/**
 * Runs a module with other tensors in the place of its parameters and buffers, and puts these back, also when it throws: a
 * module as a function of its parameters, for `func.grad` and its kin. `tensors` are by the names of `namedParameters()` and
 * `namedBuffers()`; those that it lacks stay. A parameter that stands in several places is replaced in all of them. PyTorch:
 * `torch.func.functional_call`.
 *
 * Errors: ArgumentError for a name that the module does not have, and what is no tensor; ShapeError for another shape.
 *
 * @example
 * ```ts
 * import { func, randn, type Tensor } from '@tensortape/autograd';
 * import { functionalCall, Linear } from '@tensortape/nn';
 * const net = new Linear(3, 1);
 * const parameters = Object.fromEntries(net.namedParameters());
 * const loss = (p: Record<string, Tensor>, x: Tensor) => functionalCall(net, p, x).square().mean();
 * const gradients = func.grad(loss)(parameters, randn([5, 3]));
 * console.log(gradients['weight']?.shape, net.weight.grad); // [ 1, 3 ] null
 * ```
 */
export function functionalCall<M extends Module>(
  module: M,
  tensors: NamedTensors,
  ...inputs: Parameters<M['forward']>
): ReturnType<M['forward']> {
  const given =
    tensors instanceof Map ? (tensors as ReadonlyMap<string, Tensor>) : new Map(Object.entries(tensors));
  const own = new Map<string, Tensor>([...module.namedParameters(), ...module.namedBuffers()]);
  const replacements = new Map<unknown, Tensor>();
  for (const [name, tensor] of given) {
    const present = own.get(name);
    checkReplacement(name, present, tensor, [...own.keys()]);
    replacements.set(present, tensor);
  }
  const places = module.modules().flatMap((holder) =>
    Object.keys(holder).flatMap((field) => {
      const value: unknown = Reflect.get(holder, field);
      return replacements.has(value) ? [{ holder, field, value }] : [];
    }),
  );
  try {
    for (const { holder, field, value } of places) Reflect.set(holder, field, replacements.get(value));
    return Reflect.apply(module.forward, module, inputs) as ReturnType<M['forward']>;
  } finally {
    for (const { holder, field, value } of places) Reflect.set(holder, field, value);
  }
}

function checkReplacement(
  name: string,
  present: Tensor | undefined,
  tensor: unknown,
  known: readonly string[],
): asserts tensor is Tensor {
  if (present === undefined) {
    throw new ArgumentError(
      `functionalCall: there is no parameter or buffer '${name}'; there are ${known.join(', ')}`,
    );
  }
  if (!(tensor instanceof Tensor)) {
    throw new ArgumentError(`functionalCall: '${name}' is not a tensor; make one with tensor(…)`);
  }
  if (!sameShape(tensor.shape, present.shape)) {
    throw new ShapeError(
      `functionalCall: '${name}' has shape ${formatShape(tensor.shape)}, the module's ${formatShape(present.shape)}`,
    );
  }
}
