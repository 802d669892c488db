import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Generator, type Tensor, tensor } from '@tensortape/autograd';
import { transforms } from '@tensortape/datasets';
import { describeIfTorch, worstError } from '../../../../scripts/jest/python.ts';

const { functional: F } = transforms;
const script = readFileSync(new URL('transforms.py', import.meta.url), 'utf8');
const picture = (...shape: number[]) =>
  tensor(new Generator(3).uniform(new Float32Array(shape.reduce((a, b) => a * b, 1))), { shape });
const one = picture(3, 9, 12);
const batch = picture(2, 3, 10, 7);
/** Greys and pure colours, where hues are made by case. */
const special = tensor([
  [[0, 1, 0.5, 1, 0, 0, 1, 0.2, 1]],
  [[0, 1, 0.5, 0, 1, 0, 1, 0.2, 0.5]],
  [[0, 1, 0.5, 0, 0, 1, 0, 0.7, 0.5]],
]);

interface Answer {
  readonly shape: number[];
  readonly values: number[];
  readonly next: number;
}

describeIfTorch('transforms against torch', script, (ask) => {
  const compare = async (image: Tensor, result: Tensor, name: string, args: unknown[], tolerance = 2e-6) => {
    const expected = (await ask({ name, image: image.toArray(), arguments: args })) as Answer;
    expect(result.shape).toEqual(expected.shape);
    expect(worstError([...result.toTypedArray()], expected.values)).toBeLessThan(tolerance);
  };

  test.each([
    [{ angle: 30 }, [30, [0, 0], 1, [0, 0]]],
    [{ angle: -77, translate: [2, -1] }, [-77, [2, -1], 1, [0, 0]]],
    [{ scale: 0.6, shear: 20 }, [0, [0, 0], 0.6, [20, 0]]],
    [{ angle: 11, translate: [1, 1], scale: 1.7, shear: [10, -25] }, [11, [1, 1], 1.7, [10, -25]]],
  ] as const)('affine %j', async (parameters, args) => {
    for (const image of [one, batch]) {
      for (const interpolation of ['nearest', 'bilinear'] as const) {
        const found = F.affine(image, parameters, { interpolation });
        await compare(image, found, 'warp', [...args, interpolation]);
        const centred = F.affine(image, parameters, { interpolation, center: [2.2, 3] });
        await compare(image, centred, 'warp', [...args, interpolation, [2.2, 3]]);
      }
    }
  });

  test('rotate turns the other way, and may expand', async () => {
    for (const angle of [30, 90, -45, 180, 100.5, 359]) {
      // A quarter turn of 9 x 12 pixels falls between pixels, where which one is nearest is a matter of rounding.
      if (angle !== 90) await compare(one, F.rotate(one, angle), 'warp', [-angle, [0, 0], 1, [0, 0]]);
      const whole = F.rotate(one, angle, { expand: true, interpolation: 'bilinear' });
      const size = whole.shape.slice(1);
      await compare(one, tensor([...size]), 'rotated_size', [angle], 1e-12);
      await compare(one, whole, 'warp', [-angle, [0, 0], 1, [0, 0], 'bilinear', null, size]);
    }
  });

  test('resize, up and down, antialiased or not', async () => {
    for (const size of [
      [4, 5],
      [20, 30],
      [9, 3],
      [1, 1],
      [5, 40],
    ] as const) {
      for (const interpolation of ['bilinear', 'bicubic'] as const) {
        for (const antialias of [true, false]) {
          const found = F.resize(batch, size, { interpolation, antialias });
          await compare(batch, found, 'resize', [size, interpolation, antialias]);
        }
      }
      const nearest = F.resize(batch, size, { interpolation: 'nearest' });
      await compare(batch, nearest, 'resize', [size, 'nearest', false]);
    }
  });

  test('colours', async () => {
    for (const image of [one, batch, special]) {
      await compare(image, F.rgbToGrayscale(image), 'grey', []);
      for (const factor of [0, 0.4, 1, 1.9])
        await compare(image, F.adjustContrast(image, factor), 'contrast', [factor]);
      for (const turn of [-0.5, -0.2, 0, 0.1, 0.5])
        await compare(image, F.adjustHue(image, turn), 'adjust_hue', [turn], 3e-6);
    }
  });

  test.each<[string, (generator: Generator) => transforms.ImageTransform, unknown[]]>([
    ['random_flip', (generator) => transforms.randomHorizontalFlip({ generator }), [0.5]],
    ['random_crop', (generator) => transforms.randomCrop([8, 8], { padding: 2, generator }), [[8, 8], 2]],
    [
      'random_resized_crop',
      (generator) => transforms.randomResizedCrop([6, 5], { generator }),
      [
        [6, 5],
        [0.08, 1],
        [3 / 4, 4 / 3],
      ],
    ],
    [
      'random_resized_crop',
      (generator) => transforms.randomResizedCrop([6, 5], { scale: [0.9, 1], ratio: [3, 4], generator }),
      [
        [6, 5],
        [0.9, 1],
        [3, 4],
      ],
    ],
    ['random_rotation', (generator) => transforms.randomRotation(40, { generator }), [40]],
    [
      'random_affine',
      (generator) =>
        transforms.randomAffine(20, {
          translate: [0.2, 0.3],
          scale: [0.5, 1.5],
          shear: [-10, 10, -20, 5],
          generator,
        }),
      [20, [0.2, 0.3], [0.5, 1.5], [-10, 10, -20, 5]],
    ],
    [
      'color_jitter',
      (generator) =>
        transforms.colorJitter({ brightness: 0.4, contrast: 0.5, saturation: [0.1, 2], hue: 0.2, generator }),
      [
        [0.6, 1.4],
        [0.5, 1.5],
        [0.1, 2],
        [-0.2, 0.2],
      ],
    ],
    [
      'random_erasing',
      (generator) => transforms.randomErasing({ value: [0.1, 0.2, 0.3], generator }),
      [0.5, [0.02, 0.33], [0.3, 3.3], [0.1, 0.2, 0.3]],
    ],
    [
      'random_erasing',
      (generator) => transforms.randomErasing({ p: 1, value: 'random', generator }),
      [1, [0.02, 0.33], [0.3, 3.3], 'random'],
    ],
  ])('%s draws what torchvision draws', async (name, make, args) => {
    for (let seed = 0; seed < 12; seed++) {
      const generator = new Generator(seed);
      const image = seed % 2 === 0 ? one : batch;
      const found = make(generator)(image);
      const expected = (await ask({ name, image: image.toArray(), arguments: args, seed })) as Answer;
      expect(found.shape).toEqual(expected.shape);
      expect(worstError([...found.toTypedArray()], expected.values)).toBeLessThan(5e-6);
      expect(generator.randint(new Int32Array(1), 0, 1e6)[0]).toBe(expected.next);
    }
  });
});
