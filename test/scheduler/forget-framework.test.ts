// The way on after Mesos has removed the framework: the real scheduler and the embedded cluster.
import t from 'tap';
import { startCluster } from '../../src/cluster/start.js';
import { silentLogger } from '../../src/common/logger.js';
import type { RoleHandle } from '../../src/common/role.js';
import { forgetFramework } from '../../src/scheduler/backup/forget-framework.js';
import { changeStoredState } from '../../src/scheduler/backup/stored-state.js';
import { startScheduler } from '../../src/scheduler/start.js';
import { ask } from '../e2e/support/http.js';
import { options } from '../support/fake-service.js';
import { freePort } from '../support/ports.js';
import { waitFor } from '../support/wait.js';

interface Shown {
  readonly frameworks: readonly { readonly id: string; readonly tasks: readonly { readonly id: string }[] }[];
}

t.test('a framework that was torn down is forgotten, and everything comes back as wanted', async (t) => {
  const workDir = t.testdir();
  const [masterPort, agentPort, httpPort] = [await freePort(), await freePort(), await freePort()];
  const cluster = await startCluster(
    {
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      masterPort,
      agentPort,
      workDir,
      resources: 'cpus:8;mem:4096;disk:1000;ports:[31000-31099]',
      attributes: '',
      simulation: { agents: 2, attributes: '', domain: '', hostname: 'agent-{n}', startDelayMs: 10 },
    },
    { logger: silentLogger, fatal: (error) => t.fail(error.message) },
  );
  t.teardown(() => cluster.stop('everything'));

  const ends: { readonly message: string; readonly status: number }[] = [];
  let scheduler: RoleHandle | undefined;
  const start = async (): Promise<void> => {
    scheduler = await startScheduler(
      {
        ...options,
        master: `127.0.0.1:${masterPort}`,
        httpPort,
        workDir,
        minReviveOffersIntervalMs: 50,
        reconciliationInitialDelayMs: 500,
      },
      { logger: silentLogger, fatal: ({ message }, status) => void ends.push({ message, status }) },
    );
  };
  const stop = async (): Promise<void> => {
    await scheduler?.stop('self');
    scheduler = undefined;
  };
  t.teardown(stop);

  const frameworks = async (): Promise<Shown['frameworks']> =>
    (JSON.parse((await ask(masterPort, '/state')).text) as Shown).frameworks;
  /** The ids of the tasks that run, for Mesos and for the scheduler, when both agree on so many. */
  const running = (count: number): Promise<string[]> =>
    waitFor(`${count} tasks`, async () => {
      const known = (await frameworks()).flatMap(({ tasks }) => tasks.map(({ id }) => id)).sort();
      const { tasks } = JSON.parse((await ask(httpPort, '/v2/tasks')).text) as {
        tasks: { id: string; state: string }[];
      };
      const shown = tasks.filter(({ state }) => state === 'TASK_RUNNING').map(({ id }) => id);
      return known.length === count && known.join() === shown.sort().join() ? known : undefined;
    });

  await start();
  for (const [id, instances] of [
    ['/a', 3],
    ['/g/b', 2],
  ] as const) {
    const app = { id, cmd: 'sleep 1000', cpus: 0.1, mem: 32, instances, backoffSeconds: 0 };
    const { status, text } = await ask(httpPort, '/v2/apps', { method: 'POST', body: app });
    t.equal(status, 201, text);
  }
  const before = await running(5);
  const [{ id: former = '' } = {}] = await frameworks();

  const torn = await ask(masterPort, '/teardown', { method: 'POST', body: `frameworkId=${former}` });
  t.equal(torn.status, 200, torn.text);
  const end = await waitFor('the end of the scheduler', () => ends[0]);
  t.equal(end.status, 105);
  t.match(end.message, /Framework has been removed.*ekiden forget-framework --work_dir/s);
  await stop();

  ends.length = 0;
  await start();
  t.match(
    (await waitFor('its end again', () => ends[0])).message,
    /Framework has been removed/,
    'Mesos never takes it back',
  );
  await stop();

  const place = { workDir, zookeeper: undefined, holder: 'test', logger: silentLogger };
  const forgotten = await changeStoredState(place, { mustExist: true }, forgetFramework);
  t.match(forgotten, { frameworkId: former });
  ends.length = 0;
  await start();
  const after = await running(5);
  t.same(
    after.filter((id) => before.includes(id)),
    [],
    'launched anew',
  );
  const { apps } = JSON.parse((await ask(httpPort, '/v2/apps')).text) as {
    apps: { id: string; tasksRunning: number }[];
  };
  t.same(apps.map(({ id, tasksRunning }) => [id, tasksRunning]).sort(), [
    ['/a', 3],
    ['/g/b', 2],
  ]);
  const [{ id: present = '' } = {}, ...others] = await frameworks();
  t.not(present, former);
  t.same(others, []);
  t.same(ends, []);
});
