// What a scheduler does on a Mesos cluster, with real tasks. Here it is the embedded cluster; on a real one:
//   MESOS_MASTER=host:port npm run test:mesos           or MESOS_MASTER=zk://host:port,…/mesos
// Options of the scheduler are taken from the environment (EKIDEN_MESOS_AUTHENTICATION_PRINCIPAL, EKIDEN_MESOS_ROLE …). The agents need
// 2 cpus, 1 GB, ten ports, Python 3 or Node.js, and the tasks' ports must be reached from here.
import t from 'tap';
import { waitFor } from '../../support/wait.js';
import { outliveTerm, serveFiles, serveForAWhile } from './support/programs.js';
import { startSite } from './support/site.js';
import type { Site } from './support/site.js';

t.setTimeout(600_000);

const patience = { withinMs: 120_000, everyMs: 200 };
const small = { cpus: 0.1, mem: 32, backoffSeconds: 1, maxLaunchDelaySeconds: 2 };
const withPort = { ...small, portDefinitions: [{ port: 0, protocol: 'tcp' }] };
const often = {
  delaySeconds: 0,
  gracePeriodSeconds: 30,
  intervalSeconds: 1,
  timeoutSeconds: 5,
  maxConsecutiveFailures: 3,
};

const checks = {
  HTTP: { protocol: 'HTTP', path: '/up', portIndex: 0 },
  TCP: { protocol: 'TCP', portIndex: 0 },
  COMMAND: { protocol: 'COMMAND', command: { value: 'test -s up' } },
  MESOS_HTTP: { protocol: 'MESOS_HTTP', path: '/up', portIndex: 0 },
  MESOS_TCP: { protocol: 'MESOS_TCP', portIndex: 0 },
};
const checked = (kind: string): string => `checked-${kind.toLowerCase().replace('_', '-')}`;

/** All apps that are there from the beginning, so that they start while others are looked at. */
function appsOf({ address }: Site): object[] {
  const serve = serveFiles(address);
  return [
    { ...small, id: '/command', cmd: 'exec sleep 100000', instances: 2 },
    ...Object.entries(checks).map(([kind, check]) => ({
      ...withPort,
      id: `/${checked(kind)}`,
      cmd: `echo ok > up; ${serve}`,
      healthChecks: [{ ...often, ...check }],
    })),
    {
      ...small,
      id: '/sick',
      cmd: 'exec sleep 100000',
      healthChecks: [
        {
          protocol: 'COMMAND',
          command: { value: 'exit 1' },
          ...often,
          gracePeriodSeconds: 1,
          maxConsecutiveFailures: 1,
        },
      ],
    },
    {
      ...withPort,
      id: '/volume',
      cmd: `echo "$MESOS_TASK_ID" >> data/log; ${serve}`,
      taskKillGracePeriodSeconds: 1,
      container: { type: 'MESOS', volumes: [{ containerPath: 'data', mode: 'RW', persistent: { size: 16 } }] },
    },
    { ...withPort, id: '/grace', cmd: outliveTerm(address), taskKillGracePeriodSeconds: 3 },
    {
      ...small,
      id: '/rolling',
      cmd: 'exec sleep 100000',
      instances: 3,
      taskKillGracePeriodSeconds: 1,
      upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
    },
  ];
}

const pod = (address: string) => ({
  id: '/pod',
  volumes: [{ name: 'pages' }],
  containers: [
    {
      name: 'web',
      exec: { command: { shell: `cd pages; ${serveFiles(address, '$ENDPOINT_WEB')}` } },
      resources: { cpus: 0.1, mem: 32 },
      endpoints: [{ name: 'web', hostPort: 0, protocol: ['tcp'] }],
      volumeMounts: [{ name: 'pages', mountPath: 'pages' }],
    },
    {
      name: 'writer',
      exec: { command: { shell: 'echo written > pages/page; exec sleep 100000' } },
      resources: { cpus: 0.1, mem: 32 },
      volumeMounts: [{ name: 'pages', mountPath: 'pages' }],
    },
  ],
});

interface PodStatus {
  readonly status: string;
  readonly instances: readonly {
    readonly id: string;
    readonly status: string;
    readonly agentHostname?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly containerId: string;
      readonly endpoints?: readonly { readonly allocatedHostPort?: number }[];
    }[];
  }[];
}

function stablePod(site: Site): Promise<PodStatus> {
  return waitFor(
    'the pod',
    async () => {
      const status = await site.json<PodStatus>('GET', '/v2/pods/pod::status');
      if (status.status === 'STABLE' && status.instances.length === 1) return status;
      throw new Error(JSON.stringify(status));
    },
    patience,
  );
}

