import t from 'tap';
import type { Test } from 'tap';
import type { TaskInfo } from '../../../src/mesos/types.js';
import { launched } from './launched-task.js';

const secrets = { features: ['secrets'] };

const variableOf = ({ command, executor }: TaskInfo, name: string): unknown =>
  (command ?? executor?.command)?.environment?.variables.find((variable) => variable.name === name);

const reference = (name: string): object => ({ type: 'REFERENCE', reference: { name } });

t.test('a variable with a secret refers to where it is', async (t) => {
  const { info } = await launched(
    t,
    {
      cmd: 'sleep 1',
      env: { PLAIN: 'x', PASSWORD: { secret: 'db' }, TOKEN: { secret: 'db' } },
      secrets: { db: { source: '/team/db/password' }, other: { source: 'unused' } },
    },
    secrets,
  );
  t.same(variableOf(info, 'PLAIN'), { name: 'PLAIN', value: 'x' });
  for (const name of ['PASSWORD', 'TOKEN']) {
    t.same(variableOf(info, name), { name, type: 'SECRET', secret: reference('/team/db/password') });
  }
});

t.test('secrets as files, and for pulling an image', async (t) => {
  const { info } = await launched(
    t,
    {
      container: {
        type: 'MESOS',
        docker: { image: 'registry.example/web', pullConfig: { secret: 'login' } },
        volumes: [
          { containerPath: 'tls/key.pem', secret: 'key' },
          { containerPath: 'data', hostPath: '/srv', mode: 'RW' },
        ],
      },
      secrets: { key: { source: 'tls/key' }, login: { source: '/registry/config' } },
    },
    secrets,
  );
  t.same(info.container, {
    type: 'MESOS',
    mesos: {
      image: {
        type: 'DOCKER',
        docker: { name: 'registry.example/web', config: reference('/registry/config') },
        cached: true,
      },
    },
    volumes: [
      { container_path: 'data', host_path: '/srv', mode: 'RW' },
      { container_path: 'tls/key.pem', mode: 'RO', source: { type: 'SECRET', secret: reference('tls/key') } },
    ],
  });
});

async function withExecutor(t: Test, app: object, executor = '//cmd'): Promise<TaskInfo> {
  return (await launched(t, app, { executor })).info;
}

t.test('a custom executor: a program in the sandbox with the command line of the app', async (t) => {
  const info = await withExecutor(t, {
    cmd: 'run "it"',
    executor: 'bin/executor',
    user: 'nobody',
    fetch: [{ uri: 'http://files/executor.tgz' }],
    healthChecks: [{ protocol: 'MESOS_TCP' }],
  });
  t.equal(info.command, undefined, 'Mesos takes a command or an executor, never both');
  t.match(info.executor, {
    executor_id: { value: `marathon-${info.task_id.value}` },
    command: {
      shell: true,
      value: `chmod ug+rx 'bin/executor' && exec 'bin/executor' run "it"`,
      user: 'nobody',
      uris: [{ value: 'http://files/executor.tgz' }],
    },
  });
  t.equal(info.executor?.resources, undefined);
  t.match(variableOf(info, 'MARATHON_APP_ID'), { value: '/web' });
  t.ok(info.health_check);
});

t.test('its container, arguments and resources', async (t) => {
  const info = await withExecutor(t, {
    args: ['a', 'b c'],
    cpus: 1,
    mem: 64,
    executor: `/opt/it's/one`,
    executorResources: { cpus: 0.5 },
    container: { type: 'DOCKER', docker: { image: 'x' } },
  });
  t.equal(info.container, undefined);
  t.match(info.executor, {
    command: { shell: true, value: `chmod ug+rx '/opt/it'\\''s/one' && exec '/opt/it'\\''s/one' a b c` },
    container: { type: 'DOCKER', docker: { image: 'x' } },
  });
  t.notOk('arguments' in (info.executor?.command ?? {}));
  const amounts = (resources: TaskInfo['resources'] = []): unknown =>
    Object.fromEntries(resources.map(({ name, scalar }) => [name, scalar?.value]));
  t.same(amounts(info.executor?.resources), { cpus: 0.5, mem: 32, disk: 10 });
  t.match(amounts(info.resources), { cpus: 1, mem: 64 });
});

t.test('--executor is for apps that name none', async (t) => {
  const byDefault = await withExecutor(t, { cmd: 'sleep 1' }, '/usr/bin/executor');
  t.match(byDefault.executor?.command?.value, `exec '/usr/bin/executor' sleep 1`);
  const own = await withExecutor(t, { cmd: 'sleep 1', executor: '//cmd', executorResources: {} }, '/usr/bin/executor');
  t.equal(own.executor, undefined);
  t.match(own.command, { value: 'sleep 1' });
});

t.test('limits: a number, or as much as there is', async (t) => {
  const limitsOf = async (resourceLimits: object): Promise<unknown> =>
    (await launched(t, { cmd: 'sleep 1', cpus: 0.5, mem: 64, resourceLimits })).info.limits;
  t.same(await limitsOf({ cpus: 2, mem: 'unlimited' }), { cpus: { value: 2 }, mem: { value: 'Infinity' } });
  t.same(await limitsOf({ mem: 128 }), { mem: { value: 128 } });
  t.equal(await limitsOf({}), undefined);
});

t.test('a terminal', async (t) => {
  const bare = await launched(t, { cmd: 'sleep 1', tty: true });
  t.same(bare.info.container, { type: 'MESOS', mesos: {}, tty_info: {} });
  const docker = await launched(t, { container: { type: 'DOCKER', docker: { image: 'x' } }, tty: true });
  t.match(docker.info.container, { type: 'DOCKER', tty_info: {} });
  t.equal((await launched(t, { cmd: 'sleep 1', tty: false })).info.container, undefined);
});

t.test('Linux settings', async (t) => {
  const { info } = await launched(t, {
    cmd: 'sleep 1',
    container: {
      type: 'MESOS',
      linuxInfo: { seccomp: { profileName: 'strict' }, ipcInfo: { mode: 'PRIVATE', shmSize: 64 } },
    },
  });
  t.match(info.container, {
    linux_info: { seccomp: { profile_name: 'strict' }, ipc_mode: 'PRIVATE', shm_size: 64 },
  });
});

t.test('--env_vars_prefix is for HOST and the PORT variables only', async (t) => {
  const { info } = await launched(
    t,
    { cmd: 'sleep 1', env: { PORT: 'mine' }, portDefinitions: [{ port: 0, name: 'http' }] },
    { envVarsPrefix: 'X_' },
  );
  const names = (info.command?.environment?.variables ?? []).map(({ name }) => name);
  t.same(
    names.filter((name) => /HOST|PORT/.test(name)).sort(),
    ['PORT', 'X_HOST', 'X_PORT', 'X_PORT0', 'X_PORTS', 'X_PORT_10000', 'X_PORT_HTTP'].sort(),
  );
  t.ok(names.includes('MARATHON_APP_ID'));
  t.same(variableOf(info, 'PORT'), { name: 'PORT', value: 'mine' });
});
