/**
 * Type-checks the files given as arguments in one program, with the options of the tests, and prints their errors
 * as JSON. Only these files are checked: sources that they import have a check of their own.
 */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** An error in one of the files, on a line counted from 1. */
export interface TypeProblem {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

const root = new URL('../../../../', import.meta.url);
const paths = process.argv.slice(2);

const { options } = ts.parseJsonConfigFileContent(
  ts.readConfigFile(fileURLToPath(new URL('tsconfig.test.json', root)), ts.sys.readFile).config,
  ts.sys,
  fileURLToPath(root),
);
const program = ts.createProgram(paths, {
  ...options,
  typeRoots: [fileURLToPath(new URL('node_modules/@types', root))],
  // A snippet may name a value only to show its type.
  noUnusedLocals: false,
  noUnusedParameters: false,
});

const problems = paths.flatMap((path): TypeProblem[] => {
  const source = program.getSourceFile(path);
  if (!source) throw new Error(`${path} is not in the program`);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    (problem) => ({
      path,
      line: source.getLineAndCharacterOfPosition(problem.start ?? 0).line + 1,
      message: ts.flattenDiagnosticMessageText(problem.messageText, '\n'),
    }),
  );
});
process.stdout.write(JSON.stringify(problems));
