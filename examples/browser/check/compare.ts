import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { nn } from 'tensortape';
import { type Settings, test, train } from '../src/training.ts';

const settings: Settings = { epochs: 2, lr: 0.05, seed: 7 };

/**
 * Trains on the page at `address` and in Node, which must give the same bits: losses, weights, accuracy. Then the page reads the
 * weights that Node wrote into `folder`, from which the page is served; is stopped; and shows what went wrong.
 */
export async function compare(browser: Browser, address: string, folder: string): Promise<void> {
  const page = await browser.newPage();
  page.setDefaultTimeout(30_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));

  const losses: number[] = [];
  const net = train(settings, ({ loss }) => losses.push(loss));
  const weights = Buffer.from(nn.serializeState(net.stateDict()));
  const { accuracy, loss, backend } = test(net);
  assert.equal(backend.active, 'wasm');

  await page.goto(address);
  const start = performance.now();
  await trainOn(page, settings);
  await page.waitForSelector('[data-state=done]');
  const seconds = (performance.now() - start) / 1000;
  const figures = await figuresOf(page);
  assert.deepEqual(figures, { losses, accuracy, loss, backend: figures.backend });
  assert.equal(figures.backend.active, 'wasm');
  assert.ok(
    weights.equals(await saved(page, 'digits.safetensors')),
    'the trained weights differ from those of Node',
  );
  assert.equal(await page.locator('#predictions canvas').count(), 24);

  writeFileSync(join(folder, 'node.safetensors'), weights);
  await page.goto(`${address}?weights=node.safetensors`);
  await page.waitForSelector('[data-state=done]');
  assert.deepEqual(await figuresOf(page), { losses: [], accuracy, loss, backend: figures.backend });

  await page.goto(address);
  await page.setInputFiles('#weights', join(folder, 'node.safetensors'));
  await page.waitForSelector('[data-state=done]');
  assert.deepEqual(await figuresOf(page), { losses: [], accuracy, loss, backend: figures.backend });

  await trainOn(page, { ...settings, epochs: 100 });
  await page.waitForSelector('progress[value]');
  await page.click('#stop');
  await page.waitForSelector('[data-state=idle]');
  assert.deepEqual(complaints, []);

  await trainOn(page, { ...settings, lr: 1e30 });
  await page.waitForSelector('[data-state=failed]');
  assert.match(
    await statusOf(page),
    /went wrong: the loss became .* in step \d+: try a learning rate below 1e\+30/,
  );
  await page.goto(`${address}?weights=index.html`);
  await page.waitForSelector('[data-state=failed]');
  assert.match(await statusOf(page), /index\.html: expected a header of at most 100000000 bytes, found/);

  console.log(
    `Chromium ${browser.version()}, ${losses.length} steps and a test in ${seconds.toFixed(1)} s (${figures.backend.reason}): ` +
      `losses, weights and accuracy (${accuracy}) are those of Node ${process.version}, bit for bit`,
  );
}

async function trainOn(page: Page, { epochs, lr, seed }: Settings): Promise<void> {
  for (const [name, value] of Object.entries({ epochs, lr, seed })) {
    await page.fill(`[name=${name}]`, String(value));
  }
  await page.click('[type=submit]');
}

const statusOf = async (page: Page): Promise<string> => String(await page.textContent('#status'));

const figuresOf = async (page: Page) => JSON.parse(String(await saved(page, 'digits.json')));

/** A file that the page offers to save. */
async function saved(page: Page, name: string): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`a[download="${name}"]`)]);
  return readFileSync(await download.path());
}
