import t from 'tap';
import type { TaskInfo } from '../../../src/mesos/types.js';
import { launched } from './launched-task.js';

const portsOf = (info: TaskInfo): unknown => info.resources.find(({ name }) => name === 'ports')?.ranges?.range;

function variables(info: TaskInfo): Readonly<Record<string, string | undefined>> {
  const list = info.command?.environment?.variables ?? [];
  return Object.fromEntries(list.filter(({ name }) => name.startsWith('PORT')).map(({ name, value }) => [name, value]));
}

const labels = (map: Record<string, string>): object => ({
  labels: { labels: Object.entries(map).map(([key, value]) => ({ key, value })) },
});

t.test('Docker with the network of the host', async (t) => {
  const { info, task } = await launched(t, {
    container: {
      type: 'DOCKER',
      docker: {
        image: 'busybox',
        privileged: true,
        forcePullImage: true,
        parameters: [{ key: 'env', value: 'A=1' }],
      },
      volumes: [{ containerPath: '/data', hostPath: '/var/data', mode: 'RO' }],
    },
    portDefinitions: [{ port: 0, name: 'http' }],
  });
  t.same(info.container, {
    type: 'DOCKER',
    docker: {
      image: 'busybox',
      network: 'HOST',
      privileged: true,
      parameters: [
        { key: 'env', value: 'A=1' },
        { key: 'label', value: `MESOS_TASK_ID=${info.task_id.value}` },
      ],
      force_pull_image: true,
    },
    volumes: [{ container_path: '/data', host_path: '/var/data', mode: 'RO' }],
  });
  t.equal(info.command?.shell, false, 'the entry point of the image is started');
  t.notOk('value' in (info.command ?? {}));
  t.match(info.command?.environment?.variables, [...Array<object>(2).fill({}), { value: 'busybox' }]);
  t.equal((task['ports'] as number[]).length, 1);
});

t.test('arguments are given to the entry point of an image', async (t) => {
  const { info } = await launched(t, {
    args: ['-p', '80'],
    container: { type: 'DOCKER', docker: { image: 'nginx' } },
  });
  t.match(info.command, { shell: false, arguments: ['-p', '80'] });
  t.notOk('value' in (info.command ?? {}));
  const plain = await launched(t, { args: ['sleep', '80'], container: { type: 'MESOS', volumes: [] } });
  t.match(plain.info.command, { shell: false, value: 'sleep', arguments: ['sleep', '80'] });
});

t.test('Docker with a bridge', async (t) => {
  const { info, task } = await launched(t, {
    cmd: 'httpd -f',
    container: {
      type: 'DOCKER',
      docker: { image: 'busybox' },
      portMappings: [
        { containerPort: 80, name: 'http', labels: { VIP_0: '/web:80' } },
        { containerPort: 53, hostPort: 31500, protocol: 'udp,tcp' },
        { containerPort: 0, hostPort: 0, protocol: 'udp' },
      ],
    },
    networks: [{ mode: 'container/bridge' }],
  });
  const [http, dns, open] = task['ports'] as [number, number, number];
  t.equal(dns, 31500);
  t.equal(new Set([http, dns, open]).size, 3);
  t.match(info.container, {
    docker: {
      network: 'BRIDGE',
      port_mappings: [
        { host_port: http, container_port: 80, protocol: 'tcp' },
        { host_port: 31500, container_port: 53, protocol: 'udp' },
        { host_port: 31500, container_port: 53, protocol: 'tcp' },
        { host_port: open, container_port: open, protocol: 'udp' },
      ],
    },
  });
  t.notOk('network_infos' in (info.container ?? {}));
  t.same(info.discovery?.ports?.ports, [
    { number: http, name: 'http', protocol: 'tcp', ...labels({ 'network-scope': 'host', VIP_0: '/web:80' }) },
    { number: 31500, protocol: 'udp', ...labels({ 'network-scope': 'host' }) },
    { number: 31500, protocol: 'tcp', ...labels({ 'network-scope': 'host' }) },
    { number: open, protocol: 'udp', ...labels({ 'network-scope': 'host' }) },
  ]);
  t.same(variables(info), {
    PORT: String(http),
    PORT0: String(http),
    PORT1: '31500',
    PORT2: String(open),
    PORTS: `${http},31500,${open}`,
    PORT_80: String(http),
    PORT_HTTP: String(http),
    PORT_53: '31500',
    [`PORT_${open}`]: String(open),
  });
});

