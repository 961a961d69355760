import t from 'tap';
import { authority, connectHost, machineAddress } from '../../src/cli/addresses.js';
import { clusterOptions } from '../../src/cli/commands/cluster.js';
import { dnsOptions } from '../../src/cli/commands/dns.js';
import { lbOptions } from '../../src/cli/commands/lb.js';
import { schedulerOptions } from '../../src/cli/commands/scheduler.js';
import type { RoleName } from '../../src/cli/flags.js';
import { isPretty } from '../../src/cli/log-format.js';
import { resolveSettings } from '../../src/cli/settings.js';
import type { Environment } from '../../src/cli/settings.js';
import { banner } from '../../src/cli/supervisor/banner.js';
import { planRoles } from '../../src/cli/supervisor/plan.js';

function up(argv: string[], environment: Environment = {}) {
  const invocation = resolveSettings('up', argv, environment, () => undefined);
  if (invocation === undefined) throw new Error('help was shown');
  return invocation;
}

/** What each role makes of the command line that `up` gives it. */
function settingsOfRoles(argv: string[], environment: Environment = {}) {
  const { roles } = planRoles(up(argv, environment), '/srv/ekiden', '/main.js');
  return (name: RoleName) => {
    const role = roles.find((candidate) => candidate.name === name);
    if (role === undefined) throw new Error(`${name} is not started`);
    t.same(role.args.slice(0, 2), ['/main.js', name]);
    const inherited = { ...environment, ...role.environment };
    const invocation = resolveSettings(name, role.args.slice(2), inherited, () => undefined);
    if (invocation === undefined) throw new Error('help was shown');
    return invocation.settings;
  };
}

t.test('the roles of a laptop find one another', async (t) => {
  const of = settingsOfRoles([]);
  t.match(clusterOptions(of('cluster')), {
    host: '127.0.0.1',
    masterPort: 5050,
    agentPort: 5051,
    workDir: '/srv/ekiden',
    hostname: '127.0.0.1',
  });
  t.match(schedulerOptions(of('scheduler')), {
    host: '127.0.0.1',
    httpPort: 8080,
    hostname: '127.0.0.1',
    master: '127.0.0.1:5050',
    workDir: '/srv/ekiden',
    frameworkName: 'marathon',
  });
  t.match(dnsOptions(of('dns')), {
    host: '127.0.0.1',
    httpHost: '127.0.0.1',
    dnsPort: 8053,
    dnsHttpPort: 8123,
    master: '127.0.0.1:5050',
  });
  t.match(lbOptions(of('lb'), '/usr/sbin/haproxy'), {
    host: '127.0.0.1',
    bindAddress: '127.0.0.1',
    lbPort: 8000,
    haproxyHttpPort: 8880,
    haproxyHttpsPort: 8843,
    haproxyStatsPort: 9090,
    schedulers: ['http://127.0.0.1:8080'],
    haproxyPath: '/usr/sbin/haproxy',
    workDir: '/srv/ekiden',
  });
  t.equal(of('lb').log_format, 'json');
});

t.test('what is given to up reaches its role, whatever the environment says', async (t) => {
  const environment = { EKIDEN_DNS_PORT: '6000', MARATHON_HTTP_PORT: '7000', EKIDEN_HAPROXY_HTTP_PORT: '81' };
  const of = settingsOfRoles(['--dns_port', '53', '--http_port=9000', '--max_instances_per_offer', '9'], environment);
  t.equal(of('dns').dns_port, 53, 'a value that is the default of the role alone');
  t.equal(of('scheduler').http_port, 9000);
  t.equal(of('scheduler').max_instances_per_offer, 9);
  t.equal(of('lb').haproxy_http_port, 81);
  t.same(of('lb').marathon, ['http://127.0.0.1:9000']);
});

