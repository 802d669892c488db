import { nn, RandomState, type Tensor } from 'tensortape';
import { checkModule } from 'tensortape/verify';
import type { Desk } from '../shared/desk.ts';
import { show } from '../shared/figures.ts';
import { gradientErrors } from '../shared/gradientErrors.ts';
import { toyLabels } from '../shared/toy.ts';
import type { Classifier } from '../shared/train.ts';
import { objective, TwoLayerNet } from '../shared/twoLayerNet.ts';
import { ConvNet } from './convNet.ts';

/**
 * Where differences reach their limits: saturated units and tiny weights have gradients so small that rounding shows. The formula of the
 * courses then gives large errors for right gradients; `checkModule` knows how far its differences can be trusted.
 */
export function limits(desk: Desk): void {
  const random = new RandomState(0);
  const net = new TwoLayerNet([4, 10, 3], { activation: 'sigmoid' }).drawWeights(random, 0.1);
  const x = new RandomState(1).randn(5, 4).mul(10);
  check(desk, 'saturated sigmoid', { published: 2e-6, loss: new Loss(net, toyLabels, 0.1), x });
  check(desk, 'ConvNet, weights of 1e-3', { published: 1e-6, ...tinyWeights(2) });
  // With this seed a ReLU or a maximum changes between x - h and x + h, so the formula compares with no derivative at all.
  check(desk, 'the same beside a kink', tinyWeights(0));
}

function tinyWeights(seed: number) {
  const random = new RandomState(seed);
  const net = new ConvNet({ side: 8, filters: 3, size: 3, dtype: 'float64' }).drawWeights(random);
  const x = random.randn(2, 3, 8, 8);
  return { loss: new Loss(net, random.randint(0, 10, [2]), 0), x };
}

/** What a classifier is trained by, as a module. */
class Loss extends nn.Module {
  readonly net: Classifier;
  readonly #labels: Tensor;
  readonly #reg: number;

  constructor(net: Classifier, labels: Tensor, reg: number) {
    super();
    this.net = net;
    this.#labels = labels;
    this.#reg = reg;
  }

  override forward(x: Tensor): Tensor {
    return objective(this.net, this.net.forward(x), this.#labels, this.#reg);
  }
}

function check(
  { figures }: Desk,
  what: string,
  { published, loss, x }: { published?: number; loss: Loss; x: Tensor },
): void {
  const errors = gradientErrors(Object.fromEntries(loss.namedParameters()), () => loss.forward(x));
  const worst = Math.max(...Object.values(errors));
  const line = `${what}: error by the formula`;
  if (published === undefined) figures.shown(line, '', show(worst));
  else figures.atMost(line, 2 * published, worst, published);
  const wrong = checkModule(loss, [x], { coordinates: 8 }).verdicts.filter(
    ({ status }) => status !== 'right',
  );
  figures.same(
    `${what}: what checkModule does not find right`,
    'nothing',
    wrong.map(({ name }) => name).join() || 'nothing',
  );
}
