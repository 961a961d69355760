import type { Test } from 'tap';
import type { TaskInfo } from '../../../src/mesos/types.js';
import { taskInfoOf } from '../../../src/scheduler/adapters/mesos/task-info.js';
import type { SchedulerOptions } from '../../../src/scheduler/options.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { launchedTasks } from '../../support/launched-tasks.js';

/** The first task of an app, as Mesos is told to start it, and as the API shows it. */
export async function launched(
  t: Test,
  app: object,
  options: Partial<SchedulerOptions> = {},
): Promise<{ info: TaskInfo; task: Record<string, unknown> }> {
  const scheduler = await startFakeScheduler(t, options);
  const { api, calls } = scheduler;
  const created = await ask(api, 'POST', '/v2/apps', { id: '/web', ...app });
  t.equal(created.status, 201, created.text);
  await scheduler.run('/web', { hostname: 'agent1' });
  const [launch] = launchedTasks(calls);
  if (launch === undefined) throw new Error('nothing was launched');
  const { tasks } = (await ask(api, 'GET', '/v2/apps//web/tasks')).json as unknown as {
    tasks: Record<string, unknown>[];
  };
  return { info: taskInfoOf(launch, '*'), task: tasks[0] ?? {} };
}
