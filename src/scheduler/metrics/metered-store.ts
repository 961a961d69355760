import type { MetricRegistry } from '../../common/metrics.js';
import { storeKeys } from '../core/keys.js';
import type { Store } from '../ports/store.js';

const instancePrefix = storeKeys.instance('');

/** The same store, and what is read and written measured. `instanceChanged` hears the id of each instance whose record is about to change. */
export function meteredStore(
  store: Store,
  registry: MetricRegistry,
  prefix: string,
  instanceChanged: (id: string) => void,
): Store {
  const name = (rest: string): string => `${prefix}.${rest}`;
  const stores = registry.timer(name('debug.persistence.operations.store.duration.timer.seconds'), 'Durable writes');
  const gets = registry.timer(name('debug.persistence.operations.get.duration.timer.seconds'), 'Reads of one record');
  const operations = registry.counter(name('ekiden.store.operations.counter'), 'Records written or deleted');
  const perWrite = registry.histogram(name('ekiden.store.operations-per-write.histogram'), 'Records per write');
  if (store.bytesWritten !== undefined) {
    registry.counted(name('ekiden.store.size.counter.bytes'), 'Keys and values written', () => store.bytesWritten ?? 0);
  }
  // Versions above the limit are deleted in the write that makes them superfluous: there is no collector that could run.
  registry.counter(name('persistence.gc.runs.counter'), 'Runs of a collector of old versions');
  registry.timer(name('persistence.gc.compaction.duration.timer.seconds'), 'Compactions by that collector');
  registry.timer(name('persistence.gc.scan.duration.timer.seconds'), 'Scans by that collector');

  return {
    async get(key) {
      const startedMs = performance.now();
      const value = await store.get(key);
      gets.record(performance.now() - startedMs);
      return value;
    },
    list: (keyPrefix) => store.list(keyPrefix),
    async write(changes) {
      for (const { key } of changes) {
        if (key.startsWith(instancePrefix)) instanceChanged(key.slice(instancePrefix.length));
      }
      operations.increment(changes.length);
      perWrite.record(changes.length);
      const startedMs = performance.now();
      await store.write(changes);
      stores.record(performance.now() - startedMs);
    },
    close: () => store.close(),
  };
}
