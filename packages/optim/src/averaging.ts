import { ArgumentError, formatShape, noGrad, sameShape, Tensor } from '@tensortape/autograd';
import { checkShare } from './checks.ts';
import { describe } from './stateDict.ts';

/** The next average of a parameter, of its average so far and what it is now; `count` values are in the average already. */
export type AverageRule = (average: Tensor, current: Tensor, count: number) => Tensor;

/**
 * The rule of an exponential moving average, $\bar\theta \leftarrow d \bar\theta + (1 - d) \theta$, for
 * {@link AveragedParameters}. PyTorch: `torch.optim.swa_utils.get_ema_avg_fn`. Errors: ArgumentError for a decay that is not
 * between 0 and 1.
 *
 * @example
 * ```ts
 * import { getEmaAvgFn } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(getEmaAvgFn(0.75)(tensor([4]), tensor([8]), 1)); // tensor([5.])
 * ```
 */
export function getEmaAvgFn(decay = 0.999): AverageRule {
  checkShare('getEmaAvgFn', 'decay', decay);
  return (average, current) => average.mul(decay).add(current.mul(1 - decay));
}

/**
 * The rule of the mean of all values, $\bar\theta \leftarrow \bar\theta + (\theta - \bar\theta) / (n + 1)$, for
 * {@link AveragedParameters}. PyTorch: `torch.optim.swa_utils.get_swa_avg_fn`.
 *
 * @example
 * ```ts
 * import { getSwaAvgFn } from '@tensortape/optim';
 * import { tensor } from '@tensortape/autograd';
 *
 * console.log(getSwaAvgFn()(tensor([4]), tensor([8]), 3)); // tensor([5.])
 * ```
 */
export function getSwaAvgFn(): AverageRule {
  return (average, current, count) => average.add(current.sub(average).div(count + 1));
}

/** Options of {@link AveragedParameters}. */
export interface AveragedParametersOptions {
  /** How the average goes on. Default {@link getSwaAvgFn}: the mean of all values. */
  readonly avgFn?: AverageRule;
}

/**
 * Averages of parameters over the course of a training, which often do better than the last parameters: their mean (stochastic
 * weight averaging) or an exponential moving average. PyTorch: `torch.optim.swa_utils.AveragedModel`, for tensors in the place
 * of a module. The first update copies the parameters. Pass buffers along to average them too; integers are rounded towards 0.
 *
 * P. Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", 2018. Errors: ArgumentError where there
 * are no parameters, or where a state does not fit.
 *
 * @example
 * ```ts
 * import { AveragedParameters, getEmaAvgFn } from '@tensortape/optim';
 * import { noGrad, tensor } from '@tensortape/autograd';
 *
 * const w = tensor([4], { requiresGrad: true });
 * const average = new AveragedParameters([w], { avgFn: getEmaAvgFn(0.75) });
 * average.updateParameters();
 * noGrad(() => w.fill_(8)); // in the place of a step
 * average.updateParameters();
 * console.log(average.use(() => w.item()), w.item()); // 5 8
 * ```
 */
export class AveragedParameters {
  /** The average of each parameter, under its name; numbers name the tensors of a list. */
  readonly averages: Readonly<Record<string, Tensor>>;
  #count = 0;
  readonly #sources: Readonly<Record<string, Tensor>>;
  readonly #avgFn: AverageRule;

