import { expect, test } from '@jest/globals';
import { ArgumentError, IndexError } from '@tensortape/autograd';
import { CharacterText, DataLoader } from '@tensortape/datasets';
import fc from 'fast-check';

test('samples are pieces of the text, each with what comes next', () => {
  const options = fc.record({
    length: fc.integer({ min: 1, max: 6 }),
    stride: fc.integer({ min: 1, max: 6 }),
  });
  const characters = fc.array(fc.constantFrom('a', 'b', 'ß', '🙂', '\n'), { minLength: 7, maxLength: 30 });
  fc.assert(
    fc.property(characters, options, (text, { length, stride }) => {
      const dataset = new CharacterText(text.join(''), { length, stride });
      expect(dataset.vocabulary).toEqual([...new Set(text)].sort());
      for (let i = 0; i < dataset.length; i++) {
        const [input, next] = dataset.get(i);
        expect(dataset.decode(input)).toBe(text.slice(i * stride, i * stride + length).join(''));
        expect(dataset.decode(next)).toBe(text.slice(i * stride + 1, i * stride + length + 1).join(''));
      }
      // There is no room for one more.
      expect(dataset.length * stride + length + 1).toBeGreaterThan(text.length);
      expect(() => dataset.get(dataset.length)).toThrow(IndexError);
    }),
  );
});

test('batches are int32', () => {
  const [x, y] = [...new DataLoader(new CharacterText('hello', { length: 2 }), { batchSize: 3 })][0]!;
  expect([x.shape, x.dtype, y.dtype]).toEqual([[3, 2], 'int32', 'int32']);
});

test.each<[string, () => unknown, RegExp]>([
  [
    'a short text',
    () => new CharacterText('abc', { length: 3 }),
    /3 characters, too few for samples of 3 and the next one/,
  ],
  [
    'no length',
    () => new CharacterText('abc', { length: 0 }),
    /length must be an integer of at least 1, got 0/,
  ],
  [
    'a character twice',
    () => new CharacterText('abc', { length: 1, vocabulary: ['a', 'a'] }),
    /lists a character twice/,
  ],
  [
    'an unknown character',
    () => new CharacterText('abc', { length: 1, vocabulary: ['a', 'b'] }),
    /the vocabulary lacks "c"/,
  ],
  [
    'a number that is none',
    () => new CharacterText('abc', { length: 1 }).decode([3]),
    /3 is not a character's number, which are 0 to 2/,
  ],
])('%s is refused', (_, run, message) => {
  expect(run).toThrow(message);
  expect(run).toThrow(ArgumentError);
});
