import { ArgumentError, IndexError, Tensor } from '@tensortape/autograd';
import { formatTree } from './describe.ts';
import { Module } from './module.ts';
import { Parameter } from './parameter.ts';

/** A module from one tensor to one tensor: what {@link Sequential} chains. */
export interface Layer extends Module {
  /** What the layer computes. */
  forward(x: Tensor): Tensor;
}

/** What containers hold. */
const kinds = { module: Module, parameter: Parameter };

/** A module whose fields are modules, or parameters, by number or name. */
abstract class Container<Item extends Module | Parameter> extends Module {
  readonly #kind: keyof typeof kinds;

  /** @param kind What the items are. */
  constructor(kind: keyof typeof kinds) {
    super();
    this.#kind = kind;
  }

  /** Makes `item` a field. */
  protected insert(name: string, item: Item): void {
    const owner = this.constructor.name;
    if (!this.#holds(item)) {
      const remedy = { module: 'objects of classes that extend Module', parameter: 'tensors' }[this.#kind];
      throw new ArgumentError(`${owner}: '${name}' is not a ${this.#kind}: pass ${remedy}`);
    }
    if (name === '' || name.includes('.')) {
      throw new ArgumentError(
        `${owner}: '${name}' cannot name a ${this.#kind}: names are not empty and have no '.'`,
      );
    }
    const replaces = Object.hasOwn(this, name) && this.#holds(Reflect.get(this, name));
    if (name in this && !replaces) {
      throw new ArgumentError(
        `${owner}: '${name}' cannot name a ${this.#kind}: it is a member of ${owner} itself`,
      );
    }
    Object.assign(this, { [name]: item });
  }

  /** The items in order; one that stands at two places comes twice. */
  [Symbol.iterator](): IterableIterator<Item> {
    return this.#items().values();
  }

  #holds(value: unknown): value is Item {
    return value instanceof kinds[this.#kind];
  }

  #items(): Item[] {
    return Object.values(this).filter((value) => this.#holds(value));
  }

  /** The number of items. */
  get length(): number {
    return this.#items().length;
  }

  /** The item at a place; negative ones count from the end. Errors: IndexError. */
  at(index: number): Item {
    const item = this.#items().at(index);
    if (item === undefined || !Number.isInteger(index)) {
      const owner = this.constructor.name;
      throw new IndexError(`${owner}: there is no ${this.#kind} ${index} among ${this.length}`);
    }
    return item;
  }
}

/** A container whose items have names, which are state-dict keys as they are written. */
abstract class NamedContainer<Item extends Module | Parameter> extends Container<Item> {
  /** Whether there is an item of this name. */
  has(name: string): boolean {
    return this.keys().includes(name);
  }

  /** The item of this name. Errors: ArgumentError when there is none. */
  get(name: string): Item {
    const at = this.keys().indexOf(name);
    if (at >= 0) return this.at(at);
    throw new ArgumentError(
      `${this.constructor.name}: there is no '${name}' among ${this.keys().join(', ')}`,
    );
  }

  /** The names in order. */
  keys(): string[] {
    return Object.keys(this);
  }

