import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DataFileError } from '@tensortape/datasets';
import { type DownloadProgress, download } from '@tensortape/datasets/node';

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 7) % 253);
const md5 = [createHash('md5').update(content).digest('hex')];
const maxBytes = 1e6;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let origin: string;
let folder: string;
let path: string;
/** Each request as path and Range header. */
let requests: string[];
let handlers: Record<string, Handler>;

const whole: Handler = (request, response) => {
  const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
  if (start >= content.length) return void response.writeHead(416).end();
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': content.length - start,
    ...(start > 0 && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
  });
  response.end(content.subarray(start));
};
/** Promises the whole file, sends `length` bytes and breaks the connection. */
const cutAfter =
  (length: number): Handler =>
  (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, length), () => setTimeout(() => response.destroy(), 50));
  };
const wrong: Handler = (_, response) => void response.end('<html>please log in</html>');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tensortape-'));
  path = join(folder, 'sub', 'data.bin');
  requests = [];
  handlers = {};
  server = createServer((request, response) => {
    const url = request.url ?? '';
    requests.push(request.headers.range === undefined ? url : `${url} ${request.headers.range}`);
    const handler = handlers[url];
    if (handler) handler(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const fetchFrom = (
  paths: string[],
  more: { stallMs?: number; onProgress?: (progress: DownloadProgress) => void; maxBytes?: number } = {},
) => download({ urls: paths.map((name) => origin + name), path, md5, maxBytes, ...more });

async function expectArrived(): Promise<void> {
  expect(Buffer.compare(await readFile(path), content)).toBe(0);
  expect(await readdir(join(folder, 'sub'))).toEqual(['data.bin']);
}

test('downloads, reports progress, and does not download again', async () => {
  handlers['/a'] = whole;
  const progress: DownloadProgress[] = [];
  await fetchFrom(['/a'], { onProgress: (step) => progress.push(step) });
  await fetchFrom(['/a']);
  await expectArrived();
  expect(requests).toEqual(['/a']);
  expect(progress.at(-1)).toEqual({ file: 'data.bin', received: content.length, total: content.length });
  expect(progress.every((step, i) => i === 0 || step.received > progress[i - 1]!.received)).toBe(true);
});

test('replaces a file that is damaged', async () => {
  handlers['/a'] = whole;
  await fetchFrom(['/a']);
  await writeFile(path, content.subarray(1));
  await fetchFrom(['/a']);
  await expectArrived();
});

test('hands over to the next mirror: not found, wrong content, nobody there', async () => {
  handlers['/wrong'] = wrong;
  handlers['/good'] = whole;
  const nobody = 'http://127.0.0.1:1/x';
  await download({
    urls: [`${origin}/none`, nobody, `${origin}/wrong`, `${origin}/good`],
    path,
    md5,
    maxBytes,
  });
  await expectArrived();
  expect(requests).toEqual(['/none', '/wrong', '/good']);
});

test('says what went wrong at each mirror, and leaves nothing', async () => {
  handlers['/wrong'] = wrong;
  const urls = [`${origin}/none`, 'http://127.0.0.1:1/x', 'http://host.invalid/x', `${origin}/wrong`];
  const failed = download({ urls, path, md5, maxBytes, stallMs: 5000 });
  await expect(failed).rejects.toBeInstanceOf(DataFileError);
  await expect(failed).rejects.toThrow(/data\.bin: cannot be downloaded \(/);
  await expect(failed).rejects.toThrow(/\/none: HTTP 404;/);
  await expect(failed).rejects.toThrow(/127\.0\.0\.1:1\/x: .*(ECONNREFUSED|bad port)/);
  await expect(failed).rejects.toThrow(
    /host\.invalid\/x: (host not found, is there a network|nothing arrived for 5 s)/,
  );
  await expect(failed).rejects.toThrow(
    new RegExp(`/wrong: wrong checksum: expected MD5 ${md5[0]}, found [0-9a-f]{32}`),
  );
  await expect(failed).rejects.toThrow(/Check the network, or fetch the file by hand/);
  expect(await readdir(join(folder, 'sub'))).toEqual([]);
});

test('resumes a connection that is cut', async () => {
  handlers['/a'] = (request, response) =>
    (request.headers.range ? whole : cutAfter(100_000))(request, response);
  await fetchFrom(['/a']);
  await expectArrived();
  expect(requests).toEqual(['/a', '/a bytes=100000-']);
});

test('resumes in a later call what an earlier one kept', async () => {
  handlers['/a'] = cutAfter(100_000);
  await expect(fetchFrom(['/a'])).rejects.toThrow(/cannot be downloaded/);
  expect((await stat(`${path}.part`)).size).toBe(100_000);
  handlers['/a'] = whole;
  requests.length = 0;
  await fetchFrom(['/a']);
  await expectArrived();
  expect(requests).toEqual(['/a bytes=100000-']);
});

test('starts over when what was kept is wrong, too long, or the server cannot resume', async () => {
  handlers['/a'] = whole;
  await fetchFrom(['/a']);
  for (const [kept, expected] of [
    [Uint8Array.of(1, 2, 3), ['/a bytes=3-', '/a']],
    [new Uint8Array(content.length + 5), [`/a bytes=${content.length + 5}-`, '/a']],
  ] as const) {
    await rm(path);
    await writeFile(`${path}.part`, kept);
    requests.length = 0;
    await fetchFrom(['/a']);
    await expectArrived();
    expect(requests).toEqual(expected);
  }
  await rm(path);
  await writeFile(`${path}.part`, Uint8Array.of(1, 2, 3));
  handlers['/a'] = (_, response) => void response.end(content);
  await fetchFrom(['/a']);
  await expectArrived();
});

test('gives up on a connection that stalls', async () => {
  handlers['/a'] = (_, response) => {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, 1000));
  };
  handlers['/b'] = whole;
  await fetchFrom(['/a', '/b'], { stallMs: 200 });
  await expectArrived();
});

test('refuses more bytes than the limit, announced or not', async () => {
  handlers['/announced'] = whole;
  handlers['/endless'] = (_, response) => {
    const send = () =>
      void (response.destroyed || response.write(new Uint8Array(50_000), () => setTimeout(send, 1)));
    send();
  };
  const failed = fetchFrom(['/announced', '/endless'], { maxBytes: 200_000 });
  await expect(failed).rejects.toThrow(/announced: more than 200000 bytes.*endless: more than 200000 bytes/);
  expect(await readdir(join(folder, 'sub'))).toEqual([]);
});

test('says so when the folder cannot be written', async () => {
  await writeFile(join(folder, 'file'), '');
  const failed = download({ urls: [`${origin}/a`], path: join(folder, 'file', 'data.bin'), md5, maxBytes });
  await expect(failed).rejects.toThrow(/data\.bin: cannot be written \(E[A-Z]+\)\. Check the folder/);
});

test('several at once: one downloads, the others wait for it', async () => {
  handlers['/a'] = (request, response) => void setTimeout(() => whole(request, response), 200);
  await Promise.all([fetchFrom(['/a']), fetchFrom(['/a']), fetchFrom(['/a'])]);
  await expectArrived();
  expect(requests).toEqual(['/a']);
});

/** A process of its own that downloads the file, and says how many bytes arrived in it. */
async function processThatFetches(name: string): Promise<number> {
  const module = new URL('../src/node/download.ts', import.meta.url);
  const options = JSON.stringify({ urls: [origin + name], path, md5, maxBytes });
  const program = `
    const { download } = await import(${JSON.stringify(module)});
    let arrived = 0;
    await download({ ...${options}, onProgress: ({ received }) => { arrived = received; } });
    process.stdout.write(String(arrived));`;
  const flags = ['--conditions=@tensortape/source', '--import', 'tsx', '--input-type=module', '-e', program];
  const cwd = new URL('../../..', import.meta.url);
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd });
  return Number(stdout);
}

