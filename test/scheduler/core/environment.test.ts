import t from 'tap';
import { taskEnvironment } from '../../../src/scheduler/core/launch/environment.js';
import { anApp } from '../../support/scheduler-fixtures.js';

t.test("Marathon's variables (marathon.md §9.4)", async (t) => {
  const app = anApp({
    id: '/prod/web',
    cpus: 0.5,
    memMib: 64,
    labels: { 'my-label': 'x', env: 'prod', long: 'v'.repeat(512) },
    portDefinitions: [
      { port: 8080, protocol: 'tcp', name: 'http', labels: {} },
      { port: 9000, protocol: 'udp', labels: {} },
    ],
    env: { HOST: 'mine', FOO: 'bar' },
  });
  t.same(taskEnvironment(app, { taskId: 'prod_web.instance-1._app.1', host: 'h1', ports: [31001, 31007] }), {
    MARATHON_APP_ID: '/prod/web',
    MARATHON_APP_VERSION: app.version,
    MARATHON_APP_RESOURCE_CPUS: '0.5',
    MARATHON_APP_RESOURCE_MEM: '64.0',
    MARATHON_APP_RESOURCE_DISK: '0.0',
    MARATHON_APP_RESOURCE_GPUS: '0',
    MARATHON_APP_ENFORCE_GROUP_ROLE: 'FALSE',
    MARATHON_APP_LABELS: 'MY_LABEL ENV',
    MARATHON_APP_LABEL_MY_LABEL: 'x',
    MARATHON_APP_LABEL_ENV: 'prod',
    MESOS_TASK_ID: 'prod_web.instance-1._app.1',
    HOST: 'mine',
    PORT: '31001',
    PORT0: '31001',
    PORT1: '31007',
    PORTS: '31001,31007',
    PORT_8080: '31001',
    PORT_9000: '31007',
    PORT_HTTP: '31001',
    FOO: 'bar',
  });
});

t.test('no ports, no port variables', async (t) => {
  const env = taskEnvironment(anApp({ portDefinitions: [] }), { taskId: 't', host: 'h', ports: [] });
  t.same(
    Object.keys(env).filter((name) => name.startsWith('PORT')),
    [],
  );
});
