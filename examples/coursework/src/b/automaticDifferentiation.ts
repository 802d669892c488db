import { keepValues, type Tensor, tensor } from 'tensortape';
import { checkDerivative, evaluationTrace, formatTrace, parseProgram, toSvg } from 'tensortape/verify';
import type { Desk } from '../shared/desk.ts';

/** f1 = exp(a) + sin(a) with a = exp(w1) + exp(c w2), and f2 = w1 w2 + sigmoid(w1), at w = (1, 2). */
export async function automaticDifferentiation(desk: Desk): Promise<void> {
  differences(desk);
  await derivation(desk);
  sweeps(desk);
  await graph(desk);
}

function f(w1: Tensor, w2: Tensor, c: number) {
  const a = w1.exp().add(w2.mul(c).exp());
  return { a, f1: a.exp().add(a.sin()), f2: w1.mul(w2).add(w1.sigmoid()) };
}

const scalar = (value: number) => tensor(value, { dtype: 'float64', requiresGrad: true });

/** c = 1: values, and the Jacobian by forward differences of step 0.01. */
function differences({ figures }: Desk): void {
  const values = (w1: number, w2: number) => {
    const { f1, f2 } = f(scalar(w1), scalar(w2), 1);
    return [f1.item(), f2.item()];
  };
  const [here, right, up] = [values(1, 2), values(1.01, 2), values(1, 2.01)];
  figures.allNear('c = 1: f(1, 2)', [24521.662861313, 2.73105857863], here, 1e-9);
  figures.allNear('c = 1: f(1.01, 2)', [25200.8058793246, 2.75302014923886], right, 1e-9);
  figures.allNear('c = 1: f(1, 2.01)', [26411.9854338567, 2.74105857863], up, 1e-9);
  const slopes = [0, 1].flatMap((i) => [right, up].map((moved) => (moved[i]! - here[i]!) / 0.01));
  figures.allNear('c = 1: Jacobian by differences', [67914.301801, 189032.257254, 2.196157, 1], slopes, 1e-6);
}

/** c = 2: the derivation by hand, line by line. */
async function derivation({ figures }: Desk): Promise<void> {
  const program = await parseProgram('a = exp(w1) + exp(2 * w2); exp(a) + sin(a); w1 * w2 + sigmoid(w1)', {
    inputs: ['w1', 'w2'],
  });
  const claims = {
    y1: {
      a: 'cos(a) + exp(a)',
      w1: '(cos(a) + exp(a)) * exp(w1)',
      w2: '2 * (cos(a) + exp(a)) * exp(2 * w2)',
    },
    y2: { w1: 'exp(w1) / (1 + exp(w1))^2 + w2', w2: 'w1' },
  };
  for (const [output, claim] of Object.entries(claims)) {
    const { verdicts } = await checkDerivative(program, claim, { w1: 1, w2: 2 }, { output });
    for (const { by, status } of verdicts) {
      figures.same(`c = 2: ∂f${output.slice(1)}/∂${by} by hand`, 'right', status);
    }
  }
}

/** c = 2: two forward sweeps, one by input, and two reverse sweeps, one by output, give the same Jacobian. */
function sweeps({ figures, say }: Desk): void {
  const [w1, w2] = [scalar(1), scalar(2)];
  const { a, f1, f2 } = keepValues(() => f(w1, w2, 2));
  const names = { w1, w2, a };
  const slope = Math.cos(a.item()) + Math.exp(a.item());
  const byHand = {
    f1: { w1: slope * Math.E, w2: 2 * slope * Math.exp(4) },
    f2: { w1: Math.E / (1 + Math.E) ** 2 + 2, w2: 1 },
  };
  for (const [output, value] of [
    ['f1', f1],
    ['f2', f2],
  ] as const) {
    for (const by of ['w1', 'w2'] as const) {
      const tangents = (['w1', 'w2'] as const).map(
        (name) => [names[name], tensor(name === by ? 1 : 0, { dtype: 'float64' })] as const,
      );
      const trace = evaluationTrace(value, { names, tangents, output });
      const exact = byHand[output][by];
      const forward = trace.rows.at(-1)!.tangent!.value!.item();
      const reverse = trace.rows.find(({ name }) => name === by)!.adjoint!.value!.item();
      const tolerance = 1e-14 * Math.abs(exact);
      figures.near(`c = 2: ∂${output}/∂${by}, forward mode`, exact, forward, tolerance);
      figures.near(`c = 2: ∂${output}/∂${by}, reverse mode`, exact, reverse, tolerance);
      say(formatTrace(trace));
    }
  }
}

/** c = 2: the graph, with values and the local partial derivative on each arrow. */
async function graph(desk: Desk): Promise<void> {
  const [w1, w2] = [scalar(1), scalar(2)];
  const { a, f1, f2 } = keepValues(() => f(w1, w2, 2));
  const names = { w1, w2, a, f1, f2 };
  await desk.draw(
    'b-graph.svg',
    await toSvg([f1, f2], { names, values: true, partials: true, numbered: true }),
  );
}
