import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from 'tensortape/node';
import { UserError } from './errors.ts';

/** A line, or several, of a program's report under a heading. */
export function say(heading: string, text: string): void {
  for (const [i, line] of text.split('\n').entries()) {
    console.log(`${(i === 0 ? heading : '').padEnd(10)}${line}`);
  }
}

/** Makes the folder of `--out`, and finds out before the training whether files can be written there. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(`--out: ${path} is no folder to write to (${reason}). Give another one.`);
  }
}

/** Writes files, each whole or not at all, and returns their paths. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string[]> {
  for (const [name, content] of Object.entries(files)) {
    await writeFileAtomic(join(folder, name), typeof content === 'string' ? Buffer.from(content) : content);
  }
  return Object.keys(files).map((name) => join(folder, name));
}
