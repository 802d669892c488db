import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Generator, grad, lstm, randn, type Tensor } from '../../src/index.ts';
import { type LstmCells, type LstmTrace, lstmCells as reference } from '../../src/kernels/reference/lstm.ts';
import { lstmCells as wasm } from '../../src/kernels/wasm/lstm.ts';

/** Everything that both cells write, from operands that do not begin where their arrays do. */
function results(cells: LstmCells, rows: number, n: number, seed: number): Float32Array[] {
  const generator = new Generator(seed);
  const size = rows * n;
  const part = (count: number, at = 3) => ({
    array: randn([count + at], { generator }).toTypedArray() as Float32Array,
    at,
  });
  const trace = Array.from({ length: 6 }, () => part(3 * size)) as unknown as LstmTrace;
  const before = part(size);
  cells.forward(part(4 * size, 8), part(4 * size, 0), before, trace, size, rows, n);
  const gates = part(4 * size, 5);
  const laterMemory = part(size);
  const [toState, later, toMemory] = [part(size), part(size), part(size)];
  cells.backward(toState, later, toMemory, laterMemory, before, trace, size, gates, rows, n);
  return [...trace, gates, laterMemory].map(({ array }) => array as Float32Array);
}

test('cells in WASM give what those in TypeScript give', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 1000 }),
      (rows, quarter, seed) => {
        const expected = results(reference, rows, 4 * quarter, seed);
        for (const [i, actual] of results(wasm, rows, 4 * quarter, seed).entries()) {
          actual.forEach((value, k) => {
            const wanted = expected[i]![k]!;
            expect(Math.abs(value - wanted)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(wanted)));
          });
        }
      },
    ),
  );
});

test('gradients are those of the steps that can be differentiated again, whichever results have cotangents', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('states', 'memory', 'both'),
      (times, rows, n, which) => {
        const options = {
          dtype: 'float64',
          generator: new Generator(times + 10 * rows),
          requiresGrad: true,
        } as const;
        const inputs = [
          randn([times, rows, 4 * n], options),
          randn([rows, n], options),
          randn([rows, n], options),
          randn([4 * n, n], options),
        ] as const;
        const loss = (): Tensor => {
          const [h, c] = lstm(...inputs);
          const states = h.mul(h.cos()).sum();
          const memory = c.mul(c).sum();
          return which === 'states' ? states : which === 'memory' ? memory : states.add(memory);
        };
        const atOnce = grad(loss(), inputs);
        const stepByStep = grad(loss(), inputs, { createGraph: true });
        for (const [i, g] of atOnce.entries()) {
          expect(stepByStep[i]!.requiresGrad).toBe(true);
          const difference = g!.sub(stepByStep[i]!.detach()).abs().max().item();
          expect(difference).toBeLessThan(1e-12);
        }
      },
    ),
  );
});
