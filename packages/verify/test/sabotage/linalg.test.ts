import { defineOp, linalg, type SampleKit, type Tensor, tensor } from '@tensortape/autograd';
import { pair, testSabotages, unary } from './harness.ts';

const identity = tensor(
  [
    [1, 0],
    [0, 1],
  ],
  { dtype: 'float64' },
);

/** A regular matrix that is far from symmetric. */
const regular = (s: SampleKit): [Tensor] => [
  s.tensorOf([2, 2], { low: -0.5, high: 0.5 }).add(
    tensor(
      [
        [4, 1],
        [-1, 7],
      ],
      { dtype: 'float64' },
    ),
  ),
];

const positiveDefinite = (s: SampleKit): [Tensor] => {
  const x = s.tensorOf([2, 2], { low: -1, high: 1 });
  return [x.matmul(x.mT).add(identity)];
};

const half = (x: Tensor): Tensor => x.tril().add(x.tril(-1)).div(2);

testSabotages([
  {
    mistake: 'the inverse in a derivative is not transposed',
    property: 'reverse',
    finding: /^the gradient by argument 0\[\d, \d\]/,
    op: (wrong) => {
      const inv = defineOp({
        name: 'inv',
        inputs: ['a'],
        saves: ['output'],
        forward: ({ a }) => linalg.inv(a),
        vjp: { a: (g, { output: x }) => (wrong ? x.matmul(g).matmul(x) : x.mT.matmul(g).matmul(x.mT)).neg() },
        jvp: ({ a: t }, { output: x }) => t && x.matmul(t).matmul(x).neg(),
      });
      return unary((a) => inv({ a }), regular);
    },
  },
  {
    mistake: 'the gradient of a Cholesky factor is not made symmetric',
    property: 'reverse',
    finding: /^the gradient by argument 0\[\d, \d\]/,
    op: (wrong) => {
      const cholesky = defineOp({
        name: 'cholesky',
        inputs: ['a'],
        saves: ['output'],
        forward: ({ a }) => linalg.cholesky(a),
        vjp: {
          a: (g, { output: l }) => {
            const inner = linalg.solveTriangular(l, half(l.mT.matmul(g)), { upper: false, left: false });
            const one = linalg.solveTriangular(l.mT, inner, { upper: true });
            return wrong ? one : one.add(one.mT).div(2);
          },
        },
        jvp: ({ a: t }, { output: l }) => {
          if (t === null) return null;
          const inner = linalg.solveTriangular(l, t.add(t.mT).div(2), { upper: false });
          return l.matmul(half(linalg.solveTriangular(l.mT, inner, { upper: true, left: false })));
        },
      });
      return unary((a) => cholesky({ a }), positiveDefinite);
    },
  },
  {
    mistake: 'the tangent of a Cholesky factor keeps the whole diagonal',
    property: 'forward',
    finding: /by argument 0\[\d, \d\]/,
    op: (wrong) => {
      const cholesky = defineOp({
        name: 'cholesky',
        inputs: ['a'],
        saves: ['output'],
        forward: ({ a }) => linalg.cholesky(a),
        vjp: {
          a: (g, { output: l }) => {
            const inner = linalg.solveTriangular(l, half(l.mT.matmul(g)), { upper: false, left: false });
            const one = linalg.solveTriangular(l.mT, inner, { upper: true });
            return one.add(one.mT).div(2);
          },
        },
        jvp: ({ a: t }, { output: l }) => {
          if (t === null) return null;
          const inner = linalg.solveTriangular(l, t.add(t.mT).div(2), { upper: false });
          const whole = linalg.solveTriangular(l.mT, inner, { upper: true, left: false });
          return l.matmul(wrong ? whole.tril() : half(whole));
        },
      });
      return unary((a) => cholesky({ a }), positiveDefinite);
    },
  },
  {
    mistake: 'the gradient of a triangular solve fills the triangle that is not looked at',
    property: 'reverse',
    finding: /^the gradient by argument 0\[0, 1\]/,
    op: (wrong) => {
      const solve = defineOp({
        name: 'solve',
        inputs: ['a', 'b'],
        saves: ['a', 'output'],
        forward: ({ a, b }) => linalg.solveTriangular(a, b, { upper: false }),
        vjp: (g, { a, output: x }) => {
          const w = linalg.solveTriangular(a.mT, g, { upper: true });
          const whole = w.matmul(x.mT).neg();
          return { a: wrong ? whole : whole.tril(), b: w };
        },
        jvp: ({ a: s, b: t }, { a, output: x }) => {
          const moved = s && s.tril().matmul(x).neg();
          const right = t === null ? moved : moved === null ? t : t.add(moved);
          return right && linalg.solveTriangular(a, right, { upper: false });
        },
      });
      return pair(
        (a, b) => solve({ a, b }),
        (s) => [...regular(s), s.tensorOf([2, 1])],
      );
    },
  },
  {
    mistake: 'differences of eigenvalues are taken the wrong way round',
    property: 'forward',
    finding: /^result\[\d, \d\] by argument 0/,
    op: (wrong) => {
      const vectors = defineOp({
        name: 'vectors',
        inputs: ['a'],
        saves: ['a', 'output'],
        forward: ({ a }) => linalg.eigh(a).eigenvectors,
        vjp: { a: (g, { a, output: v }) => turn(v, v.mT.matmul(g), a, false).matmul(v.mT) },
        jvp: ({ a: t }, { a, output: v }) =>
          t && turn(v, v.mT.matmul(t.add(t.mT).div(2)).matmul(v), a, wrong),
      });
      /** V (F ∘ M), where F_ij = 1 / (w_j - w_i) beside the diagonal; the symmetric part of it in the gradient. */
      const turn = (v: Tensor, m: Tensor, a: Tensor, reversed: boolean): Tensor => {
        const w = linalg.eigvalsh(a);
        const apart = w
          .unsqueeze(0)
          .sub(w.unsqueeze(1))
          .mul(reversed ? -1 : 1);
        const diagonal = identity.ne(0);
        return v.matmul(m.div(apart.maskedFill(diagonal, 1)).maskedFill(diagonal, 0));
      };
      return unary(
        (a) => vectors({ a: a.add(a.mT).div(2) }),
        (s) => [
          s.tensorOf([2, 2], { low: -0.5, high: 0.5 }).add(
            tensor(
              [
                [1, 0],
                [0, 5],
              ],
              { dtype: 'float64' },
            ),
          ),
        ],
      );
    },
  },
  {
    mistake: 'the transposed matrix is forgotten in the gradient of a product',
    property: 'reverse',
    finding: /^the gradient by argument 0\[\d, \d\]/,
    op: (wrong) => {
      const product = defineOp({
        name: 'product',
        inputs: ['a', 'b'],
        saves: ['a', 'b'],
        forward: ({ a, b }) => a.matmul(b),
        vjp: { a: (g, { b }) => g.matmul(wrong ? b : b.mT), b: (g, { a }) => a.mT.matmul(g) },
        jvp: ({ a: s, b: t }, { a, b }) =>
          s === null ? t && a.matmul(t) : t === null ? s.matmul(b) : s.matmul(b).add(a.matmul(t)),
      });
      return pair(
        (a, b) => product({ a, b }),
        (s) => [s.tensorOf([2, 2]), s.tensorOf([2, 2])],
      );
    },
  },
]);
