import t from 'tap';
import { taskInfoOf } from '../../../../src/scheduler/adapters/mesos/task-info.js';
import type { TaskLaunch } from '../../../../src/scheduler/model/offer.js';

const launch: TaskLaunch = {
  taskId: 'web.instance-1._app.1',
  name: 'web',
  agentId: 'S1',
  resources: {
    parts: [
      { role: 'dev', cpus: 0.5, memMib: 0, diskMib: 0, gpus: 0, ports: [] },
      { role: '*', cpus: 0.25, memMib: 64, diskMib: 10, gpus: 1, ports: [{ begin: 31000, end: 31001 }] },
    ],
  },
  command: { shell: true, value: 'sleep 100' },
  user: 'nobody',
  env: { PORT0: '31000', HOST: 'agent1' },
  fetch: [
    { uri: 'file:///a.tgz', extract: true, executable: false, cache: false },
    { uri: 'http://x/b', extract: false, executable: true, cache: true, destPath: 'bin/b' },
  ],
  labels: { env: 'test', empty: '' },
  discovery: {
    name: 'web',
    ports: [
      { number: 31000, name: 'http', protocol: 'tcp', labels: { VIP_0: '/web:80' } },
      { number: 31001, protocol: 'udp,tcp', labels: { 'network-scope': 'container' } },
    ],
  },
  killGracePeriodSeconds: 2.5,
};

t.test('a task with everything', async (t) => {
  const free = { allocation_info: { role: 'dev' } };
  t.same(taskInfoOf(launch, 'dev'), {
    name: 'web',
    task_id: { value: 'web.instance-1._app.1' },
    agent_id: { value: 'S1' },
    resources: [
      {
        name: 'cpus',
        type: 'SCALAR',
        scalar: { value: 0.5 },
        ...free,
        reservations: [{ type: 'STATIC', role: 'dev' }],
      },
      { name: 'cpus', type: 'SCALAR', scalar: { value: 0.25 }, ...free },
      { name: 'mem', type: 'SCALAR', scalar: { value: 64 }, ...free },
      { name: 'disk', type: 'SCALAR', scalar: { value: 10 }, ...free },
      { name: 'gpus', type: 'SCALAR', scalar: { value: 1 }, ...free },
      { name: 'ports', type: 'RANGES', ranges: { range: [{ begin: 31000, end: 31001 }] }, ...free },
    ],
    command: {
      shell: true,
      value: 'sleep 100',
      user: 'nobody',
      uris: [
        { value: 'file:///a.tgz', extract: true, executable: false, cache: false },
        { value: 'http://x/b', extract: false, executable: true, cache: true, output_file: 'bin/b' },
      ],
      environment: {
        variables: [
          { name: 'PORT0', value: '31000' },
          { name: 'HOST', value: 'agent1' },
        ],
      },
    },
    kill_policy: { grace_period: { nanoseconds: 2_500_000_000 } },
    labels: {
      labels: [
        { key: 'env', value: 'test' },
        { key: 'empty', value: '' },
      ],
    },
    discovery: {
      visibility: 'FRAMEWORK',
      name: 'web',
      ports: {
        ports: [
          {
            number: 31000,
            name: 'http',
            protocol: 'tcp',
            labels: {
              labels: [
                { key: 'network-scope', value: 'host' },
                { key: 'VIP_0', value: '/web:80' },
              ],
            },
          },
          ...['udp', 'tcp'].map((protocol) => ({
            number: 31001,
            protocol,
            labels: { labels: [{ key: 'network-scope', value: 'container' }] },
          })),
        ],
      },
    },
  });
});

t.test('a task with the least; a command without a shell', async (t) => {
  const info = taskInfoOf(
    {
      taskId: 't',
      name: 'n',
      agentId: 'S1',
      resources: { parts: [{ role: '*', cpus: 0.1, memMib: 0, diskMib: 0, gpus: 0, ports: [] }] },
      command: { shell: false, argv: ['/bin/echo', 'a b', ''] },
      env: {},
      fetch: [],
      labels: {},
      discovery: { name: 'n', ports: [] },
    },
    '*',
  );
  t.same(info, {
    name: 'n',
    task_id: { value: 't' },
    agent_id: { value: 'S1' },
    resources: [{ name: 'cpus', type: 'SCALAR', scalar: { value: 0.1 }, allocation_info: { role: '*' } }],
    command: { shell: false, value: '/bin/echo', arguments: ['/bin/echo', 'a b', ''] },
    discovery: { visibility: 'FRAMEWORK', name: 'n' },
  });
  t.same(taskInfoOf({ ...launch, command: { shell: false, argv: [] } }, '*').command?.value, undefined);
});
