import t from 'tap';
import type { Test } from 'tap';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/common/logger.js';
import type { RuleStore } from '../../../src/lb/rules/rule-store.js';
import { openZooKeeperRules } from '../../../src/lb/rules/zookeeper-rule-store.js';
import { parseZooKeeperAddress } from '../../../src/zookeeper/address.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { zooKeeperClient } from '../../support/zookeeper-client.js';
import { startZooKeeper, withoutZooKeeper } from '../../support/zookeeper.js';

t.setTimeout(120_000);

const skip = withoutZooKeeper();

async function homeOf(t: Test): Promise<(hosts: string, path?: string, patienceMs?: number) => Promise<RuleStore>> {
  const directory = await mkdtemp(join(tmpdir(), 'ekiden-rules-'));
  const stores: RuleStore[] = [];
  t.teardown(async () => {
    for (const store of stores) await store.close();
    await rm(directory, { recursive: true });
  });
  return async (hosts, path = '/bamboo/state', patienceMs = 5_000) => {
    const store = await openZooKeeperRules({
      address: parseZooKeeperAddress(`zk://${hosts}${path}`),
      keptPath: join(directory, 'kept.json'),
      logger: silentLogger,
      onChange: () => undefined,
      sessionTimeoutMs: 2_000,
      requestTimeoutMs: 2_000,
      patienceMs,
    });
    stores.push(store);
    return store;
  };
}

t.test("Bamboo's layout", { skip }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const bamboo = zooKeeperClient(t, hosts);
  const store = await (await homeOf(t))(hosts);
  t.equal(store.where, `zk://${hosts}/bamboo/state`);
  let touched = 0;
  await bamboo.get('/bamboo/state', () => (touched += 1));
  await store.put({ id: '/group/app1', acl: 'path_beg /a' });
  const node = '/bamboo/state/%2Fgroup%2Fapp1';
  t.equal((await bamboo.get(node)).data.toString(), '{"version":"2","config":{"Acl":"path_beg /a"}}');
  t.equal(touched, 0);
  await store.put({ id: '/group/app1', acl: 'path_beg /b', config: { Acl: 'path_beg /b', Priority: '1' } });
  await waitFor('the touch', () => touched === 1);
  t.equal((await bamboo.get('/bamboo/state')).data.length, 0);
  t.equal((await bamboo.get(node)).data.toString(), '{"version":"2","config":{"Acl":"path_beg /b","Priority":"1"}}');

  await bamboo.create('/bamboo/state/%2Fold', Buffer.from('hdr(host) -i old.local'));
  await waitFor('the first form', () => store.rules.has('/old'));
  t.same(store.rules.get('/old'), { id: '/old', acl: 'hdr(host) -i old.local' });
  await store.put({ id: '/old', acl: 'hdr(host) -i new.local' });
  t.match((await bamboo.get('/bamboo/state/%2Fold')).data.toString(), /^\{"version":"2"/);

  await bamboo.create('/bamboo/state/%2Fno+app', Buffer.from('path /'));
  await bamboo.create('/bamboo/state/broken%2', Buffer.from('path /'));
  await bamboo.create('/bamboo/state/big', Buffer.alloc(100_000, 'x'));
  await bamboo.create('/bamboo/state/old', Buffer.from('path /again'));
  await waitFor('what cannot be used', () => store.leftOut.length === 4);
  t.match(
    [...store.leftOut].sort((a, b) => (a.id < b.id ? -1 : 1)),
    [
      { id: '/no app', reason: /is not the id of an app/ },
      { id: 'big', reason: /has 100000 bytes/ },
      { id: 'broken%2', reason: /has no name as Bamboo gives it/ },
      { id: 'old', reason: /another node holds the rule of \/old/ },
    ],
  );
  t.equal(store.rules.size, 2, 'the rest goes on');
  t.equal(store.problem, undefined);
  await bamboo.remove('/bamboo/state/%2Fold');
  await waitFor('the other one', () => store.rules.get('/old')?.acl === 'path /again');
  t.equal(await store.remove('/old'), true, 'whatever its node is called');
  t.equal(await bamboo.exists('/bamboo/state/old'), undefined);
});

