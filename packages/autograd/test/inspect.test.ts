import { describe, expect, test } from '@jest/globals';
import {
  checkpoint,
  defineOp,
  func,
  GradientError,
  type GraphNode,
  grad,
  graphOf,
  keepValues,
  manualSeed,
  printTape,
  randn,
  type Tensor,
  tensor,
  toDot,
  toMermaid,
  topologicalOrder,
} from '@tensortape/autograd';
import fc from 'fast-check';

const leaf = (data: number | readonly number[]) =>
  tensor(data as number, { dtype: 'float64', requiresGrad: true });

/** The textbook's function: ln x1 + x1 x2 - sin x2 at (2, 5). */
function textbook() {
  const [x1, x2] = [leaf(2), leaf(5)];
  return { x1, x2, y: x1.log().add(x1.mul(x2)).sub(x2.sin()) };
}

test('a tape is printed as people write it', () => {
  const { y } = textbook();
  expect(printTape(y, { gradients: true })).toBe(
    [
      'x1                () float64  2       grad 5.5',
      'x2                () float64  5       grad 1.7163',
      'v1 = log(x1)      () float64  ?       grad 1       saves x',
      'v2 = mul(x1, x2)  () float64  ?       grad 1       saves a, b',
      'v3 = add(v1, v2)  () float64  ?       grad 1',
      'v4 = sin(x2)      () float64  ?       grad -1      saves x',
      'v5 = sub(v3, v4)  () float64  11.652  grad 1',
      '2 leaves, 5 operations, 0 bytes saved beside the leaves',
    ].join('\n'),
  );
});

test('names, constants, several outputs and limits', () => {
  const w = leaf([1, 3, 2]);
  const { values } = w.mul(2).topk(2);
  const text = printTape(values.sum(), { names: new Map([['weight', w]]) });
  expect(text).toContain('v1 = mul(weight, 2)');
  expect(text).toContain('v2 = gather(v1, [1, 2])');
  expect(printTape(values.sum(), { limit: 2 }).split('\n')[0]).toBe('… 2 older nodes are left out');
  const { x1, y } = textbook();
  expect(graphOf(y, { names: { a: x1, v1: y } }).nodes.map(({ name }) => name)).toEqual([
    ...['a', 'x1', 'v2', 'v3', 'v4', 'v5', 'v1'],
  ]);
  expect(() =>
    graphOf(y, {
      names: [
        ['a', x1],
        ['a', y],
      ],
    }),
  ).toThrow("graphOf: two tensors are named 'a'");
});

test('pictures: nodes, edges, values and gradients', () => {
  const { x1, x2, y } = textbook();
  const dot = toDot(y, { names: { x1, x2 }, values: true, gradients: true });
  expect(dot).toContain('n0 [label="x1\\n() float64\\n= 2\\ngrad 5.5", shape=box');
  expect(dot.match(/n\d -> n\d.*/g)).toEqual([
    'n0 -> n2;',
    'n0 -> n3 [label="a"];',
    'n1 -> n3 [label="b"];',
    'n2 -> n4 [label="a"];',
    'n3 -> n4 [label="b"];',
    'n1 -> n5;',
    'n4 -> n6 [label="a"];',
    'n5 -> n6 [label="b"];',
  ]);
  expect(toMermaid(x1.log())).toBe(
    [
      'flowchart BT',
      '  n0["x1<br/>() float64"]',
      '  n1(["v1 = log<br/>() float64"])',
      '  n0 --> n1',
      '',
    ].join('\n'),
  );
});

test('hostile names stay text', () => {
  const x = leaf(1);
  const names = { '"]; evil\\ -> x [label="<script>\n': x };
  const dot = toDot(x.log(), { names });
  expect(dot).toContain('[label="\\"]; evil\\\\ -> x [label=\\"<script>\\n\\n() float64"');
  const mermaid = toMermaid(x.log(), { names });
  expect(mermaid).toContain('n0["#quot;]; evil\\ -#gt; x [label=#quot;#lt;script#gt;<br/><br/>() float64"]');
});

test('large graphs are cut, and say so', () => {
  let y: Tensor = leaf(1);
  for (let i = 0; i < 600; i++) y = y.sin();
  expect(toDot(y)).toContain('101 older nodes are left out');
  expect(toMermaid(y, { limit: 2 }).split('\n').length).toBe(7);
  expect(topologicalOrder(y).length).toBe(601);
});

test('a description leaves the tape and the gradients alone', () => {
  const { x1, x2, y } = textbook();
  const { nodes } = graphOf(y, { gradients: true });
  expect([x1.grad, x2.grad]).toEqual([null, null]);
  expect(nodes[0]!.outputs[0]!.value!.requiresGrad).toBe(false);
  y.backward();
  expect(x1.grad!.item()).toBe(nodes[0]!.outputs[0]!.gradient!.item());
  expect(graphOf(y).nodes.every(({ saved }) => saved.length === 0)).toBe(true);
});

