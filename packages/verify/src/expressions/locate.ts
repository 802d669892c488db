import type { MathNode } from 'mathjs';
import { ExpressionError, type Span } from './error.ts';

const word = /[\p{L}_$][\p{L}\p{N}_$]*|0[xbo][\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/giu;
const skipped = /#[^\n]*|"(?:[^"\\]|\\.)*"/g;

/** Where names and numbers stand in a source: mathjs keeps no positions, but its leaves come in the order of the text. */
export class Locator {
  readonly #source: string;
  readonly #words: readonly { readonly text: string; readonly span: Span }[];
  readonly #spans = new Map<MathNode, Span>();
  #next = 0;

  constructor(source: string, root: MathNode) {
    this.#source = source;
    const text = source.replace(skipped, (found) => ' '.repeat(found.length));
    this.#words = [...text.matchAll(word)].map((match) => ({
      text: match[0],
      span: { start: match.index, end: match.index + match[0].length },
    }));
    this.#visit(root);
  }

  /** The part of the source that a node was read from: its names and numbers, and the brackets that close behind them. */
  spanOf(node: MathNode): Span {
    const span = this.#spans.get(node);
    if (span === undefined) return { start: 0, end: this.#source.length };
    const inside = this.#source.slice(span.start, span.end);
    let open = inside.split(/[([]/).length - inside.split(/[)\]]/).length;
    let { end } = span;
    for (; open > 0 && end < this.#source.length && /[\s)\]']/.test(this.#source[end]!); end++) {
      if (/[)\]]/.test(this.#source[end]!)) open--;
    }
    return { start: span.start, end };
  }

  /** An error at a node. */
  error(node: MathNode, reason: string): ExpressionError {
    return new ExpressionError(reason, this.#source, this.spanOf(node));
  }

  #visit(node: MathNode): Span | null {
    let span = this.#own(node);
    // `A[:, 1]` is read as from 1 to end, which stand nowhere in the text.
    const isWhole = node.type === 'RangeNode' && childrenOf(node).some(isEnd);
    for (const child of isWhole ? [] : childrenOf(node)) {
      const inner = this.#visit(child);
      if (inner !== null) {
        span =
          span === null
            ? inner
            : { start: Math.min(span.start, inner.start), end: Math.max(span.end, inner.end) };
      }
    }
    if (span !== null) this.#spans.set(node, span);
    return span;
  }

  /** The next word that reads like a leaf. */
  #own(node: MathNode): Span | null {
    const matches = wordOf(node);
    if (matches === null) return null;
    for (let i = this.#next; i < this.#words.length; i++) {
      const { text, span } = this.#words[i]!;
      if (!matches(text)) continue;
      this.#next = i + 1;
      return span;
    }
    return null;
  }
}

const isEnd = (node: MathNode): boolean =>
  node.type === 'SymbolNode' && 'name' in node && node.name === 'end';

function wordOf(node: MathNode): ((text: string) => boolean) | null {
  const isNamed = node.type === 'SymbolNode' || node.type === 'FunctionAssignmentNode';
  if (isNamed && 'name' in node) return (text) => text === node.name;
  if (node.type === 'ConstantNode' && 'value' in node) {
    return (text) => text === String(node.value) || Number(text) === node.value;
  }
  return null;
}

/** The children of a node, in the order of the text. */
export function childrenOf(node: MathNode): readonly MathNode[] {
  const found: MathNode[] = [];
  node.forEach((child) => {
    found.push(child);
  });
  return found;
}
