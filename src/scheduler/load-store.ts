import { storeKeys } from './core/keys.js';
import type { Records } from './core/load.js';
import type { Instance } from './model/instance.js';
import type { ReadableStore } from './ports/store.js';

/** Everything but the version history: of the versions, only those that are current or that an instance runs are read. */
export async function readRecords(store: ReadableStore): Promise<Records> {
  const records = new Map<string, unknown>();
  const needed = new Set<string>();
  for (const prefix of [storeKeys.app(''), storeKeys.pod('')]) {
    for await (const [key, value] of store.list(prefix)) {
      records.set(key, value);
      const current = (value as { versions: readonly string[] }).versions.at(-1);
      if (current !== undefined) needed.add(storeKeys.version(key.slice(prefix.length), current));
    }
  }
  for await (const [key, value] of store.list(storeKeys.instance(''))) {
    records.set(key, value);
    const { appId, appVersion } = value as Instance;
    needed.add(storeKeys.version(appId, appVersion));
  }
  const others = [
    storeKeys.group(''),
    storeKeys.rootChange(''),
    storeKeys.deployment(''),
    storeKeys.failure(''),
    storeKeys.terminations(''),
    storeKeys.leftover(''),
    storeKeys.frameworkId,
    storeKeys.callbackUrls,
    storeKeys.edges,
  ];
  for (const prefix of others) {
    for await (const [key, value] of store.list(prefix)) records.set(key, value);
  }
  for (const key of needed) records.set(key, await store.get(key));
  return records;
}
