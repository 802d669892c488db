import { ArgumentError } from './errors.ts';

/**
 * The two formats of 16 bits: `float16`, IEEE 754 binary16 (5 bits of exponent, 10 of fraction, up to 65504), and `bfloat16`,
 * the upper half of a float32 (8 and 7 bits).
 */
export type HalfFormat = 'float16' | 'bfloat16';

const fractionBits: Readonly<Record<HalfFormat, number>> = { float16: 10, bfloat16: 7 };
/** The exponent of the smallest normal number. */
const smallestExponent: Readonly<Record<HalfFormat, number>> = { float16: -14, bfloat16: -126 };
/** The bits of infinity; above them NaN. */
const infinityBits: Readonly<Record<HalfFormat, number>> = { float16: 0x7c00, bfloat16: 0x7f80 };
/** Adding and subtracting it rounds a smaller double to a whole number, halves to even. */
const ROUNDER = 2 ** 52;

/** A double, and its upper word, in which the exponent stands. */
const double = new Float64Array(1);
const words = new Int32Array(double.buffer);
const UPPER = /* @__PURE__ */ upperWord();

function upperWord(): 0 | 1 {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;
}

/**
 * The numbers that 16-bit patterns stand for, exactly. Tensors have no dtype of 16 bits: half precision is a way of storing,
 * and computing is done in float32.
 *
 * @example
 * ```ts
 * import { fromHalfBits, tensor } from '@tensortape/autograd';
 * const bits = Uint16Array.of(0x3c00, 0xc000, 0x7c00);
 * console.log(tensor(fromHalfBits(bits, 'float16'))); // tensor([ 1., -2., inf])
 * ```
 */
export function fromHalfBits(bits: Uint16Array, format: HalfFormat): Float32Array {
  checkFormat('fromHalfBits', format);
  const fraction = fractionBits[format];
  const infinity = infinityBits[format];
  const smallest = smallestExponent[format];
  const out = new Float32Array(bits.length);
  const outBits = new Uint32Array(out.buffer);
  for (let i = 0; i < bits.length; i++) {
    const sign = bits[i]! & 0x8000 ? -1 : 1;
    const magnitude = bits[i]! & 0x7fff;
    const exponent = magnitude >> fraction;
    // The fraction with its leading 1; below the smallest exponent it has none.
    const digits = (magnitude & ((1 << fraction) - 1)) + (exponent === 0 ? 0 : 1 << fraction);
    // Infinities, and NaN with its sign and payload.
    if (magnitude >= infinity) {
      const payload = (magnitude - infinity) << (23 - fraction);
      outBits[i] = ((bits[i]! & 0x8000) << 16) | 0x7f800000 | payload;
    } else out[i] = sign * digits * 2 ** (smallest - fraction + Math.max(exponent - 1, 0));
  }
  return out;
}

/**
 * The nearest 16-bit patterns of numbers; halves go to the even neighbour. What is too large becomes infinite, NaN one quiet
 * NaN. Doubles are rounded once, as in NumPy (PyTorch rounds them to float32 first).
 *
 * @example
 * ```ts
 * import { tensor, toHalfBits } from '@tensortape/autograd';
 * console.log(toHalfBits(tensor([1, -2, 70000]).toTypedArray(), 'float16')); // Uint16Array(3) [ 15360, 49152, 31744 ]
 * ```
 */
export function toHalfBits(values: ArrayLike<number>, format: HalfFormat): Uint16Array {
  checkFormat('toHalfBits', format);
  const fraction = fractionBits[format];
  const infinity = infinityBits[format];
  const smallest = smallestExponent[format];
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) {
    double[0] = values[i]!;
    const word = words[UPPER]!;
    const sign = word < 0 ? 0x8000 : 0;
    const exponent = Math.max(((word >> 20) & 0x7ff) - 1023, smallest);
    const quotient = Math.abs(values[i]!) * 2 ** (fraction - exponent);
    if (Number.isNaN(quotient)) {
      out[i] = infinity | (1 << (fraction - 1));
    } else if (quotient >= ROUNDER) {
      out[i] = sign | infinity;
    } else {
      // A fraction that rounds up to the next power of two carries into the exponent, as it should.
      const digits = quotient + ROUNDER - ROUNDER;
      out[i] = sign | Math.min(digits + (exponent - smallest) * 2 ** fraction, infinity);
    }
  }
  return out;
}

function checkFormat(op: string, format: HalfFormat): void {
  if (format !== 'float16' && format !== 'bfloat16') {
    throw new ArgumentError(`${op}: expected the format 'float16' or 'bfloat16', got '${format}'`);
  }
}
