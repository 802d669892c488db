/** Packs every public package and checks the tarballs as a user's tools would see them (publint, attw). */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);

const run = (command, args, cwd) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')} failed\n${stdout ?? ''}${stderr ?? ''}${error ?? ''}`);
    process.exit(1);
  }
  return stdout;
};

const folder = mkdtempSync(join(tmpdir(), 'tensortape-pack-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

for (const name of readdirSync(join(root, 'packages')).sort()) {
  const packageFolder = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  if (manifest.private) continue;
  const tarball = join(folder, `${name}.tgz`);
  run(
    process.execPath,
    [join(root, 'scripts/pnpm.mjs'), '-C', packageFolder, 'pack', '--out', tarball],
    root,
  );
  run(bin('publint'), ['run', tarball, '--strict'], root);
  run(bin('attw'), [tarball, '--profile', 'esm-only'], root);
  console.log(`${manifest.name}: publint and attw are content`);
}
