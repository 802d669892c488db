import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { tensor } from '@tensortape/autograd';
import { Adam, AdamW, type Optimizer, SGD } from '@tensortape/optim';

interface Case {
  readonly name: 'SGD' | 'Adam' | 'AdamW';
  readonly options: Readonly<Record<string, number | boolean | readonly [number, number]>>;
  readonly path: readonly (readonly number[])[];
}

/** Recorded from PyTorch 2.13 by fixtures/updates.py, so that the rules are checked where there is no PyTorch too. */
const cases: readonly Case[] = JSON.parse(
  readFileSync(new URL('fixtures/updates.json', import.meta.url), 'utf8'),
);

const camelCase = (key: string) => key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

test.each(cases.map((one) => [`${one.name} ${JSON.stringify(one.options)}`, one] as const))(
  '%s goes where PyTorch goes',
  (_, { name, options, path }) => {
    const w = tensor([1.5, -0.7], { dtype: 'float64', requiresGrad: true });
    const own = Object.fromEntries(Object.entries(options).map(([key, value]) => [camelCase(key), value]));
    const optimizer: Optimizer = new { SGD, Adam, AdamW }[name]([w], { lr: 0.1, ...own });
    for (const expected of path) {
      optimizer.zeroGrad();
      w.sin()
        .mul(w)
        .mul(tensor([1, 3], { dtype: 'float64' }))
        .sum()
        .backward();
      optimizer.step();
      const found = w.toTypedArray();
      expected.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 12);
      });
    }
  },
);
