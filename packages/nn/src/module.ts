import { ArgumentError, type FloatDType, type HookHandle, isFloat, Tensor } from '@tensortape/autograd';
import { formatTree, replacedField } from './describe.ts';
import {
  type BackwardHook,
  type BackwardPreHook,
  type ForwardHook,
  type ForwardPreHook,
  type Hooks,
  runWithHooks,
} from './hooks.ts';
import { joinPath, snakeCase, variableName } from './names.ts';
import { Buffer, Parameter } from './parameter.ts';
import { type LoadOptions, type LoadReport, loadInto, type StateDict } from './stateDict.ts';

/** The forward of any module. */
type Forward = (...args: never[]) => unknown;

/** The modules whose forward is running, outermost first. */
const running: Module[] = [];
/** Errors whose message names a module already. */
const located = new WeakSet<Error>();

let created = 0;

/** A field with a parameter or buffer, or with the tensor that stands in for it during a functional call. */
interface Member<T extends Parameter | Buffer> {
  readonly field: string;
  readonly tensor: T;
  readonly declared: T;
}

/** A parameter or buffer with its state-dict key. */
interface KeyedTensor<T extends Parameter | Buffer = Parameter | Buffer> {
  readonly key: string;
  readonly tensor: T;
  readonly declared: T;
}

/** What a module's own fields hold, in declaration order. */
interface Members {
  readonly parameters: Member<Parameter>[];
  readonly buffers: Member<Buffer>[];
  readonly children: [field: string, child: Module][];
}

/** A field that holds a parameter, a buffer or a module. */
interface Field {
  readonly name: string;
  readonly kind: typeof Parameter | typeof Buffer | typeof Module;
}

/** A module somewhere below another. */
interface Place extends Members {
  readonly module: Module;
  /** The fields that lead to it, as the user wrote them: `encoder.selfAttn`. */
  readonly path: string;
  /** The same as state-dict keys have it: `encoder.self_attn`. */
  readonly key: string;
}

/**
 * The base of all neural-network modules: a function with parameters. PyTorch: `torch.nn.Module`.
 *
 * Subclass it, make parameters and sub-modules in fields, compute in a method `forward`, and call that: `net.forward(x)`.
 * Parameters ({@link Parameter}), buffers ({@link Buffer}) and sub-modules are found in the object's own public fields, in
 * the order of their declaration; plain tensors in fields are left alone. A sub-module that is run without being found so
 * (in a `#private` field, an array, a Map) would never train: its first call throws, and says what to do. So does a call after
 * a plain tensor was put in the place of a parameter or buffer, or anything but a module in the place of one; null may stand there.
 *
 * In state dicts a field is named as PyTorch would: `selfAttn` is `self_attn`, `weightIhL0` is `weight_ih_l0`.
 * Errors that come up inside a module start with where: `net.fc1: expected 784 input features, got 2704`; the first name
 * is that of the class of the outermost module.
 *
 * `forward` must be a method (`forward(x) {…}`; a class field `forward = …` throws "Cannot redefine property: forward"):
 * each call of it goes through a wrapper that knows which modules are running and calls the hooks. It costs 20 ns a call
 * (50 ns where one line calls modules of many classes).
 *
 * @example
 * ```ts
 * import { Linear, Module } from '@tensortape/nn';
 * import { ones, type Tensor } from '@tensortape/autograd';
 *
 * class Net extends Module {
 *   fc1 = new Linear(4, 8);
 *   fc2 = new Linear(8, 2);
 *   forward(x: Tensor) {
 *     return this.fc2.forward(this.fc1.forward(x).relu());
 *   }
 * }
 * const net = new Net();
 * console.log(net.forward(ones([3, 4])).shape); // [ 3, 2 ]
 * console.log([...net.stateDict().keys()]); // [ 'fc1.weight', 'fc1.bias', 'fc2.weight', 'fc2.bias' ]
 * ```
 */
export abstract class Module {
  readonly #id = created++;
  #training = true;
  #hooks: Hooks | null = null;
  /** While other tensors stand in for parameters and buffers: what the fields were declared with. */
  #declared: ReadonlyMap<string, Parameter | Buffer> | null = null;
  /** What the fields held when they were last looked at. */
  #fields: readonly Field[] | null = null;
  /** The outermost module below which this one was found last. */
  #root = -1;
  /** Modules that run below this one, do not belong to it, and have nothing to train. */
  readonly #strangers = new WeakSet<Module>();

