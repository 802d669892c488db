import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TypeProblem } from './snippets/check.ts';
import {
  disagreement,
  docstringSnippets,
  instrument,
  markdownSnippets,
  type Snippet,
} from './snippets/extract.ts';
import type { RunRecord } from './snippets/run.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

const filesUnder = (folder: string, ending: string): string[] =>
  existsSync(join(root, folder))
    ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .map((path) => join(folder, path).replaceAll('\\', '/'))
        .filter((path) => path.endsWith(ending) && !/(^|\/)(node_modules|api|generated)\//.test(path))
    : [];
const packageFolders = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);

/** A document that is wrong in every way, so that this test shows that it sees each. */
const sabotage = `
\`\`\`ts
console.log('kept'); // kept
const count: number = 'three';
console.log(count);
// four
\`\`\`

- in a list:
  \`\`\`ts
  console.log(1 + 1); // 3
  console.log('a\\nb'); // a
  // b
  console.log('a\\nb'); // a
  // c
  if (Math.PI < 3) console.log('never'); // printed
  \`\`\`

\`\`\`ts
await Promise.resolve();
throw new RangeError('too far');
\`\`\`
`;
const sabotageFile = 'sabotage.md';

const snippets: Snippet[] = markdownSnippets(sabotageFile, sabotage);
const unfenced: string[] = [];
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
for (const file of [
  'README.md',
  ...filesUnder('docs', '.md'),
  ...packageFolders.map((folder) => `${folder}/README.md`),
]) {
  snippets.push(...markdownSnippets(file, read(file)));
}
for (const file of packageFolders.flatMap((folder) => filesUnder(`${folder}/src`, '.ts'))) {
  const found = docstringSnippets(file, read(file));
  snippets.push(...found.snippets);
  unfenced.push(...found.unfenced.map((line) => `${file}:${line}`));
}
const documents = [...new Set(snippets.map(({ file }) => file))].filter((file) => file !== sabotageFile);

/** Runs a TypeScript file beside this one in a process of its own, as a user's program is run. */
const runScript = (script: string, args: readonly string[], cwd: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const path = fileURLToPath(new URL(`./snippets/${script}`, import.meta.url));
    const child = spawn(
      process.execPath,
      ['--conditions=@tensortape/source', '--enable-source-maps', '--import', tsx, path, ...args],
      { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 180_000 },
    );
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${script} ended with ${signal ?? code}\n${errors}`));
    });
  });

/** Writes each snippet to a module, its lines numbered as in its document. */
const writeModules = (folder: string, codeOf: (snippet: Snippet) => string): Map<string, Snippet> => {
  mkdirSync(folder);
  return new Map(
    snippets.map((snippet, index) => {
      const path = join(folder, `${index}.mts`);
      writeFileSync(path, '\n'.repeat(snippet.line - 1) + codeOf(snippet));
      return [path, snippet];
    }),
  );
};

/** A folder like that of a user who has installed every package. */
const makeProject = (): string => {
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'tensortape-snippets-')));
  for (const folder of packageFolders) {
    const { name } = JSON.parse(read(`${folder}/package.json`));
    const link = join(project, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, folder), link, 'junction');
  }
  return project;
};

const typeProblems = async (project: string): Promise<string[]> => {
  const modules = writeModules(join(project, 'check'), ({ code }) => code);
  const found: TypeProblem[] = JSON.parse(await runScript('check.ts', [...modules.keys()], project));
  return found.map(({ path, line, message }) => `${modules.get(path)!.file}:${line}: ${message}`);
};

const runProblems = async (project: string): Promise<string[]> => {
  const modules = writeModules(join(project, 'run'), (snippet) => instrument(snippet).code);
  const journal = join(project, 'journal');
  writeFileSync(journal, '');
  const end = await runScript('run.ts', [journal, ...modules.keys()], project).catch((error: Error) => error);
  const records: RunRecord[] = readFileSync(journal, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const last = records.at(-1);
  const problems: string[] = [];
  if (last && !last.printed) {
    const { file, line } = modules.get(last.path)!;
    problems.push(`${file}:${line}: the snippet ended the process: ${end}`);
  }
  for (const { path, printed, error } of records) {
    if (!printed) continue;
    const snippet = modules.get(path)!;
    if (error) problems.push(`${snippet.file}:${error.line ?? snippet.line}: ${error.message}`);
    for (const expected of instrument(snippet).expectations) {
      const difference = disagreement(expected, printed[expected.line] ?? []);
      if (difference) problems.push(`${snippet.file}:${expected.line}: ${difference}`);
    }
  }
  return problems;
};

let project = '';
let problems: string[] = [];

beforeAll(async () => {
  project = makeProject();
  problems = (await Promise.all([typeProblems(project), runProblems(project)])).flat();
}, 120_000);

afterAll(() => rmSync(project, { recursive: true, force: true }));

test('every @example holds a fenced block', () => {
  expect(unfenced).toEqual([]);
});

test('a wrong snippet is found, at its line', () => {
  expect(problems.filter((problem) => problem.startsWith(`${sabotageFile}:`)).sort()).toEqual([
    'sabotage.md:11: printed "2", but the document says "3"',
    'sabotage.md:14: printed "a\\nb", but the document says "a\\nc"',
    'sabotage.md:16: printed nothing, but the document says "printed"',
    'sabotage.md:21: RangeError: too far',
    "sabotage.md:4: Type 'string' is not assignable to type 'number'.",
    'sabotage.md:5: printed "three", but the document says "four"',
  ]);
});

if (documents.length > 0) {
  test.each(documents)('the snippets of %s do what they say', (file) => {
    expect(problems.filter((problem) => problem.startsWith(`${file}:`))).toEqual([]);
  });
}
