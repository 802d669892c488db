import { describe, expect, test } from '@jest/globals';
import { enableGrad, func, grad, identity, noGrad, type Tensor, tensor } from '@tensortape/autograd';
import fc from 'fast-check';

const f64 = (data: number | readonly number[]) => tensor(data as number, { dtype: 'float64' });
const one = f64(1);

type Scalar = (x: Tensor) => Tensor;

/** The ways to differentiate a function of one number. */
const methods = {
  grad: (f: Scalar) => func.grad(f),
  jvp: (f: Scalar) => (x: Tensor) => func.jvp(f, [x], [one])[1],
  vjp: (f: Scalar) => (x: Tensor) => func.vjp(f, x)[1](one)[0]!,
  linearize: (f: Scalar) => (x: Tensor) => func.linearize(f, x)[1](one),
  hvp: (f: Scalar) => (x: Tensor) => func.hvp((z) => integralOf(f, x, z), x, one),
  tape: (f: Scalar) => (x: Tensor) => {
    const own = x.requiresGrad ? identity(x) : x.detach().requiresGrad_();
    const y = enableGrad(() => f(own));
    return (y.requiresGrad ? grad(y, own, { createGraph: true, allowUnused: true }) : null) ?? own.mul(0);
  },
} satisfies Record<string, (f: Scalar) => Scalar>;

/** A function of z whose second derivative at z = x is f'(x): f(x) is held, so only one derivative of f is taken. */
const integralOf = (f: Scalar, x: Tensor, z: Tensor) => f(z).mul(z.sub(x)).mul(0.5);

type Method = keyof typeof methods;
const all = Object.keys(methods) as Method[];

const nested = (f: Scalar, order: readonly Method[]): Scalar =>
  order.reduce((g, method) => methods[method](g), f);