test('values that were changed since are not shown', () => {
  const x = leaf([1, 2]);
  const h = x.mul(2);
  const y = h.square();
  h.add_(1);
  expect(graphOf(y).nodes.map(({ outputs }) => outputs[0]!.value?.toArray())).toEqual([
    [1, 2],
    undefined,
    [4, 16],
  ]);
});

describe('what is saved', () => {
  test('is counted in bytes, each array once, leaves apart', () => {
    manualSeed(0);
    const [x, w] = [randn([50, 40]), randn([40, 30]).requiresGrad_()];
    const h = x.matmul(w).relu();
    const y = h.square().sum().add(h.sum());
    const { nodes, savedBytes } = graphOf(y);
    const of = (op: string) => nodes.find((node) => node.op === op)!;
    expect(of('matmul').saved).toEqual([{ name: 'a', shape: [50, 40], dtype: 'float32', bytes: 4 * 2000 }]);
    expect(of('relu').savedBytes).toBe(4 * 1500);
    expect(of('square').savedBytes).toBe(4 * 1500);
    expect(savedBytes).toBe(4 * (2000 + 1500));
  });

  test('is less with checkpoints', () => {
    const deep = (call: typeof checkpoint) => {
      let h: Tensor = randn([100, 100]).requiresGrad_();
      for (let i = 0; i < 16; i++) h = call((a) => a.sin().exp().tanh().mul(0.1), h);
      return graphOf(h.sum()).savedBytes;
    };
    const plain = deep((f, ...xs) => f(...xs));
    // Of each part its input, instead of three values.
    expect(deep(checkpoint)).toBeLessThan(plain / 2.9);
  });
});

test('operations of one’s own are described as built-in ones are', () => {
  const pair = defineOp({
    name: 'sumAndProduct',
    inputs: ['left', 'right'],
    saves: ['left', 'right'],
    forward: ({ left, right }, _: { readonly note: string }) => [left.add(right), left.mul(right)],
    vjp: ([s, p], { left, right }) => ({
      left: (s ?? left.mul(0)).add((p ?? left.mul(0)).mul(right)),
      right: (s ?? left.mul(0)).add((p ?? left.mul(0)).mul(left)),
    }),
  });
  const [x, y] = [leaf(2), leaf(3)];
  const [s, p] = pair({ left: x, right: y }, { note: 'hello' });
  const { nodes, outputs } = graphOf([s!, p!]);
  expect(nodes[2]).toMatchObject({
    name: 'v1',
    op: 'sumAndProduct',
    attributes: { note: 'hello' },
    inputs: [
      { input: 'left', from: 0, slot: 0 },
      { input: 'right', from: 1, slot: 0 },
    ],
  });
  expect(outputs).toEqual([
    { node: 2, slot: 0 },
    { node: 2, slot: 1 },
  ]);
  expect(printTape(s!.mul(p!), { gradients: true })).toContain('v2 = mul(v1[0], v1[1])');
  // What the product saved are the values of both outputs.
  expect(graphOf(s!.mul(p!)).nodes[2]!.outputs.map(({ value }) => value?.item())).toEqual([5, 6]);
  expect(grad(s!.mul(p!), x).item()).toBe(6 + 15);
});

test('the order is topological, and edges are those of the computation, for random programs', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 40 }), (steps) => {
      const values: Tensor[] = [leaf(0.5), leaf(0.25)];
      const operands: (readonly [number, number])[] = [];
      for (const [i, j] of steps) {
        const pair = [i % values.length, j % values.length] as const;
        operands.push(pair);
        values.push(values[pair[0]]!.add(values[pair[1]]!));
      }
      const names = values.map((value, k) => [`t${k}`, value] as const);
      const nodes = topologicalOrder(values.at(-1)!, { names });
      const named = (node: GraphNode) => Number(node.name.slice(1));
      nodes.forEach((node, k) => {
        for (const { from } of node.inputs) expect(from).toBeLessThan(k);
        if (node.op === null) return;
        expect(node.inputs.map(({ from }) => named(nodes[from!]!))).toEqual([...operands[named(node) - 2]!]);
      });
      // Nothing is there that the result does not read.
      const read = new Set(nodes.flatMap(({ inputs }) => inputs.map(({ from }) => from)));
      expect(nodes.map((_, k) => k).filter((k) => !read.has(k))).toEqual([nodes.length - 1]);
    }),
  );
});

