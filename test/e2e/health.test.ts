// Health checks and checks of every kind against real processes: what is unhealthy is replaced, what is only checked goes on.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';
import { waitFor } from '../support/wait.js';
import { recordEvents } from './marathon-api/support/event-stream.js';
import { startBundle } from './support/bundle.js';
import type { ApiTask, Bundle } from './support/bundle.js';
import { readExample } from './support/examples.js';
import { running } from './support/running.js';
import { sandboxDirectory } from './support/sandbox.js';

t.setTimeout(300_000);

interface CheckedTask extends ApiTask {
  readonly checkResult?: unknown;
}

/**
 * A server on the task's first port: 200 for every path for which there is a file in `directory`, else 404; and as long as there is no
 * `deaf`, it listens at all.
 */
const serverIn = (directory: string): string =>
  `exec '${process.execPath}' -e '${[
    'const { existsSync } = require("fs"), { PORT0, HOST } = process.env;',
    `const is = (name) => existsSync("${directory}/" + name);`,
    'const server = require("http").createServer((q, a) => a.writeHead(is(q.url.slice(1)) ? 200 : 404).end());',
    'setInterval(() => { if (is("deaf") === server.listening) is("deaf") ? (server.close(), server.closeAllConnections()) : server.listen(+PORT0, HOST); }, 50);',
  ].join(' ')}'`;

const times = {
  intervalSeconds: 1,
  timeoutSeconds: 10,
  delaySeconds: 0,
  gracePeriodSeconds: 120,
  maxConsecutiveFailures: 2,
};

const healthOf = (task: ApiTask): readonly boolean[] => (task.healthCheckResults ?? []).map(({ alive }) => alive);

function healthy(bundle: Bundle, appId: string, not?: string, withinMs = 60_000): Promise<ApiTask> {
  return waitFor(
    `${appId} to be healthy`,
    async () => {
      const tasks = await bundle.tasks(appId);
      return tasks.find(
        (task) => task.id !== not && healthOf(task).length > 0 && healthOf(task).every((alive) => alive),
      );
    },
    { withinMs, everyMs: 100 },
  );
}

async function memberOfApp(bundle: Bundle, appId: string, name: string): Promise<unknown> {
  const { body } = await bundle.api('GET', `/v2/apps/${appId}?embed=app.lastTaskFailure&embed=app.counts`);
  return (body as { app: Record<string, unknown> }).app[name];
}