test('several processes at once: one downloads, the others wait for it', async () => {
  // Both have long begun when the file comes.
  handlers['/a'] = (request, response) => void setTimeout(() => whole(request, response), 3000);
  const arrived = await Promise.all([processThatFetches('/a'), processThatFetches('/a')]);
  await expectArrived();
  expect(requests).toEqual(['/a']);
  expect(arrived.toSorted((a, b) => a - b)).toEqual([0, content.length]);
}, 120_000);

test('follows redirects, but not for ever', async () => {
  const to =
    (location: string): Handler =>
    (_, response) =>
      void response.writeHead(302, { location }).end();
  handlers['/old'] = to('/moved');
  handlers['/moved'] = to(`${origin}/a`);
  handlers['/a'] = cutAfter(100_000);
  handlers['/loop'] = to('/loop');
  handlers['/nowhere'] = to('file:///etc/passwd');
  await expect(fetchFrom(['/loop', '/nowhere', '/old'])).rejects.toThrow(
    /\/loop: redirect count exceeded; .*\/nowhere: .*; .*\/old: /,
  );
  handlers['/a'] = whole;
  requests.length = 0;
  await fetchFrom(['/old']);
  await expectArrived();
  expect(requests).toEqual(['/old', '/moved', '/a'].map((url) => `${url} bytes=100000-`));
});

