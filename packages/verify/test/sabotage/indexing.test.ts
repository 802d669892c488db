import { defineOp, linear, type SampleKit, type Tensor, tensor, zeros } from '@tensortape/autograd';
import type { OpUnderTest } from '@tensortape/verify';
import { testSabotages, unary } from './harness.ts';

/** Mistakes that a person makes with indices: what happens where a position is named twice, or not at all. */

const take = (wrong: 'overwrites' | null) =>
  defineOp({
    name: 'takeRows',
    inputs: ['x', 'index'],
    saves: ['index'],
    forward: ({ x, index }) => x.indexSelect(0, index),
    vjp: {
      x: (g, { index }, _, like) => {
        const none = zeros(like.shape, { dtype: like.dtype });
        return wrong === null ? none.indexAdd(0, index, g) : none.indexCopy(0, index, g);
      },
      index: null,
    },
    jvp: ({ x: t }, { index }) => t && t.indexSelect(0, index),
  });

/** The last of several rows for one place: which rows of the source stay. */
function stays(index: Tensor): Tensor {
  const rows = index.toArray() as number[];
  return tensor(rows.map((row, i) => rows.lastIndexOf(row) === i)).unsqueeze(1);
}

const put = (wrong: 'keeps' | 'spreads' | null) =>
  defineOp({
    name: 'putRows',
    inputs: ['x', 'index', 'source'],
    saves: ['index'],
    forward: ({ x, index, source }) => x.indexCopy(0, index, source),
    vjp: {
      x: (g, { index }) => (wrong === 'keeps' ? g : g.indexFill(0, index, 0)),
      index: null,
      source: (g, { index }) => {
        const taken = g.indexSelect(0, index);
        return wrong === 'spreads' ? taken : taken.where(stays(index), 0);
      },
    },
    jvp: ({ x: s, source: t }, { index }) => {
      if (s === null) return t && zeros([3, 2], { dtype: t.dtype }).indexCopy(0, index, t);
      return t === null ? s.indexFill(0, index, 0) : s.indexCopy(0, index, t);
    },
  });

const rows = (s: SampleKit) => [s.tensorOf([3, 2]), s.index([4], 3), s.tensorOf([4, 2])] as const;

const putting = (wrong: 'keeps' | 'spreads' | null): OpUnderTest => {
  const op = put(wrong);
  return {
    name: 'sabotaged',
    call: (x, index, source) => {
      const dtype = [x as Tensor, source as Tensor].some((t) => t.dtype === 'float64')
        ? 'float64'
        : 'float32';
      return op({
        x: (x as Tensor).to(dtype),
        index: index as Tensor,
        source: (source as Tensor).to(dtype),
      });
    },
    samples: rows,
  };
};

testSabotages([
  {
    mistake: 'a gather whose gradient overwrites where a position is named twice',
    property: 'reverse',
    finding: /the gradient by argument 0/,
    op: (wrong) => {
      const op = take(wrong ? 'overwrites' : null);
      return {
        name: 'sabotaged',
        call: (x, index) => op({ x: x as Tensor, index: index as Tensor }),
        samples: (s) => rows(s).slice(0, 2),
      };
    },
  },
  {
    mistake: 'a gradient that also flows to elements that were replaced',
    property: 'reverse',
    finding: /the gradient by argument 0/,
    op: (wrong) => putting(wrong ? 'keeps' : null),
  },
  {
    mistake: 'a gradient for all of several values written to one place',
    property: 'reverse',
    finding: /the gradient by argument 2/,
    op: (wrong) => putting(wrong ? 'spreads' : null),
  },
  {
    mistake: 'overlapping windows whose gradient is written instead of added up',
    property: 'reverse',
    finding: /the gradient by argument 0/,
    op: (wrong) => {
      const windows = linear({
        name: 'windows',
        forward: (x) => x.unfold(0, 2, 1),
        transpose: (g, _, like) => {
          const ends = g.select(1, 0).clone();
          const none = zeros(like.shape, { dtype: like.dtype });
          const starts = [...Array(ends.size).keys()];
          const first = none.indexPut([starts], ends);
          const next = starts.map((at) => at + 1);
          return first.indexPut([next], g.select(1, 1), { accumulate: !wrong });
        },
      });
      return unary(
        (x) => windows(x),
        (s) => [s.tensorOf([4])],
      );
    },
  },
  {
    mistake: 'index axes put in front although they were neighbours',
    property: 'reverse',
    finding: /argument 0/,
    op: (wrong) => {
      const index = tensor(new Int32Array([1, 0]));
      const pick = linear({
        name: 'pick',
        forward: (x) => x.at(':', index),
        transpose: (g, _, like) =>
          zeros(like.shape, { dtype: like.dtype }).indexAdd(1, index, wrong ? g.transpose(0, 1) : g),
      });
      return unary(
        (x) => pick(x),
        (s) => [s.tensorOf([2, 2])],
      );
    },
  },
]);
