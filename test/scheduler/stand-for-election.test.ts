import { createServer } from 'node:net';
import t from 'tap';
import type { Test } from 'tap';
import { silentLogger } from '../../src/common/logger.js';
import type { RoleHandle } from '../../src/common/role.js';
import type { SchedulerOptions, ZooKeeperOptions } from '../../src/scheduler/options.js';
import { startScheduler } from '../../src/scheduler/start.js';
import { parseZooKeeperAddress } from '../../src/zookeeper/address.js';
import { ensurePath } from '../../src/zookeeper/paths.js';
import { options } from '../support/fake-service.js';
import { memoryLogger } from '../support/memory-logger.js';
import { listenOnFreePort } from '../support/listen.js';
import { freePort } from '../support/ports.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait.js';
import { startZooKeeper, withoutZooKeeper } from '../support/zookeeper.js';
import { zooKeeperClient } from '../support/zookeeper-client.js';

interface Started {
  readonly handle: RoleHandle;
  readonly port: number;
  /** What it ended with, as far as it knows. */
  readonly ended: readonly { readonly message: string; readonly exitStatus: number }[];
  /** Whether it leads: the status of `/ekiden/v1/leading`. */
  leading(): Promise<number>;
  get(path: string): Promise<{ status: number; text: string }>;
}

function zooKeeperAt(hosts: string): ZooKeeperOptions {
  return {
    address: parseZooKeeperAddress(`zk://${hosts}/marathon`),
    sessionTimeoutMs: 2_000,
    requestTimeoutMs: 2_000,
    compression: { enabled: true, thresholdBytes: 1024 },
    maxConcurrency: 32,
  };
}

/** Starts a scheduler without a master; it ends with the test. */
async function start(t: Test, hosts: string, changes: Partial<SchedulerOptions> = {}): Promise<Started> {
  const port = changes.httpPort ?? (await freePort());
  const ended: { message: string; exitStatus: number }[] = [];
  const handle = await startScheduler(
    {
      ...options,
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      master: '127.0.0.1:1',
      httpPort: port,
      workDir: '/nowhere',
      zookeeper: zooKeeperAt(hosts),
      ha: true,
      ...changes,
    },
    { logger: silentLogger, fatal: ({ message }, exitStatus) => ended.push({ message, exitStatus }) },
  );
  t.teardown(() => handle.stop('self'));
  const get = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual' });
    return { status: response.status, text: await response.text() };
  };
  return { handle, port, ended, get, leading: async () => (await get('/ekiden/v1/leading')).status };
}

