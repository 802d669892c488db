import { fileURLToPath } from 'node:url';
import { runCommand } from '@tensortape/verify/command';

/** The guide whose transcripts are run. */
export const guide = new URL('../../../../docs/derivative-exercises.md', import.meta.url);

const installed = 'node_modules/@tensortape/verify/';
const here = fileURLToPath(new URL('../../', import.meta.url));

/** A page whose transcripts hold what the command prints now, and the files that it wrote, by their path from the page. */
export interface Rendered {
  readonly page: string;
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Runs the lines that begin with `$` in blocks of the language `console`, and puts what they print in the place of what stands below them. `> file` writes a
 * file, `echo $?` prints the exit code of the line above.
 */
export async function render(page: string): Promise<Rendered> {
  const files = new Map<string, string>();
  const parts: string[] = [];
  let at = 0;
  for (const block of page.matchAll(/(?<=^```console\n)[\s\S]*?(?=^```$)/gm)) {
    parts.push(page.slice(at, block.index));
    let code = 0;
    for (const line of block[0].split('\n').filter((text) => text.startsWith('$ '))) {
      parts.push(`${line}\n`);
      if (line === '$ echo $?') {
        parts.push(`${code}\n`);
        continue;
      }
      const [, command, file] = /^\$ tensortape (.*?)(?: > (\S+))?$/.exec(line) ?? [];
      if (command === undefined) throw new Error(`cannot run '${line}'`);
      const printed: string[] = [];
      const print = (text: string) => printed.push(`${text}\n`);
      code = await runCommand(words(command), { out: print, error: print, colours: false });
      if (file === undefined) parts.push(...printed);
      else files.set(file, printed.join(''));
    }
    at = block.index + block[0].length;
  }
  return { page: [...parts, page.slice(at)].join(''), files };
}

/** The arguments in a line, as a shell takes it apart; exercises of the installed package are those of this one. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) =>
    (quoted ?? plain!).replace(installed, here),
  );

/** A text without what rounding decides: the last digits of errors, and the widths of columns that follow them. */
export const settled = (text: string): string =>
  text
    .replace(/\d(\.\d+)?e(−(9|\d\d+)|\+0)/g, 'ε')
    .replace(/ {2,}/g, '  ')
    .replace(/─+/g, '─');
