import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type FloatDType, manualSeed, type Tensor, zeros } from '@tensortape/autograd';
import * as nn from '@tensortape/nn';
import { init } from '@tensortape/nn';
import fc from 'fast-check';
import { parityTable } from '../../../scripts/jest/parityTable.ts';
import { describeIfTorch, worstError, worstErrorByLists } from '../../../scripts/jest/python.ts';
import { cases } from './parity/cases/index.ts';
import { initial, normalizeText, type Request, requestOf, train } from './parity/program.ts';
import { Source } from './parity/source.ts';

const beside = (name: string): URL => new URL(`parity/${name}`, import.meta.url);

const initScript = `
import torch

def run(given):
    torch.manual_seed(given['seed'])
    dtype = getattr(torch, given['dtype'])
    return getattr(torch.nn.init, given['name'])(torch.zeros(given['shape'], dtype=dtype), **given['options']).tolist()
`;

const isModule = (value: unknown): boolean =>
  typeof value === 'function' && value.prototype instanceof nn.Module;

/** Modules without numbers of their own. */
const containers = ['ModuleDict', 'ModuleList', 'ParameterDict', 'ParameterList', 'Sequential'];

test('every module has a case', () => {
  const modules = Object.entries(nn).flatMap(([name, value]) => (isModule(value) ? [name] : []));
  expect(modules.filter((name) => !containers.includes(name)).sort()).toEqual(Object.keys(cases).sort());
});

const tolerance: Readonly<Record<FloatDType, number>> = { float64: 1e-10, float32: 1e-5 };

const note = parityTable('modules');

/** What a module prints and computes, compared. */
function expectEqual(request: Request, ours: unknown, theirs: unknown): void {
  const [{ text: ourText, ...ourNumbers }, { text, ...numbers }] = [ours, theirs].map(Object);
  expect(normalizeText(ourText)).toBe(normalizeText(text));
  expect(Object.keys(ourNumbers.state)).toEqual(Object.keys(numbers.state));
  const error = worstError(ourNumbers, numbers);
  note(request.name, request.dtype, [request.args, request.options], error, request.steps);
  if (error <= tolerance[request.dtype]) return;
  if (request.dtype === 'float32') {
    // Sums that cancel, and what multiplies rounding: there PyTorch too misses what float64 gives.
    if (worstErrorByLists(ourNumbers, numbers) <= tolerance.float32) return;
    const exact: Request = JSON.parse(JSON.stringify(request).replaceAll('"float32"', '"float64"'));
    const { text: _, ...truth } = Object(train(exact));
    if (error <= 3 * worstError(numbers, truth)) return;
  }
  expect({ request, error, ...ourNumbers }).toEqual({ error: 0, ...numbers });
}

/** Requests and PyTorch's answers, for machines without it. */
const record = beside('modules.json');
const recorded: readonly (readonly [Request, unknown])[] = JSON.parse(readFileSync(record, 'utf8'));

describe('equals what PyTorch gave', () => {
  test('in a case of every module', () => {
    const names = new Set(recorded.map(([{ name }]) => name));
    expect([...names].sort()).toEqual(Object.keys(cases).sort());
  });

  test.each(recorded.map(([request, answer], i) => [`${request.name} (${i})`, request, answer] as const))(
    '%s',
    (_, request, answer) => expectEqual(request, train(request), answer),
  );
});

/** Modules that start with normals. */
const drawsNormals = /^(Embedding|LearnedEncoding|MultiheadAttention)/;

describeIfTorch('equals PyTorch', readFileSync(beside('modules.py'), 'utf8'), (ask) => {
  test.each(Object.entries(cases))('%s: text, outputs, gradients, state', async (name, draw) => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), fc.nat(), async (generator, seed) => {
        const source = new Source(generator);
        const request = requestOf(source, name, draw(source));
        expectEqual(request, train(request), await ask(request));
        if (Object.keys(request.state).length === 0) return;
        const start = worstError(initial(seed, request), await ask({ ...request, seed }));
        // Uniforms agree in every bit; normals go through logarithm and sine, which differ between C libraries.
        expect(start).toBeLessThanOrEqual(drawsNormals.test(name) ? 1e-6 : 0);
      }),
      // Transformers take their time on a busy machine.
      { interruptAfterTimeLimit: 20_000 },
    );
  });
});

/** With as many digits as the comparison in float64 needs. */
const round = (value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(13)) : value;

// Writes the record anew: TENSORTAPE_RECORD=1.
if (process.env['TENSORTAPE_RECORD']) {
  describeIfTorch('the record', readFileSync(beside('modules.py'), 'utf8'), (ask) => {
    test('is written', async () => {
      const lines: string[] = [];
      for (const [name, draw] of Object.entries(cases)) {
        for (const generator of fc.sample(fc.gen(), { seed: 7, numRuns: 2 })) {
          const source = new Source(generator);
          const request = { ...requestOf(source, name, draw(source)), steps: 2 };
          lines.push(JSON.stringify([request, await ask(request)], (_, value) => round(value)));
        }
      }
      writeFileSync(record, `[\n${lines.join(',\n')}\n]\n`);
    });
  });
}

