import t from 'tap';
import type { FreeAgent } from '../../../src/scheduler/core/plan/free-agent.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { Answer } from '../../support/fake-service.js';
import { anOffer } from '../../support/scheduler-fixtures.js';

const twoAgents: readonly FreeAgent[] = [
  { offer: { ...anOffer({ cpus: 2 }, { agentId: 'S1', id: '' }), hostname: 's1' } },
  { offer: { ...anOffer({ cpus: 0.5 }, { agentId: 'S2', id: '' }), hostname: 's2' } },
];
const agents = { list: async (): Promise<readonly FreeAgent[]> => twoAgents };

const web = { id: '/shop/web', cmd: 'sleep 1000', cpus: 1, mem: 32, instances: 2, env: { LEVEL: 'info' } };

interface PlanAnswer {
  readonly changes: readonly { readonly definition?: object; readonly placement?: object }[];
  readonly steps: readonly object[];
  readonly conflicts: { readonly deployments: readonly { readonly id: string }[] };
  readonly agents: object;
}

const planIn = (answer: Answer): PlanAnswer => answer.json as unknown as PlanAnswer;

t.test('a new app: its definition, its steps, and where it would land', async (t) => {
  const { api, service } = await startFakeScheduler(t, {}, { agents });
  const changes = service.state.changes;
  const answer = await ask(api, 'POST', '/ekiden/v1/plan', { app: { ...web, instances: 3 } });
  t.equal(answer.status, 200);
  const plan = planIn(answer);
  t.match(plan.changes, [
    {
      app: '/shop/web',
      effect: 'create',
      summary: 'The app /shop/web is created with 3 instances.',
      instances: { from: 0, to: 3, running: 0 },
      definition: { id: '/shop/web', cpus: 1, upgradeStrategy: { minimumHealthCapacity: 1 } },
      placement: {
        wanted: 3,
        placed: 2,
        missing: 1,
        untried: 0,
        agents: [{ agentId: 'S1', hostname: 's1', instances: 2 }],
        refusingAgents: 2,
        refusing: [
          {
            hostname: 's1',
            refusals: [{ reason: 'InsufficientCpus', amounts: { needed: { cpus: 1 }, had: { cpus: 0 } } }],
          },
          { hostname: 's2', refusals: [{ reason: 'InsufficientCpus', amounts: { had: { cpus: 0.5 } } }] },
        ],
      },
    },
  ]);
  t.same(plan.agents, { known: true, count: 2 });
  t.match(planIn(answer), { groups: [{ group: '/shop', effect: 'create' }], conflicts: { deployments: [] } });
  const dry = await ask(api, 'PUT', '/v2/groups/shop?dryRun=true', { apps: [{ ...web, id: 'web', instances: 3 }] });
  t.same(plan.steps, (dry.json as unknown as PlanAnswer).steps, 'the steps are those of a dry run');
  t.equal(service.state.apps.size, 0, 'nothing was made');
  t.equal(service.state.changes, changes);
});

t.test('an app that is there: what changes, and whether it restarts', async (t) => {
  const scheduler = await startFakeScheduler(t, {}, { agents });
  const { api, service } = scheduler;
  await ask(api, 'POST', '/v2/apps', web);
  await scheduler.run('/shop/web');
  const plan = async (app: object, query = ''): Promise<unknown[]> => [
    ...planIn(await ask(api, 'POST', `/ekiden/v1/plan${query}`, { app })).changes,
  ];

  t.match(await plan({ id: '/shop/web', instances: 3 }), [
    {
      effect: 'scale',
      summary: 'The app /shop/web is scaled from 2 to 3 instances; none is restarted.',
      differences: [{ path: '/instances', from: 2, to: 3 }],
      instances: { from: 2, to: 3, running: 2 },
      placement: { wanted: 1, placed: 1 },
    },
  ]);
  t.match(await plan({ id: '/shop/web', env: { LEVEL: 'debug', MORE: '1' } }), [
    {
      effect: 'restart',
      differences: [
        { path: '/env/LEVEL', from: 'info', to: 'debug' },
        { path: '/env/MORE', to: '1' },
      ],
      placement: { wanted: 2, placed: 2 },
    },
  ]);
  const [whole] = await plan({ id: '/shop/web', cmd: 'sleep 1' }, '?partialUpdate=false');
  t.same(
    (whole as { differences: readonly { path: string }[] }).differences.map(({ path }) => path).sort(),
    ['/cmd', '/env', '/instances', '/mem'],
    'what the body leaves out is at its default again',
  );
  t.same(await plan({ id: '/shop/web', instances: 2 }), [], 'nothing would change');
  const [version] = service.state.versions.get('/shop/web') ?? [];
  await ask(api, 'PUT', '/v2/apps/shop/web', { instances: 1 });
  t.match(await plan({ id: '/shop/web', version }), [{ differences: [{ path: '/instances', from: 1, to: 2 }] }]);
});

