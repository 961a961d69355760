// A second scheduler runs as an app of the first, as Marathon on Marathon does, and shares the cluster with it.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import { waitFor } from '../support/wait.js';
import { startBundle } from './support/bundle.js';
import type { ApiTask, Bundle } from './support/bundle.js';
import { addressesOf, endpointsOf } from './support/dig.js';
import { ask } from './support/http.js';
import type { Answer } from './support/http.js';
import { running } from './support/running.js';

t.setTimeout(180_000);

/** 1 of the 8 cpus for each instance. */
const worker = (id: string) => ({ id, cmd: 'sleep 100000', cpus: 1, mem: 16, instances: 6 });

/** Waits until the second scheduler serves and is healthy; the task that it runs as. */
function servingTask(bundle: Bundle): Promise<ApiTask> {
  return waitFor('the second scheduler', async () => {
    const [task] = await running(bundle, 'second', 1);
    return task?.healthCheckResults?.[0]?.alive === true && task;
  });
}

interface MasterFramework {
  readonly id: string;
  readonly name: string;
  readonly connected: boolean;
  readonly tasks: readonly { readonly id: string; readonly state: string }[];
}

async function frameworkOf(bundle: Bundle, name: string): Promise<MasterFramework> {
  const { frameworks } = JSON.parse((await ask(bundle.ports.cluster, '/state')).text) as {
    frameworks: readonly MasterFramework[];
  };
  const found = frameworks.find((framework) => framework.name === name);
  if (found === undefined) throw new Error(`the master knows no framework ${name}`);
  return found;
}

t.test('a second scheduler as an app of the first', async (t) => {
  const workDir = realpathSync(mkdtempSync(join(tmpdir(), 'ekiden-second-')));
  t.teardown(() => rmSync(workDir, { recursive: true, force: true }));
  const bundle = await startBundle(t, ['--quota=web=cpus:4;mem:1024']);
  const words = [
    process.execPath,
    resolve('bin/ekiden'),
    'scheduler',
    '--framework_name=second',
    '--mesos_role=web',
    '--host=127.0.0.1',
    '--http_port="$PORT0"',
    `--master=127.0.0.1:${bundle.ports.cluster}`,
    `--work_dir=${workDir}`,
  ];
  await bundle.postApp({
    id: 'second',
    cmd: `exec ${words.join(' ')}`,
    cpus: 0.5,
    mem: 256,
    portDefinitions: [{ port: 0, name: 'http' }],
    healthChecks: [{ path: '/ping', intervalSeconds: 1, gracePeriodSeconds: 60 }],
  });
  let task = await servingTask(bundle);
  const api = (method: string, path: string, body?: object): Promise<Answer> =>
    ask(task.ports[0] ?? 0, path, { method, ...(body === undefined ? {} : { body }) });
  /** The ids of the worker's tasks in the second scheduler, sorted, once there are so many and all run. */
  const workers = (count: number): Promise<string[]> =>
    waitFor(`${count} tasks`, async () => {
      const { tasks } = JSON.parse((await api('GET', '/v2/apps/worker/tasks')).text) as { tasks: ApiTask[] };
      const up = tasks.filter(({ state }) => state === 'TASK_RUNNING');
      if (up.length !== count) throw new Error(`there are ${up.length}`);
      return up.map(({ id }) => id).sort();
    });

  await t.test('it is a framework of its own, and others find it and its apps by name', async (t) => {
    const created = await api('POST', '/v2/apps', worker('worker'));
    t.equal(created.status, 201, created.text);
    const ids = await workers(4);
    const framework = await waitFor('the master', async () => {
      const found = await frameworkOf(bundle, 'second');
      return found.tasks.filter(({ state }) => state === 'TASK_RUNNING').length === 4 && found;
    });
    t.ok(framework.connected);
    t.same(framework.tasks.map(({ id }) => id).sort(), ids);
    await waitFor('its name', async () => {
      const { answer } = await bundle.dig('worker.second.mesos', 'A');
      return addressesOf(answer).join() === '127.0.0.1';
    });
    t.same(endpointsOf(await bundle.dig('_second._tcp.marathon.mesos', 'SRV')), [`127.0.0.1:${task.ports[0]}`]);
    t.equal((await bundle.api('GET', '/v2/apps/worker')).status, 404, 'the first knows nothing of them');
  });

  await t.test('a quota of 4 of 8 cpus: the role gets no more, and nobody else any of them', async (t) => {
    await bundle.postApp(worker('filler'));
    await waitFor('what is not promised to the other: 3.5 cpus', async () => {
      const tasks = await bundle.tasks('filler');
      return tasks.filter(({ state }) => state === 'TASK_RUNNING').length === 3;
    });
    for (const [who, text] of [
      ['/filler', (await bundle.api('GET', '/v2/queue')).text],
      ['/worker', (await api('GET', '/v2/queue')).text],
    ] as const) {
      const { queue } = JSON.parse(text) as { queue: { count: number; app: { id: string } }[] };
      t.match(queue, [{ app: { id: who } }], `${who} waits`);
      t.equal(queue[0]?.count, who === '/filler' ? 3 : 2);
    }
    const { text } = await ask(bundle.ports.cluster, '/roles');
    const { roles } = JSON.parse(text) as { roles: { name: string; resources: { cpus: number } }[] };
    const cpusOf = (role: string): number | undefined => roles.find(({ name }) => name === role)?.resources.cpus;
    t.equal(cpusOf('web'), 4);
    t.equal(cpusOf('*'), 3.5);
  });

  await t.test('without the quota it takes what the other leaves', async (t) => {
    t.equal((await bundle.api('DELETE', '/v2/apps/filler?force=true')).status, 200);
    const { status, text } = await ask(bundle.ports.cluster, '/api/v1', {
      method: 'POST',
      body: { type: 'UPDATE_QUOTA', update_quota: { quota_configs: [{ role: 'web' }] } },
    });
    t.equal(status, 200, text);
    t.equal((await workers(6)).length, 6);
  });

  await t.test('when it is killed, its next run is the same framework with the same tasks', async (t) => {
    const before = await workers(6);
    const { id } = await frameworkOf(bundle, 'second');
    t.equal((await bundle.api('DELETE', `/v2/apps/second/tasks/${task.id}`)).status, 200);
    await waitFor('it to go', async () => (await bundle.tasks('second')).every((other) => other.id !== task.id));
    task = await servingTask(bundle);
    t.same(await workers(6), before);
    const framework = await waitFor('the master', async () => {
      const found = await frameworkOf(bundle, 'second');
      return found.connected && found;
    });
    t.equal(framework.id, id);
    t.equal(framework.tasks.filter(({ state }) => state === 'TASK_RUNNING').length, 6);
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});
