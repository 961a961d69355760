import type { StoreOperation } from '../core/effects.js';
import { storeKeys } from '../core/keys.js';
import type { Store } from '../ports/store.js';
import type { KindCounts } from './kinds.js';
import { kindsOf } from './kinds.js';
import type { Backup } from './read-backup.js';

/** What a restore has done. */
export interface Restored {
  /** What was there before and is gone or replaced. */
  readonly before: KindCounts;
  readonly now: KindCounts;
  /** Undefined: none, the next scheduler registers as a new framework. */
  readonly frameworkId: string | undefined;
}

/**
 * Makes the records of a backup the whole content of a store, all at once: whoever reads, and whoever comes after a crash at any instant,
 * finds what was there before or the backup. `withoutFrameworkId` leaves out who the scheduler was to Mesos. Rejects as `Store.write`
 * does: what is stored is unknown then.
 */
export async function restoreBackup(
  store: Store,
  { records }: Backup,
  { withoutFrameworkId }: { readonly withoutFrameworkId: boolean },
): Promise<Restored> {
  const wanted = records.filter(([key]) => !withoutFrameworkId || key !== storeKeys.frameworkId);
  const keys = new Set(wanted.map(([key]) => key));
  const before: string[] = [];
  for await (const [key] of store.list('')) before.push(key);
  const operations: StoreOperation[] = [
    ...before.filter((key) => !keys.has(key)).map((key) => ({ key, value: undefined })),
    ...wanted.map(([key, value]) => ({ key, value })),
  ];
  if (operations.length > 0) await store.write(operations);
  const frameworkId = wanted.find(([key]) => key === storeKeys.frameworkId)?.[1];
  return {
    before: kindsOf(before),
    now: kindsOf(keys),
    frameworkId: typeof frameworkId === 'string' ? frameworkId : undefined,
  };
}
