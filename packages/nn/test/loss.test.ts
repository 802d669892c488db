import { describe, expect, test } from '@jest/globals';
import { noGrad, ones, randn, type Tensor, tensor, zeros } from '@tensortape/autograd';
import * as nn from '@tensortape/nn';
import { functional } from '@tensortape/nn';

const classes = (values: number[]) => tensor(values, { dtype: 'int32' });
const scores = tensor([
  [1, 2, 3],
  [0, 0, 0],
]);

describe('cross entropy', () => {
  test('of even scores is the logarithm of the number of classes', () => {
    expect(functional.crossEntropy(zeros([4, 10]), classes([0, 3, 9, 1])).item()).toBeCloseTo(
      Math.log(10),
      6,
    );
  });

  test('takes uint8 labels, one-dimensional scores and further axes', () => {
    const expected = functional.crossEntropy(scores, classes([2, 0])).item();
    expect(functional.crossEntropy(scores, tensor(Uint8Array.of(2, 0))).item()).toBe(expected);
    const one = functional.crossEntropy(scores.select(0, 0), tensor(2, { dtype: 'int32' }));
    expect(one.item()).toBeCloseTo(-scores.select(0, 0).logSoftmax(0).toTypedArray()[2]!, 6);
    const image = scores.T.unsqueeze(0);
    expect(functional.crossEntropy(image, tensor([[2, 0]], { dtype: 'int32' })).item()).toBeCloseTo(
      expected,
      6,
    );
  });

  test('one-hot probabilities are classes', () => {
    const oneHot = tensor([
      [0, 0, 1],
      [1, 0, 0],
    ]);
    const options = { labelSmoothing: 0.2, weight: tensor([1, 1, 1]) };
    expect(functional.crossEntropy(scores, oneHot, options).item()).toBeCloseTo(
      functional.crossEntropy(scores, classes([2, 0]), options).item(),
      6,
    );
  });

  test('ignored targets count in nothing, and get no gradient', () => {
    const x = scores.clone().requiresGrad_();
    const loss = functional.crossEntropy(x, classes([2, -1]), { ignoreIndex: -1, labelSmoothing: 0.1 });
    const alone = functional.crossEntropy(scores.slice(0, 0, 1), classes([2]), { labelSmoothing: 0.1 });
    expect(loss.item()).toBeCloseTo(alone.item(), 6);
    loss.backward();
    expect(x.grad?.select(0, 1).toArray()).toEqual([0, 0, 0]);
    expect(x.grad?.select(0, 0).abs().sum().item()).toBeGreaterThan(0.1);
    expect(functional.crossEntropy(scores, classes([-100, -100])).item()).toBeNaN();
  });

  test('targets that are no classes', () => {
    const loss = new nn.CrossEntropyLoss();
    expect(() => loss.forward(scores, classes([2, 3]))).toThrow(
      'crossEntropyLoss: crossEntropy: target 3 (element 1) is not one of the 3 classes 0 … 2 of scores of shape (2, 3)',
    );
    expect(() => loss.forward(scores, classes([-1, 0]))).toThrow(/target -1 \(element 0\)/);
    expect(() => loss.forward(scores, classes([0]))).toThrow(
      /the target has shape \(1,\), expected \(2,\) for scores of shape \(2, 3\)$/,
    );
    expect(() => loss.forward(scores, classes([0, 1]).unsqueeze(1))).toThrow(/shape \(2, 1\), expected/);
    expect(() => loss.forward(scores, scores.to('int32'))).toThrow(/turn one-hot rows into classes/);
    expect(() => loss.forward(scores, tensor([0, 1]))).toThrow(
      /the target is float32 of shape \(2,\); expected classes as int32 of shape \(2,\), or probabilities of shape \(2, 3\)$/,
    );
    expect(() => loss.forward(scores, tensor([true, false]))).toThrow(/the target is bool/);
    expect(() => loss.forward(tensor(1), classes([0]))).toThrow(/got a 0-dimensional tensor/);
  });

  test('bad options', () => {
    const run = (options: nn.functional.CrossEntropyOptions) => () =>
      functional.crossEntropy(scores, classes([0, 1]), options);
    expect(run({ labelSmoothing: 1.1 })).toThrow('crossEntropy: labelSmoothing must be from 0 to 1, got 1.1');
    expect(() => functional.crossEntropy(scores, scores, { ignoreIndex: 1 })).toThrow(
      /^crossEntropy: ignoreIndex 1 has no meaning for a target of probabilities/,
    );
    expect(run({ weight: ones([2]) })).toThrow(/weight has shape \(2,\), expected \(3,\)/);
    expect(run(JSON.parse('{"reduction": "avg"}'))).toThrow(
      "crossEntropy: unknown reduction 'avg'; known are mean, sum and none",
    );
  });

  test('NLLLoss is cross entropy of log-probabilities', () => {
    const [x, target] = [randn([5, 3]), classes([0, 2, 1, 1, 0])];
    const options = { weight: tensor([0.5, 1, 2]), ignoreIndex: 2 };
    expect(new nn.NLLLoss(options).forward(x.logSoftmax(1), target).item()).toBeCloseTo(
      new nn.CrossEntropyLoss(options).forward(x, target).item(),
      6,
    );
    expect(() => functional.nllLoss(x, tensor([0, 2, 1, 1, 0]))).toThrow(
      /^nllLoss: the target is float32 of shape \(5,\); expected classes as int32 of shape \(5,\)$/,
    );
  });

  test('class weights are a buffer, so they are saved', () => {
    const loss = new nn.CrossEntropyLoss({ weight: tensor([1, 2, 3]) });
    expect([...loss.stateDict().keys()]).toEqual(['weight']);
    expect(loss.parameters()).toEqual([]);
    expect(new nn.CrossEntropyLoss().stateDict().size).toBe(0);
    noGrad(() => loss.weight?.fill_(1));
    expect(loss.forward(scores, classes([2, 0])).item()).toBeCloseTo(
      functional.crossEntropy(scores, classes([2, 0])).item(),
      6,
    );
  });
});

