import { test as property } from '@fast-check/jest';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Mt19937 } from '../../src/random/mt19937.ts';

function draw(engine: Mt19937, count: number): number[] {
  return Array.from({ length: count }, () => engine.nextUint32());
}

describe('Mt19937', () => {
  test('gives the words of the C++ standard for its default seed', () => {
    const words = draw(new Mt19937(5489), 10000);
    expect(words.slice(0, 3)).toEqual([3499211612, 581869302, 3890346734]);
    expect(words[9999]).toBe(4123659995);
  });

  test('uses the low 32 bits of the seed', () => {
    expect(draw(new Mt19937(2 ** 32 + 7), 5)).toEqual(draw(new Mt19937(7), 5));
    expect(draw(new Mt19937(2 ** 53 - 1), 5)).toEqual(draw(new Mt19937(2 ** 32 - 1), 5));
  });

  property.prop([fc.nat(), fc.nat({ max: 1300 })])(
    'continues from a state that went through JSON',
    (seed, skip) => {
      const engine = new Mt19937(seed);
      draw(engine, skip);
      const state = JSON.parse(JSON.stringify(engine.state()));
      const expected = draw(engine, 700);
      const other = new Mt19937(0);
      other.restore(state);
      expect(draw(other, 700)).toEqual(expected);
      engine.reseed(seed);
      expect(draw(engine, 3)).toEqual(draw(new Mt19937(seed), 3));
    },
  );

  const { key, position } = new Mt19937(1).state();
  test.each([
    ['state.key', { key: key.slice(1), position }],
    ['state.key', { key: [-1, ...key.slice(1)], position }],
    ['state.key', { key: [0.5, ...key.slice(1)], position }],
    ['all zeros', { key: key.map(() => 0), position }],
    ['state.position', { key, position: 625 }],
    ['state.position', { key, position: -1 }],
    ['state.position', { key, position: 1.5 }],
  ])('refuses a broken state and stays as it is: %s', (message, state) => {
    const engine = new Mt19937(3);
    expect(() => engine.restore(state)).toThrow(message);
    expect(engine.state()).toEqual(new Mt19937(3).state());
  });
});
