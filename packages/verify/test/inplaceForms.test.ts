import { describe, expect, test } from '@jest/globals';
import { Tensor, tensor } from '@tensortape/autograd';
import { type RegisteredOp, registry } from '@tensortape/autograd/registry';
import { verifyOp } from '@tensortape/verify';
import { isFloating } from '../src/ops/call.ts';

type InPlaceMethod = (this: Tensor, ...operands: readonly unknown[]) => Tensor;

/** The method `name_` of tensors, if there is one. */
function inPlaceForm({ name }: RegisteredOp): InPlaceMethod | null {
  const { [`${name}_` as keyof Tensor]: method } = tensor(0);
  return typeof method === 'function' ? (method as InPlaceMethod) : null;
}

const forms = registry.flatMap((op) => {
  const form = inPlaceForm(op);
  return form === null ? [] : [[op.name, op, form] as const];
});

/** Methods that share a name with an operation without being its form: random fills, and a change of dtype. */
const others: readonly string[] = ['bernoulli', 'normal', 'to'];

describe('in-place forms give values and derivatives of every order as the operations do', () => {
  test.each(forms.filter(([name]) => !others.includes(name)))('%s_', (name, op, form) => {
    let changed = 0;
    const call = (...[x, ...operands]: readonly unknown[]) => {
      const result = op.call(x, ...operands);
      const fits =
        x instanceof Tensor &&
        result instanceof Tensor &&
        String(result.shape) === String(x.shape) &&
        (result.dtype === x.dtype || (isFloating(result) && isFloating(x)));
      // Where the result needs other axes or another kind of dtype, there is nothing to compare.
      if (!fits) return result;
      changed++;
      const y = x.clone();
      expect(form.call(y, ...operands)).toBe(y);
      const [found, expected] = [y, result.to(x.dtype)].map((z) => z.toTypedArray());
      expect(found).toEqual(expected);
      return y;
    };
    verifyOp({ name: `${name}_`, call, samples: op.samples }, { runs: 6 });
    expect(changed).toBeGreaterThan(10);
  });

  test('there are many of them', () => {
    expect(forms.length).toBeGreaterThan(60);
  });
});
