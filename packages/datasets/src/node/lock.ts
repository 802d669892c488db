import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './files.ts';

const pollMs = 100;
const heartbeatMs = 5_000;
const abandonedMs = 30_000;

/**
 * Runs `work` while holding the lock file at `path`, so that one process at a time does it; others wait.
 *
 * A lock is taken over when its owner is gone: a dead process of this machine, or no sign of life for 30 seconds
 * (the owner touches the file every 5). Taking over is not airtight, as no lock by file is: `work` must stay correct,
 * if wasteful, when two processes run it.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const token = JSON.stringify({ pid: process.pid, host: hostname(), id: randomUUID() });
  while (!((await create(path, token)) || ((await isAbandoned(path)) && (await takeOver(path, token))))) {
    await sleep(pollMs);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, heartbeatMs).unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await contentOf(path)) === token) await rm(path, { force: true });
  }
}

async function create(path: string, token: string): Promise<boolean> {
  try {
    await writeFile(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > abandonedMs) return true;
    const owner: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isOwner(owner) && owner.host === hostname() && !isAlive(owner.pid);
  } catch {
    // Released meanwhile, or just being written: the next round sees which.
    return false;
  }
}

/** Several waiters may do this at once; the last to rename wins, and after the pause each sees whether it is the one. */
async function takeOver(path: string, token: string): Promise<boolean> {
  const mine = `${path}.${randomUUID()}`;
  await writeFile(mine, token);
  await rename(mine, path);
  await sleep(pollMs);
  return (await contentOf(path)) === token;
}

async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

function isOwner(value: unknown): value is { pid: number; host: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'pid' in value &&
    Number.isInteger(value.pid) &&
    'host' in value &&
    typeof value.host === 'string'
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
