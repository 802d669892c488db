import { type DType, itemSize, type NumericArray } from './dtype.ts';

let created = 0;

/** How many storages exist so far: one made later has an id of at least this. */
export function storageCount(): number {
  return created;
}

/** One typed array and the number of in-place changes made to it. Tensors are views of storages. */
export class Storage {
  readonly array: NumericArray;
  // Private, so that test matchers find storages with equal elements equal.
  readonly #id = created++;
  /** Counts the in-place changes: a saved value whose storage has moved on is refused by the backward sweep. */
  version = 0;
  /** The version after the latest in-place change that the tape recorded: views made before it know nothing of it. */
  recordedVersion = 0;
  /** The operation that made the latest in-place change, for error messages. */
  writer = '';

  constructor(array: NumericArray) {
    this.array = array;
  }

  /** Grows with each storage made, so that its age can be told. */
  static idOf(storage: Storage): number {
    return storage.#id;
  }

  /** Records an in-place change. */
  touch(writer: string): void {
    this.version++;
    this.writer = writer;
  }
}

/** V8 keeps arrays up to this many bytes in its own heap, where a new one costs tens of nanoseconds. */
const ON_HEAP_BYTES = 64;
/** Above this an array's own allocation no longer dominates the work done on it. */
const SLAB_ITEM_BYTES = 2048;
const SLAB_BYTES = 65536;

let slab = new ArrayBuffer(SLAB_BYTES);
let slabUsed = 0;

/** A zeroed array for a short-lived result: small ones are carved out of a shared slab. */
export function allocate(dtype: DType, size: number): NumericArray {
  if (size <= 8) return allocateOwn(dtype, size);
  const bytes = size * itemSize[dtype];
  if (bytes <= ON_HEAP_BYTES || bytes > SLAB_ITEM_BYTES) return allocateOwn(dtype, size);
  if (slabUsed + bytes > SLAB_BYTES) {
    slab = new ArrayBuffer(SLAB_BYTES);
    slabUsed = 0;
  }
  const offset = slabUsed;
  slabUsed += (bytes + 7) & ~7;
  switch (dtype) {
    case 'float32':
      return new Float32Array(slab, offset, size);
    case 'float64':
      return new Float64Array(slab, offset, size);
    case 'int32':
      return new Int32Array(slab, offset, size);
    default:
      return new Uint8Array(slab, offset, size);
  }
}

/** Zeros to add up in, as {@link allocate} makes them. */
export function zeros64(size: number): Float64Array {
  return allocate('float64', size) as Float64Array;
}

/** A zeroed array of its own, for values that are kept: one kept slab element would keep the whole slab alive. */
export function allocateOwn(dtype: DType, size: number): NumericArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(size);
    case 'float64':
      return new Float64Array(size);
    case 'int32':
      return new Int32Array(size);
    default:
      return new Uint8Array(size);
  }
}
