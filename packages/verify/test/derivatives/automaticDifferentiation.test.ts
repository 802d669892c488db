import { describe, expect, test } from '@jest/globals';
import { ExpressionError, fourWays, parseProgram, traceProgram } from '@tensortape/verify';

const programOf = (c: number) =>
  parseProgram(`a = exp(w1) + exp(${c} * w2); f1 = exp(a) + sin(a); f2 = w1 * w2 + sigmoid(w1); f1; f2`, {
    inputs: ['w1', 'w2'],
  });

describe('the automatic differentiation exercise (CS7643): f1 = exp(a) + sin(a), f2 = w1 w2 + sigmoid(w1)', () => {
  test('values at (1, 2), and the Jacobian by forward differences, with c = 1', async () => {
    const program = await programOf(1);
    const at = (w1: number, w2: number) => [...program.run({ w1, w2 }).outputs.values()].map((y) => y.item());
    const f = at(1, 2);
    expect(f).toEqual([expect.closeTo(24521.662861313, 8), expect.closeTo(2.73105857863, 11)]);
    const [by1, by2] = [at(1.01, 2), at(1, 2.01)];
    expect(by1).toEqual([expect.closeTo(25200.8058793246, 8), expect.closeTo(2.75302014923886, 11)]);
    expect(by2).toEqual([expect.closeTo(26411.9854338567, 8), expect.closeTo(2.74105857863, 11)]);
    const differences = f.map((y, i) => [by1, by2].map((moved) => (moved[i]! - y) / 0.01));
    expect(differences.flat()).toEqual(
      [67914.301801, 189032.257254, 2.196157, 1].map((value) => expect.closeTo(value, 5)),
    );
  });

  test.each([1, 2])('two forward and two reverse sweeps over the same graph agree, c = %d', async (c) => {
    const program = await programOf(c);
    const at = { w1: 0.4, w2: 0.3 };
    const { rows } = await fourWays(program, at);
    const a = Math.exp(at.w1) + Math.exp(c * at.w2);
    const e = Math.exp(at.w1);
    const outer = Math.cos(a) + Math.exp(a);
    const expected = [
      [outer * e, c * outer * Math.exp(c * at.w2)],
      [e / (1 + e) ** 2 + at.w2, at.w1],
    ];
    for (const [o, output] of program.outputs.entries()) {
      for (const [i, by] of program.inputs.entries()) {
        const trace = traceProgram(program, at, { by, output });
        const pushed = trace.rows.at(-1)!.tangent!.value!.item();
        const pulled = trace.rows.find(({ name }) => name === by)!.adjoint!.value!.item();
        const close = expect.closeTo(expected[o]![i]!, 11);
        expect([pushed, pulled, rows[2 * o + i]!.symbolic ?? pulled]).toEqual([close, close, close]);
      }
    }
  });

  test('the order of its graph: each step behind what it reads', async () => {
    const { rows } = traceProgram(await programOf(1), { w1: 1, w2: 2 });
    expect(rows.map(({ name, primal }) => `${name} = ${primal.rule}`)).toEqual([
      'w1 = ',
      'w2 = ',
      'v1 = exp(w1)',
      'v2 = w2 · 1',
      'v3 = exp(v2)',
      'a = v1 + v3',
      'v4 = exp(a)',
      'v5 = sin(a)',
      'f1 = v4 + v5',
    ]);
  });

  test('a graph that goes round in a circle has none, and is refused where it closes', async () => {
    const error = await parseProgram('a = exp(w1) + b; b = sin(a); b', { inputs: ['w1'] }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(ExpressionError);
    expect(error).toMatchObject({ column: 15, reason: expect.stringMatching(/^'b' has no value yet/) });
  });
});
