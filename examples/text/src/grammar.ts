import { Generator } from 'tensortape';

/** What each symbol, in braces, can be replaced by. None contains itself: so the grammar is a regular expression. */
const rules: Readonly<Record<string, readonly string[]>> = {
  story: [
    '{place} there lived {man}. He {did}, and {creature} {followed} him.\n',
    '{place} there lived {woman}. She {did}, and {creature} {followed} her.\n',
    '{place} there lived {people}. They {did}, and {creature} {followed} them.\n',
    '{time}{creature} came to {man}. "{wish}," said he, and {creature} {went}.\n',
    '{time}{creature} came to {woman}. "{wish}," said she, and {creature} {went}.\n',
    '{time}{creature} came to {people}. "{wish}," said they, and {creature} {went}.\n',
  ],
  place: ['{near} {the} {spot}'],
  near: ['By', 'Near', 'Behind', 'Beyond'],
  the: ['the', 'the {old}', 'an old, {old}'],
  old: ['dark', 'quiet', 'green', 'lonely', 'silver'],
  spot: ['river', 'forest', 'mill', 'mountain', 'garden', 'lake'],
  man: ['a {young} king', 'a {young} miller', 'a {young} fisherman', 'a {young} tailor'],
  woman: ['a {young} queen', 'a {young} weaver', 'a {young} witch', 'a {young} princess'],
  people: ['{count} {young} brothers', '{count} {young} sisters', '{count} {young} travellers'],
  young: ['poor', 'clever', 'merry', 'wise', 'hungry', 'proud'],
  count: ['two', 'three', 'seven', 'twelve'],
  did: ['{verb} {often}', '{verb} {often} {near2} {the} {spot}'],
  verb: ['sang', 'worked', 'danced', 'slept', 'waited'],
  often: ['every day', 'in the morning', 'until midnight', 'all summer'],
  near2: ['by', 'near', 'behind', 'beyond'],
  creature: ['a {beast}', '{count} {beasts}'],
  beast: ['white hare', 'black cat', 'golden bird', 'little fox', 'grey wolf'],
  beasts: ['white hares', 'black cats', 'golden birds', 'little foxes', 'grey wolves'],
  followed: ['followed', 'listened to', 'laughed at', 'watched'],
  time: ['One day ', 'One winter night ', 'Long ago ', 'At last '],
  wish: ['Give me {gift}', 'Show me {gift}', 'Take {gift} and be happy', 'I have lost {gift}'],
  gift: ['the {thing} of gold', 'the {thing} of glass', 'your {thing}', 'my {thing}'],
  thing: ['ring', 'crown', 'key', 'mirror', 'lamp'],
  went: ['went away', 'fell asleep', 'began to dance', 'told the truth'],
};

/** A text with each symbol in it replaced. */
const fill = (text: string, replace: (symbol: string) => string): string =>
  text.replace(/\{(\w+)\}/g, (_, symbol: string) => replace(symbol));

/** Stories of the grammar, one a line, until there are `length` characters; the same seed gives the same text. */
export function tellStories(length: number, seed: number): string {
  const generator = new Generator(seed);
  const drawn = new Float64Array(1);
  const expand = (symbol: string): string => {
    const texts = rules[symbol]!;
    const choice = Math.floor(generator.uniform(drawn)[0]! * texts.length);
    return fill(texts[choice]!, expand);
  };
  let text = '';
  while (text.length < length) text += expand('story');
  return text;
}

/** The grammar as a regular expression. */
const pattern = (symbol: string): string =>
  `(?:${rules[symbol]!.map((text) => fill(text, pattern)).join('|')})`;
const story = new RegExp(`^${pattern('story')}$`);

/** Whether a line is a story of the grammar: each word spelled, each `he` and `she` where it belongs. */
export const isStory = (line: string): boolean => story.test(`${line}\n`);
