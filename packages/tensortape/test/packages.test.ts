import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from '@jest/globals';
import ts from 'typescript';
import { browserEntries, packages, root } from './workspace.ts';

/** Lowest first: a package imports only packages that stand before it. */
const order = [
  '@tensortape/autograd',
  '@tensortape/datasets',
  '@tensortape/optim',
  '@tensortape/nn',
  '@tensortape/train',
  '@tensortape/plot',
  '@tensortape/verify',
  'tensortape',
];

interface Import {
  readonly specifier: string;
  /** `file:line`, for messages. */
  readonly at: string;
}

/** Every module specifier a source names: imports, re-exports, dynamic imports, import types. */
const importsOf = (file: string): Import[] => {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const add = (literal: ts.Node | undefined): void => {
    if (!literal || !ts.isStringLiteralLike(literal)) return;
    const line = source.getLineAndCharacterOfPosition(literal.getStart()).line + 1;
    found.push({ specifier: literal.text, at: `${relative(root, file)}:${line}` });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node.arguments[0]);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
};

/** The workspace package a specifier names and the entry of it, or nothing for relative and foreign ones. */
const workspaceImport = (specifier: string): { name: string; entry: string } | undefined => {
  const match = /^(@tensortape\/[^/]+|tensortape)(\/.*)?$/.exec(specifier);
  return match ? { name: match[1]!, entry: `.${match[2] ?? ''}` } : undefined;
};

const sourcesOf = (folder: string): string[] =>
  readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, 'src', path));

const entryFile = (specifier: string): string | undefined => {
  const target = workspaceImport(specifier);
  return target && packages.get(target.name)?.entries.get(target.entry);
};

test('the order names every package', () => {
  expect([...packages.keys()].sort()).toEqual([...order].sort());
});

test('packages import each other only downwards, and only through their entries', () => {
  const wrong: string[] = [];
  for (const { name, folder } of packages.values()) {
    for (const file of sourcesOf(folder)) {
      for (const { specifier, at } of importsOf(file)) {
        const target = workspaceImport(specifier);
        if (target && order.indexOf(target.name) >= order.indexOf(name)) {
          wrong.push(`${at}: ${name} may not import ${specifier}`);
        } else if (target && entryFile(specifier) === undefined) {
          wrong.push(`${at}: ${target.name} has no entry ${specifier}`);
        } else if (
          specifier.startsWith('.') &&
          relative(folder, join(dirname(file), specifier)).startsWith('..')
        ) {
          wrong.push(`${at}: ${specifier} leaves the package: import it by its name`);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('packages list in package.json what they import', () => {
  const wrong: string[] = [];
  for (const { folder, dependencies } of packages.values()) {
    for (const { specifier, at } of sourcesOf(folder).flatMap(importsOf)) {
      const name = /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
      if (!/^(\.|node:)/.test(specifier) && !dependencies.has(name)) {
        wrong.push(`${at}: ${name} is not a dependency of ${relative(root, folder)}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('nothing a browser entry reaches imports node:*', () => {
  const wrong: string[] = [];
  const seen = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (seen.has(file)) return;
    seen.add(file);
    for (const { specifier, at } of importsOf(file)) {
      const trail = [...path, at];
      if (specifier.startsWith('node:')) wrong.push(`${specifier} reached through ${trail.join(' > ')}`);
      const next = specifier.startsWith('.') ? join(dirname(file), specifier) : entryFile(specifier);
      if (next) visit(next, trail);
    }
  };
  for (const specifier of browserEntries) visit(entryFile(specifier)!, []);
  expect(wrong).toEqual([]);
  expect(seen.size).toBeGreaterThanOrEqual(browserEntries.length);
});
