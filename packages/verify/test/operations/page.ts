import { type RegisteredOp, registry } from '@tensortape/autograd/registry';
import { checkOp, type OpReport } from '@tensortape/verify';
import fc from 'fast-check';
import { sampleKit } from '../../src/ops/kit.ts';
import { type Comment, readComments } from './comments.ts';

/** What is counted, and which properties of `checkOp` it sums up. */
const columns = {
  reverse: ['reverse'],
  forward: ['forward', 'derived'],
  'second orders': ['forwardOverReverse', 'reverseOverReverse', 'forwardOverForward', 'reverseOverForward'],
  float32: ['float32'],
  kernels: ['kernels'],
  views: ['views'],
  shared: ['shared'],
  empty: ['empty'],
} as const;
type Column = keyof typeof columns;
const columnNames = Object.keys(columns) as readonly Column[];

/** How often each thing was checked, by family and operation. */
export type Counts = ReadonlyMap<string, readonly number[]>;

const keyOf = ({ family, name }: RegisteredOp): string => `${family}.${name}`;

/** Cases of each kind for every operation, the same each time. Throws where any fails. */
export function countCases(runs: number, seed: number): Counts {
  const reports = registry.map((op) => [keyOf(op), checkOp(op, { runs, seed })] as const);
  const failures = reports.flatMap(([, { properties }]) =>
    properties.flatMap(({ failure }) => (failure === null ? [] : [failure.message])),
  );
  if (failures.length > 0) throw new Error(failures.join('\n'));
  return new Map(reports.map(([key, report]) => [key, casesOf(report)]));
}

function casesOf({ properties }: OpReport): readonly number[] {
  return columnNames.map((column) =>
    properties
      .filter(({ property }) => columns[column].some((name) => name === property))
      .reduce((sum, { cases }) => sum + cases, 0),
  );
}

/** The counts that a page shows. */
export function readCounts(page: string): Counts {
  const counts = new Map<string, readonly number[]>();
  let family = '';
  for (const line of page.split('\n')) {
    if (line.startsWith('## ')) family = line.slice(3);
    const cells = line.split(' | ');
    const numbers = cells.slice(1, 1 + columnNames.length).map((cell) => (cell === '–' ? 0 : Number(cell)));
    if (cells.length === columnNames.length + 2 && numbers.every(Number.isInteger)) {
      counts.set(`${family}.${cells[0]!.slice(3, -1)}`, numbers);
    }
  }
  return counts;
}

/** What is missing in the doc comment of an operation. */
export function missing(op: RegisteredOp, comment: Comment | undefined): readonly string[] {
  if (comment === undefined) return ['a doc comment'];
  return [
    comment.summary === '' && 'a first sentence that says what is computed',
    comment.derivative === null && op.samples.reason === undefined && "'Derivative: …' or 'Derivatives: …'",
    comment.pytorch === null && "'PyTorch: `torch.name`.'",
    op.refusals !== undefined && comment.errors === null && "'Errors: …'",
  ].filter((part) => part !== false);
}

const cell = (text: string): string =>
  text
    .replaceAll('|', '\\|')
    .replaceAll(/<(?=[a-z/])/g, '\\<')
    .replaceAll('*', '\\*');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

function derivativeOf({ samples }: RegisteredOp, { derivative, kinks }: Comment): string {
  const rule = samples.reason === undefined ? (derivative ?? '') : `none: ${samples.reason}`;
  return kinks === null ? rule : `${rule}. At kinks: ${kinks}`;
}

function refusalsOf({ refusals }: RegisteredOp): string {
  let count = 0;
  const once = fc.property(fc.gen(), (draw) => {
    count = refusals?.(sampleKit(draw)).length ?? 0;
  });
  fc.assert(once, { numRuns: 1, seed: 1 });
  return count === 0 ? '–' : String(count);
}

const intro = `# Operations

Every operation of \`@tensortape/autograd\`: what it computes, its derivative, its name in PyTorch, and how often the
property suite has checked what. Written by \`npm run docs:operations\` from the doc comments and from \`checkOp\`; a test
compares it with the code.

In the second table of each family stand the cases in which a property held, on arguments drawn from the operation's
samples: **reverse** the gradients as the transpose of the tangents; **forward** the tangents against 5-point differences of
the value and against those that differentiating the reverse rule gives; **second orders** forward and reverse mode over
each of the two; **float32** values and derivatives against those in float64; **kernels** the fast kernels against the
reference; **views** transposed, sliced and expanded arguments; **shared** one tensor in two places; **empty** axes of
length 0; **refused** how many illegal calls are declared, each of which must give the declared error. Broadcasting is part
of the samples of operations that broadcast.
`;

/** The page, with these counts. */
export function render(counts: Counts): string {
  const comments = readComments();
  const families = [...new Set(registry.map(({ family }) => family))];
  const sections = families.map((family) => {
    const ops = registry.filter((op) => op.family === family);
    const rules = ops.map((op) => {
      const comment = comments.get(keyOf(op))!;
      return [
        `\`${op.name}\``,
        cell(comment.summary),
        cell(derivativeOf(op, comment)),
        cell(comment.pytorch ?? ''),
      ];
    });
    const cases = ops.map((op) => [
      `\`${op.name}\``,
      ...(counts.get(keyOf(op)) ?? []).map((count) => (count === 0 ? '–' : String(count))),
      refusalsOf(op),
    ]);
    return [
      `## ${family}`,
      table(['Operation', 'Computes', 'Derivative', 'PyTorch'], rules),
      table(['Checked', ...columnNames, 'refused'], cases),
    ].join('\n\n');
  });
  return `${[intro, ...sections].join('\n\n').replaceAll('\n\n\n', '\n\n')}\n`;
}

/** Operations whose derivatives were not checked in some mode, though they have some. */
export function uncheckedModes(counts: Counts): readonly string[] {
  const needed: readonly Column[] = ['reverse', 'forward', 'second orders', 'float32', 'views'];
  return registry.flatMap((op) => {
    if (op.samples.reason !== undefined) return [];
    const own = counts.get(keyOf(op));
    return needed
      .filter((column) => !((own?.[columnNames.indexOf(column)] ?? 0) > 0))
      .map((column) => `${op.name}: ${column}`);
  });
}
