// Packed matrix product C = A B (or C += A B), one source for float32 and float64.
//
// The blocking is that of Goto and van de Geijn ("Anatomy of High-Performance Matrix Multiplication", 2008):
// a KC x NC block of B and an MC x KC block of A are copied into panels that the micro-kernel reads front to
// back, so that a panel of B stays in L1, the block of A in L2 and the block of B in L3. Each element of C is
// a sum over k in an order that depends on k alone: splitting m or n (blocks, threads) never changes a bit of
// the result.

/** Depth of a block. A panel of B is KC x 32 bytes, one of A at most as much: both fit a 32 KiB L1. */
const KC: i32 = 384;
/** Rows of A in a block (196 KB in float64). */
const MC: i32 = 64;
/** Columns of B in a block. */
const NC: i32 = 512;
/** Rows of C in a tile: 4 x 2 vectors of sums, 2 of B, 4 of A and a product fit into 16 registers. */
const MR: i32 = 4;
/** Bytes in a row of a tile: two vectors. */
const TILE_ROW: usize = 32;
const TILE: usize = MR * TILE_ROW;

/** A caller who splits k at multiples of this gets the bits of the undivided product. */
export const gemmDepthBlock: i32 = KC;
/** Bytes of working space that a gemm kernel needs. */
export const gemmWorkBytes: usize = TILE + (MC * KC + KC * NC) * sizeof<f64>();

/** Transposes a square block, one vector each way. */
// @ts-ignore: decorator
@inline
function transposeBlock<T>(from: usize, fromLine: usize, to: usize, toLine: usize): void {
  const r0 = v128.load(from);
  const r1 = v128.load(from + fromLine);
  if (sizeof<T>() == 8) {
    v128.store(to, v128.shuffle<f64>(r0, r1, 0, 2));
    v128.store(to + toLine, v128.shuffle<f64>(r0, r1, 1, 3));
  } else {
    const r2 = v128.load(from + 2 * fromLine);
    const r3 = v128.load(from + 3 * fromLine);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
    v128.store(to + toLine, v128.shuffle<f64>(low01, low23, 1, 3));
    v128.store(to + 2 * toLine, v128.shuffle<f64>(high01, high23, 0, 2));
    v128.store(to + 3 * toLine, v128.shuffle<f64>(high01, high23, 1, 3));
  }
}

/**
 * Packs `lines` lines of `depth` elements into panels of `width` lines (one or two vectors), in which the
 * elements at one depth stand side by side. What a last, narrower panel lacks is left as it was: it only
 * reaches parts of a tile that nobody reads. Strides are in bytes.
 */
// @ts-ignore: decorator
@inline
function pack<T>(
  from: usize, lineStride: usize, depthStride: usize, lines: i32, depth: i32, width: i32, to: usize,
): void {
  const size: usize = sizeof<T>();
  const lanes: i32 = 16 / <i32>sizeof<T>();
  const row: usize = <usize>width * size;
  for (let line = 0; line < lines; line += width) {
    const present = min(width, lines - line);
    let source = from + <usize>line * lineStride;
    let target = to;
    let p = 0;
    if (present == width && lineStride == size) {
      for (; p < depth; p++) {
        v128.store(target, v128.load(source));
        if (width > lanes) v128.store(target, v128.load(source, 16), 16);
        source += depthStride;
        target += row;
      }
    } else if (present == width && depthStride == size) {
      for (; p + lanes <= depth; p += lanes) {
        transposeBlock<T>(source, lineStride, target, row);
        if (width > lanes) {
          transposeBlock<T>(source + <usize>lanes * lineStride, lineStride, target + 16, row);
        }
        source += 16;
        target += <usize>lanes * row;
      }
    }
    for (; p < depth; p++) {
      for (let w = 0; w < present; w++) {
        store<T>(target + <usize>w * size, load<T>(source + <usize>w * lineStride));
      }
      source += depthStride;
      target += row;
    }
    to += <usize>depth * row;
  }
}

// @ts-ignore: decorator
@inline
function put<T>(c: usize, sum: v128, accumulate: bool): void {
  v128.store(c, accumulate ? v128.add<T>(v128.load(c), sum) : sum);
}

/**
 * Micro-kernel: a tile of C = or += a panel of A times a panel of B, `cRow` bytes between the tile's rows.
 *
 * The loop is not unrolled: V8 up to version 12 moves all loads of a block to its front and spills (unrolled
 * twice it ran at 25 GFLOP/s instead of 33). Stepping before the loads spares it two instructions a round.
 */
