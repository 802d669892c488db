import { Tensor } from '../tensor/core.ts';

/** Tensors in lists and records, as deep as it takes: the parameters of a model, a batch. JAX calls it a pytree. */
export type TensorTree = Tensor | readonly TensorTree[] | { readonly [name: string]: TensorTree };

/** A tree of the same structure, with a tensor for each tensor. */
export type Like<T> = T extends Tensor ? Tensor : { -readonly [K in keyof T]: Like<T[K]> };

/** For each tensor of `R`, a tree like `X`: the derivatives of one by the other. */
export type Derivatives<R, X> = R extends Tensor
  ? Like<X>
  : { -readonly [K in keyof R]: Derivatives<R[K], X> };

/** A tree taken apart. */
export interface Flat {
  /** Its tensors, in order. */
  readonly tensors: readonly Tensor[];
  /** Where each of them stands, such as `[0].weight`; '' for a tree that is a tensor. */
  readonly paths: readonly string[];
  /** The same tree of other things. */
  rebuild(values: readonly unknown[]): unknown;
}

/** Takes a tree apart. What is neither a tensor, a list nor a plain record stays where it is. */
export function flatten(tree: unknown): Flat {
  const tensors: Tensor[] = [];
  const paths: string[] = [];
  const visit = (value: unknown, path: string): void => {
    if (value instanceof Tensor) {
      tensors.push(value);
      paths.push(path);
    } else if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) visit(item, `${path}[${i}]`);
    } else if (isRecord(value)) {
      for (const [key, item] of Object.entries(value)) visit(item, `${path}.${key}`);
    }
  };
  visit(tree, '');
  const rebuild = (values: readonly unknown[]): unknown => {
    let at = 0;
    const copy = (value: unknown): unknown => {
      if (value instanceof Tensor) return values[at++];
      if (Array.isArray(value)) return value.map(copy);
      return isRecord(value)
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)]))
        : value;
    };
    return copy(tree);
  };
  return { tensors, paths, rebuild };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
