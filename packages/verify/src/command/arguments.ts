import { parseArgs } from 'node:util';
import { type Nested, tensor } from '@tensortape/autograd';
import { isNested } from '../exercises/exercise.ts';
import { type InputValues, isDeclarable } from '../expressions/program.ts';

/** Thrown for a call that cannot be understood. */
export class UsageError extends Error {}

const options = {
  at: { type: 'string', multiple: true },
  by: { type: 'string' },
  output: { type: 'string' },
  format: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** A call of the command, taken apart. */
export interface Call {
  readonly command: string | undefined;
  readonly operands: readonly string[];
  readonly at: InputValues;
  readonly by: string | undefined;
  readonly output: string | undefined;
  readonly format: string | undefined;
  readonly seed: number | undefined;
  readonly json: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

/** Takes the arguments of the command apart. */
export function parseCall(args: readonly string[]): Call {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [command, ...operands] = positionals;
    const seed = values.seed === undefined ? undefined : Number(values.seed);
    if (seed !== undefined && !(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31)) {
      throw new UsageError(`--seed ${values.seed}: expected a whole number below 2^31`);
    }
    return {
      command,
      operands,
      at: valuesOf((values.at ?? []).flatMap(assignments)),
      by: values.by,
      output: values.output,
      format: values.format,
      seed,
      json: values.json ?? false,
      help: values.help ?? false,
      version: values.version ?? false,
    };
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof TypeError)) throw error;
    throw new UsageError(error.message);
  }
}

function valuesOf(pairs: readonly [name: string, value: InputValues[string]][]): InputValues {
  const twice = pairs.find(([name], i) => pairs.findIndex(([other]) => other === name) < i);
  if (twice !== undefined) throw new UsageError(`--at: '${twice[0]}' is given twice`);
  return Object.fromEntries(pairs);
}

/** Whether the lists are of equal lengths, and all numbers finite. */
function isRegular(value: Nested): boolean {
  try {
    return Number.isFinite(tensor(value, { dtype: 'float64' }).abs().sum().item());
  } catch {
    return false;
  }
}

/** `x=1,A=[[1,2],[3,4]]`: commas in brackets belong to the value. */
function assignments(text: string): [name: string, value: InputValues[string]][] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  [...text].forEach((character, i) => {
    if (character === '[') depth++;
    if (character === ']') depth--;
    if (character === ',' && depth === 0) {
      parts.push(text.slice(start, i));
      start = i + 1;
    }
  });
  parts.push(text.slice(start));
  return parts.map((part) => {
    const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.+)$/s.exec(part) ?? [];
    const parsed = value === undefined ? undefined : jsonOf(value);
    if (name === undefined || !isNested(parsed)) {
      throw new UsageError(`--at ${part}: expected name=value, such as x=2, or A=[[1,2],[3,4]]`);
    }
    if (!isRegular(parsed)) {
      throw new UsageError(`--at ${part}: expected finite numbers, in lists of equal lengths`);
    }
    if (!isDeclarable(name)) {
      throw new UsageError(
        `--at ${part}: '${name}' cannot be a name: it is not a word, or has a meaning already`,
      );
    }
    return [name, parsed];
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
