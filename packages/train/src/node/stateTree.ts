import { Tensor, tensor } from '@tensortape/autograd';
import { parseNumber, writeNumber } from '../numbers.ts';

/** Deeper than any state is, and far from where recursion ends. */
const maxDepth = 64;

/** Says what is wrong, and where in the state. */
type Fail = (where: string, problem: string) => Error;

/**
 * A state as JSON can hold it. What it cannot is marked: an object with the key `$`, which says what stands in its place.
 * Tensors and typed arrays go to `tensors`, under the names that lead to them.
 */
export function takeApart(where: string, state: unknown, tensors: Map<string, Tensor>, fail: Fail): unknown {
  return apart(where, state, 0);

  function apart(path: string, value: unknown, depth: number): unknown {
    if (depth > maxDepth) throw fail(path, `nested more than ${maxDepth} deep; does it contain itself?`);
    const below = (key: string | number, item: unknown) => apart(`${path}.${key}`, item, depth + 1);
    switch (typeof value) {
      case 'string':
      case 'boolean':
        return value;
      case 'number': {
        const written = writeNumber(value);
        return typeof written === 'number' ? written : { $: 'number', value: written };
      }
      case 'undefined':
        return { $: 'undefined' };
      case 'object':
        break;
      default:
        throw fail(path, `a ${typeof value} cannot be saved`);
    }
    if (value === null) return null;
    if (value instanceof Tensor) return { $: 'tensor', name: keep(path, value) };
    if (isSavedArray(value))
      return { $: 'array', name: keep(path, tensor(value, { shape: [value.length] })) };
    if (Array.isArray(value)) return value.map((item, i) => below(i, item));
    if (value instanceof Map) {
      const entries = [...value].map(([key, item]) => {
        if (typeof key !== 'string') throw fail(path, `a Map with a ${typeof key} as key cannot be saved`);
        return [key, below(key, item)];
      });
      return { $: 'map', entries };
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    // Of another realm, Object.prototype is another object, whose prototype is null too.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      throw fail(path, `an object of the class ${value.constructor.name} cannot be saved`);
    }
    if (Object.hasOwn(value, '$')) throw fail(path, "an object with the key '$' cannot be saved");
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, below(key, item)]));
  }

  function keep(path: string, value: Tensor): string {
    let name = path;
    // `a.b` may also be the key of a Map.
    while (tensors.has(name)) name += "'";
    tensors.set(name, value);
    return name;
  }
}

/** The reverse of {@link takeApart}. */
export function putTogether(
  where: string,
  json: unknown,
  tensors: ReadonlyMap<string, Tensor>,
  fail: Fail,
): unknown {
  return together(where, json, 0);

  function together(path: string, value: unknown, depth: number): unknown {
    if (depth > maxDepth) throw fail(path, `nested more than ${maxDepth} deep`);
    const below = (key: string | number, item: unknown) => together(`${path}.${key}`, item, depth + 1);
    if (Array.isArray(value)) return value.map((item, i) => below(i, item));
    if (typeof value !== 'object' || value === null) return value;
    if (!Object.hasOwn(value, '$')) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, below(key, item)]));
    }
    const mark: { $?: unknown; name?: unknown; value?: unknown; entries?: unknown } = value;
    if (mark.$ === 'undefined') return undefined;
    if (mark.$ === 'number') {
      const number = parseNumber(mark.value);
      if (number !== undefined) return number;
    }
    if (mark.$ === 'tensor' || mark.$ === 'array') {
      const found = tensors.get(String(mark.name));
      if (found !== undefined) return mark.$ === 'tensor' ? found : found.toTypedArray();
    }
    if (mark.$ === 'map' && Array.isArray(mark.entries)) {
      return new Map(mark.entries.map(([key, item]) => [String(key), below(String(key), item)]));
    }
    throw fail(path, `an unknown mark, ${JSON.stringify(value).slice(0, 100)}`);
  }
}

/** The arrays that tensors can hold, and a file gives back as they were. */
type SavedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

function isSavedArray(value: object): value is SavedArray {
  return (
    value instanceof Float32Array ||
    value instanceof Float64Array ||
    value instanceof Int32Array ||
    value instanceof Uint8Array
  );
}