t.test('ZooKeeper goes and comes back', { skip }, async (t) => {
  const { hosts, servers } = await startZooKeeper(t);
  const open = await homeOf(t);
  const store = await open(hosts);
  await store.put({ id: '/a', acl: 'path_beg /a' });
  await servers[0]?.kill();
  await waitFor('the problem', () => store.problem !== undefined);
  t.match(store.problem, /^since \d{4}-.*no server is heard; the rules that were in force stay so/);
  t.same([...store.rules.keys()], ['/a']);
  await t.rejects(store.put({ id: '/b', acl: 'path_beg /b' }), {
    name: 'RuleStoreAwayError',
    message: /nothing is stored/,
  });
  await t.rejects(store.remove('/a'), { name: 'RuleStoreAwayError' });
  t.same([...store.rules.keys()], ['/a'], 'nothing is half applied');

  const second = await open(hosts, undefined, 100);
  t.same([...second.rules.keys()], ['/a'], 'an edge that starts meanwhile has the last good rules');
  t.ok(second.problem);

  await servers[0]?.start();
  await waitFor('both are back', () => store.problem === undefined && second.problem === undefined);
  t.same([...store.rules.keys()], ['/a']);
  await second.put({ id: '/b', acl: 'path_beg /b' });
  await waitFor('the change', () => store.rules.has('/b'), {});
});

t.test('a frozen server', { skip }, async (t) => {
  const { hosts, servers } = await startZooKeeper(t);
  const store = await (await homeOf(t))(hosts);
  await store.put({ id: '/a', acl: 'path_beg /a' });
  servers[0]?.freeze();
  await t.rejects(store.put({ id: '/a', acl: 'path_beg /b' }), { name: 'RuleStoreAwayError' });
  servers[0]?.resume();
  await waitFor('it goes on', () =>
    store.put({ id: '/c', acl: 'path_beg /c' }).then(
      () => true,
      () => false,
    ),
  );
  t.ok(store.rules.has('/c'));
});

t.test('there is no ZooKeeper, and never was', async (t) => {
  const store = await (await homeOf(t))(`127.0.0.1:${await freePort()}`, '/rules', 100);
  t.equal(store.rules.size, 0);
  t.match(store.problem, /no server has answered yet/);
  await t.rejects(store.put({ id: '/b', acl: 'path_beg /b' }), { name: 'RuleStoreAwayError' });
});

t.test('rules of another path do not count', { skip }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const open = await homeOf(t);
  const first = await open(hosts);
  await first.put({ id: '/a', acl: 'path_beg /a' });
  await first.close();
  const other = await open(hosts, '/elsewhere');
  t.equal(other.rulesBefore, undefined);
  t.equal(other.rules.size, 0);
});

t.test('a path that is gone', { skip }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const admin = zooKeeperClient(t, hosts);
  const open = await homeOf(t);
  const first = await open(hosts);
  await first.put({ id: '/a', acl: 'path_beg /a' });
  await first.close();
  await admin.remove('/bamboo/state/%2Fa');
  await admin.remove('/bamboo/state');
  const store = await open(hosts, undefined, 100);
  t.ok(store.rules.has('/a'), 'an emptied ZooKeeper does not take all routes away');
  await waitFor('the reason', () => store.problem?.includes('is gone from ZooKeeper'));
  await t.rejects(store.put({ id: '/b', acl: 'path_beg /b' }), /nothing is stored/);
  await admin.create('/bamboo/state', Buffer.alloc(0));
  await waitFor('what the operator has made', () => store.problem === undefined);
  t.equal(store.rules.size, 0);
});

t.test('too many rules are not taken', { skip }, async (t) => {
  const { hosts } = await startZooKeeper(t);
  const admin = zooKeeperClient(t, hosts);
  const store = await (await homeOf(t))(hosts);
  await store.put({ id: '/a', acl: 'path_beg /a' });
  const names = Array.from({ length: 10_000 }, (_, i) => `/bamboo/state/app-${i}`);
  for (let at = 0; at < names.length; at += 1_000) {
    const batch = names.slice(at, at + 1_000);
    await admin.multi(batch.map((path) => ({ type: 'create', path, data: Buffer.from('path /') })));
  }
  await waitFor('the refusal', () => store.problem?.includes('10001 rules'), { withinMs: 60_000 });
  t.ok(store.rules.has('/a'));
  await admin.remove('/bamboo/state/app-0');
  await waitFor('as many as may be', () => store.problem === undefined && store.rules.size === 10_000);
  await t.rejects(store.put({ id: '/b', acl: 'path_beg /b' }), { name: 'RuleError', message: /more than 10000/ });
});