  /** Makes calls of `forward` pass through the module's wrapper. */
  constructor() {
    const { forward } = this;
    // Not configurable, so that a class field `forward = …` throws instead of bypassing the wrapper.
    Object.defineProperty(this, 'forward', {
      value: (...args: never[]) => this.#run(forward, args),
      writable: true,
    });
  }

  /** What the module computes. */
  abstract forward(...args: never[]): unknown;

  /** Whether the module is in training mode, as dropout and batch normalisation ask; see {@link Module.train}. */
  get training(): boolean {
    const root = running[0];
    if (root !== undefined && root.#strangers.has(this)) throw root.#undiscovered(this);
    return this.#training;
  }

  #run(forward: Forward, args: never[]): unknown {
    const root = running[0];
    if (root !== undefined && this.#root !== root.#id) this.#enter(root);
    running.push(this);
    try {
      if (this.#fields === null) this.noteFields();
      else this.#checkFields(this.#fields, '');
      return this.#hooks === null
        ? forward.apply(this, args)
        : runWithHooks(this.#hooks, this, (inputs) => forward.apply(this, inputs), args);
    } catch (error) {
      throw locate(error);
    } finally {
      running.pop();
    }
  }

  /** The first call below `root`: refuses a module that would never train. */
  #enter(root: Module): void {
    this.#root = root.#id;
    if (root.modules().includes(this)) return;
    if (this.#tensors().length > 0) {
      this.#root = -1;
      throw root.#undiscovered(this);
    }
    // Nothing to train: a loss handed in, an activation made on the fly. Only its mode is refused, when it asks for it.
    root.#strangers.add(this);
  }

  #undiscovered(module: Module): ArgumentError {
    return new ArgumentError(
      `a ${module.constructor.name} that runs in here is not found in public fields, so parameters(), stateDict() and train() ` +
        'pass it by; keep it in a public field, in a ModuleList or in a ModuleDict, not in a #private field, an array or a Map',
    );
  }

  /**
   * The state-dict key of a field: the field in snake_case. Override it for modules whose PyTorch names are spelt
   * otherwise. Must give different fields different keys.
   */
  protected stateKey(field: string): string {
    return snakeCase(field);
  }

  /**
   * Notes which fields hold parameters, buffers and modules: from now on they hold such, or null, and anything else in their place
   * is refused at the next call of `forward`, `parameters()` and the like. The first such call does so by itself; a constructor
   * that ends with it has it from the start.
   */
  protected noteFields(): void {
    const fields: Field[] = [];
    for (const name of Object.keys(this)) {
      const value: unknown = this.#declared?.get(name) ?? Reflect.get(this, name);
      const kind = [Parameter, Buffer, Module].find((one) => value instanceof one);
      if (kind !== undefined) fields.push({ name, kind });
    }
    this.#fields = fields;
  }

  #checkFields(fields: readonly Field[], path: string): void {
    for (const { name, kind } of fields) {
      const value: unknown = Reflect.get(this, name);
      if (value instanceof kind || value === null || value === undefined || this.#declared?.has(name))
        continue;
      throw replacedField(joinPath(path, name), kind.name, value);
    }
  }

  #members(): Members {
    const members: Members = { parameters: [], buffers: [], children: [] };
    // Faster than Object.entries, which is slow where a property is not enumerable.
    for (const field of Object.keys(this)) {
      const value: unknown = Reflect.get(this, field);
      const declared = this.#declared?.get(field) ?? value;
      if (declared instanceof Parameter)
        members.parameters.push({ field, tensor: value as Parameter, declared });
      else if (declared instanceof Buffer) members.buffers.push({ field, tensor: value as Buffer, declared });
      else if (value instanceof Module) members.children.push([field, value]);
    }
    return members;
  }

