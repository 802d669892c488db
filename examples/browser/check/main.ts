/** Builds the page, opens it in a headless Chromium, and compares what it computes with the same in Node. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { findChromium } from './chromium.ts';
import { compare } from './compare.ts';

const limit = 60_000;

// Browsers have no BLAS, which sums in another order: Node is not to use one.
process.env['TENSORTAPE_BLAS'] = 'none';

// Chromium has relaxed SIMD, with which matrix products round once where they would round twice. So has Node from 22 on, and before behind this flag.
if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');

const executablePath = findChromium();
if (executablePath === null) {
  console.log('SKIPPED: no Chromium in PATH or in the variable CHROMIUM; Debian: apt-get install chromium');
} else {
  // Leaving the process takes the browser along.
  const alarm = setTimeout(() => {
    console.error(`no end after ${limit / 1000} s`);
    process.exit(1);
  }, limit);
  await check(executablePath);
  clearTimeout(alarm);
}

async function check(executablePath: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'tensortape-browser-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const root = fileURLToPath(new URL('../', import.meta.url));
  const common = { root, logLevel: 'warn', build: { outDir: folder, emptyOutDir: true } } as const;
  await build(common);
  const server = await preview({ ...common, preview: { host: '127.0.0.1', port: 0 } });
  const args = ['--disable-gpu', '--disable-dev-shm-usage'];
  const browser = await chromium.launch({ executablePath, args, chromiumSandbox: false });
  try {
    await compare(browser, server.resolvedUrls!.local[0]!, folder);
  } finally {
    await browser.close();
    await server.close();
  }
}
