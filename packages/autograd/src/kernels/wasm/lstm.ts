import type { LstmCells, Part } from '../reference/lstm.ts';
import { coprocessor, type FloatArray } from './memory.ts';

/** Units, of all sequences together, from which the kernels beat a loop in plain JavaScript: measured, see bench/README.md. */
export const lstmThreshold = 16;

/** What passes through scratch at one time, in units: gates twice, memories and a trace; or five cotangents, a trace and gates. */
const shares = 15;

/** Cells in float32, for a number of units that is a multiple of 4. */
export const lstmCells: LstmCells = {
  forward(own, recurrent, before, trace, at, rows, n) {
    const { memory, put, next } = scratchFor(rows * n);
    const operands = [put(own, 4), put(recurrent, 4), put(before, 1)];
    const y = next();
    coprocessor().kernel('lstm', 4)(...operands, y, rows, n);
    for (const [i, part] of trace.entries()) take(memory, y / 4 + i * rows * n, part, at, rows * n);
  },
  backward(toState, later, toMemory, laterMemory, before, trace, at, gates, rows, n) {
    const { memory, put, next } = scratchFor(rows * n);
    const operands = [toState, later, toMemory, laterMemory, before].map((part) => put(part, 1));
    const y = next();
    for (const part of trace) put({ array: part.array, at: part.at + at }, 1);
    const g = next();
    coprocessor().kernel('lstmAdjoint', 4)(...operands, y, g, rows, n);
    take(memory, g / 4, gates, 0, 4 * rows * n);
    take(memory, operands[3]! / 4, laterMemory, 0, rows * n);
  },
};

/** Lays operands of `size` units one after the other into scratch. */
function scratchFor(size: number) {
  const unit = coprocessor();
  unit.reserve(unit.scratchBase + 4 * shares * size);
  const memory = unit.view(4);
  let end = unit.scratchBase / 4;
  return {
    memory,
    /** Where what is put next will stand. */
    next: (): number => 4 * end,
    /** Copies `times` numbers for each unit in, and tells where they stand. */
    put: ({ array, at }: Part, times: number): number => {
      const start = end;
      memory.set(array.subarray(at, at + times * size), start);
      end += times * size;
      return 4 * start;
    },
  };
}

function take(memory: FloatArray, from: number, to: Part, at: number, count: number): void {
  to.array.set(memory.subarray(from, from + count), to.at + at);
}
