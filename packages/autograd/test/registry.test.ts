import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as autograd from '@tensortape/autograd';
import { bilinear, binary, defineOp, elementwise, linear, type SampleKit } from '@tensortape/autograd';
import { collectOps, registry } from '@tensortape/autograd/registry';

test('every operation of the main entry is registered, once, and every registered one is exported', () => {
  const names = registry.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const exported = new Map<string, unknown>(Object.entries(autograd));
  const inLinalg = new Map<string, unknown>(Object.entries(autograd.linalg));
  for (const { name, family, call } of registry) {
    const from = family === 'linalg' ? inLinalg : exported;
    // `linear` is the shorthand that declares operations.
    expect([name, from.get(name === 'linear' ? 'affine' : name)]).toEqual([name, call]);
  }
  expect(registry.filter(({ family }) => family === 'linalg')).toHaveLength(inLinalg.size);
});

// Functions of `random` draw, those of `closeness` give booleans: they are no operations.
test('every family file is collected', () => {
  const source = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8');
  const families = [
    ...source.matchAll(/^} from '\.\/ops\/(\w+)\.ts';$|^export \{ .* \} from '\.\/ops\/(\w+)\.ts';$/gm),
  ]
    .map(([, list, line]) => list ?? line!)
    .filter((family) => !['samples', 'random', 'closeness'].includes(family));
  // Those of linear algebra come through a namespace.
  expect([...new Set(registry.map(({ family }) => family))].sort()).toEqual(
    [...new Set([...families, 'linalg'])].sort(),
  );
});

test('an operation that is not differentiable says why', () => {
  const reasons = new Map(registry.map(({ name, samples }) => [name, samples.reason]));
  expect(reasons.get('argmax')).toBe('positions are integers');
  expect(reasons.get('exp')).toBeUndefined();
});

const cube = elementwise({
  name: 'cube',
  forward: (x) => x ** 3,
  saves: 'input',
  derivative: (x) => x.square().mul(3),
});
const cubeSamples = (s: SampleKit) => [s.tensor()];

test('a module is collected only when operations and samples match: else it is a type error', () => {
  expect(collectOps('mine', { cube, cubeSamples }).map(({ name, family }) => [name, family])).toEqual([
    ['cube', 'mine'],
  ]);
  // @ts-expect-error An operation without samples.
  expect(collectOps('mine', { cube })).toEqual([]);
  // @ts-expect-error Samples without an operation.
  expect(collectOps('mine', { cubeSamples })).toEqual([]);
  // @ts-expect-error One of two operations without samples.
  expect(collectOps('mine', { cube, cubeSamples, square: cube })).toHaveLength(1);
  // @ts-expect-error Samples that are not a function of a kit.
  expect(collectOps('mine', { cube, cubeSamples: 3 })).toHaveLength(1);
});

/** Definitions that must not compile; each stands in a function that is never called. */
const withoutRules = [
  // @ts-expect-error No derivative.
  () => elementwise({ name: 'f', forward: Math.exp, saves: 'input' }),
  // @ts-expect-error A derivative that reads a value which is not saved.
  () => elementwise({ name: 'f', forward: Math.exp, saves: 'nothing', derivative: (y) => y }),
  // @ts-expect-error One differential for two operands.
  () => binary({ name: 'f', forward: 'add', saves: 'nothing', differentials: [(t) => t] }),
  // @ts-expect-error No differentials.
  () => binary({ name: 'f', forward: 'add', saves: 'nothing' }),
  // @ts-expect-error No transpose.
  () => linear({ name: 'f', forward: (x) => x }),
  // @ts-expect-error No rule for the right operand.
  () => bilinear({ name: 'f', forward: (a, b) => a.mul(b), transposeLeft: (g, b) => g.mul(b) }),
  // @ts-expect-error No vjp.
  () => defineOp({ name: 'f', inputs: ['x'], saves: [], forward: ({ x }) => x }),
  () =>
    defineOp({
      name: 'f',
      inputs: ['a', 'b'],
      saves: [],
      forward: ({ a, b }) => a.add(b),
      // @ts-expect-error No rule for b.
      vjp: { a: (g) => g },
    }),
  () =>
    defineOp({
      name: 'f',
      inputs: ['x'],
      saves: [],
      forward: ({ x }) => x.square(),
      // @ts-expect-error The rule reads x, which is not saved.
      vjp: { x: (g, { x }) => g.mul(x).mul(2) },
    }),
];

test('an operation without rules cannot be declared', () => {
  expect(withoutRules).toHaveLength(9);
});
