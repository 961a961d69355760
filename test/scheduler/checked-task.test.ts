import t from 'tap';
import { toCatalogInstance } from '../../src/scheduler/api/render/catalog.js';
import { checkedTaskOf } from '../../src/scheduler/checked-task.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import { anApp } from '../support/scheduler-fixtures.js';

const port = { protocol: 'tcp', servicePort: 10000, labels: {} };
const app = anApp({
  portDefinitions: [],
  networks: [{ mode: 'container', name: 'net' }],
  container: {
    type: 'DOCKER',
    docker: { image: 'x', privileged: false, parameters: [], forcePullImage: false },
    volumes: [],
    portMappings: [
      { ...port, containerPort: 80 },
      { ...port, containerPort: 0 },
      { ...port, containerPort: 82, hostPort: 0 },
    ],
  },
});
const instance: Instance = {
  id: 'app.instance-1',
  taskId: 'app.instance-1._app.1',
  appId: '/app',
  appVersion: app.version,
  goal: 'Running',
  condition: 'Running',
  agentId: 'S1',
  host: 'agent1',
  role: '*',
  ports: [31000],
  containerPorts: [80, 4000, 82],
  ipAddresses: [{ ipAddress: '172.17.0.2', protocol: 'IPv4' }],
  stagedAt: app.version,
};

t.test('each port is checked where it is', async (t) => {
  t.match(checkedTaskOf(app, instance), {
    host: '172.17.0.2',
    ports: [80, 4000, 31000],
    portHosts: ['172.17.0.2', '172.17.0.2', 'agent1'],
  });
  t.equal(checkedTaskOf(app, { ...instance, ipAddresses: [] }), undefined, 'not before its address is known');
  const onHost = anApp({});
  const { containerPorts, ...plain } = instance;
  const task = checkedTaskOf(onHost, { ...plain, ipAddresses: [] });
  t.match(task, { host: 'agent1', ports: [31000] });
  t.notOk('portHosts' in (task ?? {}));
});

t.test('discovery learns which ports are at the address of the task', async (t) => {
  t.match(toCatalogInstance(instance, app, undefined), {
    ports: [0, 0, 31000],
    containerPorts: [80, 4000, 82],
    ipAddresses: ['172.17.0.2'],
  });
});
