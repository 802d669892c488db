/**
 * Tensors in arrays and records, nested as one likes: what transforms take for an argument and for a result. JAX calls it a pytree.
 */
import { Tensor } from '../tensor/core.ts';
import { ArgumentError, ShapeError } from '../tensor/errors.ts';
import { kindOf } from '../tensor/kind.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';

/** The same arrays and records with other tensors in them: the type of gradients, tangents and cotangents. */
export type Like<T> = T extends Tensor ? Tensor : { [K in keyof T]: Like<T[K]> };

/** A tensor of a tree, with how one gets there: `argument 0.layers[2]`. */
export interface Leaf {
  readonly path: string;
  readonly tensor: Tensor;
}

/** The tensors of a tree, in the order of its arrays and of its records' keys. Errors: ArgumentError for anything else in it. */
export function flatten(where: string, tree: unknown, path: string): Leaf[] {
  if (tree instanceof Tensor) return [{ path, tensor: tree }];
  const entries = entriesOf(tree);
  if (entries !== null)
    return entries.flatMap(([key, item]) => flatten(where, item, pathTo(path, tree, key)));
  const remedy =
    tree instanceof Promise
      ? ': transforms need a synchronous function; await what it needs before'
      : ', expected a tensor, or arrays and records of tensors';
  throw new ArgumentError(
    `${where}: ${path} is ${tree instanceof Promise ? 'a promise' : kindOf(tree)}${remedy}`,
  );
}

/** The tree with each tensor replaced by what `f` makes of it. */
export function mapTree(tree: unknown, f: (x: Tensor) => unknown): unknown {
  if (tree instanceof Tensor) return f(tree);
  const entries = entriesOf(tree);
  if (entries === null) return tree;
  const mapped = entries.map(([key, item]) => [key, mapTree(item, f)] as const);
  return Array.isArray(tree) ? mapped.map(([, item]) => item) : Object.fromEntries(mapped);
}

/** The tree with its tensors replaced, in the order of {@link flatten}. */
export function unflatten<T>(tree: T, values: readonly unknown[]): T {
  let at = 0;
  return mapTree(tree, () => values[at++]) as T;
}

/**
 * The tensors of `given` in the order of those of `tree`. Errors: ArgumentError where the two differ in structure, ShapeError where
 * they do in shape or dtype.
 */
export function flattenLike(where: string, given: unknown, tree: unknown, path: string): Tensor[] {
  if (tree instanceof Tensor) {
    if (!(given instanceof Tensor)) {
      throw new ArgumentError(`${where}: ${path} is ${kindOf(given)}, expected a tensor`);
    }
    if (sameShape(given.shape, tree.shape) && given.dtype === tree.dtype) return [given];
    throw new ShapeError(
      `${where}: ${path} has shape ${formatShape(given.shape)} and dtype ${given.dtype}, expected ` +
        `${formatShape(tree.shape)} and ${tree.dtype}`,
    );
  }
  const expected = entriesOf(tree)!;
  const entries = new Map(entriesOf(given) ?? []);
  const missing = expected.find(([key]) => !entries.has(key));
  const keys = new Set(expected.map(([key]) => key));
  const unknown = [...entries.keys()].find((key) => !keys.has(key));
  if (entriesOf(given) === null || Array.isArray(given) !== Array.isArray(tree)) {
    throw new ArgumentError(
      `${where}: ${path} is ${kindOf(given)}, expected ${Array.isArray(tree) ? 'an array' : 'a record'} of the same structure as the values`,
    );
  }
  if (missing !== undefined)
    throw new ArgumentError(`${where}: ${pathTo(path, tree, missing[0])} is missing`);
  if (unknown !== undefined) {
    throw new ArgumentError(`${where}: ${pathTo(path, tree, unknown)} has no counterpart among the values`);
  }
  return expected.flatMap(([key, item]) =>
    flattenLike(where, entries.get(key), item, pathTo(path, tree, key)),
  );
}

/** What an array or a plain object holds, and null for everything else. Holes of arrays count as undefined. */
function entriesOf(tree: unknown): [key: string, item: unknown][] | null {
  if (Array.isArray(tree)) return Array.from(tree, (item: unknown, i) => [String(i), item]);
  if (typeof tree !== 'object' || tree === null) return null;
  const prototype: unknown = Object.getPrototypeOf(tree);
  // Objects of classes have invariants of their own: taking them apart could not put them together again.
  return prototype === Object.prototype || prototype === null ? Object.entries(tree) : null;
}

function pathTo(path: string, tree: unknown, key: string): string {
  return Array.isArray(tree) ? `${path}[${key}]` : `${path}.${key}`;
}
