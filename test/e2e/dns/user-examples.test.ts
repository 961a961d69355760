// The name server as the manuals of Mesos-DNS show it, asked by dig: user examples §9, and what happens to names when things break. Two
// agents are simulated, each with a loopback address of its own, so that a name has two addresses; the servers that are checked for their
// health are the test's.
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { readdirSync, readFileSync } from 'node:fs';
import type { Test } from 'tap';
import t from 'tap';
import type { Explanation } from '../../../src/dns/explain/explanation.js';
import { dig as digWith, haveDig } from '../../dns/support/dig.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import type { Bundle } from '../support/bundle.js';
import { addressesOf, endpointsOf } from '../support/dig.js';
import { readExample } from '../support/examples.js';
import { ask } from '../support/http.js';
import { running } from '../support/running.js';

t.setTimeout(300_000);

const hosts = ['127.0.20.1', '127.0.21.1'];
const skip = !(await haveDig()) && 'dig is not installed (package bind9-dnsutils)';

/** Waits until a name has exactly these addresses. */
function addresses(bundle: Bundle, name: string, wanted: readonly string[]): Promise<unknown> {
  return waitFor(`${name} to be ${wanted.join(' and ')}`, async () => {
    const { status, answer } = await bundle.dig(name, 'A');
    const found = addressesOf(answer);
    if (String(found) !== String([...wanted].sort())) throw new Error(`${status} ${found.join(' ')}`);
    return true;
  });
}

/** A server that is as healthy as it is told to be. */
async function checkedServer(t: Test, host: string, port: number): Promise<{ status: number }> {
  const health = { status: 200 };
  const server: Server = createServer((_request, response) => response.writeHead(health.status).end());
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return health;
}

/** The processes that a process has started. */
function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')
      .split(' ')
      .filter((text) => text !== '')
      .map(Number),
  );
}

