/** What a benchmark was expected to show, and what it did. */
export interface Expectations {
  /** `value` is what came of it; met when it is at most `limit`. */
  atMost(what: string, value: number, limit: number, unit?: string): void;
  /** The same, at least. */
  atLeast(what: string, value: number, limit: number, unit?: string): void;
  /** Says of all whether they were met. */
  print(): void;
}

const text = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : 'not measured';

export function expectations(): Expectations {
  const lines: string[] = [];
  function add(what: string, value: number, met: boolean, bound: string): void {
    const verdict = !Number.isFinite(value) ? '-' : met ? 'met' : 'MISSED';
    lines.push(`  ${verdict.padEnd(8)}${what}: ${text(value)} (${bound})`);
  }
  return {
    atMost: (what, value, limit, unit = '') => add(what, value, value <= limit, `at most ${limit}${unit}`),
    atLeast: (what, value, limit, unit = '') => add(what, value, value >= limit, `at least ${limit}${unit}`),
    print: () => console.log(`\nExpected:\n${lines.join('\n')}`),
  };
}
