import { topologicalOrder as orderOf, tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';

/** Which nodes each node needs. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/**
 * The nodes of a directed graph, each after those that it needs (A. Kahn, 1962): there is such an order exactly when the graph is acyclic.
 *
 * @throws Error that names the nodes on and behind a cycle.
 */
export function topologicalOrder(graph: Graph): string[] {
  const missing = new Map([...graph].map(([node, needs]) => [node, needs.length]));
  const ready = [...graph.keys()].filter((node) => missing.get(node) === 0);
  const order: string[] = [];
  for (let node = ready.shift(); node !== undefined; node = ready.shift()) {
    order.push(node);
    for (const [next, needs] of graph) {
      const freed = needs.filter((need) => need === node).length;
      if (freed === 0) continue;
      missing.set(next, missing.get(next)! - freed);
      if (missing.get(next) === 0) ready.push(next);
    }
  }
  const left = [...graph.keys()].filter((node) => !order.includes(node));
  if (left.length > 0) throw new Error(`no topological order: there is a cycle among ${left.join(', ')}`);
  return order;
}

/** An order of the graph of f1 and f2, that of the tape beside ours, and a cyclic graph, which has none. */
export function order({ figures }: Desk): void {
  const w1 = tensor(1, { dtype: 'float64', requiresGrad: true });
  const w2 = tensor(2, { dtype: 'float64', requiresGrad: true });
  const a = w1.exp().add(w2.mul(2).exp());
  const [f1, f2] = [a.exp().add(a.sin()), w1.mul(w2).add(w1.sigmoid())];
  const nodes = orderOf([f1, f2], { names: { w1, w2, a, f1, f2 } });
  const graph: Graph = new Map(
    nodes.map(({ name, inputs }) => [
      name,
      inputs.flatMap(({ from }) => (from === null ? [] : [nodes[from]!.name])),
    ]),
  );
  // From last to first: the order must come from the arrows, not from how the nodes were listed.
  const ours = topologicalOrder(new Map([...graph].reverse()));
  figures.same("order: each after what it needs, the tape's", 'yes', inOrder([...graph.keys()], graph));
  figures.same(`order: ${ours.join(' ')}`, 'yes', inOrder(ours, graph));

  let refusal = 'accepted';
  try {
    topologicalOrder(new Map([...graph, ['w1', ['f1']]]));
  } catch {
    refusal = 'refused';
  }
  figures.same('order: a graph in which w1 needs f1', 'refused', refusal);
}

function inOrder(order: readonly string[], graph: Graph): 'yes' | 'no' {
  const place = new Map(order.map((node, i) => [node, i]));
  const whole = order.length === graph.size && place.size === graph.size;
  const after = [...graph].every(([node, needs]) =>
    needs.every((need) => place.get(need)! < place.get(node)!),
  );
  return whole && after ? 'yes' : 'no';
}
