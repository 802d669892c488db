import { mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync, realpathSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { docstringSnippets, markdownSnippets, instrument, disagreement } from './snippets/extract.ts';
const root = '/work/train';
const files = process.argv.slice(2);
const project = realpathSync(mkdtempSync('/tmp/snip-'));
for (const f of readdirSync(join(root, 'packages'))) {
  const { name } = JSON.parse(readFileSync(join(root, 'packages', f, 'package.json'), 'utf8'));
  const link = join(project, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join(root, 'packages', f), link);
}
const snippets = files.flatMap((file) => file.endsWith('.md') ? markdownSnippets(file, readFileSync(join(root, file), 'utf8')) : docstringSnippets(file, readFileSync(join(root, file), 'utf8')).snippets);
const write = (folder: string, codeOf: (s: any) => string) => { mkdirSync(folder); return snippets.map((s, i) => { const p = join(folder, `${i}.mts`); writeFileSync(p, '\n'.repeat(s.line - 1) + codeOf(s)); return p; }); };
const node = (script: string, args: string[]) => execFileSync(process.execPath, ['--conditions=@tensortape/source', '--enable-source-maps', '--import', join(root, 'node_modules/tsx/dist/loader.mjs'), join(root, 'packages/tensortape/test/snippets', script), ...args], { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
console.log(snippets.length, 'snippets');
if (!process.env['RUNONLY']) {
const checkPaths = write(join(project, 'check'), (s) => s.code);
for (const { path, line, message } of JSON.parse(node('check.ts', checkPaths))) console.log('TYPE', snippets[checkPaths.indexOf(path)]!.file, line, message);
}
const runPaths = write(join(project, 'run'), (s) => instrument(s).code);
const journal = join(project, 'journal'); writeFileSync(journal, '');
node('run.ts', [journal, ...runPaths]);
for (const record of readFileSync(journal, 'utf8').trim().split('\n').map((l) => JSON.parse(l))) {
  if (!record.printed && !record.error) continue;
  const s = snippets[runPaths.indexOf(record.path)]!;
  if (record.error) console.log('RUN', s.file, s.line, record.error.message);
  for (const e of instrument(s).expectations ?? []) { const d = disagreement(e, record.printed?.[e.line] ?? []); if (d) console.log('OUT', s.file, e.line, d); }
}
console.log('done');
