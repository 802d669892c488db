import { describe, expect, test } from '@jest/globals';
import { func, grad, noGrad, Tensor, tensor } from '@tensortape/autograd';
import fc from 'fast-check';

const f64 = (data: number | readonly number[]) => tensor(data as number, { dtype: 'float64' });
const leaf = (data: number | readonly number[]) => f64(data).requiresGrad_();

interface Line {
  readonly w: Tensor;
  readonly parts: readonly [Tensor, Tensor];
}

const line = (): Line => ({ w: f64([1, 2]), parts: [f64(3), f64([4, 5])] });

/** Sum of w^2 c + w d, whose derivatives are plain: by w 2 w c + d, by c the sum of w^2, by d w. */
const loss = ({ w, parts: [c, d] }: Line): Tensor => w.square().mul(c).add(w.mul(d)).sum();

/** A tree as nested arrays and records of numbers. */
function numbers(tree: unknown): unknown {
  if (tree instanceof Tensor) return tree.toArray();
  if (Array.isArray(tree)) return tree.map(numbers);
  return Object.fromEntries(Object.entries(tree as object).map(([key, item]) => [key, numbers(item)]));
}

describe('arrays and records as arguments', () => {
  test('grad returns the structure of the argument', () => {
    const { w, parts } = func.grad(loss)(line());
    expect([w.toArray(), numbers(parts)]).toEqual([
      [10, 17],
      [5, [1, 2]],
    ]);
  });

  test('vjp, jvp, linearize, hvp and vhp agree with each other', () => {
    const t: Line = { w: f64([1, -1]), parts: [f64(2), f64([0, 3])] };
    const [y, pullback] = func.vjp(loss, line());
    const [gradient] = pullback(f64(2));
    expect(y.item()).toBe(29);
    expect(numbers(gradient)).toEqual({ w: [20, 34], parts: [10, [2, 4]] });
    // <gradient, t> = 10 - 17 + 10 + 6
    expect(func.jvp(loss, [line()], [t])[1].item()).toBe(9);
    expect(func.linearize(loss, line())[1](t).item()).toBe(9);
    // By w: 2 c dw + 2 w dc + dd; by c: 2 <w, dw>; by d: dw.
    const product = { w: [10, 5], parts: [-2, [1, -1]] };
    expect(numbers(func.hvp(loss, line(), t))).toEqual(product);
    expect(numbers(func.vhp(loss, line(), t))).toEqual(product);
  });

  test('records are matched by key, not by order', () => {
    const f = ({ a, b }: { a: Tensor; b: Tensor }) => ({ u: a.mul(2), v: b.mul(3) });
    const primal = { a: f64(1), b: f64(1) };
    const [, tangent] = func.jvp(f, [primal], [{ b: f64(10), a: f64(1) }]);
    expect(numbers(tangent)).toEqual({ u: 2, v: 30 });
    expect(numbers(func.vjp(f, primal)[1]({ v: f64(1), u: f64(10) }))).toEqual([{ a: 20, b: 3 }]);
  });

  test('several places give a tuple, in the order asked for', () => {
    const f = (x: Tensor, labels: readonly string[], y: Tensor) => x.mul(y).mul(labels.length);
    const [dy, dx] = func.grad(f, [2, 0])(f64(3), ['a', 'b'], f64(5));
    expect([dy.item(), dx.item()]).toEqual([6, 10]);
    const [value, [only]] = func.valueAndGrad(f, [2])(f64(3), ['a'], f64(5));
    expect([value.item(), only.item()]).toEqual([15, 3]);
  });

  test('integer tensors pass through where they are not differentiated by', () => {
    const pick = (x: Tensor, index: Tensor) => x.indexSelect(0, index).square().sum();
    const index = tensor([1], { dtype: 'int32' });
    expect(
      func
        .grad(pick)(f64([2, 3]), index)
        .toArray(),
    ).toEqual([0, 6]);
    expect(() => func.grad(pick, 1)(f64([2, 3]), index)).toThrow(
      'func.grad: argument 1 is int32, and only floating point inputs have derivatives',
    );
    expect(() => func.grad((r: { i: Tensor }) => r.i.sum())({ i: index })).toThrow('argument 0.i is int32');
  });

  test('jacobian and hessian: the structure of the result, then that of the argument, in both modes', () => {
    const f = ({ w, parts: [c, d] }: Line) => ({ product: w.mul(c), rest: [d.sum()] as const });
    const expected = {
      product: {
        w: [
          [3, 0],
          [0, 3],
        ],
        parts: [
          [1, 2],
          [
            [0, 0],
            [0, 0],
          ],
        ],
      },
      rest: [{ w: [0, 0], parts: [0, [1, 1]] }],
    };
    for (const mode of ['forward', 'reverse', undefined] as const) {
      const options = mode === undefined ? {} : { mode };
      expect(numbers(func.jacobian(f, options)(line()))).toEqual(expected);
    }
    const { w } = func.hessian(loss)(line());
    expect(numbers(w)).toEqual({
      w: [
        [6, 0],
        [0, 6],
      ],
      parts: [
        [2, 4],
        [
          [1, 0],
          [0, 1],
        ],
      ],
    });
    const [[xx, xy], [yx]] = func.hessian((x: Tensor, y: Tensor) => x.square().mul(y), [0, 1])(
      f64(3),
      f64(5),
    );
    expect([xx.item(), xy.item(), yx.item()]).toEqual([10, 6, 6]);
  });

  test('property: both modes of the jacobian agree, whatever the shapes', () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 1, max: 4 }));
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.integer({ min: -8, max: 8 })), ([m, n], stream) => {
        const draw = (size: number) => f64(Array.from({ length: size }, () => stream.next().value / 4));
        const [a, b] = [draw(m), draw(n)];
        const f = (x: Tensor, y: Tensor) => [x.unsqueeze(1).mul(y.sin()), x.square().sum()];
        const of = (mode: 'forward' | 'reverse') =>
          numbers(func.jacobian(f, { mode, argnums: [0, 1] })(a, b));
        // Sums of zeros differ in the sign of zero, which JSON does not show.
        expect(JSON.stringify(of('forward'))).toBe(JSON.stringify(of('reverse')));
      }),
    );
  });
});

