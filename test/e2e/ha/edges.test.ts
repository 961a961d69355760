// Nodes without a scheduler of their own follow whichever leads; `up --master` brings one along.
import t from 'tap';
import { join } from 'node:path';
import { withoutHaproxy } from '../../support/haproxy.js';
import { freePort } from '../../support/ports.js';
import { waitFor } from '../../support/wait.js';
import { withoutZooKeeper } from '../../support/zookeeper.js';
import type { ProcessIdentity } from '../../../src/common/process-identity.js';
import { readFileSync } from 'node:fs';
import { echoCommand } from '../support/echo-app.js';
import { ask } from '../support/http.js';
import { processesOf } from '../support/leftovers.js';
import { askAllTheTime, edgeAt, edgePorts, portFlags, sameEverywhere, startEdge } from './support/edge.js';
import { workshop } from './support/workshop.js';
import { startFleet } from './support/fleet.js';
import type { Fleet, FleetScheduler } from './support/fleet.js';
import { supervise } from './support/supervise.js';
import type { Supervised } from './support/supervise.js';

t.setTimeout(300_000);

const skip = withoutZooKeeper() || withoutHaproxy();

const echo = { id: 'echo', cmd: echoCommand, cpus: 0.1, mem: 32, instances: 2, portDefinitions: [{ port: 0 }] };

/** The scheduler of a fleet that does not lead now. */
function standbyOf(fleet: Fleet, leader: FleetScheduler): FleetScheduler {
  const standby = fleet.schedulers.find((scheduler) => scheduler !== leader);
  if (standby === undefined) throw new Error('there is no other scheduler');
  return standby;
}

/** Posts the echo app to a scheduler; what its service port became. */
async function postEcho(scheduler: FleetScheduler): Promise<number> {
  const { status, body, text } = await scheduler.api('POST', '/v2/apps', echo);
  if (status !== 201) throw new Error(`POST /v2/apps: ${status} ${text}`);
  return (body as { portDefinitions: { port: number }[] }).portDefinitions[0]?.port ?? 0;
}

t.test('an edge-only lb and a dns-only name server', { skip }, async (t) => {
  const fleet = await startFleet(t, { schedulers: 2 });
  const edge = await startEdge(t, fleet);
  const leader = await fleet.leader();
  const standby = standbyOf(fleet, leader);
  const servicePort = await postEcho(standby);

  await t.test('what is posted to the scheduler that does not lead is found and reached', async (t) => {
    t.equal((await sameEverywhere(fleet, edge, { id: 'echo', instances: 2, servicePort })).length, 2);
    t.match(await edge.status(), { synced: true, connected: true });
  });

  await t.test('the leader is killed: names and routes go on, and follow the next one', async (t) => {
    const before = (await fleet.tasks('echo')).map(({ id }) => id).sort();
    const { position } = await edge.status();
    const asking = askAllTheTime(edge, 'echo.marathon.mesos', servicePort);
    await leader.kill({ stay: true });
    t.equal(await fleet.leader({ except: leader }), standby);
    await fleet.acknowledged('PUT', '/v2/apps/echo?force=true', { instances: 4 });
    const after = await sameEverywhere(fleet, edge, { id: 'echo', instances: 4, servicePort });
    const { well, badly } = await asking.end();
    t.same(badly, []);
    t.ok(well > 0);
    t.ok(
      before.every((id) => after.some((task) => task.id === id)),
      'no task was lost',
    );
    const { position: now } = await edge.status();
    t.ok(Number(now?.epoch) > Number(position?.epoch), `leadership ${position?.epoch} was followed by ${now?.epoch}`);
  });

  await t.test('without any scheduler they still serve', async (t) => {
    await standby.stop();
    await waitFor('the loss', async () => !(await edge.status()).connected);
    t.equal((await edge.route(servicePort)).status, 200);
    t.equal((await edge.dig('echo.marathon.mesos', 'A')).answer.length > 0, true);
    leader.start();
    t.equal(await fleet.leader(), leader);
    await waitFor('the connection', async () => (await edge.status()).connected);
  });
  await t.test('HAProxy outlives its lb, which takes it over again', async (t) => {
    const { haproxy } = await edge.status();
    t.type(haproxy.pid, 'number');
    t.equal((await edge.lb.stop()).status, 0);
    t.equal((await edge.route(servicePort)).status, 200);
    edge.lb.start();
    const adopted = await waitFor('the next lb', async () => {
      const { haproxy: running } = await edge.status();
      return running.state === 'running' && running;
    });
    t.equal(adopted.pid, haproxy.pid);
  });
  t.equal((await edge.lb.stop()).status, 0);
  t.equal((await edge.dns.stop()).status, 0);
});

