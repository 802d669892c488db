/**
 * The command's work, apart from the rest of this package since it reads files: needs Node.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { styleText } from 'node:util';
import { func, type Tensor, toDot, toMermaid, topologicalOrder } from '@tensortape/autograd';
import { formatCheck } from '../claims/checkDerivative.ts';
import { formatFourWays, fourWays, hessianOf } from '../derivatives/fourWays.ts';
import { checkExercise } from '../exercises/exercise.ts';
import { type Program, parseProgram } from '../expressions/program.ts';
import { toHtml, toSvg } from '../graph/svg.ts';
import { recordProgram, traceProgram } from '../trace/evaluationTrace.ts';
import { formatTrace, type TableFormat } from '../trace/format.ts';
import { type Call, parseCall, UsageError } from './arguments.ts';

/** Where the command writes to, and whether it may use colours. */
export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Errors. */
  readonly error: (text: string) => void;
  /** Whether to use colours. */
  readonly colours: boolean;
}

const help = `tensortape: is this derivative right?

  tensortape grad EXPR --at x=1,y=2      the derivatives, four ways
  tensortape jacobian EXPR --at …        the Jacobian by each input
  tensortape hessian EXPR --at …         the Hessian
  tensortape trace EXPR --at … [--by x]  the evaluation trace: primals, tangents, adjoints
  tensortape graph EXPR --at …           the graph (--format svg, dot, mermaid or html)
  tensortape order EXPR --at …           the steps in topological order
  tensortape check FILE…                 the claims of exercise files

options
  --at x=1,A=[[1,2],[3,4]]   values of the inputs; they declare the names
  --by x                     trace: the input that tangents are by; the first unless given
  --output y                 trace, graph, order: the output; the first unless given
  --format FORMAT            grad, trace: text, markdown, html or svg; graph: svg, dot, mermaid or html
  --seed N                   check: repeats a check
  --json                     grad, jacobian, hessian, order, check: results as JSON
  --help, --version

examples
  tensortape trace "ln(x1) + x1 * x2 - sin(x2)" --at x1=2,x2=5
  tensortape grad "x' * A * x" --at "x=[1,2],A=[[1,2],[3,4]]"
  tensortape graph "a = x1 * x2; sin(a)" --at x1=1,x2=2 > graph.svg

exit codes
  0  done; every claim is right        2  the call, the expression or the file cannot be used
  1  a claim is wrong                  3  a claim could not be judged: a kink, or rounding decides`;

/**
 * Runs the command with the arguments behind its name and returns its exit code: 0 for success, 1 for a wrong claim, 2 for what cannot be used, 3 for
 * claims that could not be judged. Never throws for what a user can do.
 *
 * @example
 * ```ts
 * import { runCommand } from '@tensortape/verify/command';
 * const print = (text: string) => console.log(text.split('\n')[0]);
 * const code = await runCommand(['grad', 'x +', '--at', 'x=2'], { out: print, error: print, colours: false });
 * // Unexpected end of expression (line 1, column 4)
 * console.log(code); // 2
 * ```
 */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const call = parseCall(args);
    if (call.version) {
      terminal.out(version());
      return 0;
    }
    if (call.help || call.command === undefined) {
      terminal.out(help);
      return call.help ? 0 : 2;
    }
    const run = Object.hasOwn(commands, call.command)
      ? commands[call.command as keyof typeof commands]
      : undefined;
    if (run === undefined) {
      throw new UsageError(
        `there is no command '${call.command}'; there are ${Object.keys(commands).join(', ')}`,
      );
    }
    refuseUnused(call, optionsOf[call.command as keyof typeof commands]);
    return await run(call, terminal);
  } catch (error) {
    // One line and the place say more to whoever typed the expression than a stack does.
    const message = error instanceof Error ? error.message : String(error);
    terminal.error(painted(terminal, 'red', message));
    if (error instanceof UsageError) terminal.error('tensortape --help shows what can be done');
    return 2;
  }
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}

function painted({ colours }: Terminal, colour: 'red' | 'green' | 'yellow', text: string): string {
  return colours ? styleText(colour, text) : text;
}

async function programOf({ operands, at, command }: Call): Promise<Program> {
  const [source, ...more] = operands;
  if (source === undefined || more.length > 0) {
    throw new UsageError(`tensortape ${command} takes one expression, in quotes; got ${operands.length}`);
  }
  const program = await parseProgram(source, { inputs: Object.keys(at) });
  for (const [name, y] of recordProgram(program, at).outputs) {
    if (!y.requiresGrad) {
      throw new UsageError(
        `the output ${name} moves with none of the inputs: there is no derivative to speak of`,
      );
    }
  }
  return program;
}

type Option = 'at' | 'by' | 'output' | 'format' | 'seed' | 'json';

/** An option that does nothing is a mistake. */
function refuseUnused(call: Call, used: readonly Option[]): void {
  const given = (['by', 'output', 'format', 'seed', 'json'] as const).filter(
    (name) => call[name] !== undefined && call[name] !== false,
  );
  const at: Option[] = Object.keys(call.at).length > 0 ? ['at'] : [];
  const unused = [...at, ...given].find((name) => !used.includes(name));
  if (unused !== undefined) {
    const known = used.map((name) => `--${name}`).join(', ');
    throw new UsageError(`tensortape ${call.command} has no option --${unused}; it has ${known}`);
  }
}

/** The chosen format, or the default. */
function formatOf<F extends string>({ format }: Call, formats: readonly [F, ...F[]]): F {
  if (format === undefined) return formats[0];
  const found = formats.find((known) => known === format);
  if (found === undefined) throw new UsageError(`--format ${format}: there are ${formats.join(', ')}`);
  return found;
}

