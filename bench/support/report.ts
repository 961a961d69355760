/** One column of a table: its heading, and its width in characters. */
export type Column = readonly [heading: string, width: number];

/** A number with as many digits as are of interest: 12345, 123, 12.3, 1.23. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Prints a heading now, and returns what prints the lines below it. */
export function table(title: string, columns: readonly Column[]): (name: string, ...cells: readonly number[]) => void {
  const nameWidth = 58;
  const line = (name: string, cells: readonly string[]): string =>
    name.padEnd(nameWidth) + cells.map((cell, i) => cell.padStart(columns[i]?.[1] ?? 10)).join('');
  console.log(
    `\n${line(
      title,
      columns.map(([heading]) => heading),
    )}`,
  );
  return (name, ...cells) => console.log(line(name, cells.map(shown)));
}