t.test('ekiden up on a cluster that ZooKeeper knows', { skip }, async (t) => {
  const fleet = await startFleet(t, { schedulers: 1 });
  const [other] = fleet.schedulers as [FleetScheduler];
  const processes: Supervised[] = [];
  const base = workshop(t, processes);
  const ports = await edgePorts();
  const httpPort = await freePort();
  const servicePort = await postEcho(other);
  const flags = portFlags(ports);
  const workDir = join(base, 'work');
  const zk = `zk://${fleet.zooKeeper.hosts}`;
  const up = supervise({
    name: 'up',
    base,
    args: [
      ...['up', `--work_dir=${workDir}`, `--http_port=${httpPort}`, ...flags.lb, ...flags.dns, '--log_format=json'],
      ...[`--zk=${zk}/marathon`, `--zk_session_timeout=${fleet.sessionTimeoutMs}`],
    ],
    // A user whom ZooKeeper does not ask for: what matters is who gets to see the password
    environment: { MARATHON_MASTER: `zk://me:hunter2@${fleet.zooKeeper.hosts}/mesos` },
  });
  processes.push(up);
  up.start();
  const edge = edgeAt(ports);
  const pids = (): Record<string, ProcessIdentity> =>
    JSON.parse(readFileSync(join(workDir, 'roles.json'), 'utf8')) as Record<string, ProcessIdentity>;
  const leads = async (): Promise<boolean> => (await ask(httpPort, '/ekiden/v1/leading')).status === 200;

  await t.test(
    'a scheduler that does not lead, a name server and a load balancer that follow the one that does',
    async (t) => {
      await sameEverywhere(fleet, edge, { id: 'echo', instances: 2, servicePort });
      t.same(Object.keys(pids()).sort(), ['dns', 'lb', 'scheduler']);
      t.equal(await leads(), false);
      t.match(await edge.status(), { connected: true });
    },
  );

  await t.test('nobody gets to see a password', async (t) => {
    const running = processesOf(base);
    t.ok(running.length >= 4, `${running.length} processes`);
    for (const { commandLine } of running) t.notMatch(commandLine, 'hunter2');
    t.match(up.log(2_000), 'zk://xxxxxxxx:xxxxxxxx@');
    t.notMatch(up.log(2_000), 'hunter2');
  });

  await t.test('it takes over', async (t) => {
    await other.stop();
    await waitFor('its leadership', leads, { withinMs: 60_000 });
    for (const path of ['/v2/info', '/config']) {
      const { text } = await ask(httpPort, path);
      t.match(text, `zk://xxxxxxxx:xxxxxxxx@${fleet.zooKeeper.hosts}/mesos`, path);
      t.notMatch(text, 'hunter2', path);
    }
    await waitFor('the load balancer', async () => (await edge.status()).connected);
    const { status, text } = await ask(httpPort, '/v2/apps/echo?force=true', { method: 'PUT', body: { instances: 3 } });
    t.equal(status, 200, text);
    other.start();
    await sameEverywhere(fleet, edge, { id: 'echo', instances: 3, servicePort });
  });

  await t.test('it steps down: its scheduler is started again, and nothing else', async (t) => {
    const before = pids();
    const asking = askAllTheTime(edge, 'echo.marathon.mesos', servicePort);
    t.equal((await ask(httpPort, '/v2/leader', { method: 'DELETE' })).status, 200);
    await waitFor('a new life of its scheduler', () => pids()['scheduler']?.pid !== before['scheduler']?.pid);
    t.equal(await fleet.leader(), other);
    await fleet.acknowledged('PUT', '/v2/apps/echo?force=true', { instances: 4 });
    await sameEverywhere(fleet, edge, { id: 'echo', instances: 4, servicePort });
    t.same((await asking.end()).badly, []);
    const after = pids();
    t.same([after['lb'], after['dns']], [before['lb'], before['dns']]);
    t.match(up.log(2_000), 'scheduler does not lead any more (it ended with status 103)');
  });

  await t.test('it ends, and the tasks run on', async (t) => {
    t.equal((await up.stop()).status, 0);
    t.equal((await fleet.tasks('echo')).filter(({ state }) => state === 'TASK_RUNNING').length, 4);
  });
});