t.test('secrets reach the roles that need them, and no argument', async (t) => {
  const argv = ['--http_endpoints=http://me:hooksecret@h/', '--event_subscriber=http_callback'];
  const environment = {
    MESOSPHERE_HTTP_CREDENTIALS: 'me:apisecret',
    MARATHON_SSL_KEYSTORE_PATH: '/m.jks',
    MARATHON_SSL_KEYSTORE_PASSWORD: 'keysecret',
    MARATHON_METRICS_DATADOG_API_KEY: 'datasecret',
    // The command line wins; what it wins over is nobody else's business either.
    MARATHON_HTTP_ENDPOINTS: 'http://me:formersecret@h/',
    MARATHON_REPORTER_GRAPHITE: 'tcp://me:graphitesecret@h:2003',
  };
  const { roles } = planRoles(up(argv, environment), '/srv/ekiden', '/main.js');
  for (const { name, args } of roles) t.notMatch(args.join(' '), /secret/, name);
  const of = settingsOfRoles(argv, environment);
  t.match(schedulerOptions(of('scheduler')), {
    credentials: { user: 'me', password: 'apisecret' },
    tls: { password: 'keysecret' },
    httpCallback: { endpoints: ['http://me:hooksecret@h/'] },
    metrics: { graphite: { host: 'h', port: 2003 } },
  });
  t.match(lbOptions(of('lb'), 'haproxy').credentials, { user: 'me', password: 'apisecret' });
  t.match(dnsOptions(of('dns')).credentials, { user: 'me', password: 'apisecret' });
  for (const { name, environment: changes = {} } of roles) {
    if (name === 'scheduler') continue;
    const inherited: Environment = { ...environment, ...changes };
    for (const [variable, value] of Object.entries(inherited)) {
      if (!['dns', 'lb'].includes(name) || variable !== 'EKIDEN_MARATHON_CREDENTIALS')
        t.notMatch(value ?? '', /secret/, `${name}: ${variable}`);
    }
  }
  const other = settingsOfRoles([], { ...environment, EKIDEN_MARATHON_CREDENTIALS: 'lb:own' });
  t.match(lbOptions(other('lb'), 'haproxy').credentials, { user: 'lb', password: 'own' });
});

t.test('the load balancer reaches an API with TLS alone', async (t) => {
  const pem = ['--ssl_certificate_path=/c.pem', '--ssl_key_path=/k.pem'];
  const both = lbOptions(settingsOfRoles(pem)('lb'), 'haproxy');
  t.same(both.schedulers, ['http://127.0.0.1:8080'], 'without TLS, where there is a choice');
  const alone = lbOptions(settingsOfRoles([...pem, '--disable_http', '--https_port=9443'])('lb'), 'haproxy');
  t.same(alone.schedulers, ['https://127.0.0.1:9443']);
  t.equal(alone.caFile, '/c.pem', 'its own certificate is trusted');
  const named = lbOptions(settingsOfRoles([...pem, '--disable_http', '--marathon_ca=/ca.pem'])('lb'), 'haproxy');
  t.equal(named.caFile, '/ca.pem');
  const keystore = up(['--ssl_keystore_path=/m.jks', '--ssl_keystore_password=p', '--disable_http']);
  const { roles } = planRoles(keystore, '/srv/ekiden', '/main.js', '/srv/ekiden/own.pem');
  t.ok(roles.find(({ name }) => name === 'lb')?.args.includes('--marathon_ca=/srv/ekiden/own.pem'));
});

t.test('with a real master there is no cluster', async (t) => {
  const plan = planRoles(up(['--master', 'm:5050']), '/srv/ekiden', '/main.js');
  t.same(
    plan.roles.map(({ name }) => name),
    ['scheduler', 'dns', 'lb'],
  );
  t.same(plan.startSteps, [[], ['scheduler', 'dns', 'lb']]);
  const of = settingsOfRoles(['--master', 'm:5050']);
  t.same(of('dns').master, ['m:5050']);
  t.same(of('scheduler').master, ['m:5050']);
});

t.test('a real cluster that is found in ZooKeeper, with passwords that no argument shows', async (t) => {
  const argv = ['--host=0.0.0.0', '--hostname=m1', '--master=zk://you:hunter3@z1,z2/mesos'];
  const environment = {
    MARATHON_ZK: 'zk://me:hunter2@z1,z2/marathon',
    EKIDEN_MESOS_AUTHENTICATION_PRINCIPAL: 'ekiden',
  };
  const { roles } = planRoles(up(argv, environment), '/srv/ekiden', '/main.js');
  t.same(
    roles.map(({ name }) => name),
    ['scheduler', 'dns', 'lb'],
  );
  for (const { name, args } of roles) t.notMatch(args.join(' '), 'hunter', name);
  const of = settingsOfRoles(argv, environment);
  t.match(schedulerOptions(of('scheduler')), {
    hostname: 'm1',
    ha: true,
    master: 'zk://you:hunter3@z1,z2/mesos',
    zookeeper: { address: { path: '/marathon', credentials: { user: 'me', password: 'hunter2' } } },
  });
  t.same(of('dns').master, ['zk://you:hunter3@z1,z2/mesos']);
  t.same(of('lb').marathon, ['http://127.0.0.1:8080'], "this node's own scheduler knows who leads");
  for (const { name, environment: changes = {} } of roles) {
    const known = Object.values({ ...environment, ...changes }).join(' ');
    t.equal(known.includes('hunter2'), name === 'scheduler', `the state is the business of the scheduler: ${name}`);
    t.equal(known.includes('hunter3'), name !== 'lb', name);
  }
  const text = banner(up(argv, environment).settings, []);
  t.notMatch(text, 'hunter');
  t.match(text, 'zk://xxxxxxxx:xxxxxxxx@z1,z2/mesos');
  t.match(text, 'zk://xxxxxxxx:xxxxxxxx@z1,z2/marathon');
  t.match(text, 'the apps run on in the cluster');
});

