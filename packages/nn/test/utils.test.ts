import { describe, expect, test } from '@jest/globals';
import { ones, tensor } from '@tensortape/autograd';
import * as nn from '@tensortape/nn';
import { utils } from '@tensortape/nn';

describe('parameters as a vector', () => {
  test('go there and back, with gradients', () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.Linear(2, 1));
    const vector = utils.parametersToVector(net.parameters());
    expect(vector.toArray()).toEqual(net.parameters().flatMap((p) => [...p.toTypedArray()]));
    vector.mul(2).sum().backward();
    expect(net.at(0).parameters()[0]?.grad?.toArray()).toEqual([
      [2, 2],
      [2, 2],
    ]);
    const before = net.parameters();
    utils.vectorToParameters(vector.mul(3), net.parameters());
    expect(utils.parametersToVector(net.parameters()).toArray()).toEqual(vector.mul(3).toArray());
    expect(net.parameters()).toEqual(before);
    expect(before.every(({ isLeaf, requiresGrad }) => isLeaf && requiresGrad)).toBe(true);
  });

  test('refuse what does not fit, and write nothing', () => {
    const fc = new nn.Linear(2, 1);
    const values = fc.weight.toArray();
    expect(() => utils.vectorToParameters(ones([4]), fc.parameters())).toThrow(
      'vectorToParameters: the vector has shape (4,), the parameters 3 elements together',
    );
    expect(fc.weight.toArray()).toEqual(values);
    expect(() => utils.parametersToVector([])).toThrow(/there are no parameters; pass net\.parameters\(\)/);
    expect(() => utils.parametersToVector(JSON.parse('[1]'))).toThrow(/parameter 0 is not a tensor/);
  });
});

describe('sequences of several lengths', () => {
  const sequences = [tensor([[1, 2]]), tensor([[3, 4], [5, 6], [7, 8]])]; // biome-ignore format: short

  test('are filled up, on either side, and taken apart again', () => {
    const batch = utils.padSequence(sequences, { paddingValue: 9 });
    expect(batch.shape).toEqual([3, 2, 2]);
    expect(batch.select(1, 0).toArray()).toEqual([
      [1, 2],
      [9, 9],
      [9, 9],
    ]);
    const first = utils.padSequence(sequences, { batchFirst: true, paddingSide: 'left' });
    expect(first.select(0, 0).toArray()).toEqual([
      [0, 0],
      [0, 0],
      [1, 2],
    ]);
    const back = utils.unpadSequence(batch, [1, 3]);
    expect(back.map((x) => x.toArray())).toEqual(sequences.map((x) => x.toArray()));
  });

  test('let gradients through', () => {
    const x = ones([2]).requiresGrad_();
    utils
      .padSequence([x, ones([3])])
      .mul(2)
      .sum()
      .backward();
    expect(x.grad?.toArray()).toEqual([2, 2]);
  });

  test('refuse what does not fit', () => {
    expect(() => utils.padSequence([ones([2, 3]), ones([2, 4])])).toThrow(
      'padSequence: sequence 1 has shape (2, 4), the first (2, 3); they are (length, …)',
    );
    expect(() => utils.padSequence([tensor(1)])).toThrow(/sequence 0 has shape \(\)/);
    expect(() => utils.padSequence([])).toThrow(/^padSequence: there are no/);
    expect(() => utils.padSequence(sequences, JSON.parse('{"side": "left"}'))).toThrow(
      /unknown option 'side'/,
    );
    expect(() => utils.unpadSequence(ones([3, 2]), [1, 4])).toThrow(
      'unpadSequence: lengths are [1, 4], expected 2 whole numbers up to 3 for a tensor of shape (3, 2)',
    );
    expect(() => utils.unpadSequence(ones([3, 2]), [1])).toThrow(/expected 2 whole numbers/);
  });
});

describe('updateBn', () => {
  const net = () =>
    new nn.Sequential(new nn.Linear(1, 1), new nn.BatchNorm1d(1, { momentum: 0.3 }), new nn.Dropout(0.5));
  const batches = [tensor([[0], [2]]), tensor([[4], [8]])];

  test('gives the statistics of the present weights, and restores momentum and mode', () => {
    const one = net().eval();
    const [fc, norm] = one.children();
    if (!(fc instanceof nn.Linear && norm instanceof nn.BatchNorm1d)) throw new Error('expected both');
    fc.loadStateDict(new Map([['weight', tensor([[2]])], ['bias', tensor([1])]])); // biome-ignore format: short
    norm.forward(ones([3, 1]));
    utils.updateBn(batches, one);
    expect([norm.runningMean?.item(), norm.runningVar?.item()]).toEqual([8, 20]);
    expect(norm.numBatchesTracked?.item()).toBe(2);
    expect([norm.momentum, one.training, norm.training]).toEqual([0.3, false, false]);
    utils.updateBn([[batches[0]!, 'label']], one);
    expect(norm.runningMean?.item()).toBe(3);
  });

  test('restores them too when a batch does not fit, and does nothing without a batch normalization', () => {
    const one = net().eval();
    expect(() => utils.updateBn([ones([2, 3])], one)).toThrow(/^sequential\.0: expected 1 input features/);
    expect([one.training, one.children().map((x) => x.training)]).toEqual([false, [false, false, false]]);
    const fc = new nn.Linear(1, 1);
    utils.updateBn([ones([2, 3])], fc);
  });
});
