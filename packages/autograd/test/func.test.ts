import { describe, expect, test } from '@jest/globals';
import {
  ArgumentError,
  DTypeError,
  func,
  GradientError,
  grad,
  manualSeed,
  noGrad,
  ones,
  randn,
  type Tensor,
  tensor,
} from '@tensortape/autograd';

const f64 = (data: number | readonly number[]) => tensor(data as number, { dtype: 'float64' });
const close = (a: Tensor, b: Tensor) => {
  expect(a.shape).toEqual(b.shape);
  if (a.size > 0) expect(a.sub(b).abs().amax().item()).toBeLessThan(1e-12);
};

interface Layer {
  readonly w: Tensor;
  readonly b: Tensor;
}
/** A function of records in a list, as aliases so that they are trees. */
type Net = readonly { readonly [K in keyof Layer]: Tensor }[];

const layer = (rows: number, columns: number) => ({
  w: randn([rows, columns], { dtype: 'float64' }),
  b: randn([columns], { dtype: 'float64' }),
});
const loss = (net: Net, x: Tensor, labels: Tensor): Tensor => {
  const scores = net.reduce((h, { w, b }) => h.matmul(w).add(b).tanh(), x);
  return scores.gather(1, labels.unsqueeze(1)).square().sum();
};
const setUp = () => {
  manualSeed(0);
  const net: Net = [layer(3, 4), layer(4, 2)];
  return { net, x: randn([5, 3], { dtype: 'float64' }), labels: tensor([0, 1, 1, 0, 1], { dtype: 'int32' }) };
};

