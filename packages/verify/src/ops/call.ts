import { ArgumentError, type Refusals, type SampleKit, Tensor } from '@tensortape/autograd';

/**
 * An operation to verify: what it is called, how it is called, and what with. The built-in ones come from
 * `@tensortape/autograd/registry`.
 */
export interface OpUnderTest<A extends readonly unknown[] = readonly unknown[]> {
  /** The name that messages use. */
  readonly name: string;
  /**
   * The operation. Tensors among its arguments, alone, in lists or in options, are its inputs; its result is a tensor, a list of
   * tensors, or an object of tensors.
   */
  readonly call: (...args: A) => unknown;
  /** Draws its arguments. Set `reason` on it, with `nonDifferentiable`, when no gradient flows through the operation. */
  readonly samples: OpSamples<A>;
  /** Its illegal calls, each with the error that must be thrown. */
  readonly refusals?: Refusals;
}

/** Draws the arguments of one call. See {@link OpUnderTest}. */
export interface OpSamples<A extends readonly unknown[]> {
  (kit: SampleKit): A;
  /** Why no gradient flows through the operation. */
  readonly reason?: string;
}

/** A tensor with the name that messages use for it. */
export interface Named {
  readonly name: string;
  readonly tensor: Tensor;
}

/** The arguments of a call, with the tensors among them pulled out, so that others can take their places. */
export class Call {
  readonly args: readonly unknown[];
  /** The tensors among the arguments, in order; one that stands in two places is listed twice. */
  readonly inputs: readonly Named[];
  /** Which of the inputs are floating point, and so differentiable. */
  readonly floats: readonly number[];

  constructor(args: readonly unknown[]) {
    const inputs: Named[] = [];
    const visit = (value: unknown, name: string): void => {
      if (value instanceof Tensor) inputs.push({ name, tensor: value });
      if (Array.isArray(value)) for (const [i, item] of value.entries()) visit(item, `${name}[${i}]`);
      if (isOptions(value)) for (const [key, item] of Object.entries(value)) visit(item, `${name}.${key}`);
    };
    for (const [i, arg] of args.entries()) visit(arg, `argument ${i}`);
    this.args = args;
    this.inputs = inputs;
    this.floats = inputs.flatMap(({ tensor }, i) => (isFloating(tensor) ? [i] : []));
  }

  /** The same call on other tensors, one per input. */
  on(tensors: readonly Tensor[]): Call {
    let at = 0;
    const replace = (value: unknown): unknown => {
      if (value instanceof Tensor) return tensors[at++]!;
      if (isOptions(value)) {
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replace(item)]));
      }
      return Array.isArray(value) ? value.map(replace) : value;
    };
    return new Call(this.args.map(replace));
  }

  /** The same call with each tensor mapped. */
  map(change: (tensor: Tensor, index: number) => Tensor): Call {
    return this.on(this.inputs.map(({ tensor }, i) => change(tensor, i)));
  }

  /** The call as source text, with all values: what a counter-example prints. */
  toString(): string {
    return this.args.map(format).join(', ');
  }
}

function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

export function isFloating(x: Tensor): boolean {
  return x.dtype === 'float32' || x.dtype === 'float64';
}

/** The tensors that a call gives, with names. */
export function results(op: OpUnderTest, call: Call): readonly Named[] {
  return tensorsIn(op.call(...call.args), `verifyOp: '${op.name}'`);
}

/** The tensors that a function returned, with names; `returner` is who returned them, for messages. */
export function tensorsIn(result: unknown, returner: string): readonly Named[] {
  if (result instanceof Tensor) return [{ name: 'result', tensor: result }];
  const entries: [string, unknown][] =
    Array.isArray(result) || (typeof result === 'object' && result !== null)
      ? Object.entries(result).map(([key, value]) => [Array.isArray(result) ? `[${key}]` : `.${key}`, value])
      : [];
  const named = entries.flatMap(([key, value]) =>
    value instanceof Tensor ? [{ name: `result${key}`, tensor: value }] : [],
  );
  if (named.length === 0 || named.length !== entries.length) {
    throw new ArgumentError(
      `${returner} returned ${format(result)}; expected a tensor, a list of tensors or an object of tensors`,
    );
  }
  return named;
}

/** A value as source text. */
export function format(value: unknown): string {
  if (value instanceof Tensor) {
    const { shape, dtype } = value;
    const options = `{ dtype: '${dtype}' }`;
    if (value.size === 0) return `zeros(${format(shape)}, ${options})`;
    const note = value.isContiguous ? '' : ` /* strides ${format(value.strides)} */`;
    return `tensor(${format(value.toArray())}, ${options})${note}`;
  }
  if (Array.isArray(value)) return `[${value.map(format).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${key}: ${format(item)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  if (typeof value === 'string') return `'${value}'`;
  return Object.is(value, -0) ? '-0' : String(value);
}
