// The life of containers: pulled, ended by limits and by kills, scaled, replaced, and left alone while parts of Ekiden restart.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import t from 'tap';
import { podmanProblem } from '../../support/podman.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import type { Bundle } from '../support/bundle.js';
import { readExample } from '../support/examples.js';
import { ask } from '../support/http.js';
import { running } from '../support/running.js';
import { outputsOf, sandboxText } from '../support/sandbox.js';
import { makeExampleImages } from './support/images.js';
import { startLocalRegistry } from './support/local-registry.js';
import { startOwnEngine } from './support/own-engine.js';

t.setTimeout(300_000);

const small = { cpus: 0.1, mem: 32 };
const docker = (image = 'busybox', more: object = {}) => ({ type: 'DOCKER', docker: { image, ...more } });
/** Ends with the status 0 when it is asked to. */
const polite = "trap 'exit 0' TERM; sleep 100000 & wait";

interface LastFailure {
  readonly state: string;
  readonly message: string;
  readonly taskId: string;
}

/** The last failure of an app, once it has one; `other` than that of this task. */
function failureOf(bundle: Bundle, appId: string, other?: string): Promise<LastFailure> {
  return waitFor(`a failure of ${appId}`, async () => {
    const { body } = await bundle.api('GET', `/v2/apps/${appId}`);
    const { app } = body as { app: { lastTaskFailure?: LastFailure | null } };
    const failure = app.lastTaskFailure ?? undefined;
    return failure?.taskId === other ? undefined : failure;
  });
}

interface EndedTask {
  readonly task_id: { readonly value: string };
  readonly statuses: readonly { readonly state: string; readonly reason?: string; readonly message?: string }[];
}

/** The last status of a task that has ended, as the master tells it. */
function lastStatusOf(bundle: Bundle, taskId: string): Promise<EndedTask['statuses'][number]> {
  return waitFor(`the end of ${taskId}`, async () => {
    const { text } = await ask(bundle.ports.cluster, '/api/v1', { method: 'POST', body: { type: 'GET_TASKS' } });
    const { completed_tasks: completed = [] } = (JSON.parse(text) as { get_tasks: { completed_tasks?: EndedTask[] } })
      .get_tasks;
    return completed.find(({ task_id }) => task_id.value === taskId)?.statuses.at(-1);
  });
}

async function change(t: Test, bundle: Bundle, method: string, path: string, body?: object): Promise<void> {
  const { status, text } = await bundle.api(method, path, body);
  t.equal(status, 200, `${method} ${path}: ${status < 300 ? status : text}`);
}