describe('random programs of one variable', () => {
  /** result = op(earlier results a and b); the variable and a constant come first. */
  type Step = { readonly op: 'add' | 'mul' | 'div' | 'sin' | 'exp'; readonly a: number; readonly b: number };
  interface Program {
    readonly steps: readonly Step[];
    readonly at: number;
  }

  const steps = fc.array(
    fc.record({
      op: fc.constantFrom<Step['op']>('add', 'mul', 'div', 'sin', 'exp'),
      a: fc.nat({ max: 30 }),
      b: fc.nat({ max: 30 }),
    }),
    { minLength: 2, maxLength: 10 },
  );
  const program: fc.Arbitrary<Program> = fc.record({
    steps,
    at: fc.integer({ min: -96, max: 96 }).map((k) => k / 64),
  });

  const CONSTANT = 0.75;

  interface Arithmetic<T> {
    readonly add: (a: T, b: T) => T;
    readonly mul: (a: T, b: T) => T;
    readonly div: (a: T, b: T) => T;
    readonly sin: (a: T) => T;
    readonly exp: (a: T) => T;
  }

  /** All intermediate results; later steps use earlier ones freely, so that sub-expressions are shared. */
  function run<T>({ steps }: Program, x: T, constant: T, on: Arithmetic<T>): T[] {
    const results = [x, constant];
    for (const { op, a, b } of steps) {
      // Fresh results are used more often than old ones, or most programs would be flat.
      const left = results[results.length - 1 - (a % results.length)]!;
      const right = results[results.length - 1 - (b % results.length)]!;
      results.push(op === 'sin' || op === 'exp' ? on[op](left) : on[op](left, right));
    }
    return results;
  }

  const tensors: Arithmetic<Tensor> = {
    add: (a, b) => a.add(b),
    mul: (a, b) => a.mul(b),
    div: (a, b) => a.div(b),
    sin: (a) => a.sin(),
    exp: (a) => a.exp(),
  };

  const ORDER = 4;
  /** Taylor coefficients c_k of f(x + h) = sum c_k h^k, k = 0 … 4. */
  type Series = readonly number[];
  const series = (coefficient: (k: number, before: Series) => number): Series => {
    const found: number[] = [];
    for (let k = 0; k <= ORDER; k++) found.push(coefficient(k, found));
    return found;
  };
  const sum = (from: number, to: number, term: (j: number) => number) => {
    let total = 0;
    for (let j = from; j <= to; j++) total += term(j);
    return total;
  };
  const taylor: Arithmetic<Series> = {
    add: (a, b) => series((k) => a[k]! + b[k]!),
    mul: (a, b) => series((k) => sum(0, k, (j) => a[j]! * b[k - j]!)),
    div: (a, b) => series((k, q) => (a[k]! - sum(0, k - 1, (j) => q[j]! * b[k - j]!)) / b[0]!),
    // y = e^a: k y_k = sum j a_j y_(k-j)
    exp: (a) => series((k, y) => (k === 0 ? Math.exp(a[0]!) : sum(1, k, (j) => j * a[j]! * y[k - j]!) / k)),
    // s' = a' c, c' = -a' s
    sin: (a) => {
      const [s, c] = [[Math.sin(a[0]!)], [Math.cos(a[0]!)]];
      for (let k = 1; k <= ORDER; k++) {
        s.push(sum(1, k, (j) => j * a[j]! * c[k - j]!) / k);
        c.push(-sum(1, k, (j) => j * a[j]! * s[k - j]!) / k);
      }
      return s;
    },
  };
  const factorial = [1, 1, 2, 6, 24];
  const unit = series((k) => (k === 0 ? 1 : 0));
  const derivatives = (c: Series) => c.map((value, k) => value * factorial[k]!);

  /** The derivatives by Taylor arithmetic, and the size of everything met on the way; null when that is too large. */
  function expected(sample: Program): { derivatives: Series; size: number } | null {
    const met: Series[] = [];
    const recording: Arithmetic<Series> = {
      ...taylor,
      div: (a, b) => {
        met.push(taylor.div(unit, b));
        return taylor.div(a, b);
      },
    };
    const x = series((k) => [sample.at, 1][k] ?? 0);
    const results = run(
      sample,
      x,
      unit.map((c) => c * CONSTANT),
      recording,
    );
    const size = Math.max(1, ...[...met, ...results].flatMap((c) => derivatives(c).map(Math.abs)));
    return size < 1e5 ? { derivatives: derivatives(results.at(-1)!), size } : null;
  }

  function check(sample: Program, order: readonly Method[]): boolean {
    const found = expected(sample);
    if (found === null) return false;
    // A function that does not depend on x at all is refused.
    const f: Scalar = (x) => run(sample, x, f64(CONSTANT), tensors).at(-1)!.add(x.mul(0));
    const value = nested(f, order)(f64(sample.at));
    // Only a derivative taken on the tape itself leaves a leaf behind.
    expect(value.requiresGrad && !order.includes('tape')).toBe(false);
    const error = Math.abs(value.item() - found.derivatives[order.length]!) / found.size;
    if (!(error < 1e-11)) {
      throw new Error(
        `${order.join(' of ')} of f: ${value.item()}, by Taylor arithmetic ${found.derivatives[order.length]}`,
      );
    }
    return true;
  }

  const orders = (among: readonly Method[], length: number): Method[][] =>
    length === 0
      ? [[]]
      : orders(among, length - 1).flatMap((rest) => among.map((method) => [method, ...rest]));

  for (let k = 1; k <= ORDER; k++) {
    test(`all ${2 ** k} nestings of grad and jvp of order ${k} give the derivative of Taylor arithmetic`, () => {
      let cases = 0;
      fc.assert(
        fc.property(program, (sample) => {
          for (const order of orders(['grad', 'jvp'], k)) cases += check(sample, order) ? 1 : 0;
        }),
      );
      expect(cases).toBeGreaterThan(100);
    });
  }

  test('so do mixtures of all ways to differentiate, up to order 4', () => {
    const mixture = fc.array(fc.constantFrom(...all), { minLength: 1, maxLength: ORDER });
    fc.assert(fc.property(program, mixture, (sample, order) => void check(sample, order)));
  });

  test('powers at zero have all their derivatives', () => {
    for (const method of all) {
      for (const [exponent, value] of [
        [0, 0],
        [1, 0],
        [2, 0],
        [3, 0],
        [4, 24],
      ] as const) {
        const f = (x: Tensor) => x.pow(exponent);
        expect(nested(f, [method, 'jvp', 'grad', 'jvp'])(f64(0)).item()).toBe(value);
      }
    }
  });
});