t.test('names of a running cluster', { skip }, async (t) => {
  // The servers that are checked go on after the test of health
  const whole = t;
  const bundle = await startBundle(t, [
    '--simulate',
    '--agents=2',
    '--simulate_hostname=127.0.2{n}.1',
    '--dns_workers=2',
  ]);
  const { dns, cluster } = bundle.ports;
  await bundle.postApp({ ...readExample('jenkins'), constraints: [['hostname', 'UNIQUE']] });
  const tasks = await running(bundle, 'jenkins', 2);

  await t.test('§9 an app with two instances: two addresses, two services with their addresses', async (t) => {
    await addresses(bundle, 'jenkins.marathon.mesos', hosts);
    const a = await digWith(dns, 'jenkins.marathon.mesos');
    t.match(a, { status: 'NOERROR' });
    t.ok(a.flags.includes('aa'));
    t.strictSame(
      [...a.answer].sort(),
      hosts.map((host) => `jenkins.marathon.mesos. 60 IN A ${host}`),
    );

    const srv = await bundle.dig('_jenkins._tcp.marathon.mesos', 'SRV');
    t.strictSame(endpointsOf(srv), tasks.map(({ host, ports }) => `${host}:${ports?.[0] ?? 0}`).sort());
    for (const { ttl, data } of srv.answer) t.match({ ttl, data }, { ttl: 60, data: ['0', '1', /^\d+$/, /^jenkins-/] });
    t.equal(srv.additional.length, 2);
  });

  await t.test('§9 the zone itself, its masters, agents and frameworks', async (t) => {
    const soa = await digWith(dns, 'mesos', 'SOA');
    t.match(soa.answer, [/^mesos\. 60 IN SOA ns1\.mesos\. root\.ns1\.mesos\. \d+ 60 600 86400 60$/]);
    t.strictSame((await digWith(dns, 'mesos', 'NS')).answer, ['mesos. 60 IN NS ns1.mesos.']);
    for (const name of ['leader.mesos', 'master.mesos', 'master0.mesos', 'marathon.mesos']) {
      const { status, answer } = await bundle.dig(name, 'A');
      t.equal(status, 'NOERROR', name);
      t.equal(answer.length, 1, name);
    }
    await addresses(bundle, 'slave.mesos', hosts);
    t.strictSame(endpointsOf(await bundle.dig('_leader._tcp.mesos', 'SRV')), [`127.0.0.1:${cluster}`]);
    t.equal((await bundle.dig('_slave._tcp.mesos', 'SRV')).status, 'NOERROR');
    const none = await digWith(dns, 'nobody.marathon.mesos');
    t.equal(none.status, 'NXDOMAIN');
    t.match(none.authority, [/^mesos\. 60 IN SOA /]);
  });

  await t.test('as many workers as are wanted answer', (t) => {
    const pid = bundle.rolePids().dns?.pid ?? 0;
    t.equal(childrenOf(pid).length, 2);
    t.end();
  });

  await t.test('§9 an agent goes down: its address goes, and comes back with it', async () => {
    const move = (action: string) => ask(bundle.ports.agent, `/simulate/agents/1/${action}`, { method: 'POST' });
    await move('remove');
    await addresses(bundle, 'jenkins.marathon.mesos', [hosts[0] ?? '']);
    await move('back');
    await running(bundle, 'jenkins', 2);
    await addresses(bundle, 'jenkins.marathon.mesos', hosts);
  });

  await t.test('an instance is killed: gone', async () => {
    const victim = (await bundle.tasks('jenkins')).find(({ host }) => host === hosts[1]);
    await bundle.api('DELETE', `/v2/apps/jenkins/tasks/${victim?.id ?? ''}?scale=true`);
    await addresses(bundle, 'jenkins.marathon.mesos', [hosts[0] ?? '']);
  });

  await t.test('unhealthy instances are left out, but a name is never emptied; dns says why', async (t) => {
    await bundle.postApp({
      id: '/shop/web',
      cmd: 'sleep 1000',
      cpus: 0.1,
      mem: 16,
      instances: 2,
      ports: [0],
      constraints: [['hostname', 'UNIQUE']],
      healthChecks: [
        {
          protocol: 'HTTP',
          path: '/',
          intervalSeconds: 1,
          timeoutSeconds: 5,
          gracePeriodSeconds: 300,
          maxConsecutiveFailures: 0,
        },
      ],
    });
    const checked = await running(bundle, '/shop/web', 2);
    const servers = await Promise.all(
      checked.map(async ({ host, ports }) => ({ host, health: await checkedServer(whole, host, ports?.[0] ?? 0) })),
    );
    const name = 'web-shop.marathon.mesos';
    const [sick, well] = servers as [(typeof servers)[number], (typeof servers)[number]];
    await addresses(bundle, name, hosts);
    await waitFor('both to be healthy', async () =>
      (await bundle.tasks('/shop/web')).every(({ healthCheckResults }) => healthCheckResults?.[0]?.alive === true),
    );
    sick.health.status = 500;
    await addresses(bundle, name, [well.host]);

    const explain = async (): Promise<Explanation> =>
      JSON.parse((await ask(bundle.ports.dnsHttp, `/ekiden/v1/explain/${name}`)).text) as Explanation;
    const explained = await explain();
    t.equal(explained.status, 'NOERROR');
    t.match(explained.text, /unhealthy/);
    t.match(explained.apps, [{ id: '/shop/web', instances: 2, inDns: 1 }]);

    well.health.status = 500;
    await addresses(bundle, name, hosts);
    sick.health.status = 200;
    await addresses(bundle, name, [sick.host]);
  });

  await t.test('kill -9 of the name server: it comes back with every name', async (t) => {
    const before = await digWith(dns, '_web-shop._tcp.marathon.mesos', 'SRV');
    await bundle.kill('dns');
    const statuses = new Set<string>();
    await waitFor('the first good answer', async () => {
      const { status } = await bundle.dig('jenkins.marathon.mesos', 'A');
      statuses.add(status);
      return status === 'NOERROR';
    });
    t.notOk(statuses.has('NXDOMAIN'), 'nobody is told that the name does not exist');
    await waitFor('the same services', async () => {
      const { answer } = await digWith(dns, '_web-shop._tcp.marathon.mesos', 'SRV');
      return String(answer) === String(before.answer);
    });
    await addresses(bundle, 'jenkins.marathon.mesos', [hosts[0] ?? '']);
    t.equal((await bundle.dig('leader.mesos', 'A')).status, 'NOERROR');
  });
});
