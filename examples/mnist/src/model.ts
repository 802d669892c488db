import { nn, type Tensor } from 'tensortape';

/** Mean and standard deviation of the grey levels of MNIST's training images, from 0 to 1. */
const [mean, std] = [0.1307, 0.3081];

/** Whatever gives each of the ten digits a score. */
export abstract class DigitClassifier extends nn.Module {
  /** In a few words. */
  abstract readonly name: string;
  /** What the first layer looks at: weights, units x rows x columns. */
  abstract get filters(): Tensor;

  /**
   * @param images Grey levels from 0 to 1, N x 784.
   * @returns The scores of the digits, N x 10: their softmax is the probability of each.
   */
  abstract override forward(images: Tensor): Tensor;
}

/** One hidden layer with ReLU. */
export class Perceptron extends DigitClassifier {
  readonly name: string;
  fc1: nn.Linear;
  fc2: nn.Linear;

  /** @param hidden How many hidden units. */
  constructor(hidden: number) {
    super();
    this.name = `784-${hidden}-10`;
    this.fc1 = new nn.Linear(784, hidden);
    this.fc2 = new nn.Linear(hidden, 10);
  }

  override forward(images: Tensor): Tensor {
    const standardised = images.sub(mean).div(std);
    return this.fc2.forward(this.fc1.forward(standardised).relu());
  }

  override get filters(): Tensor {
    return this.fc1.weight.detach().reshape([-1, 28, 28]);
  }
}

/** Two convolutions and three linear layers: LeNet-5 (Y. LeCun et al., 1998) with ReLU and largest instead of mean values. */
export class LeNet extends DigitClassifier {
  readonly name = 'convolutional';
  conv1 = new nn.Conv2d(1, 6, 5, { padding: 2 });
  conv2 = new nn.Conv2d(6, 16, 5);
  fc1 = new nn.Linear(400, 120);
  fc2 = new nn.Linear(120, 84);
  fc3 = new nn.Linear(84, 10);
  pool = new nn.MaxPool2d(2);

  override forward(images: Tensor): Tensor {
    let x = images.sub(mean).div(std).reshape([-1, 1, 28, 28]);
    x = this.pool.forward(this.conv1.forward(x).relu()); // 6 x 14 x 14
    x = this.pool.forward(this.conv2.forward(x).relu()); // 16 x 5 x 5
    x = this.fc1.forward(x.flatten(1)).relu();
    x = this.fc2.forward(x).relu();
    return this.fc3.forward(x);
  }

  override get filters(): Tensor {
    return this.conv1.weight.detach().squeeze(1);
  }
}
