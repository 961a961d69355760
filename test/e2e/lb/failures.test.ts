// What goes wrong around the load balancer costs nobody a request, but for HAProxy itself.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { killProcess } from '../../support/kill.js';
import { waitFor } from '../../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../../support/zookeeper.js';
import { startBundle } from '../support/bundle.js';
import type { Bundle } from '../support/bundle.js';
import { startLoad } from './support/steady-load.js';
import type { SteadyLoad } from './support/steady-load.js';
import { webApp } from './support/web-app.js';

t.setTimeout(600_000);

async function routed(t: Test, flags: readonly string[] = []): Promise<Bundle> {
  const bundle = await startBundle(t, flags);
  await bundle.postApp(webApp(join(bundle.workDir, '..'), '/web', 'web.local', { instances: 2 }));
  await bundle.waitForDeployments();
  await waitFor('it to be routed', async () => (await bundle.route('/', { host: 'web.local' })).status === 200);
  return bundle;
}

const loadOn = (t: Test, { ports }: Bundle): SteadyLoad =>
  startLoad(t, { port: ports.haproxyHttp, host: 'web.local', keeping: 3, closing: 3, pauseMs: 10 });

/** Resolves when many requests more have been answered. */
async function goesOn(load: SteadyLoad): Promise<void> {
  const before = load.answered;
  await waitFor('requests to go on', () => load.answered > before + 50 || load.failures.length > 0);
}

async function reports(bundle: Bundle): Promise<string> {
  const { text } = await bundle.rules('GET', '/ekiden/v1/status');
  return JSON.stringify((JSON.parse(text) as { reports: unknown }).reports);
}

t.test('roles that die, a port that is taken, a template that is broken', async (t) => {
  const template = join(t.testdir(), 'haproxy.cfg.hbs');
  copyFileSync(resolve('templates/haproxy.cfg.hbs'), template);
  const bundle = await routed(t, [`--haproxy_template=${template}`]);
  const scale = (instances: number): Promise<unknown> => bundle.api('PUT', '/v2/apps/web', { instances });

  await t.test('the load balancer is killed: HAProxy serves, and is taken over', async (t) => {
    const load = loadOn(t, bundle);
    const pid = bundle.haproxyPid();
    await bundle.kill('lb');
    await goesOn(load);
    await bundle.ready();
    await scale(3);
    await bundle.waitForDeployments();
    await goesOn(load);
    await load.stop();
    t.same(load.failures, []);
    t.equal(bundle.haproxyPid(), pid, 'the same process');
  });

  await t.test('the scheduler is killed, and away for a while', async (t) => {
    const load = loadOn(t, bundle);
    await bundle.kill('scheduler');
    await goesOn(load);
    await bundle.ready();
    await scale(2);
    await bundle.waitForDeployments();
    await goesOn(load);
    await load.stop();
    t.same(load.failures, []);
  });

  await t.test('another program has the service port of an app', async (t) => {
    const load = loadOn(t, bundle);
    const port = bundle.ports.serviceMax;
    const other = createServer();
    t.teardown(() => other.close());
    other.listen(port, '127.0.0.1');
    await once(other, 'listening');
    const app = webApp(join(bundle.workDir, '..'), '/late', 'late.local', { instances: 1 });
    await bundle.postApp({ ...app, portDefinitions: [{ port, name: 'http' }] });
    await waitFor(
      'what else the app has',
      async () => (await bundle.route('/', { host: 'late.local' })).status === 200,
    );
    t.match(await reports(bundle), String(port), 'the port is reported');
    await goesOn(load);
    await bundle.api('DELETE', '/v2/apps/late');
    await bundle.waitForDeployments();
    await load.stop();
    t.same(load.failures, []);
  });

  await t.test('the template is broken for a while', async (t) => {
    const load = loadOn(t, bundle);
    writeFileSync(template, 'global\n  {{#if}\n');
    await waitFor('the report', async () => (await reports(bundle)).includes('template'));
    await goesOn(load);
    copyFileSync(resolve('templates/haproxy.cfg.hbs'), template);
    await waitFor('no report', async () => !(await reports(bundle)).includes('template'));
    await scale(3);
    await bundle.waitForDeployments();
    await goesOn(load);
    await load.stop();
    t.same(load.failures, []);
  });

  await t.test('HAProxy is killed: it is back at once, with all that it routed', async () => {
    const pid = bundle.haproxyPid();
    killProcess(pid);
    await waitFor('another one', async () => {
      return (await bundle.route('/', { host: 'web.local' })).status === 200 && bundle.haproxyPid() !== pid;
    });
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});

t.test('rules in ZooKeeper, which goes away', { skip: withoutZooKeeper() }, async (t) => {
  const zooKeeper = await startZooKeeper(t, 1);
  const bundle = await routed(t, [`--rules_zk=zk://${zooKeeper.hosts}/bamboo/state`]);
  const add = (id: string, host: string) => bundle.rules('POST', '/api/services', { id, acl: `hdr(host) -i ${host}` });
  t.equal((await add('/web', 'ghost.local')).status, 200);
  await waitFor('the rule', async () => (await bundle.route('/', { host: 'ghost.local' })).status === 200);
  const load = startLoad(t, {
    port: bundle.ports.haproxyHttp,
    host: 'ghost.local',
    keeping: 3,
    closing: 3,
    pauseMs: 10,
  });
  await zooKeeper.servers[0]?.kill();
  await goesOn(load);
  const refused = await add('/web', 'other.local');
  t.equal(refused.status, 503, 'no rule is lost: none is taken');
  t.comment(refused.text);
  await bundle.kill('lb');
  await bundle.ready();
  await bundle.api('PUT', '/v2/apps/web', { instances: 3 });
  await bundle.waitForDeployments();
  await goesOn(load);
  await load.stop();
  t.same(load.failures, [], 'the rules that were known last are in force, also after a restart');
  await zooKeeper.servers[0]?.start();
  await waitFor('rules to be taken again', async () => (await add('/web', 'other.local')).status === 200, {
    withinMs: 60_000,
  });
  await waitFor('the new rule', async () => (await bundle.route('/', { host: 'other.local' })).status === 200);
});
