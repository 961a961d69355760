import t from 'tap';
import { linesOfApp, linesOfPod } from '../../../src/ui/pages/deployments/instance-lines.js';

const oldVersion = '2026-01-01T00:00:00.000Z';
const newVersion = '2026-01-02T00:00:00.000Z';
const scaledVersion = '2026-01-03T00:00:00.000Z';

t.test('instances of an app: those of versions before first, with state, health and address', (t) => {
  const lines = linesOfApp({
    app: {
      id: '/web',
      version: scaledVersion,
      versionInfo: { lastConfigChangeAt: newVersion },
      healthChecks: [{}],
      tasks: [
        { id: 'new', host: 'h1', ports: [31000, 31001], state: 'TASK_RUNNING', version: newVersion },
        {
          id: 'old',
          host: 'h2',
          ports: [],
          state: 'TASK_RUNNING',
          version: oldVersion,
          startedAt: oldVersion,
          healthCheckResults: [{ alive: true }, { alive: false }],
        },
        {
          id: 'staged',
          host: 'h3',
          ports: [31002],
          state: 'TASK_STAGING',
          version: scaledVersion,
          stagedAt: scaledVersion,
        },
        {
          id: 'well',
          state: 'TASK_RUNNING',
          version: newVersion,
          startedAt: newVersion,
          healthCheckResults: [{ alive: true }],
        },
      ],
    },
  });
  t.same(
    lines.map(({ id, isNew, state, health, place }) => [id, isNew, state, health, place]),
    [
      ['old', false, 'running', 'unhealthy', 'h2'],
      ['well', true, 'running', 'healthy', ''],
      ['staged', true, 'staging', undefined, 'h3:31002'],
      ['new', true, 'running', 'unknown', 'h1:31000, 31001'],
    ],
  );
  t.end();
});

t.test('without checks there is no health; without versions nothing is new', (t) => {
  const [line] = linesOfApp({ app: { id: '/web', version: newVersion, tasks: [{ id: 'a', state: 'TASK_RUNNING' }] } });
  t.match(line, { isNew: false, health: undefined });
  t.same(linesOfApp({ app: { id: '/web', version: newVersion } }), []);
  t.end();
});

t.test('instances of a pod refer to their version', (t) => {
  const lines = linesOfPod({
    id: '/pod',
    spec: { version: newVersion },
    instances: [
      { id: 'b', status: 'STABLE', statusSince: newVersion, specReference: `/v2/pods/pod::versions/${newVersion}` },
      {
        id: 'a',
        status: 'DEGRADED',
        statusSince: oldVersion,
        agentHostname: 'h1',
        specReference: `/v2/pods/pod::versions/${oldVersion}`,
      },
    ],
  });
  t.same(
    lines.map(({ id, isNew, state, place }) => [id, isNew, state, place]),
    [
      ['a', false, 'degraded', 'h1'],
      ['b', true, 'stable', ''],
    ],
  );
  t.end();
});
