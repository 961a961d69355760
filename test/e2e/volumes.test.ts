// Persistent volumes with real processes: what a task has written is there for the next one, until it is wiped or its app deleted.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { waitFor } from '../support/wait.js';
import { startBundle } from './support/bundle.js';
import type { ApiTask, Bundle } from './support/bundle.js';
import { ask } from './support/http.js';

t.setTimeout(300_000);

interface ResidentTask extends ApiTask {
  readonly localVolumes: readonly { readonly containerPath: string; readonly persistenceId: string }[];
}

/** Notes in its volume which task has run there. */
const db = {
  id: '/db',
  cmd: 'echo "$MESOS_TASK_ID" >> data/log; exec sleep 100000',
  cpus: 0.1,
  mem: 16,
  instances: 2,
  backoffSeconds: 0,
  taskKillGracePeriodSeconds: 1,
  container: { type: 'MESOS', volumes: [{ containerPath: 'data', mode: 'RW', persistent: { size: 16 } }] },
};

const instanceOf = ({ id }: ApiTask): string => id.replace(/\._app\.\d+$/, '');
const incarnationOf = ({ id }: ApiTask): number => Number(/\d+$/.exec(id)?.[0]);

function volumesOf({ workDir }: Bundle): string {
  return join(workDir, 'cluster', 'agent', 'volumes', 'roles', 'dev');
}

/** The tasks that have run in a volume, in their order. */
function writtenIn(bundle: Bundle, { localVolumes: [volume] }: ResidentTask): readonly string[] {
  if (volume === undefined) throw new Error('the task has no volume');
  return readFileSync(join(volumesOf(bundle), volume.persistenceId, 'log'), 'utf8')
    .trim()
    .split('\n');
}

async function residents(bundle: Bundle): Promise<ResidentTask[]> {
  return (await bundle.tasks('/db')) as ResidentTask[];
}

/** Waits for so many running tasks that have all written to their volumes; others may have ended. */
function running(
  bundle: Bundle,
  count: number,
  isMeant: (task: ResidentTask) => boolean = () => true,
): Promise<ResidentTask[]> {
  return waitFor(
    `${count} running tasks`,
    async () => {
      const tasks = await residents(bundle);
      const meant = tasks.filter((task) => task.state === 'TASK_RUNNING' && isMeant(task));
      const hasWritten = (task: ResidentTask): boolean => writtenIn(bundle, task).at(-1) === task.id;
      if (meant.length === count && meant.every(hasWritten)) return meant;
      throw new Error(tasks.map(({ id, state }) => `${id}: ${state}`).join(', '));
    },
    { withinMs: 60_000 },
  );
}

/** What the master has reserved: disk in MiB. */
async function reservedDisk(bundle: Bundle): Promise<number> {
  const { text } = await ask(bundle.ports.cluster, '/slaves');
  const { slaves } = JSON.parse(text) as {
    slaves: { reserved_resources: Record<string, { disk: number } | undefined> }[];
  };
  return slaves.reduce((sum, { reserved_resources: reserved }) => sum + (reserved['dev']?.disk ?? 0), 0);
}

