import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { type Course, courses, type Letter } from '../src/courses.ts';
import { parseOptions } from '../src/options.ts';
import { run } from '../src/run.ts';

const out = mkdtempSync(join(tmpdir(), 'tensortape-coursework-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Runs courses that all are this one, and returns the number of figures that are off, and what was printed. */
async function output(course: Course, args: string): Promise<[off: number, text: string]> {
  const log = jest.spyOn(console, 'log').mockReturnValue();
  const all = Object.fromEntries(Object.keys(courses).map((letter) => [letter, course]));
  const options = parseOptions([...args.split(' '), '--out', out]);
  const off = await run(options, all as Record<Letter, Course>);
  return [off, log.mock.calls.map(([line]) => String(line)).join('\n')];
}

const course: Course = {
  title: 'A course',
  fast: { right: ({ figures }) => figures.near('one', 1, 1, 0) },
  long: {
    wrong: ({ figures, say }) => {
      say('a long part');
      figures.near('two', 2, 1, 0.5);
    },
    drawn: (desk) => desk.draw('picture.svg', '<svg></svg>'),
  },
};

test('fast parts run by themselves', async () => {
  const [off, text] = await output(course, 'a c');
  expect(off).toBe(0);
  expect(text).toContain('A, right\nwhat');
  expect(text).toContain('C, right\n');
  expect(text).not.toContain('a long part');
  expect(text).toContain('2 figures, 0 off; 0 pictures');
});

test('with --long the others do, too, and figures that are off are counted and listed', async () => {
  const [off, text] = await output(course, 'b --long');
  expect(off).toBe(1);
  expect(text).toContain('a long part');
  expect(text).toContain('2 figures, 1 off; 1 pictures');
  expect(text).toContain('OFF  B, wrong: two');
  expect(readdirSync(out)).toEqual(['picture.svg']);
});

test('options', () => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const data = process.env['TENSORTAPE_DATA'];
  expect(parseOptions([])).toEqual({
    letters: ['a', 'b', 'c', 'd', 'e'],
    long: false,
    data,
    out: 'runs/coursework',
  });
  expect(parseOptions('e b --long --data here'.split(' '))).toMatchObject({
    letters: ['b', 'e'],
    long: true,
    data: 'here',
  });
  expect(parseOptions(['all', 'a']).letters).toHaveLength(5);
  for (const words of ['f', 'a --longer', '--data=']) {
    expect(() => parseOptions(words.split(' '))).toThrow(expect.objectContaining({ exitCode: 1 }));
  }
});

test('a long part without its data says what to do', async () => {
  await expect(output(courses.a, `a --long --data ${out}`)).rejects.toThrow(/no MNIST in .*--data <folder>/);
  await expect(output({ ...courses.c, fast: {} }, `c --long --data ${out}`)).rejects.toThrow(
    /no CIFAR-10 in .*--data <folder>/,
  );
});