t.test('health checks and checks', async (t) => {
  const bundle = await startBundle(t);
  const events = await recordEvents(t, bundle);
  const base = { cpus: 0.05, mem: 32 };
  // What the apps serve has to outlive the test of each: they go on
  const root = t.testdir();
  const directoryOf = (id: string, files: readonly string[] = []): string => {
    const directory = join(root, id);
    mkdirSync(directory);
    for (const name of files) writeFileSync(join(directory, name), '');
    return directory;
  };

  await t.test('§4 as users write it: HTTP, TCP and COMMAND', async (t) => {
    const ids = ['health-http', 'health-tcp', 'health-command'];
    for (const id of ids) await bundle.postApp({ ...readExample(id), ...base });
    const tasks = await Promise.all(ids.map(async (id) => (await running(bundle, id, 1))[0]?.id ?? ''));
    // The command is asked for the first time after 15 s, HTTP after 5 s and then after a minute: the servers answer by then
    for (const [i, file] of ['api/health', '', 'health'].entries()) {
      if (file === '') continue;
      const path = join(await sandboxDirectory(bundle, tasks[i] ?? ''), file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, '');
    }
    await Promise.all(ids.map((id) => healthy(bundle, id, undefined, 90_000)));
    await bundle.waitForDeployments();
    t.same(
      await Promise.all(ids.map(async (id) => (await bundle.tasks(id)).map((task) => task.id))),
      tasks.map((id) => [id]),
    );
    for (const id of ids) t.equal((await bundle.api('DELETE', `/v2/apps/${id}`)).status, 200);
    await bundle.waitForDeployments();
  });

  const sick = async (
    id: string,
    healthCheck: object,
    files: readonly string[],
    spoil: (directory: string) => void,
  ) => {
    await t.test(`${id}: unhealthy tasks are replaced, without a delay`, async (t) => {
      const directory = directoryOf(id, files);
      await bundle.postApp({ ...base, id, cmd: serverIn(directory), healthChecks: [{ ...times, ...healthCheck }] });
      await bundle.waitForDeployments();
      const first = await healthy(bundle, id);
      t.equal(await memberOfApp(bundle, id, 'tasksHealthy'), 1, 'the deployment ended when it was healthy');
      spoil(directory);
      await waitFor('another task', async () => (await bundle.tasks(id)).some((task) => task.id !== first.id), {
        withinMs: 60_000,
        everyMs: 50,
      });
      for (const name of files) writeFileSync(join(directory, name), '');
      rmSync(join(directory, 'deaf'), { force: true });
      await healthy(bundle, id, first.id);
      await running(bundle, id, 1);
      t.equal(await memberOfApp(bundle, id, 'lastTaskFailure'), undefined, 'it was killed: it did not fail');
      const about = events.filter((event) => event['appId'] === `/${id}`);
      const told = about.map(({ eventType }) => eventType);
      t.ok(told.includes('failed_health_check_event'));
      t.notOk(told.includes('unhealthy_instance_kill_event'), 'the agent ended it, not the scheduler');
      t.same(
        about.filter(({ eventType }) => eventType === 'health_status_changed_event').map((event) => event['alive']),
        [true, false, true],
      );
    });
  };
  await Promise.all([
    sick(
      'by-command',
      { protocol: 'COMMAND', command: { value: 'curl -f -X GET http://$HOST:$PORT0/health' } },
      ['health'],
      (d) => rmSync(join(d, 'health')),
    ),
    sick('by-http', { protocol: 'MESOS_HTTP', path: '/health' }, ['health'], (d) => rmSync(join(d, 'health'))),
    sick('by-tcp', { protocol: 'MESOS_TCP' }, [], (d) => writeFileSync(join(d, 'deaf'), '')),
  ]);

  await t.test('TCP with maxConsecutiveFailures 0 never kills', async (t) => {
    const directory = directoryOf('tolerant');
    await bundle.postApp({
      ...base,
      id: 'tolerant',
      cmd: serverIn(directory),
      healthChecks: [{ ...times, protocol: 'TCP', maxConsecutiveFailures: 0 }],
    });
    await bundle.waitForDeployments();
    const { id } = await healthy(bundle, 'tolerant');
    writeFileSync(join(directory, 'deaf'), '');
    await waitFor('some failures', () => {
      const failures = events.filter(
        (event) => event.eventType === 'failed_health_check_event' && event['appId'] === '/tolerant',
      );
      return failures.length >= 3;
    });
    t.equal(await memberOfApp(bundle, 'tolerant', 'tasksUnhealthy'), 1);
    rmSync(join(directory, 'deaf'));
    t.equal((await healthy(bundle, 'tolerant')).id, id, 'the same task');
  });

  await t.test('{"path": "/"} alone takes every default', async (t) => {
    await bundle.postApp({ ...base, id: 'plain', cmd: serverIn('/'), healthChecks: [{ path: '/' }] });
    t.same(await memberOfApp(bundle, 'plain', 'healthChecks'), [
      {
        protocol: 'HTTP',
        path: '/',
        portIndex: 0,
        gracePeriodSeconds: 300,
        intervalSeconds: 60,
        timeoutSeconds: 20,
        maxConsecutiveFailures: 3,
        delaySeconds: 15,
        ignoreHttp1xx: false,
        ipProtocol: 'IPv4',
      },
    ]);
    await healthy(bundle, 'plain');
  });

  await t.test('checks are shown, and end nothing', async (t) => {
    const directory = directoryOf('checks', ['fine']);
    const fine = join(directory, 'fine');
    const checks = {
      'check-exec': { exec: { command: { shell: `test -f '${fine}' || exit 7` } } },
      'check-http': { http: { path: '/fine' } },
      'check-tcp': { tcp: { portIndex: 0 } },
    };
    for (const [id, check] of Object.entries(checks)) {
      await bundle.postApp({
        ...base,
        id,
        cmd: serverIn(directory),
        check: { ...check, intervalSeconds: 1, timeoutSeconds: 10, delaySeconds: 0 },
      });
    }
    const resultsAre = (what: string, wanted: readonly object[]): Promise<readonly string[]> =>
      waitFor(
        what,
        async () => {
          const tasks = (await Promise.all(Object.keys(checks).map((id) => bundle.tasks(id)))).flat() as CheckedTask[];
          const found = JSON.stringify(tasks.map(({ checkResult }) => checkResult));
          if (found !== JSON.stringify(wanted)) throw new Error(found);
          return tasks.map(({ id }) => id);
        },
        { withinMs: 60_000, everyMs: 100 },
      );
    const all = await resultsAre('all to succeed', [
      { command: { exitCode: 0 } },
      { http: { statusCode: 200 } },
      { tcp: { succeeded: true } },
    ]);
    rmSync(fine);
    await resultsAre('two to fail', [
      { command: { exitCode: 7 } },
      { http: { statusCode: 404 } },
      { tcp: { succeeded: true } },
    ]);
    writeFileSync(fine, '');
    const again = await resultsAre('all to succeed again', [
      { command: { exitCode: 0 } },
      { http: { statusCode: 200 } },
      { tcp: { succeeded: true } },
    ]);
    t.same(again, all, 'the same tasks');
    const about = events.filter(({ appId }) => String(appId).startsWith('/check-')).map(({ eventType }) => eventType);
    t.notOk(about.some((type) => type.includes('health')));
  });

  await t.test('what the agent said before is known again after the scheduler was restarted', async (t) => {
    const { id } = await healthy(bundle, 'by-command');
    await bundle.kill('scheduler');
    await bundle.ready();
    t.equal((await healthy(bundle, 'by-command')).id, id);
  });
});
