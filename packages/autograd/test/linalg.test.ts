import { describe, expect, test } from '@jest/globals';
import {
  diagonal,
  eye,
  func,
  Generator,
  GradientError,
  LinAlgError,
  linalg,
  ones,
  randn,
  type Tensor,
  tensor,
  zeros,
} from '@tensortape/autograd';

const generator = new Generator(7);
const random = (...shape: number[]): Tensor => randn(shape, { dtype: 'float64', generator });
const matrix = (rows: number[][]): Tensor => tensor(rows, { dtype: 'float64' });
const distance = (a: Tensor, b: Tensor): number => a.sub(b).abs().amax().item();
const diag = (d: Tensor): Tensor => eye(d.size, d.size, { dtype: d.dtype }).mul(d);

describe('factors of larger matrices multiply to them', () => {
  const n = 40;
  const a = random(2, n, n);
  const orthonormal = (q: Tensor) =>
    distance(q.mT.matmul(q), eye(q.shape.at(-1)!, undefined, { dtype: 'float64' }));

  test('solve and inv', () => {
    const b = random(2, n, 3);
    expect(distance(a.matmul(linalg.solve(a, b)), b)).toBeLessThan(1e-10);
    expect(distance(linalg.solve(a, b, { left: true }), linalg.inv(a).matmul(b))).toBeLessThan(1e-10);
    expect(distance(linalg.solve(a, b.mT, { left: false }).matmul(a), b.mT)).toBeLessThan(1e-10);
  });

  test('cholesky', () => {
    const spd = a.matmul(a.mT).add(eye(n, n, { dtype: 'float64' }));
    const l = linalg.cholesky(spd);
    expect(distance(l.matmul(l.mT), spd)).toBeLessThan(1e-12 * n);
    expect(distance(l.tril(), l)).toBe(0);
    expect(distance(linalg.cholesky(spd, { upper: true }), l.mT)).toBe(0);
  });

  test.each([
    [n, n],
    [n, 7],
    [7, n],
  ])('qr, lu and svd of %i x %i', (rows, columns) => {
    const x = random(2, rows, columns);
    const { Q, R } = linalg.qr(x);
    expect(distance(Q.matmul(R), x)).toBeLessThan(1e-13);
    expect(orthonormal(Q)).toBeLessThan(1e-13);
    expect(distance(R.triu(), R)).toBe(0);
    const complete = linalg.qr(x, { mode: 'complete' });
    expect(complete.Q.shape).toEqual([2, rows, rows]);
    expect(distance(complete.Q.matmul(complete.R), x)).toBeLessThan(1e-13);
    const { P, L, U } = linalg.lu(x);
    expect(distance(P.matmul(L).matmul(U), x)).toBeLessThan(1e-13);
    const { U: left, S, Vh } = linalg.svd(x);
    const k = Math.min(rows, columns);
    expect(
      distance(
        left
          .slice(-1, 0, k)
          .mul(S.unsqueeze(-2))
          .matmul(Vh.slice(-2, 0, k)),
        x,
      ),
    ).toBeLessThan(1e-13);
    expect(orthonormal(left)).toBeLessThan(1e-13);
    expect(orthonormal(Vh.mT)).toBeLessThan(1e-13);
  });

  test('eigh', () => {
    const x = a.select(0, 0).add(a.select(0, 0).mT);
    const { eigenvalues, eigenvectors } = linalg.eigh(x);
    expect(distance(eigenvectors.mul(eigenvalues).matmul(eigenvectors.mT), x)).toBeLessThan(1e-13);
    expect(orthonormal(eigenvectors)).toBeLessThan(1e-13);
    expect(eigenvalues.toTypedArray().every((value, i, all) => i === 0 || value >= all[i - 1]!)).toBe(true);
  });
});

