import { describe, expect, test } from '@jest/globals';
import {
  ArgumentError,
  cat,
  DTypeError,
  func,
  GradientError,
  grad,
  noGrad,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from '@tensortape/autograd';

const leaf = (data: number | readonly number[] | readonly (readonly number[])[]) =>
  tensor(data as number, { dtype: 'float64', requiresGrad: true });
const f64 = (data: number | readonly number[]) => tensor(data as number, { dtype: 'float64' });

describe('values', () => {
  test('are changed where they are, for everyone who shows them', () => {
    const x = f64([1, 2, 3, 4]);
    const view = x.reshape([2, 2]).T;
    const detached = x.detach();
    expect(x.add_(1)).toBe(x);
    x.mul_(f64([1, 10, 1, 1]));
    x.sub_(1, { alpha: 2 });
    x.div_(2);
    expect([x, view, detached].map((y) => y.toArray())).toEqual([
      [0, 14, 1, 1.5],
      [
        [0, 1],
        [14, 1.5],
      ],
      [0, 14, 1, 1.5],
    ]);
    view.select(0, 1).copy_(f64(7));
    view.slice(1, 0, 1).zero_();
    expect(x.toArray()).toEqual([0, 0, 1, 7]);
  });

  test('are read before they are written, also when the operand overlaps', () => {
    const x = f64([1, 2, 3, 4]);
    x.slice(0, 1).copy_(x.slice(0, 0, 3));
    expect(x.toArray()).toEqual([1, 1, 2, 3]);
    const m = f64([1, 2, 3, 4]).reshape([2, 2]);
    m.copy_(m.T);
    expect(m.toArray()).toEqual([
      [1, 3],
      [2, 4],
    ]);
    m.add_(m.T);
    expect(m.toArray()).toEqual([
      [2, 5],
      [5, 8],
    ]);
  });

  test('keep the dtype, and refuse what does not fit it', () => {
    const counts = tensor([1, 2], { dtype: 'int32' });
    expect(counts.add_(tensor([1, 1], { dtype: 'uint8' })).dtype).toBe('int32');
    expect(() => counts.add_(0.5)).toThrow(DTypeError);
    expect(() => counts.add_(0.5)).toThrow(
      /^add_: the result is float32 and does not fit a tensor of int32; use the out-of-place form/,
    );
    expect(() => counts.div_(2)).toThrow(DTypeError);
    expect(tensor([1, 2]).add_(f64([1, 1])).dtype).toBe('float32');
    expect(counts.toArray()).toEqual([2, 3]);
  });

  test('keep the shape', () => {
    expect(() => f64([1, 2]).add_(zeros([2, 2]))).toThrow(ShapeError);
    expect(() => f64([1, 2]).add_(zeros([2, 2]))).toThrow(
      'add_: the result has shape (2, 2), but the tensor changed in place (2,)',
    );
    expect(() => f64([1, 2]).copy_(zeros([3]))).toThrow(ShapeError);
  });
});

describe('gradients', () => {
  test('go through recorded changes', () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    y.mul_(x);
    y.add_(1).sub_(x, { alpha: 2 });
    expect(grad(y.sum(), x).toArray()).toEqual([4, 10]);
    expect(y.gradFn).toBe('sub');
  });

  test('go through changes whose rules read what they overwrite', () => {
    const [x, c] = [leaf([1, 2]), leaf(2)];
    const check = (change: (y: Tensor) => Tensor, byX: readonly number[], byC: number | null) => {
      const y = change(x.mul(2));
      const found = grad(y.sum(), [x, c], { allowUnused: true });
      expect(found.map((g) => g && g.toArray())).toEqual([byX, byC]);
    };
    check((y) => y.div_(2), [1, 1], null);
    check((y) => y.div_(c), [1, 1], -1.5);
    check((y) => y.mul_(c), [4, 4], 6);
    check((y) => y.mul_(y), [8, 16], null);
    check((y) => y.div_(y), [0, 0], null);
    check((y) => y.mul_(y.detach()), [4, 8], null);
    check((y) => y.mul_(y.flip(0)), [16, 8], null);
    check((y) => y.mul_(c.square()).mul_(c), [16, 16], 72);
  });

  test('go into an untracked buffer that a tracked value is written to', () => {
    const w = leaf([1, 2, 3]);
    const buffer = zeros([3], { dtype: 'float64' });
    buffer.copy_(w.mul(2));
    expect(buffer.requiresGrad).toBe(true);
    expect(grad(buffer.square().sum(), w).toArray()).toEqual([8, 16, 24]);
  });

  test('stop where values are overwritten', () => {
    const x = leaf([1, 2]);
    const y = x.mul(3);
    y.fill_(7);
    expect(y.toArray()).toEqual([7, 7]);
    y.add_(x);
    expect(grad(y.sum(), x).toArray()).toEqual([1, 1]);
  });

  test('see a copy as it was when it was copied, broadcast and converted', () => {
    const w = tensor([2], { requiresGrad: true });
    const buffer = zeros([2, 2], { dtype: 'float64' });
    buffer.copy_(w);
    noGrad(() => w.fill_(100));
    expect(grad(buffer.mul(f64([1, 10])).sum(), w).toArray()).toEqual([22]);
    expect(buffer.toArray()).toEqual([
      [2, 2],
      [2, 2],
    ]);
  });

  test('see leaves updated under noGrad as they are now', () => {
    const w = leaf([1, 2]);
    for (let step = 0; step < 3; step++) {
      w.grad = null;
      w.square().sum().backward();
      noGrad(() => w.sub_(w.grad!, { alpha: 0.25 }));
    }
    expect(w.toArray()).toEqual([0.125, 0.25]);
    expect([w.isLeaf, w.requiresGrad]).toEqual([true, true]);
  });
});