// @ts-ignore: decorator
@inline
function tile<T>(a: usize, b: usize, depth: i32, c: usize, cRow: usize, accumulate: bool): void {
  const aStep: usize = <usize>MR * sizeof<T>();
  let c00 = v128.splat<T>(0);
  let c01 = v128.splat<T>(0);
  let c10 = v128.splat<T>(0);
  let c11 = v128.splat<T>(0);
  let c20 = v128.splat<T>(0);
  let c21 = v128.splat<T>(0);
  let c30 = v128.splat<T>(0);
  let c31 = v128.splat<T>(0);
  const last = a + <usize>(depth - 1) * aStep;
  a -= aStep;
  b -= TILE_ROW;
  do {
    a += aStep;
    b += TILE_ROW;
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    let x = v128.load_splat<T>(a);
    c00 = v128.add<T>(v128.mul<T>(x, b0), c00);
    c01 = v128.add<T>(v128.mul<T>(x, b1), c01);
    x = v128.load_splat<T>(a, sizeof<T>());
    c10 = v128.add<T>(v128.mul<T>(x, b0), c10);
    c11 = v128.add<T>(v128.mul<T>(x, b1), c11);
    x = v128.load_splat<T>(a, 2 * sizeof<T>());
    c20 = v128.add<T>(v128.mul<T>(x, b0), c20);
    c21 = v128.add<T>(v128.mul<T>(x, b1), c21);
    x = v128.load_splat<T>(a, 3 * sizeof<T>());
    c30 = v128.add<T>(v128.mul<T>(x, b0), c30);
    c31 = v128.add<T>(v128.mul<T>(x, b1), c31);
  } while (a != last);
  put<T>(c, c00, accumulate);
  put<T>(c + 16, c01, accumulate);
  c += cRow;
  put<T>(c, c10, accumulate);
  put<T>(c + 16, c11, accumulate);
  c += cRow;
  put<T>(c, c20, accumulate);
  put<T>(c + 16, c21, accumulate);
  c += cRow;
  put<T>(c, c30, accumulate);
  put<T>(c + 16, c31, accumulate);
}

// Exported, so that the compiler keeps them functions of their own: an engine replaces a function by its
// optimised form from its next call on, and a first, large product would be over before that if it were all
// one call.

export function tileF32(a: usize, b: usize, depth: i32, c: usize, cRow: usize, accumulate: bool): void {
  tile<f32>(a, b, depth, c, cRow, accumulate);
}

export function tileF64(a: usize, b: usize, depth: i32, c: usize, cRow: usize, accumulate: bool): void {
  tile<f64>(a, b, depth, c, cRow, accumulate);
}

// @ts-ignore: decorator
@inline
function callTile<T>(a: usize, b: usize, depth: i32, c: usize, cRow: usize, accumulate: bool): void {
  if (sizeof<T>() == 4) tileF32(a, b, depth, c, cRow, accumulate);
  else tileF64(a, b, depth, c, cRow, accumulate);
}

// @ts-ignore: decorator
@inline
function gemm<T>(
  a: usize, aRow: usize, aColumn: usize,
  b: usize, bRow: usize, bColumn: usize,
  c: usize, cRow: usize,
  m: i32, n: i32, k: i32,
  accumulate: bool,
  work: usize,
): void {
  const size: usize = sizeof<T>();
  const NR: i32 = <i32>TILE_ROW / <i32>sizeof<T>();
  const edge = work;
  const packedA = edge + TILE;
  const packedB = packedA + <usize>(MC * KC) * size;
  for (let jc = 0; jc < n; jc += NC) {
    const columns = min(NC, n - jc);
    for (let pc = 0; pc < k; pc += KC) {
      const depth = min(KC, k - pc);
      const add = accumulate || pc > 0;
      pack<T>(b + <usize>pc * bRow + <usize>jc * bColumn, bColumn, bRow, columns, depth, NR, packedB);
      for (let ic = 0; ic < m; ic += MC) {
        const rows = min(MC, m - ic);
        pack<T>(a + <usize>ic * aRow + <usize>pc * aColumn, aRow, aColumn, rows, depth, MR, packedA);
        for (let j = 0; j < columns; j += NR) {
          const bPanel = packedB + <usize>(j * depth) * size;
          const tileColumns = min(NR, columns - j);
          for (let i = 0; i < rows; i += MR) {
            const aPanel = packedA + <usize>(i * depth) * size;
            const target = c + <usize>(ic + i) * cRow + <usize>(jc + j) * size;
            const tileRows = min(MR, rows - i);
            if (tileRows == MR && tileColumns == NR) {
              callTile<T>(aPanel, bPanel, depth, target, cRow, add);
            } else {
              callTile<T>(aPanel, bPanel, depth, edge, TILE_ROW, false);
              for (let r = 0; r < tileRows; r++) {
                let from = edge + <usize>r * TILE_ROW;
                let to = target + <usize>r * cRow;
                for (let s = 0; s < tileColumns; s++) {
                  store<T>(to, add ? <T>(load<T>(to) + load<T>(from)) : load<T>(from));
                  from += size;
                  to += size;
                }
              }
            }
          }
        }
      }
    }
  }
}

/**
 * C [m, n] = or += A [m, k] B [k, n], all sizes at least 1. Strides are in bytes; the rows of C are contiguous.
 * `work` is the address of gemmWorkBytes bytes.
 */
export function gemmF32(
  a: usize, aRow: usize, aColumn: usize, b: usize, bRow: usize, bColumn: usize, c: usize, cRow: usize,
  m: i32, n: i32, k: i32, accumulate: bool, work: usize,
): void {
  gemm<f32>(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, accumulate, work);
}

export function gemmF64(
  a: usize, aRow: usize, aColumn: usize, b: usize, bRow: usize, bColumn: usize, c: usize, cRow: usize,
  m: i32, n: i32, k: i32, accumulate: bool, work: usize,
): void {
  gemm<f64>(a, aRow, aColumn, b, bRow, bColumn, c, cRow, m, n, k, accumulate, work);
}
