// The groups of the manuals in their full size, on simulated agents: order, numbers and bounds as told there.
import type { Test } from 'tap';
import t from 'tap';
import { waitFor } from '../support/wait.js';
import { startBundle } from './support/bundle.js';
import type { Bundle } from './support/bundle.js';
import { readExample } from './support/examples.js';
import { recordEvents } from './marathon-api/support/event-stream.js';
import type { StreamedEvent } from './marathon-api/support/event-stream.js';

t.setTimeout(180_000);

/** Sends a change of a group, waits for the end of its deployment, and returns what was told meanwhile. */
async function change(
  t: Test,
  bundle: Bundle,
  events: readonly StreamedEvent[],
  [method, path, body]: readonly [string, string, object?],
): Promise<readonly StreamedEvent[]> {
  const from = events.length;
  const answer = await bundle.api(method, path, body);
  t.ok(answer.status < 300, `${method} ${path}: ${answer.status < 300 ? answer.status : answer.text}`);
  const { deploymentId } = answer.body as { deploymentId: string };
  const end = await waitFor(
    'the deployment',
    () => {
      const at = events.findIndex(({ eventType, id }) => eventType === 'deployment_success' && id === deploymentId);
      return at >= 0 && at;
    },
    { withinMs: 60_000 },
  );
  return events.slice(from, end + 1);
}

const isUpdateOf = ({ eventType, appId }: StreamedEvent, group: string): boolean =>
  eventType === 'status_update_event' && typeof appId === 'string' && appId.startsWith(group);

/** Whether all that happened to the tasks below one group happened before anything did to those below the other. */
function isBefore(told: readonly StreamedEvent[], first: string, second: string): boolean {
  const last = told.findLastIndex((event) => isUpdateOf(event, first));
  const next = told.findIndex((event) => isUpdateOf(event, second));
  return 0 <= last && last < next;
}

/** How many tasks of each app run. */
async function sizes(bundle: Bundle, appIds: readonly string[]): Promise<number[]> {
  const tasks = await Promise.all(appIds.map((id) => bundle.tasks(id)));
  return tasks.map((list) => list.filter(({ state }) => state === 'TASK_RUNNING').length);
}

t.test('the groups of the manuals', async (t) => {
  const bundle = await startBundle(t, ['--simulate', '--agents=8']);
  const events = await recordEvents(t, bundle);
  const [database, service] = ['/product/database', '/product/service'];

  await t.test('§6 started databases first, scaled by half, stopped services first', async (t) => {
    const apps = ['database/mongo', 'database/mysql', 'service/play-app', 'service/rails-app'].map(
      (id) => `product/${id}`,
    );
    const started = await change(t, bundle, events, ['POST', '/v2/groups', readExample('group-product')]);
    t.same(await sizes(bundle, apps), [13, 4, 6, 23]);
    t.ok(isBefore(started, database, service), 'started: the databases first');

    const half = readExample('scale-group-by-half');
    const scaled = await change(t, bundle, events, ['PUT', '/v2/groups/product', half]);
    t.same(await sizes(bundle, apps), [20, 6, 9, 35]);
    t.ok(isBefore(scaled, database, service), 'scaled: the databases first');

    const stopped = await change(t, bundle, events, ['DELETE', '/v2/groups/product']);
    t.ok(isBefore(stopped, service, database), 'stopped: the services first');
    t.same((await bundle.api('GET', '/v2/tasks')).body, { tasks: [] });
  });

  await t.test('§6 an upgrade: never fewer than 6 and 16, at most 12 and 32, the database done first', async (t) => {
    const example = readExample('upgrade-db-app');
    await change(t, bundle, events, ['POST', '/v2/groups', example]);
    const [db, app] = ['product/database/db', 'product/service/app'];
    const old = new Map(
      await Promise.all(
        [db, app].map(async (id) => [`/${id}`, (await bundle.tasks(id)).map((task) => task.id)] as const),
      ),
    );
    const next = JSON.parse(JSON.stringify(example).replaceAll('sleep 3600', 'sleep 7200')) as object;
    const told = await change(t, bundle, events, ['PUT', '/v2/groups/product', next]);
    for (const [id, least, most] of [
      [`/${db}`, 6, 12],
      [`/${app}`, 16, 32],
    ] as const) {
      const alive = new Set(old.get(id));
      const counts = told
        .filter((event) => isUpdateOf(event, id))
        .map(({ taskId, taskStatus }) => {
          if (taskStatus === 'TASK_RUNNING') alive.add(String(taskId));
          else if (/^TASK_(?:KILLED|FINISHED|FAILED|LOST)$/.test(String(taskStatus))) alive.delete(String(taskId));
          return alive.size;
        });
      t.ok(Math.min(...counts) >= least, `${id}: ${Math.min(...counts)} at least`);
      t.ok(Math.max(...counts) <= most, `${id}: ${Math.max(...counts)} at most`);
      t.notOk(
        old.get(id)?.some((taskId) => alive.has(taskId)),
        'all of them are new',
      );
    }
    t.ok(isBefore(told, database, service), 'the database is done before the app begins');
    t.same(await sizes(bundle, [db, app]), [10, 20]);
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});
