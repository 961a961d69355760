import t from 'tap';
import { Catalog } from '../../../src/catalog/catalog.js';
import { followEkidenStream } from '../../../src/catalog/providers/ekiden-stream.js';
import { followMarathon } from '../../../src/catalog/providers/marathon/follow-marathon.js';
import { silentLogger } from '../../../src/common/logger.js';
import { equalData } from '../../../src/common/equal.js';
import { listen } from '../../../src/http/server.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';

const apps = [
  {
    id: '/host',
    cmd: 'x',
    instances: 2,
    portDefinitions: [
      { port: 10001, name: 'http' },
      { port: 10002, protocol: 'udp' },
    ],
  },
  { id: '/none', cmd: 'x', portDefinitions: [], labels: { HAPROXY_GROUP: 'external' }, env: { A: 'b' } },
  {
    id: '/bridge',
    networks: [{ mode: 'container/bridge' }],
    container: {
      type: 'DOCKER',
      docker: { image: 'i' },
      portMappings: [{ containerPort: 80, servicePort: 10003, name: 'web', labels: { a: 'b' } }, { containerPort: 0 }],
    },
  },
  {
    id: '/overlay',
    networks: [{ mode: 'container', name: 'dcos' }],
    container: {
      type: 'DOCKER',
      docker: { image: 'i' },
      portMappings: [
        { containerPort: 80, servicePort: 10004 },
        { containerPort: 81, servicePort: 10005, hostPort: 0 },
      ],
    },
  },
  {
    id: '/checked',
    cmd: 'x',
    unreachableStrategy: { inactiveAfterSeconds: 300, expungeAfterSeconds: 600 },
    instances: 2,
    healthChecks: [
      { protocol: 'HTTP', path: '/h', portIndex: 0, intervalSeconds: 7 },
      { protocol: 'TCP', port: 99 },
    ],
  },
];

t.test('the events and apps of Ekiden give the same catalog as its own stream', async (t) => {
  const scheduler = await startFakeScheduler(t, { localPortMin: 10_000, localPortMax: 20_000 });
  const url = `http://127.0.0.1:${await listen(scheduler.api, { host: '127.0.0.1', port: 0, flag: 'test' })}`;
  const ekiden = followEkidenStream({ schedulers: [url], logger: silentLogger, onMessage: () => undefined });
  t.teardown(() => ekiden.close());
  const catalog = new Catalog();
  const marathon = followMarathon({
    schedulers: [url],
    catalog,
    pollMs: 600_000,
    logger: silentLogger,
    onChange: () => undefined,
  });
  t.teardown(() => marathon.close());
  await waitFor('both', () => ekiden.status.connected && marathon.status.connected);

  const isSame = (): boolean =>
    equalData(Object.fromEntries(ekiden.catalog.apps), Object.fromEntries(catalog.apps)) &&
    equalData(Object.fromEntries(ekiden.catalog.instances), Object.fromEntries(catalog.instances));
  const same = async (what: string, isThere: () => boolean): Promise<void> => {
    try {
      await waitFor(what, () => isThere() && isSame(), { withinMs: 10_000 });
    } catch {
      t.same([...catalog.apps.values()], [...ekiden.catalog.apps.values()], what);
      t.same([...catalog.instances.values()], [...ekiden.catalog.instances.values()], what);
      t.fail(what);
    }
  };

  for (const app of apps) {
    const { status, text } = await ask(scheduler.api, 'POST', '/v2/apps', app);
    t.equal(status, 201, text);
    await scheduler.run(app.id);
  }
  await same('instances', () => catalog.instances.size === 7);

  const [first, second] = [...ekiden.catalog.instances.values()].filter(({ appId }) => appId === '/checked');
  t.match(first, { healthy: null, isChecked: true });
  scheduler.checker.verdict = ({ taskId }, index) =>
    taskId === second?.taskId && index === 1 ? { result: 'unhealthy', cause: 'refused' } : { result: 'healthy' };
  scheduler.checker.run();
  await same('health', () => catalog.instances.get(first?.taskId ?? '')?.healthy === true);

  await scheduler.status(first?.taskId ?? '', 'TASK_UNREACHABLE');
  await same('a lost agent', () => catalog.instances.get(first?.taskId ?? '')?.unreachable === true);
  await scheduler.status(second?.taskId ?? '', 'TASK_FAILED');
  await same('an end', () => !catalog.instances.has(second?.taskId ?? ''));
});
