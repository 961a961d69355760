import t from 'tap';
import type { AppDetails } from '../../../src/ui/api/app-details.js';
import { factsOf } from '../../../src/ui/pages/app/subject.js';
import { foldersOf, taskFactsOf } from '../../../src/ui/pages/app/sandbox/task-facts.js';
import { madeVolumes, volumesOfPod } from '../../../src/ui/pages/app/volumes/volume-rows.js';

const app: AppDetails = {
  id: '/db',
  instances: 1,
  cpus: 0.1,
  mem: 32,
  disk: 0,
  gpus: 0,
  version: '2026-01-02T00:00:00.000Z',
  container: {
    volumes: [
      { containerPath: 'data', mode: 'RW', persistent: { size: 100 } },
      { containerPath: '/etc/x', mode: 'RO', hostPath: '/srv/x' },
      { containerPath: '/vol', mode: 'RW', external: { name: 'v', provider: 'dvdi', size: 2 } },
      { containerPath: '/key', secret: 'token' },
    ],
  },
  tasks: [
    {
      id: 'db.instance-00000000-0000-0000-0000-000000000001._app.2',
      host: 'a1',
      state: 'TASK_RUNNING',
      localVolumes: [{ containerPath: 'data', uuid: 'u', persistenceId: 'db#data#u' }],
    },
    {
      id: 'db.instance-00000000-0000-0000-0000-000000000002._app.1',
      host: 'a2',
      state: 'TASK_FAILED',
      localVolumes: [{ containerPath: 'data', uuid: 'w', persistenceId: 'db#data#w' }],
    },
  ],
  lastTaskFailure: {
    taskId: 'db.instance-00000000-0000-0000-0000-000000000003._app.1',
    host: 'a3',
    state: 'TASK_FAILED',
    message: 'out of memory',
    timestamp: '2026-01-02T00:00:00.000Z',
    version: '2026-01-01T00:00:00.000Z',
  },
};

t.test('volumes of an app', (t) => {
  const facts = factsOf({ kind: 'app', app });
  t.equal(facts.isResident, true);
  t.same(
    facts.volumes.map(({ kind, source, mode, sizeMib }) => [kind, source, mode, sizeMib]),
    [
      ['persistent', 'root', 'RW', 100],
      ['host', '/srv/x', 'RO', undefined],
      ['external', 'v of dvdi', 'RW', 2048],
      ['secret', 'token', 'RO', undefined],
    ],
  );
  t.match(madeVolumes(facts.rows, facts.volumes), [
    { volume: { uuid: 'u' }, isAttached: true, sizeMib: 100 },
    { volume: { uuid: 'w' }, isAttached: false, sizeMib: 100 },
  ]);
  t.end();
});

t.test('volumes of a pod: each mount is one', (t) => {
  const volumes = volumesOfPod({
    id: '/pod',
    status: 'STABLE',
    statusSince: '',
    instances: [],
    spec: {
      id: '/pod',
      version: '',
      containers: [
        { name: 'a', volumeMounts: [{ name: 'shared', mountPath: '/x' }] },
        { name: 'b', volumeMounts: [{ name: 'shared', mountPath: '/y', readOnly: true }] },
      ],
      volumes: [{ name: 'shared', persistent: { size: 16 } }, { name: 'tmp' }],
    },
  });
  t.same(
    volumes.map(({ kind, path, mode, sizeMib }) => [kind, path, mode, sizeMib]),
    [
      ['persistent', 'a: /x', 'RW', 16],
      ['persistent', 'b: /y', 'RO', 16],
      ['ephemeral', '', 'RW', undefined],
    ],
  );
  t.end();
});

t.test('a task that has ended is known as long as somebody remembers it', (t) => {
  const subject = { kind: 'app', app } as const;
  const facts = factsOf(subject);
  const of = (taskId: string) => taskFactsOf(taskId, subject, facts, undefined);
  t.match(of('db.instance-00000000-0000-0000-0000-000000000001._app.2'), { host: 'a1', end: undefined });
  t.match(of('db.instance-00000000-0000-0000-0000-000000000003._app.1'), {
    host: 'a3',
    end: 'out of memory',
    row: undefined,
  });
  t.match(of('db.instance-00000000-0000-0000-0000-000000000009._app.1'), { host: undefined, end: undefined });

  const explanation = {
    appId: '/db',
    version: '',
    instances: 1,
    live: 1,
    waiting: 0,
    reasons: [],
    suggestions: [],
    connected: true,
    agents: [],
    ended: [
      {
        instanceId: 'db.instance-00000000-0000-0000-0000-000000000004',
        taskId: 'db.instance-00000000-0000-0000-0000-000000000004._app.2',
        host: 'a4',
        version: '',
        endedAt: '2026-01-02T00:00:00.000Z',
        text: 'it was killed by request',
        condition: 'Killed',
      },
    ],
  };
  const earlier = 'db.instance-00000000-0000-0000-0000-000000000004._app.1';
  t.match(taskFactsOf(earlier, subject, facts, explanation), { host: 'a4', end: 'it was killed by request' });
  t.end();
});

t.test('folders above a path', (t) => {
  t.same(foldersOf('a/b'), [
    { name: 'a', path: 'a' },
    { name: 'b', path: 'a/b' },
  ]);
  t.same(foldersOf(''), []);
  t.end();
});
