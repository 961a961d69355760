import type { Test } from 'tap';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rule } from '../../../../src/lb/rules/rule.js';
import { configOf } from '../../../../src/lb/rules/rule.js';
import type { RuleStore } from '../../../../src/lb/rules/rule-store.js';
import { waitFor } from '../../../support/wait.js';

/** One place where rules can be stored. */
export interface RulePlace {
  /** Opens it as an edge does whose own file is `kept`. */
  open(kept: string, onChange: () => void): Promise<RuleStore>;
}

interface Opened {
  /** Opens the place as the edge `home` does. Closed with the test. */
  open(home: string, onChange?: () => void): Promise<RuleStore>;
}

const saying = (store: RuleStore): Record<string, unknown> =>
  Object.fromEntries(
    [...store.rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map((rule) => [rule.id, configOf(rule)]),
  );

const full: Rule = {
  id: '/shop/cart',
  acl: 'hdr(host) -i cart.example.com',
  config: { Acl: 'hdr(host) -i cart.example.com', Priority: '5', 'of others': 'ü "<&>" \\' },
};

/** What every store of rules has to do. */
export function ruleStoreSuite(t: Test, placeIn: (directory: string) => RulePlace): void {
  async function makePlace(t: Test): Promise<Opened> {
    // Not tap's own directory: that one goes before a store is closed.
    const directory = await mkdtemp(join(tmpdir(), 'ekiden-rules-'));
    const place = placeIn(directory);
    const stores: RuleStore[] = [];
    t.teardown(async () => {
      for (const store of stores) await store.close();
      await rm(directory, { recursive: true });
    });
    return {
      async open(home, onChange = () => undefined) {
        const store = await place.open(join(directory, `${home}.json`), onChange);
        stores.push(store);
        return store;
      },
    };
  }

  t.test('keeps rules as they were given', async (t) => {
    const place = await makePlace(t);
    let changes = 0;
    const store = await place.open('a', () => (changes += 1));
    t.equal(store.problem, undefined);
    t.same([...store.rules], []);
    await store.put({ id: '/b', acl: 'path_beg /b' });
    t.ok(changes > 0);
    await store.put(full);
    await store.put({ id: '/b', acl: 'path_beg /bb' });
    t.same(saying(store), { '/b': { Acl: 'path_beg /bb' }, '/shop/cart': full.config }, 'they are in force at once');
    t.equal(await store.remove('/x'), false);
    await store.close();

    const again = await place.open('a');
    t.same(saying(again), { '/b': { Acl: 'path_beg /bb' }, '/shop/cart': full.config });
    t.same([...(again.rulesBefore ?? [])].length, 2, 'what was in force before is known');
    t.equal(await again.remove('/b'), true);
    t.same(saying(again), { '/shop/cart': full.config });
    t.same(again.leftOut, []);
  });

  t.test('the objects of rules that are as they were stay', async (t) => {
    const store = await (await makePlace(t)).open('a');
    await store.put(full);
    await store.put({ id: '/b', acl: 'path_beg /b' });
    const before = store.rules;
    await store.put({ id: '/c', acl: 'path_beg /c' });
    t.not(store.rules, before, 'what somebody holds does not change under him');
    t.notOk(before.has('/c'));
    for (const [id, rule] of before) t.equal(store.rules.get(id), rule, id);
  });

  t.test('a write that expects what is no longer there changes nothing', async (t) => {
    const store = await (await makePlace(t)).open('a');
    const conflict = { name: 'RuleConflictError', message: /\/a was changed meanwhile/ };
    const first: Rule = { id: '/a', acl: 'path_beg /a' };
    const second: Rule = { id: '/a', acl: 'path_beg /b' };
    await t.rejects(store.put(second, first), conflict, 'it is not there');
    await store.put(first, null);
    await t.rejects(store.put(second, null), conflict, 'it is there');
    await store.put(second, first);
    await t.rejects(store.put(first, first), conflict, 'it is another one');
    await t.rejects(store.remove('/a', first), conflict);
    t.same(saying(store), { '/a': { Acl: 'path_beg /b' } });
    t.equal(await store.remove('/a', second), true);
    await t.rejects(store.remove('/a', second), conflict, 'it is gone');
    t.equal(await store.remove('/a', null), false);
  });

  t.test('several writes at a time', async (t) => {
    const store = await (await makePlace(t)).open('a');
    const ids = Array.from({ length: 20 }, (_, i) => `/app-${i}`);
    await Promise.all(ids.map((id) => store.put({ id, acl: `path_beg ${id}` })));
    t.same([...store.rules.keys()].sort(), [...ids].sort());
    await Promise.all(ids.slice(5).map((id) => store.remove(id)));
    t.equal(store.rules.size, 5);
  });

  t.test('a rule that is too large is refused', async (t) => {
    const store = await (await makePlace(t)).open('a');
    const config = { Acl: 'path /', Note: 'x'.repeat(20_000) };
    await t.rejects(store.put({ id: '/a', acl: 'path /', config }), { name: 'RuleError', message: /at most 16384/ });
    t.equal(store.rules.size, 0);
  });

  t.test('changes of another writer are followed', async (t) => {
    const place = await makePlace(t);
    const mine = await place.open('a');
    const theirs = await place.open('b');
    await theirs.put({ id: '/a', acl: 'path_beg /a' });
    await theirs.put(full);
    await waitFor('both', () => mine.rules.size === 2);
    await theirs.put({ id: '/a', acl: 'path_beg /b' });
    await waitFor('the change', () => mine.rules.get('/a')?.acl === 'path_beg /b');
    await mine.put({ id: '/c', acl: 'path_beg /c' });
    t.equal(mine.rules.size, 3, 'nothing of the other is lost');
    await theirs.remove('/a');
    await waitFor('the end', () => !mine.rules.has('/a'));
    await waitFor('the same', () => JSON.stringify(saying(mine)) === JSON.stringify(saying(theirs)) || undefined);
  });
}
