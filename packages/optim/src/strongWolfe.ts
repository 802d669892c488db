import type { Tensor } from '@tensortape/autograd';

/** A point on the line that is searched. */
export interface LinePoint {
  /** How far along the direction. */
  readonly step: number;
  /** The loss there. */
  readonly loss: number;
  /** Its gradient. */
  readonly gradient: Tensor;
  /** Its derivative along the direction. */
  readonly slope: number;
}

/** What a line search needs. */
export interface LineSearch {
  /** The loss and its gradient at a step. */
  readonly evaluate: (step: number) => LinePoint;
  /** Where the search starts: at step 0. */
  readonly start: LinePoint;
  /** The step that is tried first. */
  readonly firstStep: number;
  /** The largest element of the direction. */
  readonly reach: number;
  /** After how many steps the search gives up. */
  readonly maxSteps: number;
}

const sufficientDecrease = 1e-4;
const curvature = 0.9;
const toleranceChange = 1e-9;

/**
 * A step along a direction of descent at which the strong Wolfe conditions hold: the loss f falls by at least 1e-4 of what the
 * slope promises, |f'(t)| <= 0.9 |f'(0)|; where the steps run out, the best one found. First steps grow until a bracket
 * contains such a step, then the bracket shrinks.
 *
 * J. Nocedal, S. Wright, "Numerical Optimization", 2006, algorithms 3.5 and 3.6; its choices are those of PyTorch's
 * `_strong_wolfe`, so that both take the same steps.
 */
export function strongWolfe(search: LineSearch): { readonly point: LinePoint; readonly evaluations: number } {
  const { start, evaluate, maxSteps } = search;
  const tooHigh = ({ step, loss }: LinePoint) => loss > start.loss + sufficientDecrease * step * start.slope;
  const flat = ({ slope }: LinePoint) => Math.abs(slope) <= -curvature * start.slope;

  let previous = start;
  let point = evaluate(search.firstStep);
  let steps = 0;
  for (; steps < maxSteps; steps++) {
    if (tooHigh(point) || (steps > 1 && point.loss >= previous.loss)) break;
    if (flat(point)) return { point, evaluations: steps + 1 };
    if (point.slope >= 0) break;
    const { step } = point;
    const next = cubicMinimum(previous, point, [step + 0.01 * (step - previous.step), step * 10]);
    previous = point;
    point = evaluate(next);
  }
  const bracket: [LinePoint, LinePoint] = [steps < maxSteps ? previous : start, point];

  // A bracket holds a good step; its better end is kept at `low`.
  let stalled = false;
  let low: 0 | 1 = bracket[0].loss <= bracket[1].loss ? 0 : 1;
  while (steps < maxSteps) {
    const left = Math.min(bracket[0].step, bracket[1].step);
    const right = Math.max(bracket[0].step, bracket[1].step);
    if ((right - left) * search.reach < toleranceChange) break;
    let step = cubicMinimum(bracket[0], bracket[1], [left, right]);
    // Close to an end the bracket hardly shrinks: a second time, or at the end itself, the step moves inwards.
    const margin = 0.1 * (right - left);
    if (Math.min(right - step, step - left) < margin) {
      if (stalled || step >= right || step <= left) {
        step = Math.abs(step - right) < Math.abs(step - left) ? right - margin : left + margin;
        stalled = false;
      } else {
        stalled = true;
      }
    } else {
      stalled = false;
    }

    point = evaluate(step);
    steps++;
    const high = low === 0 ? 1 : 0;
    if (tooHigh(point) || point.loss >= bracket[low].loss) {
      bracket[high] = point;
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
    } else {
      const found = flat(point);
      if (!found && point.slope * (bracket[high].step - bracket[low].step) >= 0) bracket[high] = bracket[low];
      bracket[low] = point;
      if (found) break;
    }
  }
  return { point: bracket[low], evaluations: steps + 1 };
}

/** Where the cubic through two points with their slopes has its minimum, within bounds; their middle where it has none. */
function cubicMinimum(p: LinePoint, q: LinePoint, [least, most]: readonly [number, number]): number {
  const d1 = p.slope + q.slope - (3 * (p.loss - q.loss)) / (p.step - q.step);
  const square = d1 * d1 - p.slope * q.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const d2 = Math.sqrt(square);
  const [near, far] = p.step <= q.step ? [p, q] : [q, p];
  const minimum =
    far.step - (far.step - near.step) * ((far.slope + d2 - d1) / (far.slope - near.slope + 2 * d2));
  return Math.min(Math.max(minimum, least), most);
}
