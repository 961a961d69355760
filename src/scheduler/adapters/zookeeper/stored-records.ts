import { decodeBody } from './body.js';
import type { PageTable } from './pages.js';
import { pageIndexOf } from './pages.js';
import type { StoredRecord } from './records.js';
import { mergeRecords, parseRecords } from './records.js';

/**
 * The records whose key starts with `prefix`, by key, as pages and the changes over them have them; one page is unpacked at a time.
 * `changes` are sorted and have the prefix, too.
 */
export async function* storedRecords(
  table: PageTable,
  changes: readonly StoredRecord[],
  prefix: string,
): AsyncGenerator<StoredRecord> {
  let next = 0;
  for (let index = pageIndexOf(table, prefix); index < table.length; index++) {
    const page = table[index];
    if (page === undefined || (page.low > prefix && !page.low.startsWith(prefix))) break;
    const nextLow = table[index + 1]?.low;
    const from = next;
    while (next < changes.length && (nextLow === undefined || (changes[next] as StoredRecord)[0] < nextLow)) next++;
    const records = parseRecords(await decodeBody(page.body)).filter(([key]) => key.startsWith(prefix));
    yield* mergeRecords(records, changes.slice(from, next));
  }
}
