import { describe, expect, test } from '@jest/globals';
import { slopesAt } from '../../src/claims/slopes.ts';

describe('kinks', () => {
  test.each<[string, (s: number) => number, number, number]>([
    ['of size 1', (s) => Math.max(0, s), 0, 1],
    ['of both signs', (s) => Math.abs(s), -1, 1],
    ['next to curvature: the slopes are those at 0', (s) => Math.abs(Math.sin(3 * s)) + 50 * s * s, -3, 3],
    ['next to a slope that is larger', (s) => 100 * s + Math.abs(s), 99, 101],
    ['small, but clear', (s) => 0.01 * Math.abs(s), -0.01, 0.01],
  ])('%s', (_, f, left, right) => {
    const slopes = slopesAt(f, 1);
    expect(slopes![0]).toBeCloseTo(left, 4);
    expect(slopes![1]).toBeCloseTo(right, 4);
  });

  test('at the scale of the coordinate: next to 1e9, steps of 1e-3 would be rounded', () => {
    const x = 1e9;
    const [left, right] = slopesAt((s) => Math.max(0, x + s - x), x)!;
    expect([left, right]).toEqual([expect.closeTo(0, 6), expect.closeTo(1, 6)]);
  });
});

describe('no kinks', () => {
  test.each<[string, (s: number) => number]>([
    ['straight', (s) => 3 * s + 1],
    ['curved', (s) => Math.exp(s)],
    // Slopes from the sides differ by rounding of the steps only.
    ['of large slopes', (s) => 1e6 * Math.exp(s)],
    // They differ much at the coarse step, sixteen times less at each finer one: 16 c h² + … for a sharp bend.
    ['a bend sharper than the coarse step', (s) => Math.sqrt(s * s + 1e-6)],
    ['a wave shorter than the coarse step', (s) => Math.sin(300 * s)],
    ['undefined on one side', (s) => Math.sqrt(s)],
    ['next to a pole', (s) => 1 / (s + 1e-6)],
    // The rounding of values of 1e9 is 1e-7, which makes slopes of 1e-3 at the finer step.
    ['next to large values', (s) => 1e9 + 1e-7 * Math.cos(1e5 * s)],
  ])('%s', (_, f) => expect(slopesAt(f, 1)).toBeNull());
});
