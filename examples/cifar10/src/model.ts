import { nn } from 'tensortape';

/** A convolution, normalised over the batch, and a pooling that halves the image. */
const stage = (inputs: number, outputs: number) => [
  new nn.Conv2d(inputs, outputs, 3, { padding: 1, bias: false }),
  new nn.BatchNorm2d(outputs),
  new nn.ReLU(),
  new nn.MaxPool2d(2),
];

/**
 * A small ConvNet for images of 32 x 32 pixels: three stages, each of twice as many channels at half the width, the mean of each channel, and a
 * linear layer.
 *
 * @param channels Of the first stage.
 */
export const convNet = (channels: number) =>
  new nn.Sequential(
    ...stage(3, channels),
    ...stage(channels, 2 * channels),
    ...stage(2 * channels, 4 * channels),
    new nn.AdaptiveAvgPool2d(1),
    new nn.Flatten(),
    new nn.Linear(4 * channels, 10),
  );