test('a server that answers with another part is not believed', async () => {
  handlers['/cut'] = cutAfter(100_000);
  await expect(fetchFrom(['/cut'])).rejects.toThrow(/cannot be downloaded/);
  handlers['/other'] = (_, response) => {
    response.writeHead(206, { 'content-range': `bytes 0-9/${content.length}` }).end(content.subarray(0, 10));
  };
  await expect(fetchFrom(['/other'])).rejects.toThrow(/another part of the file than was asked for/);
  // What was kept stays, for a server that does better.
  handlers['/good'] = whole;
  requests.length = 0;
  await fetchFrom(['/good']);
  await expectArrived();
  expect(requests).toEqual(['/good bytes=100000-']);
});

test('a file that ends early without a word is found out, and fetched elsewhere', async () => {
  // Neither a length nor an error: only the checksum tells.
  handlers['/short'] = (_, response) => void response.end(content.subarray(0, 200_000));
  handlers['/good'] = whole;
  await fetchFrom(['/short', '/good']);
  await expectArrived();
  expect(requests).toEqual(['/short', '/good']);
});

test('a slow server is waited for while bytes arrive, and progress counts on from what was kept', async () => {
  handlers['/slow'] = (request, response) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(206, {
      'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
      'content-length': content.length - start,
    });
    let at = start;
    const send = () => {
      if (at >= content.length) return void response.end();
      response.write(content.subarray(at, at + 20_000), () => setTimeout(send, 300));
      at += 20_000;
    };
    send();
  };
  handlers['/cut'] = cutAfter(100_000);
  await expect(fetchFrom(['/cut'])).rejects.toThrow(/cannot be downloaded/);
  const progress: DownloadProgress[] = [];
  // All takes three seconds, and each pause a third of one.
  await fetchFrom(['/slow'], { stallMs: 2000, onProgress: (step) => progress.push(step) });
  await expectArrived();
  expect(progress[0]!.received).toBeGreaterThan(100_000);
  expect(progress.at(-1)).toEqual({ file: 'data.bin', received: content.length, total: content.length });
});

test('waits for a lock whose owner lives', async () => {
  handlers['/a'] = whole;
  await fetchFrom(['/a']);
  await rm(path);
  await writeFile(`${path}.lock`, JSON.stringify({ pid: process.pid, host: hostname() }));
  let done = false;
  const waiting = fetchFrom(['/a']).then(() => {
    done = true;
  });
  await sleep(500);
  expect(done).toBe(false);
  await rm(`${path}.lock`);
  await waiting;
  await expectArrived();
});

test('takes over a lock whose owner is gone, or has long been silent', async () => {
  handlers['/a'] = whole;
  await fetchFrom(['/a']);
  const { stdout } = await promisify(execFile)(process.execPath, ['-p', 'process.pid']);
  const dead = JSON.stringify({ pid: Number(stdout), host: hostname() });
  const elsewhere = JSON.stringify({ pid: process.pid, host: 'another-machine' });
  const longAgo = new Date(Date.now() - 60_000);
  for (const [owner, touched] of [
    [dead, new Date()],
    [elsewhere, longAgo],
    ['', longAgo],
  ] as const) {
    await rm(path);
    await writeFile(`${path}.lock`, owner);
    await utimes(`${path}.lock`, touched, touched);
    await Promise.all([fetchFrom(['/a']), fetchFrom(['/a'])]);
    await expectArrived();
  }
});
