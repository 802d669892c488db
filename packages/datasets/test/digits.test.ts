import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { DigitImages } from '@tensortape/datasets';
import { readMnist } from '@tensortape/datasets/node';
import { drawDigits } from '../src/digits.ts';
import { realMnist, testWithMnist } from './realMnist.ts';

/** A linear congruential generator: enough for tests, exact everywhere. */
function seeded(seed: number): () => number {
  let state = BigInt(seed);
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return Number(state >> 11n) / 2 ** 53;
  };
}

const digits = drawDigits(4000, seeded(1));

test('the same numbers give the same bytes on every machine', () => {
  const hash = createHash('sha256').update(digits.labels).update(digits.images).digest('hex');
  expect(hash).toBe('e22253621ef295f4f80eed36d1856291bccf71bfc6661fd1a8ad0a47d4cffba9');
});

test('the first digits do not depend on how many follow', () => {
  const few = drawDigits(10, seeded(1));
  expect([...few.labels]).toEqual([...digits.labels.subarray(0, 10)]);
  expect(Buffer.compare(few.images, digits.images.subarray(0, 7840))).toBe(0);
  expect(Buffer.compare(drawDigits(10, seeded(2)).images, few.images)).not.toBe(0);
});

test('no digits, and counts that are none', () => {
  expect(drawDigits(0, seeded(1))).toEqual({
    images: new Uint8Array(0),
    labels: new Uint8Array(0),
  });
  for (const count of [-1, 1.5, NaN, Infinity]) {
    expect(() => drawDigits(count, seeded(1))).toThrow(/count must be a non-negative integer, got/);
  }
});

test('extreme draws stay inside the image', () => {
  for (const value of [0, 0.5, 1 - 2 ** -53]) {
    const { images } = drawDigits(1, () => value);
    expect(images.some((grey) => grey > 200)).toBe(true);
  }
});

test('all classes come alike, and no image comes twice', () => {
  const counts = new Array<number>(10).fill(0);
  const seen = new Set<string>();
  for (const [i, label] of digits.labels.entries()) {
    counts[label]!++;
    seen.add(Buffer.from(image(digits, i)).toString('latin1'));
  }
  expect(Math.min(...counts)).toBeGreaterThan(320);
  expect(Math.max(...counts)).toBeLessThan(480);
  expect(seen.size).toBe(4000);
});

describe("MNIST's form", () => {
  test('as much ink as MNIST has: mean 0.1307, standard deviation 0.3081', () => {
    let [sum, squares] = [0, 0];
    for (const grey of digits.images) {
      sum += grey / 255;
      squares += (grey / 255) ** 2;
    }
    const mean = sum / digits.images.length;
    expect(Math.abs(mean - 0.1307)).toBeLessThan(0.01);
    expect(Math.abs(Math.sqrt(squares / digits.images.length - mean ** 2) - 0.3081)).toBeLessThan(0.01);
  });

  test('ink in a box of 20 pixels, give or take its soft edge, centred by mass to a pixel or so', () => {
    let [widest, farthest] = [0, 0];
    for (let i = 0; i < digits.labels.length; i++) {
      const box = { left: 28, right: 0, top: 28, bottom: 0 };
      let [mass, x, y] = [0, 0, 0];
      for (const [p, grey] of image(digits, i).entries()) {
        const [row, column] = [Math.floor(p / 28), p % 28];
        mass += grey;
        x += grey * column;
        y += grey * row;
        if (grey < 128) continue;
        box.left = Math.min(box.left, column);
        box.right = Math.max(box.right, column);
        box.top = Math.min(box.top, row);
        box.bottom = Math.max(box.bottom, row);
      }
      widest = Math.max(widest, box.right - box.left + 1, box.bottom - box.top + 1);
      farthest = Math.max(farthest, Math.abs(x / mass - 14), Math.abs(y / mass - 14));
    }
    expect(widest).toBeGreaterThanOrEqual(20);
    expect(widest).toBeLessThanOrEqual(22);
    expect(farthest).toBeGreaterThan(1);
    expect(farthest).toBeLessThan(3);
  });
});

describe('the task', () => {
  const means = classMeans(digits);

  test('can be learnt, but not by heart: class means recognise most unseen digits, far from all', () => {
    const accuracy = accuracyOf(means, drawDigits(2000, seeded(2)));
    expect(accuracy).toBeGreaterThan(0.7);
    expect(accuracy).toBeLessThan(0.85);
  });

  testWithMnist('resembles the real one: its class means recognise real digits', async () => {
    expect(accuracyOf(means, await readMnist({ folder: realMnist!, split: 'test' }))).toBeGreaterThan(0.6);
  });
});

function image({ images }: DigitImages, i: number): Uint8Array {
  return images.subarray(784 * i, 784 * (i + 1));
}

function classMeans(set: DigitImages): Float64Array[] {
  const means = Array.from({ length: 10 }, () => new Float64Array(784));
  const counts = new Float64Array(10);
  for (const [i, label] of set.labels.entries()) {
    const pixels = image(set, i);
    const mean = means[label]!;
    counts[label]!++;
    for (let p = 0; p < 784; p++) mean[p]! += pixels[p]!;
  }
  return means.map((mean, label) => mean.map((sum) => sum / counts[label]!));
}

function accuracyOf(means: Float64Array[], set: DigitImages): number {
  let right = 0;
  for (const [i, label] of set.labels.entries()) {
    const pixels = image(set, i);
    const distances = means.map((mean) => {
      let distance = 0;
      for (let p = 0; p < 784; p++) distance += (pixels[p]! - mean[p]!) ** 2;
      return distance;
    });
    if (distances.indexOf(Math.min(...distances)) === label) right++;
  }
  return right / set.labels.length;
}
