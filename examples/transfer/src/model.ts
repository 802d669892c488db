import { nn, type Tensor } from 'tensortape';

/** A ConvNet for digits, N x 784: what it sees (`features`), and what it makes of that (`head`). In PyTorch the same names give the same file. */
export class ConvNet extends nn.Module {
  features = new nn.Sequential(
    new nn.Conv2d(1, 8, 5),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(8, 16, 5),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
  );
  head: nn.Linear;

  /** @param classes How many the head tells apart. */
  constructor(classes: number) {
    super();
    this.head = new nn.Linear(256, classes);
  }

  override forward(images: Tensor): Tensor {
    return this.head.forward(this.features.forward(images.reshape([-1, 1, 28, 28])));
  }
}
