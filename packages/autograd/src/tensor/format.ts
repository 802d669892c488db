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
  if (x.dtype !== getDefaultDType() && x.dtype !== 'bool') notes.unshift(`dtype=${x.dtype}`);
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

type Formatter = (value: number) => string;

function formatAxis(
  x: View,
  axis: number,
  at: number,
  indent: number,
  summarize: boolean,
  format: Formatter,
): string {
  const rank = x.shape.length - axis;
  if (rank === 0) return format(x.storage.array[at]!);
  const length = x.shape[axis]!;
  const cut = summarize && length > 2 * EDGE_ITEMS;
  const items = Array.from({ length: cut ? 2 * EDGE_ITEMS : length }, (_, i) => {
    const position = cut && i >= EDGE_ITEMS ? length - 2 * EDGE_ITEMS + i : i;
    return formatAxis(x, axis + 1, at + position * x.strides[axis]!, indent + 1, summarize, format);
  });
  if (cut) items.splice(EDGE_ITEMS, 0, rank === 1 ? ' ...' : '...');
  if (rank > 1) return `[${items.join(`,${'\n'.repeat(rank - 1)}${' '.repeat(indent + 1)}`)}]`;
  const perLine = Math.max(1, Math.floor((LINE_WIDTH - indent) / (format(x.storage.array[at]!).length + 2)));
  const lines: string[] = [];
  for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(', '));
  return `[${lines.join(`,\n${' '.repeat(indent + 1)}`)}]`;
}

/** One format for all shown elements, padded to one width. */
function formatterOf(x: View, summarize: boolean): Formatter {
  const shown: number[] = [];
  collect(x, 0, x.offset, summarize, shown);
  const format = formatOf(x.dtype, shown);
  const width = x.shape.length === 0 ? 0 : Math.max(...shown.map((value) => format(value).length));
  return (value) => format(value).padStart(width);
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

function formatOf(dtype: DType, shown: readonly number[]): Formatter {
  if (dtype === 'bool') return (value) => (value === 0 ? 'false' : 'true');
  if (!isFloat(dtype)) return String;
  const sizes = shown.filter((value) => Number.isFinite(value) && value !== 0).map(Math.abs);
  const largest = Math.max(...sizes);
  const smallest = Math.min(...sizes);
  const spread = sizes.length > 0 && (largest / smallest > 1000 || largest > 1e8);
  const whole = sizes.every(Number.isInteger);
  if (spread || (!whole && smallest < 1e-4)) return scientific;
  return (value) => special(value) ?? (whole ? `${signed(value, 0)}.` : signed(value, PRECISION));
}

const scientific: Formatter = (value) =>
  special(value) ?? value.toExponential(PRECISION).replace(/e([+-])(\d)$/, 'e$10$2');

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'nan';
  return Number.isFinite(value) ? undefined : value > 0 ? 'inf' : '-inf';
}

/** toFixed, but with halves to even and with the sign of -0, as C prints. */
function signed(value: number, digits: number): string {
  const scale = 10 ** digits;
  const scaled = Math.abs(value) * scale;
  const below = Math.floor(scaled);
  const tie = scaled - below === 0.5 && scaled / scale === Math.abs(value) && below % 2 === 0;
  const text = tie ? (below / scale).toFixed(digits) : Math.abs(value).toFixed(digits);
  return value < 0 || Object.is(value, -0) ? `-${text}` : text;
}
