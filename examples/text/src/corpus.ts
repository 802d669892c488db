import { type Generator, type Tensor, tensor } from 'tensortape';

/** Windows of a text and, for each of their characters, the one that follows: both N x length, int32. */
export type Windows = readonly [characters: Tensor, next: Tensor];

/** A text as numbers: each character is its place in the alphabet. */
export class Corpus {
  /** The characters that occur, in order. */
  readonly alphabet: readonly string[];
  /** What to train on: nine tenths of the text, from its start. */
  readonly training: Int32Array;
  /** What to validate with: the rest. */
  readonly validation: Int32Array;
  /** The number of the character that ends a line. */
  readonly lineEnd: number;

  constructor(text: string) {
    this.alphabet = [...new Set(`${text}\n`)].sort();
    this.lineEnd = this.alphabet.indexOf('\n');
    const places = new Map(this.alphabet.map((character, i) => [character, i]));
    const numbers = Int32Array.from([...text], (character) => places.get(character)!);
    const split = Math.floor(0.9 * numbers.length);
    this.training = numbers.subarray(0, split);
    this.validation = numbers.subarray(split);
  }
}

/** `count` windows from anywhere in a text of numbers. */
export function drawWindows(
  numbers: Int32Array,
  count: number,
  length: number,
  generator: Generator,
): Windows {
  const starts = generator.uniform(new Float64Array(count), 0, numbers.length - length);
  const cut = (offset: number) =>
    tensor(
      Array.from(starts, (start) => {
        const first = Math.floor(start) + offset;
        return Array.from(numbers.subarray(first, first + length));
      }),
      { dtype: 'int32' },
    );
  return [cut(0), cut(1)];
}
