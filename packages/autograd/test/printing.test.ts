import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { arange, type DType, type Nested, setDefaultDType, tensor } from '@tensortape/autograd';

type Plain = number | boolean | string | readonly Plain[];

interface Case {
  readonly data?: Plain;
  readonly arange?: readonly number[];
  readonly dtype: DType;
  readonly requiresGrad: boolean;
  readonly text: string;
}

const { cases } = JSON.parse(readFileSync(new URL('./fixtures/printing.json', import.meta.url), 'utf8')) as {
  cases: readonly Case[];
};

/** Written as text where JSON has no number for it. */
const words: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  '-0.0': -0,
};
const nested = (data: Plain): Nested =>
  typeof data === 'string' ? words[data]! : typeof data === 'object' ? data.map(nested) : data;

/** PyTorch's text in our names. */
const ours = (text: string) =>
  text
    .replaceAll('torch.', '')
    .replaceAll('True', 'true')
    .replaceAll('False', 'false')
    .replace('requires_grad=', 'requiresGrad=');

describe('a tensor prints as in PyTorch', () => {
  test.each(cases.map((one) => [ours(one.text), one] as const))('%s', (text, one) => {
    const { dtype, requiresGrad } = one;
    const x =
      one.arange === undefined
        ? tensor(nested(one.data!), { dtype, requiresGrad })
        : arange(
            one.arange.reduce((a, b) => a * b),
            { dtype },
          ).reshape(one.arange);
    expect(x.toString()).toBe(text);
  });
});

test('views print what they show', () => {
  const x = arange(6, { dtype: 'float32' }).reshape([2, 3]);
  expect(String(x.T.slice(0, 1))).toBe('tensor([[1., 4.],\n        [2., 5.]])');
  expect(String(x.select(1, 2).expand([2, 2]))).toBe('tensor([[2., 5.],\n        [2., 5.]])');
});

test('a result prints the operation that made it; the default dtype goes without saying', () => {
  const x = tensor([1, 2], { requiresGrad: true });
  expect(String(x.exp().mul(0))).toBe('tensor([0., 0.], gradFn=<mul>)');
  setDefaultDType('float64');
  try {
    expect(String(tensor([1]))).toBe('tensor([1.])');
    expect(String(x.detach())).toBe('tensor([1., 2.], dtype=float32)');
  } finally {
    setDefaultDType('float32');
  }
});

test('console.log, templates and JSON show the same elements', () => {
  const x = tensor([[1, 2]]);
  expect(inspect({ x })).toBe('{ x: tensor([[1., 2.]]) }');
  expect(`${x}`).toBe('tensor([[1., 2.]])');
  expect(JSON.stringify({ x })).toBe('{"x":{"shape":[1,2],"dtype":"float32","data":[[1,2]]}}');
});

describe("JavaScript's operators", () => {
  const a = tensor([1, 2]) as unknown as number;
  test.each([
    ['+', () => a + a],
    ['*', () => a * 2],
    ['<', () => a < 3],
    ['unary -', () => -a],
  ])('%s is refused, with what to write instead', (_, run) => {
    expect(run).toThrow(/operators do not work on tensors: write a\.add\(b\).*a\.lt\(b\)/);
  });

  test('a text may show a tensor', () => {
    expect(`${tensor([1, 2])}`).toBe('tensor([1., 2.])');
  });
});
