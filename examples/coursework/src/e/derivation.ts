import { checkExercise, formatCheck } from 'tensortape/verify';
import type { Desk } from '../shared/desk.ts';

/** A 3-3-1 MLP with sigmoids and binary cross-entropy. */
const net = `given W1: [3, 3]
given x: [3]
given b1: [3]
given w2: [3]
given b2: scalar
given y: scalar from 0, 1
step z1 = W1 * x + b1
step h1 = sigmoid(z1)
step a2 = dot(w2, h1) + b2
step yhat = sigmoid(a2)
output J = -(y * log(yhat) + (1 - y) * log(1 - yhat))`;

/** What a learner writes by hand, line by line; b1 stands for what arrives at its sum, z1. */
const claims = {
  a2: 'yhat - y',
  b2: 'yhat - y',
  w2: '(yhat - y) * h1',
  h1: '(yhat - y) * w2',
  b1: 'dh1 .* h1 .* (1 - h1)',
  W1: 'outer(dh1 .* h1 .* (1 - h1), x)',
};

/** The derivation by hand is confirmed, line by line; a wrong one is refuted by a small counter-example. */
export async function derivation(desk: Desk): Promise<void> {
  const right = await check(claims);
  for (const { by, status } of right.verdicts) desk.figures.same(`by hand: dJ/d${by}`, 'right', status);

  const wrong = await check({ ...claims, b1: 'dh1', W1: 'outer(x, dh1 .* h1 .* (1 - h1))' });
  for (const { by, status } of wrong.verdicts) {
    const expected = by === 'b1' || by === 'W1' ? 'wrong' : 'right';
    desk.figures.same(`with two mistakes: dJ/d${by}`, expected, status);
  }
  desk.say(formatCheck(wrong));
}

function check(claims: Readonly<Record<string, string>>) {
  const lines = Object.entries(claims).map(([by, formula]) => `claim d/d${by} = ${formula}`);
  return checkExercise([net, ...lines].join('\n'), { seed: 1 });
}
