import type { Tensor } from '../tensor.ts';
import { type Graph, type GraphNode, type GraphOptions, graphOf } from './graph.ts';
import { formatValue, outputsText } from './text.ts';

/** Options of {@link toDot} and {@link toMermaid}. */
export interface DrawOptions extends GraphOptions {
  /** Whether to show values where the tape holds them. Default false. */
  readonly values?: boolean;
  /** Whether to number the nodes in their topological order. Default false. */
  readonly numbered?: boolean;
  /** Most nodes to draw: those nearest to the outputs; the picture says how many are left out. Default 500. */
  readonly limit?: number;
}

/** A node of a picture: what it is, and lines of text about it. */
interface Box {
  readonly id: string;
  readonly kind: 'leaf' | 'operation' | 'output' | 'constant' | 'note';
  readonly lines: readonly string[];
}

/** An arrow, with the name of the input that it feeds where there are several. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

interface Picture {
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

function pictureOf(graph: Graph, options: DrawOptions): Picture {
  const { values = false, numbered = false, limit = 500 } = options;
  const first = Math.max(0, graph.nodes.length - limit);
  const outputs = new Set(graph.outputs.map(({ node }) => node));
  const boxes: Box[] = [];
  const arrows: Arrow[] = [];
  if (first > 0) boxes.push({ id: 'left', kind: 'note', lines: [`${first} older nodes are left out`] });
  graph.nodes.forEach((node, k) => {
    if (k < first) return;
    const kind = outputs.has(k) ? 'output' : node.op === null ? 'leaf' : 'operation';
    const number = numbered ? `${k + 1}: ` : '';
    boxes.push({ id: `n${k}`, kind, lines: linesOf(node, number, values) });
    node.inputs.forEach(({ input, from, slot, constant, partial }, i) => {
      const label = node.inputs.length > 1 ? input : '';
      const fromSlot = from !== null && graph.nodes[from]!.outputs.length > 1 ? ` [${slot}]` : '';
      if (from !== null) {
        const slope = partial === null ? [] : [`∂ ${formatValue(partial)}`];
        const parts = [label + fromSlot, ...slope].filter((part) => part !== '');
        arrows.push({ from: from < first ? 'left' : `n${from}`, to: `n${k}`, label: parts.join('\n') });
      } else if (constant !== null) {
        boxes.push({ id: `c${k}_${i}`, kind: 'constant', lines: [formatValue(constant)] });
        arrows.push({ from: `c${k}_${i}`, to: `n${k}`, label });
      }
    });
  });
  return { boxes, arrows };
}

function linesOf(node: GraphNode, number: string, values: boolean): string[] {
  const title = number + (node.op === null ? node.name : `${node.name} = ${node.op}`);
  return [
    title,
    outputsText(node),
    ...(values
      ? node.outputs.flatMap(({ value }) => (value === null ? [] : [`= ${formatValue(value)}`]))
      : []),
    ...node.outputs.flatMap(({ gradient }) => (gradient === null ? [] : [`grad ${formatValue(gradient)}`])),
    ...node.outputs.flatMap(({ tangent }) => (tangent === null ? [] : [`tangent ${formatValue(tangent)}`])),
  ];
}

const shapes: Readonly<Record<Box['kind'], string>> = {
  leaf: 'shape=box, style=filled, fillcolor="#d8ecff"',
  operation: 'shape=box, style=rounded',
  output: 'shape=box, style="rounded,filled", fillcolor="#ffe8c8"',
  constant: 'shape=plaintext',
  note: 'shape=note',
};

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;

/**
 * The computation behind `outputs` in Graphviz's DOT language: leaves, operations with shapes and dtypes, and on demand values,
 * gradients, tangents and the local partial derivative on each arrow (see {@link DrawOptions}); arrows point from what is read to what
 * reads it. Errors: as {@link graphOf}.
 *
 * @example
 * ```ts
 * import { tensor, toDot } from '@tensortape/autograd';
 * const x = tensor(2, { requiresGrad: true });
 * console.log(toDot(x.log(), { names: { x } }).includes('n0 -> n1')); // true
 * ```
 */
export function toDot(outputs: Tensor | readonly Tensor[], options: DrawOptions = {}): string {
  const { boxes, arrows } = pictureOf(graphOf(outputs, options), options);
  return [
    'digraph tape {',
    '  rankdir=BT;',
    '  node [fontname="sans-serif"];',
    ...boxes.map(({ id, kind, lines }) => `  ${id} [label=${quoted(lines.join('\n'))}, ${shapes[kind]}];`),
    ...arrows.map(
      ({ from, to, label }) => `  ${from} -> ${to}${label === '' ? '' : ` [label=${quoted(label)}]`};`,
    ),
    '}',
    '',
  ].join('\n');
}

const brackets: Readonly<Record<Box['kind'], readonly [string, string]>> = {
  leaf: ['[', ']'],
  operation: ['(', ')'],
  output: ['([', '])'],
  constant: ['{{', '}}'],
  note: ['>', ']'],
};

const entities: Readonly<Record<string, string>> = {
  '"': '#quot;',
  '<': '#lt;',
  '>': '#gt;',
  '&': '#amp;',
  '#': '#35;',
};

const escaped = (text: string): string =>
  `"${text.replace(/["<>&#]/g, (character) => entities[character]!).replaceAll('\n', '<br/>')}"`;

/**
 * The same picture as {@link toDot} as a Mermaid flowchart, which Markdown pages show. Errors: as {@link graphOf}.
 *
 * @example
 * ```ts
 * import { tensor, toMermaid } from '@tensortape/autograd';
 * const x = tensor(2, { requiresGrad: true });
 * console.log(toMermaid(x.log()).split('\n')[0]); // flowchart BT
 * ```
 */
export function toMermaid(outputs: Tensor | readonly Tensor[], options: DrawOptions = {}): string {
  const { boxes, arrows } = pictureOf(graphOf(outputs, options), options);
  return [
    'flowchart BT',
    ...boxes.map(({ id, kind, lines }) => {
      const [open, close] = brackets[kind];
      return `  ${id}${open}${escaped(lines.join('\n'))}${close}`;
    }),
    ...arrows.map(({ from, to, label }) => `  ${from} -->${label === '' ? '' : `|${escaped(label)}|`} ${to}`),
    '',
  ].join('\n');
}
