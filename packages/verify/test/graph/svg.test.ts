import { expect, test } from '@jest/globals';
import { keepValues, tensor } from '@tensortape/autograd';
import { Linear } from '@tensortape/nn';
import { toHtml, toSvg } from '@tensortape/verify';

test('a picture with numbers, values, adjoints and partials', async () => {
  const [x1, x2] = [2, 5].map((value) => tensor(value, { dtype: 'float64', requiresGrad: true }));
  const y = keepValues(() => x1!.log().add(x1!.mul(x2!)).sub(x2!.sin()));
  const svg = await toSvg(y, {
    names: { x1: x1!, x2: x2! },
    values: true,
    gradients: true,
    partials: true,
    numbered: true,
  });
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) =>
    text!.replaceAll('&#45;', '-'),
  );
  for (const text of [
    '1: x1',
    '2: x2',
    '4: v2 = mul',
    '7: v5 = sub',
    '= 10',
    'grad 5.5',
    '∂ 0.28366',
    '∂ 5',
    '∂ -1',
  ]) {
    expect(texts).toContain(text);
  }
  expect(svg.match(/class="edge"/g)).toHaveLength(8);
  expect(svg.startsWith('<svg')).toBe(true);
});

test('of a module; names stay text', async () => {
  const layer = new Linear(2, 1);
  const loss = layer.forward(tensor([[1, 2]])).sum();
  const html = await toHtml(loss, { names: [['<b>weight', layer.weight]] });
  expect(html).toContain('&lt;b&gt;weight');
  expect(html).not.toContain('<b>');
});
