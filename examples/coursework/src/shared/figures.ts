/** A figure of a course beside ours. */
export interface Figure {
  readonly what: string;
  readonly published: string;
  readonly ours: string;
  readonly tolerance: string;
  /** `off` makes the program fail; `-` is not judged. */
  readonly verdict: 'ok' | 'OFF' | '-';
}

/** The figures of a part of a course, judged as they come. */
export class Figures {
  readonly rows: Figure[] = [];

  /** Those that are off. */
  get off(): Figure[] {
    return this.rows.filter(({ verdict }) => verdict === 'OFF');
  }

  /** Ours must be at most `tolerance` from the published figure. */
  near(what: string, published: number, ours: number, tolerance: number): void {
    this.#add(what, show(published), ours, `± ${show(tolerance)}`, Math.abs(ours - published) <= tolerance);
  }

  /** Every element must be at most `tolerance` from the published one; the largest difference stands in the table. */
  allNear(what: string, published: ArrayLike<number>, ours: ArrayLike<number>, tolerance: number): void {
    const differences = Array.from(published, (value, i) => Math.abs(value - (ours[i] ?? Number.NaN)));
    const worst = published.length === ours.length ? Math.max(0, ...differences) : Number.NaN;
    const listed = Array.from({ length: Math.min(2, published.length) }, (_, i) => show(published[i]!)).join(
      ', ',
    );
    const more = published.length > 2 ? ' …' : '';
    this.#add(what, listed + more, worst, `± ${show(tolerance)}`, worst <= tolerance, 'differs by ');
  }

  /** Ours must not be above `bound`; `published` is the course's own figure where that is another one. */
  atMost(what: string, bound: number, ours: number, published = bound): void {
    this.#add(what, show(published), ours, `at most ${show(bound)}`, ours <= bound);
  }

  /** Ours must not be below `bound`; `published` is the course's own figure where that is another one. */
  atLeast(what: string, bound: number, ours: number, published = bound): void {
    this.#add(what, show(published), ours, `at least ${show(bound)}`, ours >= bound);
  }

  /** Ours must lie from `low` to `high`; `published` is the course's own figure, which may come from another seed. */
  between(what: string, published: number, [low, high]: readonly [number, number], ours: number): void {
    this.#add(what, show(published), ours, `${show(low)} to ${show(high)}`, ours >= low && ours <= high);
  }

  /** Ours must be the published words. */
  same(what: string, published: string, ours: string): void {
    const verdict = ours === published ? 'ok' : 'OFF';
    this.rows.push({ what, published, ours, tolerance: 'the same', verdict });
  }

  /** A figure that depends on the machine, or of which the course gives none: shown, not judged. */
  shown(what: string, published: string, ours: string): void {
    this.rows.push({ what, published, ours, tolerance: 'shown', verdict: '-' });
  }

  #add(what: string, published: string, ours: number, tolerance: string, ok: boolean, prefix = ''): void {
    this.rows.push({ what, published, ours: prefix + show(ours), tolerance, verdict: ok ? 'ok' : 'OFF' });
  }

  /** The figures in columns. */
  toString(): string {
    const head = ['what', 'published', 'ours', 'tolerance', 'verdict'];
    const lines = [
      head,
      ...this.rows.map((row) => [row.what, row.published, row.ours, row.tolerance, row.verdict]),
    ];
    const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
    const text = lines.map((line) =>
      line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    );
    text.splice(1, 0, '─'.repeat(widths.reduce((sum, width) => sum + width + 2, -2)));
    return text.join('\n');
  }
}

/** As many digits as tell a figure from a published one. */
export function show(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(2);
  return String(Number(value.toPrecision(13)));
}
