/**
 * The slopes of a function at 0 from both sides, where they differ at a step, and still do at one a sixteenth as long; null where the function is smooth. Steps
 * are relative to `scale`.
 */
export function slopesAt(f: (s: number) => number, scale: number): [left: number, right: number] | null {
  const slope = (h: number) => (-3 * f(0) + 4 * f(h) - f(2 * h)) / (2 * h);
  const pair = (h: number): [left: number, right: number] => [slope(-h * scale), slope(h * scale)];
  const [coarse, fine] = [pair(1e-3), pair(1e-3 / 16)];
  const gap = ([left, right]: [left: number, right: number]) => Math.abs(right - left);
  const isKink = gap(fine) > 1e-3 * Math.max(1, ...fine.map(Math.abs)) && gap(fine) > gap(coarse) / 2;
  return isKink ? fine : null;
}
