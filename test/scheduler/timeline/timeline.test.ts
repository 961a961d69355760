import t from 'tap';
import type { Command } from '../../../src/scheduler/core/commands.js';
import { createEventBus } from '../../../src/scheduler/event-bus.js';
import { createStateChanges } from '../../../src/scheduler/state-changes.js';
import { recordTimeline } from '../../../src/scheduler/timeline/timeline.js';
import type { Timeline } from '../../../src/scheduler/timeline/timeline.js';
import type { HistoryLimits } from '../../../src/scheduler/timeline/histories.js';
import type { TimelineEntry } from '../../../src/scheduler/timeline/types.js';
import { World } from '../../sim/simulated-world.js';

const origin = { clientIp: '127.0.0.1', uri: '/v2/apps' };
const rethrow = (error: unknown): never => {
  throw error;
};

function put(id: string, more: object = {}, force = false): Command {
  const update = { cpus: 0.01, mem: 8, backoffSeconds: 0, ...more } as never;
  return { type: 'updateApps', updates: [{ id, update }], partial: true, mayCreate: true, force, origin };
}

class Recorded {
  readonly world = new World(1);
  readonly timeline: Timeline;
  readonly #changes = createStateChanges(rethrow);
  readonly #events = createEventBus(() => this.world.nowMs, rethrow);

  constructor(limits?: HistoryLimits) {
    this.timeline = recordTimeline({
      events: this.#events,
      changes: this.#changes,
      state: this.world.state,
      clock: () => this.world.nowMs,
      ...(limits === undefined ? {} : { limits }),
    });
    this.turn();
  }

  turn(...commands: readonly Command[]): void {
    for (const command of commands) this.world.command(command);
    const turn = this.world.turn();
    if (turn === undefined) return;
    for (const event of turn.effects.events) this.#events.publish(event);
    this.#changes.publish(turn);
  }

  settle(rounds = 8): void {
    for (let i = 0; i < rounds; i++) {
      this.world.clusterStep();
      this.turn();
      this.world.nowMs += 1000;
    }
  }

  entries(id: string): readonly TimelineEntry[] {
    return this.timeline.of(id, 200)?.entries.toReversed() ?? [];
  }

  /** Kind, text and reason of what happened since there were `from` entries. */
  told(id: string, from = 0): readonly (readonly [string, string, string | null])[] {
    return this.entries(id)
      .slice(from)
      .map(({ kind, text, why }) => [kind, text, why] as const);
  }
}

t.test('from creation to deletion', async (t) => {
  const r = new Recorded();
  const { world } = r;
  r.turn(put('/web', { cmd: 'serve', instances: 2, env: { PASSWORD: 'hunter2' } }));
  r.settle();
  t.match(r.told('/web'), [
    ['definition', 'Created with 2 instances', null],
    ['instance', 'Launched on 10.0.0.1', null],
    ['instance', 'Launched on 10.0.0.1', null],
    ['instance', /^Runs on 10.0.0.1, \d/, null],
    ['instance', /^Runs on 10.0.0.1, \d/, null],
    ['deployment', /^The deployment is done, after \d s$/, null],
  ]);
  let seen = r.entries('/web').length;
  const created = r.entries('/web')[0];
  t.match(created, { level: 'info', deployment: /^u/, version: /^2026/, instance: null });
  t.ok(r.entries('/web').every(({ seq }, i, all) => i === 0 || seq > (all[i - 1]?.seq ?? Infinity)));

  r.turn(put('/web', { instances: 3 }));
  r.settle();
  t.match(r.told('/web', seen)[0], ['definition', 'Scaled from 2 to 3 instances', null]);
  seen = r.entries('/web').length;

  const before = world.state.apps.get('/web')?.version ?? '';
  r.turn(put('/web', { env: { PASSWORD: 'swordfish' }, mem: 9, instances: 1 }));
  r.settle();
  const replaced = r.told('/web', seen);
  t.same(replaced[0]?.[1], `Changed (env, mem) from version ${before}, and scaled from 3 to 1 instance`);
  t.match(
    replaced.find(([kind]) => kind === 'kill'),
    ['kill', 'Is killed', /^the deployment u\S+ put a new one in its place$/],
  );
  t.ok(replaced.some(([kind, text]) => kind === 'instance' && text.startsWith('Ended on 10.0.0.1, after')));
  t.notMatch(JSON.stringify(r.timeline.of('/web', 200)), /hunter2|swordfish/);
  seen = r.entries('/web').length;

  r.turn({ type: 'restartApp', id: '/web', force: false });
  r.settle();
  t.equal(r.told('/web', seen)[0]?.[1], 'Restarted: 1 instance is to be replaced');
  seen = r.entries('/web').length;

  r.turn({ type: 'deleteApp', id: '/web', force: false });
  r.settle();
  t.match(r.told('/web', seen), [
    ['definition', 'Deleted, with 1 instance', null],
    ['kill', 'Is killed', 'what it belongs to was deleted'],
    ['instance', 'Ended on 10.0.0.1 (Killed)', 'what it belongs to was deleted'],
    ['deployment', /done/, null],
  ]);
  world.nowMs += 3_500_000;
  t.ok(r.timeline.of('/web', 200), 'it can be read for an hour');
  world.nowMs += 200_000;
  t.equal(r.timeline.of('/web', 200), undefined);
});

