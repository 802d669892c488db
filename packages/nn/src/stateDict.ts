import { ArgumentError, formatShape, isFloat, noGrad, sameShape, Tensor } from '@tensortape/autograd';

/**
 * The values of a module by name: keys as PyTorch's (`fc1.weight`, `running_mean`), tensors that share their elements
 * with the module. `clone()` them to keep the values of a moment.
 */
export type StateDict = Map<string, Tensor>;

/** Options of `Module.loadStateDict`. */
export interface LoadOptions {
  /** Whether missing and unexpected keys are errors. Default true. */
  readonly strict?: boolean;
}

/** Which keys did not match in `Module.loadStateDict`. Both lists are empty unless `strict` is false. */
export interface LoadReport {
  /** Keys of the module that were not given: their values stay as they were. */
  readonly missingKeys: readonly string[];
  /** Keys that were given but are none of the module's. */
  readonly unexpectedKeys: readonly string[];
}

/**
 * Thrown when a state dict does not fit a module. The message lists every key that does not; nothing was written.
 *
 * @example
 * ```ts
 * import { Linear, StateDictError } from '@tensortape/nn';
 *
 * try {
 *   new Linear(2, 1).loadStateDict(new Map());
 * } catch (error) {
 *   console.log(error instanceof StateDictError && error.missingKeys); // [ 'weight', 'bias' ]
 * }
 * ```
 */
export class StateDictError extends Error implements LoadReport {
  /** `StateDictError`. */
  override readonly name = 'StateDictError';
  /** Keys of the module that were not given. */
  readonly missingKeys: readonly string[];
  /** Keys that were given but are none of the module's. */
  readonly unexpectedKeys: readonly string[];

  /** @internal */
  constructor(message: string, { missingKeys, unexpectedKeys }: LoadReport) {
    super(message);
    this.missingKeys = missingKeys;
    this.unexpectedKeys = unexpectedKeys;
  }
}

/** Copies `given` into `own` if all of it fits, and nothing otherwise; `owner` is what messages call the module. */
export function loadInto(
  owner: string,
  own: StateDict,
  given: ReadonlyMap<string, Tensor>,
  { strict = true }: LoadOptions,
): LoadReport {
  if (!(given instanceof Map)) {
    throw new ArgumentError(
      `${owner}: expected a Map of tensors by key, as stateDict() and loadFile() give it; make one of a record with ` +
        'new Map(Object.entries(record))',
    );
  }
  const missingKeys = [...own.keys()].filter((key) => !given.has(key));
  const unexpectedKeys = [...given.keys()].filter((key) => !own.has(key));
  const report = { missingKeys, unexpectedKeys };
  const matched = [...own].filter(([key]) => given.has(key));

  const problems = matched.flatMap(([key, target]) => misfits(key, target, given.get(key)));
  if (strict && unexpectedKeys.length > 0) problems.unshift(`unexpected keys: ${unexpectedKeys.join(', ')}`);
  if (strict && missingKeys.length > 0) problems.unshift(`missing keys: ${missingKeys.join(', ')}`);
  if (problems.length > 0) {
    const lenient = strict && missingKeys.length + unexpectedKeys.length > 0;
    const remedy = lenient ? '\nrename the keys, or pass { strict: false } to do without them' : '';
    throw new StateDictError(
      `${owner}: the state dict does not fit, nothing was loaded:\n  ${problems.join('\n  ')}${remedy}`,
      report,
    );
  }
  noGrad(() => {
    for (const [key, target] of matched) target.copy_(given.get(key)!);
  });
  return report;
}

function misfits(key: string, target: Tensor, given: unknown): string[] {
  if (!(given instanceof Tensor))
    return [`${key}: expected a tensor, got ${given === null ? 'null' : typeof given}`];
  const problems: string[] = [];
  if (!sameShape(target.shape, given.shape)) {
    problems.push(`${key}: expected shape ${formatShape(target.shape)}, got ${formatShape(given.shape)}`);
  }
  if (target.dtype !== given.dtype && !(isFloat(target.dtype) && isFloat(given.dtype))) {
    problems.push(`${key}: expected dtype ${target.dtype}, got ${given.dtype}`);
  }
  return problems;
}
