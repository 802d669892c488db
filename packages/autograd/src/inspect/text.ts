import { formatShape } from '../tensor/shape.ts';
import type { Tensor } from '../tensor.ts';
import { type GraphNode, type GraphOptions, graphOf } from './graph.ts';

/** Elements that are written out of a larger tensor. */
const SHOWN = 4;

const formatNumber = (x: number): string =>
  Number.isInteger(x) ? String(x) : String(Number(x.toPrecision(5)));

/** The elements of a tensor in a few characters. */
export function formatValue(x: Tensor): string {
  const values = [...x.toTypedArray()];
  if (values.every((value) => value === values[0]) && values.length > 0) return formatNumber(values[0]!);
  const more = values.length > SHOWN ? ', …' : '';
  return `[${values.slice(0, SHOWN).map(formatNumber).join(', ')}${more}]`;
}

/** Shape and dtype of all outputs of a node. */
export function outputsText({ outputs }: GraphNode): string {
  return outputs.map(({ shape, dtype }) => `${formatShape(shape)} ${dtype}`).join('; ');
}

/** Options of {@link printTape}. */
export interface PrintTapeOptions extends GraphOptions {
  /** Most nodes to print: those nearest to the outputs; a line says how many are left out. Default 100. */
  readonly limit?: number;
}

/**
 * The computation behind `outputs` as a table for people: one line for each leaf and operation in the order in which they were
 * computed, with shape, dtype, the value where the tape still holds it, the gradient if asked for, and what is saved for the
 * reverse sweep. Errors: as {@link graphOf}.
 *
 * @example
 * ```ts
 * import { printTape, tensor } from '@tensortape/autograd';
 * const x = tensor(2, { dtype: 'float64', requiresGrad: true });
 * console.log(printTape(x.log().mul(x), { names: { x }, gradients: true }));
 * // x                () float64  2        grad 1.6931
 * // v1 = log(x)      () float64  0.69315  grad 2       saves x
 * // v2 = mul(v1, x)  () float64  1.3863   grad 1       saves a, b
 * // 1 leaf, 2 operations, 8 bytes saved beside the leaves
 * ```
 */
export function printTape(outputs: Tensor | readonly Tensor[], options: PrintTapeOptions = {}): string {
  const { limit = 100 } = options;
  const { nodes, savedBytes } = graphOf(outputs, options);
  const first = Math.max(0, nodes.length - limit);
  const rows = nodes.slice(first).map((node) => rowOf(node, nodes));
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const shown = rows.map((row) =>
    row
      .map((cell, column) => (widths[column] === 0 ? '' : `${cell.padEnd(widths[column]!)}  `))
      .join('')
      .trimEnd(),
  );
  const leaves = nodes.filter(({ op }) => op === null).length;
  const plural = (count: number, noun: string, nouns: string) => `${count} ${count === 1 ? noun : nouns}`;
  return [
    ...(first > 0 ? [`… ${first} older nodes are left out`] : []),
    ...shown,
    `${plural(leaves, 'leaf', 'leaves')}, ${plural(nodes.length - leaves, 'operation', 'operations')}, ` +
      `${plural(savedBytes, 'byte', 'bytes')} saved beside the leaves`,
  ].join('\n');
}

function rowOf(node: GraphNode, nodes: readonly GraphNode[]): readonly string[] {
  const text = (tensor: Tensor | null) => (tensor === null ? '?' : formatValue(tensor));
  const operands = node.inputs.map(({ from, slot, constant }) => {
    if (from === null) return constant === null ? '·' : formatValue(constant);
    const { name, outputs } = nodes[from]!;
    return outputs.length > 1 ? `${name}[${slot}]` : name;
  });
  const gradients = node.outputs.flatMap(({ gradient }) => gradient ?? []);
  return [
    node.op === null ? node.name : `${node.name} = ${node.op}(${operands.join(', ')})`,
    outputsText(node),
    node.outputs.map(({ value }) => text(value)).join('; '),
    gradients.length === 0 ? '' : `grad ${gradients.map(formatValue).join('; ')}`,
    node.saved.length === 0 ? '' : `saves ${[...new Set(node.saved.map(({ name }) => name))].join(', ')}`,
  ];
}
