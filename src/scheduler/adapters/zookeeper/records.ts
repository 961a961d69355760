/**
 * What a page or a commit says of a key: JSON text, `@<blob>` for a value that lies elsewhere, or undefined for none. JSON never
 * begins with `@`.
 */
export type Stored = string | undefined;

export type StoredRecord = readonly [key: string, stored: Stored];

/**
 * Records as text: a line for each, `"key"<tab>value`; nothing after the tab means that the record is deleted. JSON has neither
 * tabs nor line ends of its own outside of escapes.
 */
export function formatRecord([key, stored]: StoredRecord): string {
  return `${JSON.stringify(key)}\t${stored ?? ''}\n`;
}

export function parseRecords(text: string): StoredRecord[] {
  const records: StoredRecord[] = [];
  for (let start = 0; start < text.length;) {
    const tab = text.indexOf('\t', start);
    const end = text.indexOf('\n', tab);
    if (tab < 0 || end < 0) throw new Error('a line of the store is cut off');
    const stored = text.slice(tab + 1, end);
    records.push([JSON.parse(text.slice(start, tab)) as string, stored === '' ? undefined : stored]);
    start = end + 1;
  }
  return records;
}

/** The value of one key in a text of lines; undefined when there is none. */
export function findRecord(text: string, key: string): Stored {
  const begin = `${JSON.stringify(key)}\t`;
  const start = text.startsWith(begin) ? 0 : text.indexOf(`\n${begin}`) + 1;
  if (start === 0 && !text.startsWith(begin)) return undefined;
  return text.slice(start + begin.length, text.indexOf('\n', start));
}

/** The order of keys: by code units, as JavaScript compares text. */
export function byKey([a]: StoredRecord, [b]: StoredRecord): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Records with changes laid over them, both sorted by key; what is deleted is left out. `replaced` hears of every value that is no
 * longer the last one of its key.
 */
export function mergeRecords(
  records: readonly StoredRecord[],
  changes: readonly StoredRecord[],
  replaced: (stored: string) => void = () => undefined,
): StoredRecord[] {
  const merged: StoredRecord[] = [];
  let next = 0;
  for (const record of records) {
    const [key, stored] = record;
    for (let change = changes[next]; change !== undefined && change[0] < key; change = changes[++next]) {
      if (change[1] !== undefined) merged.push(change);
    }
    const change = changes[next];
    if (change === undefined || change[0] !== key) {
      merged.push(record);
      continue;
    }
    next++;
    if (stored !== undefined) replaced(stored);
    if (change[1] !== undefined) merged.push(change);
  }
  for (const change of changes.slice(next)) if (change[1] !== undefined) merged.push(change);
  return merged;
}