t.test('on a Mesos cluster', async (t) => {
  const site = await startSite(t);
  t.comment(site.master);
  for (const app of appsOf(site)) await site.json('POST', '/v2/apps', app);
  await site.json('POST', '/v2/pods', pod(site.address));

  await t.test('commands run, are scaled, and killed tasks are replaced', async (t) => {
    const [first, second] = await site.running('command', 2);
    t.ok(first?.slaveId);
    await site.json('PUT', '/v2/apps/command', { instances: 3 });
    const three = await site.running('command', 3);
    t.ok([first, second].every((task) => three.some(({ id }) => id === task?.id)));
    await site.json('DELETE', `/v2/apps/command/tasks/${first?.id}`);
    t.equal((await site.running('command', 3, first === undefined ? [] : [first])).length, 3);
    await site.json('PUT', '/v2/apps/command?force=true', { instances: 1 });
    t.equal((await site.running('command', 1)).length, 1);
  });

  await t.test('health checks of all kinds', async (t) => {
    for (const kind of Object.keys(checks)) {
      const task = await waitFor(
        `a healthy task, by ${kind}`,
        async () => {
          const [only] = await site.running(checked(kind), 1);
          return only?.healthCheckResults?.[0]?.alive === true && only;
        },
        patience,
      );
      t.match(await site.file(task, 'up'), 'ok', kind);
    }
    const sick = new Set<string>();
    await waitFor(
      'what is unhealthy to be replaced',
      async () => {
        for (const { id } of await site.tasks('sick')) sick.add(id);
        return sick.size > 1;
      },
      patience,
    );
    await site.json('DELETE', '/v2/apps/sick?force=true');
  });

  await t.test('a pod: its containers share a volume, its endpoint is reached', async (t) => {
    const { instances } = await stablePod(site);
    const [instance] = instances;
    const port = instance?.containers.flatMap(({ endpoints = [] }) => endpoints)[0]?.allocatedHostPort ?? 0;
    const place = { host: instance?.agentHostname ?? '', ports: [port] };
    t.match(await waitFor('its page', () => site.file(place, 'page'), patience), 'written');
    t.equal((await site.api('DELETE', `/v2/pods/pod::instances/${instance?.id}`)).status, 200);
    await waitFor('another instance', async () => (await stablePod(site)).instances[0]?.id !== instance?.id, patience);
    t.ok((await site.api('DELETE', '/v2/pods/pod?force=true')).status < 300);
  });

  await t.test('what a task has written in its volume is there for the next one', async (t) => {
    const [first] = await site.running('volume', 1);
    if (first === undefined) throw new Error('there is no task');
    t.equal(await waitFor('its server', () => site.file(first, 'data/log'), patience), `${first.id}\n`);
    await site.json('DELETE', `/v2/apps/volume/tasks/${first.id}`);
    const [second] = await site.running('volume', 1, [first]);
    if (second === undefined) throw new Error('there is no other task');
    t.equal(second.slaveId, first.slaveId);
    t.equal(await waitFor('its server', () => site.file(second, 'data/log'), patience), `${first.id}\n${second.id}\n`);
  });

  await t.test('a task that is killed has its grace period, and no more', async (t) => {
    const [task] = await site.running('grace', 1);
    if (task === undefined) throw new Error('there is no task');
    await waitFor('its server', () => site.file(task, '').then(() => true), patience);
    t.equal(await site.file(task, 'term'), undefined);
    await site.json('DELETE', `/v2/apps/grace/tasks/${task.id}`);
    t.match(await waitFor('it to be asked', () => site.file(task, 'term'), patience), 'yes');
    t.not((await site.running('grace', 1, [task]))[0]?.id, task.id, 'it ignores that, and is ended');
  });

  await t.test('a rolling restart keeps half of the instances', async (t) => {
    const before = await site.running('rolling', 3);
    const { deploymentId } = await site.json<{ deploymentId: string }>('POST', '/v2/apps/rolling/restart');
    const counts = new Set<number>();
    await waitFor(
      'the end of the restart',
      async () => {
        const tasks = await site.tasks('rolling');
        counts.add(tasks.filter(({ state }) => state === 'TASK_RUNNING').length);
        const deployments = await site.json<{ id: string }[]>('GET', '/v2/deployments');
        return deployments.every(({ id }) => id !== deploymentId);
      },
      { ...patience, everyMs: 20 },
    );
    t.equal((await site.running('rolling', 3, before)).length, 3);
    t.ok(Math.min(...counts) >= 2, `running: ${[...counts].sort().join(', ')}`);
    t.ok(Math.max(...counts) <= 3);
  });

  await t.test('kill -9 of the scheduler: its successor finds every task, and what ended meanwhile', async (t) => {
    await site.waitForDeployments();
    const { frameworkId } = await site.json<{ frameworkId: string }>('GET', '/v2/info');
    const apps = ['command', 'rolling', 'volume', 'grace', ...Object.keys(checks).map(checked)];
    const known = async (): Promise<string[]> =>
      (await Promise.all(apps.map((id) => site.tasks(id))))
        .flat()
        .map(({ id, state }) => `${id} ${state}`)
        .sort();
    const before = await known();
    await site.json('POST', '/v2/apps', { ...withPort, id: '/brief', cmd: serveForAWhile(site.address, 4) });
    const [brief] = await site.running('brief', 1);
    if (brief === undefined) throw new Error('there is no task');
    await waitFor('its server', () => site.file(brief, '').then(() => true), patience);
    await site.scheduler.kill({ stay: true });
    await waitFor(
      'the end of a task that nobody hears of',
      () =>
        site.file(brief, '').then(
          () => false,
          () => true,
        ),
      patience,
    );
    site.scheduler.start();
    t.equal((await site.running('brief', 1, [brief])).length, 1);
    t.same(await known(), before);
    t.equal((await site.json<{ frameworkId: string }>('GET', '/v2/info')).frameworkId, frameworkId);
  });

  await t.test('sandboxes, before and after the end of a task, and the agents', async (t) => {
    await site.json('POST', '/v2/apps', { ...small, id: '/talks', cmd: 'echo "ünd 😀"; exec sleep 100000' });
    const [talks] = await site.running('talks', 1);
    const id = talks?.id ?? '';
    const output = async (taskId: string, file = 'stdout'): Promise<string> =>
      (await site.json<{ data: string }>('GET', `/ekiden/v1/sandbox/${taskId}/read?path=${file}`)).data;
    await waitFor('what it says', async () => (await output(id)).includes('ünd 😀\n'), patience);
    const { files } = await site.json<{ files: readonly { name: string }[] }>('GET', `/ekiden/v1/sandbox/${id}/browse`);
    for (const name of ['stdout', 'stderr'])
      t.ok(
        files.some((file) => file.name === name),
        name,
      );
    t.match((await site.api('GET', `/ekiden/v1/sandbox/${id}/download?path=stdout`)).text, 'ünd 😀\n');
    t.equal((await site.api('GET', `/ekiden/v1/sandbox/${id}/read?path=nothing`)).status, 404);
    await site.json('POST', '/v2/pods', {
      id: '/words',
      containers: ['one', 'two'].map((name) => ({
        name,
        exec: { command: { shell: `echo this is ${name}; exec sleep 100000` } },
        resources: { cpus: 0.1, mem: 32 },
      })),
    });
    await site.waitForDeployments();
    const words = await site.json<PodStatus>('GET', '/v2/pods/words::status');
    for (const { name, containerId } of words.instances[0]?.containers ?? []) {
      const said = async (): Promise<boolean> => (await output(containerId)).includes(`this is ${name}\n`);
      t.ok(await waitFor(`the output of ${name}`, said, patience));
    }

    const { agents } = await site.json<{ agents: readonly { id: string; tasks: readonly { id: string }[] }[] }>(
      'GET',
      '/ekiden/v1/agents',
    );
    t.ok(agents.find((agent) => agent.id === talks?.slaveId)?.tasks.some((task) => task.id === id));
    const { frameworks } = await site.json<{ frameworks: readonly { id: string; isOwn: boolean }[] }>(
      'GET',
      '/ekiden/v1/frameworks',
    );
    t.same(
      frameworks.filter(({ isOwn }) => isOwn).map((framework) => framework.id),
      [(await site.json<{ frameworkId: string }>('GET', '/v2/info')).frameworkId],
    );

    await site.json('DELETE', '/v2/apps/talks');
    await site.waitForDeployments();
    t.match(await output(id), 'ünd 😀\n');
  });

  await t.test('everything is taken away again', async (t) => {
    await waitFor(
      'the deletion',
      async () => {
        const { status, text } = await site.api('DELETE', '/v2/groups?force=true');
        if (status !== 200) throw new Error(`${status} ${text}`);
        return true;
      },
      patience,
    );
    await site.waitForDeployments();
    t.same((await site.json<{ apps: unknown[] }>('GET', '/v2/apps')).apps, []);
    t.same((await site.json<{ tasks: unknown[] }>('GET', '/v2/tasks')).tasks, []);
    t.equal((await site.scheduler.stop()).status, 0);
  });
});
