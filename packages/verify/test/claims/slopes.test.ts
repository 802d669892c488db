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

  test('within a bend that is sharper than the longer steps', () => {
    const [left, right] = slopesAt((s) => 1 / (1 + 1e6 * Math.max(0, s)), 1)!;
    expect([left, right / -1e6]).toEqual([expect.closeTo(0, 1), expect.closeTo(1, 1)]);
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
    ['of a large slope, next to which the bend is small', (s) => 1e4 * s + 0.5 * Math.abs(s)],
    // Slopes from the sides differ much at the coarse step, and by 16³ times less at the finer one.
    ['a wave shorter than the coarse step', (s) => Math.cos(1000 * s)],
    // Here by some times less: the bend is as wide as the finer step.
    ['a bend as sharp as the finer step', (s) => Math.sqrt(s * s + 1e-8)],
    ['undefined on one side', (s) => Math.sqrt(s)],
    ['next to a pole', (s) => 1 / (s + 1e-6)],
    ['the last digits of large values', (s) => 1e9 + 2 ** -23 * (Math.abs(s) > 5e-4 ? 10 : s === 0 ? 0 : 1)],
  ])('%s', (_, f) => expect(slopesAt(f, 1)).toBeNull());
});