t.test('the life of containers', { skip: podmanProblem() }, async (t) => {
  const registry = await startLocalRegistry(t);
  const engine = startOwnEngine(t, registry);
  makeExampleImages(engine);
  const bundle = await startBundle(t, [], { environment: engine.environment });
  /** Deletes an app and waits until nothing of it is left. */
  const remove = async (t: Test, appId: string): Promise<void> => {
    await change(t, bundle, 'DELETE', `/v2/apps/${appId}?force=true`);
    await bundle.waitForDeployments();
  };

  await t.test('§3 forcePullImage: what is run is what the registry has now', async (t) => {
    const says = (text: string) => ({ scripts: { says: `#!/bin/sh\necho ${text}\n${polite}\n` } });
    engine.image('group/image', says('first'));
    engine.push('group/image', registry);
    await bundle.postApp({ ...readExample('force-pull'), ...small, cmd: 'exec says' });
    const [first] = await running(bundle, 'force-pull', 1);
    await waitFor('its output', async () => (await outputsOf(bundle, 'force-pull')).includes('first\n'));
    const pulls = registry.pulls;
    engine.image('group/image', says('second'));
    engine.push('group/image', registry);
    await change(t, bundle, 'POST', '/v2/apps/force-pull/restart');
    await bundle.waitForDeployments();
    const [second] = await running(bundle, 'force-pull', 1);
    t.not(second?.id, first?.id);
    await waitFor('the new output', async () => (await outputsOf(bundle, 'force-pull')).includes('second\n'));
    t.equal(registry.pulls, pulls + 1);
    await remove(t, 'force-pull');
  });

  await t.test('an image that cannot be pulled: the app says so, tries again later, and can be mended', async (t) => {
    await bundle.postApp({ id: 'missing', ...small, cmd: polite, container: docker('group/no-such-image') });
    const failure = await failureOf(bundle, 'missing');
    t.match(failure, {
      state: 'TASK_FAILED',
      message: /^Failed to launch container: Failed to run 'podman pull group\/no-such-image': .*manifest unknown/s,
    });
    t.match(await lastStatusOf(bundle, failure.taskId), { reason: 'REASON_CONTAINER_LAUNCH_FAILED' });
    await failureOf(bundle, 'missing', failure.taskId);
    await waitFor('the delay', async () => {
      const { queue } = (await bundle.api('GET', '/v2/queue')).body as {
        queue: { app: { id: string }; delay: { overdue: boolean; timeLeftSeconds: number } }[];
      };
      const { delay } = queue.find(({ app }) => app.id === '/missing') ?? {};
      return delay?.overdue === false && delay.timeLeftSeconds > 0;
    });
    await change(t, bundle, 'PUT', '/v2/apps/missing?force=true', { container: docker() });
    await bundle.waitForDeployments();
    t.equal((await running(bundle, 'missing', 1)).length, 1);
    await remove(t, 'missing');
  });

  await t.test('how tasks end: their status, and more memory than they may have', async (t) => {
    const eats = `exec '${process.execPath}' -e 'const a = []; setInterval(() => a.push(Buffer.alloc(1 << 25, 1)), 20)'`;
    const apps = {
      'exit-container': { cmd: 'echo no >&2; exit 5', container: docker() },
      'exit-process': { cmd: 'exit 6', container: { type: 'MESOS' } },
      'memory-container': { cmd: 'exec dd if=/dev/zero of=/dev/null bs=200M count=2', container: docker() },
      'memory-process': { cmd: eats, mem: 128 },
    };
    for (const [id, app] of Object.entries(apps)) await bundle.postApp({ id, ...small, ...app });
    for (const [id, message, reason] of [
      ['exit-container', /^Container exited with status 5$/, undefined],
      ['exit-process', /^Command exited with status 6$/, undefined],
      ['memory-container', /^Memory limit exceeded: Requested: 32MB/, 'REASON_CONTAINER_LIMITATION_MEMORY'],
      ['memory-process', /^Memory limit exceeded: Requested: 128MB/, 'REASON_CONTAINER_LIMITATION_MEMORY'],
    ] as const) {
      const failure = await failureOf(bundle, id);
      t.match(failure, { state: 'TASK_FAILED', message }, id);
      const status = await lastStatusOf(bundle, failure.taskId);
      t.equal(status.state, 'TASK_FAILED');
      if (reason !== undefined) t.equal(status.reason, reason);
      await remove(t, id);
    }
  });

  await t.test('taskKillGracePeriodSeconds: time to end, and no more', async (t) => {
    await bundle.postApp({
      id: 'clean',
      ...small,
      cmd: "trap 'sleep 1; echo clean; exit 0' TERM; echo ready; sleep 100000 & wait",
      container: docker(),
      taskKillGracePeriodSeconds: 60,
    });
    await bundle.postApp({
      id: 'stubborn',
      ...small,
      cmd: "trap '' TERM; echo ready; while :; do sleep 1; done",
      container: docker(),
      taskKillGracePeriodSeconds: 1,
    });
    const [[clean], [stubborn]] = await Promise.all([running(bundle, 'clean', 1), running(bundle, 'stubborn', 1)]);
    for (const id of ['clean', 'stubborn']) {
      await waitFor('its trap', async () => (await outputsOf(bundle, id)).includes('ready\n'));
      await remove(t, id);
    }
    t.match(await lastStatusOf(bundle, clean?.id ?? ''), { state: 'TASK_KILLED', message: /status 0$/ });
    t.equal(await sandboxText(bundle, clean?.id ?? '', 'stdout'), 'ready\nclean\n');
    t.match(await lastStatusOf(bundle, stubborn?.id ?? ''), { state: 'TASK_KILLED', message: /status 137$/ });
  });

  await t.test('killed and replaced, scaled up and down, suspended', async (t) => {
    await bundle.postApp({ id: 'many', ...small, cmd: polite, instances: 2, container: docker() });
    const [first, second] = await running(bundle, 'many', 2);
    await change(t, bundle, 'DELETE', `/v2/apps/many/tasks/${first?.id}`);
    await waitFor('it to go', async () => (await bundle.tasks('many')).every(({ id }) => id !== first?.id));
    const replaced = await running(bundle, 'many', 2);
    t.ok(
      replaced.some(({ id }) => id === second?.id),
      'the other is left alone',
    );
    await change(t, bundle, 'DELETE', `/v2/apps/many/tasks/${second?.id}?scale=true`);
    await bundle.waitForDeployments();
    await running(bundle, 'many', 1);
    for (const instances of [3, 0]) {
      await change(t, bundle, 'PUT', '/v2/apps/many', { instances });
      await bundle.waitForDeployments();
      t.equal((await running(bundle, 'many', instances)).length, instances);
      await waitFor('the containers', () => engine.containers().length === instances);
    }
    await remove(t, 'many');
  });

  await t.test(
    'parts of Ekiden are killed: the same containers afterwards, and the truth about the others',
    async (t) => {
      const shared = { containerPath: '/gate', hostPath: bundle.workDir, mode: 'RO' };
      const gate = 'until [ -e /gate/open ]; do sleep 0.1; done; exit 7';
      await bundle.postApp({
        id: 'stays',
        ...small,
        cmd: 'exec echo-server 8080',
        instances: 2,
        networks: [{ mode: 'container/bridge' }],
        container: { ...docker(), portMappings: [{ containerPort: 8080, hostPort: 0 }] },
        healthChecks: [{ path: '/', intervalSeconds: 1 }],
      });
      await bundle.postApp({
        id: 'ends',
        ...small,
        cmd: gate,
        container: { ...docker(), volumes: [shared] },
        backoffSeconds: 300,
      });
      const tasks = await running(bundle, 'stays', 2);
      const [ends] = await running(bundle, 'ends', 1);
      await bundle.waitForDeployments();
      const ids = tasks.map(({ id }) => id).sort();
      const containers = (): string[] =>
        engine
          .podman('ps', '--no-trunc', '--format', '{{.Labels}} {{.ID}}')
          .split('\n')
          .filter((line) => line.includes('MESOS_TASK_ID:stays.'))
          .sort();
      const before = containers();
      t.equal(before.length, 2);
      const same = async (what: string): Promise<void> => {
        t.same((await running(bundle, 'stays', 2)).map(({ id }) => id).sort(), ids, what);
        t.same(containers(), before, 'the same containers');
      };

      await bundle.kill('scheduler');
      await bundle.ready();
      await same('after a kill -9 of the scheduler');

      await bundle.kill('cluster');
      writeFileSync(join(bundle.workDir, 'open'), '');
      await bundle.ready();
      t.match(await failureOf(bundle, 'ends'), {
        state: 'TASK_FAILED',
        message: 'Container exited with status 7',
        taskId: ends?.id,
      });
      await waitFor('the agent', async () =>
        (await bundle.tasks('stays')).every(({ state }) => state === 'TASK_RUNNING'),
      );
      await same('after a kill -9 of the cluster');
      await remove(t, 'ends');
      await waitFor('health', async () =>
        (await bundle.tasks('stays')).every(({ healthCheckResults }) => healthCheckResults?.[0]?.alive === true),
      );
    },
  );

  await t.test('Ctrl-C ends the containers; at the next start the apps come back', async (t) => {
    t.equal(await bundle.stop(), 0);
    t.same(engine.containers(), []);
    await bundle.up();
    await running(bundle, 'stays', 2);
    await waitFor('the containers', () => engine.containers().length === 2);
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
  t.same(engine.containers(), []);
});
