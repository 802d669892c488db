import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ArgumentError, ShapeError, type Tensor, tensor, zeros } from '@tensortape/autograd';
import {
  type CurvePanel,
  confusionPicture,
  curves,
  decisionBoundary,
  histogram,
  imageGrid,
  type Picture,
  savePicture,
  sideBySide,
  weightGrid,
} from '@tensortape/plot';
import { PNG } from 'pngjs';

const range = (length: number) => Array.from({ length }, (_, i) => i);

/** What a picture says, in the order in which it is drawn. */
async function texts(picture: Picture): Promise<string[]> {
  const svg = await picture.toSvg();
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  return [...svg.matchAll(/>([^<>]+)</g)].map(([, text]) => text!.replaceAll('&amp;', '&'));
}

/** The pixels of a picture's PNG: two by two for each unit of the chart. */
async function pixels(picture: Picture) {
  const { width, height, data } = PNG.sync.read(Buffer.from(await picture.toPng()));
  const at = (x: number, y: number) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
  return { width, height, at };
}

/** Where each line of a picture goes, as SVG has it. */
const linesOf = (svg: string) =>
  [...svg.matchAll(/aria-roledescription="line mark"[^>]* d="([^"]*)"/g)].map(([, d]) => d!);

const one = (panel: Partial<CurvePanel>, x = 'epoch') =>
  curves({ x, panels: [{ y: 'loss (nats)', series: {}, ...panel }] });

describe('curves', () => {
  test('several curves in several charts: titles, units, one legend, whole epochs', async () => {
    const at = range(6);
    const series = (f: (i: number) => number) => ({ at, values: at.map(f) });
    const panels: CurvePanel[] = [
      {
        y: 'loss (nats)',
        scale: 'log',
        series: {
          training: series((i) => 2 / (i + 1)),
          validation: series(() => 1),
          test: series(() => 1.5),
        },
      },
      {
        y: 'accuracy',
        format: 'percent',
        series: { training: series((i) => i / 5), validation: series(() => 0.5), test: series(() => 0.4) },
      },
    ];
    const found = await texts(curves({ title: 'Six & more', subtitle: ['a', 'b'], x: 'epoch', panels }));
    for (const text of ['Six & more', 'a', 'b', 'loss (nats)', 'accuracy', '20%', '0.5', '1']) {
      expect(found).toContain(text);
    }
    for (const name of ['training', 'validation', 'test']) {
      expect(found.filter((text) => text === name)).toHaveLength(1);
    }
    expect(found.filter((text) => text === 'epoch')).toHaveLength(2);
    expect(found).not.toContain('0.5%');
    // No epoch 0.5 on an axis of whole numbers.
    expect(found.filter((text) => /^\d\.5$/.test(text) && text !== '0.5' && text !== '1.5')).toEqual([]);
  });

  test('a name alone needs no legend', async () => {
    const series = { at: [1, 2], values: [1, 2] };
    expect(await texts(one({ series: { training: series } }))).not.toContain('training');
    expect(await texts(one({ series: { training: series, other: series } }))).toContain('training');
  });

  test('points stand for themselves, all of them and in any order, beside a line', async () => {
    const measured = { at: range(40).map((i) => (7 * i) % 40), values: range(40), mark: 'points' as const };
    const svg = await one({ series: { measured, fitted: { at: range(40), values: range(40) } } }).toSvg();
    expect(linesOf(svg)).toHaveLength(1);
    expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(40);
  });

  test.each<[string, CurvePanel['scale'], number[]]>([
    ['one point', 'linear', [0.3]],
    ['one point', 'log', [0.3]],
    ['a constant', 'linear', [5, 5, 5]],
    ['zeros', 'linear', [0, 0]],
    ['zeros', 'log', [0, 0]],
    ['NaN and nothing else', 'linear', [Number.NaN]],
    ['infinities among others', 'linear', [1, Number.POSITIVE_INFINITY, 2]],
    ['many powers of ten', 'log', [1e-30, 1e30]],
    ['nearly one value', 'log', [1, 1.000001]],
    ['no values', 'linear', []],
  ])('%s, on a %s axis', async (_, scale, values) => {
    const picture = one({ scale: scale!, series: { training: { at: range(values.length), values } } });
    const found = await texts(picture);
    const numbers = found.filter((text) => /\d/.test(text));
    // Ticks on both axes, and not too many.
    expect(numbers.length).toBeGreaterThanOrEqual(values.length === 0 ? 1 : 3);
    expect(numbers.length).toBeLessThan(30);
    expect(new Set(numbers.slice(0, 3)).size).toBeGreaterThan(1);
    const marks = (await picture.toSvg()).match(/aria-roledescription="point"/g) ?? [];
    expect(marks).toHaveLength(values.filter((y) => Number.isFinite(y) && (scale !== 'log' || y > 0)).length);
  });

  test('gaps break the line, and a point between two of them is a dot', async () => {
    const values = range(40).map((i) => (i === 10 || i === 12 ? Number.NaN : i));
    const svg = await one({ series: { training: { at: range(40), values } } }).toSvg();
    expect(linesOf(svg).map((d) => d.split('M').length - 1)).toEqual([3]);
    expect(svg.match(/aria-roledescription="point"/g)).toHaveLength(1);
  });

  test('100,000 points are thinned without losing a peak or a gap', async () => {
    const values = range(100_000).map((i) =>
      i === 70_000 ? 50 : i === 30_000 ? Number.NaN : Math.sin(i / 1e4),
    );
    const picture = one({ series: { training: { at: range(100_000), values } } }, 'step');
    const svg = await picture.toSvg();
    expect(svg.length).toBeLessThan(60_000);
    const [line] = linesOf(svg);
    const points = [...line!.matchAll(/[ML]([\d.e-]+),([\d.e-]+)/g)].map(([, x, y]) => [
      Number(x),
      Number(y),
    ]);
    expect(points.length).toBeGreaterThan(500);
    expect(line!.split('M').length - 1).toBe(2);
    const top = Math.min(...points.map(([, y]) => y!));
    expect(points.find(([, y]) => y === top)![0]).toBeCloseTo(0.7 * 340, 0);
    expect((await texts(picture)).slice(0, 8)).toContain('20,000');
  });

  test('refuses nothing to draw, and places that do not belong to the values', () => {
    expect(() => one({})).toThrow(/curves: there is nothing to draw/);
    expect(() => one({ series: { a: { at: [1], values: [1, 2] } } })).toThrow(/'a' has 2 values at 1 places/);
  });
});

