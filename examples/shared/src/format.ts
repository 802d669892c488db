export { formatDuration as duration } from 'tensortape/node';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 12345.6 as `12,346`. */
export const number = (value: number): string => whole.format(value);

/** 0.97714 as `97.71 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