describe('set_', () => {
  test('writes what subscripts name, and returns the tensor', () => {
    const x = zeros([2, 3]);
    expect(x.set_(0, 1)).toBe(x);
    x.set_([1, '1:'], tensor([5, 6]));
    x.set_([[0, 1], 0], tensor([7, 8]));
    x.set_(x.eq(1), -1);
    expect(x.toArray()).toEqual([
      [7, -1, -1],
      [8, 5, 6],
    ]);
    expect(x.set_('...', 2).sum().item()).toBe(12);
  });

  test('writes to views of untracked tensors, and converts to the dtype', () => {
    const x = zeros([2, 3], { dtype: 'int32' });
    x.T.set_(1, tensor([1.9, -2.9]));
    expect(x.toArray()).toEqual([
      [0, 1, 0],
      [0, -2, 0],
    ]);
    expect(() => x.set_(0, 0.5)).toThrow(/^set_: the value is 0.5, which int32 cannot hold/);
  });

  test('reads overlapping values before it writes', () => {
    const x = f64([1, 2, 3, 4]);
    x.set_('1:', x.at(':-1'));
    expect(x.toArray()).toEqual([1, 1, 2, 3]);
  });

  test('is recorded on a buffer filled row by row, to second order', () => {
    const w = leaf([1, 2, 3]);
    const rows = (x: Tensor) => {
      const buffer = zeros([4, 3], { dtype: 'float64' });
      for (let i = 0; i < 4; i++) buffer.set_(i, x.pow(i));
      return buffer.set_([0, 1], x.select(0, 2)).pow(2).sum();
    };
    // sum over i, j of x_j^(2 i), but x_3^2 at (0, 1).
    const sum = rows(w);
    expect(sum.item()).toBeCloseTo(1 + 9 + 1 + 14 + 98 + (1 + 64 + 729), 10);
    const first = grad(sum, w, { createGraph: true });
    const expected = (x: number) => 2 * x + 4 * x ** 3 + 6 * x ** 5;
    expect(first.toArray()).toEqual([expected(1), expected(2), expected(3) + 6]);
    const second = (x: number) => 2 + 12 * x ** 2 + 30 * x ** 4;
    expect(grad(first.sum(), w).toArray()).toEqual([second(1), second(2), second(3) + 2]);
    expect(func.jvp(rows, [w.detach()], [f64([1, 0, 0])])[1].item()).toBe(expected(1));
  });

  test('stops the gradient of what it replaces', () => {
    const [x, v] = [leaf([1, 2, 3]), leaf([10, 20])];
    const y = x.mul(2);
    y.set_([[0, 0]], v);
    expect(y.toArray()).toEqual([20, 4, 6]);
    const [byX, byV] = grad(y.square().sum(), [x, v]);
    expect(byX.toArray()).toEqual([0, 16, 24]);
    // Of two values for one place the last stays.
    expect(byV.toArray()).toEqual([0, 40]);
  });

  test('is refused where a gradient would be lost or wrong', () => {
    const x = leaf([1, 2, 3]);
    expect(() => x.set_(0, 1)).toThrow(/^set_: a leaf that requires grad \(.*\) cannot be changed in place/);
    expect(() => zeros([3], { dtype: 'float64' }).slice(0, 1).set_(0, x.sum())).toThrow(
      /base\.set_\(subscripts, value\)/,
    );
    const y = x.mul(1);
    const z = y.square();
    y.set_(0, 5);
    expect(() => z.sum().backward()).toThrow(/'square' saved its 'x'.*'set_' has changed it/);
    expect(noGrad(() => x.set_(0, 9)).toArray()).toEqual([9, 2, 3]);
  });

  test('is refused before anything is written, so that saved values stay', () => {
    const w = leaf([1, 2, 3]);
    const buffer = zeros([3], { dtype: 'float64' });
    const older = buffer.slice(0, 0, 2);
    buffer.copy_(w);
    const z = buffer.square().sum();
    expect(() => older.set_(0, 9)).toThrow(/shares its elements with one that 'copy_' changed/);
    expect(() => zeros([2], { dtype: 'float64' }).set_('...', older)).toThrow(/'copy_' changed/);
    expect(buffer.toArray()).toEqual([1, 2, 3]);
    expect(grad(z, w).toArray()).toEqual([2, 4, 6]);
  });

  test('names what does not fit', () => {
    const x = zeros([2, 3]);
    expect(() => x.set_(0, zeros([2]))).toThrow(
      new ShapeError('set_: values of shape (2,) do not broadcast to the (3,) elements that are named'),
    );
    expect(() => x.set_(2, 0)).toThrow(/^set_: index 2 is out of bounds for dim 0 with length 2/);
    expect(() => zeros([1]).expand([3]).set_(0, 1)).toThrow(ArgumentError);
    expect(x.sum().item()).toBe(0);
  });
});

