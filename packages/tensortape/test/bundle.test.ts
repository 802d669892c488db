import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';

/** A program as a bundler makes it for a browser, from the sources. */
async function bundle(program: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname },
    bundle: true,
    conditions: ['@tensortape/source'],
    format: 'esm',
    minify: true,
    platform: 'browser',
    write: false,
  });
  return outputFiles[0]!.text;
}

/** What a bundle exports as `result`. */
async function run(code: string): Promise<unknown> {
  const module: { result: unknown } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return module.result;
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
    // esbuild keeps the whole of a namespace that another package passes on: all layers and losses of nn, with the operations behind them,
    // take 121,000 bytes.
    [
      'the same through the namespaces of tensortape',
      "import { manualSeed, nn, optim, randn, tensor } from 'tensortape';",
      125_000,
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
});
