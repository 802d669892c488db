import { ArgumentError } from '@tensortape/autograd';
import { parseNumbers, writeNumber } from './numbers.ts';

/** The values of one name in a {@link History}, in the order in which they were added. */
export interface Series {
  /** Where each value belongs: the step, or the epoch; increasing. */
  readonly at: readonly number[];
  /** The values; NaN and infinities are kept. */
  readonly values: readonly number[];
}

/** What a {@link History} counts the training by. */
export type HistoryAxis = 'step' | 'epoch';

/** The state of a {@link History}: what `stateDict()` gives. */
export interface HistoryState {
  /** What the training is counted by. */
  readonly axis: HistoryAxis;
  /** The series in the order of their first values. */
  readonly series: ReadonlyMap<string, SeriesState>;
}

/** A series in the state of a {@link History}. */
export interface SeriesState {
  /** Where each value belongs. */
  readonly at: Float64Array;
  /** The values. */
  readonly values: Float64Array;
}

/** One value of a series, and where it belongs. */
export interface HistoryPoint {
  /** The step or epoch. */
  readonly at: number;
  /** The value there. */
  readonly value: number;
}

/**
 * How figures change over a training: named series of numbers, by step or by epoch. Epochs may be fractions: 1.5 is half-way
 * through the second.
 *
 * @example
 * ```ts
 * import { History } from '@tensortape/train';
 *
 * const history = new History({ axis: 'epoch' });
 * history.add(1, { loss: 0.9, accuracy: 0.7 });
 * history.add(2, { loss: 0.4, accuracy: 0.8 });
 * history.add(3, { loss: Number.NaN, accuracy: 0.1 });
 * console.log(history.names); // [ 'loss', 'accuracy' ]
 * console.log(history.best('loss', 'min')); // { at: 2, value: 0.4 }
 * console.log(history.last('accuracy')); // { at: 3, value: 0.1 }
 * const again = History.parse(JSON.stringify(history));
 * console.log(again.series('loss').values); // [ 0.9, 0.4, NaN ]
 * ```
 */
export class History {
  /** What the training is counted by. */
  axis: HistoryAxis;
  #series = new Map<string, { at: number[]; values: number[] }>();

  /** @param options `axis`: what the training is counted by, 'step' unless given. */
  constructor({ axis = 'step' }: { readonly axis?: HistoryAxis } = {}) {
    checkAxis('History', axis);
    this.axis = axis;
  }

