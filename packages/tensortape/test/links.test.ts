import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { root } from './workspace.ts';

/** The Markdown pages in a folder and below, but for what is installed or built. */
const pagesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return entry.name.endsWith('.md') ? [path] : [];
    const skipped = !entry.isDirectory() || /^(\..*|node_modules|dist|api)$/.test(entry.name);
    return skipped ? [] : pagesIn(path);
  });

const blocks = /^([ \t]*)(`{3,}).*\n[\s\S]*?^\1\2[ \t]*$/gm;

/** The page without blocks and spans of code, in which brackets are no links. */
const prose = (text: string): string => text.replaceAll(blocks, '').replaceAll(/`[^`\n]+`(?!\]\()/g, '');

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const anchorsOf = (text: string): string[] =>
  [...text.replaceAll(blocks, '').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading!));

/** The links of a page that lead to no file, or to no heading of one. */
function brokenLinks(page: string, text: string): string[] {
  const targets = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = '', anchor] = target.split('#');
    const file = resolve(dirname(page), path);
    if (path !== '' && (relative(root, file).startsWith('..') || !existsSync(file))) return true;
    if (anchor === undefined) return false;
    if (path !== '' && statSync(file).isDirectory()) return true;
    return !anchorsOf(path === '' ? text : readFileSync(file, 'utf8')).includes(anchor);
  });
}

test('a link that leads nowhere is found', () => {
  const text = `
# One *and* \`two\`, three
[file](README.md) [folder](docs) [heading](#one-and-two-three) [\`code\`](docs/none.md) [web](https://example.com)
[elsewhere](../README.md) [no heading](#four) [none there](README.md#four) \`[span](none)\`
\`\`\`ts
// [block](none)
# four
\`\`\`
`;
  expect(brokenLinks(join(root, 'page.md'), text)).toEqual([
    'docs/none.md',
    '../README.md',
    '#four',
    'README.md#four',
  ]);
});

test.each(pagesIn(root).map((file) => relative(root, file)))('the links of %s lead somewhere', (page) => {
  const file = join(root, page);
  expect(brokenLinks(file, readFileSync(file, 'utf8'))).toEqual([]);
});
