import { distributions, nn, type Tensor } from 'tensortape';

const { Normal, klDivergence } = distributions;

/** A variational autoencoder: it squeezes a digit into a few numbers and draws it again from them (D. Kingma, M. Welling, 2014). */
export class Vae extends nn.Module {
  /** How many numbers stand for a digit. */
  readonly latent: number;
  encoder: nn.Linear;
  loc: nn.Linear;
  logScale: nn.Linear;
  decoder: nn.Sequential;

  constructor(hidden: number, latent: number) {
    super();
    this.latent = latent;
    this.encoder = new nn.Linear(784, hidden);
    this.loc = new nn.Linear(hidden, latent);
    this.logScale = new nn.Linear(hidden, latent);
    this.decoder = new nn.Sequential(
      new nn.Linear(latent, hidden),
      new nn.ReLU(),
      new nn.Linear(hidden, 784),
    );
  }

  /** Where, in the space of the few numbers, images N x 784 may lie: N x latent. */
  encode(images: Tensor): distributions.Normal {
    const hidden = this.encoder.forward(images).relu();
    return new Normal(this.loc.forward(hidden), this.logScale.forward(hidden).exp());
  }

  /** The images, N x 784, grey levels from 0 to 1, that numbers N x latent stand for. */
  decode(numbers: Tensor): Tensor {
    return this.decoder.forward(numbers).sigmoid();
  }

  /**
   * The negative evidence lower bound, in nats an image: what it costs to say where images N x 784 lie, and then to correct what is
   * drawn from there.
   */
  override forward(images: Tensor): Tensor {
    const place = this.encode(images);
    const scores = this.decoder.forward(place.rsample());
    const correction = nn.functional.binaryCrossEntropyWithLogits(scores, images, { reduction: 'sum' });
    return correction.add(klDivergence(place, new Normal(0, 1)).sum()).div(images.shape[0]!);
  }
}