t.test('several schedulers and one ZooKeeper', { skip: withoutZooKeeper() }, async (t) => {
  const { hosts, servers } = await startZooKeeper(t);
  const zooKeeper = servers[0];
  if (zooKeeper === undefined) throw new Error('no ZooKeeper');

  await t.test('one leads, and when it stops the other does, with what was stored', async (t) => {
    const first = await start(t, hosts);
    await waitFor('the first one to lead', async () => (await first.leading()) === 200);
    const second = await start(t, hosts);
    t.equal(await second.leading(), 503);
    const app = { id: '/kept', cmd: 'sleep 1', instances: 0 };
    const created = await fetch(`http://127.0.0.1:${first.port}/v2/apps`, {
      method: 'POST',
      body: JSON.stringify(app),
    });
    t.equal(created.status, 201);
    await first.handle.stop('self');
    await waitFor('the second one to lead', async () => (await second.leading()) === 200);
    t.match(JSON.parse((await second.get('/v2/apps//kept')).text), { app: { id: '/kept' } });
    t.match(JSON.parse((await second.get('/v2/leader')).text), { leader: `127.0.0.1:${second.port}` });
    t.same([...first.ended, ...second.ended], []);
  });

  await t.test(
    'one that hears nothing of ZooKeeper says at once that it does not lead, and ends with 103',
    async (t) => {
      const proxy = await startTcpProxy(t, zooKeeper.port);
      const cutOff = await start(t, `127.0.0.1:${proxy.port}`);
      await waitFor('it to lead', async () => (await cutOff.leading()) === 200);
      proxy.blackhole();
      const ended = await waitFor('its end', () => cutOff.ended[0]);
      t.equal(await cutOff.leading(), 503);
      t.match(ended, { exitStatus: 103, message: /^the leadership is lost: / });
      const refused = await fetch(`http://127.0.0.1:${cutOff.port}/v2/apps`, {
        method: 'POST',
        body: '{"id":"/late","cmd":"x"}',
      });
      t.ok(refused.status >= 500, 'it takes nothing more');
      const next = await start(t, hosts);
      await waitFor('another one to lead', async () => (await next.leading()) === 200);
      t.equal((await next.get('/v2/apps//late')).status, 404);
      proxy.heal();
    },
  );

  await t.test('one that cannot take over in time makes room', async (t) => {
    const slow = await start(t, hosts, { prepareTimeoutMs: 0 });
    t.match(await waitFor('its end', () => slow.ended[0]), { exitStatus: 103, message: /within 0 ms/ });
  });

  await t.test(
    'one that is stopped while it takes over ends without a complaint, and takes nothing over',
    async (t) => {
      const zookeeper = { ...zooKeeperAt(hosts), address: parseZooKeeperAddress(`zk://${hosts}/stopped`) };
      const { logger, lines } = memoryLogger();
      const changes = { httpPort: await freePort(), zookeeper, ha: true, host: '127.0.0.1', master: '127.0.0.1:1' };
      const ended: string[] = [];
      const handle = await startScheduler(
        { ...options, ...changes },
        { logger, fatal: ({ message }) => ended.push(message) },
      );
      // The store has to be made: that takes some requests
      await waitFor('its election', () => lines.some(({ message }) => message === 'elected as leader'), { everyMs: 1 });
      await handle.stop('self');
      await new Promise(setImmediate);
      t.same(ended, []);
      t.notOk(lines.some(({ message }) => message.startsWith('leading: ')));
    },
  );

  await t.test('one that cannot read the store ends with 105', async (t) => {
    const client = zooKeeperClient(t, hosts);
    await ensurePath(client, '/other/ekiden');
    await client.create('/other/ekiden/fence', Buffer.from('{"format":99}'));
    const zookeeper = { ...zooKeeperAt(hosts), address: parseZooKeeperAddress(`zk://${hosts}/other`) };
    const newer = await start(t, hosts, { zookeeper });
    t.match(await waitFor('its end', () => newer.ended[0]), { exitStatus: 105, message: /has format 99/ });
    const alone = start(t, hosts, { zookeeper, ha: false });
    await t.rejects(alone, { name: 'StartupError', message: /has format 99/ });
  });

  await t.test('one whose port is taken does not stay a candidate', async (t) => {
    const taken = await listenOnFreePort(t, createServer());
    await t.rejects(start(t, hosts, { httpPort: taken }), { name: 'StartupError', message: /^port / });
    const next = await start(t, hosts);
    await waitFor('another one to lead', async () => (await next.leading()) === 200);
  });

  await t.test('with --disable_ha whoever comes last has the store', async (t) => {
    const zookeeper = { ...zooKeeperAt(hosts), address: parseZooKeeperAddress(`zk://${hosts}/alone`) };
    const first = await start(t, hosts, { zookeeper, ha: false });
    t.equal(await first.leading(), 200);
    const second = await start(t, hosts, { zookeeper, ha: false });
    const lost = fetch(`http://127.0.0.1:${first.port}/v2/apps`, { method: 'POST', body: '{"id":"/x","cmd":"x"}' });
    t.ok((await lost).status >= 500);
    t.match(await waitFor('its end', () => first.ended[0]), { exitStatus: 105, message: /may not write any more/ });
    t.equal((await second.get('/v2/apps//x')).status, 404);
  });
});
