import ts from 'typescript';

/** A block of TypeScript in a document. */
export interface Snippet {
  /** The document, relative to the repository's root. */
  readonly file: string;
  /** The line of the document that holds the first line of `code`, counted from 1. */
  readonly line: number;
  readonly code: string;
}

/** What a document says that a `console.log` prints. */
export interface Expectation {
  /** Line of the document. */
  readonly line: number;
  /** The comment behind the call, if there is one. */
  readonly beside: string | undefined;
  /** The lines below the call that hold nothing but a comment, up to the first other line. */
  readonly below: readonly string[];
}

interface Line {
  readonly text: string;
  readonly number: number;
}

const fence = /^(\s*)(`{3,}|~{3,})\s*(\w*)/;

const fencedBlocks = (file: string, lines: readonly Line[]): Snippet[] => {
  const found: Snippet[] = [];
  let open: { indent: string; marker: string; language: string; line: number; code: string[] } | undefined;
  for (const { text, number } of lines) {
    const match = fence.exec(text);
    if (!open) {
      if (match)
        open = { indent: match[1]!, marker: match[2]!, language: match[3]!, line: number + 1, code: [] };
    } else if (match?.[2]?.startsWith(open.marker) && match[3] === '') {
      if (open.language === 'ts' || open.language === 'typescript') {
        found.push({ file, line: open.line, code: open.code.join('\n') });
      }
      open = undefined;
    } else {
      open.code.push(text.startsWith(open.indent) ? text.slice(open.indent.length) : text.trimStart());
    }
  }
  return found;
};

const numberLines = (text: string, first: number): Line[] =>
  text.split(/\r?\n/).map((line, index) => ({ text: line, number: first + index }));

/** The `ts` blocks of a Markdown document. */
export const markdownSnippets = (file: string, text: string): Snippet[] =>
  fencedBlocks(file, numberLines(text, 1));

const docComments = (source: ts.SourceFile): { text: string; line: number }[] => {
  const found = new Map<number, { text: string; line: number }>();
  const visit = (node: ts.Node): void => {
    for (const { pos, end } of ts.getLeadingCommentRanges(source.text, node.pos) ?? []) {
      const text = source.text.slice(pos, end);
      if (text.startsWith('/**'))
        found.set(pos, { text, line: source.getLineAndCharacterOfPosition(pos).line + 1 });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  visit(source.endOfFileToken);
  return [...found.values()];
};

/** The `ts` blocks of a TypeScript file's doc comments, and the `@example` tags that hold no block at all. */
export const docstringSnippets = (
  file: string,
  text: string,
): { snippets: Snippet[]; unfenced: number[] } => {
  const snippets: Snippet[] = [];
  const unfenced: number[] = [];
  for (const comment of docComments(ts.createSourceFile(file, text, ts.ScriptTarget.ES2022))) {
    const lines = numberLines(comment.text.replace(/^\/\*\*/, '').replace(/\s*\*\/$/, ''), comment.line).map(
      (line) => ({ ...line, text: line.text.replace(/^\s*\* ?/, '') }),
    );
    snippets.push(...fencedBlocks(file, lines));
    lines.forEach(({ text: line, number }, index) => {
      if (!/^\s*@example\b/.test(line)) return;
      const rest = lines.slice(index + 1).map((next) => next.text);
      const end = rest.findIndex((next) => fence.test(next) || /^\s*@\w/.test(next));
      if (end < 0 || !fence.test(rest[end]!)) unfenced.push(number);
    });
  }
  return { snippets, unfenced };
};

const commentText = (comment: string): string => comment.replace(/^\/\/ ?/, '').trimEnd();

/**
 * Finds the calls of `console.log` in a snippet.
 * @returns what the snippet says they print, and its code with each call made to name its line:
 * `console.log(x)` becomes `printAt(12)(x)`.
 */
export const instrument = ({
  line: first,
  file,
  code,
}: Snippet): { expectations: Expectation[]; code: string } => {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const lines = code.split('\n');
  const expectations: Expectation[] = [];
  let instrumented = '';
  let copied = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'console.log') {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line;
      instrumented += `${code.slice(copied, node.expression.getStart())}printAt(${first + line})`;
      copied = node.expression.getEnd();
      if (ts.isExpressionStatement(node.parent)) {
        const { end } = node.parent;
        const [comment] = ts.getTrailingCommentRanges(code, end) ?? [];
        const last = source.getLineAndCharacterOfPosition(end).line;
        const below: string[] = [];
        for (const text of lines.slice(last + 1)) {
          if (!text.trimStart().startsWith('//')) break;
          below.push(commentText(text.trimStart()));
        }
        const beside = comment && commentText(code.slice(comment.pos, comment.end));
        if (beside !== undefined || below.length > 0)
          expectations.push({ line: first + line, beside, below });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { expectations, code: instrumented + code.slice(copied) };
};

/** A message where what was printed differs from what the document says; nothing where they agree. */
export const disagreement = (expected: Expectation, printed: readonly string[]): string | undefined => {
  // Below a result beside the call, further comment lines are results only as far as there is output.
  const said =
    expected.beside === undefined
      ? expected.below
      : [expected.beside, ...expected.below.slice(0, Math.max(0, printed.length - 1))];
  const actual = printed.map((line) => line.trimEnd());
  if (actual.join('\n') === said.join('\n')) return undefined;
  const show = (text: readonly string[]): string =>
    text.length === 0 ? 'nothing' : JSON.stringify(text.join('\n'));
  return `printed ${show(actual)}, but the document says ${show(said)}`;
};
