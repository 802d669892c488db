/**
 * Compiles assembly/index.ts and layers.ts to src/kernels/wasm/generated/kernels.ts and layers.ts: the binaries as text, which loads
 * synchronously and alike in Node, jest and browsers (base64 hides repetitions: compressed it takes 40 % more). The files end with a digest of
 * all that went into them: when that still holds nothing is compiled (2-3 s each) and nothing written (`tsc -b` would rebuild).
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = new URL('../', import.meta.url);
const assembly = new URL('assembly/', root);
const folder = new URL('src/kernels/wasm/generated/', root);

const hash = createHash('sha256')
  .update(asc.version)
  .update(readFileSync(new URL(import.meta.url)));
for (const name of readdirSync(assembly).sort()) {
  hash.update(name).update(readFileSync(new URL(name, assembly)));
}
const ending = `// ${hash.digest('hex')}\n`;

const built = (target) => {
  try {
    return readFileSync(target, 'utf8').endsWith(ending);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
};

const compile = async (source) => {
  let binary;
  const { error, stderr } = await asc.main(
    [
      ...[`assembly/${source}`, '--baseDir', fileURLToPath(root), '--outFile', 'kernels.wasm'],
      ...['--optimizeLevel', '3', '--converge', '--noAssert', '--runtime', 'stub'],
      ...['--importMemory', '--enable', 'simd'],
      // With a maximum the memory can be declared as shared by changing one bit.
      ...['--maximumMemory', '65536'],
    ],
    {
      writeFile: (_name, contents) => {
        binary = contents;
      },
    },
  );
  if (error) {
    process.stderr.write(stderr.toString());
    throw error;
  }
  return Buffer.from(binary);
};

/** Added to each byte, modulo 256: most are small numbers, and so become printable characters. */
const SHIFT = 0x35;
/** The first two characters that are no bytes themselves: they say which 95 codes the next character, from a space on, stands for. */
const ESCAPE = 0x7d;
const PRINTABLE = 0x5f;

/** The bytes as printable ASCII: a character each, or two (compressed, 3 % less than with escapes of JavaScript). */
const text = (bytes) =>
  Array.from(bytes, (byte) => {
    const code = (byte + SHIFT) & 0xff;
    if (code >= 0x20 && code < ESCAPE) return String.fromCharCode(code);
    const beyond = (code - ESCAPE) & 0xff;
    return String.fromCharCode(ESCAPE + Math.floor(beyond / PRINTABLE), 0x20 + (beyond % PRINTABLE));
  }).join('');

const FUNCTION = 0;
const EXPORT_SECTION = 7;
const CODE_SECTION = 10;

/** Where the bodies of exported functions begin and end in a binary that imports none, by name. */
const bodies = (binary) => {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const starts = new Map();
  for (at = 8; at < binary.length; ) {
    const section = binary[at++];
    const end = number() + at;
    starts.set(section, at);
    at = end;
  }
  at = starts.get(CODE_SECTION);
  const codes = Array.from({ length: number() }, () => {
    const end = number() + at;
    const body = [at, end];
    at = end;
    return body;
  });
  at = starts.get(EXPORT_SECTION);
  return new Map(
    Array.from({ length: number() }, () => {
      const length = number();
      const name = binary.toString('latin1', at, at + length);
      at += length;
      const kind = binary[at++];
      const index = number();
      return [name, kind === FUNCTION ? codes[index] : undefined];
    }),
  );
};

/** Vector instructions, each of three bytes, and the one that reads a variable: two bytes when its number is small. */
const MULTIPLY = { tileF32: [0xfd, 0xe6, 1], tileF64: [0xfd, 0xf2, 1] };
const ADD = { tileF32: [0xfd, 0xe4, 1], tileF64: [0xfd, 0xf0, 1] };
const GET = 0x20;
/** 4 x 2 vectors of sums. */
const PRODUCTS_OF_TILE = 8;

/** Where the tiles of gemm.ts multiply, read a sum and add: `fuse` in memory.ts makes one instruction of these. */
const products = (binary) => {
  const found = bodies(binary);
  return ['tileF32', 'tileF64'].flatMap((name) => {
    const [start, end] = found.get(name);
    const places = [];
    for (let at = start; at < end; at++) {
      const [multiply, add] = [binary.subarray(at, at + 3), binary.subarray(at + 5, at + 8)];
      if (multiply.equals(Buffer.from(MULTIPLY[name])) && add.equals(Buffer.from(ADD[name]))) {
        if (binary[at + 3] === GET) places.push(at);
      }
    }
    if (places.length !== PRODUCTS_OF_TILE) throw new Error(`${name} has ${places.length} products`);
    return places;
  });
};

mkdirSync(folder, { recursive: true });
for (const [name, source] of [
  ['kernels', 'index.ts'],
  ['layers', 'layers.ts'],
]) {
  const target = new URL(`${name}.ts`, folder);
  if (built(target)) continue;
  const binary = await compile(source);
  const details = () => `/** Where the binary multiplies, reads a sum and adds. */
export const products = ${JSON.stringify(products(binary))};
/** What was added to each byte, modulo 256, to make a code. */
export const shift = ${SHIFT};
/** Codes below this are characters themselves; from here on a character says which ${PRINTABLE} codes the next one stands for. */
export const firstEscape = ${ESCAPE};
/** How many codes an escape reaches. */
export const reach = ${PRINTABLE};
`;
  writeFileSync(
    target,
    `/** Compiled kernels of assembly/${source}, ${binary.length} bytes (made by scripts/build-wasm.mjs): \`compile\` in memory.ts reads them. */
export const text = ${JSON.stringify(text(binary))};
${name === 'kernels' ? details() : ''}${ending}`,
  );
}
