import type { Test } from 'tap';
import type { Store } from '../../../src/scheduler/ports/store.js';

async function collect(store: Store, prefix: string): Promise<(readonly [string, unknown])[]> {
  const records: (readonly [string, unknown])[] = [];
  for await (const record of store.list(prefix)) records.push(record);
  return records;
}

/** What every Store promises (src/scheduler/ports/store.ts). `open` gives an empty one; `reopen` closes and opens it again. */
export function storeSuite(
  t: Test,
  world: { open: (t: Test) => Promise<Store>; reopen: (store: Store) => Promise<Store> },
): void {
  t.test('a record is read as it was written, until it is replaced or deleted', async (t) => {
    const store = await world.open(t);
    t.equal(await store.get('a'), undefined, 'absent');
    const value = { text: 'Köln "\\\n\u2028', nested: [1, 0.5, null, true, {}], empty: '' };
    await store.write([
      { key: 'a', value },
      { key: 'b', value: 'just text' },
    ]);
    t.same(await store.get('a'), value);
    t.equal(await store.get('b'), 'just text');
    t.not(await store.get('a'), value, 'a copy, not the object that was written');
    await store.write([{ key: 'a', value: { v: 2 } }]);
    t.same(await store.get('a'), { v: 2 });
    await store.write([
      { key: 'a', value: undefined },
      { key: 'never-there', value: undefined },
    ]);
    t.equal(await store.get('a'), undefined);
    t.equal(await store.get('b'), 'just text');
    await store.close();
  });

  t.test('operations of one write apply in order', async (t) => {
    const store = await world.open(t);
    await store.write([
      { key: 'k', value: { n: 1 } },
      { key: 'k', value: undefined },
      { key: 'k', value: { n: 2 } },
      { key: 'gone', value: { n: 1 } },
      { key: 'gone', value: undefined },
    ]);
    t.same(await collect(store, ''), [['k', { n: 2 }]]);
    await store.close();
  });

  t.test('records are listed by prefix, in the order of the code units of their keys', async (t) => {
    const store = await world.open(t);
    const keys = ['app:/a', 'app:/a/b', 'app:/a-b', 'app;', 'app', 'b', 'z\u{10ffff}', 'z\uffff', 'z\u00fc', 'z'];
    await store.write(keys.map((key, index) => ({ key, value: { index } })));
    t.same(
      (await collect(store, '')).map(([key]) => key),
      [...keys].sort(),
      'all',
    );
    t.same(
      (await collect(store, 'app:')).map(([key]) => key),
      ['app:/a', 'app:/a-b', 'app:/a/b'],
      'of a prefix',
    );
    t.same(await collect(store, 'app:/a/b'), [['app:/a/b', { index: 1 }]], 'the key itself has the prefix');
    t.same(await collect(store, 'nothing'), []);
    for await (const [key] of store.list('app')) {
      t.equal(key, 'app', 'a reader may stop early');
      break;
    }
    await store.close();
  });

  t.test('writes resolve in the order of the calls, each with all before it done', async (t) => {
    const store = await world.open(t);
    const done: number[] = [];
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        await store.write([
          { key: 'last', value: { n } },
          { key: `n${String(n).padStart(2, '0')}`, value: { n } },
        ]);
        done.push(n);
      }),
    );
    t.same(
      done,
      Array.from({ length: 50 }, (_, n) => n),
    );
    t.same(await store.get('last'), { n: 49 });
    t.equal((await collect(store, 'n')).length, 50);
    await store.close();
  });

  t.test('a value is taken as it is at the call, not as it is when it reaches the disk', async (t) => {
    const store = await world.open(t);
    const first = store.write([{ key: 'x', value: 'x' }]);
    const value = { n: 1 };
    const second = store.write([{ key: 'k', value }]);
    value.n = 2;
    await Promise.all([first, second]);
    t.same(await store.get('k'), { n: 1 });
    await store.close();
  });

  t.test('a bad key is refused and nothing of its write is applied; later writes go on', async (t) => {
    const store = await world.open(t);
    for (const key of ['', 'a\0b']) {
      await t.rejects(
        store.write([
          { key: 'ok', value: {} },
          { key, value: {} },
        ]),
        TypeError,
      );
    }
    t.same(await collect(store, ''), []);
    await store.write([]);
    await store.write([{ key: 'ok', value: {} }]);
    t.same(await store.get('ok'), {});
    await store.close();
  });

  t.test('everything written is there after a restart; a closed store takes no writes', async (t) => {
    const store = await world.open(t);
    const writes = Array.from({ length: 20 }, (_, n) => store.write([{ key: `k${n}`, value: { n } }]));
    const closed = Promise.all(writes).then(() => store.close());
    await closed;
    await store.close();
    await t.rejects(store.write([{ key: 'late', value: {} }]), /closed/);
    const again = await world.reopen(store);
    t.equal((await collect(again, 'k')).length, 20);
    t.equal(await again.get('late'), undefined);
    await again.close();
  });
}