describe('grids of images', () => {
  /** Where the middle of each image of 2 x 2 pixels of 40 units stands, in pixels of the PNG. */
  const place = (column: number, row: number, columns: number, x: number, y: number) => {
    expect(columns).toBeGreaterThan(column);
    return [40 + 80 * (3 * column + x) + 40, 40 + 80 * (3 * row + y) + 40] as const;
  };
  const images = tensor([0, 1, 0.5, 2, -1, 0, 0, 0, 0, 0, 0, 0], { shape: [3, 2, 2] });

  test('imageGrid: black is 0, white is 1, and what lies beyond is cut', async () => {
    const { width, height, at } = await pixels(imageGrid(images, { imageWidth: 80 }));
    // ceil(sqrt(3)) in a row, with a line of one pixel between them, and 20 units around.
    expect([width, height]).toEqual([2 * (40 + 5 * 40), 2 * (40 + 5 * 40)]);
    expect(at(...place(0, 0, 2, 0, 0))).toEqual([0, 0, 0]);
    expect(at(...place(0, 0, 2, 1, 0))).toEqual([255, 255, 255]);
    expect(at(...place(0, 0, 2, 0, 1))).toEqual([128, 128, 128]);
    expect(at(...place(0, 0, 2, 1, 1))).toEqual([255, 255, 255]);
    expect(at(...place(1, 0, 2, 0, 0))).toEqual([0, 0, 0]);
    // The line between, and the place of the fourth image.
    expect(at(...place(0, 0, 2, 2, 0))).toEqual([255, 255, 255]);
    expect(at(...place(0, 1, 2, 0, 0))).toEqual([0, 0, 0]);
    expect(at(...place(1, 1, 2, 0, 0))).toEqual([255, 255, 255]);
  });

  test('ranges: given, turned round, each its own, shared; bytes', async () => {
    const grey = async (picture: Picture) => {
      const { at } = await pixels(picture);
      return [
        [0, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0, 1, 1],
        [1, 0, 0],
        [1, 1, 0],
      ].map(([column, x, y]) => at(...place(column!, 0, 3, x!, y!))[0]);
    };
    const options = { imageWidth: 80, columns: 3 };
    expect(await grey(imageGrid(images, { ...options, range: [1, 0] }))).toEqual([255, 0, 128, 0, 255, 255]);
    expect(await grey(weightGrid(images, options))).toEqual([0, 128, 64, 255, 0, 255]);
    expect(await grey(weightGrid(images, { ...options, range: 'shared' }))).toEqual([
      85, 170, 128, 255, 0, 85,
    ]);
    const bytes = tensor(Uint8Array.of(0, 255, 128, 7, 255, 0, 0, 0), { shape: [2, 2, 2] });
    expect(await grey(imageGrid(bytes, options))).toEqual([0, 255, 128, 7, 255, 0]);
  });

  test('one value throughout is grey, NaN is black', async () => {
    const { at } = await pixels(weightGrid(tensor([3, 3, 3, 3], { shape: [1, 2, 2] }), { imageWidth: 80 }));
    expect(at(...place(0, 0, 1, 0, 0))).toEqual([128, 128, 128]);
    const nan = await pixels(
      weightGrid(tensor([Number.NaN, 0, 1, 1], { shape: [1, 2, 2] }), { imageWidth: 80 }),
    );
    expect(nan.at(...place(0, 0, 1, 0, 0))).toEqual([0, 0, 0]);
  });

  test('colours, and lists of images', async () => {
    const colour = zeros([3, 2, 2]).clone();
    colour.select(0, 1).fill_(1);
    const { at } = await pixels(imageGrid([colour, zeros([3, 2, 2])], { imageWidth: 80 }));
    expect(at(...place(0, 0, 2, 0, 0))).toEqual([0, 255, 0]);
    expect(at(...place(1, 0, 2, 0, 0))).toEqual([0, 0, 0]);
  });

  test('signed colours: blue below 0, red above, with a measure beside', async () => {
    const values = tensor([-2, 2, 0, 1], { shape: [1, 2, 2] });
    const picture = weightGrid(values, { imageWidth: 80, colours: 'signed' });
    const { width, at } = await pixels(picture);
    expect(width).toBeGreaterThan(2 * 120);
    // The layers share the place of the legend's marks: the image begins a little further in.
    const [blue, red, none] = [at(100, 100), at(180, 100), at(100, 180)];
    expect(blue[2]).toBeGreaterThan(blue[0]! + 80);
    expect(red[0]).toBeGreaterThan(red[2]! + 80);
    expect(Math.min(...none)).toBeGreaterThan(240);
    expect(await texts(picture)).toEqual(expect.arrayContaining(['−2', '0', '2']));
  });

  test('labels and notes stand below', async () => {
    const labels = ['one', 'two', 'three'];
    expect(await texts(imageGrid(images, { labels, notes: ['a', 'b', 'c'], title: 'Three' }))).toEqual(
      expect.arrayContaining(['Three', ...labels, 'a', 'b', 'c']),
    );
  });

  test.each<[string, number[]]>([
    ['one', [1, 28, 28]],
    ['a hundred', [100, 1, 28, 28]],
    ['large ones', [2, 3, 300, 400]],
    ['many small ones', [2500, 5, 5]],
  ])('%s: about as wide as a page', async (_, shape) => {
    const svg = await imageGrid(zeros(shape)).toSvg();
    const [, width, height] = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
    expect(Math.max(Number(width), Number(height))).toBeLessThan(650);
    expect(Math.max(Number(width), Number(height))).toBeGreaterThan(200);
  });

  test('refuses other shapes and numbers', () => {
    expect(() => imageGrid(zeros([28, 28]))).toThrow(ShapeError);
    expect(() => imageGrid(zeros([5, 2, 28, 28]))).toThrow(/with 1 or 3 channels, got \(5, 2, 28, 28\)/);
    expect(() => imageGrid(zeros([0, 28, 28]))).toThrow(/imageGrid: there are no images/);
    expect(() => weightGrid([])).toThrow(/weightGrid: there are no images/);
    expect(() => imageGrid(images, { labels: ['a'] })).toThrow(/1 labels or notes for 3 images/);
    expect(() => imageGrid(images, { columns: 0 })).toThrow(/columns must be a whole number >= 1, got 0/);
    expect(() => weightGrid(zeros([1, 3, 2, 2]), { colours: 'signed' })).toThrow(
      /images of one channel, got 3/,
    );
  });
});

