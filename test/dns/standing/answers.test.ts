import t from 'tap';
import type { Test } from 'tap';
import type { CatalogInstance } from '../../../src/catalog/types.js';
import { startFakeCatalog, catalogApp, catalogInstance } from '../../support/fake-catalog.js';
import type { FakeCatalog } from '../../support/fake-catalog.js';
import { startFakeMaster } from '../../support/fake-operator-master.js';
import type { FakeMaster } from '../../support/fake-operator-master.js';
import { waitFor } from '../../support/wait.js';
import { dig, haveDig } from '../support/dig.js';
import { startTestDns } from '../support/server.js';
import type { RunningDns } from '../support/server.js';

const skip = !(await haveDig()) && 'dig is not installed (package bind9-dnsutils)';
const check = { protocol: 'HTTP', intervalSeconds: 10, timeoutSeconds: 5, maxConsecutiveFailures: 3 };
const web = (id: string, healthy: boolean | null, more: Partial<CatalogInstance> = {}): CatalogInstance =>
  catalogInstance('/web', id, [31_001], { healthy, ...more });

/** Two instances of /web at 172.16.0.1 and 172.16.0.2, a scheduler that knows them, and a name server that follows both. */
async function world(
  t: Test,
  options: Parameters<typeof startTestDns>[1] | object = {},
): Promise<{ master: FakeMaster; catalog: FakeCatalog; dns: RunningDns }> {
  const master = await startFakeMaster();
  t.teardown(() => master.stop());
  const catalog = await startFakeCatalog();
  t.teardown(() => catalog.close());
  master.addAgent('x-S1', '10.0.0.1');
  master.addFramework('F1', 'marathon');
  for (const n of [1, 2]) {
    master.addTask({ id: `web.${n}`, name: 'web', agentId: 'x-S1', ip: `172.16.0.${n}`, ports: [31_000 + n] });
  }
  catalog.publish({
    apps: [catalogApp('/web', 10_000, { healthChecks: [check] })],
    instances: [web('web.1', true), web('web.2', true)],
  });
  const dns = await startTestDns(t, { master: master.authority, schedulers: [catalog.url], ...options });
  await dns.synced();
  return { master, catalog, dns };
}

/** The last parts of the addresses of web.marathon.mesos. */
async function addresses(dns: RunningDns, name = 'web.marathon.mesos'): Promise<string> {
  const { answer } = await dig(dns.port, name);
  return answer
    .map((line) => line.slice(line.lastIndexOf('.') + 1))
    .sort()
    .join();
}

async function answers(dns: RunningDns, wanted: string): Promise<void> {
  await waitFor(`the addresses ${wanted}`, async () => (await addresses(dns)) === wanted);
}

t.test('unhealthy and draining instances are left out, and come back', { skip }, async (t) => {
  const { master, catalog, dns } = await world(t);
  await answers(dns, '1,2');
  const targets = async (): Promise<string[]> =>
    (await dig(dns.port, '_web._tcp.marathon.mesos', 'SRV')).answer.map((line) => line.split(' ')[6] ?? '');
  t.equal((await targets()).length, 2);

  catalog.publish({ instances: [web('web.2', false)] });
  await answers(dns, '1');
  t.equal((await targets()).length, 1, 'one service as well');
  catalog.publish({ instances: [web('web.1', null)] });
  await answers(dns, '1,2');
  catalog.publish({ instances: [web('web.2', true)] });
  await answers(dns, '2');
  catalog.publish({ instances: [web('web.1', true)] });
  await answers(dns, '1,2');

  const own = (await dig(dns.port, '-x', '172.16.0.1')).answer[0]?.split(' ')[4] ?? '';
  t.match(own, /^web-\w{5}-s1\.marathon\.mesos\.$/);
  catalog.publish({ instances: [web('web.1', true, { draining: true })] });
  await answers(dns, '2');
  t.equal(await addresses(dns, own), '1', 'who holds its own name still finds it');
  catalog.publish({ instances: [web('web.2', false)] });
  catalog.disconnect();
  catalog.publish({ instances: [web('web.2', false, { draining: true })] });
  await answers(dns, '');
  t.equal((await dig(dns.port, 'web.marathon.mesos')).status, 'NXDOMAIN', 'nothing new is to be sent to either');

  catalog.answerWith({ status: 503 });
  catalog.disconnect();
  master.addTask({ id: 'web.3', name: 'web', agentId: 'x-S1', ip: '172.16.0.3', ports: [31_003] });
  await answers(dns, '3');
});

t.test('health in Mesos, of tasks that no scheduler of ours knows', { skip }, async (t) => {
  const { master, dns } = await world(t, { schedulers: [] });
  await answers(dns, '1,2');
  const status = (id: string, healthy: boolean, timestamp: number): void => {
    const container_status = { network_infos: [{ ip_addresses: [{ ip_address: `172.16.0.${id.slice(-1)}` }] }] };
    const fields = { task_id: { value: id }, agent_id: { value: 'x-S1' }, state: 'TASK_RUNNING' as const };
    master.send({
      type: 'TASK_UPDATED',
      task_updated: {
        framework_id: { value: 'F1' },
        status: { ...fields, healthy, timestamp, container_status },
        state: 'TASK_RUNNING',
      },
    });
  };
  status('web.1', false, 1_800_000_000);
  await answers(dns, '2');
  status('web.2', false, 1_800_000_001);
  await answers(dns, '1,2');
  status('web.1', true, 1_800_000_002);
  await answers(dns, '1');
  const ready = await world(t, { schedulers: [], answerUnhealthy: true });
  await answers(ready.dns, '1,2');
});

t.test('addresses and agents by name, masters by service', { skip }, async (t) => {
  const { master, dns } = await world(t);
  const ptr = async (address: string): Promise<readonly string[]> => (await dig(dns.port, '-x', address)).answer;
  t.match(await dig(dns.port, '-x', '10.0.0.1'), {
    status: 'NOERROR',
    flags: ['qr', 'aa', 'rd'],
    answer: ['1.0.0.10.in-addr.arpa. 60 IN PTR 10-0-0-1.agent.mesos.'],
  });
  t.strictSame((await dig(dns.port, '10-0-0-1.agent.mesos')).answer, ['10-0-0-1.agent.mesos. 60 IN A 10.0.0.1']);
  t.equal((await ptr('172.16.0.2')).length, 1);
  t.equal((await dig(dns.port, '-x', '172.16.0.9')).status, 'REFUSED', 'an address of others');
  t.equal((await dig(dns.port, '2.0.16.172.in-addr.arpa', 'A')).status, 'REFUSED', 'the zone is not ours');
  master.addTask({ id: 'pod.2', name: 'pod', agentId: 'x-S1', ip: '172.16.0.2' });
  await waitFor('the address to be of two', async () => (await ptr('172.16.0.2')).length === 0);
  master.updateTask('web.2', 'TASK_FINISHED');
  await waitFor('the address to be of one', async () => (await ptr('172.16.0.2'))[0]?.includes('pod-') === true);
  const [ip, port] = master.authority.split(':');
  const masters = await dig(dns.port, '_master._tcp.mesos', 'SRV');
  t.strictSame(masters.answer, [`_master._tcp.mesos. 60 IN SRV 0 1 ${port} master0.mesos.`]);
  t.strictSame(masters.additional, [`master0.mesos. 60 IN A ${ip}`]);
});