  /**
   * @param params The tensors to average: a list, or a record by name, such as `Object.fromEntries(net.namedParameters())`.
   * @param options `avgFn`.
   */
  constructor(
    params: Iterable<Tensor> | Readonly<Record<string, Tensor>>,
    { avgFn = getSwaAvgFn() }: AveragedParametersOptions = {},
  ) {
    this.#sources = Symbol.iterator in params ? Object.fromEntries([...params].entries()) : { ...params };
    for (const [name, source] of Object.entries(this.#sources)) {
      if (!(source instanceof Tensor)) {
        throw new ArgumentError(`AveragedParameters: parameter ${name} is not a tensor`);
      }
    }
    if (Object.keys(this.#sources).length === 0) {
      throw new ArgumentError('AveragedParameters: there are no parameters; pass net.parameters()');
    }
    this.#avgFn = avgFn;
    this.averages = mapValues(this.#sources, (source) => source.detach().clone());
  }

  /** The number of values in each average. PyTorch: `AveragedModel.n_averaged`. */
  get nAveraged(): number {
    return this.#count;
  }

  /** Takes the parameters, as they are now, into their averages. PyTorch: `AveragedModel.update_parameters`. */
  updateParameters(): void {
    noGrad(() => {
      for (const [name, average] of Object.entries(this.averages)) {
        const current = this.#sources[name]!.detach();
        const next = this.#count === 0 ? current : this.#avgFn(average, current, this.#count);
        average.copy_(next.to(average.dtype));
      }
    });
    this.#count++;
  }

  /**
   * Calls a synchronous function while the averages stand in the place of the parameters, as for an evaluation, and returns its
   * result. The parameters come back in any case. Errors: ArgumentError for a function that returns a promise.
   */
  use<T>(evaluate: () => T): T {
    const kept = mapValues(this.#sources, (source) => source.detach().clone());
    this.#write(this.averages);
    try {
      const result = evaluate();
      if (result instanceof Promise) {
        throw new ArgumentError(
          'AveragedParameters: use needs a synchronous function, since the parameters come back when it returns',
        );
      }
      return result;
    } finally {
      this.#write(kept);
    }
  }

  #write(values: Readonly<Record<string, Tensor>>): void {
    noGrad(() => {
      for (const [name, source] of Object.entries(this.#sources)) source.copy_(values[name]!);
    });
  }

  /**
   * The state, in PyTorch's layout: `n_averaged`, and the averages under `module.` and their names. The tensors share their
   * elements with this object. PyTorch: `AveragedModel.state_dict`.
   */
  stateDict(): Readonly<Record<string, Tensor | number>> {
    const named = Object.entries(this.averages).map(
      ([name, average]) => [`module.${name}`, average] as const,
    );
    return { n_averaged: this.#count, ...Object.fromEntries(named) };
  }

  /**
   * Takes over a state of {@link AveragedParameters.stateDict}, or of PyTorch's `AveragedModel`. Errors: ArgumentError that lists
   * what does not fit; then nothing was changed.
   */
  loadStateDict(stateDict: Readonly<Record<string, unknown>>): void {
    const problems: string[] = [];
    const { n_averaged: saved, ...rest } = stateDict;
    const count = saved instanceof Tensor && saved.size === 1 ? saved.item() : saved;
    if (!(typeof count === 'number' && Number.isInteger(count) && count >= 0)) {
      problems.push(`n_averaged: expected a whole number >= 0, got ${describe(saved)}`);
    }
    const values: Record<string, Tensor> = {};
    for (const [name, average] of Object.entries(this.averages)) {
      const value = rest[`module.${name}`];
      if (value instanceof Tensor && sameShape(value.shape, average.shape)) values[name] = value;
      else {
        problems.push(
          `module.${name}: expected a tensor of shape ${formatShape(average.shape)}, got ${describe(value)}`,
        );
      }
    }
    const known = Object.keys(this.averages).map((name) => `module.${name}`);
    const surplus = Object.keys(rest).filter((key) => !known.includes(key));
    if (surplus.length > 0) problems.push(`got also ${surplus.join(', ')}`);
    if (problems.length > 0) {
      throw new ArgumentError(
        `AveragedParameters: the state dict does not fit, nothing was loaded:\n  ${problems.join('\n  ')}`,
      );
    }
    noGrad(() => {
      for (const [name, average] of Object.entries(this.averages)) {
        average.copy_(values[name]!.detach().to(average.dtype));
      }
    });
    this.#count = Number(count);
  }
}

function mapValues(
  record: Readonly<Record<string, Tensor>>,
  map: (value: Tensor) => Tensor,
): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
