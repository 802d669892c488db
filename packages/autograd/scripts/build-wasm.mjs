/**
 * Compiles assembly/ to src/kernels/wasm/generated/kernels.ts: the binary as text, which loads
 * synchronously and alike in Node, jest and browsers (base64 hides repetitions: compressed it takes 40 % more). The file ends with a digest of
 * all that went into it: when that still holds nothing is compiled (2-3 s) and nothing written (`tsc -b` would rebuild).
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = new URL('../', import.meta.url);
const assembly = new URL('assembly/', root);
const folder = new URL('src/kernels/wasm/generated/', root);
const target = new URL('kernels.ts', folder);

const hash = createHash('sha256')
  .update(asc.version)
  .update(readFileSync(new URL(import.meta.url)));
for (const name of readdirSync(assembly).sort()) {
  hash.update(name).update(readFileSync(new URL(name, assembly)));
}
const ending = `// ${hash.digest('hex')}\n`;

const built = () => {
  try {
    return readFileSync(target, 'utf8').endsWith(ending);
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
};

const compile = async () => {
  let binary;
  const { error, stderr } = await asc.main(
    [
      ...['assembly/index.ts', '--baseDir', fileURLToPath(root), '--outFile', 'kernels.wasm'],
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

if (!built()) {
  const binary = await compile();
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    target,
    `/** The compiled kernels of assembly/, ${binary.length} bytes (made by scripts/build-wasm.mjs): \`decode\` reads them. */
export const kernels = ${JSON.stringify(text(binary))};
/** What was added to each byte, modulo 256, to make a code. */
export const shift = ${SHIFT};
/** Codes below this are characters themselves; from here on a character says which ${PRINTABLE} codes the next one stands for. */
export const firstEscape = ${ESCAPE};
/** How many codes an escape reaches. */
export const reach = ${PRINTABLE};
${ending}`,
  );
}
