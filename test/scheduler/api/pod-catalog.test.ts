// Pods as load balancers learn of them: endpoints are their ports, and instances count when all containers are fine.
import t from 'tap';
import { taskIdOf } from '../../../src/scheduler/core/launch/task-id.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

const sleeps = { exec: { command: { shell: 'sleep 1' } } };

t.test('a pod with endpoints on a container network', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api, service } = scheduler;
  const { view } = service.catalog;
  const created = await ask(api, 'POST', '/v2/pods', {
    id: '/pod',
    labels: { HAPROXY_GROUP: 'external' },
    environment: { A: '1' },
    networks: [{ mode: 'container', name: 'dev' }],
    containers: [
      {
        name: 'front',
        ...sleeps,
        endpoints: [
          { name: 'web', containerPort: 80, hostPort: 0, protocol: ['http'], labels: { l: '1' } },
          { name: 'dns', containerPort: 53, protocol: ['udp', 'tcp'] },
        ],
        healthCheck: { http: { endpoint: 'web', path: '/up', scheme: 'HTTPS' }, intervalSeconds: 9, timeoutSeconds: 8 },
      },
      { name: 'back', ...sleeps, healthCheck: { exec: { command: { shell: 'true' } } } },
      { name: 'job', ...sleeps },
    ],
  });
  t.equal(created.status, 201, created.text);
  t.match(view.apps.get('/pod'), {
    id: '/pod',
    version: service.state.pods.get('/pod')?.version,
    instances: 1,
    labels: { HAPROXY_GROUP: 'external' },
    env: { A: '1' },
    ports: [
      { servicePort: 0, protocol: 'tcp', name: 'web', containerPort: 80, labels: { l: '1' } },
      { servicePort: 0, protocol: 'udp,tcp', name: 'dns', containerPort: 53 },
    ],
    healthChecks: [
      { protocol: 'MESOS_HTTPS', path: '/up', portIndex: 0, intervalSeconds: 9, timeoutSeconds: 8 },
      { protocol: 'COMMAND' },
    ],
  });

  const [instance] = await scheduler.run('/pod', { hostname: 'agent1' });
  const id = instance?.id ?? '';
  const [front, back, job] = ['front', 'back', 'job'].map((name) => taskIdOf(id, name));
  const seen = (): unknown => [...view.instances.values()];
  t.match(seen(), [
    {
      taskId: front,
      appId: '/pod',
      host: 'agent1',
      ports: [31_000, 0],
      containerPorts: [80, 53],
      healthy: null,
      isChecked: true,
    },
  ]);
  await scheduler.status(front ?? '', 'TASK_RUNNING', '', [{ ipAddress: '10.1.0.2', protocol: 'IPv4' }], true);
  t.match(seen(), [{ healthy: null, ipAddresses: ['10.1.0.2'] }], 'nothing is known of the other one');
  await scheduler.status(back ?? '', 'TASK_RUNNING', '', [], true);
  t.match(seen(), [{ healthy: true }]);
  await scheduler.status(job ?? '', 'TASK_FINISHED');
  t.match(seen(), [{ healthy: true }], 'a container that has done its work is no fault');
  await scheduler.status(back ?? '', 'TASK_RUNNING', '', [], false);
  t.match(seen(), [{ healthy: false }]);
  await scheduler.status(back ?? '', 'TASK_KILLED', '', [], false);
  t.match(seen(), [{ healthy: null, isChecked: true }], 'it is ending: nobody is led there');
  t.match((await ask(api, 'GET', '/v2/pods/pod::status')).json, { instances: [{ status: 'TERMINAL' }] });
  await ask(api, 'DELETE', '/v2/pods/pod');
  t.notOk(view.apps.has('/pod'));
});
