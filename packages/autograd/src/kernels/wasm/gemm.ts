import { numThreads } from '../threads.ts';
import { coprocessor, type FloatArray } from './memory.ts';
import { threadPool } from './pool.ts';

/**
 * Most bytes of A, of B and of the result that are in scratch at a time; larger products run in blocks. With
 * the kernel's own 2 MiB a product never needs more than 50 MiB.
 */
const blockBytes = 16 * 2 ** 20;

/**
 * Lines shorter than this are copied element by element: a loop costs 1-4 ns an element, `subarray` and `set` together
 * 60-140 ns a line.
 */
const shortLine = 32;

/** Copies `lines` lines of `length` elements to `to`, one after the other from index `at`; any integer strides. */
const gather = (
  source: FloatArray,
  offset: number,
  lines: number,
  length: number,
  lineStride: number,
  stride: number,
  to: FloatArray,
  at: number,
): void => {
  if (stride === 1 && (lines === 1 || lineStride === length)) {
    const count = lines * length;
    to.set(count === source.length ? source : source.subarray(offset, offset + count), at);
  } else if (stride === 1 && length >= shortLine) {
    for (let line = 0; line < lines; line++) {
      const start = offset + line * lineStride;
      to.set(source.subarray(start, start + length), at + line * length);
    }
  } else {
    for (let line = 0; line < lines; line++) {
      let from = offset + line * lineStride;
      for (let i = 0; i < length; i++) {
        to[at++] = source[from]!;
        from += stride;
      }
    }
  }
};

/**
 * The longest block of `extent` whose areas with the two other extents stay within `limit` elements, or the side of
 * a square of `limit` elements when that is longer.
 */
const blockLength = (extent: number, other: number, another: number, limit: number): number =>
  Math.min(extent, Math.max(Math.floor(Math.sqrt(limit)), Math.floor(limit / Math.max(other, another))));

/** Writes copies of a row one after the other, each time as many as are there already. */
const repeat = (row: FloatArray, rows: number, to: FloatArray, at: number): void => {
  to.set(row, at);
  const size = rows * row.length;
  for (let done = row.length; done < size; done *= 2) {
    to.copyWithin(at + done, at, at + Math.min(done, size - done));
  }
};

/** Multiply-adds from which several threads beat one: a third of a millisecond of work. */
const threadsThreshold = 6e6;

/** Rows and columns are shared out by whole tiles of the kernel. */
const tile = 8;

/** Lines divided among threads: where each share starts, and how many lines it has. */
const shares = (lines: number, threads: number): (readonly [number, number])[] => {
  const each = Math.ceil(lines / threads / tile) * tile;
  const count = Math.ceil(lines / each);
  return Array.from({ length: count }, (_, k) => [k * each, Math.min(each, lines - k * each)] as const);
};

/**
 * Multiply-adds (m n k) from which {@link gemm} beats a loop in plain JavaScript.
 *
 * Measured in float32 on one core of an AMD EPYC (Zen 3), loop / {@link gemm} in microseconds, Node 20; 24:
 * 5x10x4 1.2 / 0.8; 0.9 / 0.8. 4x4x16 0.66 / 0.37; 0.52 / 0.34. 1x16x16 0.66 / 0.42; 0.82 / 0.53. 8x8x8 1.5 / 0.33;
 * 2.1 / 0.43. 1x32x32 2.4 / 0.76; 3.0 / 1.0.
 */
export const gemmThreshold = 256;

/**
 * Matrix product out = A B of raw arrays: A is [m, k], B [k, n], out [m, n] in row-major order from
 * `outOffset`, overwritten; plus a bias [n] on each row, if given. All arrays have one dtype; `out` must not overlap the operands.
 *
 * Offsets and strides count elements. Strides may be any integers, 0 and negative ones included. An operand
 * whose elements are contiguous in row or column order is copied into scratch at memory speed, one with
 * contiguous lines nearly so; others are gathered element by element (1-4 ns each). Nothing is checked:
 * indices outside the arrays give garbage.
 *
 * Each element of the result is a sum over k in an order that depends on k alone: the same bits whatever the
 * strides, m and n. NaN and infinities spread as in a plain loop.
 *
 * @throws Error when the WASM kernels cannot run here.
 */
