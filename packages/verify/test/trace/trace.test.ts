import { describe, expect, test } from '@jest/globals';
import { func, keepValues, manualSeed, randn, type Tensor, tensor } from '@tensortape/autograd';
import { Linear, ReLU, Sequential } from '@tensortape/nn';
import { evaluationTrace, formatTrace, parseProgram, type TraceRow, traceProgram } from '@tensortape/verify';

const number = (x: Tensor | null | undefined) => (x == null ? 0 : Number(x.item().toFixed(4)));
const textbook = async (by = 'x1') => {
  const program = await parseProgram('ln(x1) + x1 * x2 - sin(x2)', { inputs: ['x1', 'x2'] });
  return traceProgram(program, { x1: 2, x2: 5 }, { by });
};

test('the trace of ln x1 + x1 x2 - sin x2 at (2, 5), as in the literature (Baydin et al., tables 2 and 3)', async () => {
  const { rows, output } = await textbook();
  expect(output).toBe('y = v5');
  expect(rows.map(({ name, primal }) => [name, primal.rule, number(primal.value)])).toEqual([
    ['x1', '', 2],
    ['x2', '', 5],
    ['v1', 'ln x1', Number(Math.LN2.toFixed(4))],
    ['v2', 'x1 · x2', 10],
    ['v3', 'v1 + v2', 10.6931],
    ['v4', 'sin(x2)', -0.9589],
    ['v5', 'v3 − v4', 11.6521],
  ]);
  expect(rows.map(({ tangent }) => [tangent!.rule, number(tangent!.value)])).toEqual([
    ['', 1],
    ['', 0],
    ['ẋ1 · 1/x1', 0.5],
    ['ẋ1 · x2 + ẋ2 · x1', 5],
    ['v̇1 + v̇2', 5.5],
    ['ẋ2 · cos x2', 0],
    ['v̇3 − v̇4', 5.5],
  ]);
  expect(rows.map(({ adjoint }) => [adjoint!.rule, number(adjoint!.value)])).toEqual([
    ['v̄1 · 1/x1 + v̄2 · x2', 5.5],
    ['v̄2 · x1 + v̄4 · cos x2', 1.7163],
    ['v̄3', 1],
    ['v̄3', 1],
    ['v̄5', 1],
    ['−v̄5', -1],
    ['', 1],
  ]);
  expect((await textbook('x2')).rows.map(({ tangent }) => number(tangent!.value))).toEqual([
    0, 1, 0, 2, 2, 0.2837, 1.7163,
  ]);
});

test('as text, aligned under marks too; as Markdown; as HTML with nothing unescaped', async () => {
  const trace = await textbook();
  expect(formatTrace(trace)).toBe(
    [
      'Evaluation trace of y = v5: primals and tangents are computed downwards, adjoints upwards',
      '',
      'primal        value      tangent (forward mode)  value  adjoint (reverse mode)      value',
      '───────────────────────────────────────────────────────────────────────────────────────────',
      'x1            2          ẋ1                      1      x̄1 = v̄1 · 1/x1 + v̄2 · x2    5.5',
      'x2            5          ẋ2                      0      x̄2 = v̄2 · x1 + v̄4 · cos x2  1.71634',
      'v1 = ln x1    0.693147   v̇1 = ẋ1 · 1/x1          0.5    v̄1 = v̄3                     1',
      'v2 = x1 · x2  10         v̇2 = ẋ1 · x2 + ẋ2 · x1  5      v̄2 = v̄3                     1',
      'v3 = v1 + v2  10.6931    v̇3 = v̇1 + v̇2            5.5    v̄3 = v̄5                     1',
      'v4 = sin(x2)  −0.958924  v̇4 = ẋ2 · cos x2        0      v̄4 = −v̄5                    −1',
      'v5 = v3 − v4  11.6521    v̇5 = v̇3 − v̇4            5.5    v̄5                          1',
    ].join('\n'),
  );
  const markdown = formatTrace(trace, 'markdown').split('\n');
  expect(markdown[3]).toBe('| --- | --- | --- | --- | --- | --- |');
  expect(markdown[2]!.split('|')).toHaveLength(markdown.at(-1)!.split('|').length);
  const x = tensor(1, { requiresGrad: true });
  const hostile = evaluationTrace(
    keepValues(() => x.relu().sin()),
    { names: { '<script>|`': x } },
  );
  expect(formatTrace(hostile, 'html')).not.toContain('<script>');
  expect(formatTrace(hostile, 'html')).toContain('&#60;script&#62;');
  expect(formatTrace(hostile, 'markdown')).toContain('\\<script>\\|\\`');
});