describe('hasAux', () => {
  test('hands the rest through, off the tape', () => {
    const f = (x: Tensor) => [x.square(), { double: x.mul(2), name: 'x' }] as const;
    const [gradient, aux] = func.grad(f, 0, { hasAux: true })(f64(3));
    expect([gradient.item(), aux.double.item(), aux.name, aux.double.requiresGrad]).toEqual([
      6,
      6,
      'x',
      false,
    ]);
    const [[value, { name }], slope] = func.valueAndGrad(f, 0, { hasAux: true })(f64(3));
    expect([value.item(), name, slope.item()]).toEqual([9, 'x', 6]);
  });

  test('keeps a captured variable that only the rest depends on', () => {
    const w = leaf(5);
    const [, aux] = func.grad((x: Tensor) => [x.square(), w.mul(x)] as const, 0, { hasAux: true })(f64(3));
    expect(grad(aux, w).item()).toBe(3);
  });

  test('refuses a function without a pair', () => {
    const f = (x: Tensor) => x.square() as unknown as readonly [Tensor, number];
    expect(() => func.grad(f, 0, { hasAux: true })(f64(1))).toThrow(
      'with hasAux the function must return [value, aux]',
    );
  });
});

describe('captured variables', () => {
  test('gradients flow to tracked tensors that the function captures', () => {
    const w = leaf([2, 3]);
    const { x } = func.grad((r: { x: Tensor }) => r.x.square().mul(w).sum())({ x: f64([1, 10]) });
    expect(grad(x.sum(), w).toArray()).toEqual([2, 20]);
    expect(w.grad).toBeNull();
  });

  test('a function that returns the outer variable itself keeps it', () => {
    const outer = (x: Tensor) => func.vjp((_: Tensor) => x, f64(0))[0].mul(3);
    expect(func.grad(outer)(f64(2)).item()).toBe(3);
    const bare = (x: Tensor) => func.vjp((_: Tensor) => x, f64(0))[0];
    expect(func.grad(bare)(f64(2)).item()).toBe(1);
  });
});

