/** The value below which the share `p` (0..1) of the sorted values lies (nearest rank); NaN for none. */
export function percentile(sorted: readonly number[], p: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * p) - 1)] ?? Number.NaN;
}

/** The middle one of the values, in any order; NaN for none. */
export function median(values: readonly number[]): number {
  return percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

/** One line of a table: count, median, 99th percentile and maximum, in milliseconds. */
export function summaryLine(name: string, values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const cell = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(1)).padStart(9);
  const [p50, p99, max] = [percentile(sorted, 0.5), percentile(sorted, 0.99), sorted.at(-1) ?? Number.NaN];
  return `${name.padEnd(44)}${String(sorted.length).padStart(6)}${cell(p50)}${cell(p99)}${cell(max)}`;
}

export const summaryHead = `${'ms'.padEnd(44)}${'n'.padStart(6)}${'p50'.padStart(9)}${'p99'.padStart(9)}${'max'.padStart(9)}`;
