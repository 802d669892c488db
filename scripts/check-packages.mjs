/**
 * Packs every public package, checks the tarballs as a user's tools see them (publint, attw), and installs them with npm to run the command through npx.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Runs a Node program to its end; a failure shows all that it printed. */
const run = async (...args) => {
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root });
  } catch ({ message, stdout, stderr }) {
    throw new Error(`${message}\n${stdout}${stderr}`);
  }
};

const check = async (tarball) => {
  await run('node_modules/publint/src/cli.js', 'run', tarball, '--strict');
  await run('node_modules/@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only');
};

/** The command's exit code and what it prints, through npx, in a project where the tarballs are installed. */
const runCommand = (project, ...args) =>
  new Promise((resolve) => {
    const shell = process.platform === 'win32';
    execFile('npx', ['--no', '--', 'tensortape', ...args], { cwd: project, shell }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr }),
    );
  });

const checkCommand = async (tarballs) => {
  const project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  writeFileSync(join(project, 'kink.txt'), 'given x = 0\noutput y = relu(x)\nclaim d/dx = 1');
  const shell = process.platform === 'win32';
  await promisify(execFile)('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], {
    cwd: project,
    shell,
  });
  const exercises = 'node_modules/@tensortape/verify/exercises';
  for (const [args, code, said] of [
    [['--version'], 0, /^\d+\.\d+\.\d+\n$/],
    [['graph', 'x^2', '--at', 'x=2'], 0, /^<svg/],
    [['check', `${exercises}/quadratic.right.txt`], 0, /✓ x: right/],
    [['check', `${exercises}/quadratic.wrong.txt`], 1, /✗ x: wrong/],
    [['grad', 'x+', '--at', 'x=2'], 2, /^Unexpected end of expression[^\n]*\n {2}x\+\n {4}\^\n$/],
    [['check', 'kink.txt'], 3, /not differentiable here/],
  ]) {
    const got = await runCommand(project, ...args);
    if (got.code !== code || !said.test(got.output)) {
      throw new Error(
        `npx tensortape ${args.join(' ')}: exit code ${got.code}, expected ${code}\n${got.output}`,
      );
    }
  }
};

const folder = mkdtempSync(join(tmpdir(), 'tensortape-pack-'));
try {
  await run(
    'scripts/pnpm.mjs',
    '--recursive',
    '--filter=./packages/*',
    'pack',
    `--pack-destination=${folder}`,
  );
  const tarballs = readdirSync(folder);
  const paths = tarballs.map((tarball) => join(folder, tarball));
  await Promise.all(paths.map(check));
  console.log(`publint and attw accept ${tarballs.join(', ')}`);
  // Pictures stand by themselves: their libraries would take longer to install than all else.
  await checkCommand(paths.filter((path) => !path.includes('tensortape-plot-')));
  console.log('npx tensortape runs from them, with its exit codes');
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
