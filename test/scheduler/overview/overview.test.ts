import t from 'tap';
import type { Command } from '../../../src/scheduler/core/commands.js';
import { Overview } from '../../../src/scheduler/overview/overview.js';
import type { OverviewApp } from '../../../src/scheduler/overview/types.js';
import { createStateChanges } from '../../../src/scheduler/state-changes.js';
import { World } from '../../sim/simulated-world.js';
import { manualTimers } from '../../support/manual-timers.js';
import { OverviewReader } from '../../support/overview-reader.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };

function put(id: string, more: object = {}): Command {
  const update = { cmd: 'sleep 1000', cpus: 0.01, mem: 8, backoffSeconds: 0, ...more } as never;
  return { type: 'updateApps', updates: [{ id, update }], partial: true, mayCreate: true, force: false, origin };
}

/** A world, and what is told of it. */
function followed(): {
  readonly world: World;
  readonly overview: Overview;
  readonly timers: ReturnType<typeof manualTimers>;
  readonly turn: () => void;
  /** Tells that more is known of apps of which nothing has changed. */
  readonly observe: (ids: Iterable<string>) => void;
  /** Does what is due, and tells of it. */
  readonly told: (reader: OverviewReader) => OverviewReader;
} {
  const world = new World(1);
  const changes = createStateChanges((error) => {
    throw error;
  });
  const timers = manualTimers();
  const overview = new Overview({
    epoch: 'leadership-1',
    state: world.state,
    changes,
    clock: () => world.nowMs,
    schedule: timers.schedule,
  });
  const turn = (): void => {
    const done = world.turn();
    if (done !== undefined) changes.publish(done);
  };
  turn();
  return {
    world,
    overview,
    timers,
    turn,
    observe(ids) {
      const none = new Set<string>();
      const nothing = { touchedApps: none, touchedInstances: none, touchedGroups: none, changedApps: none };
      changes.publish({ ...nothing, observedApps: new Set(ids) });
    },
    told(reader) {
      turn();
      timers.run();
      return reader;
    },
  };
}

type Followed = ReturnType<typeof followed>;

function settle({ world, turn }: Followed, rounds = 8): void {
  for (let i = 0; i < rounds; i++) {
    world.clusterStep();
    turn();
    world.nowMs += 1000;
  }
}

function lineOf(reader: OverviewReader, id: string): OverviewApp {
  const line = reader.apps.get(id);
  if (line === undefined) throw new Error(`${id} is not told of`);
  return line;
}

t.test('from waiting to suspended: statuses and counts', async (t) => {
  const f = followed();
  const { world, overview } = f;
  const reader = new OverviewReader();
  overview.open(reader.take);
  t.match(reader.scheduler, { connected: true, master: 'm:5050', frameworkId: 'F', queued: 0 });
  t.same(reader.groups, ['/']);

  world.command(put('/shop/web', { instances: 3, labels: { team: 'a' } }));
  f.told(reader);
  t.match(lineOf(reader, '/shop/web'), {
    kind: 'app',
    status: 'Waiting',
    instances: 3,
    counts: { healthy: 0, unknown: 0, staged: 0, unscheduled: 3 },
    cpus: 0.01,
    mem: 8,
    labels: { team: 'a' },
    runs: 'sleep 1000',
    delayedUntil: null,
  });
  t.same(reader.groups, ['/', '/shop']);
  t.match(reader.scheduler, { queued: 1 });
  t.match(reader.deployments, [
    {
      id: lineOf(reader, '/shop/web').deployment,
      affectedApps: ['/shop/web'],
      currentStep: 2,
      totalSteps: 2,
      currentActions: [
        { action: 'ScaleApplication', app: '/shop/web', done: 0, wanted: 3, waitsFor: /0 of 3 instances/ },
      ],
    },
  ]);
  t.notOk('more' in (reader.deployments[0] ?? {}));

  world.clusterStep();
  f.told(reader);
  t.match(lineOf(reader, '/shop/web'), { counts: { staged: 3, unscheduled: 0 }, status: 'Deploying' });
  settle(f);
  f.told(reader);
  t.match(lineOf(reader, '/shop/web'), { status: 'Running', counts: { unknown: 3, staged: 0 }, deployment: null });
  t.same(reader.deployments, []);

  world.command(put('/shop/web', { instances: 0 }));
  f.told(reader);
  t.match(lineOf(reader, '/shop/web'), { status: 'Deploying', counts: { overCapacity: 3, unknown: 0 } });
  t.match(reader.deployments, [{ currentActions: [{ done: 0, wanted: 3, waitsFor: /3 others have still to end/ }] }]);
  settle(f);
  f.told(reader);
  t.match(lineOf(reader, '/shop/web'), { status: 'Suspended', counts: { overCapacity: 0, unknown: 0 } });

  world.command({ type: 'deleteGroup', id: '/shop', force: false });
  f.told(reader);
  settle(f);
  f.told(reader);
  t.equal(reader.apps.size, 0);
  t.same(reader.groups, ['/']);
});