  /** The names of the series, in the order of their first values. */
  get names(): string[] {
    return [...this.#series.keys()];
  }

  /**
   * Adds a value to each of some series; a name that is new begins one.
   *
   * @param at The step or epoch: a finite number, larger than that of the last value of each of these series.
   * @param values The values by name.
   * @throws ArgumentError for another `at`, and for what is not a number; then nothing was added.
   */
  add(at: number, values: Readonly<Record<string, number>>): void {
    if (!Number.isFinite(at)) {
      throw new ArgumentError(
        `History.add: expected a finite number as ${this.axis}, got ${String(at)}; count from 0 or 1`,
      );
    }
    for (const [name, value] of Object.entries(values)) {
      if (typeof value !== 'number') {
        throw new ArgumentError(
          `History.add: expected a number as '${name}', got ${typeof value}; of a tensor, pass item()`,
        );
      }
      const last = this.#series.get(name)?.at.at(-1);
      if (last !== undefined && !(at > last)) {
        throw new ArgumentError(
          `History.add: '${name}' has a value at ${this.axis} ${last} already, and ${at} is not beyond it; ` +
            'add values in order, each once',
        );
      }
    }
    for (const [name, value] of Object.entries(values)) {
      let series = this.#series.get(name);
      if (series === undefined) {
        series = { at: [], values: [] };
        this.#series.set(name, series);
      }
      series.at.push(at);
      series.values.push(value);
    }
  }

  /** Whether there are values of this name. */
  has(name: string): boolean {
    return this.#series.has(name);
  }

  /** The values of a name, copied. Errors: ArgumentError for a name that nothing was added for. */
  series(name: string): Series {
    const { at, values } = this.#get(name);
    return { at: [...at], values: [...values] };
  }

  /** The last value of a name. Errors: ArgumentError for a name that nothing was added for. */
  last(name: string): HistoryPoint {
    const { at, values } = this.#get(name);
    return { at: at.at(-1)!, value: values.at(-1)! };
  }

  /**
   * The smallest or largest value of a name, the earliest where several are equal; NaN is passed over. Undefined where there is
   * nothing but NaN. Errors: ArgumentError for a name that nothing was added for.
   */
  best(name: string, mode: 'min' | 'max'): HistoryPoint | undefined {
    const { at, values } = this.#get(name);
    const sign = mode === 'min' ? 1 : -1;
    let found: HistoryPoint | undefined;
    for (const [i, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      if (found === undefined || sign * value < sign * found.value) found = { at: at[i]!, value };
    }
    return found;
  }

  #get(name: string): { at: number[]; values: number[] } {
    const series = this.#series.get(name);
    if (series !== undefined) return series;
    const known = this.#series.size === 0 ? 'it is empty' : `there are ${this.names.join(', ')}`;
    throw new ArgumentError(`History: there is no series '${name}'; ${known}`);
  }

  /** The values as JSON can hold them: NaN and infinities are written as `"NaN"`, `"Infinity"` and `"-Infinity"`. */
  toJSON(): unknown {
    return {
      axis: this.axis,
      series: [...this.#series].map(([name, { at, values }]) => ({
        name,
        at,
        values: values.map(writeNumber),
      })),
    };
  }

  /**
   * A history from the text that `JSON.stringify(history)` gave.
   *
   * @throws ArgumentError that says where the text is none of a history.
   */
  static parse(json: string): History {
    let parsed: unknown;
    try {
      parsed = JSON.parse(json);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new ArgumentError(
        `History.parse: expected JSON (${reason}); pass what JSON.stringify(history) gave`,
      );
    }
    const { axis, series } = asRecord('', parsed);
    if (!Array.isArray(series)) throw misfit('series', 'a list', series);
    const state = series.map((entry: unknown, i): [string, SeriesState] => {
      const { name, at, values } = asRecord(`series[${i}]`, entry);
      if (typeof name !== 'string') throw misfit(`series[${i}].name`, 'a text', name);
      const read = (field: string, list: unknown) => {
        const numbers = parseNumbers(list);
        if (numbers === undefined) throw misfit(`series[${i}].${field}`, 'a list of numbers', list);
        return numbers;
      };
      return [name, { at: read('at', at), values: read('values', values) }];
    });
    const history = new History();
    history.loadStateDict({ axis: checkAxis('History.parse', axis), series: new Map(state) });
    return history;
  }

  /** The state from which the history can go on, copied. */
  stateDict(): HistoryState {
    const copy = ([name, { at, values }]: [string, Series]) =>
      [name, { at: Float64Array.from(at), values: Float64Array.from(values) }] as const;
    return { axis: this.axis, series: new Map([...this.#series].map(copy)) };
  }

  /** Takes over a state of {@link History.stateDict}. Errors: ArgumentError; then nothing was changed. */
  loadStateDict({ axis, series }: HistoryState): void {
    checkAxis('History.loadStateDict', axis);
    const loaded = new Map<string, { at: number[]; values: number[] }>();
    for (const [name, { at, values }] of series) {
      const wrong = at.findIndex((x, i) => !Number.isFinite(x) || !(i === 0 || x > at[i - 1]!));
      if (at.length !== values.length || wrong >= 0) {
        const problem =
          wrong >= 0 ? `at[${wrong}] is ${at[wrong]}` : `${at.length} places for ${values.length} values`;
        throw new ArgumentError(
          `History.loadStateDict: '${name}': ${problem}; places are finite, increasing, and one for each value`,
        );
      }
      // A series begins with its first value.
      if (at.length > 0) loaded.set(name, { at: [...at], values: [...values] });
    }
    this.axis = axis;
    this.#series = loaded;
  }
}

function checkAxis(where: string, axis: unknown): HistoryAxis {
  if (axis === 'step' || axis === 'epoch') return axis;
  throw new ArgumentError(`${where}: axis must be 'step' or 'epoch', got ${String(axis)}`);
}

function asRecord(where: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null) return { ...value };
  throw misfit(where || 'the text', 'an object', value);
}

function misfit(where: string, expected: string, found: unknown): ArgumentError {
  return new ArgumentError(
    `History.parse: ${where}: expected ${expected}, found ${found === null ? 'null' : typeof found}; pass what ` +
      'JSON.stringify(history) gave',
  );
}
