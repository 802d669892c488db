/**
 * Bundles what Node loads: for each entry of a package with a `node` condition, one file and the chunks that it shares with others. Hundreds of small modules take
 * several times as long to import. All else (browsers' bundlers, which shed what a program does not use) gets the modules as they are.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const packages = fileURLToPath(new URL('../packages/', import.meta.url));

const bundle = async (folder) => {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const entries = Object.values(exports).filter(({ node }) => node !== undefined);
  if (entries.length === 0) return;
  const dir = join(folder, 'dist/bundled');
  rmSync(dir, { recursive: true, force: true });
  const bundled = await rolldown({
    input: Object.fromEntries(
      entries.map((entry) => [basename(entry.node, '.js'), join(folder, entry['@tensortape/source'])]),
    ),
    external: /^[^./]/,
    platform: 'node',
  });
  // All files lie in one folder: what finds its package from its own place finds it as from a module.
  await bundled.write({
    dir,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunk-[hash].js',
    comments: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
};

await Promise.all(readdirSync(packages).map((name) => bundle(join(packages, name))));