export const gemm = <T extends FloatArray>(
  a: T,
  aOffset: number,
  aRowStride: number,
  aColumnStride: number,
  b: T,
  bOffset: number,
  bRowStride: number,
  bColumnStride: number,
  out: T,
  outOffset: number,
  m: number,
  n: number,
  k: number,
  bias: T | null = null,
): void => {
  if (m === 0 || n === 0) return;
  if (k === 0) {
    if (bias === null) out.fill(0, outOffset, outOffset + m * n);
    else for (let i = 0; i < m; i++) out.set(bias, outOffset + i * n);
    return;
  }
  const pool = m * n * k < threadsThreshold || Math.max(m, n) < 2 * tile ? null : threadPool();
  const threads = pool?.awake(numThreads()) ?? 1;
  const unit = pool !== null && threads > 1 ? pool.unit : coprocessor();
  const size = out.BYTES_PER_ELEMENT;
  const limit = blockBytes / size;
  const side = Math.floor(Math.sqrt(limit));
  let depthBlock = blockLength(k, Math.min(m, side), Math.min(n, side), limit);
  if (depthBlock < k) depthBlock -= depthBlock % unit.gemmDepthBlock;
  const rowBlock = blockLength(m, depthBlock, Math.min(n, side), limit);
  const columnBlock = Math.min(n, Math.floor(limit / Math.max(depthBlock, rowBlock)));

  const work = unit.scratchBase;
  const aAt = work + threads * unit.gemmWorkBytes;
  const bAt = aAt + rowBlock * depthBlock * size;
  const cAt = bAt + depthBlock * columnBlock * size;
  unit.reserve(cAt + rowBlock * columnBlock * size);
  const view = unit.view(size);
  const kernel = unit.kernel('gemm', size);

  const aByColumns = aRowStride === 1 && aColumnStride !== 1;
  const bByColumns = bRowStride === 1 && bColumnStride !== 1;
  for (let i = 0; i < m; i += rowBlock) {
    const rows = Math.min(rowBlock, m - i);
    for (let j = 0; j < n; j += columnBlock) {
      const columns = Math.min(columnBlock, n - j);
      if (bias !== null) repeat(bias.subarray(j, j + columns), rows, view, cAt / size);
      for (let p = 0; p < k; p += depthBlock) {
        const depth = Math.min(depthBlock, k - p);
        const aStart = aOffset + i * aRowStride + p * aColumnStride;
        if (aByColumns) gather(a, aStart, depth, rows, aColumnStride, 1, view, aAt / size);
        else gather(a, aStart, rows, depth, aRowStride, aColumnStride, view, aAt / size);
        const bStart = bOffset + p * bRowStride + j * bColumnStride;
        if (bByColumns) gather(b, bStart, columns, depth, bColumnStride, 1, view, bAt / size);
        else gather(b, bStart, depth, columns, bRowStride, bColumnStride, view, bAt / size);
        const aRow = aByColumns ? size : depth * size;
        const aColumn = aByColumns ? rows * size : size;
        const bRow = bByColumns ? size : columns * size;
        const bColumn = bByColumns ? depth * size : size;
        const accumulate = p > 0 || bias !== null ? 1 : 0;
        if (unit === pool?.unit) {
          // Each thread packs the operand that it needs the whole of, so the longer side is divided.
          const byRows = rows >= columns;
          const calls = shares(byRows ? rows : columns, threads).map(([start, count], thread) => [
            ...[byRows ? aAt + start * aRow : aAt, aRow, aColumn],
            ...[byRows ? bAt : bAt + start * bColumn, bRow, bColumn],
            ...[cAt + start * (byRows ? columns : 1) * size, columns * size],
            ...[byRows ? count : rows, byRows ? columns : count, depth, accumulate],
            work + thread * unit.gemmWorkBytes,
          ]);
          pool.run('gemm', size, calls);
        } else {
          const cRow = columns * size;
          kernel(aAt, aRow, aColumn, bAt, bRow, bColumn, cAt, cRow, rows, columns, depth, accumulate, work);
        }
      }
      const lines = columns === n ? 1 : rows;
      const length = columns === n ? rows * n : columns;
      for (let line = 0; line < lines; line++) {
        const from = cAt / size + line * length;
        out.set(view.subarray(from, from + length), outOffset + (i + line) * n + j);
      }
    }
  }
};
