import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import { MetricRegistry } from '../../../src/common/metrics.js';
import { openEmbeddedStore } from '../../../src/scheduler/adapters/embedded/embedded-store.js';
import { storeKeys } from '../../../src/scheduler/core/keys.js';
import { meteredStore } from '../../../src/scheduler/metrics/metered-store.js';
import { createMemoryStore } from '../../support/memory-store.js';

t.test('the store on disk: writes, records and bytes', async (t) => {
  const registry = new MetricRegistry();
  const changed: string[] = [];
  const embedded = await openEmbeddedStore(t.testdir(), silentLogger);
  const store = meteredStore(embedded, registry, 'm', (id) => changed.push(id));
  t.teardown(() => store.close());
  await store.write([
    { key: storeKeys.instance('app.instance-1'), value: { a: 1 } },
    { key: storeKeys.failure('/app'), value: undefined },
  ]);
  const { counters, timers, histograms } = registry.snapshot();
  t.same(changed, ['app.instance-1'], 'instances are told of');
  t.equal(counters.get('m.ekiden.store.operations.counter'), 2);
  t.match(histograms.get('m.ekiden.store.operations-per-write.histogram'), { count: 1, max: 2 });
  t.match(timers.get('m.debug.persistence.operations.store.duration.timer.seconds'), { count: 1 });
  const bytes = counters.get('m.ekiden.store.size.counter.bytes') ?? 0;
  t.ok(bytes > '{"a":1}'.length, `${bytes} bytes`);

  t.same(await store.get(storeKeys.instance('app.instance-1')), { a: 1 });
  t.match(registry.snapshot().timers.get('m.debug.persistence.operations.get.duration.timer.seconds'), { count: 1 });
});

t.test('a store that does not know its bytes has no such metric, and its failures are its own', async (t) => {
  const registry = new MetricRegistry();
  const memory = createMemoryStore();
  const store = meteredStore(memory, registry, 'm', () => undefined);
  t.notOk(registry.snapshot().counters.has('m.ekiden.store.size.counter.bytes'));
  memory.failNextWrite(new Error('the disk is full'));
  await t.rejects(store.write([{ key: 'a', value: 'b' }]), /the disk is full/);
  t.match(registry.snapshot().timers.get('m.debug.persistence.operations.store.duration.timer.seconds'), { count: 0 });
});
