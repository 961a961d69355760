import t from 'tap';
import type { ContainerInfo } from '../../../../src/cluster/agent/containers/container-info.js';
import { containerPlan } from '../../../../src/cluster/agent/containers/container-plan.js';
import type { RunFacts } from '../../../../src/cluster/agent/containers/engine-arguments.js';
import { runArguments } from '../../../../src/cluster/agent/containers/engine-arguments.js';
import { clientScript, engineEnvironment } from '../../../../src/cluster/agent/containers/engine-environment.js';
import { parseInspected } from '../../../../src/cluster/agent/containers/engine-answers.js';

const facts: RunFacts = {
  name: 'mesos-c',
  cidFile: '/run/cid',
  labels: new Map([['MESOS_TASK_ID', 'task']]),
  cpus: 0.5,
  memoryBytes: 64 * 2 ** 20,
  mounts: [{ source: '/sandbox', target: '/mnt/mesos/sandbox', readOnly: false, isMade: false }],
  passedNames: ['MINE'],
  environmentFile: '/run/env',
  command: { value: 'echo $MINE' },
};

function words(container: ContainerInfo, more: Partial<RunFacts> = {}): readonly string[] {
  const plan = containerPlan(container);
  if (plan === undefined) throw new Error('no container');
  return runArguments(plan, { ...facts, ...more });
}
const docker = (more: object = {}, container: object = {}): ContainerInfo => ({
  type: 'DOCKER',
  docker: { image: 'app:1', ...more },
  ...container,
});
const message = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

t.test('limits: what may be used beyond what was asked for', async (t) => {
  const mib = 2 ** 20;
  const of = (more: Partial<RunFacts>): readonly string[] =>
    words(docker(), more).filter((word) => /^--(?:cpu|memory)/.test(word));
  t.strictSame(of({ cpuLimit: 2, memoryLimitBytes: 128 * mib }), [
    '--cpu-shares=512',
    '--cpus=2',
    `--memory=${128 * mib}`,
    `--memory-reservation=${64 * mib}`,
  ]);
  t.strictSame(of({ cpuLimit: Infinity, memoryLimitBytes: Infinity }), [
    '--cpu-shares=512',
    `--memory-reservation=${64 * mib}`,
  ]);
  t.strictSame(of({ memoryBytes: 0, memoryLimitBytes: 0 }), ['--cpu-shares=512']);
});

t.test('the whole command line of a plain container', async (t) => {
  t.strictSame(words(docker()), [
    'run',
    '--pull=never',
    '--name=mesos-c',
    '--cidfile=/run/cid',
    '--cpu-shares=512',
    '--memory=67108864',
    '--network=host',
    '--volume=/sandbox:/mnt/mesos/sandbox:rw',
    '--label=MESOS_TASK_ID=task',
    '--env-file=/run/env',
    '--env=MINE',
    '--entrypoint=/bin/sh',
    'app:1',
    '-c',
    'echo $MINE',
  ]);
});

t.test('networks and ports', async (t) => {
  const of = (container: ContainerInfo, more: Partial<RunFacts> = {}): string[] =>
    words(container, more).filter((word) => /^--(?:network|publish|hostname)=/.test(word));
  const ports = [
    { host_port: 31000, container_port: 80 },
    { host_port: 31001, container_port: 53, protocol: 'UDP' },
  ];
  t.strictSame(of(docker({ network: 'BRIDGE', port_mappings: ports }, { hostname: 'web' })), [
    '--network=bridge',
    '--publish=31000:80/tcp',
    '--publish=31001:53/udp',
    '--hostname=web',
  ]);
  t.strictSame(of(docker({ network: 'NONE' })), ['--network=none']);
  t.strictSame(
    of(docker({ network: 'USER', port_mappings: ports.slice(0, 1) }, { network_infos: [{ name: 'net' }] })),
    ['--network=net', '--publish=31000:80/tcp'],
  );
  const mesos = (name?: string): ContainerInfo => ({
    type: 'MESOS',
    mesos: { image: { type: 'DOCKER', docker: { name: 'app:1' } } },
    ...(name === undefined ? {} : { network_infos: [{ name, port_mappings: ports.slice(0, 1) }] }),
  });
  t.strictSame(of(mesos()), ['--network=host']);
  t.strictSame(of(mesos('mesos-bridge')), ['--network=bridge', '--publish=31000:80/tcp']);
  t.strictSame(of(mesos('net')), ['--network=net', '--publish=31000:80/tcp']);
  t.strictSame(of(mesos('net'), { joins: 'mesos-leader' }), ['--network=container:mesos-leader']);
  t.match(
    message(() => of(docker({ port_mappings: ports }))),
    /Port mappings are only supported for bridge/,
  );
  t.match(
    message(() => of(docker({ network: 'USER' }))),
    /USER needs a name/,
  );
  t.match(
    message(() => of(mesos('container:x'))),
    /is not a name of a network/,
  );
  t.match(
    message(() => of(docker({ network: 'ODD' }))),
    /Unsupported Network mode: ODD/,
  );
  t.match(
    message(() => of(docker({}, { hostname: 'web' }))),
    /Unable to set hostname with host network mode/,
  );
  const bad = [{ host_port: -1, container_port: 80 }];
  t.match(
    message(() => of(docker({ network: 'BRIDGE', port_mappings: bad }))),
    /-1 is not a port/,
  );
});