t.test('each instance counts once, whatever its health', async (t) => {
  const f = followed();
  const { world, overview } = f;
  const reader = new OverviewReader();
  overview.open(reader.take);
  world.command(
    put('/web', {
      instances: 3,
      healthChecks: [{ protocol: 'TCP', gracePeriodSeconds: 0, maxConsecutiveFailures: 0 }],
    }),
  );
  settle(f);
  const [first, second] = [...world.state.instances.values()];
  world.receive({
    type: 'health',
    results: [
      { taskId: first?.taskId ?? '', checkIndex: 0, result: 'healthy' },
      { taskId: second?.taskId ?? '', checkIndex: 0, result: 'unhealthy', cause: 'refused' },
    ],
  });
  f.told(reader);
  const { counts } = lineOf(reader, '/web');
  t.same(counts, { healthy: 1, unhealthy: 1, unknown: 1, staged: 0, overCapacity: 0, unscheduled: 0 });
  t.match(reader.deployments, [
    { currentActions: [{ done: 1, wanted: 3, waitsFor: /1 of 3 instances of \/web is healthy/ }] },
  ]);

  world.command({ ...put('/web', { instances: 1 }), force: true } as Command);
  f.told(reader);
  t.same(
    lineOf(reader, '/web').counts,
    {
      healthy: 0,
      unhealthy: 0,
      unknown: 1,
      staged: 0,
      overCapacity: 2,
      unscheduled: 0,
    },
    'those that are to end are too much',
  );
});

t.test('a delay shows until when, and passes by itself', async (t) => {
  const f = followed();
  const { world, overview } = f;
  const reader = new OverviewReader();
  overview.open(reader.take);
  world.command(put('/crash', { instances: 1, backoffSeconds: 60, maxLaunchDelaySeconds: 60 }));
  settle(f);
  world.fail([...world.tasks.keys()][0] ?? '');
  world.clusterStep();
  f.told(reader);
  const line = lineOf(reader, '/crash');
  t.match(line, { status: 'Delayed', counts: { unscheduled: 1 } });
  t.equal(Date.parse(line.delayedUntil ?? ''), world.nowMs + 60_000);
  world.nowMs += 60_000;
  f.told(reader);
  t.match(lineOf(reader, '/crash'), { status: 'Waiting', delayedUntil: null });
});

t.test('of what is only observed of very many apps, some is told at a time, and all of it in the end', async (t) => {
  const f = followed();
  const { world, overview, timers } = f;
  const reader = new OverviewReader();
  const updates = Array.from({ length: 2500 }, (_, i) => ({
    id: `/app-${i}`,
    update: { cmd: 'x', cpus: 1000, portDefinitions: [] } as never,
  }));
  world.command({ type: 'updateApps', updates, partial: false, mayCreate: true, force: false, origin });
  settle(f);
  overview.open(reader.take);
  timers.run();
  timers.run();
  const revisions = (): Map<string, number> => new Map([...reader.apps].map(([id, { revision }]) => [id, revision]));
  const first = revisions();
  t.equal(first.size, 2500);
  f.observe(first.keys());
  let before = first;
  const told: number[] = [];
  for (let i = 0; i < 3; i++) {
    world.nowMs += 5_000;
    world.command(put('/another', { instances: 0, labels: { i: String(i) } }));
    f.told(reader);
    const now = revisions();
    told.push([...before].filter(([id, revision]) => id !== '/another' && now.get(id) !== revision).length);
    before = now;
  }
  t.same(told, [1000, 1000, 500]);
});

t.test('what is drained is counted', async (t) => {
  const f = followed();
  const { world, overview } = f;
  const reader = new OverviewReader();
  overview.open(reader.take);
  world.command(put('/web', { instances: 4 }));
  settle(f);
  world.receive({ type: 'edges', edges: ['lb edge-1:8000'] });
  f.turn();
  world.command(put('/web', { instances: 1 }));
  f.told(reader);
  t.match(lineOf(reader, '/web'), { draining: 3, counts: { unknown: 1, overCapacity: 3 } });
});

