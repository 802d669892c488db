/** A part of a source text: from the first character up to, not including, the last; counted from 0. */
export interface Span {
  /** Where it begins. */
  readonly start: number;
  /** Where it ends. */
  readonly end: number;
}

/** Most characters of a line that a message shows. */
const WIDTH = 100;

/**
 * Thrown for an expression that cannot be parsed or run. The message shows the line with a caret below the place.
 */
export class ExpressionError extends Error {
  /** The class's name, for messages. */
  override readonly name: string = 'ExpressionError';
  /** What is wrong, without the place. */
  readonly reason: string;
  /** The whole expression. */
  readonly source: string;
  /** The line of the place, counted from 1. */
  readonly line: number;
  /** The column of the place, counted from 1. */
  readonly column: number;

  /** @internal */
  constructor(reason: string, source: string, span: Span, options?: ErrorOptions) {
    const start = Math.min(span.start, source.length);
    const first = source.slice(0, start).lastIndexOf('\n') + 1;
    const next = source.indexOf('\n', start);
    const last = next < 0 ? source.length : next;
    const line = source.slice(0, first).split('\n').length;
    const column = start - first + 1;
    const cut = Math.max(0, Math.min(start - WIDTH / 2, last - WIDTH) - first);
    const shown = source.slice(first + cut, Math.min(last, first + cut + WIDTH));
    const length = Math.max(1, Math.min(span.end, first + cut + shown.length) - start);
    super(
      `${reason} (line ${line}, column ${column})\n  ${shown}\n  ${' '.repeat(column - 1 - cut)}${'^'.repeat(length)}`,
      options,
    );
    this.reason = reason;
    this.source = source;
    this.line = line;
    this.column = column;
  }
}

/** @internal Thrown for an expression that has no value at a point: outside of a function's domain. At others it may have one. */
export class UndefinedError extends ExpressionError {}
