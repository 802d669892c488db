import { createContext, SourceTextModule } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { browserEntries } from './workspace.ts';

/** Free names that mean something in Node only; a bundle calls them `nodeOnly_process` and so on. */
const nodeNames = [
  'Buffer',
  '__dirname',
  '__filename',
  'clearImmediate',
  'exports',
  'global',
  'module',
  'process',
  'require',
  'setImmediate',
];

/** A program as a bundler makes it for a browser, from the sources; an import of `node:*` makes it fail. */
async function bundle(program: string, { minify = true } = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname },
    bundle: true,
    conditions: ['@tensortape/source'],
    define: Object.fromEntries(nodeNames.map((name) => [name, `nodeOnly_${name}`])),
    format: 'esm',
    logLevel: 'silent',
    minify,
    platform: 'browser',
    write: false,
  });
  return outputFiles[0]!.text;
}

/** Where a bundle uses a name of Node's without having asked for its `typeof`. */
function unguarded(code: string): string[] {
  return code.split('\n').flatMap((line) => {
    const [name] = /nodeOnly_\w+/.exec(line) ?? [];
    return name === undefined || line.includes(`typeof ${name}`) ? [] : [line.trim()];
  });
}

/** A realm with what JavaScript itself has and some of a browser's globals. */
const browser = { atob, Blob, clearTimeout, ReadableStream, Response, setTimeout, TextDecoder, TextEncoder };

/** What a bundle exports as `result`, run without any of Node's globals. */
async function run(code: string): Promise<unknown> {
  const context = createContext({ ...browser });
  const module = new SourceTextModule(code, { context });
  await module.link((specifier) => {
    throw new Error(`the bundle imports ${specifier}`);
  });
  await module.evaluate();
  return (module.namespace as { result?: unknown }).result;
}

describe('bundles for browsers', () => {
  test('a program that only makes a tensor keeps the methods of tensors', async () => {
    const code = await bundle(
      "import { ones } from 'tensortape'; export const result = ones([3]).sum().item();",
    );
    expect(await run(code)).toBe(3);
  });

  test.each([
    [
      'tensors, modules and optimizers with their kernels',
      `import { manualSeed, randn, tensor } from '@tensortape/autograd';
       import * as nn from '@tensortape/nn';
       import * as optim from '@tensortape/optim';`,
      80_000,
    ],
    // esbuild keeps the whole of a namespace that another package passes on: this grows with every layer, loss and optimizer.
    [
      'the same through the namespaces of tensortape',
      "import { manualSeed, nn, optim, randn, tensor } from 'tensortape';",
      158_000,
    ],
  ])('%s stay small, and shed the samples', async (_, imports, limit) => {
    const code = await bundle(`
      ${imports}
      manualSeed(0);
      const net = new nn.Sequential(new nn.Linear(4, 3), new nn.ReLU());
      const optimizer = new optim.Adam(net.parameters(), { lr: 0.1 });
      const loss = new nn.CrossEntropyLoss().forward(net.forward(randn([2, 4])), tensor(new Int32Array([0, 2])));
      loss.backward();
      optimizer.step();
      export const result = loss.item();
    `);
    expect(await run(code)).toBeCloseTo(1.0, 0);
    expect(gzipSync(code).length).toBeLessThan(limit);
    expect(code).not.toContain('tensorOf');
  });

  test.each(browserEntries)('%s needs nothing of Node', async (entry) => {
    const code = await bundle(`export * from '${entry}'`, { minify: false });
    expect(code.length).toBeGreaterThan(1000);
    expect(unguarded(code)).toEqual([]);
    await run(code);
  });

  test.each([
    ["import { readFileSync } from 'node:fs'; readFileSync('x');", /Could not resolve "node:fs"/],
    ["import 'fs';", /Could not resolve "fs"/],
    ["await import('node:worker_threads');", /Could not resolve "node:worker_threads"/],
  ])('a program with %s is refused', async (program, problem) => {
    await expect(bundle(program)).rejects.toThrow(problem);
  });

  test.each([
    ['console.log(process.env)', ['console.log(nodeOnly_process.env);']],
    ['setImmediate(() => Buffer.from("x"))', ['nodeOnly_setImmediate(() => nodeOnly_Buffer.from("x"));']],
    ["require('fs')", ['nodeOnly_require("fs");']],
    ['console.log(typeof process === "undefined" ? 0 : process.pid)', []],
    ['const { process } = globalThis; console.log(process?.pid)', []],
  ])('%s: what would throw in a browser is found', async (program, found) => {
    expect(unguarded(await bundle(program, { minify: false }))).toEqual(found);
  });

  test('the kernels run, and say so', async () => {
    const code = await bundle("import { backend } from 'tensortape'; export const result = backend();");
    expect(await run(code)).toEqual({
      requested: 'auto',
      active: 'wasm',
      reason: 'WASM SIMD; no system BLAS: only Node can load native libraries',
    });
  });
});
