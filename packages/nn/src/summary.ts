import { type DType, formatShape, noGrad, type Shape, Tensor, zeros } from '@tensortape/autograd';
import { Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from './layers/conv.ts';
import type { Module } from './module.ts';
import { variableName } from './names.ts';

/** One module of a {@link Summary}, in the order of the tree. */
export interface SummaryRow {
  /** The fields that lead to it; '' for the outermost. */
  readonly path: string;
  /** The name of its class. */
  readonly type: string;
  /** How many modules it lies below. */
  readonly depth: number;
  /** The shapes of its results in the last call, or null when it was not called. */
  readonly outputShapes: readonly Shape[] | null;
  /** The number of its own parameters. */
  readonly parameters: number;
  /** The multiplications with its own weights, each with its addition, in all calls. */
  readonly multiplyAdds: number;
}

/** What {@link summary} finds. Printed, it is a table. */
export interface Summary {
  /** The modules, each before those below it. */
  readonly rows: readonly SummaryRow[];
  /** The number of parameters, shared ones once. */
  readonly totalParameters: number;
  /** How many of them are trained. */
  readonly trainableParameters: number;
  /** The sum of the rows. */
  readonly multiplyAdds: number;
  /** The bytes of parameters and buffers. */
  readonly parameterBytes: number;
  /** The bytes of the results of all modules that hold no others. */
  readonly outputBytes: number;
  /** The table. */
  toString(): string;
}

/** Options of {@link summary}. */
export interface SummaryOptions {
  /** The dtype of the input that is made of a shape; that of the first float parameter unless given. */
  readonly dtype?: DType;
}

/**
 * Runs a model once, in evaluation mode and unrecorded, and says for each module what shape it gives, how many parameters it holds and
 * how many multiplications with weights it takes: those of linear layers, convolutions and recurrent layers. PyTorch: the packages
 * torchinfo and torchsummary.
 *
 * @param model The model; its mode stays as it was.
 * @param input The shape of an input, which is filled with zeros, or the arguments of `forward`.
 * @param options `dtype` of the input that is made.
 *
 * Errors: what `forward` throws, with the path of the module.
 *
 * @example
 * ```ts
 * import { Linear, ReLU, Sequential, summary } from '@tensortape/nn';
 *
 * const found = summary(new Sequential(new Linear(4, 8), new ReLU(), new Linear(8, 2)), [1, 4]);
 * console.log(found.totalParameters, found.multiplyAdds); // 58 48
 * console.log(found.rows.map(({ type }) => type)); // [ 'Sequential', 'Linear', 'ReLU', 'Linear' ]
 * ```
 */
export function summary(
  model: Module,
  input: Shape | readonly [unknown, ...unknown[]],
  { dtype }: SummaryOptions = {},
): Summary {
  const first = model.parameters()[0];
  const args = isShape(input) ? [zeros(input, { dtype: dtype ?? first?.dtype ?? 'float32' })] : input;
  const calls = observe(model, args);
  const named = model.namedModules();
  const rows = named.map(([path, module]) => rowOf(path, module, calls.get(module) ?? []));
  const outputBytes = named.flatMap(([, module]) =>
    module.children().length > 0
      ? []
      : (calls.get(module) ?? []).flatMap(({ outputs }) => outputs.map(bytesOf)),
  );
  const parameters = model.parameters();
  const found = {
    rows,
    totalParameters: total(parameters.map(({ size }) => size)),
    trainableParameters: total(parameters.filter(({ requiresGrad }) => requiresGrad).map(({ size }) => size)),
    multiplyAdds: total(rows.map(({ multiplyAdds }) => multiplyAdds)),
    parameterBytes: total([...parameters, ...model.buffers()].map(bytesOf)),
    outputBytes: total(outputBytes),
  };
  return { ...found, toString: () => format(variableName(model.constructor.name), found) };
}

const isShape = (input: readonly unknown[]): input is Shape =>
  input.every((item) => typeof item === 'number');

/** A call of a module. */
interface Call {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** Runs the model once, and collects the calls of all modules. */
function observe(model: Module, args: readonly unknown[]): ReadonlyMap<Module, readonly Call[]> {
  const calls = new Map<Module, Call[]>();
  const modes = model.modules().map((module) => [module, module.training] as const);
  const handles = modes.map(([module]) =>
    module.registerForwardHook((_: Module, inputs: unknown[], output: unknown) => {
      const own = calls.get(module) ?? [];
      calls.set(module, [...own, { inputs: tensorsIn(inputs), outputs: tensorsIn(output) }]);
      return undefined;
    }),
  );
  try {
    model.eval();
    noGrad(() => Reflect.apply(model.forward, model, args));
  } finally {
    for (const { remove } of handles) remove();
    // Outermost first, so that each module ends as it was.
    for (const [module, training] of modes) module.train(training);
  }
  return calls;
}

function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  return Array.isArray(value) ? value.flatMap(tensorsIn) : [];
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

const bytesOf = ({ size, dtype }: Tensor): number => size * bytes[dtype];
const bytes: Readonly<Record<DType, number>> = { float32: 4, float64: 8, int32: 4, uint8: 1, bool: 1 };

function rowOf(path: string, module: Module, calls: readonly Call[]): SummaryRow {
  const below = new Set(module.children().flatMap((child) => child.parameters()));
  const own = module.parameters().filter((parameter) => !below.has(parameter));
  return {
    path,
    type: module.constructor.name,
    depth: path === '' ? 0 : path.split('.').length,
    outputShapes: calls.at(-1)?.outputs.map(({ shape }) => shape) ?? null,
    parameters: total(own.map(({ size }) => size)),
    multiplyAdds: total(calls.map((call) => multiplyAddsOf(module, own, call))),
  };
}

/** Each element of a weight is used once for each place: of the result, or of the input of a transposed convolution. */
function multiplyAddsOf(module: Module, own: readonly Tensor[], { inputs, outputs }: Call): number {
  const weights = total(own.filter(({ ndim }) => ndim > 1).map(({ size }) => size));
  const [x, y] = [inputs[0], outputs[0]];
  if (x === undefined || y === undefined || weights === 0) return 0;
  if (module instanceof Conv1d || module instanceof Conv2d || module instanceof Conv3d) {
    return (weights * y.size) / module.outChannels;
  }
  if (
    module instanceof ConvTranspose1d ||
    module instanceof ConvTranspose2d ||
    module instanceof ConvTranspose3d
  ) {
    return (weights * x.size) / module.inChannels;
  }
  // What is looked up is not multiplied.
  return x.dtype === 'int32' ? 0 : weights * (x.size / x.shape.at(-1)!);
}

/** The table, and what it sums to. */
function format(name: string, found: Omit<Summary, 'toString'>): string {
  const heads = ['module', 'output', 'parameters', 'multiply-adds'];
  const count = (number: number): string => (number === 0 ? '' : number.toLocaleString('en-US'));
  const cells = found.rows.map(({ path, type, depth, outputShapes, parameters, multiplyAdds }) => [
    `${'  '.repeat(depth)}${path.split('.').at(-1) || name} (${type})`,
    outputShapes === null ? 'not called' : outputShapes.map((shape) => formatShape(shape)).join(', '),
    count(parameters),
    count(multiplyAdds),
  ]);
  const widths = heads.map((head, i) => Math.max(head.length, ...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  const rule = '-'.repeat(total(widths) + 2 * (widths.length - 1));
  const megabytes = (size: number): string => `${(size / 2 ** 20).toFixed(2)} MB`;
  return [
    line(heads),
    rule,
    ...cells.map(line),
    rule,
    `parameters: ${found.totalParameters.toLocaleString('en-US')}, of which trained: ${found.trainableParameters.toLocaleString('en-US')}`,
    `multiply-adds: ${found.multiplyAdds.toLocaleString('en-US')}`,
    `memory: ${megabytes(found.parameterBytes)} of parameters and buffers, ${megabytes(found.outputBytes)} of results`,
  ].join('\n');
}
