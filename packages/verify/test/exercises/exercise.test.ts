import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { checkExercise, ExerciseError, parseExercise } from '@tensortape/verify';

const folder = new URL('../../exercises/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const files = readdirSync(folder).map(String);

/** The wrong claims of the exercises that are shipped, and what is said of each. */
const mistakes: Record<string, Record<string, RegExp>> = {
  'affine.wrong.txt': { W: /^transposed$/, b: /sum over axis 1 of the claim is missing/ },
  'automatic-differentiation-2.wrong.txt': { w1: /'sigmoid\(w1\)' .*factor \(1 − y\) is missing/ },
  'automatic-differentiation-c1.wrong.txt': {
    a: /'sin\(a\)' has the wrong sign/,
    w2: /'exp\(w2\)' is missing/,
  },
  'automatic-differentiation.wrong.txt': { w2: /factor of 2 is missing/ },
  'batch-norm.wrong.txt': { x: /'x - mu' .*operand 2 were constant/ },
  'elementwise.wrong.txt': {
    x: /'sigmoid\(x\)' .*factor \(1 − y\) is missing/,
    u: /'tanh\(u\)' .*square is missing/,
  },
  'hinge.wrong.txt': { s: /'s - dot\(e, s\)' .*operand 2 were constant/ },
  'least-squares.wrong.txt': { r: /1\/N is missing/ },
  'matrix-calculus.wrong.txt': { F: /^$/, R: /sign is wrong/, S: /^transposed$/, X: /^transposed$/ },
  'minimiser.wrong.txt': { g: /sign is wrong/, lambda: /factor of 2 too many/ },
  'mlp.wrong.txt': { b1: /'sigmoid\(z1\)' is missing/, W1: /transposed/ },
  'proximal.wrong.txt': { d: /'lambda \/ 2 \* dot\(d, d\)' lacks a factor of 2/, wt: /sign is wrong/ },
  'quadratic.wrong.txt': { x: /operand 2 were constant/ },
  // lambda phi for lambda sign(phi) is no mistake that is known: nothing is guessed.
  'regularisation.wrong.txt': { theta: /'lambda \* dot\(theta, theta\)' lacks a factor of 2/, phi: /^$/ },
  'sgd-step.wrong.txt': { eta: /factor of 2 is missing/ },
  'softmax.wrong.txt': { z: /sign is wrong/ },
  'two-layer.wrong.txt': {
    H: /^$/,
    S: /^1\/N is missing, where N = 4 is the length of axis 1 of X$/,
    W1: /has a factor of 2 too many/,
    Z: /'relu\(Z\)' is missing/,
  },
};

describe('the exercises of the courses', () => {
  test.each(files.filter((file) => file.endsWith('.right.txt')))('%s', async (file) => {
    const { verdicts } = await checkExercise(read(file), { seed: 1 });
    expect(verdicts.filter(({ status }) => status !== 'right')).toEqual([]);
  });

  test.each(files.filter((file) => file.endsWith('.wrong.txt')))('%s', async (file) => {
    const { verdicts, ok } = await checkExercise(read(file), { seed: 1 });
    const wrong = verdicts.filter(({ status }) => status !== 'right');
    const expected = mistakes[file]!;
    expect([ok, wrong.map(({ by }) => by).sort()]).toEqual([false, Object.keys(expected).sort()]);
    for (const { by, guess } of wrong) expect(guess ?? '').toMatch(expected[by]!);
  });

  test('each has a wrong and a right answer', () =>
    expect(files.length).toBe(2 * Object.keys(mistakes).length));
});

const base = 'given x: [n] in -1..1\ngiven c = 0.5\noutput y = c * sum(x .^ 2)\nclaim d/dx = 2 * c * x';

test('everything that a file may hold', async () => {
  const text = `title A sum # with a comment\n\n${base}\ngiven t: scalar from 0, 1\ntolerance 1e-5\npoints 7\nseed 3`;
  const exercise = parseExercise(text);
  expect(exercise.title).toBe('A sum');
  expect(exercise.domain).toEqual({
    x: { shape: ['n'], low: -1, high: 1 },
    c: 0.5,
    t: { shape: [], values: [0, 1] },
  });
  expect(exercise.options).toEqual({ output: 'y', rtol: 1e-5, runs: 7, seed: 3 });
  const { ok, verdicts, seed } = await checkExercise(text);
  expect([ok, verdicts[0]!.points, seed]).toEqual([true, 7, 3]);
});

test.each<[string, number, RegExp]>([
  ['gien x: scalar', 1, /'gien' is no keyword: there are title, given/],
  ['given x scalar', 1, /expected something like 'given x: \[n\] in -1\.\.1'/],
  ['given x: [0]', 1, /'0' is not the length of an axis/],
  ['given x: scalar in a..1', 1, /'a' is not a number/],
  ['given x = [1, "a"]', 1, /is not a value/],
  [`${base}\ngiven x: scalar`, 5, /'x' stands on line 1 already/],
  [`${base}\nclaim d/dx = 1`, 5, /'d\/dx' stands on line 4 already/],
  [`${base}\noutput z = 1`, 5, /one output/],
  [`${base}\nstep z = 1`, 5, /steps stand before the output/],
  [`${base}\nclaim x = 1`, 5, /expected something like 'claim d\/dx = 2 \* x'/],
  [`${base}\npoints 0`, 5, /expected a whole number from 1 to 10000/],
  [`${base}\npoints 1e9`, 5, /from 1 to 10000/],
  [`${base}\nseed 1.5`, 5, /expected a whole number from 0/],
  [`${base}\ntolerance -1`, 5, /at least 0/],
  ['given x: scalar in 2..1', 1, /the range 2\.\.1 is empty/],
  ['given x = [[1, 2], [3]]', 1, /of equal lengths/],
  ['given sin: scalar', 1, /'sin' cannot be a name: it has a meaning already/],
  ['given __proto__ = 3', 1, /'__proto__' cannot be a name/],
  ['title T\n\0\uFFFD', 2, /no text in UTF-8/],
  [
    'given x: scalar\noutput y = x\nclaim d/dq = 1',
    3,
    /there is no 'q' to claim a derivative by; there are x/,
  ],
  ['given x: scalar\noutput y = x\nclaim d/dy = 1', 3, /there is no 'y'/],
  ['given x: scalar\noutput y = x; x\nclaim d/dx = 1', 2, /a line has one expression/],
  [
    'given x: scalar\nstep a = (x + 1\noutput y = a\nclaim d/dx = 1',
    2,
    /^line 2: Parenthesis \) expected\n {2}a = \(x \+ 1\n {12}\^$/,
  ],
  [
    'given x: scalar\nstep a = b\nstep b = a + x\noutput y = b\nclaim d/dx = 1',
    2,
    /'b' has no value yet: .* nothing goes round in a circle/,
  ],
  [`${base}\ntolerance high`, 5, /'high' is not a number/],
  ['given x: scalar', 1, /has no output/],
  ['given x: scalar\noutput y = x', 2, /has no claim/],
  ['\n'.repeat(1000), 1001, /at most 1000 lines/],
])('%j is refused with its line', async (text, line, reason) => {
  const error = await checkExercise(text).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(ExerciseError);
  expect(error).toMatchObject({ line, message: expect.stringMatching(reason) });
});

test('errors in expressions have the line of the file, and the place', async () => {
  const step = await checkExercise('given x: scalar\n\nstep a = x^2\noutput y = a + z\nclaim d/dx = 1').catch(
    (error: unknown) => error,
  );
  expect(step).toMatchObject({
    line: 4,
    message: expect.stringMatching(/unknown name 'z'[\s\S]*y = a \+ z\n {2} {8}\^/),
  });
  const claim = await checkExercise('given x: scalar\noutput y = x\nclaim d/dx = 1 +').catch(
    (error: unknown) => error,
  );
  expect(claim).toMatchObject({ line: 3, message: expect.stringMatching(/Unexpected end/) });
});

test('lines may end as Windows and old Macs end them, and a file may begin with a byte order mark', async () => {
  for (const end of ['\r\n', '\r']) {
    const { ok } = await checkExercise(`\uFEFF${base}`.replaceAll('\n', end), { seed: 1 });
    expect(ok).toBe(true);
  }
});