t.test('nothing is heard while nobody reads; changes are told at once after quiet, then not too often', async (t) => {
  const f = followed();
  const { world, overview, timers } = f;
  world.command(put('/a'));
  f.turn();
  t.same(timers.waiting, []);
  const reader = new OverviewReader();
  const leave = overview.open(reader.take);
  t.equal(overview.readers, 1);
  world.nowMs += 10_000;
  world.command(put('/b'));
  f.turn();
  t.same(timers.waiting, [0], 'at once');
  timers.run();
  world.nowMs += 50;
  world.command(put('/c'));
  f.turn();
  world.nowMs += 50;
  world.command(put('/d'));
  f.turn();
  t.same(timers.waiting, [150], 'both together, later');
  const before = reader.messages.length;
  timers.run();
  t.equal(reader.messages.length, before + 1);
  t.same([...reader.apps.keys()], ['/a', '/b', '/c', '/d']);
  world.command(put('/e'));
  f.turn();
  leave();
  leave();
  t.equal(overview.readers, 0);
  t.same(timers.waiting, []);
});

t.test('a snapshot comes in several messages; who comes meanwhile gets all of it, too', async (t) => {
  const f = followed();
  const { world, overview, timers } = f;
  const updates = Array.from({ length: 1201 }, (_, i) => ({
    id: `/g${i % 7}/app-${i}`,
    update: { cmd: 'x', instances: 0, portDefinitions: [] } as never,
  }));
  world.command({ type: 'updateApps', updates, partial: false, mayCreate: true, force: false, origin });
  f.turn();
  const [first, second] = [new OverviewReader(), new OverviewReader()];
  overview.open(first.take);
  const leave = overview.open(new OverviewReader().take);
  t.equal(first.messages.length, 0);
  world.command(put('/g1/app-1', { instances: 5 }));
  world.command({ type: 'deleteApp', id: '/g2/app-2', force: false });
  world.command(put('/late', { instances: 0 }));
  f.turn();
  overview.open(second.take);
  leave();
  timers.run();
  timers.run();
  for (const reader of [first, second]) {
    t.equal(reader.messages.filter(({ event }) => event === 'snapshot').length, 3);
    t.equal(reader.apps.size, 1201);
    t.equal(lineOf(reader, '/g1/app-1').instances, 5);
    t.notOk(reader.apps.has('/g2/app-2'));
    t.ok(reader.apps.has('/late'));
    t.equal(reader.groups.length, 8);
  }
});

t.test('of a deployment of very many apps the first ones are told of, and how many more there are', async (t) => {
  const f = followed();
  const { world, overview } = f;
  const reader = new OverviewReader();
  overview.open(reader.take);
  const updates = Array.from({ length: 1500 }, (_, i) => ({
    id: `/app-${i}`,
    update: { cmd: 'x', cpus: 1000, portDefinitions: [] } as never,
  }));
  world.command({ type: 'updateApps', updates, partial: false, mayCreate: true, force: false, origin });
  f.told(reader);
  const [deployment] = reader.deployments;
  t.equal(deployment?.currentActions.length, 1000);
  t.same(deployment?.more, { apps: 500, steps: 0, actions: 500 });
  t.match(deployment?.steps, [
    { actions: { length: 1000 }, more: 500 },
    { actions: [], more: 1500 },
  ]);
});

t.test('long commands and labels are cut; pods add up what their containers ask for', async (t) => {
  const f = followed();
  const { world, overview } = f;
  const reader = new OverviewReader();
  overview.open(reader.take);
  world.command(put('/long', { instances: 0, cmd: 'x'.repeat(500), labels: { conf: 'y'.repeat(5000), short: 'z' } }));
  world.command({
    type: 'createPod',
    force: false,
    origin,
    update: {
      id: '/pod',
      containers: [
        { name: 'a', resources: { cpus: 0.5, mem: 32 }, image: { kind: 'DOCKER', id: 'nginx:1' } },
        { name: 'b', resources: { cpus: 0.25, mem: 16 }, exec: { command: { shell: 'serve' } } },
      ],
    },
  });
  f.told(reader);
  t.match(lineOf(reader, '/long'), { runs: /^x{119}…$/, labels: { conf: /^y{199}…$/, short: 'z' } });
  t.match(lineOf(reader, '/pod'), { kind: 'pod', runs: 'nginx:1, serve', cpus: 0.85, mem: 80 });
});