t.test('an embedded master that announces itself is found there by the others', async (t) => {
  const argv = ['--cluster_zk=zk://me:hunter2@z1,z2:2182/mesos', '--cluster_zk_session_timeout=4000'];
  const { roles } = planRoles(up(argv), '/srv/ekiden', '/main.js');
  for (const { name, args } of roles) t.notMatch(args.join(' '), 'hunter', name);
  const of = settingsOfRoles(argv);
  t.match(clusterOptions(of('cluster')).zookeeper, {
    address: {
      servers: [
        { host: 'z1', port: 2181 },
        { host: 'z2', port: 2182 },
      ],
      path: '/mesos',
      credentials: { user: 'me', password: 'hunter2' },
    },
    sessionTimeoutMs: 4_000,
  });
  for (const role of ['scheduler', 'dns'] as const) t.same(of(role).master, ['zk://me:hunter2@z1,z2:2182/mesos'], role);
  t.equal(clusterOptions(settingsOfRoles([])('cluster')).zookeeper, undefined);
  t.throws(() => up(['--cluster_zk=zk://z1']), { message: /--cluster_zk.*path/ });
});

t.test('the scheduler is gone before the tasks are ended', async (t) => {
  const { stopSteps, roles } = planRoles(up([]), '/srv/ekiden', '/main.js');
  t.same(stopSteps, [['scheduler'], ['lb', 'dns'], ['cluster']]);
  t.same(
    roles.map(({ name, stopScope }) => [name, stopScope]),
    [
      ['cluster', 'everything'],
      ['scheduler', 'self'],
      ['dns', 'everything'],
      ['lb', 'everything'],
    ],
  );
});

t.test('the banner follows the settings', async (t) => {
  const plain = banner(up([]).settings, []);
  for (const expected of [
    'http://127.0.0.1:8080/v2/apps',
    'dig +short @127.0.0.1 -p 8053 hello.marathon.mesos',
    'dig +short @127.0.0.1 -p 8053 SRV _hello._tcp.marathon.mesos',
    'curl http://127.0.0.1:10080/',
  ]) {
    t.match(plain, expected);
  }
  t.notMatch(plain, 'degraded');
  const body = /<<'END'\n([\s\S]*?)\nEND\n/.exec(plain)?.[1] ?? '';
  t.match(JSON.parse(body), { id: 'hello', portDefinitions: [{ port: 10080 }] });

  const other = banner(
    up([
      '--host',
      '0.0.0.0',
      '--http_port',
      '9',
      '--framework_name',
      'M',
      '--dns_domain',
      'x.y',
      '--local_port_min',
      '19990',
    ]).settings,
    ['no edge'],
  );
  for (const expected of [
    'http://127.0.0.1:9/v2/apps',
    'hello.m.x.y',
    'http://127.0.0.1:20000/',
    'degraded: no edge',
  ]) {
    t.match(other, expected);
  }
});

t.test('the banner with TLS and credentials', async (t) => {
  const secured = banner(
    up(['--ssl_certificate_path=/c', '--ssl_key_path=/k', '--disable_http', "--http_credentials=o'neil:pass"]).settings,
    [],
  );
  t.match(secured, 'Marathon API  https://127.0.0.1:8443\n');
  t.match(secured, `curl -k -u 'o'\\''neil' -X POST https://127.0.0.1:8443/v2/apps`);
  t.notMatch(secured, 'pass');
  const both = banner(up(['--ssl_certificate_path=/c', '--ssl_key_path=/k']).settings, []);
  t.match(both, 'http://127.0.0.1:8080, https://127.0.0.1:8443\n');
  t.match(both, 'curl -X POST http://127.0.0.1:8080/v2/apps');
});

t.test('addresses', async (t) => {
  t.equal(connectHost('0.0.0.0'), '127.0.0.1');
  t.equal(connectHost('::'), '::1');
  t.equal(authority('::1', 80), '[::1]:80');
  const lo = [{ address: '127.0.0.1', family: 'IPv4', internal: true }];
  t.equal(machineAddress({ lo }), '127.0.0.1');
  const eth0 = [
    { address: 'fe80::1', family: 'IPv6', internal: false },
    { address: '10.0.0.7', family: 'IPv4', internal: false },
  ];
  t.equal(machineAddress({ lo, eth0 }), '10.0.0.7');
});

t.test('log format', async (t) => {
  t.equal(isPretty('auto', true, undefined), true);
  t.equal(isPretty('auto', true, 'true'), false);
  t.equal(isPretty('auto', true, 'false'), true);
  t.equal(isPretty('auto', false, undefined), false);
  t.equal(isPretty('pretty', false, 'true'), true);
  t.equal(isPretty('json', true, undefined), false);
});
