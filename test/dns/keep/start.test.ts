// The name server as a whole: what it answers when no master is there.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadKept, saveKept } from '../../../src/dns/keep/cluster-file.js';
import { keptPaths } from '../../../src/dns/keep/last-known-good.js';
import { startFakeMaster } from '../../support/fake-operator-master.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { dig, haveDig } from '../support/dig.js';
import { startTestDns } from '../support/server.js';
import type { RunningDns } from '../support/server.js';

const skip = !(await haveDig()) && 'dig is not installed (package bind9-dnsutils)';

const answerOf = async (dns: RunningDns, name = 'web.marathon.mesos'): Promise<readonly string[]> =>
  (await dig(dns.port, name)).answer.map((line) => line.split(' ').at(-1) ?? '').sort();

t.test('a name server that starts without masters answers what the one before knew', { skip }, async (t) => {
  const stateDir = t.testdir();
  const first = await startFakeMaster();
  const port = Number(first.authority.split(':')[1]);
  first.addAgent('x-S1', '10.0.0.1');
  first.addFramework('F1', 'marathon');
  first.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5' });
  const options = { master: first.authority, stateDir, refreshSeconds: 1 };
  const before = await startTestDns(t, options);
  await before.synced();
  t.match(await before.status(), { staleSince: null, kept: { problem: null } });
  await before.stop();
  await first.stop();

  const dns = await startTestDns(t, options);
  t.strictSame(await answerOf(dns), ['172.16.0.5'], 'from the first query on');
  t.strictSame(await answerOf(dns, 'leader.mesos'), ['127.0.0.1']);
  t.strictSame(await answerOf(dns, 'master0.mesos'), ['127.0.0.1']);
  t.match((await dig(dns.port, 'web.marathon.mesos')).text, /EDE: 3 \(Stale Answer\)/);
  const status = await dns.status();
  t.match(status, { synced: true, source: 'poll', leader: first.authority });
  t.ok(status.staleSince !== null && (status.ageMs ?? -1) >= 0);
  const health = await fetch(`${dns.http}/health`);
  t.equal(health.status, 200);
  t.match(await health.json(), { healthy: true, staleSince: status.staleSince });

  const next = await startFakeMaster(port);
  t.teardown(() => next.stop());
  next.id = 'master-2';
  await waitFor('the new leader', async () => (await dns.status()).source === 'stream');
  t.strictSame(await answerOf(dns), ['172.16.0.5'], 'a leader that knows nothing yet wipes nothing');
  t.equal((await dns.status()).staleSince, null);
  next.addFramework('F1', 'marathon');
  next.addAgent('x-S1', '10.0.0.1');
  next.addTask({ id: 'web.1', name: 'web', agentId: 'x-S1', ip: '172.16.0.5' });
  next.addTask({ id: 'web.2', name: 'web', agentId: 'x-S1', ip: '172.16.0.6' });
  await waitFor('both', async () => (await answerOf(dns)).join() === '172.16.0.5,172.16.0.6');
  t.notMatch((await dig(dns.port, 'web.marathon.mesos')).text, /EDE/);
});

t.test('masters that cannot be found at the start end nothing', { skip }, async (t) => {
  const nobody = await freePort();
  const masters = [
    `127.0.0.1:${nobody}`,
    'no-such-master.invalid:5050',
    `zk://127.0.0.1:${nobody}/mesos`,
    'zk://no-such-zookeeper.invalid:2181/mesos',
  ];
  for (const master of masters) {
    const fake = await startFakeMaster();
    fake.addAgent('x-S1', '10.0.0.1');
    const directory = t.testdir();
    const seen = await startTestDns(t, { master: fake.authority, stateDir: directory });
    await seen.synced();
    await seen.stop();
    await fake.stop();
    const kept = await relabelled(directory, fake.authority, master);
    const dns = await startTestDns(t, { master, stateDir: kept });
    t.strictSame(await answerOf(dns, 'slave.mesos'), ['10.0.0.1'], master);
    t.strictSame(await answerOf(dns, 'master0.mesos'), ['127.0.0.1'], `${master}: masters as they were known`);
    await dns.stop();
    const empty = await startTestDns(t, { master, stateDir: join(directory, 'other') });
    t.equal((await dig(empty.port, 'slave.mesos')).status, 'SERVFAIL', `${master}: nothing is known`);
    await empty.stop();
  }
});

/** What was kept for one `--master`, as if it had been for another. */
async function relabelled(directory: string, from: string, to: string): Promise<string> {
  const reading = await loadKept(keptPaths(directory).cluster);
  if (reading.type !== 'kept' || reading.whose.master !== from) throw new Error('nothing is kept');
  const target = join(directory, 'relabelled');
  await saveKept(keptPaths(target).cluster, { ...reading.whose, master: to }, reading.times, reading.cluster);
  return target;
}

t.test('what cannot be used is not: a damaged file, a directory that cannot be written', { skip }, async (t) => {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  master.addAgent('x-S1', '10.0.0.1');
  const directory = t.testdir({ file: '' });
  mkdirSync(join(directory, 'dns'));
  writeFileSync(keptPaths(join(directory, 'dns')).cluster, 'garbage');
  const damaged = await startTestDns(t, { master: master.authority, stateDir: join(directory, 'dns') });
  await damaged.synced();
  await waitFor('a new file', async () => (await damaged.status()).kept?.savedAt ?? undefined);

  const unwritable = await startTestDns(t, { master: master.authority, stateDir: join(directory, 'file', 'dns') });
  await unwritable.synced();
  const problem = await waitFor('the problem', async () => (await unwritable.status()).kept?.problem ?? undefined);
  t.match(problem, /ENOTDIR/);
  t.strictSame(await answerOf(unwritable, 'slave.mesos'), ['10.0.0.1'], 'answers go on');
});