describeIfTorch('init equals PyTorch', initScript, (ask) => {
  const seed = fc.nat();
  const dtype = fc.constantFrom<FloatDType>('float64', 'float32');

  const snake = {
    fanIn: 'fan_in',
    fanOut: 'fan_out',
    leakyRelu: 'leaky_relu',
    relu: 'relu',
    tanh: 'tanh',
  } as const;
  const kaiming = fc.record({
    a: fc.constantFrom(0, 0.2, Math.sqrt(5)),
    mode: fc.constantFrom('fanIn', 'fanOut'),
    nonlinearity: fc.constantFrom('leakyRelu', 'relu', 'tanh'),
  });
  const twentieth = (min: number, max: number) => fc.integer({ min, max }).map((n) => n / 20);
  const bounds = fc.tuple(twentieth(-40, -1), twentieth(1, 40));
  const fills: Readonly<Record<string, fc.Arbitrary<[fill: (x: Tensor) => Tensor, options: object]>>> = {
    uniform_: bounds.map(([a, b]) => [(x) => init.uniform_(x, a, b), { a, b }]),
    normal_: bounds.map(([mean, std]) => [(x) => init.normal_(x, mean, std), { mean, std }]),
    constant_: bounds.map(([val]) => [(x) => init.constant_(x, val), { val }]),
    xavier_uniform_: bounds.map(([, gain]) => [(x) => init.xavierUniform_(x, { gain }), { gain }]),
    xavier_normal_: bounds.map(([, gain]) => [(x) => init.xavierNormal_(x, { gain }), { gain }]),
    kaiming_uniform_: kaiming.map(({ a, mode, nonlinearity }) => [
      (x) => init.kaimingUniform_(x, { a, mode, nonlinearity }),
      { a, mode: snake[mode], nonlinearity: snake[nonlinearity] },
    ]),
    kaiming_normal_: kaiming.map(({ a, mode, nonlinearity }) => [
      (x) => init.kaimingNormal_(x, { a, mode, nonlinearity }),
      { a, mode: snake[mode], nonlinearity: snake[nonlinearity] },
    ]),
    trunc_normal_: bounds.chain(([a, b]) =>
      fc
        .constantFrom([0, 1], [a - 0.5, 0.25], [0.1, 3], [b + 4, 2])
        .map(([mean, std]) => [(x) => init.truncNormal_(x, { mean, std, a, b }), { mean, std, a, b }]),
    ),
    orthogonal_: bounds.map(([, gain]) => [(x) => init.orthogonal_(x, { gain }), { gain }]),
  };
  const matrixFills: typeof fills = {
    eye_: fc.constant([init.eye_, {}]),
    sparse_: fc
      .tuple(twentieth(0, 20), twentieth(1, 40))
      .map(([sparsity, std]) => [(x) => init.sparse_(x, sparsity, { std }), { sparsity, std }]),
  };
  const kernelFills: typeof fills = {
    dirac_: fc.constantFrom(1, 2).map((groups) => [(x) => init.dirac_(x, groups), { groups }]),
  };
  const shape = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 4 });
  const length = fc.integer({ min: 1, max: 6 });
  const matrix = fc.array(length, { minLength: 2, maxLength: 2 });
  const kernel = fc
    .tuple(length, length, fc.array(length, { minLength: 1, maxLength: 3 }))
    .map(([filters, channels, lengths]) => [2 * filters, channels, ...lengths]);
  const table = [
    ...Object.entries(fills).map(([name, fill]) => [name, fill, shape] as const),
    ...Object.entries(matrixFills).map(([name, fill]) => [name, fill, matrix] as const),
    ...Object.entries(kernelFills).map(([name, fill]) => [name, fill, kernel] as const),
  ];
  test.each(table)('%s draws the same numbers', async (name, fill, shape) => {
    await fc.assert(
      fc.asyncProperty(seed, dtype, shape, fill, async (seed, dtype, shape, [run, options]) => {
        manualSeed(seed);
        const ours = run(zeros(shape, { dtype })).toArray();
        const theirs = await ask({ name, seed, dtype, shape, options });
        const exact = /^(uniform|constant|eye|dirac|(xavier|kaiming)_uniform)_$/.test(name);
        // Uniforms agree in every bit; normals go through logarithm and sine, which differ between C libraries, and the factors
        // of a matrix collect such differences.
        const tolerance = name === 'orthogonal_' ? 100 : 1;
        if (exact) expect(ours).toEqual(theirs);
        else expect(worstError(ours, theirs)).toBeLessThan(tolerance * (dtype === 'float64' ? 1e-14 : 1e-6));
      }),
    );
  });
});