describe('confusionPicture', () => {
  const matrix = tensor([50, 2, 1007, 0], { shape: [2, 2], dtype: 'int32' });

  test('says classes and counts', async () => {
    const found = await texts(confusionPicture(matrix, { labels: ['cat "x"', 'dog'], title: 'Both' }));
    for (const text of ['Both', 'true class', 'predicted class', '50', '2', '1,007', '0', 'dog', '100%']) {
      expect(found).toContain(text);
    }
    expect(found.filter((text) => text.includes('cat')).length).toBe(2);
  });

  test('rows without samples are white; many classes have no figures in their cells', async () => {
    expect(await texts(confusionPicture(zeros([3, 3])))).toContain('0');
    const many = await texts(confusionPicture(zeros([40, 40]).add(7).to('int32')));
    expect(many.filter((text) => text === '7').length).toBeLessThanOrEqual(2);
  });

  test('refuses other shapes and numbers of labels', () => {
    expect(() => confusionPicture(zeros([2, 3]))).toThrow(/shape \(classes, classes\), got \(2, 3\)/);
    expect(() => confusionPicture(matrix, { labels: ['a'] })).toThrow(/1 labels for 2 classes/);
  });
});

describe('decisionBoundary', () => {
  const points = tensor([0, 0, 1, 1, 0, 1, 1, 0], { shape: [4, 2] });
  const targets = tensor([0, 1, 2, 1], { dtype: 'int32' });
  /** Class 1 to the right, else 2 above and 0 below. */
  const quarters = (x: Tensor): Tensor => {
    const [right, above] = [x.select(1, 0).gt(0.5), x.select(1, 1).gt(0.5)];
    return right.to('int32').add(right.eq(0).mul(above).to('int32').mul(2));
  };

  test('areas are where they should be, the axes as in mathematics', async () => {
    const picture = decisionBoundary(quarters, points, targets, {
      labels: ['low', 'right', 'high'],
      title: 'Three',
    });
    const found = await texts(picture);
    expect(found).toEqual(
      expect.arrayContaining(['Three', 'x1', 'x2', 'low', 'right', 'high', 'class', '0.4']),
    );
    const svg = await picture.toSvg();
    const [, url] = /xlink:href="data:image\/png;base64,([^"]*)"/.exec(svg)!;
    const { width, data } = PNG.sync.read(Buffer.from(url!, 'base64'));
    /** Which of red, green and blue is strongest in a pixel. */
    const strongest = (x: number, y: number) => {
      const levels = [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)];
      return ['red', 'green', 'blue'][levels.indexOf(Math.max(...levels))];
    };
    // Class 0 is blue, class 1 a red, class 2 a green; the first row is at the top.
    expect([strongest(5, 5), strongest(235, 5)]).toEqual(['green', 'red']);
    expect([strongest(5, 235), strongest(235, 235)]).toEqual(['blue', 'red']);
    expect(svg.match(/aria-roledescription="circle"/g)).toHaveLength(4);
  });

  test('scores will do, and nothing is recorded', async () => {
    const weight = tensor([1, -1, 0, 0], { shape: [2, 2], requiresGrad: true });
    const outputs: Tensor[] = [];
    const score = (x: Tensor) => {
      outputs.push(x.matmul(weight));
      return outputs[0]!;
    };
    await decisionBoundary(score, points, tensor([0, 1, 0, 1]), { resolution: 20 }).toSvg();
    expect(outputs.map((x) => [x.shape, x.requiresGrad])).toEqual([[[400, 2], false]]);
  });

  test('one point is enough; other shapes and labels are refused', async () => {
    const zero = (x: Tensor) => zeros([x.shape[0]!], { dtype: 'int32' });
    await decisionBoundary(zero, zeros([1, 2]), tensor([0])).toSvg();
    expect(() => decisionBoundary(zero, zeros([3]), targets)).toThrow(/points of shape \(N, 2\) and targets/);
    expect(() => decisionBoundary((x) => x, points.slice(1, 0, 1), targets)).toThrow(ShapeError);
    expect(() => decisionBoundary((x) => x.select(1, 0), points, targets)).toThrow(
      /not a label .* give p\.gt/,
    );
    expect(() => decisionBoundary((x) => x.slice(1, 0, 1), points, targets)).toThrow(
      /scores of two or more classes, got/,
    );
    expect(() => decisionBoundary(quarters, points, targets, { labels: ['a'] })).toThrow(
      /1 labels for 3 classes/,
    );
    expect(() => decisionBoundary(quarters, points, targets, { resolution: 1 })).toThrow(ArgumentError);
  });
});

