/** Packs every public package and checks the tarballs as a user's tools see them (publint, attw). */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Runs a Node program to its end; a failure shows all that it printed. */
const run = async (...args) => {
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root });
  } catch ({ message, stdout, stderr }) {
    throw new Error(`${message}\n${stdout}${stderr}`);
  }
};

const check = async (tarball) => {
  await run('node_modules/publint/src/cli.js', 'run', tarball, '--strict');
  await run('node_modules/@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only');
};

const folder = mkdtempSync(join(tmpdir(), 'tensortape-pack-'));
try {
  await run(
    'scripts/pnpm.mjs',
    '--recursive',
    '--filter=./packages/*',
    'pack',
    `--pack-destination=${folder}`,
  );
  const tarballs = readdirSync(folder);
  await Promise.all(tarballs.map((tarball) => check(join(folder, tarball))));
  console.log(`publint and attw accept ${tarballs.join(', ')}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
