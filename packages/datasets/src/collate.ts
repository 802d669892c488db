import { ArgumentError, type NumericArray, ShapeError, stack, Tensor, tensor } from '@tensortape/autograd';

/**
 * What {@link collate} makes of samples of type `T` (or of promises of them, once they are there): tensors, typed arrays,
 * numbers and booleans become a tensor with a new first axis, strings a list, and tuples, lists and objects keep their form
 * with each entry collated.
 */
export type Batch<T> =
  T extends PromiseLike<infer S>
    ? Batch<S>
    : T extends Tensor | NumericArray | number | boolean
      ? Tensor
      : T extends string
        ? string[]
        : T extends object
          ? { [K in keyof T]: Batch<T[K]> }
          : never;

/**
 * Joins samples into a batch: tensors (and typed arrays) of one shape are stacked along a new first axis, numbers make
 * a tensor of the default floating point dtype and booleans a bool one, as in `tensor`, strings a list. Tuples, lists
 * and plain objects are joined entry by entry. PyTorch: `torch.utils.data.default_collate`.
 *
 * JavaScript cannot tell the class 2 from the number 2.0: give labels as int32 tensors, or convert the batch.
 *
 * @param samples - at least one, all of one form.
 * @returns the batch; its tensors have shape (samples, …).
 * @throws ShapeError when tensors differ in shape, ArgumentError when samples differ in form, there are none, or they
 * hold something else; messages say which sample, counted within the batch, and where in it.
 *
 * @example
 * ```ts
 * import { tensor } from '@tensortape/autograd';
 * import { collate } from '@tensortape/datasets';
 * const batch = collate([
 *   { image: tensor([0, 1]), name: 'seven' },
 *   { image: tensor([2, 3]), name: 'two' },
 * ]);
 * console.log(batch.image.shape, batch.name); // [ 2, 2 ] [ 'seven', 'two' ]
 * ```
 */
export function collate<T>(samples: readonly T[]): Batch<T>;
export function collate(samples: readonly unknown[]): unknown {
  if (samples.length === 0)
    throw new ArgumentError('collate: expected at least one sample, got an empty list');
  return join(samples, '');
}

/** `path` leads from a sample to the values, which are one entry of each sample. */
function join(values: readonly unknown[], path: string): unknown {
  const kind = kindOf(values[0]);
  const odd = values.findIndex((value) => kindOf(value) !== kind);
  if (odd >= 0) {
    throw new ArgumentError(
      `collate: samples[${odd}]${path} is ${kindOf(values[odd])}, samples[0]${path} is ${kind}; ` +
        'give all samples one form, or pass your own collate',
    );
  }
  if (values.every((value) => value instanceof Tensor)) return stackEqual(values, path);
  if (values.every(isNumericArray)) {
    return stackEqual(
      values.map((value) => tensor(value)),
      path,
    );
  }
  if (values.every((value) => typeof value === 'number')) return tensor(values);
  if (values.every((value) => typeof value === 'boolean')) return tensor(values);
  if (values.every((value) => typeof value === 'string')) return values;
  if (values.every(isList)) return joinLists(values, path);
  if (values.every(isPlainObject)) return joinObjects(values, path);
  throw new ArgumentError(
    `collate: samples[0]${path} is ${kind}; samples may hold tensors, typed arrays, numbers, booleans, strings, ` +
      'and lists or plain objects of these: convert it, or pass your own collate',
  );
}

function stackEqual(tensors: readonly Tensor[], path: string): Tensor {
  const [first] = tensors;
  const odd = tensors.findIndex((x) => x.shape.join() !== first!.shape.join());
  if (odd >= 0) {
    throw new ShapeError(
      `collate: samples[${odd}]${path} has shape [${tensors[odd]!.shape.join(', ')}], ` +
        `samples[0]${path} [${first!.shape.join(', ')}]; ` +
        'bring all samples to one shape (crop, pad), or pass your own collate',
    );
  }
  return stack(tensors);
}

function joinLists(lists: readonly (readonly unknown[])[], path: string): unknown[] {
  const [first] = lists;
  const odd = lists.findIndex((list) => list.length !== first!.length);
  if (odd >= 0) {
    throw new ArgumentError(
      `collate: samples[${odd}]${path} has ${lists[odd]!.length} entries, samples[0]${path} ${first!.length}; ` +
        'give all samples one form, or pass your own collate',
    );
  }
  return first!.map((_, i) =>
    join(
      lists.map((list) => list[i]),
      `${path}[${i}]`,
    ),
  );
}

function joinObjects(objects: readonly Record<string, unknown>[], path: string): Record<string, unknown> {
  const keys = Object.keys(objects[0]!);
  const known = new Set(keys);
  for (const [i, object] of objects.entries()) {
    const own = Object.keys(object);
    const odd = own.find((key) => !known.has(key)) ?? keys.find((key) => !Object.hasOwn(object, key));
    if (odd !== undefined) {
      throw new ArgumentError(
        `collate: '${odd}' is in only one of samples[0]${path} and samples[${i}]${path}; ` +
          'give all samples one form, or pass your own collate',
      );
    }
  }
  return Object.fromEntries(
    keys.map((key) => [
      key,
      join(
        objects.map((object) => object[key]),
        `${path}.${key}`,
      ),
    ]),
  );
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Tensor) return 'a tensor';
  if (isList(value)) return 'a list';
  if (typeof value !== 'object') return `a ${typeof value}`;
  return isPlainObject(value) ? 'an object' : `a ${value.constructor?.name ?? 'object without a class'}`;
}

function isNumericArray(value: unknown): value is NumericArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  );
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
