import { barred, dotted, type EvaluationTrace, type TraceCell, type TraceRow } from './evaluationTrace.ts';
import { formatCell } from './number.ts';

/** How a table is written: for terminals, for Markdown pages, as an HTML page of its own, or as a picture. */
export type TableFormat = 'text' | 'markdown' | 'html' | 'svg';

/** A table of texts. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A trace as a table: primals, tangents and adjoints side by side, each with its rule and its value; tensors by shape and norm. Primals
 * and tangents are computed downwards, adjoints upwards.
 *
 * @example
 * ```ts
 * import { formatTrace, parseProgram, traceProgram } from '@tensortape/verify';
 * const program = await parseProgram('x * sin(x)', { inputs: ['x'] });
 * console.log(formatTrace(traceProgram(program, { x: 2 }), 'markdown').split('\n').at(-1));
 * // | v2 = x · v1 | 1.81859 | v̇2 = ẋ · v1 + v̇1 · x | 0.0770038 | v̄2 | 1 |
 * ```
 */
export function formatTrace({ rows, output }: EvaluationTrace, format: TableFormat = 'text'): string {
  const withTangents = rows.some(({ tangent }) => tangent !== null);
  const withAdjoints = rows.some(({ adjoint }) => adjoint !== null);
  const cells = (name: string, cell: TraceCell | null, missing: string) => [
    cell?.rule ? `${name} = ${cell.rule}` : name,
    formatCell(cell?.value ?? null, missing),
  ];
  const line = ({ name, primal, tangent, adjoint }: TraceRow) => [
    ...cells(name, primal, '?'),
    ...(withTangents ? cells(dotted(name), tangent, '0') : []),
    ...(withAdjoints ? cells(barred(name), adjoint, '0') : []),
  ];
  return formatTable(
    {
      caption:
        `Evaluation trace of ${output}: primals${withTangents ? ' and tangents' : ''} are computed downwards` +
        (withAdjoints ? ', adjoints upwards' : '; adjoints need an output of one element'),
      head: [
        'primal',
        'value',
        ...(withTangents ? ['tangent (forward mode)', 'value'] : []),
        ...(withAdjoints ? ['adjoint (reverse mode)', 'value'] : []),
      ],
      rows: rows.map(line),
    },
    format,
  );
}

/** A table in one of the formats. */
export function formatTable(table: Table, format: TableFormat): string {
  return { text, markdown, html, svg }[format](table);
}

/** Characters that take a place: marks stand above the letter before them. */
const widthOf = (cell: string): number => [...cell.replace(/\p{M}/gu, '')].length;

/** The widest cell of each column. */
const widthsOf = ({ head, rows }: Table): number[] =>
  head.map((_, column) => Math.max(...[head, ...rows].map((row) => widthOf(row[column]!))));

function text(table: Table): string {
  const { caption, head, rows } = table;
  const widths = widthsOf(table);
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat(widths[column]! - widthOf(cell)))
      .join('  ')
      .trimEnd();
  return [
    caption,
    '',
    line(head),
    widths.map((width) => '─'.repeat(width)).join('──'),
    ...rows.map(line),
  ].join('\n');
}

function markdown({ caption, head, rows }: Table): string {
  const line = (row: readonly string[]) =>
    `| ${row.map((cell) => cell.replace(/[|\\`*_<]/g, '\\$&')).join(' | ')} |`;
  return [caption, '', line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Text as HTML. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);

function html({ caption, head, rows }: Table): string {
  const line = (row: readonly string[], tag: 'td' | 'th') =>
    `<tr>${row.map((cell) => `<${tag}>${escapeHtml(cell)}</${tag}>`).join('')}</tr>`;
  return htmlPage(
    caption,
    `<table>\n<caption>${escapeHtml(caption)}</caption>\n<thead>${line(head, 'th')}</thead>\n<tbody>\n${rows
      .map((row) => line(row, 'td'))
      .join('\n')}\n</tbody>\n</table>`,
  );
}

/** The size of a letter of a fixed width, and the distance of lines, in pixels. */
const letter = { size: 14, width: 8.6, line: 24 };

function svg(table: Table): string {
  const { caption, head, rows } = table;
  const margin = 16;
  const places = [margin];
  for (const width of widthsOf(table)) places.push(places.at(-1)! + (width + 3) * letter.width);
  const right = Math.max(places.at(-1)!, margin + widthOf(caption) * letter.width);
  const heightOf = (line: number) => margin + letter.line * (line + 0.7);
  const number = (x: number) => String(Math.round(x * 10) / 10);
  const row = (cells: readonly string[], line: number) =>
    cells
      .map(
        (cell, i) =>
          `<text x="${number(places[i]!)}" y="${number(heightOf(line))}">${escapeHtml(cell)}</text>`,
      )
      .join('');
  const rule = (line: number) =>
    `<path d="M${margin} ${number(heightOf(line) + 8)}H${number(right)}" stroke="#ccc"/>`;
  const [width, height] = [right + margin, heightOf(rows.length + 2)].map((x) => Math.ceil(x));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${letter.size}">
<rect width="${width}" height="${height}" fill="white"/>
${row([caption], 0)}
<g font-weight="bold">${row(head, 1.5)}</g>
${rows.map((cells, i) => rule(i + 1.5) + row(cells, i + 2.5)).join('\n')}
</svg>`;
}

/** A page that needs nothing else. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<style>
body { font: 15px/1.5 sans-serif; margin: 2em; }
table { border-collapse: collapse; }
caption { text-align: left; margin-bottom: 0.5em; }
th, td { text-align: left; padding: 0.2em 0.8em; border-bottom: 1px solid #ccc; }
</style>
${body}
</html>
`;
}
