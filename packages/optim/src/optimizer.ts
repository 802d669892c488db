import { ArgumentError, formatShape, Tensor } from '@tensortape/autograd';
import { numbersOf, type OptimizerStateDict, readOptions, readState, spelled } from './stateDict.ts';

/** What the groups of every optimizer have. */
export interface LearningRate {
  /** The learning rate. */
  lr: number;
}

/** Parameters that share their options. Options, such as `lr`, may be changed between steps. */
export type ParamGroup<Options> = Options & {
  /** The tensors that are updated. */
  readonly params: readonly Tensor[];
} & Partial<ScheduleMarks>;

/** What schedules note in the groups that they change. */
export interface ScheduleMarks {
  /** The learning rate that a schedule started from. */
  initialLr: number;
  /** The largest learning rate of {@link OneCycleLR}. */
  maxLr: number;
  /** The last learning rate of {@link OneCycleLR}. */
  minLr: number;
  /** The largest momentum of {@link OneCycleLR} and {@link CyclicLR}. */
  maxMomentum: number;
  /** Their smallest momentum. */
  baseMomentum: number;
  /** The learning rate that {@link SWALR} ends at. */
  swaLr: number;
}

const scheduleMarks: readonly (keyof ScheduleMarks)[] = [
  'initialLr',
  'maxLr',
  'minLr',
  'maxMomentum',
  'baseMomentum',
  'swaLr',
];

/** What an optimizer may remember of a parameter. */
export type Memory = Readonly<Record<string, Tensor | number | readonly (Tensor | number)[]>>;

/** Parameters with options of their own. */
export type ParamGroupInput<Options> = Partial<Options> & {
  /** The tensors to update. */
  readonly params: Iterable<Tensor>;
};

/** What an optimizer is to update: tensors, or groups of tensors with options of their own. */
export type Params<Options> = Iterable<Tensor> | Iterable<ParamGroupInput<Options>>;

/**
 * The base of all optimizers: groups of parameters with their options, what is remembered of each parameter, and state
 * dicts. PyTorch: `torch.optim.Optimizer`. To write an optimizer, extend {@link ParameterwiseOptimizer} with the rule for one
 * parameter; {@link LBFGS}, which moves all of them together, extends this class.
 *
 * @example
 * ```ts
 * import { Adam, type Optimizer, SGD } from '@tensortape/optim';
 * import { ones } from '@tensortape/autograd';
 *
 * const choices: Optimizer[] = [new SGD([ones([2])], { lr: 0.1 }), new Adam([ones([2])])];
 * console.log(choices.map(({ paramGroups }) => paramGroups[0]?.lr)); // [ 0.1, 0.001 ]
 * ```
 */
export abstract class Optimizer<Options extends LearningRate = LearningRate, State extends Memory = Memory> {
  /** The groups of parameters. */
  readonly paramGroups: ParamGroup<Options>[] = [];
  /** What is remembered of each parameter. */
  protected readonly state = new Map<Tensor, State>();
  #defaults: Options;