describe('determinants', () => {
  test('the gradient at a singular matrix is the matrix of cofactors', () => {
    const x = tensor(
      [
        [1, 2],
        [2, 4],
      ],
      { dtype: 'float64', requiresGrad: true },
    );
    linalg.det(x).backward();
    expect(x.grad!.toArray()).toEqual([
      [4, -2],
      [-2, 1],
    ]);
  });

  test('derivatives along a line are the coefficients of the polynomial, at any rank', () => {
    const m = matrix([
      [1, 2, 0],
      [-1, 1, 3],
      [2, 0, 1],
    ]);
    for (const d of [
      [0, 0, 0],
      [2, 0, 0],
      [2, 3, 0],
      [2, 3, 4],
    ]) {
      const a = diag(tensor(d, { dtype: 'float64' }));
      const line = (t: Tensor) => linalg.det(a.add(m.mul(t)));
      const slope = (f: (t: Tensor) => Tensor) => (t: Tensor) =>
        func.jvp(f, [t], [ones([], { dtype: 'float64' })])[1];
      const zero = zeros([], { dtype: 'float64' });
      const [p, q, r] = d as [number, number, number];
      const minors = [1 * 1 - 3 * 0, 1 * 1 - 0 * 2, 1 * 1 + 2 * 1];
      expect(slope(line)(zero).item()).toBeCloseTo(q * r * 1 + p * r * 1 + p * q * 1, 12);
      expect(slope(slope(line))(zero).item()).toBeCloseTo(
        2 * (p * minors[0]! + q * minors[1]! + r * minors[2]!),
        12,
      );
      const gradient = func.grad((t: Tensor) => func.grad(line)(t))(zero);
      expect(gradient.item()).toBeCloseTo(2 * (p * minors[0]! + q * minors[1]! + r * minors[2]!), 12);
      // det M = 15, times 3!.
      if (p * q * r !== 0) expect(slope(slope(slope(line)))(zero).item()).toBeCloseTo(90, 10);
      else expect(() => slope(slope(slope(line)))(zero)).toThrow(LinAlgError);
    }
  });

  test('slogdet neither overflows nor vanishes, and is 0 and -Infinity for singular matrices', () => {
    const { sign, logabsdet } = linalg.slogdet(eye(400, 400, { dtype: 'float64' }).mul(-1e-3));
    expect(sign.item()).toBe(1);
    expect(logabsdet.item()).toBeCloseTo(400 * Math.log(1e-3), 9);
    const singular = linalg.slogdet(ones([2, 2]));
    expect([singular.sign.item(), singular.logabsdet.item()]).toEqual([0, Number.NEGATIVE_INFINITY]);
    expect(linalg.det(zeros([0, 0])).item()).toBe(1);
  });
});

describe('refusals', () => {
  test('a singular matrix is named by its place in the batch, with a remedy', () => {
    const batch = tensor([
      [
        [1, 0],
        [0, 1],
      ],
      [
        [1, 2],
        [2, 4],
      ],
    ]);
    const message =
      'the matrix at [1] of the batch is singular (its pivot 2 is 0); use linalg.pinv or linalg.lstsq';
    expect(() => linalg.solve(batch, ones([2]))).toThrow(`solve: ${message}`);
    expect(() => linalg.inv(batch)).toThrow(LinAlgError);
    expect(() => linalg.inv(batch.select(0, 1))).toThrow('inv: the matrix is singular (its pivot 2 is 0)');
  });

  test('what cannot be differentiated says so, and what to do', () => {
    const x = random(3, 2).requiresGrad_();
    expect(() => linalg.qr(x, { mode: 'complete' }).R.sum().backward()).toThrow(GradientError);
    expect(() => linalg.svd(x).U.square().sum().backward()).toThrow('use { fullMatrices: false }');
    linalg.svd(x).S.sum().backward();
    expect(x.grad!.shape).toEqual([3, 2]);
  });
});

// Recorded from PyTorch 2.13.0.
describe('conventions of LAPACK', () => {
  const x = matrix([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);

  test('qr: an element of the diagonal has the sign opposite to the one it replaces', () => {
    const { Q, R } = linalg.qr(x);
    expect(
      distance(
        R,
        matrix([
          [-5.916079783099616, -7.43735744161095],
          [0, 0.828078671210825],
        ]),
      ),
    ).toBeLessThan(1e-14);
    expect(Q.select(1, 1).toArray()).toEqual([
      expect.closeTo(0.8970852271450604, 14),
      expect.closeTo(0.2760262237369421, 14),
      expect.closeTo(-0.3450327796711772, 14),
    ]);
    expect(
      linalg
        .qr(
          matrix([
            [3, 1],
            [0, -2],
          ]),
        )
        .R.toArray(),
    ).toEqual([
      [3, 1],
      [0, -2],
    ]);
  });

  test('lu: pivots are counted from 1, in the order of the exchanges', () => {
    const { LU, pivots } = linalg.luFactor(x);
    expect(pivots.toArray()).toEqual([3, 3]);
    expect(
      distance(
        LU,
        matrix([
          [5, 6],
          [0.2, 0.8],
          [0.6, 0.5],
        ]),
      ),
    ).toBeLessThan(1e-15);
    expect(linalg.lu(x).P.toArray()).toEqual([
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
    ]);
  });

  test('the gradient of cholesky is symmetric', () => {
    const a = tensor(
      [
        [4, 2],
        [2, 5],
      ],
      { dtype: 'float64', requiresGrad: true },
    );
    linalg
      .cholesky(a)
      .mul(
        matrix([
          [1, 10],
          [3, 2],
        ]),
      )
      .sum()
      .backward();
    expect(a.grad!.toArray()).toEqual([
      [expect.closeTo(0, 14), 0.5],
      [0.5, 0.5],
    ]);
  });

  test('norms and conditions', () => {
    const a = matrix([
      [4, 2],
      [2, 5],
    ]);
    const conditions = (
      [1, -1, 2, -2, 'fro', 'nuc', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const
    ).map((p) => linalg.cond(a, p).item());
    const expected = [3.0625, 2.25, 2.690873457204966, 0.37162654279503304, 3.0625, 5.0625, 3.0625, 2.25];
    conditions.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 8);
    });
    expect(linalg.cond(ones([2, 2]), 1).item()).toBe(Number.POSITIVE_INFINITY);
    expect(linalg.matrixNorm(zeros([3, 0]), 1).item()).toBe(0);
  });
});

