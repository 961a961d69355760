import t from 'tap';
import type { AgentFacts, ClusterFacts, FrameworkFacts } from '../../../src/scheduler/ports/cluster-facts.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

const resources = { cpus: 8, memMib: 8192, diskMib: 10_000, gpus: 0, ports: '[31000-31999]' };
const wire = { cpus: 8, mem: 8192, disk: 10_000, gpus: 0, ports: '[31000-31999]' };
const agent: AgentFacts = {
  id: 'S1',
  host: '10.0.0.1',
  address: '10.0.0.1:5051',
  registeredAtMs: 0,
  total: resources,
  used: resources,
  attributes: { rack: 'r1' },
  region: 'eu',
  zone: undefined,
  withheld: undefined,
  tasks: 5,
};
const framework: FrameworkFacts = {
  id: 'framework-1',
  name: 'marathon',
  roles: ['*'],
  active: true,
  connected: true,
  webuiUrl: undefined,
  tasks: 3,
  used: resources,
};
const facts: ClusterFacts = {
  agents: async () => [
    agent,
    { ...agent, id: 'S2', registeredAtMs: undefined, withheld: 'it is being drained', tasks: 0 },
  ],
  frameworks: async () => [framework, { ...framework, id: 'other', webuiUrl: 'http://x' }],
};

t.test('agents with our tasks, and the number of those of others', async (t) => {
  const scheduler = await startFakeScheduler(t, {}, { cluster: facts });
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/web', cmd: 'x', instances: 2 });
  const instances = await scheduler.run('/web');
  const { agents } = (await ask(scheduler.api, 'GET', '/ekiden/v1/agents')).json as unknown as { agents: object[] };
  t.same(agents, [
    {
      id: 'S1',
      host: '10.0.0.1',
      address: '10.0.0.1:5051',
      attributes: { rack: 'r1' },
      registeredAt: '1970-01-01T00:00:00.000Z',
      total: wire,
      used: wire,
      region: 'eu',
      zone: null,
      withheld: null,
      tasks: instances.map(({ taskId }) => ({ id: taskId, app: '/web', state: 'TASK_RUNNING' })),
      taskCount: 2,
      otherTasks: 3,
    },
    { ...agents[1] },
  ]);
  t.match(agents[1], {
    id: 'S2',
    registeredAt: null,
    withheld: 'it is being drained',
    tasks: [],
    taskCount: 0,
    otherTasks: 0,
  });
});

t.test('tasks of a pod, one for each container', async (t) => {
  const scheduler = await startFakeScheduler(t, {}, { cluster: facts });
  const container = (name: string): object => ({
    name,
    resources: { cpus: 0.1, mem: 32 },
    exec: { command: { shell: 'x' } },
  });
  await ask(scheduler.api, 'POST', '/v2/pods', { id: '/pod', containers: [container('a'), container('b')] });
  const [instance] = await scheduler.run('/pod');
  t.match((await ask(scheduler.api, 'GET', '/ekiden/v1/agents')).json, {
    agents: [
      {
        tasks: (instance?.containers ?? []).map(({ taskId }) => ({ id: taskId, app: '/pod', state: 'TASK_RUNNING' })),
        taskCount: 2,
        otherTasks: 3,
      },
    ],
  });
});

t.test('only the tasks of apps that may be viewed are listed', async (t) => {
  const access = {
    ...openAccess,
    isOpen: false,
    may: (_request: unknown, _action: string, resource: { readonly kind: string; readonly id?: string }) =>
      resource.id !== '/secret',
  };
  const scheduler = await startFakeScheduler(t, {}, { cluster: facts, access });
  for (const id of ['/open', '/secret']) {
    await ask(scheduler.api, 'POST', '/v2/apps', { id, cmd: 'x' });
    await scheduler.run(id);
  }
  t.match((await ask(scheduler.api, 'GET', '/ekiden/v1/agents')).json, {
    agents: [{ tasks: [{ app: '/open' }], taskCount: 1, otherTasks: 3 }],
  });
});

t.test('frameworks, and which of them is this one', async (t) => {
  const scheduler = await startFakeScheduler(t, {}, { cluster: facts });
  const own = {
    id: 'framework-1',
    name: 'marathon',
    roles: ['*'],
    active: true,
    connected: true,
    tasks: 3,
    used: wire,
  };
  t.same((await ask(scheduler.api, 'GET', '/ekiden/v1/frameworks')).json, {
    frameworks: [
      { ...own, webuiUrl: null, isOwn: true },
      { ...own, id: 'other', webuiUrl: 'http://x', isOwn: false },
    ],
  });
});

t.test('when no master answers, or none can be asked', async (t) => {
  const fails = async (): Promise<never> => {
    throw new Error('no Mesos master told of its agents (m1:5050: refused)');
  };
  const scheduler = await startFakeScheduler(t, {}, { cluster: { agents: fails, frameworks: fails } });
  for (const what of ['agents', 'frameworks']) {
    const { status, json } = await ask(scheduler.api, 'GET', `/ekiden/v1/${what}`);
    t.equal(status, 502);
    t.match(json.message, 'm1:5050: refused');
  }
  const without = await startFakeScheduler(t);
  t.equal((await ask(without.api, 'GET', '/ekiden/v1/agents')).status, 503);
});
