import { ArgumentError, formatShape, isFloat, sameShape, Tensor } from '@tensortape/autograd';
import { Module } from './module.ts';
import { variableName } from './names.ts';
import { Parameter } from './parameter.ts';

/** Tensors for the parameters and buffers of a module, by state-dict key. */
export type NamedTensors = Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>;

/**
 * Calls a module with other tensors in the place of its parameters and buffers, and leaves it as it was, also when the call
 * throws: the module as a function of its parameters, for `func.grad` and its kin. PyTorch: `torch.func.functional_call`.
 *
 * Keys are those of `stateDict()`. Every parameter must be given, so that none is left out by mistake (PyTorch takes the module's
 * own); buffers may be. A parameter that stands under several keys is given under one of them, or under all as the same tensor.
 * A float tensor may have another float dtype than the module's. Layers that update buffers in place change the ones given.
 *
 * Errors: ArgumentError that names the key: unknown, missing, not a tensor, of another shape, of an integer dtype that differs,
 * or tied to a key that was given another tensor.
 *
 * @example
 * ```ts
 * import { func, stack, type Tensor, tensor } from '@tensortape/autograd';
 * import { functionalCall, Linear } from '@tensortape/nn';
 *
 * const net = new Linear(2, 1);
 * const x = tensor([[1, 2]]);
 * const loss = (w: { weight: Tensor; bias: Tensor }) => functionalCall(net, w, x).sum();
 * const { weight, bias } = func.grad(loss)({ weight: tensor([[3, 4]]), bias: tensor([5]) });
 * console.log(weight.toArray(), bias.toArray(), net.weight.grad); // [ [ 1, 2 ] ] [ 1 ] null
 *
 * // The mean prediction of an ensemble, from one module and several sets of parameters.
 * const members = [1, 2, 3].map((k) => ({ weight: tensor([[k, k]]), bias: tensor([0]) }));
 * console.log(stack(members.map((member) => functionalCall(net, member, x))).mean().item()); // 6
 * ```
 */
export function functionalCall<Args extends unknown[], R>(
  module: Module & { forward(...args: Args): R },
  tensors: NamedTensors,
  ...args: Args
): R {
  const given = new Map(tensors instanceof Map ? tensors : Object.entries(tensors));
  return Module.withTensors(module, replacements(module, given), () => module.forward(...args));
}

/** What stands for each parameter and buffer of the module. */
function replacements(module: Module, given: ReadonlyMap<string, unknown>): Map<Tensor, Tensor> {
  const where = `functionalCall: ${variableName(module.constructor.name)}`;
  const own = Module.tensorsOf(module);
  const keys = new Set(own.map(({ key }) => key));
  for (const key of given.keys()) {
    if (keys.has(key)) continue;
    throw new ArgumentError(
      `${where} has no parameter or buffer '${key}'; it has ${[...keys].join(', ') || 'none'}`,
    );
  }
  const chosen = new Map<Tensor, { readonly key: string; readonly value: Tensor }>();
  for (const { key, tensor, declared } of own) {
    if (!given.has(key)) continue;
    const value = given.get(key);
    checkFit(where, key, value, tensor);
    const other = chosen.get(declared);
    if (other !== undefined && other.value !== value) {
      throw new ArgumentError(
        `${where}: '${other.key}' and '${key}' are one tensor of the module, and were given different ones; give one of them`,
      );
    }
    chosen.set(declared, { key, value });
  }
  const missing = own.find(({ declared }) => declared instanceof Parameter && !chosen.has(declared));
  if (missing !== undefined) {
    throw new ArgumentError(
      `${where}: the parameter '${missing.key}' is missing; to keep the module's own, start from Object.fromEntries(module.namedParameters())`,
    );
  }
  return new Map([...chosen].map(([declared, { value }]) => [declared, value]));
}

function checkFit(where: string, key: string, value: unknown, tensor: Tensor): asserts value is Tensor {
  if (!(value instanceof Tensor)) {
    throw new ArgumentError(
      `${where}: '${key}' is ${value === null ? 'null' : `of type ${typeof value}`}, expected a tensor`,
    );
  }
  if (!sameShape(value.shape, tensor.shape)) {
    throw new ArgumentError(
      `${where}: '${key}' has shape ${formatShape(value.shape)}, expected ${formatShape(tensor.shape)}`,
    );
  }
  if (value.dtype !== tensor.dtype && !(isFloat(value.dtype) && isFloat(tensor.dtype))) {
    throw new ArgumentError(`${where}: '${key}' is ${value.dtype}, expected ${tensor.dtype}`);
  }
}