t.test('a volume stays where it is', async (t) => {
  const bundle = await startBundle(t, ['--mesos_role=dev']);
  await bundle.postApp(db);
  await bundle.waitForDeployments();
  const [first, second] = await running(bundle, 2);
  if (first === undefined || second === undefined) throw new Error('there are not two tasks');
  t.match(first.localVolumes, [{ runSpecId: '/db', containerPath: 'data', persistenceId: /^db#data#[0-9a-f-]{36}$/ }]);
  t.equal(await reservedDisk(bundle), 32);
  t.same(writtenIn(bundle, first), [first.id]);

  t.comment('a task is killed');
  const killed = await bundle.api('DELETE', `/v2/apps/db/tasks/${first.id}`);
  t.match(killed, { status: 200, body: { task: { id: first.id } } });
  const again = (await running(bundle, 2, (task) => task.id !== first.id)).find(
    (task) => instanceOf(task) === instanceOf(first),
  );
  if (again === undefined) throw new Error('the instance is gone');
  t.equal(incarnationOf(again), 2);
  t.same(again.localVolumes, first.localVolumes);
  t.same(writtenIn(bundle, again), [first.id, again.id]);

  t.comment('the scheduler dies');
  await bundle.kill('scheduler');
  await bundle.ready();
  t.same((await running(bundle, 2)).map(({ id }) => id).sort(), [again.id, second.id].sort());
  await bundle.api('POST', '/v2/tasks/delete', { ids: [second.id] });
  const third = (await running(bundle, 2, (task) => task.id !== second.id)).find(
    (task) => instanceOf(task) === instanceOf(second),
  );
  if (third === undefined) throw new Error('the instance is gone');
  t.same(writtenIn(bundle, third), [second.id, third.id]);

  t.comment('scaled down and up again');
  await bundle.api('PUT', '/v2/apps/db', { instances: 1 });
  await bundle.waitForDeployments();
  const kept = await residents(bundle);
  t.same(kept.map(({ state }) => state).sort(), ['TASK_KILLED', 'TASK_RUNNING']);
  t.match(
    kept.find(({ state }) => state === 'TASK_KILLED'),
    { ports: [], localVolumes: [{ containerPath: 'data' }] },
  );
  t.equal(await reservedDisk(bundle), 32);
  await bundle.api('PUT', '/v2/apps/db', { instances: 2 });
  await bundle.waitForDeployments();
  const scaled = await running(bundle, 2);
  t.same(scaled.map(instanceOf).sort(), [instanceOf(first), instanceOf(second)].sort());
  t.ok(scaled.some((task) => incarnationOf(task) === 3 && writtenIn(bundle, task).length === 3));

  t.comment('upgraded in place');
  await bundle.api('PUT', '/v2/apps/db', { env: { VERSION: '2' } });
  await bundle.waitForDeployments();
  const upgraded = await running(bundle, 2);
  t.same(upgraded.map(instanceOf).sort(), [instanceOf(first), instanceOf(second)].sort());
  for (const task of upgraded) {
    const before = scaled.find((other) => instanceOf(other) === instanceOf(task));
    t.equal(incarnationOf(task), incarnationOf(before ?? task) + 1);
    t.same(writtenIn(bundle, task).length, incarnationOf(task));
  }
  t.equal(await reservedDisk(bundle), 32, 'never more places than instances');
  const refused = await bundle.api('PUT', '/v2/apps/db', { mem: 32 });
  t.equal(refused.status, 422);
  t.match(refused.text, /may not change resource requirements/);

  t.comment('everything is stopped, and started again');
  await bundle.stop();
  await bundle.up();
  const restarted = await running(bundle, 2);
  t.same(restarted.map(instanceOf).sort(), upgraded.map(instanceOf).sort());
  for (const task of restarted) t.equal(writtenIn(bundle, task).length, incarnationOf(task));

  t.comment('wiped');
  const [wiped] = restarted;
  if (wiped === undefined) throw new Error('no task');
  await bundle.api('DELETE', `/v2/apps/db/tasks/${wiped.id}?wipe=true`);
  const others = await running(bundle, 2, (task) => instanceOf(task) !== instanceOf(wiped));
  t.ok(others.some((task) => incarnationOf(task) === 1));
  const directory = join(volumesOf(bundle), wiped.localVolumes[0]?.persistenceId ?? '');
  await waitFor('its data to be gone', () => !existsSync(directory));
  await waitFor('its place to be given back', async () => (await reservedDisk(bundle)) === 32);

  t.comment('deleted');
  await bundle.api('DELETE', '/v2/apps/db');
  await bundle.waitForDeployments();
  await waitFor('everything to be given back', async () => (await reservedDisk(bundle)) === 0);
  await waitFor('all data to be gone', () => readdirSync(volumesOf(bundle)).length === 0);
});

interface PodInstance {
  readonly id: string;
  readonly status: string;
  readonly containers: readonly { readonly containerId?: string }[];
  readonly localVolumes: readonly { readonly persistenceId: string }[];
}

t.test('the containers of a pod share a volume that stays where it is', async (t) => {
  const bundle = await startBundle(t, ['--mesos_role=dev']);
  const container = (name: string): object => ({
    name,
    exec: { command: { shell: 'echo "$MESOS_TASK_ID" >> data/log; exec sleep 100000' } },
    resources: { cpus: 0.1, mem: 16 },
    volumeMounts: [{ name: 'shared', mountPath: 'data' }],
    lifecycle: { killGracePeriodSeconds: 1 },
  });
  const created = await bundle.api('POST', '/v2/pods', {
    id: '/pair',
    containers: [container('one'), container('two')],
    volumes: [{ name: 'shared', persistent: { size: 16 } }],
    scheduling: { backoff: { backoff: 0 } },
  });
  t.equal(created.status, 201, created.text);

  /** The only instance, once so many tasks have written to its volume. */
  const instance = (lines: number): Promise<PodInstance> =>
    waitFor(
      `${lines} lines`,
      async () => {
        const { body, text } = await bundle.api('GET', '/v2/pods/pair::status');
        const [first] = (body as { instances: readonly PodInstance[] }).instances;
        const id = first?.localVolumes[0]?.persistenceId;
        if (first?.status !== 'STABLE' || id === undefined) throw new Error(text);
        const log = readFileSync(join(volumesOf(bundle), id, 'log'), 'utf8')
          .trim()
          .split('\n');
        if (log.length !== lines) throw new Error(log.join(', '));
        return first;
      },
      { withinMs: 60_000 },
    );
  const before = await instance(2);
  const killed = await bundle.api('DELETE', `/v2/pods/pair::instances/${before.id}`);
  t.equal(killed.status, 200, killed.text);
  const after = await instance(4);
  t.equal(after.id, before.id);
  t.same(after.localVolumes, before.localVolumes);

  await bundle.api('DELETE', '/v2/pods/pair');
  await waitFor('everything to be given back', async () => (await reservedDisk(bundle)) === 0);
});
