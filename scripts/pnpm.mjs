/**
 * Runs the pnpm pinned in package.json, so that a clone needs nothing but Node and npm.
 * `node scripts/pnpm.mjs run jest --watch` is `pnpm run jest --watch`.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const pin = packageManager.split('+')[0];

const insidePin = (process.env['npm_config_user_agent'] ?? '').startsWith(`${pin.replace('@', '/')} `);
// Without --prefer-offline npx asks the registry about a version it already holds, and stalls where there is none.
const [command, prefix] = insidePin ? ['pnpm', []] : ['npx', ['--yes', '--prefer-offline', pin]];
const windows = process.platform === 'win32';
const quote = (text) =>
  windows && /[^\w@%+=:,./\\-]/.test(text) ? `"${text.replaceAll('"', '\\"')}"` : text;

const { status, signal, error } = spawnSync(command, [...prefix, ...process.argv.slice(2)].map(quote), {
  cwd: fileURLToPath(root),
  stdio: 'inherit',
  // npx and pnpm are .cmd files on Windows, which only a shell can start.
  shell: windows,
});
if (error) {
  console.error(`scripts/pnpm.mjs: cannot run ${command}: ${error.message}`);
}
process.exit(status ?? (signal ? 128 + constants.signals[signal] : 1));
