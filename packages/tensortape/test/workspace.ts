import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A package of the workspace. */
export interface Package {
  readonly name: string;
  readonly folder: string;
  /** From `.`, `./node` … to source files. */
  readonly entries: ReadonlyMap<string, string>;
  /** Names of the packages that are installed with it. */
  readonly dependencies: ReadonlySet<string>;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const readPackage = (folder: string): Package => {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (!isRecord(manifest) || !isRecord(manifest['exports']))
    throw new Error(`${folder}: no exports in package.json`);
  const entries = new Map<string, string>();
  for (const [entry, target] of Object.entries(manifest['exports'])) {
    if (!isRecord(target)) throw new Error(`${folder}: exports[${entry}] has no conditions`);
    entries.set(entry, join(folder, String(target['@tensortape/source'])));
  }
  const dependencies = ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((field) =>
    Object.keys(manifest[field] ?? {}),
  );
  return { name: String(manifest['name']), folder, entries, dependencies: new Set(dependencies) };
};

/** By name. */
export const packages: ReadonlyMap<string, Package> = new Map(
  readdirSync(join(root, 'packages'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readPackage(join(root, 'packages', entry.name)))
    .map((found) => [found.name, found]),
);

/** Entries that need Node: files, and the command line. */
const nodeEntries: readonly string[] = ['./node', './command'];

/** Packages that need Node as a whole: pictures. */
const nodePackages: readonly string[] = ['@tensortape/plot'];

/** What programs for browsers may import: every entry but those for Node. */
export const browserEntries: readonly string[] = [...packages.values()]
  .filter(({ name }) => !nodePackages.includes(name))
  .flatMap(({ name, entries }) =>
    [...entries.keys()].filter((entry) => !nodeEntries.includes(entry)).map((entry) => name + entry.slice(1)),
  );