t.test('several apps, groups, pods', async (t) => {
  const { api } = await startFakeScheduler(t, {}, { agents });
  const ids = async (body: object): Promise<unknown> =>
    planIn(await ask(api, 'POST', '/ekiden/v1/plan', body)).changes.map((change) => {
      const { app, pod, effect } = change as { app?: string; pod?: string; effect: string };
      return [app ?? pod, effect];
    });
  const pod = {
    id: '/pods/p',
    containers: [{ name: 'c', exec: { command: { shell: 'sleep 1' } }, resources: { cpus: 0.1, mem: 32 } }],
  };
  t.same(await ids({ apps: [web, { ...web, id: '/shop/db' }] }), [
    ['/shop/db', 'create'],
    ['/shop/web', 'create'],
  ]);
  t.same(await ids({ pod }), [['/pods/p', 'create']]);
  await ask(api, 'POST', '/v2/pods', pod);
  t.same(await ids({ pod: { ...pod, scaling: { kind: 'fixed', instances: 4 } } }), [['/pods/p', 'scale']]);
  await ask(api, 'POST', '/v2/apps', web);
  const group = { id: '/shop', apps: [{ ...web, id: 'db', cpus: 0.1 }] };
  t.same(await ids({ group }), [
    ['/shop/db', 'create'],
    ['/shop/web', 'delete'],
  ]);
});

t.test('what the real request would refuse is refused alike', async (t) => {
  const { api } = await startFakeScheduler(t, {}, { agents });
  const same = async (body: unknown, method: 'POST' | 'PUT', url: string, real: unknown): Promise<void> => {
    const [planned, done] = [await ask(api, 'POST', '/ekiden/v1/plan', body), await ask(api, method, url, real)];
    t.same([planned.status, planned.json], [done.status, done.json], `${method} ${url}: ${done.text}`);
    t.ok(planned.status >= 400);
  };
  const broken = { ...web, mem: -1, healthChecks: [{ protocol: 'HTTP', path: 1 }] };
  await same({ app: broken }, 'POST', '/v2/apps', broken);
  await same({ app: { ...web, mem: -1 } }, 'POST', '/v2/apps', { ...web, mem: -1 });
  await same({ apps: [web, { ...web, id: '/x', cpus: -1 }] }, 'PUT', '/v2/apps', [web, { ...web, id: '/x', cpus: -1 }]);
  const group = { id: '/g', apps: [{ ...web, id: 'a', constraints: [['rack', 'LIKE', '(']] }] };
  await same({ group }, 'PUT', '/v2/groups', group);
  await same({ pod: { id: '/p', containers: [] } }, 'POST', '/v2/pods', { id: '/p', containers: [] });
  await ask(api, 'POST', '/v2/apps', web);
  await same({ app: { id: '/shop/web', mem: -1 } }, 'PUT', '/v2/apps/shop/web', { mem: -1 });

  for (const body of [{}, [], 1, { app: web, pod: {} }, { unknown: 1 }, { app: [web] }, { apps: web }, { group: 1 }]) {
    t.equal((await ask(api, 'POST', '/ekiden/v1/plan', body)).status, 422, JSON.stringify(body));
  }
  t.equal((await ask(api, 'POST', '/ekiden/v1/plan', '{')).status, 400);
  t.equal((await ask(api, 'GET', '/ekiden/v1/plan')).status, 405);
});

t.test('deployments in the way are told; a master that does not answer takes only the placement away', async (t) => {
  const failing = { list: () => Promise.reject(new Error('no Mesos master told of its agents')) };
  const { api, service } = await startFakeScheduler(t, {}, { agents: failing });
  await ask(api, 'POST', '/v2/apps', web);
  const [id] = service.state.deployments.keys();
  const plan = planIn(await ask(api, 'POST', '/ekiden/v1/plan', { app: { id: '/shop/web', instances: 9 } }));
  t.same(plan.conflicts.deployments, [{ id }]);
  t.same(plan.agents, { known: false, reason: 'no Mesos master told of its agents' });
  t.equal(plan.changes[0]?.placement, undefined);
  t.same([...service.state.deployments.keys()], [id], 'it goes on');
});
