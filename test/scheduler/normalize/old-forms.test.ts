import t from 'tap';
import type { Test } from 'tap';
import { appJsonOf } from '../../../src/scheduler/core/normalize/app-json-of.js';
import type { AppUpdate } from '../../../src/scheduler/core/normalize/app-update.js';
import { buildDefinition } from '../../../src/scheduler/core/normalize/build-definition.js';
import { isArchive } from '../../../src/scheduler/core/normalize/old-forms.js';
import type { AppDefinition } from '../../../src/scheduler/model/app-definition.js';

const options = { partial: false, mesosRole: '*' };

function build(t: Test, update: AppUpdate, current?: AppDefinition): AppDefinition {
  const built = buildDefinition(current, '/app', update, { ...options, partial: current !== undefined });
  if (!built.ok) {
    t.fail(JSON.stringify(built.violations));
    throw new Error('not valid');
  }
  const version = '2020-01-01T00:00:00.000Z';
  return { ...built.draft, version, versionInfo: { lastScalingAt: version, lastConfigChangeAt: version } };
}

t.test('archives are known by their ending, whatever the query says', (t) => {
  for (const ending of ['tgz', 'tar.gz', 'tbz2', 'tar.bz2', 'txz', 'tar.xz', 'zip', 'tar', 'gz', 'xz']) {
    t.ok(isArchive(`http://h/a.${ending}`), ending);
    t.ok(isArchive(`http://h/a.${ending}?x=1#y`), ending);
  }
  for (const uri of ['http://h/a.sh', 'http://h/a?f=b.zip', 'http://h/zip', 'http://h/a.zip/b']) {
    t.notOk(isArchive(uri), uri);
  }
  t.end();
});

t.test('uris and ports', (t) => {
  const app = build(t, { cmd: 'x', uris: ['http://h/a.tgz', 'http://h/b'], ports: [0, 8080] });
  t.same(
    app.fetch.map(({ uri, extract }) => [uri, extract]),
    [
      ['http://h/a.tgz', true],
      ['http://h/b', false],
    ],
  );
  t.same(app.portDefinitions, [
    { port: 0, protocol: 'tcp', labels: {} },
    { port: 8080, protocol: 'tcp', labels: {} },
  ]);
  t.same(build(t, { cmd: 'x' }).portDefinitions, [{ port: 0, protocol: 'tcp', name: 'default', labels: {} }]);
  t.same(build(t, { cmd: 'x', ports: [] }).portDefinitions, [], 'an empty list means no ports');
  t.same(build(t, { cmd: 'x', fetch: [{ uri: 'http://h/b' }] }).fetch[0]?.extract, true);
  t.end();
});

t.test('docker networks', (t) => {
  const docker = { image: 'busybox' };
  const bridge = build(t, {
    container: { docker: { ...docker, network: 'BRIDGE', portMappings: [{ containerPort: 80 }] } },
    ports: [1111, 2222],
  });
  t.same(bridge.networks, [{ mode: 'container/bridge' }]);
  t.same(bridge.portDefinitions, []);
  t.match(bridge.container, {
    type: 'DOCKER',
    docker: { image: 'busybox', privileged: false, forcePullImage: false, parameters: [] },
    portMappings: [
      { containerPort: 80, hostPort: 0, servicePort: 0, protocol: 'tcp' },
      { containerPort: 0, hostPort: 0, servicePort: 2222 },
    ],
  });
  t.notOk('network' in (bridge.container?.docker ?? { network: 'none' }));

  const host = build(t, {
    container: { docker: { ...docker, network: 'HOST', portMappings: [{ containerPort: 80 }] } },
  });
  t.same(host.networks, [{ mode: 'host' }]);
  t.notOk('portMappings' in (host.container ?? { portMappings: [] }));

  const user = build(t, {
    container: { docker: { ...docker, network: 'USER' } },
    ipAddress: { networkName: 'net', labels: { a: 'b' }, groups: ['dev'] },
  });
  t.same(user.networks, [{ mode: 'container', name: 'net', labels: { a: 'b' } }]);

  const discovered = build(t, {
    cmd: 'x',
    ipAddress: { networkName: 'net', discovery: { ports: [{ number: 80, name: 'http' }] } },
  });
  t.match(discovered.container, {
    type: 'MESOS',
    portMappings: [{ containerPort: 80, name: 'http', protocol: 'tcp' }],
  });
  t.same(build(t, { cmd: 'x', ipAddress: { networkName: 'mesos-bridge' } }).networks, [{ mode: 'container/bridge' }]);
  t.end();
});

t.test('a partial update keeps what it does not name, null included', (t) => {
  const before = build(t, {
    cmd: 'x',
    env: { A: '1' },
    resourceLimits: { mem: 256 },
    executorResources: { cpus: 0.2 },
    ports: [8080],
    constraints: [['hostname', 'UNIQUE']],
    dependencies: ['db'],
  });
  const scaled = build(t, { instances: 3, env: null, cmd: null }, before);
  t.same({ ...scaled, instances: before.instances }, before);
  t.same(scaled.dependencies, ['/db']);
  const moved = build(t, { networks: [{ mode: 'container/bridge' }] }, before);
  t.same(moved.portDefinitions, [], 'host ports do not survive the move to a bridge');
  t.notOk('portDefinitions' in appJsonOf(moved));
  const args = buildDefinition(before, '/app', { args: ['a'] }, { ...options, partial: true });
  t.notOk(args.ok, 'cmd stays: both is one too many');
  t.end();
});

t.test('members that tasks are started with are kept and shown', (t) => {
  const given = {
    constraints: [['hostname', 'UNIQUE']],
    env: { A: '1', B: { secret: 'password' } },
    secrets: { password: { source: '/team/password' } },
    executor: '/custom',
    executorResources: { cpus: 0.2 },
    resourceLimits: { cpus: 2, mem: 'unlimited' },
    check: { http: { path: '/' }, intervalSeconds: 5 },
    tty: true,
  };
  const { ok, ...built } = buildDefinition(
    undefined,
    '/app',
    { cmd: 'xx', ...given },
    { ...options, features: ['secrets'] },
  );
  if (!ok || !('draft' in built)) return t.fail(JSON.stringify(built));
  const { draft } = built;
  t.match(draft, {
    env: { A: '1' },
    secretEnv: { B: 'password' },
    executorResources: { cpus: 0.2, memMib: 32, diskMib: 10 },
    resourceLimits: { cpus: 2, memMib: 'unlimited' },
    check: { http: { path: '/', scheme: 'HTTP' }, intervalSeconds: 5, timeoutSeconds: 20, delaySeconds: 15 },
  });
  t.match(appJsonOf(draft), {
    ...given,
    executorResources: { cpus: 0.2, mem: 32, disk: 10 },
    check: { http: { path: '/', scheme: 'HTTP' }, intervalSeconds: 5, timeoutSeconds: 20, delaySeconds: 15 },
  });
  t.end();
});