test('tensors by shape and norm, named steps, rules of products', async () => {
  const program = await parseProgram('z = W * x; sum(sigmoid(z))', { inputs: ['W', 'x'] });
  const { rows } = traceProgram(program, {
    W: [
      [1, 2],
      [3, 4],
    ],
    x: [[3], [4]],
  });
  const row = (name: string): TraceRow => rows.find((found) => found.name === name)!;
  expect(row('z').primal.rule).toBe('W x');
  expect(row('z').shape).toEqual([2, 1]);
  expect(row('z').tangent!.rule).toBe('Ẇ x + W ẋ');
  expect(row('W').adjoint!.rule).toBe('z̄ xᵀ');
  expect(row('x').adjoint!.rule).toBe('Wᵀ z̄');
  expect(formatTrace({ rows, output: 'y' })).toContain('(2, 1) norm 5  ');
  expect(rows.at(-1)!.tangent!.value!.item()).toBeCloseTo(
    func
      .jvp(
        (W: Tensor) => [...program.run({ W, x: [[3], [4]] }).outputs.values()][0]!,
        [
          tensor(
            [
              [1, 2],
              [3, 4],
            ],
            { dtype: 'float64' },
          ),
        ],
        [
          tensor(
            [
              [1, 1],
              [1, 1],
            ],
            { dtype: 'float64' },
          ),
        ],
      )[1]
      .item(),
  );
});

test('powers and unknown operations have rules too', async () => {
  const program = await parseProgram('x^2 + x^3 + 2^x + erf(x)', { inputs: ['x'] });
  const { rows } = traceProgram(program, { x: 2 });
  expect(rows.map(({ tangent }) => tangent!.rule)).toEqual(
    expect.arrayContaining(['ẋ · 2 x', 'ẋ · 3 x^2', 'ẋ · ln(2) v4', 'ẋ · ∂erf/∂x']),
  );
});

describe('of any tape', () => {
  test('of a module', () => {
    manualSeed(1);
    const model = new Sequential(new Linear(3, 2), new ReLU(), new Linear(2, 1));
    const loss = keepValues(() =>
      model
        .forward(randn([4, 3]))
        .square()
        .mean(),
    );
    const { rows } = evaluationTrace(loss, { names: model.namedParameters() });
    loss.backward();
    for (const [name, parameter] of model.namedParameters()) {
      const row = rows.find((found) => found.name === name)!;
      expect(row.adjoint!.value!.toArray()).toEqual(parameter.grad!.toArray());
    }
    expect(rows.every(({ tangent, primal }) => tangent === null && primal.value !== null)).toBe(true);
  });

  test('an output of several elements has no adjoints, and says so', () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const trace = evaluationTrace(keepValues(() => x.sin()));
    expect(trace.rows.every(({ adjoint }) => adjoint === null)).toBe(true);
    expect(formatTrace(trace)).toContain('adjoints need an output of one element');
  });

  test('what was recorded without keepValues has unknown values, not wrong ones', () => {
    const x = tensor(2, { requiresGrad: true });
    expect(formatTrace(evaluationTrace(x.add(1).add(2)))).toMatch(/v1 = x1 \+ c +\? /);
  });
});

test('wrong names are refused', async () => {
  const program = await parseProgram('x + 1', { inputs: ['x'] });
  expect(() => traceProgram(program, { x: 1 }, { by: 'z' })).toThrow("no input 'z'; the inputs are x");
  expect(() => traceProgram(program, { x: 1 }, { output: 'z' })).toThrow("no output 'z'; the outputs are y");
});

test('a picture of a trace: every cell at its column, and text stays text', async () => {
  const trace = traceProgram(await parseProgram('x1 * x2', { inputs: ['x1', 'x2'] }), { x1: 2, x2: 5 });
  const svg = formatTrace({ ...trace, output: '<&>' }, 'svg');
  expect(svg).toMatch(/^<svg [\s\S]*<\/svg>$/);
  expect(svg).not.toContain('<&>');
  const cells = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)">([^<]*)<\/text>/g)];
  const place = (text: string) =>
    cells
      .find(([, , , cell]) => cell === text)!
      .slice(1, 3)
      .map(Number);
  const [left, top] = place('x1');
  expect(place('v1 = x1 · x2')[0]).toBe(left);
  expect(place('v1 = x1 · x2')[1]! - top!).toBeCloseTo(48);
  expect(place('x̄1 = v̄1 · x2')[0]).toBeGreaterThan(left!);
});
