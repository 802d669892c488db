import type { Shape } from '../../tensor/shape.ts';

/** Called for each row of a strided nest: where each operand's row starts; steps and length are the nest's own. */
export type Row = (a: number, b: number, c: number) => void;

/** How to walk up to three operands of one shape together: the merged axes, innermost and next to it, and those outside. */
export interface Nest {
  /** The innermost axis. */
  readonly length: number;
  readonly steps: readonly [number, number, number];
  /** The axis outside it; 1 where there is none. */
  readonly rows: number;
  readonly rowSteps: readonly [number, number, number];
  /** Calls `row` with the start of each row, in row-major order. */
  forEach(row: Row): void;
  /** Calls `block` with the start of each block of `rows` rows, in row-major order. */
  forEachBlock(block: Row): void;
}

const still: readonly [number, number, number] = [0, 0, 0];

/**
 * Plans a walk over operands of one shape. Neighbouring axes that every operand crosses with one stride are merged, so
 * that contiguous operands (and expanded scalars) make one long row.
 */
export function nest(
  shape: Shape,
  a: Shape,
  b: Shape = a,
  c: Shape = a,
  startA = 0,
  startB = 0,
  startC = 0,
): Nest {
  const lengths: number[] = [];
  const stridesA: number[] = [];
  const stridesB: number[] = [];
  const stridesC: number[] = [];
  let empty = false;
  for (let axis = 0; axis < shape.length; axis++) {
    const length = shape[axis]!;
    if (length === 1) continue;
    if (length === 0) empty = true;
    const last = lengths.length - 1;
    const merges =
      last >= 0 &&
      stridesA[last] === a[axis]! * length &&
      stridesB[last] === b[axis]! * length &&
      stridesC[last] === c[axis]! * length;
    if (merges) {
      lengths[last]! *= length;
      stridesA[last] = a[axis]!;
      stridesB[last] = b[axis]!;
      stridesC[last] = c[axis]!;
    } else {
      lengths.push(length);
      stridesA.push(a[axis]!);
      stridesB.push(b[axis]!);
      stridesC.push(c[axis]!);
    }
  }
  const inner = lengths.length - 1;
  /** Calls `visit` for each place along the first `axes` axes. */
  const walk = (axes: number, visit: Row): void => {
    if (empty) return;
    if (axes <= 0) {
      visit(startA, startB, startC);
      return;
    }
    const index: number[] = [];
    while (index.length < axes) index.push(0);
    let atA = startA;
    let atB = startB;
    let atC = startC;
    for (;;) {
      visit(atA, atB, atC);
      let axis = axes - 1;
      while (axis >= 0 && index[axis]! === lengths[axis]! - 1) {
        atA -= index[axis]! * stridesA[axis]!;
        atB -= index[axis]! * stridesB[axis]!;
        atC -= index[axis]! * stridesC[axis]!;
        index[axis--] = 0;
      }
      if (axis < 0) return;
      index[axis]!++;
      atA += stridesA[axis]!;
      atB += stridesB[axis]!;
      atC += stridesC[axis]!;
    }
  };
  return {
    length: empty ? 0 : inner < 0 ? 1 : lengths[inner]!,
    steps: inner < 0 ? still : [stridesA[inner]!, stridesB[inner]!, stridesC[inner]!],
    rows: inner < 1 ? 1 : lengths[inner - 1]!,
    rowSteps: inner < 1 ? still : [stridesA[inner - 1]!, stridesB[inner - 1]!, stridesC[inner - 1]!],
    forEach: (row) => walk(inner, row),
    forEachBlock: (block) => walk(inner - 1, block),
  };
}