describe('a change behind the tape’s back is refused, never wrong', () => {
  /** PyTorch gives 6 in the first; a tape that keeps no versions gives 2. */
  test('a view taken before its base was changed', () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const v = y.select(0, 0);
    y.mul_(3);
    expect(() => v.backward()).toThrow(GradientError);
    expect(() => v.backward()).toThrow(
      /^backward: this tensor \(made by '\w+'\) shares its elements with one that 'mul_' changed in place after it was made, .* make it again after the change/,
    );
    expect(() => v.mul(2)).toThrow(
      /^this tensor \(made by '\w+'\) shares its elements with one that 'mul_' changed in place/,
    );
    expect(() => grad(v, x)).toThrow(/changed in place/);
    expect(grad(y.select(0, 0), x).toArray()).toEqual([6, 0]);
  });

  test('an intermediate result whose view was changed', () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    noGrad(() => y.select(0, 0).fill_(100));
    expect(() => y.sum()).toThrow(/changed in place/);
    expect(() => y.backward(f64([1, 1]))).toThrow(/'fill_' changed in place/);
  });

  test('writing a tracked value through a view would lose its gradient', () => {
    const w = leaf(5);
    const buffer = zeros([3], { dtype: 'float64' });
    expect(() => buffer.select(0, 0).copy_(w)).toThrow(GradientError);
    expect(() => buffer.select(0, 0).copy_(w)).toThrow(
      /^copy_: a view \(.*\) cannot be changed in place while it, its base or the operand is tracked: the base would not see the gradient; change the base itself/,
    );
    expect(buffer.toArray()).toEqual([0, 0, 0]);
    noGrad(() => buffer.select(0, 0).copy_(w));
    expect([buffer.toArray(), buffer.requiresGrad]).toEqual([[5, 0, 0], false]);
  });

  test('an untracked view of a buffer that became tracked knows nothing of it', () => {
    const w = leaf([1, 2, 3]);
    const buffer = zeros([3], { dtype: 'float64' });
    const [older, detached] = [buffer.select(0, 1), buffer.detach()];
    buffer.copy_(w);
    expect(() => older.mul(2)).toThrow(GradientError);
    expect(() => older.mul(2)).toThrow(
      /^this tensor shares its elements with one that 'copy_' changed in place after it was made/,
    );
    expect(() => detached.sum()).toThrow(/'copy_' changed in place/);
    expect(noGrad(() => older.mul(2)).item()).toBe(4);
    expect(older.item()).toBe(2);
    expect(grad(buffer.select(0, 1).mul(2), w).toArray()).toEqual([0, 2, 0]);
  });

  test('a value saved for the sweep', () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const z = y.square().sum();
    y.add_(1);
    expect(() => z.backward()).toThrow(
      "'square' saved its 'x' for the backward sweep, but 'add_' has changed it in place since (1 change(s)); " +
        'use the out-of-place form, or clone() before the change',
    );
    const w = leaf([1, 2]);
    const out = w.exp();
    const total = out.sum();
    out.mul_(2);
    expect(() => total.backward()).toThrow(/^'exp' saved its 'output' .* 'mul_' has changed it/);
  });

  test('a saved constant, a saved leaf, and one changed through another view', () => {
    const x = leaf([1, 2]);
    const c = f64([3, 4]);
    const y = x.mul(c).sum();
    c.slice(0, 1).zero_();
    expect(() => y.backward()).toThrow(
      /^'mul' saved its 'b' .* 'zero_' has changed it|'fill_' has changed it/,
    );
    const w = leaf([1, 2]);
    const z = w.square().sum();
    noGrad(() => w.add_(1));
    expect(() => z.backward()).toThrow(/^'square' saved its 'x' .* 'add_' has changed it/);
    expect(w.grad).toBeNull();
  });

  test('what is not needed may change', () => {
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const z = y.add(1);
    y.fill_(0);
    expect(grad(z.sum(), x).toArray()).toEqual([2, 2]);
    const c = f64([3, 4]);
    const product = c.mul(leaf([1, 1]));
    expect(product.requiresGrad).toBe(true);
  });

  test('a leaf while recording', () => {
    const w = leaf([1, 2]);
    expect(() => w.add_(1)).toThrow(
      'add_: a leaf that requires grad (of shape (2,)) cannot be changed in place while recording; use noGrad(() => …)',
    );
    expect(() => w.copy_(w.mul(2))).toThrow(GradientError);
    expect(w.toArray()).toEqual([1, 2]);
  });

  test('a view of a leaf, tracked or detached', () => {
    const w = leaf([1, 2]);
    expect(() => w.select(0, 0).zero_()).toThrow(/a view \(made by '\w+'\) cannot be changed in place/);
    const y = w.square().sum();
    w.detach().select(0, 0).fill_(10);
    expect(w.toArray()).toEqual([10, 2]);
    expect(() => y.backward()).toThrow(/^'square' saved its 'x'/);
  });

  test('an argument of an operation after the first', () => {
    const [x, w] = [leaf([1, 2]), leaf([1, 2])];
    const y = w.mul(2);
    const v = y.slice(0, 0, 2);
    y.mul_(3);
    expect(() => x.where(x.gt(0), v)).toThrow(/shares its elements with one that 'mul_' changed/);
    expect(() => cat([x, v])).toThrow(/shares its elements with one that 'mul_' changed/);
  });

  test('the result of a transformed function, and its argument', () => {
    const stale = (x: Tensor) => {
      const y = x.mul(2);
      const v = y.select(0, 0);
      y.mul_(x);
      return v;
    };
    const lost = (x: Tensor) => {
      const buffer = zeros([2], { dtype: 'float64' });
      const v = buffer.select(0, 0);
      buffer.copy_(x);
      return v;
    };
    const at = f64([1, 2]);
    for (const f of [stale, lost]) {
      expect(() => func.jvp(f, [at], [at])).toThrow(
        /shares its elements with one that '\w+' changed in place/,
      );
      expect(() => func.grad(f)(at)).toThrow(/shares its elements with one that '\w+' changed in place/);
    }
    const x = leaf([1, 2]);
    const y = x.mul(2);
    const whole = y.reshape([2, 1]);
    y.mul_(3);
    expect(() => func.jvp((z: Tensor) => z.sum(), [whole], [f64([1, 1]).reshape([2, 1])])).toThrow(
      /changed in place/,
    );
  });

  test('the argument of a transformed function belongs to the caller', () => {
    const at = f64([1, 2]);
    expect(() => func.grad((x) => x.mul_(3).sum())(at)).toThrow(
      /^mul_: a view \(.*\) cannot be changed in place/,
    );
    expect(at.toArray()).toEqual([1, 2]);
  });

  test('in-place changes within a transformed function are derived right', () => {
    const f = (x: Tensor) => {
      const y = x.mul(2);
      y.mul_(x);
      return y;
    };
    const at = f64([1, 2]);
    expect(func.jvp(f, [at], [f64([1, 1])])[1].toArray()).toEqual([4, 8]);
    expect(func.jacobian(f)(at).toArray()).toEqual([
      [4, 0],
      [0, 8],
    ]);
  });

  test('changing the result of a linearized function later does not move its linear maps', () => {
    const w = leaf([3, 4]);
    const [y, pull] = func.vjp((x: Tensor) => x.mul(w), f64([1, 2]));
    const [z, push] = func.linearize((x: Tensor) => x.mul(w), f64([1, 2]));
    y.add_(1);
    z.mul_(w);
    expect(pull(f64([1, 10]))[0]!.toArray()).toEqual([3, 40]);
    expect(push(f64([1, 10])).toArray()).toEqual([3, 40]);
  });

  test('an expanded tensor has no room for different elements', () => {
    const x = leaf([1, 2, 3]);
    const g = grad(x.sum(), x);
    expect(() => g.mul_(f64([1, 2, 3]))).toThrow(ArgumentError);
    expect(() => f64([1, 2]).expand([3, 2]).add_(1)).toThrow(
      'add_: several elements of this tensor (shape (3, 2), strides (0, 1)) are one in memory, as expand leaves them; clone() it first',
    );
    expect(
      g
        .clone()
        .mul_(f64([1, 2, 3]))
        .toArray(),
    ).toEqual([1, 2, 3]);
  });
});
