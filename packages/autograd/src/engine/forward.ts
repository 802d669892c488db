import { isGradEnabled, withGradMode } from '../tape/mode.ts';
import { leafNode, type Node, type Tangents } from '../tape/node.ts';
import { alias, constant, Tensor } from '../tensor/core.ts';
import { GradientError } from '../tensor/errors.ts';
import { formatShape, sameShape } from '../tensor/shape.ts';
import { grad, type Seed, type Target } from './backward.ts';
import { type Order, positionIn } from './order.ts';

/**
 * The forward sweep: hands tangents from parents to children along a recorded tape, and returns those of `targets`
 * (null where none arrives). Rules run under the ambient recording mode; nothing is released. `enter` gives the tangents of nodes
 * that the order leaves out as too old.
 */
export function push(
  order: Order,
  seeds: readonly Seed[],
  targets: readonly Target[],
  enter: (parent: Node, slot: number) => Tensor | null = () => null,
): (Tensor | null)[] {
  const { nodes, parents, starts } = order;
  const tangents = new Array<Tangents | undefined>(nodes.length);
  for (const { node, vector } of seeds) {
    const position = positionIn(order, node);
    if (position >= 0) tangents[position] = [vector];
  }
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (tangents[i] !== undefined) continue;
    const node = nodes[i]!;
    const first = starts[i]!;
    const incoming = node.parents.map((parent, k) => {
      const position = parents[first + k]!;
      if (position < 0) return parent && enter(parent, node.slots[k]!);
      return tangents[position]?.[node.slots[k]!] ?? null;
    });
    if (incoming.every((t) => t === null)) continue;
    if (isGradEnabled() && node.op.onceDifferentiable) {
      throw new GradientError(
        `'${node.op.name}' is once differentiable: its tangents cannot be differentiated again`,
      );
    }
    const outgoing = node.op.jvp === null ? derivedJvp(node, incoming) : node.op.jvp(incoming, node);
    outgoing.forEach((t, slot) => {
      const spec = node.outputs[slot]!;
      if (t === null || (t.dtype === spec.dtype && sameShape(t.shape, spec.shape))) return;
      throw new GradientError(
        `the jvp of '${node.op.name}' returned a tangent of shape ${formatShape(t.shape)} and dtype ${t.dtype}, but the ` +
          `result has shape ${formatShape(spec.shape)} and dtype ${spec.dtype}`,
      );
    });
    tangents[i] = outgoing;
  }
  return targets.map(({ node, slot }) => tangents[positionIn(order, node)]?.[slot] ?? null);
}

/**
 * J t without a rule for it: the vjp u -> J^T u is linear in u, so the gradient of <J^T u, t> with respect to u is J t.
 * (Source: J. Townsend, "A new trick for calculating Jacobian vector products", 2017.)
 */
function derivedJvp(node: Node, tangents: Tangents): Tangents {
  if (node.op.onceDifferentiable) {
    throw new GradientError(
      `'${node.op.name}' has no jvp, and none can be derived since it is once differentiable; give it a jvp rule`,
    );
  }
  const createGraph = isGradEnabled();
  return withGradMode(true, () => {
    const dummies = node.outputs.map(({ shape, dtype }) => {
      const u = alias(constant(0, dtype, shape));
      Tensor.attach(u, leafNode(u), 0);
      return u;
    });
    const needs = tangents.map((t) => t !== null);
    const joint = node.op.jointVjp?.(dummies, node, needs);
    const pulled = tangents.flatMap((t, k) => {
      const w = t === null ? null : joint === undefined ? node.op.vjp(dummies, node, k) : joint[k]!;
      return t === null || w === null || !w.requiresGrad ? [] : [{ w, t }];
    });
    if (pulled.length === 0) return dummies.map(() => null);
    return grad(
      pulled.map(({ w }) => w),
      dummies,
      { gradOutputs: pulled.map(({ t }) => t), createGraph, retainGraph: true, allowUnused: true },
    );
  });
}
