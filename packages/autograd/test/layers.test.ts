import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import ts from 'typescript';

const root = fileURLToPath(new URL('../src/', import.meta.url));

/**
 * Lowest first: a file imports only from its own layer and from those before it. Generators work on plain arrays; what makes
 * or changes tensors stands above the file that gives them their methods.
 */
const layers: readonly (readonly string[])[] = [
  ['tensor/'],
  ['random/'],
  ['kernels/'],
  ['tape/'],
  ['ops/'],
  ['engine/'],
  ['methods/'],
  ['tensor.ts'],
  ['autograd.ts', 'create.ts', 'linalg.ts', 'random.ts', 'update.ts'],
  ['distributions/'],
  ['transforms/'],
  ['inspect/'],
  ['check/'],
  ['index.ts'],
];

const layerOf = (path: string): number =>
  layers.findIndex((names) =>
    names.some((name) => (name.endsWith('/') ? path.startsWith(name) : path === name)),
  );

interface Import {
  readonly from: string;
  readonly to: string;
  readonly line: number;
}

/** The value imports and re-exports of a source; those of types only vanish when it is compiled. */
function importsOf(path: string, text: string): Import[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const add = (at: ts.Node, specifier: ts.Node | undefined) => {
    if (specifier === undefined || !ts.isStringLiteral(specifier)) return;
    const to = specifier.text.startsWith('.')
      ? relative(root, join(root, dirname(path), specifier.text)).replaceAll('\\', '/')
      : specifier.text;
    found.push({ from: path, to, line: source.getLineAndCharacterOfPosition(at.getStart()).line + 1 });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && !typeOnly(node.importClause)) add(node, node.moduleSpecifier);
    if (ts.isExportDeclaration(node) && !node.isTypeOnly && !allTypes(node.exportClause))
      add(node, node.moduleSpecifier);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      add(node, node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function typeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  return clause.isTypeOnly || (clause.name === undefined && allTypes(clause.namedBindings));
}

function allTypes(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): boolean {
  if (bindings === undefined || !(ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) return false;
  return bindings.elements.every(({ isTypeOnly }) => isTypeOnly);
}

/** What is wrong with an import, or null. */
function problemOf({ from, to, line }: Import): string | null {
  const at = `${from}:${line} imports ${to}`;
  if (layerOf(to) < 0) return `${at}, which belongs to no layer`;
  return layerOf(to) > layerOf(from) ? `${at}, a layer above its own` : null;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .map((path) => path.replaceAll('\\', '/'))
  .filter((path) => path.endsWith('.ts') && !path.includes('generated/'));
const imports = files.flatMap((path) => importsOf(path, readFileSync(join(root, path), 'utf8')));

test('every source belongs to a layer, and every layer has sources', () => {
  expect(files.filter((path) => layerOf(path) < 0)).toEqual([]);
  expect(layers.flat().filter((name) => !existsSync(join(root, name)))).toEqual([]);
});

test('imports point only down', () => {
  expect(imports.length).toBeGreaterThan(150);
  expect(imports.flatMap((one) => problemOf(one) ?? [])).toEqual([]);
});

test('no import chain leads back to its start', () => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
    if (done.has(path) || trail.includes(path)) return;
    for (const { from, to } of imports) if (from === path) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of files) visit(path, []);
  expect(cycles).toEqual([]);
});

test('nothing imports the registry: programs that only compute do not carry samples', () => {
  expect(imports.filter(({ to }) => to === 'ops/registry.ts')).toEqual([]);
});

test('a wrong import would be seen', () => {
  const wrong = `
    import type { Trace } from '../transforms/trace.ts';
    import { type grad, type jvp } from '../transforms/func.ts';
    import { wrap } from '../tensor/core.ts';
    import { backward, type GradOptions } from '../engine/backward.ts';
    import '../tensor.ts';
    export { gradcheck } from '../check/gradcheck.ts';
    export type { Order } from '../engine/order.ts';
    const late = import('../index.ts');
    import fc from 'fast-check';
  `;
  expect(importsOf('ops/new.ts', wrong).map(problemOf)).toEqual([
    null,
    'ops/new.ts:5 imports engine/backward.ts, a layer above its own',
    'ops/new.ts:6 imports tensor.ts, a layer above its own',
    'ops/new.ts:7 imports check/gradcheck.ts, a layer above its own',
    'ops/new.ts:9 imports index.ts, a layer above its own',
    'ops/new.ts:10 imports fast-check, which belongs to no layer',
  ]);
});
