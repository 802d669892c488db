import { expect, test } from '@jest/globals';
import { Generator, manualSeed, noGrad, tensor } from 'tensortape';
import { Corpus, drawWindows } from '../src/corpus.ts';
import { isStory, tellStories } from '../src/grammar.ts';
import { CharLstm, Gpt } from '../src/models.ts';
import { writeLines } from '../src/sample.ts';
import { evaluate, train } from '../src/train.ts';

const text = tellStories(20_000, 0);
const corpus = new Corpus(text);

test('the grammar accepts what it tells, and nothing that is changed', () => {
  const stories = text.trimEnd().split('\n');
  expect(stories.filter((story) => !isStory(story))).toEqual([]);
  expect(new Set(stories).size).toBeGreaterThan(100);
  const story = 'By the river there lived a poor king. He sang every day, and a black cat followed him.';
  expect(isStory(story)).toBe(true);
  for (const [from, to] of [
    ['He', 'She'],
    ['him', 'them'],
    ['black', 'blakc'],
    ['cat', 'cats'],
    ['.', ''],
  ] as const) {
    expect(isStory(story.replace(from, to))).toBe(false);
  }
  expect(tellStories(20_000, 0)).toBe(text);
  expect(tellStories(20_000, 1)).not.toBe(text);
});

test('windows are pieces of the text, and what follows is one further', () => {
  const [characters, next] = drawWindows(corpus.training, 5, 30, new Generator(3));
  const read = (numbers: ArrayLike<number>) =>
    Array.from(numbers, (number) => corpus.alphabet[number]).join('');
  for (let row = 0; row < 5; row++) {
    const [window, after] = [characters, next].map((x) => read(x.select(0, row).toTypedArray()));
    expect(text).toContain(window);
    expect(after!.slice(0, -1)).toBe(window!.slice(1));
    expect(text).toContain(window! + after!.at(-1));
  }
});

test.each([
  ['lstm', CharLstm],
  ['gpt', Gpt],
])('%s: scores depend on earlier characters only, and reading one by one gives the same', (_, Model) => {
  manualSeed(0);
  const model = new Model(corpus.alphabet.length);
  const characters = tensor([[1, 2, 3, 4, 5, 6]], { dtype: 'int32' });
  const changed = tensor([[1, 2, 3, 9, 5, 6]], { dtype: 'int32' });
  noGrad(() => {
    const scores = model.forward(characters);
    const others = model.forward(changed);
    expect(
      others
        .slice(1, 0, 3)
        .sub(scores.slice(1, 0, 3))
        .abs()
        .amax()
        .item(),
    ).toBeLessThan(1e-5);
    expect(others.slice(1, 3).sub(scores.slice(1, 3)).abs().amax([0, 2]).toArray()).not.toContain(0);
    const read = model.reader();
    for (let i = 0; i < 6; i++) {
      const next = read(characters.slice(1, i, i + 1));
      expect(next.sub(scores.select(1, i)).abs().amax().item()).toBeLessThan(1e-5);
    }
  });
});

test.each([
  ['lstm', CharLstm],
  ['gpt', Gpt],
])('%s: learns, the same from the same seed, and writes lines of the alphabet', (_, Model) => {
  const learn = () => {
    manualSeed(0);
    const model = new Model(corpus.alphabet.length);
    const options = { numbers: corpus.training, steps: 8, batch: 4, lr: 0.003, generator: new Generator(0) };
    return { model, losses: [...train(model, options)] };
  };
  const { model, losses } = learn();
  expect(learn().losses).toEqual(losses);
  const heldOut = drawWindows(corpus.validation, 8, model.context, new Generator(0));
  expect(losses[0]).toBeGreaterThan(0.9 * Math.log(corpus.alphabet.length));
  expect(evaluate(model, heldOut)).toBeLessThan(losses[0]! - 0.3);
  const sample = { lines: 3, longest: 20, generator: new Generator(0) };
  const lines = writeLines(model, corpus, sample);
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    expect(line.length).toBeLessThanOrEqual(20);
    expect([...line].every((character) => corpus.alphabet.includes(character))).toBe(true);
  }
});
