import { readFileSync } from 'node:fs';
import { test as property } from '@fast-check/jest';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fusedMultiplyAdd, fusedMultiplyAdd32 } from '../../src/random/doubleDouble.ts';
import { log } from '../../src/random/log.ts';
import { sinCos } from '../../src/random/sinCos.ts';

const fixture: Record<'positive' | 'log' | 'angles' | 'sin' | 'cos', string> = JSON.parse(
  readFileSync(new URL('../fixtures/elementary.json', import.meta.url), 'utf8'),
);

function decode(name: keyof typeof fixture): Float64Array {
  return new Float64Array(Uint8Array.from(Buffer.from(fixture[name], 'base64')).buffer);
}

/** A few units in the last place of the larger. */
function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= 2 ** -51 * Math.max(Math.abs(a), Math.abs(b)) + 5e-324;
}

describe('log', () => {
  test('is correctly rounded', () => {
    expect(decode('positive').map(log)).toEqual(decode('log'));
  });

  property.prop([fc.double({ min: 0, noNaN: true })])('is near Math.log', (x) => {
    expect(near(log(x), Math.log(x)) || log(x) === Math.log(x)).toBe(true);
  });

  test('follows Math.log outside the positive numbers', () => {
    for (const x of [0, -0, -1, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN])
      expect(log(x)).toBe(Math.log(x));
  });
});

describe('sinCos', () => {
  const pair = new Float64Array(2);

  test('is correctly rounded', () => {
    const angles = decode('angles');
    const sines = angles.map((angle) => {
      sinCos(angle, pair);
      return pair[0]!;
    });
    const cosines = angles.map((angle) => {
      sinCos(angle, pair);
      return pair[1]!;
    });
    expect(sines).toEqual(decode('sin'));
    expect(cosines).toEqual(decode('cos'));
  });

  property.prop([fc.double({ min: 0, max: 2 * Math.PI, noNaN: true })])('is near Math', (angle) => {
    sinCos(angle, pair);
    expect(near(pair[0]!, Math.sin(angle))).toBe(true);
    expect(near(pair[1]!, Math.cos(angle))).toBe(true);
  });
});

describe('fusedMultiplyAdd', () => {
  test('rounds once', () => {
    // (1 + e)(1 - e) - 1 = -e^2, which two roundings lose.
    const e = 2 ** -30;
    expect(fusedMultiplyAdd(1 + e, 1 - e, -1)).toBe(-(e ** 2));
  });

  test('lets a tiny addend decide between two neighbours', () => {
    // 3 (1 + 2^-52) lies half-way between 3 + 2^-51 and 3 + 2^-50.
    expect(fusedMultiplyAdd(1 + 2 ** -52, 3, 2 ** -200)).toBe(3 + 2 ** -50);
    expect(fusedMultiplyAdd(1 + 2 ** -52, 3, -(2 ** -200))).toBe(3 + 2 ** -51);
    expect(fusedMultiplyAdd32(1 + 2 ** -23, 3, 2 ** -120)).toBe(3 + 2 ** -21);
    expect(fusedMultiplyAdd32(1 + 2 ** -23, 3, -(2 ** -120))).toBe(3 + 2 ** -22);
  });

  property.prop([fc.integer(), fc.integer(), fc.integer(), fc.nat({ max: 60 })])(
    'equals exact integer arithmetic',
    (a, b, c, shift) => {
      const exact = BigInt(a) * BigInt(b) + (BigInt(c) << BigInt(shift));
      expect(fusedMultiplyAdd(a, b, c * 2 ** shift) + 0).toBe(Number(exact));
    },
  );

  const short = fc.integer({ min: -(2 ** 24), max: 2 ** 24 });
  property.prop([short, short, short, fc.nat({ max: 40 })])('in float32 too', (a, b, c, shift) => {
    const exact = BigInt(a) * BigInt(b) + (BigInt(c) << BigInt(shift));
    const size = exact < 0n ? -exact : exact;
    // To 26 bits with a sticky last one, from which the rounding to 24 is right.
    const cut = BigInt(Math.max(0, size.toString(2).length - 26));
    const sticky = (size >> cut) << cut === size ? 0n : 1n;
    const rounded = Math.fround(Number((size >> cut) | sticky)) * 2 ** Number(cut);
    expect(fusedMultiplyAdd32(a, b, c * 2 ** shift) + 0).toBe(exact < 0n ? -rounded : rounded);
  });

  test('stays finite where splitting would overflow', () => {
    expect(fusedMultiplyAdd(0.5, 1e305, 1)).toBe(5e304);
    expect(fusedMultiplyAdd(1e305, 0.5, 1)).toBe(5e304);
  });
});
