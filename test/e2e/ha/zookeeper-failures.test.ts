// Servers of ZooKeeper die and freeze, schedulers freeze and are cut off from them: one leads at a time, and what was acknowledged stays.
// The long form, in random order: EKIDEN_TEST_LONG=1. The same order again: EKIDEN_TEST_SEED=<number that was printed>.
import t from 'tap';
import { sleep } from '../../../src/common/time.js';
import { seeded } from '../../sim/simulated-world.js';
import type { RecordingMasterProxy } from '../../support/recording-master-proxy.js';
import { startRecordingMasterProxy } from '../../support/recording-master-proxy.js';
import type { TcpProxy } from '../../support/tcp-proxy.js';
import { startTcpProxy } from '../../support/tcp-proxy.js';
import { waitFor } from '../../support/wait.js';
import type { ZooKeeperServer } from '../../support/zookeeper.js';
import { withoutZooKeeper } from '../../support/zookeeper.js';
import type { Fleet, FleetScheduler } from './support/fleet.js';
import { startFleet } from './support/fleet.js';
import { startTwoLeadersChecker } from './support/two-leaders-checker.js';
import { startWorkload } from './support/workload.js';
import type { Wanted } from './support/workload.js';

const long = process.env['EKIDEN_TEST_LONG'] === '1';
const seed = Number(process.env['EKIDEN_TEST_SEED'] ?? Date.now() % 1_000_000);
const sessionTimeoutMs = 2_000;
/** Each of them in the long form. */
const times = 3;

t.setTimeout(long ? 1_200_000 : 300_000);

interface SeenApp {
  readonly id: string;
  readonly instances: number;
  readonly tasksRunning: number;
  readonly env: Readonly<Record<string, string>>;
}

/** What was acknowledged, and is not there. */
async function lost(fleet: Fleet, wanted: Wanted, probes: number): Promise<string[]> {
  const { apps } = (await fleet.api('GET', '/v2/apps')).body as { apps: SeenApp[] };
  const seen = new Map(apps.map((app) => [app.id, app]));
  const troubles = [...wanted.generations].flatMap(([id, generation]) => {
    const app = seen.get(id);
    const instances = wanted.instances.get(id) ?? 0;
    if (app?.env['GENERATION'] !== String(generation)) {
      return [`${id}: generation ${app?.env['GENERATION']}, not ${generation}`];
    }
    if (app.instances === instances && app.tasksRunning === instances) return [];
    return [`${id}: ${app.tasksRunning} of ${app.instances} instances run, not ${instances}`];
  });
  const probe = seen.get('/probe')?.env['PROBE'];
  if (probe !== String(probes)) troubles.push(`/probe: change ${probe}, not ${probes}`);
  const unwanted = apps.filter(({ id }) => id !== '/probe' && !wanted.generations.has(id));
  return [...troubles, ...unwanted.map(({ id }) => `${id}: is there again`)];
}

