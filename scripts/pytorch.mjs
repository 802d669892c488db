/**
 * Puts a real PyTorch into `.venv`, for the suites that compare with it. Where there is none to be had it says so and
 * succeeds: those suites are then skipped, visibly.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const VERSION = '2.13.0';

const folder = fileURLToPath(new URL('../.venv', import.meta.url));
const python = `${folder}${process.platform === 'win32' ? '\\Scripts\\python.exe' : '/bin/python'}`;

/** @returns {string | null} what went wrong, or null */
function run(/** @type {string} */ command, /** @type {string[]} */ args) {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return null;
  const lines = (stderr ?? '').split('\n').filter((line) => /error/i.test(line));
  return lines.at(-1) ?? error?.message ?? `${command} ended with ${status}`;
}

const installed = () =>
  run(python, ['-c', `import numpy, torch; assert torch.__version__.split('+')[0] == '${VERSION}'`]) === null;

function install() {
  const failure =
    run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', folder]) ??
    run(python, ['-m', 'pip', 'install', '--retries', '0', `torch==${VERSION}`, 'numpy']);
  if (failure === null && installed()) return;
  rmSync(folder, { recursive: true, force: true });
  console.log(
    `No PyTorch ${VERSION} here (${failure ?? 'it does not import'}): the suites that compare with it will be skipped.`,
  );
  process.exit(0);
}

if (!installed()) install();
console.log(`PyTorch ${VERSION} is in .venv: the suites that compare with it will run.`);