  /**
   * @param params Tensors, or groups of tensors with options of their own.
   * @param options The options of groups that do not give their own.
   * @param defaults All options, as they are when nobody gives them.
   */
  constructor(params: Params<Options>, options: Partial<Options>, defaults: Options) {
    this.#defaults = defaults;
    this.#checkNames(options);
    this.#defaults = { ...defaults, ...options };
    const list: (Tensor | ParamGroupInput<Options>)[] = [...params];
    const tensors = list.filter((entry) => entry instanceof Tensor);
    const groups = list.filter((entry): entry is ParamGroupInput<Options> => !(entry instanceof Tensor));
    if (list.length === 0) throw this.#error('there are no parameters; pass net.parameters()');
    if (tensors.length > 0 && groups.length > 0) {
      throw this.#error(
        'expected either tensors or groups, got both; put the tensors in a group, { params: [...] }',
      );
    }
    if (tensors.length > 0) this.#addGroup(tensors, {});
    else for (const group of groups) this.addParamGroup(group);
  }

  /**
   * Updates the parameters by their gradients. A `closure` that computes the loss and its gradients anew is called
   * first, recording; what it returns is returned. PyTorch: `Optimizer.step`.
   */
  abstract step(): undefined;
  abstract step<Loss>(closure: () => Loss): Loss;

  /** Refuses bad options, and parameters, by name. Called for every group when it is added, and when a state is loaded. */
  protected check(_options: Options, _params: readonly Tensor[]): void {}

  /** What is remembered of a parameter before its first step: `{}` for a rule without memory. */
  protected abstract initialState(parameter: Tensor, options: Options): State;

  /** The options that PyTorch's optimizer of the same name lacks: its state dicts go without them. */
  protected ownOptions(): readonly string[] {
    return [];
  }

  /** What is remembered of a parameter, as a state dict holds it. */
  protected save(state: State): Readonly<Record<string, unknown>> {
    return spelled<unknown>(state);
  }

  /** The reverse of {@link Optimizer.save}; what does not fit is added to `problems`. */
  protected restore(
    where: string,
    parameter: Tensor,
    options: Options,
    saved: Readonly<Record<string, unknown>>,
    problems: string[],
  ): State {
    return readState(where, this.initialState(parameter, options), saved, problems);
  }

  /** What is remembered of a parameter; a first time, its initial state. */
  protected recall(parameter: Tensor, options: Options): State {
    let state = this.state.get(parameter);
    if (state === undefined) {
      state = this.initialState(parameter, options);
      this.state.set(parameter, state);
    }
    return state;
  }

  #error(problem: string): ArgumentError {
    return new ArgumentError(`${this.constructor.name}: ${problem}`);
  }

  /** Adds parameters with options of their own. PyTorch: `Optimizer.add_param_group`. Errors: ArgumentError. */
  addParamGroup({ params, ...options }: ParamGroupInput<Options>): void {
    this.#addGroup([...params], options);
  }

  #checkNames(options: object): void {
    const known = Object.keys(this.#defaults);
    const unknown = Object.keys(options).find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw this.#error(`unknown option '${unknown}'; known are ${known.join(', ')}`);
    }
  }

  #addGroup(params: readonly Tensor[], options: object): void {
    this.#checkNames(options);
    const present = new Set(this.#params());
    for (const [i, parameter] of params.entries()) {
      if (!(parameter instanceof Tensor)) throw this.#error(`parameter ${i} is not a tensor`);
      if (!parameter.isLeaf) {
        throw this.#error(
          `parameter ${i} is the result of '${parameter.gradFn}', not a leaf; pass the parameters that it was computed from`,
        );
      }
      if (present.has(parameter)) {
        throw this.#error(
          `parameter ${i}, of shape ${formatShape(parameter.shape)}, comes twice; a step would update it twice`,
        );
      }
      present.add(parameter);
    }
    const group = { ...this.#defaults, ...options, params };
    this.check(group, params);
    this.paramGroups.push(group);
  }

  /** All parameters, in the order of their numbers. */
  #params(): Tensor[] {
    return this.paramGroups.flatMap(({ params }) => params);
  }

  /** Sets the gradients of all parameters to null. PyTorch: `Optimizer.zero_grad`. */
  zeroGrad(): void {
    for (const { params } of this.paramGroups) for (const parameter of params) parameter.grad = null;
  }

  /**
   * The state from which training can go on, to the same bits. The tensors share their elements with the optimizer:
   * `clone()` them to keep those of a moment. PyTorch: `Optimizer.state_dict`.
   */
  stateDict(): OptimizerStateDict {
    const numbers = new Map(this.#params().map((parameter, number) => [parameter, number]));
    const numberOf = (parameter: Tensor): number => numbers.get(parameter)!;
    return {
      state: Object.fromEntries(
        [...this.state].map(([parameter, state]) => [numberOf(parameter), this.save(state)]),
      ),
      param_groups: this.paramGroups.map(({ params, ...options }) => ({
        ...structuredClone(spelled<unknown>(options)),
        params: params.map(numberOf),
      })),
    };
  }

  /**
   * Takes over a state of {@link Optimizer.stateDict}, or of PyTorch's optimizer of the same name, whose further options
   * are passed over. Tensors are copied, in the dtype of their parameters. PyTorch: `Optimizer.load_state_dict`.
   *
   * Errors: ArgumentError that lists everything that does not fit; then nothing was changed.
   */
  loadStateDict({ state: saved, param_groups: savedGroups }: OptimizerStateDict): void {
    const sizes = this.paramGroups.map(({ params }) => params.length).join(', ');
    const savedSizes = savedGroups.map((group) => numbersOf(group).length).join(', ');
    if (sizes !== savedSizes) {
      throw this.#error(`the state dict has groups of ${savedSizes} parameters, expected groups of ${sizes}`);
    }

    const problems: string[] = [];
    const own = this.ownOptions();
    const names = Object.keys(this.#defaults).filter((name) => !own.includes(name));
    const optional = [...own, ...scheduleMarks];
    const owners = new Map<string, [Tensor, Options]>();
    const groups = this.paramGroups.map((group, i) => {
      const options = readOptions(`param_groups[${i}]`, names, optional, savedGroups[i]!, problems);
      const restored = { ...group, ...options };
      numbersOf(savedGroups[i]!).forEach((number, at) => {
        owners.set(String(number), [group.params[at]!, restored]);
      });
      return restored;
    });
    const states = Object.entries(saved).flatMap(([number, values]): [Tensor, State][] => {
      const [parameter, options] = owners.get(number) ?? [];
      if (parameter === undefined || options === undefined) {
        problems.push(`state[${number}]: there is no parameter of this number`);
        return [];
      }
      return [[parameter, this.restore(`state[${number}]`, parameter, options, values, problems)]];
    });
    if (problems.length > 0) {
      throw this.#error(`the state dict does not fit, nothing was loaded:\n  ${problems.join('\n  ')}`);
    }
    for (const group of groups) this.check(group, group.params);

    for (const [i, group] of this.paramGroups.entries()) Object.assign(group, groups[i]);
    this.state.clear();
    for (const [parameter, state] of states) this.state.set(parameter, state);
  }
}