  /** The name itself. */
  protected override stateKey(name: string): string {
    return name;
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
    super('module');
    const named = isNamed(layers) ? Object.entries(layers[0]) : [...layers.entries()];
    for (const [name, layer] of named) this.insert(String(name), layer);
    this.noteFields();
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
    super('module');
    for (const module of modules) this.append(module);
    this.noteFields();
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
export class ModuleDict<M extends Module = Module> extends NamedContainer<M> {
  /** @param modules The modules by name. */
  constructor(modules: Readonly<Record<string, M>> = {}) {
    super('module');
    for (const [name, module] of Object.entries(modules)) this.insert(name, module);
    this.noteFields();
  }

  /** Adds a module, or puts it in the place of another, and returns the dict. */
  set(name: string, module: M): this {
    this.insert(name, module);
    return this;
  }

  /** A dict computes nothing. Errors: ArgumentError, always. */
  forward(): never {
    throw new ArgumentError('a ModuleDict has no forward: call its modules, dict.get(name)');
  }
}

/** A tensor as a parameter: itself, when it is one already. */
const toParameter = (value: Tensor): Parameter =>
  value instanceof Parameter || !(value instanceof Tensor) ? value : new Parameter(value);

/** A parameter in one line, as PyTorch shows those of a container. */
const formatParameter = ({ dtype, shape }: Parameter): string =>
  `Parameter containing: [${dtype} of size ${shape.join('x')}]`;

/**
 * A list of parameters, found by its parent as an array's would not be. Plain tensors become parameters, with copies of
 * their elements. PyTorch: `torch.nn.ParameterList`.
 *
 * @example
 * ```ts
 * import { Module, ParameterList } from '@tensortape/nn';
 * import { ones, type Tensor } from '@tensortape/autograd';
 *
 * class Polynomial extends Module {
 *   coefficients = new ParameterList([ones([1]), ones([1]), ones([1])]);
 *   forward(x: Tensor) {
 *     let y = x.mul(0);
 *     for (const a of this.coefficients) y = y.mul(x).add(a);
 *     return y;
 *   }
 * }
 * console.log(new Polynomial().forward(ones([1]).mul(2)).item()); // 7
 * ```
 */
export class ParameterList extends Container<Parameter> {
  [index: number]: Parameter;

  /** @param parameters The parameters in order. */
  constructor(parameters: Iterable<Tensor> = []) {
    super('parameter');
    for (const parameter of parameters) this.append(parameter);
    this.noteFields();
  }

  /** Adds a parameter at the end, and returns the list. PyTorch: `ParameterList.append`. */
  append(parameter: Tensor): this {
    this.insert(String(this.length), toParameter(parameter));
    return this;
  }

  /** A list computes nothing. Errors: ArgumentError, always. */
  forward(): never {
    throw new ArgumentError('a ParameterList has no forward: loop over its parameters');
  }

  /** The list with dtype and shape of each parameter, as PyTorch prints it. */
  override toString(): string {
    const children = [...this].map((parameter, index) => `(${index}): ${formatParameter(parameter)}`);
    return formatTree(this.constructor.name, this.extraRepr(), children);
  }
}

/**
 * Parameters by name, found by their parent as a Map's would not be. The names are state-dict keys as they are written;
 * plain tensors become parameters, with copies of their elements. PyTorch: `torch.nn.ParameterDict`.
 *
 * @example
 * ```ts
 * import { ParameterDict } from '@tensortape/nn';
 * import { ones, zeros } from '@tensortape/autograd';
 *
 * const scales = new ParameterDict({ left: ones([2]), right: zeros([2]) });
 * console.log(scales.get('left').add(scales.get('right')).toArray()); // [ 1, 1 ]
 * console.log([...scales.stateDict().keys()]); // [ 'left', 'right' ]
 * ```
 */
export class ParameterDict extends NamedContainer<Parameter> {
  /** @param parameters The parameters by name. */
  constructor(parameters: Readonly<Record<string, Tensor>> = {}) {
    super('parameter');
    for (const [name, parameter] of Object.entries(parameters)) this.set(name, parameter);
    this.noteFields();
  }

  /** Adds a parameter, or puts it in the place of another, and returns the dict. */
  set(name: string, parameter: Tensor): this {
    this.insert(name, toParameter(parameter));
    return this;
  }

  /** A dict computes nothing. Errors: ArgumentError, always. */
  forward(): never {
    throw new ArgumentError('a ParameterDict has no forward: use its parameters, dict.get(name)');
  }

  /** The dict with dtype and shape of each parameter, as PyTorch prints it. */
  override toString(): string {
    const children = this.keys().map((name) => `(${name}): ${formatParameter(this.get(name))}`);
    return formatTree(this.constructor.name, this.extraRepr(), children);
  }
}
