/** A place of a curve, or a gap in it. */
export interface CurvePoint {
  readonly at: number;
  /** Null is a gap: the line is broken there. */
  readonly value: number | null;
}

/**
 * A curve with few enough points to draw: where several would share a pixel, the smallest and the largest of them stand for all, so
 * that no peak is lost. Gaps stay gaps.
 *
 * @param most How many points to keep at most, about.
 */
export function thin(points: readonly CurvePoint[], most: number): readonly CurvePoint[] {
  if (points.length <= most) return points;
  const buckets = Math.max(1, Math.floor(most / 3));
  const kept: CurvePoint[] = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = Math.floor((bucket * points.length) / buckets);
    const end = Math.floor(((bucket + 1) * points.length) / buckets);
    const marked = new Set<number>();
    let [least, greatest, gap] = [-1, -1, -1];
    for (let i = start; i < end; i++) {
      const { value } = points[i]!;
      if (value === null) gap = i;
      else {
        if (least < 0 || value < points[least]!.value!) least = i;
        if (greatest < 0 || value > points[greatest]!.value!) greatest = i;
      }
    }
    for (const i of [least, greatest, gap]) if (i >= 0) marked.add(i);
    kept.push(...[...marked].sort((a, b) => a - b).map((i) => points[i]!));
  }
  return kept;
}

/** The points that no line leads to: those between gaps, and single ones. */
export function isolated(points: readonly CurvePoint[]): CurvePoint[] {
  const isGap = (i: number) => (points[i]?.value ?? null) === null;
  return points.filter((_, i) => !isGap(i) && isGap(i - 1) && isGap(i + 1));
}
