const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 12345.6 as `12,346`. */
export const number = (value: number): string => whole.format(value);

/** 0.97714 as `97.71 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

/** Seconds as `4.2 s`, `42 s` or `3 min 07 s`. */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const rounded = Math.round(seconds);
  if (rounded < 60) return `${rounded} s`;
  return `${Math.floor(rounded / 60)} min ${String(rounded % 60).padStart(2, '0')} s`;
}