  /** This module and all below it, each before what is below it; shared ones at each of their places. */
  #places(): Place[] {
    const places: Place[] = [];
    this.#collect(places, '', '', []);
    return places;
  }

  #collect(places: Place[], path: string, key: string, above: Module[]): void {
    if (above.includes(this)) {
      throw new ArgumentError(
        `${variableName(above[0]!.constructor.name)}: the fields ${path} lead back to a module that they belong to; keep ` +
          'such a reference in a #private field',
      );
    }
    const { parameters, buffers, children } = this.#members();
    const where = joinPath(variableName((above[0] ?? this).constructor.name), path);
    this.#checkPlain(where);
    if (this.#fields !== null) this.#checkFields(this.#fields, where);
    this.noteFields();
    places.push({ module: this, path, key, parameters, buffers, children });
    above.push(this);
    for (const [field, child] of children) {
      child.#collect(places, joinPath(path, field), joinPath(key, this.stateKey(field)), above);
    }
    above.pop();
  }

  /** Refuses a plain tensor where a parameter must have been meant: nothing would train or save it. */
  #checkPlain(path: string): void {
    for (const field of Object.keys(this)) {
      const value: unknown = Reflect.get(this, field);
      if (!(value instanceof Tensor) || value instanceof Parameter || value instanceof Buffer) continue;
      if (!value.requiresGrad || !value.isLeaf || this.#declared?.has(field)) continue;
      throw new ArgumentError(
        `${joinPath(path, field)} is a plain tensor that requires grad, so parameters() and stateDict() pass it by; ` +
          'make it new Parameter(…), detach() it, or keep it in a #private field',
      );
    }
  }

  /** Parameters and buffers with their state-dict keys; shared ones at each of their places. */
  #tensors(): KeyedTensor[] {
    const found: KeyedTensor[] = [];
    for (const place of this.#places()) {
      const { module, key, parameters, buffers } = place;
      checkKeys(place, (field) => module.stateKey(field));
      for (const { field, tensor, declared } of [...parameters, ...buffers]) {
        found.push({ key: joinPath(key, module.stateKey(field)), tensor, declared });
      }
    }
    return found;
  }

  /** @internal Parameters and buffers with their state-dict keys, under every name that they have. */
  static tensorsOf(module: Module): readonly KeyedTensor[] {
    return module.#tensors();
  }

  /** @internal Runs `body` with other tensors in the fields of declared parameters and buffers; restores them also when it throws. */
  static withTensors<R>(module: Module, replacements: ReadonlyMap<Tensor, Tensor>, body: () => R): R {
    const restore: (() => void)[] = [];
    // A shared module stands at several places, and is changed once.
    const owners = new Map(module.#places().map((place) => [place.module, place]));
    try {
      for (const [owner, { parameters, buffers }] of owners) {
        const before = owner.#declared;
        restore.push(() => {
          owner.#declared = before;
        });
        const members = [...parameters, ...buffers].filter(({ declared }) => replacements.has(declared));
        owner.#declared = new Map([
          ...(before ?? []),
          ...members.map(({ field, declared }) => [field, declared] as const),
        ]);
        for (const { field, tensor, declared } of members) {
          if (!Reflect.set(owner, field, replacements.get(declared))) {
            throw new ArgumentError(
              `functionalCall: the field '${field}' of ${owner.constructor.name} cannot be written`,
            );
          }
          restore.push(() => Reflect.set(owner, field, tensor));
        }
      }
      return body();
    } finally {
      for (const undo of restore) undo();
    }
  }

  /** The parameters of this module and those below it, each once. PyTorch: `Module.parameters`. */
  parameters(): Parameter[] {
    return [...new Set(this.#places().flatMap(({ parameters }) => parameters.map(({ tensor }) => tensor)))];
  }

  /** The parameters with their state-dict keys, each once, under its first key. PyTorch: `Module.named_parameters`. */
  namedParameters(): [key: string, parameter: Parameter][] {
    return unique(this.#tensors().filter(isParameter).map(entryOf));
  }

  /** The buffers of this module and those below it, each once. PyTorch: `Module.buffers`. */
  buffers(): Buffer[] {
    return this.namedBuffers().map(([, buffer]) => buffer);
  }

  /** The buffers with their state-dict keys, each once, under its first key. PyTorch: `Module.named_buffers`. */
  namedBuffers(): [key: string, buffer: Buffer][] {
    return unique(this.#tensors().filter(isBuffer).map(entryOf));
  }

  /** The modules directly below this one, each once. PyTorch: `Module.children`. */
  children(): Module[] {
    return this.namedChildren().map(([, child]) => child);
  }

  /** The modules directly below this one with their fields, each once. PyTorch: `Module.named_children`. */
  namedChildren(): [field: string, child: Module][] {
    return unique(this.#members().children);
  }

  /** This module and all below it, each once. PyTorch: `Module.modules`. */
  modules(): Module[] {
    return [...new Set(this.#places().map(({ module }) => module))];
  }

  /** This module (under '') and all below it with the fields that lead there, each once. PyTorch: `Module.named_modules`. */
  namedModules(): [path: string, module: Module][] {
    return unique(this.#places().map(({ path, module }) => [path, module]));
  }

  /**
   * Parameters and persistent buffers by key, under every name that they have. The tensors share their elements with the
   * module: `clone()` them to keep the values of a moment. PyTorch: `Module.state_dict`.
   *
   * Errors: ArgumentError when two fields of a module have one key.
   */
  stateDict(): StateDict {
    const kept = this.#tensors().filter(
      ({ declared }) => declared instanceof Parameter || declared.persistent,
    );
    return new Map(kept.map(({ key, tensor }) => [key, tensor.detach()]));
  }

  /**
   * Copies values into parameters and buffers, by key. Floating point values are converted to the dtype of the module;
   * shapes, and the dtypes of integers, must be equal. PyTorch: `Module.load_state_dict`.
   *
   * Errors: {@link StateDictError} that lists every key that is missing, unexpected (unless `strict` is false), or of
   * another shape or dtype; then nothing was written.
   *
   * @example
   * ```ts
   * import { Linear } from '@tensortape/nn';
   *
   * const [student, teacher] = [new Linear(2, 1), new Linear(2, 1)];
   * student.loadStateDict(teacher.stateDict());
   * console.log(student.weight.sub(teacher.weight).abs().sum().item()); // 0
   * ```
   */
  loadStateDict(stateDict: ReadonlyMap<string, Tensor>, options: LoadOptions = {}): LoadReport {
    return loadInto(variableName(this.constructor.name), this.stateDict(), stateDict, options);
  }

  /** Puts this module and all below it in training mode (or, with `false`, in evaluation mode). PyTorch: `Module.train`. */
  train(mode = true): this {
    for (const module of this.modules()) module.#training = mode;
    return this;
  }

  /** Puts this module and all below it in evaluation mode: dropout passes everything. PyTorch: `Module.eval`. */
  eval(): this {
    return this.train(false);
  }

  /** Sets the gradients of all parameters to null. PyTorch: `Module.zero_grad`. */
  zeroGrad(): void {
    for (const parameter of this.parameters()) parameter.grad = null;
  }

  /** Starts, or with `false` stops, recording operations on all parameters. PyTorch: `Module.requires_grad_`. */
  requiresGrad_(requiresGrad = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad_(requiresGrad);
    return this;
  }

  /**
   * Converts floating point parameters and buffers, and their gradients, in place: an optimizer made before keeps them,
   * but its running averages stay in the old dtype, so convert before the first step. PyTorch: `Module.to`.
   */
  to(dtype: FloatDType): this {
    for (const { tensor } of this.#tensors()) if (isFloat(tensor.dtype)) tensor.to_(dtype);
    return this;
  }

  /**
   * Calls `fn` with every module below this one, and then with this one. PyTorch: `Module.apply`.
   *
   * @example
   * ```ts
   * import { init, Linear, ReLU, Sequential } from '@tensortape/nn';
   *
   * const net = new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 2));
   * net.apply((module) => {
   *   if (module instanceof Linear) init.xavierUniform_(module.weight);
   * });
   * ```
   */
  apply(fn: (module: Module) => void): this {
    for (const child of this.children()) child.apply(fn);
    fn(this);
    return this;
  }

  /**
   * Calls `hook` with the arguments of each call of `forward` before it runs; what it returns, if anything, replaces
   * them. PyTorch: `Module.register_forward_pre_hook`.
   */
  // `| []` has TypeScript read the list that a hook returns as a tuple.
  registerForwardPreHook<M extends Module, Args extends unknown[] | []>(
    this: M & { forward(...args: Args): unknown },
    hook: ForwardPreHook<M, Args>,
  ): HookHandle {
    return this.#register('before', hook);
  }

  /**
   * Calls `hook` with the arguments and the result of each call of `forward`; what it returns, if anything, replaces the
   * result. PyTorch: `Module.register_forward_hook`.
   *
   * @example
   * ```ts
   * import { Linear } from '@tensortape/nn';
   * import { ones } from '@tensortape/autograd';
   *
   * const fc = new Linear(4, 2);
   * const handle = fc.registerForwardHook((_module, _args, output) => {
   *   console.log(output.shape); // [ 3, 2 ]
   *   return undefined;
   * });
   * fc.forward(ones([3, 4]));
   * handle.remove();
   * ```
   */
  registerForwardHook<M extends Module, Args extends unknown[], Output>(
    this: M & { forward(...args: Args): Output },
    hook: ForwardHook<M, Args, Output>,
  ): HookHandle {
    return this.#register('after', hook);
  }

  /**
   * Calls `hook` in each backward sweep with the gradients of the tensors among the arguments of a call of `forward`, and with those of
   * its results (also in lists; null where there is none); what it returns, if anything, replaces the former. It is called when the
   * gradients of all arguments are known; at once, with nulls, where no argument requires grad. A sweep that stops at the parameters
   * may not call it. PyTorch: `Module.register_full_backward_hook`.
   *
   * @example
   * ```ts
   * import { Linear } from '@tensortape/nn';
   * import { ones } from '@tensortape/autograd';
   *
   * const fc = new Linear(4, 2);
   * fc.registerFullBackwardHook((_module, gradInput, gradOutput) => {
   *   console.log(gradInput[0]?.shape, gradOutput[0]?.shape); // [ 3, 4 ] [ 3, 2 ]
   *   return undefined;
   * });
   * fc.forward(ones([3, 4]).requiresGrad_()).sum().backward();
   * ```
   */
  registerFullBackwardHook(hook: BackwardHook<this>): HookHandle {
    return this.#register('backward', hook);
  }

  /**
   * Calls `hook` in each backward sweep with the gradients of the tensors among the results of a call of `forward`, before they go
   * into the module; what it returns, if anything, replaces them. PyTorch: `Module.register_full_backward_pre_hook`.
   */
  registerFullBackwardPreHook(hook: BackwardPreHook<this>): HookHandle {
    return this.#register('backwardBefore', hook);
  }

  #register(when: keyof Hooks, hook: (...args: never[]) => unknown): HookHandle {
    this.#hooks ??= {
      before: new Set(),
      after: new Set(),
      backwardBefore: new Set(),
      backward: new Set(),
    };
    const hooks = this.#hooks;
    // Wrapped, so that registering one function twice calls it twice.
    const entry = (...args: never[]) => hook(...args);
    hooks[when].add(entry);
    return {
      remove: () => {
        hooks[when].delete(entry);
        if (Object.values(hooks).every(({ size }) => size === 0)) this.#hooks = null;
      },
    };
  }

  /** What {@link Module.toString} shows between the brackets: the module's own options. PyTorch: `Module.extra_repr`. */
  extraRepr(): string {
    return '';
  }

  /** The tree of modules as PyTorch prints it. */
  toString(): string {
    const extra = this.extraRepr();
    const children = this.#members().children.map(([field, child]) => `(${field}): ${child}`);
    return formatTree(this.constructor.name, extra, children);
  }

  /** What console.log shows in Node. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Refuses two fields of a module that state dicts could not tell apart. */
function checkKeys(
  { module, path, parameters, buffers, children }: Place,
  keyOf: (field: string) => string,
): void {
  const fields = new Map<string, string>();
  const named = [...parameters, ...buffers, ...children.map(([field]) => ({ field }))];
  for (const { field } of named) {
    const key = keyOf(field);
    const other = fields.get(key);
    if (other !== undefined) {
      throw new ArgumentError(
        `${joinPath(path, field)}: the fields '${other}' and '${field}' of ${module.constructor.name} have the same ` +
          `state-dict key '${key}'; rename one`,
      );
    }
    fields.set(key, field);
  }
}

function isParameter(one: KeyedTensor): one is KeyedTensor<Parameter> {
  return one.declared instanceof Parameter;
}

function isBuffer(one: KeyedTensor): one is KeyedTensor<Buffer> {
  return one.declared instanceof Buffer;
}

function entryOf<T extends Parameter | Buffer>({ key, tensor }: KeyedTensor<T>): [key: string, tensor: T] {
  return [key, tensor];
}

/** Entries without those whose value came before. */
function unique<T>(entries: readonly [string, T][]): [string, T][] {
  const seen = new Set<T>();
  return entries.filter(([, value]) => !seen.has(value) && seen.add(value));
}

/** Puts the path of the module that is running before an error's message, once. */
function locate(error: unknown): unknown {
  if (!(error instanceof Error) || located.has(error)) return error;
  located.add(error);
  // The stack holds a copy of the message, made when the stack is first read.
  const { message, stack } = error;
  const start = `${pathOfRunning()}: `;
  // A loss by itself bears the name of its function.
  const full = message.startsWith(start) ? message : start + message;
  // Not by assignment, which would throw for a frozen error.
  Reflect.set(error, 'message', full);
  if (stack !== undefined)
    Reflect.set(
      error,
      'stack',
      stack.replace(message, () => full),
    );
  return error;
}

function pathOfRunning(): string {
  const [root] = running;
  const paths = new Map(root!.namedModules().map(([path, module]) => [module, path]));
  let path = '';
  for (const module of running) {
    path = paths.get(module) ?? joinPath(path, variableName(module.constructor.name));
  }
  return joinPath(variableName(root!.constructor.name), path);
}
