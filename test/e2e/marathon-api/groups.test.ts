// Groups with dependencies, as the manual has them: what starts first, scaled and upgraded as a whole, taken back, deleted.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import type { ApiTask, Bundle } from '../support/bundle.js';
import { echoCommand } from '../support/echo-app.js';
import { ask } from '../support/http.js';
import { recordEvents } from './support/event-stream.js';
import type { StreamedEvent } from './support/event-stream.js';

t.setTimeout(300_000);

const small = { cpus: 0.01, mem: 8 };
const sleeper = (id: string, instances: number) => ({ id, cmd: 'sleep 3600', ...small, instances });

interface GroupVersion {
  readonly version: string;
  readonly deploymentId: string;
}

/** Sends a change of a group and returns its version and deployment, or throws. */
async function change(
  bundle: Bundle,
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<GroupVersion> {
  const answer = await bundle.api(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.body as GroupVersion;
}

/** How many tasks of each app run; throws while there are others. */
async function runningOf(bundle: Bundle, appIds: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const id of appIds) {
    const tasks = await bundle.tasks(id);
    const other = tasks.find(({ state }) => state !== 'TASK_RUNNING');
    if (other !== undefined) throw new Error(`${other.id} is ${other.state}`);
    counts[id] = tasks.length;
  }
  return counts;
}

/** The ids of all tasks that the master says run. */
async function tasksInMesos(bundle: Bundle): Promise<string[]> {
  const { tasks } = JSON.parse((await ask(bundle.ports.cluster, '/tasks?limit=1000')).text) as {
    tasks: { id: string; state: string }[];
  };
  return tasks
    .filter(({ state }) => state === 'TASK_RUNNING')
    .map(({ id }) => id)
    .sort();
}

/** The time at which the last of these tasks was started, and the first of these was staged. */
const lastStart = (tasks: readonly ApiTask[]): string =>
  tasks
    .map(({ startedAt }) => startedAt ?? 'never')
    .sort()
    .at(-1) ?? '';
const firstStaged = (tasks: readonly ApiTask[]): string => tasks.map(({ stagedAt }) => stagedAt).sort()[0] ?? '';

/** Which of the events are status updates of the tasks of an app, or of all below a group. */
function isUpdateOf(event: StreamedEvent, id: string): boolean {
  const { eventType, appId } = event;
  return (
    eventType === 'status_update_event' && typeof appId === 'string' && (appId === id || appId.startsWith(`${id}/`))
  );
}

/** Waits until the end of a deployment is among the events, and returns those before it and after `from`. */
async function until(events: readonly StreamedEvent[], deploymentId: string, from = 0): Promise<StreamedEvent[]> {
  const end = await waitFor(
    `the end of ${deploymentId}`,
    () => {
      const at = events.findIndex(({ eventType, id }) => eventType === 'deployment_success' && id === deploymentId);
      return at >= 0 && at;
    },
    { withinMs: 60_000 },
  );
  return events.slice(from, end + 1);
}

t.test('groups with dependencies', async (t) => {
  const bundle = await startBundle(t);
  const events = await recordEvents(t, bundle);
  const apps = {
    mongo: 'product/database/mongo',
    mysql: 'product/database/mysql',
    play: 'product/service/play-app',
    rails: 'product/service/rails-app',
  };
  const running = async () => Object.values(await runningOf(bundle, Object.values(apps)));
  let first: GroupVersion = { version: '', deploymentId: '' };

  await t.test('§6 the databases run before a service starts', async (t) => {
    first = await change(bundle, 'POST', '/v2/groups', {
      id: '/product',
      groups: [
        { id: 'database', apps: [sleeper('mongo', 3), sleeper('mysql', 1)] },
        {
          id: 'service',
          dependencies: ['/product/database'],
          apps: [sleeper('play-app', 2), sleeper('rails-app', 4)],
        },
      ],
    });
    const told = await until(events, first.deploymentId);
    await bundle.waitForDeployments();
    t.same(await running(), [3, 1, 2, 4]);

    const databases = [...(await bundle.tasks(apps.mongo)), ...(await bundle.tasks(apps.mysql))];
    const services = [...(await bundle.tasks(apps.play)), ...(await bundle.tasks(apps.rails))];
    t.ok(lastStart(databases) <= firstStaged(services), `${lastStart(databases)}, then ${firstStaged(services)}`);
    const lastOfDatabase = told.findLastIndex((event) => isUpdateOf(event, '/product/database'));
    const firstOfService = told.findIndex((event) => isUpdateOf(event, '/product/service'));
    t.ok(0 <= lastOfDatabase && lastOfDatabase < firstOfService, 'the events are in the same order');

    const info = told.find(({ eventType }) => eventType === 'deployment_info');
    const { steps } = info?.['plan'] as { steps: { actions: { action: string; app: string }[] }[] };
    t.same(
      steps.map(({ actions }) => actions.map(({ action, app }) => `${action} ${app}`).sort()),
      [
        Object.values(apps)
          .map((id) => `StartApplication /${id}`)
          .sort(),
        ['ScaleApplication /product/database/mongo', 'ScaleApplication /product/database/mysql'],
        ['ScaleApplication /product/service/play-app', 'ScaleApplication /product/service/rails-app'],
      ],
    );
  });

  await t.test('§6 dependencies by relative paths, ones that do not exist included', async (t) => {
    for (const [name, dependency] of [
      ['relative', '../database'],
      ['through', 'specific/../../database'],
    ] as const) {
      const { deploymentId } = await change(bundle, 'POST', '/v2/groups', {
        id: `/${name}`,
        groups: [
          { id: 'service', dependencies: [dependency], apps: [sleeper('rails-app', 1)] },
          { id: 'database', apps: [sleeper('mongo', 1)] },
        ],
      });
      const told = await until(events, deploymentId);
      const { body } = await bundle.api('GET', `/v2/groups/${name}/service`);
      t.match(body, { id: `/${name}/service`, dependencies: [`/${name}/database`] });
      const isRunning = (event: StreamedEvent, id: string): boolean =>
        isUpdateOf(event, id) && event['taskStatus'] === 'TASK_RUNNING';
      const database = told.findIndex((event) => isRunning(event, `/${name}/database/mongo`));
      const service = told.findIndex((event) => isUpdateOf(event, `/${name}/service/rails-app`));
      t.ok(0 <= database && database < service, `${dependency}: first the database`);
      await bundle.waitForDeployments();
      await change(bundle, 'DELETE', `/v2/groups/${name}`);
    }
    await bundle.waitForDeployments();
  });

  await t.test('§6 half as many again of everything, the databases first; and back to the first version', async (t) => {
    const from = events.length;
    const scaled = await change(bundle, 'PUT', '/v2/groups/product', { scaleBy: 1.5 });
    const told = await until(events, scaled.deploymentId, from);
    await bundle.waitForDeployments();
    t.same(await running(), [5, 2, 3, 6]);
    const lastOfDatabase = told.findLastIndex((event) => isUpdateOf(event, '/product/database'));
    const firstOfService = told.findIndex((event) => isUpdateOf(event, '/product/service'));
    t.ok(0 <= lastOfDatabase && lastOfDatabase < firstOfService, 'the databases first');

    const versions = (await bundle.api('GET', '/v2/groups/product/versions')).body as string[];
    t.same([versions[0], versions.at(-1)], [scaled.version, first.version]);
    await change(bundle, 'PUT', '/v2/groups/product', { version: first.version });
    await bundle.waitForDeployments();
    t.same(await running(), [3, 1, 2, 4], 'what it was');
    t.match((await bundle.api('GET', '/v2/apps//product/database/mongo')).body, { app: { instances: 3 } });
  });

  await t.test('§6 deleting a group ends everything in it, the databases last', async (t) => {
    const from = events.length;
    const { deploymentId } = await change(bundle, 'DELETE', '/v2/groups/product');
    const told = await until(events, deploymentId, from);
    await bundle.waitForDeployments();
    t.same(
      told
        .filter(({ eventType }) => eventType === 'app_terminated_event')
        .map(({ appId }) => appId)
        .sort(),
      Object.values(apps)
        .map((id) => `/${id}`)
        .sort(),
    );
    const lastOfService = told.findLastIndex((event) => isUpdateOf(event, '/product/service'));
    const firstOfDatabase = told.findIndex((event) => isUpdateOf(event, '/product/database'));
    t.ok(0 <= lastOfService && lastOfService < firstOfDatabase, 'the services first');
    t.equal((await bundle.api('GET', '/v2/groups/product')).status, 404);
    await waitFor('the master to know', async () => (await tasksInMesos(bundle)).length === 0);
    t.match((await bundle.api('GET', '/v2/apps')).body, { apps: [] });
  });

  await t.test('§6 an upgrade keeps to its limits, and the database is done before the app begins', async (t) => {
    const product = (release: string) => ({
      id: '/upgrade',
      groups: [
        {
          id: 'database',
          apps: [
            {
              ...sleeper('db', 5),
              env: { RELEASE: release },
              upgradeStrategy: { minimumHealthCapacity: 0.6, maximumOverCapacity: 0.2 },
            },
          ],
        },
        {
          id: 'service',
          dependencies: ['/upgrade/database'],
          apps: [
            {
              ...sleeper('app', 5),
              env: { RELEASE: release },
              upgradeStrategy: { minimumHealthCapacity: 0.8, maximumOverCapacity: 0.6 },
            },
          ],
        },
      ],
    });
    await change(bundle, 'POST', '/v2/groups', product('1'));
    await bundle.waitForDeployments();
    const old = await Promise.all(['upgrade/database/db', 'upgrade/service/app'].map((id) => bundle.tasks(id)));
    const from = events.length;
    const { deploymentId } = await change(bundle, 'PUT', '/v2/groups/upgrade', product('2'));
    const told = await until(events, deploymentId, from);
    await bundle.waitForDeployments();

    for (const [i, { id, least, most }] of [
      { id: '/upgrade/database/db', least: 3, most: 6 },
      { id: '/upgrade/service/app', least: 4, most: 8 },
    ].entries()) {
      const alive = new Set(old[i]?.map((task) => task.id));
      const sizes = told
        .filter((event) => isUpdateOf(event, id))
        .map(({ taskId, taskStatus }) => {
          if (taskStatus === 'TASK_RUNNING') alive.add(String(taskId));
          else if (/^TASK_(KILLED|FINISHED|FAILED|LOST)$/.test(String(taskStatus))) alive.delete(String(taskId));
          return alive.size;
        });
      t.ok(
        sizes.every((size) => size >= least),
        `${id}: never fewer than ${least} of ${sizes.join(' ')}`,
      );
      t.ok(
        sizes.every((size) => size <= most),
        `${id}: never more than ${most}`,
      );
      t.ok(
        old[i]?.every((task) => !alive.has(task.id)),
        'none of the old ones is left',
      );
      t.equal(alive.size, 5);
    }
    const lastOfDatabase = told.findLastIndex((event) => isUpdateOf(event, '/upgrade/database'));
    const firstOfService = told.findIndex((event) => isUpdateOf(event, '/upgrade/service'));
    t.ok(0 <= lastOfDatabase && lastOfDatabase < firstOfService, 'the database first');
    await change(bundle, 'DELETE', '/v2/groups/upgrade');
    await bundle.waitForDeployments();
  });

  await t.test('kill -9 of the scheduler in the middle: in the end there is exactly what was wanted', async (t) => {
    const gate = join(bundle.workDir, 'gate');
    const check = { protocol: 'HTTP', path: '/', portIndex: 0, intervalSeconds: 1, gracePeriodSeconds: 300 };
    await change(bundle, 'POST', '/v2/groups', {
      id: '/middle',
      groups: [
        { id: 'database', apps: [sleeper('db', 2)] },
        { id: 'service', dependencies: ['../database'], apps: [sleeper('app', 2), sleeper('gone', 1)] },
      ],
    });
    await bundle.waitForDeployments();
    const oldApp = await bundle.tasks('middle/service/app');
    // The new databases are healthy when the gate is open, and no sooner: the deployment cannot end before
    const { version, deploymentId } = await change(bundle, 'PUT', '/v2/groups/middle', {
      groups: [
        {
          id: 'database',
          apps: [
            {
              ...sleeper('db', 2),
              cmd: `while [ ! -e '${gate}' ]; do sleep 0.1; done; ${echoCommand}`,
              healthChecks: [check],
            },
          ],
        },
        {
          id: 'service',
          dependencies: ['../database'],
          apps: [{ ...sleeper('app', 3), env: { RELEASE: '2' } }, sleeper('extra', 1)],
        },
      ],
    });
    await waitFor(
      'the new databases to run',
      async () => (await runningOf(bundle, ['middle/database/db']))['middle/database/db'] === 4,
    );

    await bundle.kill('scheduler');
    await bundle.ready();
    const underWay = (await bundle.api('GET', '/v2/deployments')).body as { id: string; version: string }[];
    t.match(underWay, [{ id: deploymentId, version }], 'the deployment is under way as before');
    t.same(
      (await bundle.tasks('middle/service/app')).map(({ id }) => id).sort(),
      oldApp.map(({ id }) => id).sort(),
      'whose turn has not come is left alone',
    );

    writeFileSync(gate, '');
    await waitFor(
      'a new task of the app',
      async () => (await bundle.tasks('middle/service/app')).some(({ id }) => oldApp.every((task) => task.id !== id)),
      { withinMs: 60_000, everyMs: 20 },
    );
    await bundle.kill('scheduler');
    await bundle.ready();
    await bundle.waitForDeployments();

    const wanted = { 'middle/database/db': 2, 'middle/service/app': 3, 'middle/service/extra': 1 };
    t.same(await runningOf(bundle, Object.keys(wanted)), wanted);
    const tasks = (await Promise.all(Object.keys(wanted).map((id) => bundle.tasks(id)))).flat();
    t.ok(
      tasks.every((task) => task.version === version),
      'all of the new version',
    );
    t.equal((await bundle.api('GET', '/v2/apps/middle/service/gone')).status, 404);
    await waitFor('the master to have just these tasks', async () => {
      const found = await tasksInMesos(bundle);
      if (
        found.join() !==
        tasks
          .map(({ id }) => id)
          .sort()
          .join()
      )
        throw new Error(`found ${found.join()}`);
      return true;
    });
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});
