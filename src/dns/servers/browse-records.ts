import { setImmediate } from 'node:timers/promises';
import { smallest } from '../../common/smallest.js';
import { dataOf } from '../records/record.js';
import type { RecordType } from '../records/record.js';
import { recordsOfType } from '../records/record-set.js';
import type { RecordSet } from '../records/record-set.js';

/** `GET /ekiden/v1/records`: the names of the zone in alphabetical order, a page at a time. Names are without the dot at the end. */
export interface RecordsPage {
  /** All names and records that there are, whatever the filter. */
  readonly totalNames: number;
  readonly totalRecords: number;
  readonly names: readonly {
    readonly name: string;
    /** How many records it has, of which `records` are the first. */
    readonly count: number;
    readonly records: readonly { readonly type: RecordType; readonly data: string }[];
  }[];
  /** What `after` is to be for the next page; null: this is the last one. */
  readonly next: string | null;
}

export const maxPageNames = 1_000;
/** So many records of one name are shown. */
const maxRecordsOfName = 100;
/** So many names are looked at before queries are answered again. */
const namesPerTurn = 4_000;

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The first `limit` names behind `after` that have `filter` in them. Names that come or go meanwhile may be on it or not. */
export async function browseRecords(
  records: RecordSet,
  { filter, after, limit }: { readonly filter: string; readonly after: string; readonly limit: number },
): Promise<RecordsPage> {
  let found: string[] = [];
  let batch: string[] = [];
  const sift = (): void => {
    const matching = batch.filter((name) => name > after && name.includes(filter));
    // A name that went and came back meanwhile comes twice
    found = smallest([...new Set([...found, ...matching])], limit + 1, compare);
    batch = [];
  };
  for (const name of records.names()) {
    batch.push(name);
    if (batch.length < namesPerTurn) continue;
    sift();
    await setImmediate();
  }
  sift();
  const page = found.slice(0, limit);
  return {
    totalNames: records.nameCount,
    totalRecords: records.size,
    names: page.flatMap((name) => {
      const entry = records.find(name);
      if (entry === undefined) return [];
      const all = recordsOfType(entry, 'ANY');
      const shown = all.slice(0, maxRecordsOfName).map((record) => ({ type: record.type, data: dataOf(record) }));
      return [{ name, count: all.length, records: shown }];
    }),
    next: found.length > limit ? (page.at(-1) ?? null) : null,
  };
}
