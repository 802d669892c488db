import { nn, type Tensor } from 'tensortape';

/** Mean and standard deviation of the grey levels of MNIST's training images, from 0 to 1. */
const [mean, std] = [0.1307, 0.3081];

/** A digit classifier: 784 pixels, one hidden layer with ReLU, a score for each of the ten digits. */
export class DigitClassifier extends nn.Module {
  fc1: nn.Linear;
  fc2: nn.Linear;

  /** @param hidden How many hidden units. */
  constructor(hidden: number) {
    super();
    this.fc1 = new nn.Linear(784, hidden);
    this.fc2 = new nn.Linear(hidden, 10);
  }

  /**
   * @param images Grey levels from 0 to 1, N x 784.
   * @returns The scores of the digits, N x 10: their softmax is the probability of each.
   */
  override forward(images: Tensor): Tensor {
    const standardised = images.sub(mean).div(std);
    return this.fc2.forward(this.fc1.forward(standardised).relu());
  }
}