test('what is not recorded is refused', () => {
  expect(() => graphOf(tensor([1, 2]))).toThrow(
    new GradientError('graphOf: output 0 (shape (2,)) is not tracked, so nothing was recorded behind it'),
  );
  expect(() => printTape(leaf([1, 2]).mul(2), { gradients: true })).toThrow(/one output with one element/);
});

describe('what a tape alone does not hold', () => {
  /** The textbook's function again, its values kept. */
  const kept = () => {
    const [x1, x2] = [leaf(2), leaf(5)];
    return { x1, x2, y: keepValues(() => x1.log().add(x1.mul(x2)).sub(x2.sin())) };
  };
  const items = (nodes: readonly GraphNode[], what: 'value' | 'tangent') =>
    nodes.map(({ outputs }) => Number(outputs[0]![what]?.item().toFixed(4)));

  test('values of operations recorded in keepValues, also when a sweep has freed what it saved', () => {
    const { y } = kept();
    y.backward();
    expect(items(graphOf(y).nodes, 'value')).toEqual([
      2,
      5,
      Number(Math.LN2.toFixed(4)),
      10,
      10.6931,
      -0.9589,
      11.6521,
    ]);
  });

  test('kept values are copies: changes in place do not reach them', () => {
    const x = leaf([1, 2]);
    const y = keepValues(() => x.mul(3));
    y.detach().fill_(7);
    expect(graphOf(y).nodes[1]!.outputs[0]!.value!.toArray()).toEqual([3, 6]);
  });

  test('tangents, by the literature', () => {
    const { x1, x2, y } = kept();
    const one = tensor(1, { dtype: 'float64' });
    expect(items(graphOf(y, { tangents: [[x1, one]] }).nodes.slice(2), 'tangent')).toEqual([
      0.5,
      5,
      5.5,
      Number.NaN,
      5.5,
    ]);
    expect(items(graphOf(y, { tangents: [[x2, one]] }).nodes, 'tangent').at(-1)).toBe(1.7163);
    expect(() => graphOf(y, { tangents: [[x1, tensor([1, 2])]] })).toThrow(/shape \(2,\).*shape \(\)/s);
  });

  test('local partial derivatives: their products along all ways add up to the gradient', () => {
    const { y } = kept();
    const { nodes } = graphOf(y, { partials: true, gradients: true });
    const sums = nodes.map(() => 0);
    sums[nodes.length - 1] = 1;
    for (const [k, { inputs }] of [...nodes.entries()].reverse()) {
      for (const { from, partial } of inputs) sums[from!]! += sums[k]! * partial!.item();
    }
    expect(sums).toEqual(nodes.map(({ outputs }) => outputs[0]!.gradient!.item()));
  });

  test('partials of tensors are Jacobians, also of operations whose inputs share work', () => {
    const x = leaf([1, 2, 4]);
    const sine = graphOf(x.sin(), { partials: true }).nodes[1]!.inputs[0]!.partial!;
    expect(sine.toArray()).toEqual(
      func
        .jacobian((t) => t.sin())(x.detach())
        .toArray(),
    );
    const shared = defineOp({
      name: 'shared',
      inputs: ['a', 'b'],
      saves: ['a', 'b'],
      forward: ({ a, b }) => a.mul(b),
      vjp: (g, { a, b }, _, needs) => ({ a: needs.a ? g.mul(b) : null, b: needs.b ? g.mul(a) : null }),
    });
    const { inputs } = graphOf(shared({ a: x, b: leaf([2, 3, 5]) }), { partials: true }).nodes[2]!;
    expect(inputs.map(({ partial }) => partial!.diagonal().toArray())).toEqual([
      [2, 3, 5],
      [1, 2, 4],
    ]);
  });

  test('large operations have no partial: there would be too many entries', () => {
    const x = tensor(new Float64Array(100), { requiresGrad: true });
    expect(graphOf(x.sin(), { partials: true }).nodes[1]!.inputs[0]!.partial).toBeNull();
  });

  test('pictures with numbers, values, adjoints, tangents and partials', () => {
    const { x1, x2, y } = kept();
    const options = {
      names: { x1, x2 },
      values: true,
      numbered: true,
      gradients: true,
      partials: true,
      tangents: [[x1, tensor(1, { dtype: 'float64' })]],
    } as const;
    const dot = toDot(y, options);
    expect(dot).toContain('n3 [label="4: v2 = mul\\n() float64\\n= 10\\ngrad 1\\ntangent 5"');
    expect(dot).toContain('n0 -> n3 [label="a\\n∂ 5"]');
    expect(dot).toContain('n0 -> n2 [label="∂ 0.5"]');
    expect(toMermaid(y, options)).toContain('n0 -->|"a<br/>∂ 5"| n3');
  });
});
