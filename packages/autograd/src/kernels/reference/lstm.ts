import type { DType, NumericArray } from '../../tensor/dtype.ts';
import { allocate, allocateOwn, Storage } from '../../tensor/storage.ts';
import { transposed, type View, viewOf } from '../../tensor/view.ts';
import type { Kernels, RecurrentKernels } from '../kernels.ts';
import { contiguous } from './copy.ts';
import { sigmoid } from './scalar.ts';

/** The elements of an array from a place on. */
export interface Part {
  readonly array: NumericArray;
  readonly at: number;
}

/** What the cells of an LSTM leave at all times: states, memories, and the gates i, f, g, o after their activations. */
export type LstmTrace = readonly [h: Part, c: Part, i: Part, f: Part, g: Part, o: Part];

/** The cells of an LSTM at one time, for `rows` sequences of n units. All arrays are row-major; `at` is where the time stands in a trace. */
export interface LstmCells {
  /** From what inputs and states give to the gates (rows, 4 n) and the memories before, writes to `trace`. */
  forward(
    own: Part,
    recurrent: Part,
    before: Part,
    trace: LstmTrace,
    at: number,
    rows: number,
    n: number,
  ): void;
  /**
   * The adjoint. `toState` and `toMemory` are cotangents from outside, `later` and `laterMemory` from the time after. Writes those of the
   * gates (rows, 4 n) before their activations to `gates`, and those of the memories before over `laterMemory`.
   */
  backward(
    toState: Part,
    later: Part,
    toMemory: Part,
    laterMemory: Part,
    before: Part,
    trace: LstmTrace,
    at: number,
    gates: Part,
    rows: number,
    n: number,
  ): void;
}

/** Reference cells. */
export const lstmCells: LstmCells = {
  forward(own, recurrent, before, trace, at, rows, n) {
    const [h, c, i, f, g, o] = trace.map((part) => part.array.subarray(part.at + at)) as NumericArrays;
    for (let row = 0; row < rows; row++) {
      const x = own.at + 4 * row * n;
      const r = recurrent.at + 4 * row * n;
      for (let k = 0; k < n; k++) {
        const y = row * n + k;
        i[y] = sigmoid(own.array[x + k]! + recurrent.array[r + k]!);
        f[y] = sigmoid(own.array[x + n + k]! + recurrent.array[r + n + k]!);
        g[y] = Math.tanh(own.array[x + 2 * n + k]! + recurrent.array[r + 2 * n + k]!);
        o[y] = sigmoid(own.array[x + 3 * n + k]! + recurrent.array[r + 3 * n + k]!);
        c[y] = f[y]! * before.array[before.at + y]! + i[y]! * g[y]!;
        h[y] = o[y]! * Math.tanh(c[y]!);
      }
    }
  },
  backward(toState, later, toMemory, laterMemory, before, trace, at, gates, rows, n) {
    const [, c, i, f, g, o] = trace.map((part) => part.array.subarray(part.at + at)) as NumericArrays;
    for (let row = 0; row < rows; row++) {
      for (let k = 0; k < n; k++) {
        const y = row * n + k;
        const tangent = Math.tanh(c[y]!);
        const dh = toState.array[toState.at + y]! + later.array[later.at + y]!;
        const outside = toMemory.array[toMemory.at + y]! + laterMemory.array[laterMemory.at + y]!;
        const dc = outside + dh * o[y]! * (1 - tangent * tangent);
        const to = gates.at + 4 * row * n + k;
        gates.array[to] = dc * g[y]! * slope(i[y]!);
        gates.array[to + n] = dc * before.array[before.at + y]! * slope(f[y]!);
        gates.array[to + 2 * n] = dc * i[y]! * (1 - g[y]! * g[y]!);
        gates.array[to + 3 * n] = dh * tangent * slope(o[y]!);
        laterMemory.array[laterMemory.at + y] = dc * f[y]!;
      }
    }
  },
};

type NumericArrays = [NumericArray, NumericArray, NumericArray, NumericArray, NumericArray, NumericArray];

/** Of the sigmoid y. */
const slope = (y: number): number => y - y * y;

const partOf = (x: View, at = 0): Part => ({ array: x.storage.array, at: x.offset + at });

/** The kernels of recurrent networks on top of a matrix product and cells. */
export function recurrentKernelsOn(
  matmul: Kernels['matmul'],
  cellsFor: (dtype: DType, rows: number, n: number) => LstmCells,
): RecurrentKernels {
  return {
    lstm(gates, h, c, weight) {
      const { dtype, shape } = gates;
      const [times, rows, n] = [shape[0]!, shape[1]!, shape[2]! / 4];
      const size = rows * n;
      const own = contiguous(gates);
      const lying = transposed(weight, 0, 1);
      const across = viewOf(weight.storage, dtype, lying.shape, lying.strides, lying.offset);
      const storages = Array.from({ length: 6 }, () => new Storage(allocate(dtype, times * size)));
      const trace = storages.map(({ array }) => ({ array, at: 0 })) as unknown as LstmTrace;
      const cells = cellsFor(dtype, rows, n);
      let state: View = h;
      let before = partOf(contiguous(c));
      for (let at = 0; at < times * size; at += size) {
        const recurrent = { array: matmul(state, across).array, at: 0 };
        cells.forward(partOf(own, 4 * at), recurrent, before, trace, at, rows, n);
        state = viewOf(storages[0]!, dtype, [rows, n], undefined, at);
        before = { array: trace[1].array, at };
      }
      return storages;
    },
    lstmAdjoint(toStates, toMemories, c, weight, saved) {
      const { dtype, shape } = saved[0]!;
      const [times, rows, n] = shape as readonly [number, number, number];
      const size = rows * n;
      const trace = saved.map((x) => partOf(contiguous(x))) as unknown as LstmTrace;
      const first = partOf(contiguous(c));
      const nothing = { array: allocate(dtype, size), at: 0 };
      const [states, memories] = [toStates && contiguous(toStates), toMemories && contiguous(toMemories)];
      const gates = new Storage(allocate(dtype, 4 * times * size));
      const toMemory = new Storage(allocateOwn(dtype, size));
      const cells = cellsFor(dtype, rows, n);
      let toState = new Storage(nothing.array);
      for (let at = (times - 1) * size; at >= 0 && size > 0; at -= size) {
        cells.backward(
          states ? partOf(states, at) : nothing,
          { array: toState.array, at: 0 },
          memories ? partOf(memories, at) : nothing,
          { array: toMemory.array, at: 0 },
          at === 0 ? first : { array: trace[1].array, at: trace[1].at + at - size },
          trace,
          at,
          { array: gates.array, at: 4 * at },
          rows,
          n,
        );
        toState = matmul(viewOf(gates, dtype, [rows, 4 * n], undefined, 4 * at), weight);
      }
      return [gates, toState, toMemory];
    },
  };
}