t.test('ZooKeeper fails, or cannot be reached', { skip: withoutZooKeeper() }, async (t) => {
  t.comment(`seed ${seed}`);
  const random = seeded(seed);
  const proxies: RecordingMasterProxy[] = [];
  const links: TcpProxy[][] = [];
  const fleet = await startFleet(t, {
    zooKeepers: 3,
    sessionTimeoutMs,
    flags: ['--min_revive_offers_interval=500'],
    zooKeeperOf: async (n, { servers }) => {
      const own = await Promise.all(servers.map(({ port }) => startTcpProxy(t, port)));
      links[n] = own;
      return own.map(({ port }) => `127.0.0.1:${port}`).join(',');
    },
    masterOf: async (n, masterPort) => {
      const proxy = await startRecordingMasterProxy(t, { target: `127.0.0.1:${masterPort}` });
      proxies[n] = proxy;
      return proxy.authority;
    },
  });
  const { zooKeeper, schedulers } = fleet;
  const checker = startTwoLeadersChecker(t, fleet, { proxies });
  const workload = startWorkload(fleet);
  const longer = sessionTimeoutMs * 1.5;
  /** From the beginning of a partition: until the process that led had ended, and until the next one had the store. */
  const partitions: string[] = [];
  const answered: number[] = [];
  let probes = 0;

  /** Something is changed, once a scheduler acknowledges it. */
  async function change(askedOf: readonly FleetScheduler[] = schedulers): Promise<void> {
    const fromMs = Date.now();
    const body = { cmd: 'sleep 100000', instances: 0, env: { PROBE: String(++probes) } };
    const trouble = (answer: string): Error => new Error(`PUT of the probe: ${answer}`);
    await waitFor(
      'a change to be acknowledged',
      async () => {
        fleet.check();
        const scheduler = askedOf[Math.floor(random() * askedOf.length)];
        const atMs = Date.now();
        const { status, headers, text } = (await scheduler?.api('PUT', '/v2/apps/probe?force=true', body)) ?? {};
        if (status !== 200 && status !== 201) throw trouble(`${status} ${text}`);
        const address = String(headers?.['x-marathon-leader']).replace('http://', '');
        checker.acted({ address, atMs, what: 'acknowledged a change' });
        return true;
      },
      { withinMs: 60_000, everyMs: 50 },
    );
    answered.push(Date.now() - fromMs);
  }

  /** The scheduler that leads, and how often it has ended so far. */
  async function present(): Promise<{ leader: FleetScheduler; epoch: number; ends: number }> {
    const leader = await fleet.leader();
    const epoch = await waitFor('its term', () => {
      const term = checker.terms.at(-1);
      return term?.holder === leader.address && term.epoch;
    });
    return { leader, epoch, ends: leader.exits.length };
  }

  const others = (scheduler: FleetScheduler): FleetScheduler[] => schedulers.filter((other) => other !== scheduler);

  async function follower(): Promise<ZooKeeperServer> {
    const leader = await zooKeeper.leader();
    const followers = zooKeeper.servers.filter((server) => server !== leader);
    return followers[Math.floor(random() * followers.length)] as ZooKeeperServer;
  }

  async function killServer(server: ZooKeeperServer): Promise<void> {
    await server.kill();
    await change();
    await server.start();
  }

  async function freezeServers(servers: readonly ZooKeeperServer[]): Promise<void> {
    for (const server of servers) server.freeze();
    await sleep(longer);
    for (const server of servers) server.resume();
  }

  /** The scheduler that leads is cut off from all servers, or from what they answer, until another one leads. */
  async function cutOff(what: 'everything' | 'answers'): Promise<void> {
    const { leader, epoch, ends } = await present();
    const fromMs = Date.now();
    for (const link of links[leader.n] ?? []) link.blackhole(what);
    const exit = leader.ended(ends + 1);
    const next = await checker.termAfter(epoch);
    t.not(next.holder, leader.address, 'another one leads');
    t.match(await exit, { status: 103, signal: null }, 'who cannot reach ZooKeeper ends');
    partitions.push(`${(await exit).atMs - fromMs}/${next.seenAtMs - fromMs}`);
    await change(others(leader));
    for (const link of links[leader.n] ?? []) link.heal();
  }

  const failures: Readonly<Record<string, () => Promise<void>>> = {
    'a server is killed': async () => killServer(await follower()),
    'the leading server is killed': async () => killServer(await zooKeeper.leader()),
    'a server freezes': async () => freezeServers([await follower()]),
    'the leading server freezes': async () => freezeServers([await zooKeeper.leader()]),
    'the scheduler that leads is cut off, and then the next one': async () => {
      await cutOff('everything');
      await cutOff('everything');
    },
    'no answer reaches the scheduler that leads': async () => cutOff('answers'),
    'the scheduler that leads freezes': async () => {
      const { leader, epoch, ends } = await present();
      leader.freeze();
      t.not((await checker.termAfter(epoch)).holder, leader.address, 'another one leads');
      await change(others(leader));
      leader.resume();
      t.match(await leader.ended(ends + 1), { status: 103, signal: null }, 'it wakes and ends');
    },
    'two servers freeze': async () => {
      const { leader, ends } = await present();
      const [one, two] = zooKeeper.servers;
      if (one !== undefined && two !== undefined) await freezeServers([one, two]);
      t.match(await leader.ended(ends + 1), { status: 103, signal: null }, 'nobody leads without a majority');
    },
  };
  const onlyLong: Readonly<Record<string, () => Promise<void>>> = {
    'the scheduler that leads is killed': async () => void (await (await fleet.leader()).kill()),
    'the scheduler that leads is cut off for a moment': async () => {
      const { n } = await fleet.leader();
      for (const link of links[n] ?? []) link.blackhole();
      await sleep(sessionTimeoutMs * random());
      for (const link of links[n] ?? []) link.heal();
    },
    'connections break and stay silent at random': async () => {
      for (const endMs = Date.now() + 2 * sessionTimeoutMs; Date.now() < endMs;) {
        const own = links[Math.floor(random() * links.length)] ?? [];
        const link = own[Math.floor(random() * own.length)];
        const at = random();
        if (at < 0.2) link?.blackhole('answers');
        else if (at < 0.4) link?.blackhole();
        else if (at < 0.6) link?.cut();
        else link?.heal();
        await sleep(random() * 100);
      }
      for (const link of links.flat()) link.heal();
    },
    'a scheduler that does not lead is cut off': async () => {
      const [standby] = others(await fleet.leader());
      for (const link of links[standby?.n ?? 0] ?? []) link.blackhole();
      await sleep(longer);
      await change(others(standby as FleetScheduler));
      for (const link of links[standby?.n ?? 0] ?? []) link.heal();
    },
  };

  let plan = Object.keys(failures);
  if (long) {
    const all = [...plan, ...Object.keys(onlyLong)].flatMap((name) => Array.from({ length: times }, () => name));
    plan = all
      .map((name) => ({ name, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ name }) => name);
  }
  for (const name of plan) {
    await t.test(name, async () => {
      await change();
      await { ...failures, ...onlyLong }[name]?.();
      await fleet.leader();
      await change();
    });
  }

  const wanted = await workload.finish();
  await change();
  const { troubles, acts, nodes, gapsMs } = await checker.finish();
  t.same(troubles, [], 'never two leaders');
  t.ok(checker.terms.length > 3, `${checker.terms.length} terms`);
  t.same(await lost(fleet, wanted, probes), [], 'nothing that was acknowledged is lost');
  t.comment(
    `${plan.length} failures, ${checker.terms.length} terms, ${acts} acts, ${nodes} nodes, ${wanted.changes + probes} changes`,
  );
  t.comment(
    `ms between the last act of a leader and the next term: at least ${Math.min(...gapsMs)}, ${gapsMs.join(' ')}`,
  );
  t.comment(`ms from a partition to the end of the leader and to the next term: ${partitions.join(' ')}`);
  t.comment(`ms until a change was acknowledged: at most ${Math.max(...answered)}`);
  fleet.check();
});
