import { type DType, type FloatDType, manualSeed, noGrad, Tensor, tensor } from '@tensortape/autograd';
import * as nn from '@tensortape/nn';
import type { Case, Source } from './source.ts';

/** A tensor as JSON. */
export interface TensorJson {
  /** JSON has no infinities: they are strings. */
  readonly data: readonly (number | string)[];
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly requiresGrad?: boolean;
}

/** A module, its values, and what it is called with, as JSON: what both sides run. */
export interface Request {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly dtype: FloatDType;
  readonly training: boolean;
  readonly state: Readonly<Record<string, TensorJson>>;
  readonly inputs: readonly unknown[];
  readonly cotangents: readonly TensorJson[];
  readonly steps: number;
  readonly lr: number;
}

const finite = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

const toJson = (x: Tensor): TensorJson => {
  const json = { data: [...x.toTypedArray()].map(finite), shape: [...x.shape], dtype: x.dtype };
  return x.requiresGrad ? { ...json, requiresGrad: true } : json;
};

const fromJson = ({ data, shape, dtype, requiresGrad = false }: TensorJson): Tensor =>
  tensor(data.map(Number), { dtype }).reshape(shape).detach().requiresGrad_(requiresGrad);

const isTensorJson = (value: object): value is TensorJson => 'dtype' in value && 'data' in value;

/** What lies in nested lists and objects, each tensor replaced. */
function encode(value: unknown): unknown {
  if (value instanceof Tensor) return toJson(value);
  return mapNested(value, encode);
}

function decode(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && isTensorJson(value)) return fromJson(value);
  return mapNested(value, decode);
}

function mapNested(value: unknown, map: (value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(map);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item)]));
}

/** The tensors in nested lists and objects, in order. */
function flat(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(flat);
}

/** A module whose arguments are not known. */
export type Runnable = nn.Module & { forward(...inputs: unknown[]): unknown };

function build({ name, args, options }: Pick<Request, 'name' | 'args' | 'options'>): Runnable {
  const values = [
    ...(decode(args) as unknown[]),
    ...(Object.keys(options).length > 0 ? [decode(options)] : []),
  ];
  if (name === 'TransformerEncoder' || name === 'TransformerDecoder') return stack(name, values);
  return Reflect.construct(Reflect.get(nn, name), values);
}

/** A stack of layers, made from the arguments of a layer, the number of layers, and whether there is a norm. */
function stack(name: string, [dModel, nhead, numLayers, normalized, options]: readonly unknown[]): Runnable {
  const layer = Reflect.construct(Reflect.get(nn, `${name}Layer`), [dModel, nhead, options ?? {}]);
  const norm = normalized ? new nn.LayerNorm(Number(dModel), { eps: 0.1 }) : null;
  return Reflect.construct(Reflect.get(nn, name), [layer, numLayers, { norm }]);
}

/** The float results: only these have cotangents. */
function outputsOf(name: string, module: Runnable, inputs: readonly unknown[]): Tensor[] {
  // PyTorch's gradient of this loss holds only behind a log-softmax.
  const prepared = name === 'CTCLoss' ? [flat(inputs[0])[0]?.logSoftmax(-1), ...inputs.slice(1)] : inputs;
  return flat(module.forward(...prepared)).filter(({ dtype }) => dtype === 'float32' || dtype === 'float64');
}

/** Makes a module of what was drawn, with other options beside. */
export const moduleOf = (name: string, { args = [], options = {} }: Case, beside: object = {}): Runnable =>
  build({
    name,
    args: encode(args) as unknown[],
    options: encode({ ...options, ...beside }) as Request['options'],
  });

/** Makes a module of what was drawn, draws values for it, and says what to run. */
export function requestOf(source: Source, name: string, { args = [], options = {}, inputs }: Case): Request {
  const { dtype, training } = source;
  const made = { name, args: encode(args) as unknown[], options: encode(options) as Request['options'] };
  const module = build(made).to(dtype).train(training);
  const state = [...module.stateDict()].map(([key, value]) => {
    // Counts, and where windows lie, stay as they are.
    if (value.dtype === 'int32' || key === '_random_samples') return [key, value] as const;
    const drawn = source.constant(value.shape, 0.5);
    return [key, key.endsWith('running_var') ? drawn.abs().add(0.5) : drawn] as const;
  });
  module.loadStateDict(new Map(state));
  const outputs = outputsOf(name, module, decode(encode(inputs)) as unknown[]);
  return {
    ...made,
    dtype,
    training,
    state: Object.fromEntries(state.map(([key, value]) => [key, toJson(value)])),
    inputs: encode(inputs) as unknown[],
    cotangents: outputs.map(({ shape }) => toJson(source.constant(shape, 1))),
    steps: 3,
    lr: 0.01,
  };
}

const plain = (values: Iterable<readonly [string, Tensor]>): Record<string, unknown> =>
  Object.fromEntries([...values].map(([key, value]) => [key, value.toArray()]));

/** Several steps of training: outputs and gradients of each, and the state at the end. */
export function train(request: Request): unknown {
  const module = build(request).to(request.dtype).train(request.training);
  module.loadStateDict(new Map(Object.entries(request.state).map(([key, value]) => [key, fromJson(value)])));
  const inputs = decode(request.inputs) as unknown[];
  const parameters = module.parameters();
  const leaves = [...flat(inputs).filter(({ requiresGrad }) => requiresGrad), ...parameters];
  const steps: unknown[] = [];
  for (let step = 0; step < request.steps; step++) {
    for (const x of leaves) x.grad = null;
    const outputs = outputsOf(request.name, module, inputs);
    const terms = outputs.map((x, i) => x.mul(fromJson(request.cotangents[i]!)).sum());
    const loss = terms.reduce((sum, term) => sum.add(term));
    if (loss.requiresGrad) loss.backward();
    steps.push({
      outputs: outputs.map((x) => x.toArray()),
      gradients: leaves.map(({ grad }) => grad?.toArray() ?? null),
    });
    noGrad(() => {
      for (const p of parameters) if (p.grad) p.sub_(p.grad.mul(request.lr));
    });
  }
  return { text: String(module), steps, state: plain(module.stateDict()) };
}

/** What a module starts with. */
export function initial(seed: number, { name, args, options }: Request): Record<string, unknown> {
  manualSeed(seed);
  return plain(build({ name, args, options }).stateDict());
}

/** How a module prints, in PyTorch's spelling and without what only PyTorch says: words and numbers. */
export function normalizeText(text: string): string {
  return text
    .replace(/, inplace=False|inplace=(?:True|False)/g, '')
    .replaceAll('NonDynamicallyQuantizableLinear', 'Linear')
    .replace(/\b\w+(?==)|(?<=\()[a-z]\w*(?=\):)/g, (field) => snakeCase(field))
    .replace(/\((-?[\d.]+),\)/g, '$1')
    .replace(/(?<![\w.])-?\d[\d.]*(?:e-?\d+)?/g, (digits) => String(Number(digits)))
    .replace(/\bTrue\b/g, 'true')
    .replace(/\bFalse\b/g, 'false')
    .replace(/\bNone\b/g, 'null');
}

const snakeCase = (field: string): string => field.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase();