const tables: readonly [TableFormat, ...TableFormat[]] = ['text', 'markdown', 'html', 'svg'];
const json = (value: unknown): string => JSON.stringify(value, null, 2);

const commands = {
  grad: async (call: Call, { out }: Terminal) => {
    const format = formatOf(call, tables);
    const found = await fourWays(await programOf(call), call.at);
    out(
      call.json
        ? json({ rows: found.rows, disagreement: found.disagreement })
        : formatFourWays(found, format),
    );
    return 0;
  },

  jacobian: async (call: Call, { out }: Terminal) => {
    const program = await programOf(call);
    const inputs = program.bind(call.at);
    const f = (...xs: Tensor[]) => [
      ...program.run(Object.fromEntries(program.inputs.map((name, i) => [name, xs[i]!]))).outputs.values(),
    ];
    const blocks = func.jacobian(f, { argnums: inputs.map((_, i) => i) })(...inputs);
    const named = blocks.flatMap((row, o) =>
      row.map((block, i) => [`${program.outputs[o]} by ${program.inputs[i]}`, block] as const),
    );
    writeBlocks(call, out, named);
    return 0;
  },

  hessian: async (call: Call, { out }: Terminal) => {
    writeBlocks(call, out, [...hessianOf(await programOf(call), call.at)]);
    return 0;
  },

  trace: async (call: Call, { out }: Terminal) => {
    const format = formatOf(call, tables);
    const { by, output } = call;
    const trace = traceProgram(await programOf(call), call.at, {
      ...(by && { by }),
      ...(output && { output }),
    });
    out(formatTrace(trace, format));
    return 0;
  },

  graph: async (call: Call, { out }: Terminal) => {
    const format = formatOf(call, ['svg', 'dot', 'mermaid', 'html']);
    const { output, names } = await recorded(call);
    const options = { names, values: true, numbered: true, partials: true, gradients: output.size === 1 };
    const draw = { svg: toSvg, dot: toDot, mermaid: toMermaid, html: toHtml }[format];
    out(await draw(output, options));
    return 0;
  },

  order: async (call: Call, { out }: Terminal) => {
    const { output, names } = await recorded(call);
    const nodes = topologicalOrder(output, { names });
    const lines = nodes.map(({ name, op, inputs }, i) => {
      const operands = inputs.flatMap(({ from }) => (from === null ? [] : [nodes[from]!.name]));
      return `${i + 1}. ${name}${op === null ? '' : ` = ${op}(${operands.join(', ')})`}`;
    });
    out(call.json ? json(nodes.map(({ name }) => name)) : lines.join('\n'));
    return 0;
  },

  check: async (call: Call, terminal: Terminal) => {
    if (call.operands.length === 0) throw new UsageError('tensortape check takes one exercise file or more');
    const codes: number[] = [];
    for (const file of call.operands) codes.push(await checkFile(file, call, terminal));
    return [2, 1, 3].find((code) => codes.includes(code)) ?? 0;
  },
};

/** The options that each command reads. */
const optionsOf: Readonly<Record<keyof typeof commands, readonly Option[]>> = {
  grad: ['at', 'format', 'json'],
  jacobian: ['at', 'json'],
  hessian: ['at', 'json'],
  trace: ['at', 'by', 'output', 'format'],
  graph: ['at', 'output', 'format'],
  order: ['at', 'output', 'json'],
  check: ['seed', 'json'],
};

async function checkFile(file: string, { seed, json: asJson }: Call, terminal: Terminal): Promise<number> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    const reason = { ENOENT: 'there is no such file', EISDIR: 'it is a folder' }[code] ?? code;
    terminal.error(painted(terminal, 'red', `${file}: cannot be read: ${reason}`));
    return 2;
  }
  try {
    const result = await checkExercise(text, seed === undefined ? {} : { seed });
    const { exercise, verdicts } = result;
    terminal.out(
      asJson
        ? json({
            file,
            title: exercise.title,
            ok: result.ok,
            firstWrong: result.firstWrong,
            seed: result.seed,
            verdicts: verdicts.map(plain),
          })
        : `${exercise.title}\n${coloured(terminal, formatCheck(result))}`,
    );
    if (result.ok) return 0;
    return verdicts.some(({ status }) => status === 'wrong') ? 1 : 3;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    terminal.error(painted(terminal, 'red', `${file}: ${error.message}`));
    return 2;
  }
}

/** A verdict with its point as numbers. */
function plain<V extends { readonly inputs: Readonly<Record<string, Tensor>> }>(verdict: V) {
  const inputs = Object.fromEntries(Object.entries(verdict.inputs).map(([name, x]) => [name, x.toArray()]));
  return { ...verdict, inputs };
}

function coloured(terminal: Terminal, text: string): string {
  return text
    .replace(/^✓.*$/gm, (line) => painted(terminal, 'green', line))
    .replace(/^✗.*$/gm, (line) => painted(terminal, 'red', line))
    .replace(/^\?.*$/gm, (line) => painted(terminal, 'yellow', line));
}

async function recorded(call: Call) {
  const program = await programOf(call);
  const { inputs, steps, outputs } = recordProgram(program, call.at);
  const output = outputs.get(call.output ?? program.outputs[0]!);
  if (output === undefined)
    throw new UsageError(`--output ${call.output}: the outputs are ${program.outputs.join(', ')}`);
  return { output, names: [...inputs, ...steps] };
}

function writeBlocks(
  call: Call,
  out: Terminal['out'],
  blocks: readonly (readonly [name: string, block: Tensor])[],
): void {
  out(
    call.json
      ? json(Object.fromEntries(blocks.map(([name, block]) => [name, block.toArray()])))
      : blocks.map(([name, block]) => `${name}:\n${block}`).join('\n'),
  );
}