describe('nested derivatives keep their perturbations apart', () => {
  type D = (f: Scalar) => Scalar;
  /** A function of x made with inner derivatives D, and its derivative at x. */
  const programs: readonly [text: string, f: (D: D) => Scalar, derivative: (x: number) => number][] = [
    ['x * d/dy (x + y)', (D) => (x) => x.mul(D((y) => x.add(y))(f64(1))), () => 1],
    ['x * d/dy (x + y) at y = x', (D) => (x) => x.mul(D((y) => x.add(y))(x)), () => 1],
    ['x * d/dy (x y)', (D) => (x) => x.mul(D((y) => x.mul(y))(f64(2))), (x) => 2 * x],
    ['d/dy (x y^2) at y = 3', (D) => (x) => D((y) => x.mul(y.square()))(f64(3)), () => 6],
    ['d/dy (x^2 y^2) at y = x', (D) => (x) => D((y) => x.square().mul(y.square()))(x), (x) => 6 * x ** 2],
    ['x * d/dy (y^3) at y = x', (D) => (x) => x.mul(D((y) => y.pow(3))(x)), (x) => 9 * x ** 2],
    [
      'x * d/dy e^(x y) at y = x',
      (D) => (x) => x.mul(D((y) => x.mul(y).exp())(x)),
      (x) => Math.exp(x * x) * (2 * x + 2 * x ** 3),
    ],
    ['d/dy (x + 0 y)', (D) => (x) => D((y) => x.add(y.mul(0)))(f64(1)).add(x), () => 1],
    ['d/dy (7 + 0 y)', (D) => (x) => x.mul(D((y) => y.mul(0).add(7))(x).add(1)), () => 1],
    [
      'd/dy (x y) at two points, of one closure',
      (D) => (x) => {
        const slope = D((y) => x.mul(y));
        return slope(x).mul(slope(f64(5)));
      },
      (x) => 2 * x,
    ],
    [
      'x * d/dy (y * d/dz (x + y + z))',
      (D) => (x) => x.mul(D((y) => y.mul(D((z) => x.add(y).add(z))(f64(1))))(f64(2))),
      () => 1,
    ],
    ['d/dy d/dz (x y z)', (D) => (x) => D((y) => D((z) => x.mul(y).mul(z))(f64(1)))(f64(1)), () => 1],
    [
      'd/dy (y * d/dz (x z^2) at z = y) at y = x',
      (D) => (x) => D((y) => y.mul(D((z) => x.mul(z.square()))(y)))(x),
      // d/dy (2 x y^2) = 4 x y, at y = x: 4 x^2.
      (x) => 8 * x,
    ],
    ['d/dy (detach(x) y)', (D) => (x) => D((y) => x.detach().mul(y))(f64(2)).add(x), () => 1],
    [
      'd/dy (x detach(y) + 0 y)',
      (D) => (x) => D((y) => x.mul(y.detach()).add(y.mul(0)))(f64(2)).add(x),
      () => 1,
    ],
    [
      'noGrad around d/dy (x y): a constant',
      (D) => (x) => x.mul(noGrad(() => D((y) => x.mul(y))(f64(3)))),
      (x) => x,
    ],
    [
      'noGrad within: x * noGrad(e^x)',
      (D) => (x) => D((y) => y.mul(noGrad(() => x.exp())))(x).mul(x),
      (x) => Math.exp(x),
    ],
    [
      'enableGrad within noGrad',
      (D) => (x) => noGrad(() => enableGrad(() => D((y) => x.mul(y))(f64(3)))),
      () => 1,
    ],
  ];

  const cases = programs.flatMap(([text, f, derivative]) =>
    all.flatMap((outer) => all.map((inner) => ({ text, f, derivative, outer, inner }))),
  );

  test.each(programs.map(([text]) => [text]))('d/dx [%s]', (text) => {
    for (const { f, derivative, outer, inner } of cases.filter((one) => one.text === text)) {
      // A derivative on the tape switches recording on itself.
      if (text.startsWith('noGrad around') && inner === 'tape') continue;
      for (const at of [0.5, -1.25, 2]) {
        const value = methods[outer](f(methods[inner]))(f64(at)).item();
        if (!(Math.abs(value - derivative(at)) <= 1e-12 * Math.max(1, Math.abs(derivative(at))))) {
          throw new Error(`${outer} of ${inner} at ${at}: ${value}, expected ${derivative(at)}`);
        }
      }
    }
  });

  const D = methods.grad;

  test('a linear map made inside may be applied to the outer variable', () => {
    const f = (x: Tensor) => func.linearize((y: Tensor) => x.mul(y.square()), f64(3))[1](x);
    for (const method of all) expect(methods[method](f)(f64(2)).item()).toBe(24);
    const g = (x: Tensor) => func.vjp((y: Tensor) => x.mul(y.square()), f64(3))[1](x)[0];
    for (const method of all) expect(methods[method](g)(f64(2)).item()).toBe(24);
  });

  test('a linear map made outside may be applied inside, again and again', () => {
    const [, push] = func.linearize((y: Tensor) => y.pow(3), f64(2));
    const [, pull] = func.vjp((y: Tensor) => y.pow(3), f64(2));
    for (const method of all) {
      expect(methods[method]((x) => push(x.square()))(f64(5)).item()).toBe(120);
      expect(methods[method]((x) => pull(x.square())[0]!)(f64(5)).item()).toBe(120);
    }
  });

  test('hvp of a function that captures the outer variable', () => {
    const f = (x: Tensor) => func.hvp((y) => x.mul(y.pow(3)), f64(2), one);
    for (const method of all) expect(methods[method](f)(f64(7)).item()).toBe(12);
    const g = (x: Tensor) => func.hvp((y) => x.mul(y.pow(3)), x, x);
    // 6 x^3
    for (const method of all) expect(methods[method](g)(f64(2)).item()).toBe(72);
  });

  test('other arguments and other inputs of jvp are kept apart', () => {
    const f = (x: Tensor) => func.grad((a, b) => a.mul(b).mul(x), 1)(x, x);
    for (const method of all) expect(methods[method](f)(f64(3)).item()).toBe(6);
    const g = (x: Tensor) => func.jvp((a, b) => a.mul(b), [x, f64(4)], [one, x])[1];
    // b + a x = 4 + x^2
    for (const method of all) expect(methods[method](g)(f64(3)).item()).toBe(6);
  });

  test('a captured leaf is a constant for the transform, and gets its gradient from backward', () => {
    for (const method of all) {
      const w = tensor(5, { dtype: 'float64', requiresGrad: true });
      const slope = methods[method]((x) => x.square().mul(w))(f64(3));
      expect(slope.item()).toBe(30);
      expect(slope.requiresGrad).toBe(true);
      slope.mul(w).backward();
      // d/dw (6 w^2)
      expect(w.grad!.item()).toBe(60);
    }
  });

  test('a captured leaf under noGrad leaves no history', () => {
    const w = tensor(5, { dtype: 'float64', requiresGrad: true });
    for (const method of all.filter((name) => name !== 'tape')) {
      const slope = noGrad(() => methods[method]((x) => x.square().mul(w))(f64(3)));
      expect([slope.item(), slope.requiresGrad]).toEqual([30, false]);
    }
  });

  test('the primal and the linear maps of a transform over a captured leaf stay on its tape', () => {
    const w = tensor(5, { dtype: 'float64', requiresGrad: true });
    const [y, tangent] = func.jvp((x) => x.mul(w), [f64(3)], [one]);
    expect(grad(y.mul(tangent), w).item()).toBe(30);
    const [value, slope] = func.valueAndGrad((x) => x.mul(w))(f64(3));
    expect(grad(value.mul(slope), w).item()).toBe(30);
  });

  test('a leaf may be the point itself', () => {
    const x = tensor(2, { dtype: 'float64', requiresGrad: true });
    for (const method of all) {
      expect(grad(methods[method]((y) => y.pow(3).mul(x))(x), x).item()).toBe(36);
    }
    expect(D((y) => y.mul(x))(f64(1)).requiresGrad).toBe(true);
  });
});

