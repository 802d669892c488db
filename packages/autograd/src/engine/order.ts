import type { Node } from '../tape/node.ts';

/** The nodes behind some roots, children before parents, with where each node's parents stand in that order. */
export interface Order {
  readonly nodes: readonly Node[];
  /** Positions of the parents of node k, one after the other: from `starts[k]` to `starts[k + 1]`; -1 for none. */
  readonly parents: Int32Array;
  readonly starts: Int32Array;
  /** Whether some tracked node older than `oldest` was met and left out. */
  readonly cut: boolean;
}

let pass = 0;

/** How many orders have been made: two equal counts mean that no derivative was taken in between. */
export function orderCount(): number {
  return pass;
}

/**
 * A topological order of the graph behind `roots`: every node comes after all its consumers. A directed graph has such
 * an order exactly when it has no cycle, and removing a node without remaining consumers, again and again, yields one.
 * Iterative, so that a chain of a million operations does not overflow the stack.
 *
 * Nodes older than `oldest` (by sequence number) are left out: a sweep towards newer inputs has no use for them.
 */
export function topologicalOrder(roots: readonly Node[], oldest = 0): Order {
  pass++;
  let edges = 0;
  let cut = false;
  const found: Node[] = [];
  for (const root of roots) {
    if (root.mark === pass) continue;
    root.mark = pass;
    root.pending = 0;
    found.push(root);
  }
  const distinctRoots = found.length;
  // `found` grows while it is walked: breadth first, no stack needed.
  for (let i = 0; i < found.length; i++) {
    const { parents } = found[i]!;
    edges += parents.length;
    for (let k = 0; k < parents.length; k++) {
      const parent = parents[k]!;
      if (parent === null) continue;
      if (parent.sequence < oldest) {
        cut = true;
        continue;
      }
      if (parent.mark !== pass) {
        parent.mark = pass;
        parent.pending = 0;
        found.push(parent);
      }
      parent.pending++;
    }
  }

  const nodes: Node[] = [];
  for (let i = 0; i < distinctRoots; i++) if (found[i]!.pending === 0) nodes.push(found[i]!);
  const positions = new Int32Array(edges);
  const starts = new Int32Array(found.length + 1);
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i]!;
    node.position = i;
    for (let k = 0; k < node.parents.length; k++) {
      const parent = node.parents[k]!;
      if (parent !== null && parent.mark === pass && --parent.pending === 0) nodes.push(parent);
    }
  }
  for (let i = 0, at = 0; i < nodes.length; i++) {
    const { parents } = nodes[i]!;
    for (let k = 0; k < parents.length; k++) {
      const parent = parents[k]!;
      positions[at++] = parent !== null && parent.mark === pass ? parent.position : -1;
    }
    starts[i + 1] = at;
  }
  return { nodes, parents: positions, starts, cut };
}

/** Where a node stands in an order, or -1. Nodes remember the place of the latest pass, which may have been another's. */
export function positionIn({ nodes }: Order, node: Node): number {
  return nodes[node.position] === node ? node.position : nodes.indexOf(node);
}
