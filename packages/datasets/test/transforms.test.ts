import { describe, expect, test } from '@jest/globals';
import {
  ArgumentError,
  DTypeError,
  Generator,
  gradcheck,
  ShapeError,
  type Tensor,
  tensor,
} from '@tensortape/autograd';
import { transforms } from '@tensortape/datasets';
import fc from 'fast-check';

const { functional: F } = transforms;
const picture = (seed: number, ...shape: number[]) =>
  tensor(new Generator(seed).uniform(new Float32Array(shape.reduce((a, b) => a * b, 1))), { shape });
const image = picture(0, 3, 6, 8);
const batch = picture(1, 4, 3, 6, 8);
const same = (a: Tensor, b: Tensor) => expect([a.shape, a.toArray()]).toEqual([b.shape, b.toArray()]);

/** Every transform that keeps the size, with a generator where it draws. */
const all: Record<string, (generator: Generator) => transforms.ImageTransform> = {
  normalize: () => transforms.normalize([0.1, 0.2, 0.3], [0.5, 0.6, 0.7]),
  resize: () => transforms.resize([4, 5]),
  centerCrop: () => transforms.centerCrop([3, 10]),
  pad: () => transforms.pad([1, 2, 3, 0], { paddingMode: 'reflect' }),
  grayscale: () => transforms.grayscale(3),
  hflip: () => F.hflip,
  vflip: () => F.vflip,
  rotate: () => (x) => F.rotate(x, 33, { interpolation: 'bilinear', fill: [0.1, 0.2, 0.3] }),
  affine: () => (x) => F.affine(x, { angle: 10, translate: [1, 0], scale: 1.2, shear: [3, 4] }),
  hue: () => (x) => F.adjustHue(x, 0.2),
  contrast: () => (x) => F.adjustContrast(x, 1.5),
  randomHorizontalFlip: (generator) => transforms.randomHorizontalFlip({ generator }),
  randomVerticalFlip: (generator) => transforms.randomVerticalFlip({ generator }),
  randomGrayscale: (generator) => transforms.randomGrayscale({ p: 0.5, generator }),
  randomCrop: (generator) => transforms.randomCrop(6, { padding: 2, generator }),
  randomResizedCrop: (generator) => transforms.randomResizedCrop(5, { generator }),
  randomRotation: (generator) => transforms.randomRotation(20, { generator }),
  randomAffine: (generator) =>
    transforms.randomAffine(20, { translate: [0.1, 0.2], scale: [0.8, 1.2], shear: 5, generator }),
  colorJitter: (generator) =>
    transforms.colorJitter({ brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 0.1, generator }),
  randomErasing: (generator) => transforms.randomErasing({ value: 'random', generator }),
};

describe.each(Object.entries(all))('%s', (_, make) => {
  test('does the same to a batch as to each of its images, and changes none of them', () => {
    fc.assert(
      fc.property(fc.nat(500), (seed) => {
        const before = batch.toTypedArray();
        const together = make(new Generator(seed))(batch);
        batch.unbind(0).forEach((single, i) => {
          const alone = make(new Generator(seed))(single);
          expect(together.select(0, i).shape).toEqual(alone.shape);
          expect(together.select(0, i).sub(alone).abs().max().item()).toBeLessThan(1e-6);
        });
        expect(batch.toTypedArray()).toEqual(before);
      }),
      { numRuns: 5 },
    );
  });

  test('depends on the state of its generator alone, and perImage draws for each image', () => {
    const generator = new Generator(9);
    const transform = make(generator);
    const state = generator.getState();
    const first = [transform(image), transform(image)];
    generator.setState(state);
    for (const expected of first) same(transform(image), expected);
    generator.setState(state);
    const images = tensor([image.toArray(), image.toArray()], { dtype: 'float32' });
    const each = transforms.perImage(transform)(images);
    for (const [i, expected] of first.entries()) same(each.select(0, i), expected);
  });

  test('refuses what is no image', () => {
    for (let seed = 0; seed < 5; seed++) {
      expect(() => {
        for (let i = 0; i < 30; i++) make(new Generator(seed + i))(tensor([[1, 2]]));
      }).toThrow(ShapeError);
    }
  });
});

