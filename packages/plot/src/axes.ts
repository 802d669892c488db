/** How the values of an axis are spaced. */
export type AxisScale = 'linear' | 'log';

/** The smallest and largest of finite numbers; undefined where there is none. */
export function extent(values: Iterable<number>): [low: number, high: number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : undefined;
}

/** What an axis spans, so that a single value, or several equal ones, stand in its middle. */
export function widened([low, high]: readonly [number, number], scale: AxisScale): [number, number] {
  if (scale === 'log') return low < high ? [low, high] : [low / 2, high * 2];
  if (low < high) return [low, high];
  const room = low === 0 ? 1 : Math.abs(low) / 10;
  return [low - room, high + room];
}

/**
 * Ticks of a logarithmic axis: 1, 2 and 5 times powers of ten over a few of them, powers alone over many; undefined over less than
 * half of one, where ticks like those of other axes do better.
 */
export function logTicks([low, high]: readonly [number, number]): number[] | undefined {
  const decades = Math.log10(high / low);
  if (decades < 0.5) return undefined;
  const digits = decades > 4 ? [1] : decades > 2 ? [1, 3] : [1, 2, 5];
  const step = Math.max(1, Math.ceil(decades / 8));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += step) {
    for (const digit of digits) ticks.push(Number(`${digit}e${power}`));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}
