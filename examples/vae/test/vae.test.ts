import { expect, jest, test } from '@jest/globals';
import { datasets, manualSeed, noGrad, optim } from 'tensortape';
import { Vae } from '../src/model.ts';
import { parseOptions } from '../src/options.ts';
import { evaluate, trainEpoch } from '../src/train.ts';

const digits = datasets.generatedDigits({ count: 200, seed: 1, flatten: true });
const batches = new datasets.DataLoader(digits, { batchSize: 20 });

test('the loss is the cross-entropy of what is drawn plus the divergence from the standard normal distribution', () => {
  manualSeed(0);
  const vae = new Vae(8, 2);
  const [images] = digits.getBatch!(Int32Array.of(0, 1, 2));
  noGrad(() => {
    // Where every scale is all but 0, every draw is the mean.
    vae.logScale.weight.zero_();
    vae.logScale.bias!.fill_(-12);
    const { loc } = vae.encode(images);
    const places = loc.toTypedArray();
    const drawn = vae.decode(loc).toTypedArray();
    const pixels = images.toTypedArray();
    let sum = 0;
    for (const [i, grey] of pixels.entries()) {
      sum -= Number(grey) * Math.log(drawn[i]!) + (1 - Number(grey)) * Math.log(1 - drawn[i]!);
    }
    for (const place of places) sum += (Math.exp(-24) + Number(place) ** 2 - 1 + 24) / 2;
    expect(vae.forward(images).item()).toBeCloseTo(sum / 3, 1);
  });
});

test('learns, the same from the same seed, and draws digits of its own', () => {
  const learn = () => {
    manualSeed(0);
    const vae = new Vae(32, 4);
    const optimizer = new optim.Adam(vae.parameters(), { lr: 0.01 });
    return { vae, losses: [1, 2, 3].flatMap(() => [...trainEpoch(vae, optimizer, batches)]) };
  };
  const { vae, losses } = learn();
  expect(learn().losses).toEqual(losses);
  expect(losses[0]).toBeGreaterThan(500);
  expect(evaluate(vae, batches)).toBeLessThan(300);
  const [images] = digits.getBatch!(Int32Array.of(0, 1));
  const redrawn = noGrad(() => vae.decode(vae.encode(images).loc));
  expect(redrawn.shape).toEqual([2, 784]);
  expect(redrawn.amin().item()).toBeGreaterThanOrEqual(0);
  expect(redrawn.amax().item()).toBeLessThanOrEqual(1);
});

test('defaults, and words it does not know', () => {
  jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(parseOptions([])).toMatchObject({ epochs: 5, hidden: 400, latent: 20, out: 'runs/vae' });
  for (const words of ['--latent 0', '--epoch 3', 'word', '--data=']) {
    expect(() => parseOptions(words.split(' '))).toThrow(expect.objectContaining({ exitCode: 1 }));
  }
});
