/** Which of the wanted fields stands at each place of a line; undefined = none of them. */
type Places = readonly (number | undefined)[];

/** The wanted fields of a line; in double quotes a comma does not separate, and two quotes are one. */
function fieldsAt(line: string, places: Places, count: number): string[] {
  const fields: string[] = Array.from({ length: count }, () => '');
  let start = 0;
  for (const wanted of places) {
    if (start > line.length) break;
    const isQuoted = line.charAt(start) === '"';
    let closing = start;
    if (isQuoted) {
      closing = line.indexOf('"', start + 1);
      while (closing !== -1 && line.charAt(closing + 1) === '"') closing = line.indexOf('"', closing + 2);
      if (closing === -1) closing = line.length;
    }
    const comma = line.indexOf(',', closing);
    const end = comma === -1 ? line.length : comma;
    if (wanted !== undefined) {
      fields[wanted] = isQuoted ? line.slice(start + 1, closing).replaceAll('""', '"') : line.slice(start, end);
    }
    start = end + 1;
  }
  return fields;
}

/**
 * Reads the answer to `show stat`: of every line the named columns, in the order in which they are named; empty where HAProxy has no such
 * column. Nothing else of the lines, which have a hundred columns, is taken apart. Throws when it is no such answer.
 */
export function* statRows(answer: string, columns: readonly string[]): Generator<readonly string[]> {
  const [head = '', ...lines] = answer.split('\n').filter((line) => line.trim() !== '');
  const names = head.replace(/^#\s*/, '').split(',');
  if (!['pxname', 'svname', 'status', 'scur'].every((name) => names.includes(name))) {
    throw new Error('not an answer to "show stat"');
  }
  const last = Math.max(...columns.map((name) => names.indexOf(name)));
  const places: Places = names.slice(0, last + 1).map((name) => {
    const wanted = columns.indexOf(name);
    return wanted === -1 ? undefined : wanted;
  });
  for (const line of lines) yield fieldsAt(line, places, columns.length);
}