describe('arguments may be lists and records', () => {
  test('gradients have their structure, and are those of the tape; other arguments pass, integers too', () => {
    const { net, x, labels } = setUp();
    const [value, gradient] = func.valueAndGrad(loss)(net, x, labels);
    const tracked = net.map(({ w, b }) => ({ w: w.clone().requiresGrad_(), b: b.clone().requiresGrad_() }));
    const taped = loss(tracked, x, labels);
    close(value, taped);
    const flat = grad(
      taped,
      tracked.flatMap(({ w, b }) => [w, b]),
    );
    expect(gradient.length).toBe(2);
    close(gradient[0]!.w, flat[0]!);
    close(gradient[1]!.b, flat[3]!);
    close(func.grad(loss)(net, x, labels)[1]!.w, flat[2]!);
    close(func.grad(loss, 1)(net, x, labels), func.grad((y: Tensor) => loss(net, y, labels))(x));
    expect(value.requiresGrad || gradient[0]!.w.requiresGrad).toBe(false);
  });

  test('vjp, jvp and linearize', () => {
    const { net, x, labels } = setUp();
    const f = (n: Net, y: Tensor) => loss(n, y, labels);
    const [, pullback] = func.vjp(f, net, x);
    const [byNet, byX] = pullback(f64(2));
    close(byNet[0]!.w, func.grad(loss)(net, x, labels)[0]!.w.mul(2));
    close(byX, func.grad(loss, 1)(net, x, labels).mul(2));
    const tangents: [Net, Tensor] = [net.map(({ w, b }) => ({ w: w.sin(), b: b.cos() })), x.exp()];
    const inner = (a: Tensor, b: Tensor) => a.mul(b).sum();
    const expected = byNet
      .map(({ w, b }, i) => inner(w, tangents[0][i]!.w).add(inner(b, tangents[0][i]!.b)))
      .reduce((a, b) => a.add(b), inner(byX, tangents[1]))
      .div(2);
    close(func.jvp(f, [net, x], tangents)[1], expected);
    close(func.linearize(f, net, x)[1](...tangents)[0]!, expected);
  });

  test('Jacobians and Hessians hold a block for each pair, in both modes', () => {
    const f = ({ a, b }: { a: Tensor; b: Tensor }) => ({
      sum: a.add(b.sum()),
      product: [a.mul(b.prod())] as const,
    });
    const point = { a: f64([1, 2, 3]), b: f64([4, 5]) };
    for (const mode of ['forward', 'reverse'] as const) {
      const { sum, product } = func.jacobian(f, { mode })(point);
      close(
        sum.a,
        tensor(
          [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
          { dtype: 'float64' },
        ),
      );
      close(sum.b, ones([3, 2], { dtype: 'float64' }));
      close(
        product[0].b,
        tensor(
          [
            [5, 4],
            [10, 8],
            [15, 12],
          ],
          { dtype: 'float64' },
        ),
      );
    }
    const hessian = func.hessian(({ a, b }: { a: Tensor; b: Tensor }) => a.square().sum().mul(b.sum()))(
      point,
    );
    close(
      hessian.a.b,
      tensor(
        [
          [2, 2],
          [4, 4],
          [6, 6],
        ],
        { dtype: 'float64' },
      ),
    );
    close(hessian.b.a, hessian.a.b.T);
    expect(hessian.b.b.abs().sum().item()).toBe(0);
  });

  test('Hessian products, forward over reverse and reverse over reverse', () => {
    const f = ({ a, b }: { a: Tensor; b: Tensor }) => a.pow(3).sum().mul(b.exp().sum());
    const [point, v] = [
      { a: f64([1, 2]), b: f64([0.5]) },
      { a: f64([3, -1]), b: f64([2]) },
    ];
    const hessian = func.hessian(f)(point);
    const expected = hessian.a.a.matmul(v.a).add(hessian.a.b.matmul(v.b));
    close(func.hvp(f, point, v).a, expected);
    close(func.vhp(f, point, v).a, expected);
    close(
      func.vhp((x) => x.pow(3).sum(), f64([1, 2]), f64([1, 1])),
      f64([6, 12]),
    );
  });
});

test('Jacobians by rows and by columns are equal, also where there are no elements', () => {
  manualSeed(1);
  const w = randn([3, 4], { dtype: 'float64' });
  const f = (x: Tensor) => x.matmul(w).tanh();
  const x = randn([2, 3], { dtype: 'float64' });
  close(func.jacobian(f, { mode: 'forward' })(x), func.jacobian(f, { mode: 'reverse' })(x));
  expect(func.jacobian(f)(x).shape).toEqual([2, 4, 2, 3]);
  expect(func.jacobian((y) => y.mul(2))(f64([])).shape).toEqual([0, 0]);
});

test('gradients flow into what a function captures', () => {
  const w = f64([1, 2]).requiresGrad_();
  const g = func.grad((x: Tensor) => x.mul(w).square().sum())(f64([3, 4]));
  expect(grad(g.sum(), w).toArray()).toEqual([2 * 2 * 1 * 3, 2 * 2 * 2 * 4]);
});

describe('a function that does not depend on its argument is refused by name', () => {
  const message = /^func\.\w+: the result does not depend on argument 0: it is not used, or left the tape/;
  const x = f64([1, 2]);

  test.each<[string, (x: Tensor) => Tensor]>([
    ['item', (y) => f64(y.sum().item())],
    ['detach', (y) => y.detach().sum()],
    ['noGrad', (y) => noGrad(() => y.sum())],
    ['a constant', () => f64(1)],
    ['other tracked tensors', () => f64(1).requiresGrad_().mul(2)],
  ])('%s', (_, f) => {
    expect(() => func.grad(f)(x)).toThrow(message);
    expect(() => func.valueAndGrad(f)(x)).toThrow(message);
    expect(() => func.jacobian(f)(x)).toThrow(message);
    expect(() => func.hessian(f)(x)).toThrow(message);
    expect(() => func.hvp(f, x, x)).toThrow(GradientError);
  });

  test('but derivatives of linear functions are zero', () => {
    const linear = (y: Tensor) => y.sum();
    expect(func.hessian(linear)(x).toArray()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(
      func
        .grad((y: Tensor) => func.grad(linear)(y).sum())(x)
        .toArray(),
    ).toEqual([0, 0]);
    expect(func.vhp(linear, x, x).toArray()).toEqual([0, 0]);
  });

  test('and so are those by the part of an argument that is not used', () => {
    const g = func.grad(({ a }: { a: Tensor; b: Tensor }) => a.sum())({ a: x, b: x });
    expect([g.a.toArray(), g.b.toArray()]).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });
});

describe('wrong input', () => {
  const x = f64([1, 2]);

  test('names integers by their place', () => {
    const n = tensor([1, 2], { dtype: 'int32' });
    expect(() => func.grad((y: Tensor) => y.sum())(n)).toThrow(DTypeError);
    expect(() => func.grad(({ a }: { a: Tensor; n: Tensor }) => a.sum())({ a: x, n })).toThrow(
      'func.grad: input 0.n is int32, and only floating point inputs have derivatives; capture it instead',
    );
  });

  test('names what functions return', () => {
    expect(() => func.grad((() => 3) as unknown as (x: Tensor) => Tensor)(x)).toThrow(
      'func.grad: output 0 of the function is number, expected a tensor',
    );
    expect(() => func.jacobian((async () => x) as unknown as (x: Tensor) => Tensor)(x)).toThrow(
      'func.jacobian: the function returned a promise, expected tensors',
    );
    expect(() => func.grad((y: Tensor) => y.mul(2))(x)).toThrow(
      /returned shape \(2,\), expected one element/,
    );
  });

  test('names arguments', () => {
    expect(() => func.grad((y: Tensor) => y.sum(), 1)(x)).toThrow(ArgumentError);
    expect(() => func.grad((y: Tensor, scale: number) => y.sum().mul(scale), 1 as 0)(x, 2)).toThrow(
      'func.grad: argument 1 is the number 2 without tensors; derivatives are by tensors',
    );
    expect(() => func.jvp((y: Tensor) => y, [x], [])).toThrow('func.jvp: got 0 tangents, expected 1');
    expect(() => func.jacobian((y: Tensor) => y, { mode: 'sideways' as 'forward' })).toThrow(
      /unknown mode 'sideways'/,
    );
  });
});
