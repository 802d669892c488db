import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ArgumentError, tensor } from '@tensortape/autograd';
import { loadState, SafetensorsError, serializeState } from '@tensortape/nn';

const bytes = serializeState(new Map([['w', tensor([[1, -2.5, 3]])]]));

/** A stream that gives these chunks; `cancelled` says whether the reader wanted no more. */
function streamOf(chunks: Iterable<unknown>) {
  const seen = { cancelled: false, pulls: 0 };
  const iterator = chunks[Symbol.iterator]();
  const stream = new ReadableStream({
    pull(controller) {
      seen.pulls++;
      const { done, value } = iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      seen.cancelled = true;
    },
  });
  return { stream, seen };
}

const inPieces = (size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.slice(i * size, (i + 1) * size));

function* endless() {
  for (;;) yield new Uint8Array(1000);
}

const servers: (() => void)[] = [];
afterEach(() => {
  for (const close of servers.splice(0)) close();
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/net.safetensors`;
}

describe('reads the same tensors from', () => {
  const check = async (source: Parameters<typeof loadState>[0]) => {
    const state = await loadState(source);
    expect([...state].map(([key, value]) => [key, value.dtype, value.toArray()])).toEqual([
      ['w', 'float32', [[1, -2.5, 3]]],
    ]);
  };

  test('a Blob, a File and a slice of a Blob', async () => {
    await check(new Blob([bytes]));
    await check(new File([bytes], 'net.safetensors'));
    await check(new Blob([new Uint8Array(3), bytes]).slice(3));
  });

  test('a response, awaited or not, and a stream, however it is cut', async () => {
    await check(new Response(bytes));
    await check(Promise.resolve(new Response(bytes)));
    for (const size of [1, 7, 8, 1000]) await check(streamOf(inPieces(size)).stream);
    await check(streamOf([new Uint8Array(0), bytes, new Uint8Array(0)]).stream);
  });

  test('a server', async () => {
    await check(fetch(await serve((_, response) => response.end(bytes))));
  });
});

test('says which source was damaged', async () => {
  const cut = bytes.slice(0, -1);
  await expect(loadState(new File([cut], 'net.safetensors'))).rejects.toThrow(/^net\.safetensors: /);
  await expect(loadState(new Blob([cut]))).rejects.toThrow(SafetensorsError);
  await expect(loadState(new Blob([cut]))).rejects.toThrow(/^blob: /);
  await expect(loadState(streamOf([]).stream)).rejects.toThrow(
    'stream: expected at least 8 bytes, found 0: the file is cut short',
  );
  await expect(loadState(new Response(null, { status: 204 }), { name: 'weights' })).rejects.toThrow(
    'weights: expected at least 8 bytes, found 0',
  );
  await expect(loadState(fetch(`data:,${'x'.repeat(1000)}`))).rejects.toThrow(/^data:,x{194}\.\.\.: /);
});

test('options reach the parser', async () => {
  const integers = serializeState(new Map([['n', tensor([7], { dtype: 'int32' })]]));
  const state = await loadState(new Blob([integers]), { integers: 'float64' });
  expect(state.get('n')?.dtype).toBe('float64');
});

describe('hostile sizes:', () => {
  const maxBytes = bytes.length;

  test('exactly the limit passes, one byte more does not', async () => {
    await loadState(new Blob([bytes]), { maxBytes });
    await loadState(streamOf(inPieces(5)).stream, { maxBytes });
    const more = [...inPieces(5), Uint8Array.of(0)];
    await expect(loadState(streamOf(more).stream, { maxBytes })).rejects.toThrow(
      `stream: at least ${maxBytes + 1} bytes, more than the limit of ${maxBytes}: if it is what you expect, raise maxBytes`,
    );
  });

  test('what says that it is too large is not read', async () => {
    const { stream, seen } = streamOf(endless());
    const response = new Response(stream, { headers: { 'content-length': '5000000000' } });
    await expect(loadState(response)).rejects.toThrow(
      'response: 5000000000 bytes, more than the limit of 2147483648',
    );
    // A stream fills its queue of one before anyone reads.
    expect(seen).toEqual({ cancelled: true, pulls: 1 });
    await expect(loadState(new Blob([bytes]), { maxBytes: maxBytes - 1 })).rejects.toThrow(
      `blob: ${maxBytes} bytes, more than the limit of ${maxBytes - 1}`,
    );
  });

  test.each([
    ['no size', {}],
    ['too small a size', { 'content-length': '100' }],
    ['nonsense', { 'content-length': 'many' }],
  ])('an endless source that declares %s is cut off and cancelled', async (_, headers) => {
    const { stream, seen } = streamOf(endless());
    await expect(loadState(new Response(stream, { headers }), { maxBytes: 10_000 })).rejects.toThrow(
      'response: at least 11000 bytes, more than the limit of 10000',
    );
    expect(seen.cancelled).toBe(true);
    expect(seen.pulls).toBeLessThan(15);
  });

  test('a source that hangs when it is cancelled does not hold back the error', async () => {
    const stream = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel: () => new Promise(() => {}),
    });
    await expect(loadState(stream, { maxBytes: 10 })).rejects.toThrow(/more than the limit of 10/);
  });

  test('no limit is no limit: NaN is refused', async () => {
    await expect(loadState(new Blob([bytes]), { maxBytes: Number.NaN })).rejects.toThrow(
      'loadState: expected maxBytes >= 0, got NaN',
    );
    await loadState(new Blob([bytes]), { maxBytes: Number.POSITIVE_INFINITY });
  });
});

describe('sources that fail:', () => {
  test('an answer that is no success is named with its status', async () => {
    const url = await serve((_, response) => {
      response.writeHead(404);
      response.end(bytes);
    });
    await expect(loadState(fetch(url))).rejects.toThrow(`${url}: HTTP 404 Not Found: check the address`);
  });

  test('a connection that breaks off', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.slice(0, 20), () => response.destroy());
    });
    await expect(loadState(fetch(url))).rejects.toThrow(
      `${url}: reading broke off after 20 bytes: try again`,
    );
  });

  test('the reason is kept', async () => {
    const reason = new Error('no more');
    const stream = new ReadableStream({ pull: (controller) => controller.error(reason) });
    await expect(loadState(stream)).rejects.toMatchObject({
      message: 'stream: reading broke off after 0 bytes: try again',
      cause: reason,
    });
    await expect(loadState(Promise.reject(reason))).rejects.toBe(reason);
  });

  test('a response that was read before', async () => {
    const response = new Response(bytes);
    await response.arrayBuffer();
    await expect(loadState(response)).rejects.toThrow(
      'response: the response has been read before: fetch it again, or read a clone() of it',
    );
  });

  test('anything else is refused, with what to do', async () => {
    const load = (source: unknown) => loadState(source as Blob);
    await expect(load('net.safetensors')).rejects.toThrow(ArgumentError);
    await expect(load('net.safetensors')).rejects.toThrow(
      'loadState: expected what fetch returns, a Blob or a ReadableStream, got string: fetch it',
    );
    await expect(load(new URL('http://localhost/'))).rejects.toThrow('got URL: fetch it');
    await expect(load(bytes)).rejects.toThrow('got Uint8Array: parseState reads bytes');
    await expect(load(undefined)).rejects.toThrow('got undefined');
    const { stream, seen } = streamOf(['text', bytes, bytes]);
    await expect(load(stream)).rejects.toThrow('stream: expected a stream of bytes (Uint8Array), got string');
    expect(seen.cancelled).toBe(true);
  });
});
