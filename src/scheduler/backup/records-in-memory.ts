import type { ReadableStore } from '../ports/store.js';
import type { BackupRecord } from './format.js';

/** Index of the first record whose key is not below `key`. */
function indexOf(records: readonly BackupRecord[], key: string): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle] as BackupRecord)[0] < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Sorted records, to be read as those of a store. */
export function recordsInMemory(records: readonly BackupRecord[]): ReadableStore {
  return {
    get(key) {
      const found = records[indexOf(records, key)];
      return Promise.resolve(found?.[0] === key ? found[1] : undefined);
    },
    async *list(prefix) {
      for (let index = indexOf(records, prefix); index < records.length; index++) {
        const record = records[index] as BackupRecord;
        if (!record[0].startsWith(prefix)) return;
        yield await Promise.resolve(record);
      }
    },
  };
}
