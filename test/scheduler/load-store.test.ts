import t from 'tap';
import { storeKeys } from '../../src/scheduler/core/keys.js';
import { readRecords } from '../../src/scheduler/load-store.js';
import { createMemoryStore } from '../support/memory-store.js';

t.test('records of every kind are read; of the versions those that are used', async (t) => {
  const store = createMemoryStore();
  const keys = Object.values(storeKeys).map((key) => (typeof key === 'function' ? key('/a', '2') : key));
  const instance = { appId: '/b', appVersion: '1' };
  await store.write([
    ...keys.map((key) => ({ key, value: { key } })),
    { key: storeKeys.app('/a'), value: { versions: ['1', '2'] } },
    { key: storeKeys.pod('/a'), value: { versions: ['2'] } },
    { key: storeKeys.instance('/a'), value: instance },
    { key: storeKeys.version('/a', '1'), value: { old: true } },
    { key: storeKeys.version('/b', '1'), value: { ofAnInstance: true } },
  ]);
  const records = await readRecords(store);
  t.same([...records.keys()].sort(), [...keys, storeKeys.version('/b', '1')].sort());
  t.same(records.get(storeKeys.instance('/a')), instance);
});
