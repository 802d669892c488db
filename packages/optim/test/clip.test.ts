import { describe, expect, test } from '@jest/globals';
import { ones, type Tensor, tensor } from '@tensortape/autograd';
import { clipGradNorm, clipGradsWithNorm, clipGradValue, getTotalNorm } from '@tensortape/optim';
import fc from 'fast-check';
import { describeIfTorch, worstError } from '../../../scripts/jest/python.ts';

function withGrad(gradient: number[], dtype: 'float32' | 'float64' = 'float64'): Tensor {
  const parameter = tensor(
    gradient.map(() => 0),
    { dtype, requiresGrad: true },
  );
  parameter.grad = tensor(gradient, { dtype });
  return parameter;
}

describe('clipGradNorm', () => {
  test('shortens all gradients together, and returns the norm before', () => {
    const params = [withGrad([3, 0]), ones([2], { requiresGrad: true }), withGrad([4])];
    const gradients = params.map(({ grad }) => grad);
    const norm = clipGradNorm(params, 1);
    expect([norm.item(), norm.shape]).toEqual([5, []]);
    expect(params[0]!.grad!.at(0).item()).toBeCloseTo(3 / (5 + 1e-6), 12);
    expect(params[2]!.grad!.item()).toBeCloseTo(4 / (5 + 1e-6), 12);
    // In place: whoever holds a gradient sees it clipped.
    expect(params.map(({ grad }) => grad)).toEqual(gradients);
  });

  test('leaves short gradients alone, to the bit', () => {
    const w = withGrad([0.1, 0.2]);
    clipGradNorm(w, 10);
    clipGradNorm([w], Number.POSITIVE_INFINITY);
    expect(w.grad!.toArray()).toEqual([0.1, 0.2]);
  });

  test('is 0 where there are no gradients', () => {
    expect(clipGradNorm([ones([1])], 1).item()).toBe(0);
    expect(clipGradNorm([], 1).item()).toBe(0);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses a norm of %d on request', (bad) => {
    const w = withGrad([bad, 1]);
    expect(() => clipGradNorm([w], 1, { errorIfNonfinite: true })).toThrow(
      `clipGradNorm: the norm of order 2 is ${bad}, so the gradients cannot be clipped; look for its source with detectAnomaly`,
    );
    expect(w.grad!.toArray()).toEqual([bad, 1]);
    expect(clipGradNorm([w], 1).item()).toBe(bad);
    expect(w.grad!.toArray()).toEqual([Number.NaN, Number.isNaN(bad) ? Number.NaN : 0]);
  });

  test('refuses wrong arguments', () => {
    const w = withGrad([1]);
    expect(() => clipGradNorm([w], -1)).toThrow('clipGradNorm: maxNorm must be a number >= 0, got -1');
    expect(() => clipGradNorm([w], Number.NaN)).toThrow(/got NaN/);
    expect(() => clipGradNorm([w], 1, { normType: Number.NaN })).toThrow(/NaN/);
    expect(() => clipGradNorm(JSON.parse('[1]'), 1)).toThrow(
      'clipGradNorm: parameter 0 is not a tensor; pass net.parameters()',
    );
  });
});

test('getTotalNorm and clipGradsWithNorm are the halves of clipGradNorm', () => {
  const make = () => [withGrad([3, 0]), ones([2], { requiresGrad: true }), withGrad([4])];
  const [whole, halves] = [make(), make()];
  const gradients = halves.flatMap(({ grad }) => grad ?? []);
  const norm = getTotalNorm(gradients, { normType: 3 });
  expect(norm.item()).toBe(clipGradNorm(whole, 2, { normType: 3 }).item());
  expect(norm.item()).toBeCloseTo(91 ** (1 / 3), 12);
  clipGradsWithNorm(halves, 2, norm);
  expect(halves.map(({ grad }) => grad?.toArray())).toEqual(whole.map(({ grad }) => grad?.toArray()));
  expect(halves[0]?.grad?.at(0).item()).toBeCloseTo(6 / 91 ** (1 / 3), 5);
  expect(getTotalNorm([]).item()).toBe(0);
  const bad = tensor([Number.POSITIVE_INFINITY]);
  expect(() => getTotalNorm(bad, { errorIfNonfinite: true })).toThrow(
    /^getTotalNorm: the norm of order 2 is Infinity/,
  );
  expect(() => getTotalNorm(JSON.parse('[1]'))).toThrow(/^getTotalNorm: parameter 0 is not a tensor/);
  expect(() => clipGradsWithNorm(halves, Number.NaN, norm)).toThrow(
    'clipGradsWithNorm: maxNorm must be a number >= 0, got NaN',
  );
});

describe('clipGradValue', () => {
  test('bounds every element, in place', () => {
    const [a, b] = [withGrad([3, -0.5]), withGrad([-2])];
    const gradient = a.grad!;
    clipGradValue([a, ones([1], { requiresGrad: true }), b], 1);
    expect([gradient.toArray(), b.grad!.toArray()]).toEqual([[1, -0.5], [-1]]);
  });

  test('refuses wrong arguments', () => {
    expect(() => clipGradValue([withGrad([1])], -1)).toThrow(
      'clipGradValue: clipValue must be a number >= 0, got -1',
    );
    expect(() => clipGradValue(JSON.parse('["w"]'), 1)).toThrow(/parameter 0 is not a tensor/);
  });
});

const script = `
import torch

def run(given):
    dtype = getattr(torch, given['dtype'])
    params = []
    for gradient in given['gradients']:
        params.append(torch.zeros(len(gradient), dtype=dtype, requires_grad=True))
        params[-1].grad = torch.tensor(gradient, dtype=dtype)
    norm = None
    if given['value'] is None:
        norm = torch.nn.utils.clip_grad_norm_(params, given['norm'], float(given['order'])).item()
    else:
        torch.nn.utils.clip_grad_value_(params, given['value'])
    return {'norm': norm, 'gradients': [param.grad.tolist() for param in params]}
`;

describeIfTorch('equals PyTorch', script, (ask) => {
  test('over norms, orders and bounds', async () => {
    const gradient = fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 1, maxLength: 4 });
    const gradients = fc.array(gradient, { minLength: 1, maxLength: 3 });
    const order = fc.constantFrom(1, 2, 3, 0.5, Number.POSITIVE_INFINITY);
    const dtype = fc.constantFrom('float32' as const, 'float64' as const);
    const value = fc.option(fc.double({ min: 0, max: 9, noNaN: true }));
    await fc.assert(
      fc.asyncProperty(gradients, order, dtype, value, async (gradients, order, dtype, value) => {
        const params = gradients.map((values) => withGrad(values, dtype));
        const norm = value === null ? clipGradNorm(params, 2, { normType: order }).item() : null;
        if (value !== null) clipGradValue(params, value);
        const theirs = await ask({ gradients, dtype, norm: 2, order: String(order), value });
        const ours = { norm, gradients: params.map(({ grad }) => grad!.toArray()) };
        expect(worstError(ours, theirs)).toBeLessThan(dtype === 'float64' ? 1e-12 : 1e-5);
      }),
    );
  });
});
