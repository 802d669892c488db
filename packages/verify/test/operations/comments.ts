import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** What an operation's doc comment says, by its labels. */
export interface Comment {
  /** The first sentence: what is computed. */
  readonly summary: string;
  readonly derivative: string | null;
  readonly kinks: string | null;
  readonly errors: string | null;
  /** The name in PyTorch, and what differs there. */
  readonly pytorch: string | null;
}

const registryFile = fileURLToPath(new URL('../../../autograd/src/ops/registry.ts', import.meta.url));

/** The doc comments of all operations: of every module that registry.ts hands to `collectOps`, by family and name. */
export function readComments(): ReadonlyMap<string, Comment> {
  const program = ts.createProgram([registryFile], {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const comments = new Map<string, Comment>();
  const visit = (node: ts.Node): void => {
    const family = familyOf(node);
    if (family !== null) {
      for (const symbol of checker.getPropertiesOfType(checker.getTypeAtLocation(family.module))) {
        const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
        const text = ts.displayPartsToString(own.getDocumentationComment(checker));
        comments.set(`${family.name}.${symbol.name}`, parse(text));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(program.getSourceFile(registryFile)!);
  return comments;
}

/** The family and the module of a call `collectOps('family', module)`. */
function familyOf(node: ts.Node): { readonly name: string; readonly module: ts.Expression } | null {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return null;
  const [name, module] = node.arguments;
  if (node.expression.text !== 'collectOps' || name === undefined || module === undefined) return null;
  return ts.isStringLiteral(name) ? { name: name.text, module } : null;
}

/** A label at the start of a sentence, perhaps with what it needs: `Derivatives, with C = Q^T A: …`. */
const labels = /(?<=^|[.;:)`]\s)(Derivatives?|Kinks|Errors|PyTorch|Source)(?:, ([^:]*))?: /;

/** The parts of a comment: sentences up to the first label, then what stands behind each. */
export function parse(text: string): Comment {
  const [head = '', ...rest] = text
    .replaceAll(/\{@link (\S+?)\}/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .split(labels);
  const parts = new Map<string, string>();
  for (let i = 0; i < rest.length; i += 3) {
    const [label, condition, words] = rest.slice(i, i + 3) as [string, string | undefined, string];
    const said = words.trim().replace(/\.$/, '');
    parts.set(label.replace(/s$/, ''), condition === undefined ? said : `${condition}: ${said}`);
  }
  return {
    summary: firstSentence(head.trim()).replace(/\.$/, ''),
    derivative: parts.get('Derivative') ?? null,
    kinks: parts.get('Kink') ?? null,
    errors: parts.get('Error') ?? null,
    pytorch: parts.get('PyTorch') ?? null,
  };
}

function firstSentence(text: string): string {
  const [sentence] = text.split(/(?<=\.)(?<!e\.g\.|i\.e\.) (?=[A-Za-z`|(])/);
  return sentence ?? '';
}
