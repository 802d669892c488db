import { RandomState } from 'tensortape';
import type { Desk } from '../shared/desk.ts';
import { objective } from '../shared/twoLayerNet.ts';
import { ConvNet } from './convNet.ts';

/** The loss of a net that knows nothing yet: ln 10 for ten classes, and what regularisation adds. */
export function convNetLoss({ figures }: Desk): void {
  const random = new RandomState(0);
  const net = new ConvNet().drawWeights(random);
  const images = random.randn(50, 3, 32, 32).to('float32');
  const labels = random.randint(0, 10, [50]);
  const loss = (reg: number) => objective(net, net.forward(images), labels, reg).item();
  figures.near('loss of an untrained ConvNet', Math.LN10, loss(0), 1e-3);
  // Half the sum of 84,320 squares of normals times 1e-3: three standard deviations on either side.
  figures.near('what reg 1 adds to it', 0.0422, loss(1) - loss(0), 6e-4);
}
