import { gammaincc, tensor } from '@tensortape/autograd';

/**
 * The probability that counts at least as far from `expected` come up by chance: Pearson's test, whose statistic has a
 * chi-square distribution of `degrees` degrees of freedom when each expected count is 5 or more.
 */
export function chiSquareP(
  counts: ArrayLike<number>,
  expected: ArrayLike<number>,
  degrees = counts.length - 1,
): number {
  let statistic = 0;
  for (let i = 0; i < counts.length; i++) {
    if (!(expected[i]! >= 5)) throw new Error(`expected[${i}] is ${expected[i]}, too few for this test`);
    statistic += (counts[i]! - expected[i]!) ** 2 / expected[i]!;
  }
  const half = (value: number) => tensor(value / 2, { dtype: 'float64' });
  return gammaincc(half(degrees), half(statistic)).item();
}
