import { ArgumentError, IndexError, type Tensor } from '@tensortape/autograd';
import { formatTree, Module } from './module.ts';

/** A module from one tensor to one tensor: what {@link Sequential} chains. */
export interface Layer extends Module {
  /** What the layer computes. */
  forward(x: Tensor): Tensor;
}

/** A module whose fields are modules, by number or name. */
abstract class Container<M extends Module> extends Module {
  /** Makes `module` a field. */
  protected insert(name: string, module: M): void {
    const owner = this.constructor.name;
    if (!(module instanceof Module)) {
      throw new ArgumentError(
        `${owner}: '${name}' is not a module: pass objects of classes that extend Module`,
      );
    }
    if (name === '' || name.includes('.')) {
      throw new ArgumentError(
        `${owner}: '${name}' cannot name a module: names are not empty and have no '.'`,
      );
    }
    const replaces = Object.hasOwn(this, name) && Reflect.get(this, name) instanceof Module;
    if (name in this && !replaces) {
      throw new ArgumentError(`${owner}: '${name}' cannot name a module: it is a member of ${owner} itself`);
    }
    Object.assign(this, { [name]: module });
  }

  /** The modules in order; one that stands at two places comes twice. */
  [Symbol.iterator](): IterableIterator<M> {
    return this.#items().values();
  }

  #items(): M[] {
    return Object.values(this).filter((value): value is M => value instanceof Module);
  }

  /** The number of modules. */
  get length(): number {
    return this.#items().length;
  }

  /** The module at a place; negative ones count from the end. Errors: IndexError. */
  at(index: number): M {
    const module = this.#items().at(index);
    if (module === undefined || !Number.isInteger(index)) {
      throw new IndexError(`${this.constructor.name}: there is no module ${index} among ${this.length}`);
    }
    return module;
  }
}

/**
 * Layers one after the other. Their state-dict keys begin with their numbers, or their names when they are given as an
 * object. PyTorch: `torch.nn.Sequential`.
 *
 * @example
 * ```ts
 * import { Linear, ReLU, Sequential } from '@tensortape/nn';
 * import { ones } from '@tensortape/autograd';
 *
 * const net = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 2));
 * console.log(net.forward(ones([3, 4])).shape); // [ 3, 2 ]
 * const named = new Sequential({ fc: new Linear(4, 2), act: new ReLU() });
 * console.log([...named.stateDict().keys()]); // [ 'fc.weight', 'fc.bias' ]
 * ```
 */
export class Sequential extends Container<Layer> {
  [index: number]: Layer;

  /** @param layers The layers in order. */
  constructor(...layers: Layer[]);
  /** @param layers The layers in order, by name. */
  constructor(layers: Readonly<Record<string, Layer>>);
  constructor(...layers: Layer[] | [Readonly<Record<string, Layer>>]) {
    super();
    const named = isNamed(layers) ? Object.entries(layers[0]) : [...layers.entries()];
    for (const [name, layer] of named) this.insert(String(name), layer);
  }

  /** Adds a layer at the end, and returns the container. PyTorch: `Sequential.append`. */
  append(layer: Layer): this {
    this.insert(String(this.length), layer);
    return this;
  }

  /** The output of the last layer. */
  forward(x: Tensor): Tensor {
    let y = x;
    for (const layer of this) y = layer.forward(y);
    return y;
  }
}

function isNamed(
  layers: Layer[] | [Readonly<Record<string, Layer>>],
): layers is [Readonly<Record<string, Layer>>] {
  return layers.length === 1 && !(layers[0] instanceof Module);
}

/**
 * A list of modules, found by their parent as an array's would not be. PyTorch: `torch.nn.ModuleList`.
 *
 * @example
 * ```ts
 * import { Linear, Module, ModuleList } from '@tensortape/nn';
 * import type { Tensor } from '@tensortape/autograd';
 *
 * class Deep extends Module {
 *   layers = new ModuleList(Array.from({ length: 3 }, () => new Linear(4, 4)));
 *   forward(x: Tensor) {
 *     let y = x;
 *     for (const layer of this.layers) y = layer.forward(y).relu();
 *     return y;
 *   }
 * }
 * console.log(new Deep().parameters().length); // 6
 * ```
 */
export class ModuleList<M extends Module = Module> extends Container<M> {
  [index: number]: M;

  /** @param modules The modules in order. */
  constructor(modules: Iterable<M> = []) {
    super();
    for (const module of modules) this.append(module);
  }

  /** Adds a module at the end, and returns the list. PyTorch: `ModuleList.append`. */
  append(module: M): this {
    this.insert(String(this.length), module);
    return this;
  }

  /** A list computes nothing. Errors: ArgumentError, always. */
  forward(): never {
    throw new ArgumentError('a ModuleList has no forward: loop over its modules');
  }

  /** The tree of modules, equal neighbours in one entry, as PyTorch prints it. */
  override toString(): string {
    const runs: { text: string; first: number; last: number }[] = [];
    [...this].forEach((module, index) => {
      const text = String(module);
      const run = runs.at(-1);
      if (run?.text === text) run.last = index;
      else runs.push({ text, first: index, last: index });
    });
    const children = runs.map(({ text, first, last }) =>
      first === last ? `(${first}): ${text}` : `(${first}-${last}): ${last - first + 1} x ${text}`,
    );
    return formatTree(this.constructor.name, this.extraRepr(), children);
  }
}

/**
 * Modules by name, found by their parent as a Map's would not be. The names are state-dict keys as they are written.
 * PyTorch: `torch.nn.ModuleDict`.
 *
 * @example
 * ```ts
 * import { ModuleDict, ReLU, Tanh } from '@tensortape/nn';
 * import { tensor } from '@tensortape/autograd';
 *
 * const activations = new ModuleDict({ relu: new ReLU(), tanh: new Tanh() });
 * console.log(activations.get('relu').forward(tensor([-1, 1])).toArray()); // [ 0, 1 ]
 * ```
 */
export class ModuleDict<M extends Module = Module> extends Container<M> {
  /** @param modules The modules by name. */
  constructor(modules: Readonly<Record<string, M>> = {}) {
    super();
    for (const [name, module] of Object.entries(modules)) this.insert(name, module);
  }

  /** Adds a module, or puts it in the place of another, and returns the dict. */
  set(name: string, module: M): this {
    this.insert(name, module);
    return this;
  }

  /** Whether there is a module of this name. */
  has(name: string): boolean {
    return this.keys().includes(name);
  }

  /** The module of this name. Errors: ArgumentError when there is none. */
  get(name: string): M {
    const at = this.keys().indexOf(name);
    if (at < 0) throw new ArgumentError(`ModuleDict: there is no '${name}' among ${this.keys().join(', ')}`);
    return this.at(at);
  }

  /** The names in order. */
  keys(): string[] {
    return Object.keys(this);
  }

  /** The name itself. */
  protected override stateKey(name: string): string {
    return name;
  }

  /** A dict computes nothing. Errors: ArgumentError, always. */
  forward(): never {
    throw new ArgumentError('a ModuleDict has no forward: call its modules, dict.get(name)');
  }
}