describe('named errors', () => {
  const x = f64([1, 2]);
  /** A function that returns something that the type checker would not let pass. */
  const returning = (result: unknown) => (_: Tensor) => result as Tensor;

  test('a function that does not depend on its argument, or, if strict, on a part of it', () => {
    const strict = { strict: true } as const;
    const left = [
      (y: Tensor) => y.detach().sum(),
      (y: Tensor) => f64(y.sum().item()),
      (y: Tensor) => noGrad(() => y.sum()),
      (y: Tensor) => f64(y.toArray() as number[]).sum(),
    ];
    for (const f of left) {
      expect(() => func.grad(f)(x)).toThrow(
        'func.grad: the function does not depend on argument 0 (shape (2,))',
      );
      expect(() => func.jacobian(f)(x)).toThrow('func.jacobian: the function does not depend on argument 0');
    }
    // Derivatives of linear functions are constant.
    expect(
      func
        .hessian((y: Tensor) => y.sum())(x)
        .toArray(),
    ).toEqual([
      [0, 0],
      [0, 0],
    ]);
    const partly = (r: { a: Tensor; b: Tensor }) => r.a.sum();
    expect(numbers(func.grad(partly)({ a: x, b: x }))).toEqual({ a: [1, 1], b: [0, 0] });
    expect(() => func.valueAndGrad(partly, 0, strict)({ a: x, b: x })).toThrow(
      'does not depend on argument 0.b',
    );
    expect(
      func
        .grad(
          (y: Tensor) => y.sum(),
          0,
          strict,
        )(x)
        .toArray(),
    ).toEqual([1, 1]);
  });

  test.each([
    [3, 'the result of the function is the number 3'],
    [undefined, 'the result of the function is undefined'],
    [Promise.resolve(x), 'the result of the function is a promise: transforms need a synchronous function'],
    [{ a: x, b: [x, 'no'] }, "the result of the function.b[1] is the string 'no'"],
    [Object.assign(new Array(3), { 0: x, 2: x }), 'the result of the function[1] is undefined'],
    [new Map(), 'the result of the function is a Map'],
  ])('a function that returns %p', (result, message) => {
    for (const run of [() => func.vjp(returning(result), x), () => func.jacobian(returning(result))(x)]) {
      expect(run).toThrow(message);
    }
  });

  test('a list where one value is expected', () => {
    expect(() => func.grad(returning([x.sum(), 1]))(x)).toThrow(
      'the result of the function[1] is the number 1',
    );
    expect(() => func.grad(returning([x.sum()]))(x)).toThrow(
      'the function returned an array, expected one tensor',
    );
  });

  test('directions of another structure, number, shape', () => {
    const pair = ({ a, b }: { a: Tensor; b: Tensor }) => a.add(b);
    const primal = { a: x, b: x };
    const run = (tangent: unknown) => () => func.jvp(pair, [primal], [tangent as typeof primal]);
    expect(run({ a: x })).toThrow('func.jvp: tangent 0.b is missing');
    expect(run({ a: x, b: x, c: x })).toThrow('func.jvp: tangent 0.c has no counterpart among the values');
    expect(run([x, x])).toThrow('func.jvp: tangent 0 is an array, expected a record');
    expect(run({ a: x, b: 1 })).toThrow('func.jvp: tangent 0.b is the number 1, expected a tensor');
    expect(run({ a: x, b: f64(1) })).toThrow('func.jvp: tangent 0.b has shape ()');
    const [, pullback] = func.vjp(pair, primal) as [Tensor, (...cotangents: Tensor[]) => unknown];
    expect(() => pullback()).toThrow('func.vjp: got 0 cotangents, expected 1');
    expect(() => pullback(x, x)).toThrow('func.vjp: got 2 cotangents, expected 1');
  });

  test('places of arguments', () => {
    const f = (a: Tensor) => a.sum();
    expect(() => func.grad(f, [0, 0])(x)).toThrow('argnums names argument 0 twice');
    expect(() => func.grad(f, 1.5)(x)).toThrow('argnums has the number 1.5');
    expect(() => func.grad(f, 3)(x)).toThrow(
      'argnum 3 is out of range: the function was called with 1 argument(s)',
    );
    expect(() => func.jacobian(f, { mode: 'both' as 'forward' })(x)).toThrow("mode is 'both'");
  });

  test('an argument that is no tree of tensors', () => {
    expect(() => func.grad((r: { a: Tensor; k: number }) => r.a.mul(r.k).sum())({ a: x, k: 2 })).toThrow(
      'func.grad: argument 0.k is the number 2, expected a tensor',
    );
  });
});
