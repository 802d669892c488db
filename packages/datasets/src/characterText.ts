import { ArgumentError, type Tensor, tensor } from '@tensortape/autograd';
import { checkedIndices, type Dataset } from './dataset.ts';

/** Options of {@link CharacterText}. */
export interface CharacterTextOptions {
  /** How many characters make a sample. */
  readonly length: number;
  /** How far apart samples begin; 1 unless given, `length` for samples that do not overlap. */
  readonly stride?: number;
  /** The characters that are known, in the order of their numbers; those of the text, sorted, unless given. */
  readonly vocabulary?: readonly string[];
}

/**
 * Pieces of a text as numbers of its characters, each with the characters that come next: what a model of text learns from.
 * A character is a Unicode code point.
 *
 * @example
 * ```ts
 * import { CharacterText } from '@tensortape/datasets';
 * const text = new CharacterText('abcab', { length: 3 });
 * const [input, next] = text.get(1);
 * console.log(text.length, text.decode(input), text.decode(next)); // 2 bca cab
 * console.log(text.vocabulary, text.encode('cab')); // [ 'a', 'b', 'c' ] Int32Array(3) [ 2, 0, 1 ]
 * ```
 */
export class CharacterText implements Dataset<[input: Tensor, next: Tensor]> {
  /** The characters that are known. */
  readonly vocabulary: readonly string[];
  /** How many samples there are. */
  readonly length: number;
  readonly #numbers: ReadonlyMap<string, number>;
  readonly #codes: Int32Array;
  readonly #size: number;
  readonly #stride: number;

  /**
   * @param text - the text, longer than a sample.
   * @param options - `length`, `stride`, `vocabulary`.
   * @throws ArgumentError when a length is not an integer of at least 1, the text too short, the vocabulary lists a character
   * twice, or the text has one that it lacks.
   */
  constructor(text: string, { length, stride = 1, vocabulary }: CharacterTextOptions) {
    for (const [name, value] of Object.entries({ length, stride })) {
      if (!Number.isInteger(value) || value < 1) {
        throw new ArgumentError(`CharacterText: ${name} must be an integer of at least 1, got ${value}`);
      }
    }
    const characters = Array.from(text);
    this.vocabulary = vocabulary ?? [...new Set(characters)].sort();
    this.#numbers = new Map(this.vocabulary.map((character, i) => [character, i]));
    if (this.#numbers.size !== this.vocabulary.length) {
      throw new ArgumentError('CharacterText: vocabulary lists a character twice; list each once');
    }
    if (characters.length <= length) {
      throw new ArgumentError(
        `CharacterText: the text has ${characters.length} characters, too few for samples of ${length} and the next one`,
      );
    }
    this.#codes = this.encode(text);
    this.#size = length;
    this.#stride = stride;
    this.length = Math.floor((characters.length - length - 1) / stride) + 1;
  }

  /**
   * The numbers of a text's characters.
   *
   * @throws ArgumentError when the vocabulary lacks one.
   */
  encode(text: string): Int32Array {
    return Int32Array.from(text, (character) => {
      const code = this.#numbers.get(character);
      if (code === undefined) {
        throw new ArgumentError(
          `CharacterText: the vocabulary lacks ${JSON.stringify(character)}; leave it out, or pass a vocabulary with it`,
        );
      }
      return code;
    });
  }

  /**
   * The text that numbers stand for.
   *
   * @param codes - numbers of characters, or a tensor of them.
   * @throws ArgumentError when one is not a character's.
   */
  decode(codes: ArrayLike<number> | Tensor): string {
    const list = 'toTypedArray' in codes ? codes.toTypedArray() : codes;
    return Array.from(list, (code) => {
      const character = this.vocabulary[code];
      if (character === undefined) {
        throw new ArgumentError(
          `CharacterText.decode: ${code} is not a character's number, which are 0 to ${this.vocabulary.length - 1}`,
        );
      }
      return character;
    }).join('');
  }

  /**
   * Sample `index`: int32 of shape (length), and the same moved on by one character.
   *
   * @throws IndexError when `index` is not an integer from 0 to `length - 1`.
   */
  get(index: number): [input: Tensor, next: Tensor] {
    const [position] = checkedIndices([index], this.length, () => 'CharacterText.get: index');
    const start = position! * this.#stride;
    return [this.#piece(start), this.#piece(start + 1)];
  }

  #piece(start: number): Tensor {
    return tensor(this.#codes.slice(start, start + this.#size));
  }
}