t.test('failures, and the delay after them', async (t) => {
  const r = new Recorded();
  const { world } = r;
  r.turn(put('/crash', { cmd: 'false', instances: 1, backoffSeconds: 60, maxLaunchDelaySeconds: 600 }));
  r.settle();
  let seen = r.entries('/crash').length;
  world.fail([...world.tasks.keys()][0] ?? '');
  r.settle(2);
  const last = /^the last instance ended on 10.0.0.1: it ended by itself \(TASK_FAILED: TASK_FAILED\)$/;
  t.match(r.told('/crash', seen), [
    ['instance', /^Ended on 10.0.0.1, after \d/, 'it ended by itself (TASK_FAILED: TASK_FAILED)'],
    ['delay', /^The next launch waits 1 min 0 s, until 2026-/, last],
  ]);
  t.match(r.entries('/crash').at(-2), { level: 'bad', task: /_app\.1$/, host: '10.0.0.1' });
  seen = r.entries('/crash').length;
  r.turn({ type: 'resetDelay', id: '/crash' });
  r.settle();
  t.match(r.told('/crash', seen), [
    ['delay', /lifted/, null],
    ['instance', /Launched/, null],
    ['instance', /Runs/, null],
  ]);
});

t.test('health, and what follows from it', async (t) => {
  const r = new Recorded();
  const { world } = r;
  const healthChecks = [{ protocol: 'TCP', gracePeriodSeconds: 0, maxConsecutiveFailures: 1 }];
  r.turn(put('/web', { cmd: 'serve', instances: 1, healthChecks }));
  r.settle();
  const seen = r.entries('/web').length;
  const [instance] = world.state.instances.values();
  for (const result of ['healthy', 'unhealthy', 'unhealthy'] as const) {
    const found = { taskId: instance?.taskId ?? '', checkIndex: 0, result, cause: 'Connection refused' };
    world.receive({ type: 'health', results: [found] });
    r.turn();
  }
  r.settle(1);
  const failed = 'a health check failed 2 times in a row (Connection refused)';
  t.match(r.told('/web', seen), [
    ['health', 'Healthy', null],
    ['deployment', /done/, null],
    ['health', 'Unhealthy', 'Connection refused'],
    ['kill', 'Is killed', failed],
    ['instance', /^Ended/, failed],
  ]);
  t.match(
    r
      .entries('/web')
      .slice(seen)
      .map(({ level }) => level),
    ['good', 'good', 'bad', 'bad', 'bad'],
  );
});