describe('histogram', () => {
  const bars = (picture: Picture) => {
    const { data } = picture.spec;
    return (data as { values: { found: number; from: number; to: number }[] }).values;
  };

  test('every value is in one interval, the largest too', async () => {
    const picture = histogram([0, 0.1, 0.5, 0.9, 1], { x: 'weight', bins: 2 });
    expect(bars(picture).map(({ from, to, found }) => [from, to, found])).toEqual([
      [0, 0.5, 2],
      [0.5, 1, 3],
    ]);
    expect(await texts(picture)).toEqual(expect.arrayContaining(['weight', 'count']));
  });

  test('several samples are shares, under their names', async () => {
    const picture = histogram({ a: [1, 2], b: tensor([1, 1, 1, 2]) }, { x: 'value', bins: 2 });
    expect(bars(picture).map(({ found }) => found)).toEqual([0.5, 0.5, 0.75, 0.25]);
    expect(await texts(picture)).toEqual(expect.arrayContaining(['a', 'b', 'share', '20%']));
  });

  test('what is not finite is left out, and said', async () => {
    const picture = histogram([1, Number.NaN, 2, Number.POSITIVE_INFINITY], { x: 'v', subtitle: 'before' });
    expect(bars(picture).reduce((sum, { found }) => sum + found, 0)).toBe(2);
    expect(await texts(picture)).toEqual(
      expect.arrayContaining(['before', '2 of the values are not finite']),
    );
    expect(() => histogram([Number.NaN], { x: 'v' })).toThrow(/there is no finite value/);
    expect(() => histogram([1], { x: 'v', bins: 0 })).toThrow(/bins must be a whole number >= 1, got 0/);
  });

  test('one value, equal ones, and very many', async () => {
    for (const values of [[3], [0, 0], range(100_000).map((i) => Math.sin(i))]) {
      const found = bars(histogram(values, { x: 'v' }));
      expect(found.reduce((sum, bar) => sum + bar.found, 0)).toBe(values.length);
      expect(found.length).toBeGreaterThanOrEqual(5);
      expect(found.length).toBeLessThanOrEqual(60);
    }
  });
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('savePicture goes by the ending, and leaves an earlier file where it cannot write', async () => {
  const picture = one({ series: { training: { at: [1], values: [1] } } });
  await savePicture(join(folder, 'a.svg'), picture);
  await savePicture(join(folder, 'a.PNG'), picture);
  expect(String(await readFile(join(folder, 'a.svg')))).toMatch(/^<svg .*<\/svg>$/s);
  expect([...(await readFile(join(folder, 'a.PNG'))).subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  await writeFile(join(folder, 'b.svg'), 'earlier');
  await expect(savePicture(join(folder, 'b.jpg'), picture)).rejects.toThrow(
    /b\.jpg: expected a name that ends in \.svg or \.png/,
  );
  await expect(savePicture(join(folder, 'none', 'b.svg'), picture)).rejects.toThrow(/cannot be written/);
  expect((await readdir(folder)).sort()).toEqual(['a.PNG', 'a.svg', 'b.svg']);
});

test('letters of Greek and Cyrillic are in the PNG', async () => {
  const darkness = async (title: string) => {
    const { width, height, at } = await pixels(
      imageGrid(zeros([1, 1, 1]).add(1), { title, imageWidth: 200 }),
    );
    let dark = 0;
    for (let y = 0; y < Math.min(100, height); y++)
      for (let x = 0; x < width; x++) if (at(x, y)[0]! < 128) dark++;
    return dark;
  };
  // The sign for a missing letter is the same for all.
  const [lambda, zhe, missing, alsoMissing] = await Promise.all(
    ['λλλ', 'жжж', '\u4e00\u4e00\u4e00', '\u4e8c\u4e8c\u4e8c'].map(darkness),
  );
  expect(missing).toBe(alsoMissing);
  expect(new Set([lambda, zhe, missing]).size).toBe(3);
});

describe('sideBySide', () => {
  const frames = ['one', 'two', 'three'].map((title) =>
    decisionBoundary(
      (x) => x.select(1, 0).gt(0).to('int32'),
      tensor([
        [-1, 0],
        [1, 1],
      ]),
      tensor([0, 1]),
      {
        title,
        side: 60,
        legend: false,
      },
    ),
  );

  test('all in a row, or in rows of columns, each under its heading', async () => {
    expect(await texts(sideBySide(frames))).toEqual(expect.arrayContaining(['one', 'two', 'three']));
    const [row, rows] = await Promise.all([
      pixels(sideBySide(frames)),
      pixels(sideBySide(frames, { columns: 2 })),
    ]);
    expect(row.width).toBeGreaterThan(rows.width);
    expect(row.height).toBeLessThan(rows.height);
  });

  test('a plane without a legend does not name the classes', async () => {
    expect(await texts(frames[0]!)).not.toContain('class');
  });

  test('nothing, and no columns', () => {
    expect(() => sideBySide([])).toThrow(
      new ArgumentError('sideBySide: there are no pictures; pass at least one'),
    );
    expect(() => sideBySide(frames, { columns: 0 })).toThrow(/columns must be a whole number >= 1, got 0/);
  });
});
