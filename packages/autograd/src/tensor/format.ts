import { type DType, getDefaultDType, isFloat } from './dtype.ts';
import type { View } from './view.ts';

const PRECISION = 4;
const EDGE_ITEMS = 3;
const SUMMARY_ABOVE = 1000;
const LINE_WIDTH = 80;

/**
 * A tensor as text, laid out as PyTorch prints it: four decimals, one width for all elements, scientific notation when
 * magnitudes differ by more than 1000, long axes cut to their three first and last elements.
 */
export function formatTensor(x: View, suffixes: readonly string[]): string {
  const indent = 'tensor('.length;
  const summarize = x.size > SUMMARY_ABOVE;
  const notes = [...suffixes];
  if (x.dtype !== getDefaultDType() && (x.dtype !== 'bool' || x.size === 0))
    notes.unshift(`dtype=${x.dtype}`);
  if (x.size === 0 && x.shape.length !== 1) notes.unshift(`size=(${x.shape.join(', ')})`);
  const body = x.size === 0 ? '[]' : formatAxis(x, 0, x.offset, indent, summarize, formatterOf(x, summarize));

  let text = `tensor(${body}`;
  let column = text.length - text.lastIndexOf('\n') + 1;
  for (const note of notes) {
    const wraps = column + note.length + 2 > LINE_WIDTH;
    text += wraps ? `,\n${' '.repeat(indent)}${note}` : `, ${note}`;
    column = wraps ? indent + note.length : column + note.length + 2;
  }
  return `${text})`;
}

/** How the elements of one tensor are written, padded to a width. */
interface Formatter {
  readonly width: number;
  readonly text: (value: number) => string;
}

function formatAxis(
  x: View,
  axis: number,
  at: number,
  indent: number,
  summarize: boolean,
  format: Formatter,
): string {
  const rank = x.shape.length - axis;
  if (rank === 0) return format.text(x.storage.array[at]!).padStart(format.width);
  const length = x.shape[axis]!;
  const cut = summarize && length > 2 * EDGE_ITEMS;
  const items = Array.from({ length: cut ? 2 * EDGE_ITEMS : length }, (_, i) => {
    const position = cut && i >= EDGE_ITEMS ? length - 2 * EDGE_ITEMS + i : i;
    return formatAxis(x, axis + 1, at + position * x.strides[axis]!, indent + 1, summarize, format);
  });
  if (cut) items.splice(EDGE_ITEMS, 0, rank === 1 ? ' ...' : '...');
  if (rank > 1) return `[${items.join(`,${'\n'.repeat(rank - 1)}${' '.repeat(indent + 1)}`)}]`;
  const perLine = Math.max(1, Math.floor((LINE_WIDTH - indent) / (format.width + 2)));
  const lines: string[] = [];
  for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(', '));
  return `[${lines.join(`,\n${' '.repeat(indent + 1)}`)}]`;
}

/** One format for all shown elements. As in PyTorch zeros, infinities and NaN have no say in the width. */
function formatterOf(x: View, summarize: boolean): Formatter {
  const shown: number[] = [];
  collect(x, 0, x.offset, summarize, shown);
  const decisive = isFloat(x.dtype) ? shown.filter((value) => Number.isFinite(value) && value !== 0) : shown;
  const text = textOf(x.dtype, decisive);
  return { text, width: Math.max(1, ...decisive.map((value) => text(value).length)) };
}

function collect(x: View, axis: number, at: number, summarize: boolean, into: number[]): void {
  if (axis === x.shape.length) {
    into.push(x.storage.array[at]!);
    return;
  }
  const length = x.shape[axis]!;
  for (let i = 0; i < length; i++) {
    if (summarize && length > 2 * EDGE_ITEMS && i === EDGE_ITEMS) i = length - EDGE_ITEMS;
    collect(x, axis + 1, at + i * x.strides[axis]!, summarize, into);
  }
}

function textOf(dtype: DType, decisive: readonly number[]): (value: number) => string {
  if (dtype === 'bool') return (value) => (value === 0 ? 'false' : 'true');
  if (!isFloat(dtype)) return String;
  const sizes = decisive.map(Math.abs);
  const [largest, smallest] = [Math.max(...sizes), Math.min(...sizes)];
  const whole = sizes.every(Number.isInteger);
  if (largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4)
    return (value) => special(value) ?? scientific(value);
  return (value) => special(value) ?? (whole ? `${fixed(value, 0)}.` : fixed(value, PRECISION));
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? undefined : value > 0 ? 'inf' : '-inf';
}

/** toFixed, but with halves to even and with the sign of -0, as C prints. */
function fixed(value: number, digits: number): string {
  const size = Math.abs(value);
  // A double lies half-way between two decimals of so many digits only as an odd multiple of 2^-(digits + 1).
  const tie = (size * 2 ** (digits + 1)) % 2 === 1;
  const below = Math.floor(size * 10 ** digits);
  const text = tie && below % 2 === 0 ? (below / 10 ** digits).toFixed(digits) : size.toFixed(digits);
  return value < 0 || Object.is(value, -0) ? `-${text}` : text;
}

/** toExponential, but with halves to even, with the sign of -0 and two digits in the exponent, as C prints. */
function scientific(value: number): string {
  const exact = Math.abs(value).toExponential(40);
  // A double that lies half-way has few digits: its expansion ends long before forty.
  const tie = exact.slice(2 + PRECISION).startsWith(`5${'0'.repeat(39 - PRECISION)}`);
  const even = Number(exact[1 + PRECISION]) % 2 === 0;
  const text =
    tie && even ? exact.slice(0, 2 + PRECISION) + exact.slice(42) : Math.abs(value).toExponential(PRECISION);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return sign + text.replace(/e([+-])(\d)$/, 'e$10$2');
}
