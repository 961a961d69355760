import t from 'tap';
import { silentLogger } from '../../../src/common/logger.js';
import type { ClusterCall } from '../../../src/scheduler/core/effects.js';
import type { TaskLaunch } from '../../../src/scheduler/model/offer.js';
import { processedCluster } from '../../../src/scheduler/plugins/processed-cluster.js';
import { runSpecValidatorOf } from '../../../src/scheduler/plugins/run-spec-validator.js';
import type { RunSpecTaskProcessor, RunSpecValidator } from '../../../src/scheduler/plugins/types.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { loadWritten, noteLogger } from './write-plugins.js';
import { launchedGroups, launchedTasks } from '../../support/launched-tasks.js';

const validator = 'mesosphere.marathon.plugin.validation.RunSpecValidator';
const processor = 'mesosphere.marathon.plugin.task.RunSpecTaskProcessor';

t.test('a RunSpecValidator has its say on what the definition would be', async (t) => {
  const module = `export default ({ configuration: { maxMem } }) => ({
    validate(runSpec, kind) {
      runSpec.labels = { changed: 'by the plugin' };
      if (kind !== 'app' || runSpec.mem <= maxMem) return [];
      return [{ path: '/mem', errors: ['at most ' + maxMem + ' here, not ' + runSpec.mem] }];
    },
  });`;
  const plugins = await loadWritten(t, { memory: { plugin: validator, module, configuration: { maxMem: 64 } } });
  const { api, service } = await startFakeScheduler(t, {}, { plugins });
  const create = (mem: number): ReturnType<typeof ask> =>
    ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'sleep 1', mem, labels: { own: '1' } });
  const refused = await create(65);
  t.equal(refused.status, 422);
  t.same(refused.json, {
    message: 'Object is not valid',
    details: [{ path: '/mem', errors: ['at most 64 here, not 65'] }],
  });
  t.equal((await create(64)).status, 201);
  t.same(service.state.apps.get('/a')?.labels, { own: '1' }, 'it was given a copy');
  const partial = await ask(api, 'PATCH', '/v2/apps/a?force=true', { mem: 1000 });
  t.equal(partial.status, 422);
  t.match((await create(-1)).json.details, [{ path: '/mem' }], 'our own rules come first');
});

t.test('a RunSpecValidator that fails refuses', async (t) => {
  const { logger, lines } = noteLogger();
  const returning = (value: unknown): RunSpecValidator => ({ validate: () => value as [] });
  const ask = (plugin: RunSpecValidator): unknown =>
    runSpecValidatorOf({ validators: [{ id: 'v', plugin }] }, logger)?.('app', { id: '/a' });
  t.equal(runSpecValidatorOf({ validators: [] }, logger), undefined);
  t.same(ask(returning([])), []);
  t.same(ask(returning([{ path: '/x', errors: ['e'], more: 1 }])), [{ path: '/x', errors: ['e'] }]);
  t.equal((ask(returning(Array.from({ length: 500 }, () => ({ path: '/', errors: ['e'] })))) as []).length, 100);
  for (const odd of [
    undefined,
    {},
    'no',
    [null],
    [{ path: 1, errors: [] }],
    [{ path: '/', errors: 'e' }],
    Promise.resolve([]),
    Promise.reject(new Error('late')),
  ]) {
    t.match(ask(returning(odd)), [{ path: '/', errors: [/^The plugin 'v' could not check it: /] }]);
  }
  const throwing: RunSpecValidator = {
    validate: () => {
      throw new Error('no database');
    },
  };
  t.same(ask(throwing), [{ path: '/', errors: ["The plugin 'v' could not check it: no database"] }]);
  t.ok(lines.some((line) => line.includes('no database') && line.includes('/a')));
});

t.test('a RunSpecTaskProcessor changes what is launched, not what is stored', async (t) => {
  const module = `export default ({ configuration }) => ({
    taskInfo(runSpec, task, kind) {
      return {
        ...task,
        env: { ...task.env, TOKEN: configuration.token, OF: kind + ' ' + runSpec.id },
        labels: { ...task.labels, mem: String(runSpec.mem) },
        taskId: 'another',
      };
    },
  });`;
  const plugins = await loadWritten(t, { token: { plugin: processor, module, configuration: { token: 't' } } });
  const fake = await startFakeScheduler(t, {}, { plugins });
  const { api, calls, service } = fake;
  t.equal((await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'sleep 1', mem: 32, env: { A: '1' } })).status, 201);
  const [instance] = await fake.run('/a');
  const launches = launchedTasks(calls);
  t.equal(launches.length, 1);
  t.match(launches[0], {
    taskId: instance?.taskId,
    env: { A: '1', TOKEN: 't', OF: 'app /a', MARATHON_APP_ID: '/a' },
    labels: { mem: '32' },
  });
  t.same(service.state.apps.get('/a')?.env, { A: '1' });

  const containers = ['front', 'back'].map((name) => ({ name, exec: { command: { shell: 'sleep 1' } } }));
  t.equal((await ask(api, 'POST', '/v2/pods', { id: '/p', containers })).status, 201);
  await fake.run('/p');
  t.match(
    launchedGroups(calls)[0]?.tasks,
    containers.map(({ name }) => ({ name, env: { TOKEN: 't', OF: 'pod /p' }, container: { sharesCgroups: false } })),
    'each container of a pod',
  );
});