describe('geometry', () => {
  test('crops are parts, with 0 outside', () => {
    const inside = fc.record({
      top: fc.integer({ min: -9, max: 9 }),
      left: fc.integer({ min: -9, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      width: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(inside, ({ top, left, height, width }) => {
        const found = F.crop(image, top, left, height, width);
        expect(found.shape).toEqual([3, height, width]);
        const values = image.toTypedArray();
        const expected = Array.from({ length: 3 * height * width }, (_, i) => {
          const [c, y, x] = [
            Math.floor(i / (height * width)),
            (Math.floor(i / width) % height) + top,
            (i % width) + left,
          ];
          return y >= 0 && y < 6 && x >= 0 && x < 8 ? values[(c * 6 + y) * 8 + x]! : 0;
        });
        expect([...found.toTypedArray()]).toEqual(expected);
      }),
    );
  });

  test('the middle of even and odd sizes, as torchvision rounds', () => {
    const row = tensor([[[0, 1, 2, 3, 4]]]);
    const middles = [1, 2, 3, 4, 5, 6, 7, 8].map((size) => F.centerCrop(row, [1, size]).flatten().toArray());
    expect(middles).toEqual([
      [2],
      [2, 3],
      [1, 2, 3],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4, 0],
      [0, 0, 1, 2, 3, 4, 0],
      [0, 0, 1, 2, 3, 4, 0, 0],
    ]);
  });

  test.each([
    ['constant', [9, 9, 9, 0, 1, 2, 9, 9]],
    ['edge', [0, 0, 0, 0, 1, 2, 2, 2]],
    ['reflect', null],
    ['symmetric', [2, 1, 0, 0, 1, 2, 2, 1]],
  ] as const)('pad %s', (paddingMode, expected) => {
    const row = tensor([[[0, 1, 2]]]);
    const padded = () => F.pad(row, [3, 0, 2, 0], { fill: 9, paddingMode }).flatten().toArray();
    if (expected === null)
      expect(padded).toThrow(/'reflect' cannot add 3 to a length of 3, but at most 2; pad less/);
    else expect(padded()).toEqual(expected);
    if (paddingMode === 'reflect')
      expect(F.pad(row, [2, 0, 1, 0], { paddingMode }).flatten().toArray()).toEqual([2, 1, 0, 1, 2, 1]);
  });

  test('quarter turns are exact, and four of them nothing', () => {
    const square = picture(2, 2, 5, 5);
    for (const interpolation of ['nearest', 'bilinear'] as const) {
      const turned = F.rotate(square, 90, { interpolation });
      expect(
        turned
          .sub(square.rot90(1, [-2, -1]))
          .abs()
          .max()
          .item(),
      ).toBeLessThan(1e-6);
      const back = [1, 2, 3].reduce((x) => F.rotate(x, 90, { interpolation }), turned);
      expect(back.sub(square).abs().max().item()).toBeLessThan(1e-5);
    }
  });

  test('outside of the image comes the fill, at its edge a mixture', () => {
    const white = tensor([[[1, 1, 1, 1]]]);
    const shifted = (options: transforms.WarpOptions) =>
      F.affine(white, { translate: [2, 0] }, options)
        .flatten()
        .toArray();
    expect(shifted({ fill: 0.25 })).toEqual([0.25, 0.25, 1, 1]);
    const half = F.affine(
      tensor([
        [
          [1, 1],
          [1, 1],
        ],
      ]),
      { angle: 45 },
      { interpolation: 'bilinear', fill: 7 },
    );
    expect(half.max().item()).toBeGreaterThan(1);
  });
});

test('gradients flow through what is not random', () => {
  const x = picture(5, 3, 4, 5).to('float64');
  for (const name of [
    'normalize',
    'resize',
    'centerCrop',
    'pad',
    'grayscale',
    'hflip',
    'rotate',
    'affine',
    'contrast',
    'hue',
  ]) {
    gradcheck((input: Tensor) => all[name]!(new Generator(0))(input), [x.clone()]);
  }
});

describe('toTensor', () => {
  test('puts channels first', () => {
    const data = Uint8Array.from({ length: 2 * 3 * 4 }, (_, i) => i * 10);
    const found = transforms.toTensor({ width: 3, height: 2, channels: 4, data });
    expect([found.shape, found.dtype]).toEqual([[4, 2, 3], 'float32']);
    for (let c = 0; c < 4; c++)
      for (let i = 0; i < 6; i++)
        expect(found.toTypedArray()[c * 6 + i]).toBe(Math.fround(data[i * 4 + c]! / 255));
    expect(() => transforms.toTensor({ width: 3, height: 2, channels: 3, data })).toThrow(
      /2 x 3 pixels of 3 channels take 18 bytes, got 24/,
    );
  });
});

test.each<[string, () => unknown, RegExp, new (message: string) => Error]>([
  [
    'integers',
    () => F.rotate(tensor(new Int32Array(4), { shape: [1, 2, 2] }), 3),
    /rotate: the image is int32; make it float/,
    DTypeError,
  ],
  [
    'two channels',
    () => F.adjustHue(picture(0, 2, 3, 3), 0.1),
    /2 channels; it takes 1 \(grey\) or 3/,
    ShapeError,
  ],
  [
    'a hue beyond half a turn',
    () => F.adjustHue(image, 0.6),
    /factor must be a number from -0\.5 to 0\.5, got 0\.6/,
    ArgumentError,
  ],
  [
    'a negative factor',
    () => F.adjustContrast(image, -1),
    /factor must be a number of at least 0, got -1/,
    ArgumentError,
  ],
  ['too few means', () => F.normalize(image, [1, 2], 1), /mean has 2 numbers for 3 channels/, ArgumentError],
  ['a deviation of 0', () => F.normalize(image, 0, [1, 0, 1]), /std must be above 0, got 0/, ArgumentError],
  [
    'a size of 0',
    () => transforms.randomCrop(0),
    /size must be whole numbers of at least 1, got 0/,
    ArgumentError,
  ],
  [
    'a crop too large',
    () => transforms.randomCrop(9)(image),
    /cannot take 9 x 9 pixels of 6 x 8; pass padding/,
    ArgumentError,
  ],
  [
    'p of 2',
    () => transforms.randomHorizontalFlip({ p: 2 }),
    /p must be a number from 0 to 1, got 2/,
    ArgumentError,
  ],
  [
    'an empty range',
    () => transforms.randomRotation([3, 1]),
    /degrees must be a range from low to high, got \[3, 1\]/,
    ArgumentError,
  ],
  [
    'a scale of 0',
    () => transforms.randomErasing({ scale: [0, 1] }),
    /scale must be a number of at least 5e-324, got 0/,
    ArgumentError,
  ],
  [
    'a rectangle outside',
    () => F.erase(image, 4, 0, 3, 1, 0),
    /3 x 1 pixels from row 4 and column 0 leave the 6 x 8 image/,
    ArgumentError,
  ],
  [
    'expand about a corner',
    () => F.rotate(image, 3, { expand: true, center: [0, 0] }),
    /expand and center exclude/,
    ArgumentError,
  ],
  ['half a pixel', () => F.crop(image, 0.5, 0, 1, 1), /top and left must be whole numbers/, ArgumentError],
  ['negative padding', () => F.pad(image, -1), /padding must be whole numbers of at least 0/, ArgumentError],
])('%s is refused', (_, run, message, kind) => {
  expect(run).toThrow(message);
  expect(run).toThrow(kind);
});