const pairLosses: [string, (input: Tensor, target: Tensor) => Tensor][] = [
  ['mseLoss', (x, y) => new nn.MSELoss().forward(x, y)],
  ['l1Loss', (x, y) => new nn.L1Loss().forward(x, y)],
  ['binaryCrossEntropyWithLogits', (x, y) => new nn.BCEWithLogitsLoss().forward(x, y)],
];
test.each(pairLosses)('%s refuses shapes that would broadcast', (name, loss) => {
  expect(() => loss(ones([3]), ones([3, 1]))).toThrow(
    `${name}: the input has shape (3,), the target (3, 1); they must be equal: reshape one, or expand it`,
  );
  expect(loss(ones([3]), ones([3])).shape).toEqual([]);
});

test('values and reductions', () => {
  const [x, y] = [tensor([1, 2, 5]), tensor([1, 4, 1])];
  expect(functional.mseLoss(x, y, { reduction: 'none' }).toArray()).toEqual([0, 4, 16]);
  expect(functional.mseLoss(x, y, { reduction: 'sum' }).item()).toBe(20);
  expect(functional.l1Loss(x, y).item()).toBe(2);
  expect(functional.mseLoss(x, y.to('int32')).item()).toBeCloseTo(20 / 3, 5);
  expect(() => functional.l1Loss(x, y, JSON.parse('{"reduction": "max"}'))).toThrow(
    /^l1Loss: unknown reduction 'max'/,
  );
});

test('binary cross entropy does not overflow', () => {
  const x = tensor([1000, -1000], { requiresGrad: true });
  const loss = functional.binaryCrossEntropyWithLogits(x, tensor([0, 1]), { reduction: 'none' });
  expect(loss.toArray()).toEqual([1000, 1000]);
  loss.sum().backward();
  expect(x.grad?.toArray()).toEqual([1, -1]);
});

test('binary cross entropy weighs positive targets and elements as PyTorch 2.13 does', () => {
  const f64 = (data: number[] | number[][]) => tensor(data, { dtype: 'float64' });
  const logits = f64([
    [0.5, -1],
    [2, 0],
  ]);
  const target = f64([
    [1, 0],
    [0.25, 1],
  ]);
  const towards = new nn.BCEWithLogitsLoss({ posWeight: f64([3, 0.5]) });
  expect(towards.forward(logits, target).item()).toBeCloseTo(0.9431145617257436, 14);
  const weighed = new nn.BCEWithLogitsLoss({ weight: f64([2, 1]), reduction: 'sum' });
  expect(weighed.forward(logits, target).item()).toBeCloseTo(5.208418858524326, 14);
});

test('TripletMarginWithDistanceLoss takes a function, and a module, which it trains', () => {
  class Scaled extends nn.Module {
    factor = new nn.Parameter(tensor([2]));
    forward(x: Tensor, y: Tensor): Tensor {
      return x.sub(y).abs().sum(-1).mul(this.factor);
    }
  }
  const [anchor, positive, negative] = [tensor([[0, 0]]), tensor([[1, 2]]), tensor([[1, 1]])];
  const plain = new nn.TripletMarginWithDistanceLoss({ distanceFunction: (x, y) => x.sub(y).abs().amax(-1) });
  expect(plain.forward(anchor, positive, negative).item()).toBe(2);
  const learned = new nn.TripletMarginWithDistanceLoss({ distanceFunction: new Scaled() });
  expect([...learned.stateDict().keys()]).toEqual(['distance_function.factor']);
  const loss = learned.forward(anchor, positive, negative);
  loss.backward();
  expect([loss.item(), learned.parameters()[0]?.grad?.item()]).toEqual([3, 1]);
});

test('triplets with a swap take the smaller distance to the negative', () => {
  const [anchor, positive, negative] = [tensor([[0, 0]]), tensor([[0, 3]]), tensor([[0, 5]])];
  const far = { margin: 4, reduction: 'sum' } as const;
  for (const Loss of [nn.TripletMarginLoss, nn.TripletMarginWithDistanceLoss]) {
    expect(new Loss(far).forward(anchor, positive, negative).item()).toBeCloseTo(2, 4);
    expect(new Loss({ ...far, swap: true }).forward(anchor, positive, negative).item()).toBeCloseTo(5, 4);
  }
});

test('the loss of an adaptive softmax is the mean', () => {
  const softmax = new nn.AdaptiveLogSoftmaxWithLoss(4, 5, [1, 3]);
  const { output, loss } = softmax.forward(randn([3, 4]), classes([0, 2, 4]));
  expect(output.shape).toEqual([3]);
  expect(loss.item()).toBeCloseTo(-output.mean().item(), 6);
  expect(loss.item()).toBeGreaterThan(0);
});