t.test('Docker on a network of its own: ports without a host port are reached at its address', async (t) => {
  const { info, task } = await launched(t, {
    container: {
      type: 'DOCKER',
      docker: { image: 'busybox' },
      portMappings: [{ containerPort: 80, name: 'http' }, { containerPort: 0 }, { containerPort: 81, hostPort: 0 }],
    },
    networks: [{ mode: 'container', name: 'overlay', labels: { zone: 'dmz' } }],
  });
  const [host] = task['ports'] as number[];
  t.equal((task['ports'] as number[]).length, 1, 'ports without a host port are not listed');
  t.match(info.container, {
    docker: { network: 'USER', port_mappings: [{ host_port: host, container_port: 81, protocol: 'tcp' }] },
    network_infos: [{ name: 'overlay', ip_addresses: [{}], ...labels({ zone: 'dmz' }) }],
  });
  const inside = variables(info)['PORT1'];
  t.ok(Number(inside) > 1024, `any port above 1024: ${inside}`);
  t.same(variables(info), {
    PORT: String(host),
    PORT0: '80',
    PORT1: inside,
    PORT2: String(host),
    PORTS: `${host},${inside}`,
    PORT_80: '80',
    PORT_HTTP: '80',
    [`PORT_${inside}`]: inside,
    PORT_81: String(host),
  });
  const inContainer = labels({ 'network-scope': 'container', 'network-name': 'overlay' });
  t.same(info.discovery?.ports?.ports, [
    { number: 80, name: 'http', protocol: 'tcp', ...inContainer },
    { number: Number(inside), protocol: 'tcp', ...inContainer },
    { number: host, protocol: 'tcp', ...labels({ 'network-scope': 'host' }) },
  ]);
});

t.test('no port of the host at all: PORTS is empty and PORT is not there', async (t) => {
  const { info, task } = await launched(t, {
    container: { type: 'DOCKER', docker: { image: 'busybox' }, portMappings: [{ containerPort: 80 }] },
    networks: [{ mode: 'container', name: 'overlay' }],
  });
  t.same(task['ports'], []);
  t.equal(portsOf(info), undefined);
  t.same(variables(info), { PORT0: '80', PORT_80: '80', PORTS: '' });
  t.notOk('port_mappings' in (info.container as { docker: object }).docker);
});

t.test('Mesos containers: image, networks, ports and Linux settings', async (t) => {
  const { info, task } = await launched(t, {
    cmd: 'sleep 1',
    container: {
      type: 'MESOS',
      docker: { image: 'busybox', forcePullImage: true },
      linuxInfo: { seccomp: { unconfined: true }, ipcInfo: { mode: 'PRIVATE', shmSize: 16 } },
      volumes: [{ containerPath: 'data', hostPath: '/srv', mode: 'RW' }],
      portMappings: [
        { containerPort: 80, hostPort: 0, networkNames: ['b'] },
        { containerPort: 81, networkNames: ['a', 'b'] },
      ],
    },
    networks: [
      { mode: 'container', name: 'a' },
      { mode: 'container', name: 'b' },
    ],
  });
  const [host] = task['ports'] as number[];
  t.same(info.container, {
    type: 'MESOS',
    mesos: { image: { type: 'DOCKER', docker: { name: 'busybox' }, cached: false } },
    network_infos: [
      { name: 'a', ip_addresses: [{}] },
      { name: 'b', ip_addresses: [{}], port_mappings: [{ host_port: host, container_port: 80, protocol: 'tcp' }] },
    ],
    volumes: [{ container_path: 'data', host_path: '/srv', mode: 'RW' }],
    linux_info: { seccomp: { unconfined: true }, ipc_mode: 'PRIVATE', shm_size: 16 },
  });
  t.same(
    info.discovery?.ports?.ports.map(({ number, labels: l }) => [number, l?.labels.map(({ value }) => value)]),
    [
      [host, ['host']],
      [81, ['container', 'a']],
      [81, ['container', 'b']],
    ],
  );
});

t.test('a Mesos container without an image, with a bridge', async (t) => {
  const { info, task } = await launched(t, { cmd: 'sleep 1', networks: [{ mode: 'container/bridge' }] });
  const [host] = task['ports'] as number[];
  t.same(info.container, {
    type: 'MESOS',
    mesos: {},
    network_infos: [
      {
        name: 'mesos-bridge',
        ip_addresses: [{}],
        port_mappings: [{ host_port: host, container_port: host, protocol: 'tcp' }],
      },
    ],
  });
});

t.test('an app on the host without a container has none', async (t) => {
  const { info } = await launched(t, { cmd: 'sleep 1' });
  t.notOk('container' in info);
});