const launch: TaskLaunch = {
  taskId: 'a.instance-1._app.1',
  name: 'a',
  agentId: 'S1',
  resources: { parts: [] },
  command: { shell: true, value: 'sleep 1' },
  user: 'root',
  env: { A: '1' },
  fetch: [{ uri: 'http://x/y', extract: true, executable: false, cache: false }],
  labels: { l: '1' },
  discovery: { name: 'a', ports: [] },
};

/** What becomes of the launch. */
async function processed(
  processors: readonly RunSpecTaskProcessor[],
  { logger = silentLogger, isKnown = true } = {},
): Promise<TaskLaunch | undefined> {
  const sent: ClusterCall[] = [];
  const cluster = processedCluster(
    {
      start: () => undefined,
      send: async (calls) => void sent.push(...calls),
      close: async () => undefined,
    },
    {
      processors: processors.map((plugin, i) => ({ id: `p${i}`, plugin })),
      describe: () => (isKnown ? { kind: 'app', json: { id: '/a' } } : undefined),
      logger,
    },
  );
  const revive: ClusterCall = { type: 'revive', roles: ['dev'] };
  await cluster.send([
    revive,
    { type: 'accept', offerId: 'O1', role: 'dev', operations: [{ type: 'launch', task: launch }] },
  ]);
  const [first, second] = sent;
  t.same(first, revive);
  return launchedTasks(second === undefined ? [] : [second])[0];
}

t.test('what a RunSpecTaskProcessor may change', async (t) => {
  t.same(await processed([]), launch);
  t.same(await processed([{ taskInfo: (_, task) => task }]), launch);
  t.same(await processed([{ taskInfo: () => ({}) }]), launch, 'what is left out stays');
  const changes = {
    command: { shell: false as const, argv: ['/bin/true'] },
    user: 'nobody',
    env: { B: '2' },
    labels: {},
    fetch: [{ uri: 'http://z', extract: false, executable: true, cache: true, destPath: 'z' }],
  };
  t.same(await processed([{ taskInfo: () => changes }]), { ...launch, ...changes });
  const { user: _, ...withoutUser } = launch;
  t.same(await processed([{ taskInfo: () => ({ user: undefined }) }]), withoutUser);
  const add = (key: string): RunSpecTaskProcessor => ({
    taskInfo: (_runSpec, { env }) => ({ env: { ...env, [key]: String(Object.keys(env).length) } }),
  });
  t.same((await processed([add('X'), add('Y')]))?.env, { A: '1', X: '1', Y: '2' }, 'one after the other');
  t.same(await processed([add('X')], { isKnown: false }), launch, 'of something that has just been deleted');
});

t.test('a RunSpecTaskProcessor that fails changes nothing', async (t) => {
  const { logger, lines } = noteLogger();
  const add: RunSpecTaskProcessor = { taskInfo: (_, { env }) => ({ env: { ...env, X: 'x' } }) };
  const odd: readonly unknown[] = [
    undefined,
    'task',
    Promise.resolve({ env: { X: 'late' } }),
    { env: { A: 1 } },
    { labels: [] },
    { command: { shell: true } },
    { command: { shell: false, argv: [1] } },
    { fetch: {} },
    { fetch: [{}] },
    { user: 1 },
  ];
  for (const value of odd) {
    const result = await processed([{ taskInfo: () => value as object }, add], { logger });
    t.same(result, { ...launch, env: { A: '1', X: 'x' } });
  }
  const failing: RunSpecTaskProcessor = { taskInfo: () => Promise.reject(new Error('late')) as object };
  t.same(await processed([failing], { logger }), launch);
  const throwing: RunSpecTaskProcessor = {
    taskInfo: (_, task) => {
      (task.env as Record<string, string>)['LEFT'] = 'behind';
      throw new Error('no token');
    },
  };
  t.same(await processed([throwing], { logger }), launch);
  t.equal(lines.length, odd.length + 2);
  t.ok(lines.at(-1)?.includes('no token'));
});
