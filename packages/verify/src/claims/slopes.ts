/** The longer step, and how many times shorter the other is. */
const STEP = 1e-3;
const RATIO = 16;
/** Where the function bends within the steps, much shorter ones may still show a kink. */
const SCALES = [1, 1e-3, 1e-6];

/**
 * The slopes of a function at 0 from both sides, where they differ by as much at a step as at one a sixteenth as long; null where the function is smooth, or
 * rounding or a pole makes them differ. Steps are relative to `scale`.
 */
export function slopesAt(f: (s: number) => number, scale: number): [left: number, right: number] | null {
  for (const factor of SCALES) {
    const slopes = kinkAtScale(f, scale * factor);
    if (slopes !== null) return slopes;
  }
  return null;
}

function kinkAtScale(f: (s: number) => number, scale: number): [left: number, right: number] | null {
  const slope = (h: number) => (-3 * f(0) + 4 * f(h) - f(2 * h)) / (2 * h);
  const pair = (h: number): [left: number, right: number] => [slope(-h * scale), slope(h * scale)];
  const [coarse, fine] = [pair(STEP), pair(STEP / RATIO)];
  const gap = ([left, right]: [left: number, right: number]) => Math.abs(right - left);
  const rounding = (32 * Number.EPSILON * Math.abs(f(0)) * RATIO) / (STEP * scale);
  const least = Math.max(1e-3 * Math.max(1, ...fine.map(Math.abs)), rounding);
  const isKink = gap(fine) > least && gap(fine) > gap(coarse) / 2 && gap(fine) < gap(coarse) * 2;
  return isKink ? fine : null;
}
