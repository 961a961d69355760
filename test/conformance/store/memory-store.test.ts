import t from 'tap';
import type { MemoryStore } from '../../support/memory-store.js';
import { createMemoryStore } from '../../support/memory-store.js';
import { storeSuite } from './store-suite.js';

storeSuite(t, {
  open: async () => createMemoryStore(),
  reopen: async (store) => (store as MemoryStore).reopen(),
});

t.test('a failed write leaves nothing, and nothing is written after it', async (t) => {
  const store = createMemoryStore();
  await store.write([{ key: 'a', value: { n: 1 } }]);
  store.failNextWrite(new Error('disk full'));
  await t.rejects(store.write([{ key: 'a', value: { n: 2 } }]), /disk full/);
  await t.rejects(store.write([{ key: 'b', value: {} }]), /disk full/);
  const again = store.reopen();
  t.same(await again.get('a'), { n: 1 });
  t.equal(await again.get('b'), undefined);
  await again.write([{ key: 'b', value: {} }]);
});

t.test('a lost acknowledgement: durable, and yet it rejects', async (t) => {
  const store = createMemoryStore();
  store.loseNextAcknowledgement(new Error('connection lost'));
  await t.rejects(store.write([{ key: 'a', value: {} }]), /connection lost/);
  await t.rejects(store.write([{ key: 'b', value: {} }]), /connection lost/);
  t.same(await store.reopen().get('a'), {});
});

t.test('writes held back are not visible before they are released, and lost with the process', async (t) => {
  const store = createMemoryStore();
  const release = store.holdWrites();
  const write = store.write([{ key: 'a', value: {} }]);
  t.equal(store.heldWrites, 1);
  t.equal(await store.get('a'), undefined);
  release();
  await write;
  t.same(await store.get('a'), {});
  t.equal(store.writes, 1);

  const releaseLate = store.holdWrites();
  const lost = store.write([{ key: 'b', value: {} }]);
  const again = store.reopen();
  releaseLate();
  await t.rejects(lost, /killed/);
  t.equal(await again.get('b'), undefined);
});