t.test('what runs in it', async (t) => {
  const after = (container: ContainerInfo, command: RunFacts['command']): string[] =>
    words(container, { command }).filter(
      (word, i, all) => word.startsWith('--entrypoint') || i > all.indexOf('--env=MINE'),
    );
  const args = ['prog', 'one', 'two'];
  t.strictSame(after(docker(), { shell: false, arguments: args }), ['app:1', ...args]);
  t.strictSame(after(docker(), { shell: false }), ['app:1']);
  t.strictSame(after(docker(), { shell: false, value: 'run', arguments: ['x'] }), ['app:1', 'run', 'x']);
  const mesos = { type: 'MESOS', mesos: { image: { type: 'DOCKER', docker: { name: 'app:1' } } } };
  t.strictSame(after(mesos, { shell: false, value: '/prog', arguments: args }), [
    '--entrypoint=/prog',
    'app:1',
    'one',
    'two',
  ]);
});

t.test('parameters: long options only, and none that take the container away', async (t) => {
  const of = (key: string, value = 'x'): readonly string[] =>
    words(docker({ parameters: [{ key, value }] })).filter((word) => word.startsWith(`--${key}=`));
  t.strictSame(of('ulimit', 'nofile=10:20'), ['--ulimit=nofile=10:20']);
  t.strictSame(of('label', '; rm -rf /'), ['--label=MESOS_TASK_ID=task', '--label=; rm -rf /']);
  for (const key of ['detach', 'rm', 'name', 'restart', 'cidfile', 'pull', 'sig-proxy']) {
    t.match(
      message(() => of(key)),
      /is not allowed: the agent decides it itself/,
      key,
    );
  }
  for (const key of ['v', '-v', 'Volume', 'a b', '', 'net=host --privileged']) {
    if (key === 'v') t.strictSame(of(key), ['--v=x'], 'an unknown one is for the engine to refuse');
    else
      t.match(
        message(() => of(key)),
        /is not the long name of an option/,
        key,
      );
  }
  t.ok(words(docker({ privileged: true })).includes('--privileged'));
  t.ok(words(docker({ volume_driver: 'rexray' })).includes('--volume-driver=rexray'));
  const volume = (driver: string): object => ({
    container_path: '/data',
    source: { type: 'DOCKER_VOLUME', docker_volume: { name: 'db', driver } },
  });
  t.ok(words(docker({}, { volumes: [volume('rexray')] })).includes('--volume-driver=rexray'));
  t.notMatch(words(docker({}, { volumes: [volume('local')] })).join(' '), '--volume-driver');
});

t.test('least resources, images and paths that would be options', async (t) => {
  const least = words(docker(), { cpus: 0.0001, memoryBytes: 1 });
  t.ok(least.includes('--cpu-shares=2'));
  t.ok(least.includes(`--memory=${32 * 2 ** 20}`));
  t.notOk(words(docker(), { memoryBytes: 0 }).some((word) => word.startsWith('--memory')));
  t.match(
    message(() => words(docker({ image: '--privileged' }))),
    /is not the name of an image/,
  );
  t.match(
    message(() => words(docker({ image: '' }))),
    /needs an image/,
  );
  const mounts = [{ source: '/a:/etc', target: '/b', readOnly: false, isMade: false }];
  t.match(
    message(() => words(docker(), { mounts })),
    /contains a colon/,
  );
  t.match(
    message(() => containerPlan({ type: 'ODD' })),
    /Containers of type ODD are not supported/,
  );
  t.match(
    message(() => containerPlan({ mesos: { image: { type: 'APPC' } } })),
    /Unsupported container image type: APPC/,
  );
  t.equal(containerPlan({ type: 'MESOS' }), undefined);
});

t.test('variables: never arguments, and none that steer the client', async (t) => {
  const { passed, file } = engineEnvironment(
    new Map([
      ['MINE', 'a\nb'],
      ['PATH', '/bin'],
      ['DOCKER_HOST', 'tcp://evil'],
      ['odd.name', 'x y'],
    ]),
  );
  t.strictSame([...passed], [['MINE', 'a\nb']]);
  t.equal(file, 'PATH=/bin\nDOCKER_HOST=tcp://evil\nodd.name=x y\n');
  const script = clientScript(['docker', 'run', "it's"], passed, {
    DOCKER_HOST: 'unix:///mine',
    SECRET: 'of the agent',
    PATH: '/usr/bin',
  });
  t.equal(
    script,
    "export DOCKER_HOST='unix:///mine'\nexport PATH='/usr/bin'\nexport MINE='a\nb'\nexec 'docker' 'run' 'it'\\''s' </dev/null\n",
  );
  t.match(
    message(() => engineEnvironment(new Map([['PATH', 'a\nb']]))),
    /several lines/,
  );
  t.match(
    message(() => engineEnvironment(new Map([['A B', 'x']]))),
    /is not the name of an environment variable/,
  );
  t.match(
    message(() => engineEnvironment(new Map([['A', 'x\0']]))),
    /NUL/,
  );
});

t.test('what inspect answers', async (t) => {
  const networks = { IPAddress: '', Networks: { one: { IPAddress: '10.0.0.2', GlobalIPv6Address: '' }, two: null } };
  t.strictSame(
    parseInspected(
      `${JSON.stringify({ Running: true, StartedAt: '2026-01-01T00:00:00Z', Pid: 7 })}\n${JSON.stringify(networks)}\n`,
    ),
    {
      isRunning: true,
      wasStarted: true,
      exitCode: 0,
      isOutOfMemory: false,
      error: '',
      pid: 7,
      addresses: ['10.0.0.2'],
    },
  );
  t.match(parseInspected('{"StartedAt":"0001-01-01T00:00:00Z","ExitCode":127}\nnull'), {
    wasStarted: false,
    exitCode: 127,
    addresses: [],
  });
  t.equal(parseInspected('no such thing'), undefined);
});
