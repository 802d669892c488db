import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import { runCommand } from '@tensortape/verify/command';

const folder = mkdtempSync(join(tmpdir(), 'tensortape-command-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const shipped = (file: string) => fileURLToPath(new URL(`../../exercises/${file}`, import.meta.url));

async function run(...args: string[]) {
  const [out, error]: string[][] = [[], []];
  const code = await runCommand(args, {
    out: (text) => out!.push(text),
    error: (text) => error!.push(text),
    colours: false,
  });
  return { code, out: out!.join('\n'), error: error!.join('\n') };
}

describe('what it prints', () => {
  test.each<[string[], RegExp]>([
    [['grad', 'x1 * x2', '--at', 'x1=2,x2=5'], /y {3}x1 {2}5 .*symbolic, y by x2: x1/s],
    [['grad', 'x^2', '--at', 'x=3', '--json'], /"reverse": 6/],
    [['trace', 'ln(x1) + x1 * x2 - sin(x2)', '--at', 'x1=2,x2=5'], /v5 = v3 − v4 {2}11\.6521/],
    [['trace', 'x * y', '--at', 'x=2', '--at', 'y=5', '--by', 'y', '--format', 'markdown'], /\| ẏ \| 1 \|/],
    [['jacobian', '[x1 * x2, x1]', '--at', 'x1=1,x2=2', '--json'], /"y by x2": \[\s*1,\s*0\s*\]/],
    [
      ['hessian', "x' * A * x", '--at', 'x=[1,2],A=[[1,2],[3,4]]'],
      /x, x:\ntensor\(\[\[2\., 5\.\],\n\s+\[5\., 8\.\]\]/,
    ],
    [['graph', 'a = x1 * x2; sin(a)', '--at', 'x1=1,x2=2'], /^<svg[\s\S]*3: a = mul/],
    [['graph', 'a = x1 * x2; sin(a)', '--at', 'x1=1,x2=2', '--format', 'mermaid'], /^flowchart BT/],
    [
      ['order', 'a = x1 * x2; sin(a) + x1', '--at', 'x1=1,x2=2'],
      /^1\. x1\n2\. x2\n3\. a = mul\(x1, x2\)\n4\. v1 = sin\(a\)/,
    ],
    [['--help'], /exit codes/],
    [['--version'], /^\d+\.\d+\.\d+$/],
    [['check', shipped('mlp.right.txt')], /✓ h1: right, at 30 points/],
  ])('%j', async (args, expected) => {
    const { code, out, error } = await run(...args);
    expect([code, error]).toEqual([0, '']);
    expect(out).toMatch(expected);
  });
});

describe('what it refuses, with exit code 2 and no stack', () => {
  test.each<[string[], RegExp]>([
    [[], /^$/],
    [['sort'], /there is no command 'sort'; there are grad/],
    [['constructor'], /there is no command 'constructor'/],
    [['grad'], /takes one expression, in quotes; got 0/],
    [['grad', 'x', 'y'], /got 2/],
    [['grad', 'x + z', '--at', 'x=1'], /unknown name 'z'.*\n {2}x \+ z\n {6}\^/],
    [['grad', 'log(x)', '--at', 'x=-1'], /outside of the domain of 'log'/],
    [['grad', 'x', '--at', 'x'], /expected name=value/],
    [['grad', 'x', '--at', 'x=[1,'], /expected name=value/],
    [['grad', 'x', '--at', 'x=process.exit()'], /expected name=value/],
    [['grad', 'x', '--nope'], /Unknown option '--nope'/],
    [['grad', 'A * x', '--at', 'A=[[1,2],[3,4]],x=[1,2,3]'], /\(2, 2\).*\(3,\)/],
    [['grad', 'x', '--at', 'x=1', '--format', 'pdf'], /there are text, markdown, html, svg/],
    [['trace', 'x', '--at', 'x=1', '--by', 'q'], /no input 'q'/],
    [['graph', 'x^2', '--at', 'x=1', '--output', 'q'], /the outputs are y/],
    [['check'], /one exercise file or more/],
    [['check', '/nowhere/at/all'], /cannot be read: there is no such file/],
    [['check', folder], /cannot be read: it is a folder/],
    [['grad', 'x', '--at', 'x=1,x=2'], /'x' is given twice/],
    [['grad', 'x', '--at', 'x=1e400'], /expected finite numbers, in lists of equal lengths/],
    [['grad', 'x', '--at', 'x=[[1],[2,3]]'], /expected finite numbers, in lists of equal lengths/],
    [['grad', 'x', '--at', 'sin=1'], /'sin' cannot be a name/],
    [['grad', 'a = b; b = a; a', '--at', 'x=1'], /'b' has no value yet/],
    [['jacobian', '3', '--at', 'x=1'], /the output y moves with none of the inputs/],
    [['graph', '3', '--at', 'x=1'], /the output y moves with none of the inputs/],
    [
      ['grad', 'x', '--at', 'x=1', '--by', 'x'],
      /tensortape grad has no option --by; it has --at, --format, --json/,
    ],
    [['trace', 'x', '--at', 'x=1', '--json'], /has no option --json/],
    [['check', shipped('mlp.right.txt'), '--at', 'x=1'], /has no option --at/],
    [['check', '--seed', 'x', 'f'], /expected a whole number/],
  ])('%j', async (args, expected) => {
    const { code, error } = await run(...args);
    expect(code).toBe(2);
    expect(error).toMatch(expected);
    expect(error).not.toMatch(/^\s+at .*:\d+:\d+/m);
  });
});

test('exit codes of check: 1 for wrong, 3 for what cannot be judged, 2 above all', async () => {
  const kink = join(folder, 'kink.txt');
  writeFileSync(kink, 'given x = 0\noutput y = relu(x)\nclaim d/dx = 1');
  const broken = join(folder, 'broken.txt');
  writeFileSync(broken, 'given x = 0\noutput y = relu(x');
  expect((await run('check', kink)).code).toBe(3);
  expect((await run('check', shipped('mlp.wrong.txt'), kink)).code).toBe(1);
  expect((await run('check', shipped('mlp.wrong.txt'), broken)).code).toBe(2);
});

test('the same seed gives the same words, and --json the same facts', async () => {
  const args = ['check', shipped('mlp.wrong.txt'), '--seed', '4'];
  expect((await run(...args)).out).toBe((await run(...args)).out);
  const { verdicts, ok, firstWrong } = JSON.parse((await run(...args, '--json')).out);
  expect([ok, firstWrong, verdicts.length]).toEqual([false, 'W1', 6]);
});
