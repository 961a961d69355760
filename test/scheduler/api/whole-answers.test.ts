import t from 'tap';
import { WholeAnswers } from '../../../src/scheduler/api/render/whole-answers.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

t.test('an answer is made anew when something has changed, and only then', async (t) => {
  const state = { changes: 0 };
  const answers = new WholeAnswers(state);
  let made = 0;
  const text = (): string => `answer ${++made}`;
  const first = answers.of('list', text);
  t.equal(first.toString(), 'answer 1');
  t.equal(answers.of('list', text), first, 'the same bytes, not only equal ones');
  t.equal(answers.of('other', text).toString(), 'answer 2', 'each name has its own');
  t.equal(answers.of('list', text), first);
  state.changes++;
  t.equal(answers.of('list', text).toString(), 'answer 3');
});

t.test('lists show every change at once', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api, checker } = scheduler;
  const apps = '/v2/apps';
  const appsWithTasks = '/v2/apps?embed=apps.tasks';
  const groups = '/v2/groups';
  const tasks = '/v2/tasks';
  const lists = [apps, appsWithTasks, groups, tasks];
  const look = (): Promise<readonly string[]> =>
    Promise.all(lists.map(async (url) => (await ask(api, 'GET', url)).text));
  let before = await look();
  /** The lists that differ from those of the look before. */
  const changed = async (): Promise<readonly string[]> => {
    const now = await look();
    const result = lists.filter((_url, i) => now[i] !== before[i]);
    before = now;
    return result;
  };
  t.same(await changed(), [], 'nothing has changed');

  const healthChecks = [{ protocol: 'HTTP', path: '/', gracePeriodSeconds: 0 }];
  await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'sleep 1', healthChecks });
  t.same(await changed(), [apps, appsWithTasks, groups], 'an app is there');

  const [instance] = await scheduler.run('/a');
  if (instance === undefined) return t.fail('nothing runs');
  t.same(await changed(), [apps, appsWithTasks, tasks], 'its task runs');

  checker.run(instance.taskId);
  await scheduler.status(instance.taskId, 'TASK_RUNNING');
  t.same(await changed(), [apps, appsWithTasks, tasks], 'and is healthy');

  await ask(api, 'DELETE', '/v2/apps//a');
  t.ok((await changed()).includes(apps), 'the app goes');
  t.same((await ask(api, 'GET', apps)).json.apps, []);
});
