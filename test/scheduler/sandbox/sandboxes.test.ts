import t from 'tap';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import type { AgentFiles } from '../../../src/scheduler/ports/agent-files.js';
import { readSandboxPath } from '../../../src/scheduler/sandbox/sandbox-path.js';
import { Sandboxes } from '../../../src/scheduler/sandbox/sandboxes.js';
import { placeInState, runSpecOfTask } from '../../../src/scheduler/sandbox/task-place.js';

const instance = 'shop_web.instance-867ed450-f6a8-4d33-9b0e-e11c5513990b';
const ofApp = `${instance}._app.1`;
const ofPod = `${instance}.nginx.2`;

/** An agent that has these directories; `asked` is what it was asked for. */
function agentWith(directories: readonly string[], sandbox?: string): { files: AgentFiles; asked: string[] } {
  const asked: string[] = [];
  const none = (): never => {
    throw new Error('not asked for here');
  };
  return {
    asked,
    files: {
      browse: async (_agentId, path) => {
        asked.push(`browse ${path}`);
        return directories.includes(path) ? [] : undefined;
      },
      sandboxOf: async () => {
        asked.push('state');
        return sandbox;
      },
      sizeOf: none,
      read: none,
      fetch: none,
      findTask: none,
    },
  };
}

t.test('where the sandbox of a task is', async (t) => {
  const cases = [
    [{ taskId: ofApp }, `/frameworks/F/executors/${ofApp}/runs/latest`],
    [{ taskId: ofApp, executorId: 'marathon-x' }, '/frameworks/F/executors/marathon-x/runs/latest'],
    [
      { taskId: ofPod },
      `/frameworks/F/executors/instance-shop_web.867ed450-f6a8-4d33-9b0e-e11c5513990b/runs/latest/tasks/${ofPod}`,
    ],
  ] as const;
  for (const [task, place] of cases) {
    const { files, asked } = agentWith([]);
    const found = await new Sandboxes(files).with(
      { frameworkId: 'F', agentId: 'S1', ...task },
      'a/b',
      async (at) => at,
    );
    t.equal(found, `${place}/a/b`);
    t.same(asked, [], 'nothing else was asked');
  }
});

t.test('an agent that calls it otherwise is asked once where it is', async (t) => {
  const { files, asked } = agentWith([], '/var/lib/mesos/slaves/S1/…/runs/4a75');
  const sandboxes = new Sandboxes(files);
  const task = { taskId: ofApp, frameworkId: 'F', agentId: 'S1' };
  const use = async (at: string): Promise<string | undefined> => (at.startsWith('/var') ? at : undefined);
  t.equal(await sandboxes.with(task, 'stdout', use), '/var/lib/mesos/slaves/S1/…/runs/4a75/stdout');
  t.equal(await sandboxes.with(task, '', use), '/var/lib/mesos/slaves/S1/…/runs/4a75');
  t.equal(asked.filter((one) => one === 'state').length, 1);
});

t.test('a file that is not there, and a sandbox that is not', async (t) => {
  const task = { taskId: ofApp, frameworkId: 'F', agentId: 'S1' };
  const none = async (): Promise<undefined> => undefined;
  const there = agentWith([`/frameworks/F/executors/${ofApp}/runs/latest`]);
  await t.rejects(new Sandboxes(there.files).with(task, 'nope', none), /There is no nope in the sandbox/);
  t.notOk(there.asked.includes('state'));
  const gone = agentWith([]);
  await t.rejects(new Sandboxes(gone.files).with(task, 'stdout', none), /has no sandbox of the task/);
  const elsewhere = agentWith([], '/var/x');
  await t.rejects(new Sandboxes(elsewhere.files).with(task, 'nope', none), /There is no nope in the sandbox/);
});

t.test('paths in a sandbox', (t) => {
  for (const [given, path] of [
    ['', ''],
    ['stdout', 'stdout'],
    ['a/b c/…', 'a/b c/…'],
    ['a/', 'a'],
    ['..a/b..', '..a/b..'],
  ] as const) {
    t.equal(readSandboxPath(given), path);
  }
  for (const odd of ['/etc/passwd', '..', 'a/../b', '.', 'a/./b', 'a//b', 'a//', 'a\0b', `${'x'.repeat(5000)}`]) {
    t.throws(() => readSandboxPath(odd), ApiError, JSON.stringify(odd.slice(0, 20)));
  }
  t.end();
});

t.test('the app of a task, and the agent that it was on', (t) => {
  t.equal(runSpecOfTask(ofApp), '/shop/web');
  t.equal(runSpecOfTask(ofPod), '/shop/web');
  for (const odd of [
    '',
    'a',
    instance,
    '../x.instance-1._app.1',
    'a/b.instance-1._app.1',
    `${'a'.repeat(2000)}${ofApp}`,
  ]) {
    t.equal(runSpecOfTask(odd), undefined, odd.slice(0, 40));
  }
  const nowhere = { instances: new Map(), ended: new Map(), failures: new Map() };
  t.equal(placeInState(nowhere, '/shop/web', ofApp), undefined);
  const place = { agentId: 'S1', host: 'h1' };
  const ended = { instanceId: instance, taskId: ofPod, ...place };
  const cases = [
    { ...nowhere, instances: new Map([[instance, { id: instance, ...place }]]) },
    { ...nowhere, ended: new Map([['/shop/web', [{ ...ended, agentId: 'older', instanceId: 'other' }, ended]]]) },
    { ...nowhere, failures: new Map([['/shop/web', { taskId: ofApp, slaveId: 'S1', host: 'h1' }]]) },
  ];
  for (const state of cases) t.same(placeInState(state as never, '/shop/web', ofApp), place);
  t.end();
});
