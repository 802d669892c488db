import { describe, expect, test } from '@jest/globals';
import { fromHalfBits, type HalfFormat, toHalfBits } from '@tensortape/autograd';
import fc from 'fast-check';
import { describeIfTorch } from '../../../scripts/jest/python.ts';

const formats = ['float16', 'bfloat16'] as const;
const every = Uint16Array.from({ length: 65536 }, (_, i) => i);

/** The exponent's bits, and the fraction's. */
const layout = { float16: [5, 10], bfloat16: [8, 7] } as const;

/** The value of a pattern, field by field, as IEEE 754 defines it. */
function fieldsValue(bits: number, format: HalfFormat): number {
  const [exponentBits, fractionBits] = layout[format];
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1)
    return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe.each(formats)('%s', (format) => {
  test('every pattern has its value, and every value its pattern', () => {
    const values = fromHalfBits(every, format);
    expect(values).toEqual(Float32Array.from(every, (bits) => fieldsValue(bits, format)));
    const back = toHalfBits(values, format);
    const lost = every.filter((bits) => back[bits] !== bits && !Number.isNaN(values[bits]));
    expect(lost).toHaveLength(0);
    const quiet = format === 'float16' ? 0x7e00 : 0x7fc0;
    expect(toHalfBits([Number.NaN, -Number.NaN], format)).toEqual(Uint16Array.of(quiet, quiet));
  });

  test('between two patterns the nearer is taken, of equally near ones the even', () => {
    const infinity = toHalfBits([Number.POSITIVE_INFINITY], format)[0]!;
    for (let bits = 0; bits < infinity; bits++) {
      const low = fieldsValue(bits, format);
      // Infinity rounds as the next power of two would.
      const high =
        bits + 1 === infinity ? 2 * low - fieldsValue(bits - 1, format) : fieldsValue(bits + 1, format);
      const middle = (low + high) / 2;
      const step = (high - low) * 2 ** -20;
      const even = bits % 2 === 0 ? bits : bits + 1;
      const found = toHalfBits([low, middle - step, middle, middle + step, -middle, -middle - step], format);
      const expected = [bits, bits, even, bits + 1, even | 0x8000, (bits + 1) | 0x8000];
      if (!expected.every((pattern, i) => found[i] === pattern)) expect([...found]).toEqual(expected);
    }
  });

  test('doubles are rounded once', () => {
    // A tie, and a little more than float32 can tell.
    const [, fractionBits] = layout[format];
    const tie = 1 + 2 ** -(fractionBits + 1);
    const one = toHalfBits([1], format)[0]!;
    expect([...toHalfBits([tie, tie + 2 ** -40], format)]).toEqual([one, one + 1]);
    expect(toHalfBits([1e300, -1e300, 1e-300, -1e-300, Number.MIN_VALUE], format)).toEqual(
      toHalfBits([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 0], format),
    );
  });

  test('another format is refused', () => {
    const other: unknown = 'float8';
    expect(() => fromHalfBits(every, other as HalfFormat)).toThrow(
      "fromHalfBits: expected the format 'float16' or 'bfloat16', got 'float8'",
    );
    expect(() => toHalfBits([1], other as HalfFormat)).toThrow(/^toHalfBits: expected the format/);
  });
});

const script = `
import numpy, torch

numpy.seterr(all='ignore')


def run(question):
    if 'patterns' in question:
        bits = torch.arange(-32768, 32768, dtype=torch.int32).to(torch.int16)
        values = bits.view(getattr(torch, question['patterns'])).to(torch.float32)
        return [values[32768:].tolist(), values[:32768].tolist()]
    if question['format'] == 'float16':
        return numpy.array(question['values'], dtype=numpy.float64).astype(numpy.float16).view(numpy.uint16).tolist()
    values = torch.tensor(question['values'], dtype=torch.float32).to(torch.bfloat16)
    return [x & 0xffff for x in values.view(torch.int16).tolist()]
`;

describeIfTorch('half precision in NumPy and PyTorch', script, (ask) => {
  test.each(formats)('%s: every pattern', async (format) => {
    const [low, high] = (await ask({ patterns: format })) as [number[], number[]];
    expect(fromHalfBits(every, format)).toEqual(Float32Array.from([...low, ...high]));
  });

  test.each(formats)('%s: random numbers', async (format) => {
    const seed = fc.readConfigureGlobal()?.seed ?? Date.now() % 2 ** 31;
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: -70000, max: 70000, noNaN: true }),
      fc.double({ min: -1e-4, max: 1e-4, noNaN: true }),
    );
    const drawn = fc.sample(number, { numRuns: 20000, seed });
    // NumPy rounds doubles once. PyTorch rounds them to float32 first, so it is given those.
    // JSON has no -0.
    const values = drawn
      .map((value) => (format === 'float16' ? value : Math.fround(value)) || 0)
      .filter(Number.isFinite);
    const expected = (await ask({ format, values })) as number[];
    const found = toHalfBits(values, format);
    const wrong = values.flatMap((value, i) =>
      found[i] === expected[i] ? [] : [{ value, found: found[i], expected: expected[i] }],
    );
    expect({ seed, wrong }).toEqual({ seed, wrong: [] });
  });
});
