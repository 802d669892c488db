/** One tensor as the header declares it; only its JSON form has been checked. */
export interface HeaderEntry {
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

/** The header of a safetensors file. */
export interface Header {
  tensors: Map<string, HeaderEntry>;
  metadata: Map<string, string>;
}

/** PyTorch's own limit. */
const maxRank = 64;

/**
 * Reads the header's JSON. JSON.parse would not do: it lets the last of several equal names win, turns `1e3` and `1.0`
 * into integers, and builds whatever a hostile header describes; this reader takes the header's form and no other.
 *
 * @param fail Makes the error to throw from what is wrong.
 */
export function readHeader(bytes: Uint8Array, fail: (problem: string) => Error): Header {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw fail('expected a header in UTF-8');
  }
  if (!text.startsWith('{')) throw fail('expected a header that starts with {');

  const json = new JsonReader(text, fail);
  const header: Header = { tensors: new Map(), metadata: new Map() };
  json.object((key) => {
    if (key === '__metadata__') json.object((name) => header.metadata.set(name, json.string()));
    else header.tensors.set(key, readEntry(json));
  });
  json.end();
  return header;
}

function readEntry(json: JsonReader): HeaderEntry {
  let dtype: string | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  json.object((field) => {
    if (field === 'dtype') dtype = json.string();
    else if (field === 'shape') shape = json.integers(maxRank);
    else if (field === 'data_offsets') offsets = json.integers(2);
    else throw json.unexpected('dtype, shape or data_offsets');
  });
  const [begin, end] = offsets ?? [];
  if (dtype === undefined || shape === undefined || begin === undefined || end === undefined) {
    throw json.unexpected('a tensor with dtype, shape and two data_offsets');
  }
  return { dtype, shape, begin, end };
}

/** A reader of JSON that goes where its caller expects a value, and throws where something else stands. */
class JsonReader {
  readonly #text: string;
  readonly #fail: (problem: string) => Error;
  #at = 0;

  constructor(text: string, fail: (problem: string) => Error) {
    this.#text = text;
    this.#fail = fail;
  }

  /** Reads an object; `readValue` must read the value that belongs to the key. No key may come twice. */
  object(readValue: (key: string) => void): void {
    const keys = new Set<string>();
    this.#list('{', '}', () => {
      const start = this.#at;
      const key = this.string();
      if (keys.has(key)) {
        this.#at = start;
        throw this.unexpected('a name that has not come before');
      }
      keys.add(key);
      this.#expect(':');
      readValue(key);
    });
  }

  /** Reads an array of up to `limit` integers. */
  integers(limit: number): number[] {
    const items: number[] = [];
    this.#list('[', ']', () => {
      if (items.length === limit) throw this.unexpected(`at most ${limit} integers`);
      items.push(this.#integer());
    });
    return items;
  }

  string(): string {
    this.#expect('"');
    const start = this.#at;
    for (let code = this.#code(); code !== 0x22; code = this.#code()) {
      if (!(code >= 0x20)) throw this.unexpected('a string without control characters');
      this.#at += code === 0x5c ? 2 : 1;
    }
    const end = this.#at++;
    const raw = this.#text.slice(start, end);
    if (!raw.includes('\\')) return raw;
    try {
      const value: unknown = JSON.parse(`"${raw}"`);
      if (typeof value === 'string' && !/\p{Surrogate}/u.test(value)) return value;
    } catch {
      // Said below, with the place.
    }
    this.#at = start;
    throw this.unexpected('a string with valid escapes');
  }

  /** Checks that only white space follows. */
  end(): void {
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.unexpected('the end of the header');
  }

  /** The error for what stands at the current place. */
  unexpected(expected: string): Error {
    const found = this.#text.slice(this.#at, this.#at + 20);
    return this.#fail(
      `expected ${expected} at character ${this.#at} of the header, found ${JSON.stringify(found)}`,
    );
  }

  #list(open: string, close: string, readItem: () => void): void {
    this.#expect(open);
    if (this.#accept(close)) return;
    do readItem();
    while (this.#accept(','));
    this.#expect(close);
  }

  #integer(): number {
    this.#skipSpace();
    const start = this.#at;
    while (this.#at - start < 17 && this.#code() >= 0x30 && this.#code() <= 0x39) this.#at++;
    const digits = this.#text.slice(start, this.#at);
    const value = Number(digits);
    if (digits === '' || (digits.length > 1 && digits.startsWith('0')) || !Number.isSafeInteger(value)) {
      this.#at = start;
      throw this.unexpected('a non-negative integer up to 2^53');
    }
    return value;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw this.unexpected(character);
  }

  #accept(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #skipSpace(): void {
    for (
      let code = this.#code();
      code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
      code = this.#code()
    )
      this.#at++;
  }

  /** NaN at the end. */
  #code(): number {
    return this.#text.charCodeAt(this.#at);
  }
}