t.test('draining, and who asked for what', async (t) => {
  const r = new Recorded();
  const { world, timeline } = r;
  r.turn(put('/web', { cmd: 'serve', instances: 2 }));
  r.settle();
  world.receive({ type: 'edges', edges: ['lb edge-1:8000'] });
  r.turn();
  let seen = r.entries('/web').length;
  r.turn(put('/web', { instances: 1 }));
  const leaving = [...world.state.instances.values()].find(({ drainUntil }) => drainUntil !== undefined);
  world.receive({ type: 'drained', instanceIds: [leaving?.id ?? ''] });
  r.turn();
  r.settle();
  const reason = 'there were more instances than wanted';
  t.match(r.told('/web', seen), [
    ['definition', 'Scaled from 2 to 1 instance', null],
    ['drain', /^Load balancers and name servers are to let go of it; it is killed at 2026-\S+ at the latest$/, reason],
    ['kill', 'Is killed: load balancers and name servers have let go of it', reason],
    ['instance', /^Ended/, reason],
    ['deployment', /done/, null],
  ]);
  const deployment = r.entries('/web').at(-1)?.deployment ?? '';
  timeline.asked(deployment, { clientIp: '10.1.1.1', method: 'PUT', path: '/v2/apps/web' });
  t.equal(r.told('/web', seen)[0]?.[2], 'asked for by 10.1.1.1 (PUT /v2/apps/web)');

  seen = r.entries('/web').length;
  const [instance] = world.state.instances.values();
  r.turn({ type: 'killTasks', taskIds: [instance?.taskId ?? ''], scale: false, force: false });
  timeline.asked(instance?.id ?? '', { clientIp: '10.1.1.2', method: 'DELETE', path: '/v2/apps/web/tasks' });
  t.match(r.told('/web', seen), [
    ['kill', 'Is killed', 'it was killed by request; asked for by 10.1.1.2 (DELETE /v2/apps/web/tasks)'],
  ]);
});

t.test('deployments that end before they are done', async (t) => {
  const r = new Recorded();
  r.turn(put('/big', { cmd: 'serve', cpus: 1000 }));
  r.turn(put('/big', { cpus: 2000 }, true));
  t.match(r.told('/big'), [
    ['definition', 'Created with 1 instance', null],
    [
      'deployment',
      'The deployment ended in step 2 of 2, before it was done',
      'Another deployment was forced upon its apps',
    ],
    ['definition', /^Changed \(cpus\)/, null],
  ]);
});

t.test('lost agents', async (t) => {
  const r = new Recorded();
  const { world } = r;
  const unreachableStrategy = { inactiveAfterSeconds: 60, expungeAfterSeconds: 120 };
  r.turn(put('/web', { cmd: 'serve', instances: 1, unreachableStrategy }));
  r.settle();
  const seen = r.entries('/web').length;
  const [instance] = world.state.instances.values();
  const say = (state: string): void => {
    const { taskId = '', agentId = '' } = instance ?? {};
    world.receive({ type: 'status', status: { taskId, agentId, state, message: '', ipAddresses: [] } });
    r.turn();
  };
  say('TASK_UNREACHABLE');
  say('TASK_RUNNING');
  t.match(r.told('/web', seen), [
    ['instance', 'The agent 10.0.0.1 is lost', null],
    ['instance', 'The agent 10.0.0.1 is back, and the instance runs', null],
  ]);
});

t.test('what is kept is bounded, and it is told from when on everything is known', async (t) => {
  const r = new Recorded({ perApp: 5, total: 12, goneMs: 1000 });
  const { world, timeline } = r;
  const begin = world.state.loadedAt;
  r.turn(put('/a', { cmd: 'a', instances: 0, portDefinitions: [] }));
  r.settle(1);
  t.equal(timeline.of('/a', 200)?.since, begin);
  for (let i = 1; i <= 4; i++) {
    r.turn(put('/a', { instances: 0, mem: 8 + i }));
    r.settle(1);
  }
  const kept = timeline.of('/a', 200);
  t.equal(kept?.entries.length, 5);
  t.ok((kept?.since ?? '') > begin);
  t.ok((kept?.since ?? '') <= (kept?.entries.at(-1)?.at ?? ''));
  t.equal(timeline.of('/a', 2)?.entries.length, 2);
  t.same(timeline.of('/a', 2)?.entries[0], kept?.entries[0], 'the newest first');
  for (const id of ['/b', '/c', '/d', '/e']) {
    r.turn(put(id, { cmd: 'x', instances: 0, portDefinitions: [] }));
    r.settle(1);
  }
  t.match(timeline.of('/a', 200), { kind: 'app', entries: [] }, 'the one that was touched least recently');
  t.ok((timeline.of('/a', 200)?.since ?? '') > begin);
  t.equal(timeline.of('/e', 200)?.entries.length, 2);
  t.equal(timeline.of('/none', 200), undefined);
});
