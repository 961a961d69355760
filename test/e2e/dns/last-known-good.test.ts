// A name server that was killed and comes back while no master is there answers from what it kept on disk.
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import type { DnsStatus } from '../../../src/dns/servers/http-api.js';
import { dig, haveDig } from '../../dns/support/dig.js';
import type { DigAnswer } from '../../dns/support/dig.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { supervise } from '../ha/support/supervise.js';
import type { Supervised } from '../ha/support/supervise.js';
import { workshop } from '../ha/support/workshop.js';
import { ask } from '../support/http.js';
import { freePortRange } from '../support/port-range.js';

t.setTimeout(180_000);

const taskPorts = 20;

interface Site {
  readonly cluster: Supervised;
  readonly dns: Supervised;
  /** Runs one task that does nothing, and waits until its name is answered. */
  runApp(name: string): Promise<void>;
  srvOf(name: string): Promise<DigAnswer>;
  status(): Promise<DnsStatus>;
  metrics(): Promise<string>;
}

/** A cluster, a scheduler and a name server with one worker, each a process of its own. */
async function startSite(t: Test): Promise<Site> {
  const processes: Supervised[] = [];
  const base = workshop(t, processes);
  const [masterPort, agentPort, port, dnsPort, dnsHttpPort] = await Promise.all([1, 2, 3, 4, 5].map(() => freePort()));
  const first = await freePortRange(taskPorts);
  const role = (name: string, ...flags: string[]): Supervised => {
    const common = ['--host=127.0.0.1', `--work_dir=${join(base, 'work')}`, '--log_format=json'];
    const process = supervise({ name, base, args: [name, ...common, ...flags] });
    processes.push(process);
    process.start();
    return process;
  };
  const cluster = role(
    'cluster',
    `--cluster_port=${masterPort}`,
    `--agent_port=${agentPort}`,
    `--resources=cpus:8;mem:8192;disk:10000;ports:[${first}-${first + taskPorts - 1}]`,
  );
  const master = `--master=127.0.0.1:${masterPort}`;
  role('scheduler', '--hostname=127.0.0.1', `--http_port=${port}`, master, '--min_revive_offers_interval=500');
  const dns = role(
    'dns',
    master,
    `--marathon=http://127.0.0.1:${port}`,
    `--dns_port=${dnsPort}`,
    `--dns_http_port=${dnsHttpPort}`,
    '--dns_workers=1',
  );
  const site: Site = {
    cluster,
    dns,
    async runApp(name) {
      await waitFor('the scheduler', async () => (await ask(port ?? 0, '/ping')).status === 200);
      const body = { id: `/${name}`, cmd: 'sleep 1000', cpus: 0.1, mem: 32, instances: 1 };
      const answer = await ask(port ?? 0, '/v2/apps', { method: 'POST', body });
      if (answer.status !== 201) throw new Error(`${answer.status} ${answer.text}`);
      await waitFor(`${name} to be named`, async () => (await site.srvOf(name)).answer.length === 1, {
        withinMs: 60_000,
      });
    },
    srvOf: (name) => dig(dnsPort ?? 0, `_${name}._tcp.marathon.mesos`, 'SRV'),
    status: async () => JSON.parse((await ask(dnsHttpPort ?? 0, '/ekiden/v1/status')).text) as DnsStatus,
    metrics: async () => (await ask(dnsHttpPort ?? 0, '/metrics')).text,
  };
  return site;
}

t.test(
  'killed together with the master, and alone for a while',
  { skip: !(await haveDig()) && 'no dig' },
  async (t) => {
    const site = await startSite(t);
    await site.runApp('web');
    const { answer } = await site.srvOf('web');
    await waitFor('it to be on disk', async () => {
      const { kept, lastChangeAt } = await site.status();
      return Date.parse(kept?.savedAt ?? '') >= Date.parse(lastChangeAt ?? '');
    });
    await Promise.all([site.cluster.kill({ stay: true }), site.dns.kill({ stay: true })]);

    site.dns.start();
    const status = await waitFor('the name server', () => site.status());
    t.match(status, { synced: true, source: 'poll', workers: [{ serving: true }] }, 'as soon as it says anything');
    t.ok(Date.parse(status.staleSince ?? '') <= Date.now() - (status.ageMs ?? NaN), 'since a master was heard of');
    const stale = await site.srvOf('web');
    t.strictSame(stale.answer, answer);
    t.equal(stale.additional.length > 0, true);
    t.match(stale.text, /EDE: 3 \(Stale Answer\)/);
    t.match(await site.metrics(), /^ekiden_dns_stale 1$/m);

    site.cluster.start();
    await site.runApp('more');
    const fresh = await site.srvOf('more');
    t.notMatch(fresh.text, /EDE/);
    t.strictSame((await site.srvOf('web')).answer, answer, 'the task has outlived its master');
    t.match(await site.status(), { synced: true, source: 'stream', staleSince: null });
    t.match(await site.metrics(), /^ekiden_dns_stale 0$/m);
  },
);
