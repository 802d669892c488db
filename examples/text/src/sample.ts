import { full, type Generator, multinomial, noGrad } from 'tensortape';
import type { Corpus } from './corpus.ts';
import type { LanguageModel } from './models.ts';

/** What {@link writeLines} writes. */
export interface Sample {
  /** How many lines. */
  lines: number;
  /** Lines that are longer are cut off. */
  longest: number;
  generator: Generator;
}

/** Has a model write lines, character by character, each drawn with the probability that the model gives it. */
export function writeLines(
  model: LanguageModel,
  corpus: Corpus,
  { lines, longest, generator }: Sample,
): string[] {
  model.eval();
  const read = model.reader();
  let texts = Array.from({ length: lines }, () => '');
  let last = full([lines, 1], corpus.lineEnd, { dtype: 'int32' });
  for (let i = 0; i < longest && texts.some((text) => !text.includes('\n')); i++) {
    const probabilities = noGrad(() => read(last).softmax(1));
    last = multinomial(probabilities, 1, { generator });
    const drawn = last.toTypedArray();
    texts = texts.map((text, line) => text + corpus.alphabet[drawn[line]!]);
  }
  return texts.map((text) => text.split('\n')[0]!);
}