describe('Hessians', () => {
  const vector = fc.array(
    fc.integer({ min: -64, max: 64 }).map((k) => k / 32),
    { minLength: 1, maxLength: 4 },
  );
  type Vector = (x: Tensor) => Tensor;
  const functions: readonly [string, Vector][] = [
    ['a product of sums and sines', (x) => x.sin().sum().mul(x.square().sum())],
    ['logsumexp of products', (x) => x.unsqueeze(1).mul(x).reshape([-1]).logsumexp()],
    ['a quadratic form', (x) => x.matmul(x.unsqueeze(1).sub(x.mul(0.5)).exp()).matmul(x)],
    ['softmax weighted', (x) => x.softmax(0).mul(x.tanh()).sum()],
    ['shared and sliced', (x) => x.cumsum(0).mul(x.flip(0)).select(0, 0).exp().mul(x.prod())],
    [
      'the norm of a gradient',
      (x) =>
        func
          .grad((y: Tensor) => y.mul(x).tanh().sum())(x)
          .square()
          .sum(),
    ],
  ];

  const forwardOverForward = (f: Vector, x: Tensor): number[][] => {
    const units = Array.from({ length: x.size }, (_, i) =>
      f64(Array.from({ length: x.size }, (_, j) => Number(i === j))),
    );
    return units.map((s) =>
      units.map((t) => func.jvp((y: Tensor) => func.jvp(f, [y], [s])[1], [x], [t])[1].item()),
    );
  };

  test.each(functions)('three ways agree, and are symmetric: %s', (_, f) => {
    fc.assert(
      fc.property(vector, (values) => {
        const x = f64(values);
        const forwardOverReverse = func.hessian(f)(x).toArray() as number[][];
        const reverseOverReverse = func
          .jacobian(func.grad(f), { mode: 'reverse' })(x)
          .toArray() as number[][];
        const forward = forwardOverForward(f, x);
        const size = Math.max(1, ...forward.flat().map(Math.abs));
        forward.forEach((row, i) => {
          row.forEach((value, j) => {
            for (const other of [forwardOverReverse[i]![j]!, reverseOverReverse[i]![j]!, forward[j]![i]!]) {
              expect(Math.abs(value - other) / size).toBeLessThan(1e-12);
            }
          });
        });
      }),
      { numRuns: Math.min(fc.readConfigureGlobal().numRuns ?? 30, 300) },
    );
  });

  test('of x^T A x + sin(b x): A + A^T - b b^T sin(b x)', () => {
    const a = f64([1, 2, 3, 4]).reshape([2, 2]);
    const b = f64([0.5, -1]);
    const x = f64([0.3, 0.7]);
    const found = func.hessian((y) => y.matmul(a).matmul(y).add(y.dot(b).sin()))(x);
    const expected = a.add(a.T).sub(b.outer(b).mul(x.dot(b).sin()));
    expect(found.sub(expected).abs().max().item()).toBeLessThan(1e-15);
  });
});
