import { imageGrid, sideBySide } from '@tensortape/plot';
import { arange, nn, stack, type Tensor, tensor } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import * as naive from '../shared/naive.ts';

/** Convolution as image processing: a filter that sees greys, and one that sees horizontal edges of the blue channel. */
export async function imageProcessing(desk: Desk): Promise<void> {
  const images = stack([ball(96), stripes(96)]);
  const window = { size: 3, stride: 1, padding: 1 };
  const filtered = nn.functional.conv2d(images, filters, bias, window);
  const expected = naive.conv(images, filters, bias, window);
  desk.figures.near(
    'grey and edge filter: largest difference from nested loops',
    0,
    filtered.sub(expected).abs().max().item(),
    1e-11,
  );

  const [red, green, blue] = [0, 1, 2].map((channel) => images.narrow(1, channel, 1)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const grey = red.mul(0.3).add(green.mul(0.6)).add(blue.mul(0.1));
  desk.figures.near(
    'grey filter: 0.3 red + 0.6 green + 0.1 blue',
    0,
    filtered.narrow(1, 0, 1).sub(grey).abs().max().item(),
    1e-12,
  );
  desk.figures.near('edge filter where there is no edge', 128, filtered.at(0, 1, 2, 2).item(), 1e-12);

  const picture = (title: string, levels: Tensor) =>
    imageGrid(levels, { title, range: [0, 255], columns: 1, imageWidth: 192 });
  await desk.draw(
    'b-filters.png',
    sideBySide(
      [
        picture('images', images),
        picture('grey', filtered.narrow(1, 0, 1)),
        picture('edges of blue', filtered.narrow(1, 1, 1)),
      ],
      { title: 'Convolution as image processing', subtitle: 'Two 3 x 3 filters on two images' },
    ),
  );
}

const zero = [
  [0, 0, 0],
  [0, 0, 0],
  [0, 0, 0],
];
const middle = (weight: number) => [
  [0, 0, 0],
  [0, weight, 0],
  [0, 0, 0],
];
const filters = tensor(
  [
    [middle(0.3), middle(0.6), middle(0.1)],
    [
      zero,
      zero,
      [
        [1, 2, 1],
        [0, 0, 0],
        [-1, -2, -1],
      ],
    ],
  ],
  { dtype: 'float64' },
);
/** 128, so that edges upwards are darker than the ground, and edges downwards lighter. */
const bias = tensor([0, 128], { dtype: 'float64' });

/** The rows and columns of an image, from -1 to 1. */
function places(side: number): [y: Tensor, x: Tensor] {
  const line = arange(side, { dtype: 'float64' })
    .mul(2 / (side - 1))
    .sub(1);
  return [line.unsqueeze(1).expand([side, side]), line.expand([side, side])];
}

/** A lit ball on a blue ground. */
function ball(side: number): Tensor {
  const [y, x] = places(side);
  const inside = x.square().add(y.square()).lt(0.5).to('float64');
  const light = x.add(0.3).square().add(y.add(0.3).square()).neg().exp();
  const outside = inside.neg().add(1);
  return stack([
    inside.mul(light).mul(235),
    inside.mul(light).mul(120).add(outside.mul(70)),
    inside.mul(light).mul(40).add(outside.mul(190)),
  ]);
}

/** Stripes of two colours over a gradient. */
function stripes(side: number): Tensor {
  const [y, x] = places(side);
  const stripe = y.add(x.mul(0.4)).mul(12).sin().gt(0).to('float64');
  return stack([x.add(1).mul(110), stripe.mul(150).add(50), y.add(1).mul(70).add(stripe.mul(60))]);
}