describe('rank', () => {
  const deficient = matrix([
    [1, 2, 3],
    [2, 4, 6],
    [1, 0, 1],
    [0, 2, 2],
  ]);

  test('pinv satisfies the four equations of Penrose', () => {
    const p = linalg.pinv(deficient);
    const [ap, pa] = [deficient.matmul(p), p.matmul(deficient)];
    expect(distance(ap.matmul(deficient), deficient)).toBeLessThan(1e-14);
    expect(distance(pa.matmul(p), p)).toBeLessThan(1e-14);
    expect(distance(ap, ap.mT)).toBeLessThan(1e-14);
    expect(distance(pa, pa.mT)).toBeLessThan(1e-14);
    expect(linalg.matrixRank(deficient).item()).toBe(2);
  });

  test('svd of a matrix without full rank has orthonormal vectors all the same', () => {
    const { U, S } = linalg.svd(
      matrix([
        [1, 1],
        [1, 1],
        [0, 0],
      ]),
    );
    expect(distance(U.mT.matmul(U), eye(3, 3, { dtype: 'float64' }))).toBeLessThan(1e-15);
    expect(S.toArray()).toEqual([expect.closeTo(2, 14), expect.closeTo(0, 14)]);
    expect(linalg.svd(zeros([3, 2])).U.toArray()).toEqual(eye(3).toArray());
  });

  test('lstsq finds the shortest of the best', () => {
    const { solution, rank } = linalg.lstsq(
      matrix([
        [1, 2],
        [2, 4],
      ]),
      matrix([[1], [1]]),
    );
    expect(rank.item()).toBe(1);
    expect(distance(solution, matrix([[0.12], [0.24]]))).toBeLessThan(1e-15);
  });

  test('singular values far apart keep their digits', () => {
    const scales = tensor([1, 1e-12, 1e-24], { dtype: 'float64' });
    const x = matrix([
      [1, 2, 3],
      [0, 1, 4],
      [5, 6, 0],
    ]).mul(scales);
    const s = linalg.svdvals(x).toTypedArray();
    // Their product is |det|, 1e-36 here: lost if the small ones were only good against the largest.
    expect(s[0]! * s[1]! * s[2]! * 1e36).toBeCloseTo(1, 12);
  });
});

describe('functions of matrices', () => {
  test('matrixExp: rotations, nilpotent and large matrices', () => {
    const turn = matrix([
      [0, -Math.PI],
      [Math.PI, 0],
    ]);
    expect(distance(linalg.matrixExp(turn), eye(2, 2, { dtype: 'float64' }).neg())).toBeLessThan(1e-14);
    expect(
      linalg
        .matrixExp(
          matrix([
            [0, 1, 2],
            [0, 0, 3],
            [0, 0, 0],
          ]),
        )
        .toArray(),
    ).toEqual([
      [1, 1, expect.closeTo(3.5, 14)],
      [0, 1, 3],
      [0, 0, 1],
    ]);
    const d = tensor([-30, 1, 50], { dtype: 'float64' });
    const found = diagonal(linalg.matrixExp(diag(d)));
    expect(found.div(d.exp()).sub(1).abs().amax().item()).toBeLessThan(1e-13);
    expect(linalg.matrixExp(zeros([0, 0])).shape).toEqual([0, 0]);
  });

  test('multiDot multiplies in the cheapest order', () => {
    const n = 3000;
    // In any other order there is a product with n^2 elements.
    const begun = performance.now();
    const chain = linalg.multiDot([ones([1, n]), ones([n, 1]), ones([1, n]), ones([n, 1]), ones([1, n])]);
    expect(chain.shape).toEqual([1, n]);
    expect(chain.select(1, 0).item()).toBe(n * n);
    expect(performance.now() - begun).toBeLessThan(100);
  });

  test('matrixPower', () => {
    const a = matrix([
      [2, 1],
      [1, 1],
    ]);
    expect(linalg.matrixPower(a, 7).toArray()).toEqual([
      [610, 377],
      [377, 233],
    ]);
    expect(
      distance(linalg.matrixPower(a, -2).matmul(linalg.matrixPower(a, 2)), eye(2, 2, { dtype: 'float64' })),
    ).toBeLessThan(1e-14);
    expect(
      linalg
        .matrixPower(
          tensor(
            [
              [2, 0],
              [0, 3],
            ],
            { dtype: 'int32' },
          ),
          3,
        )
        .toArray(),
    ).toEqual([
      [8, 0],
      [0, 27],
    ]);
    expect(linalg.matrixPower(a, 0).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });
});
