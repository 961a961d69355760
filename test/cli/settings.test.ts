import t from 'tap';
import { UsageError } from '../../src/common/errors.js';
import { formatValue, parseValue } from '../../src/cli/flag-values.js';
import { commandNames, defaultOf, flagNames, flagOf, flags, marathonFlagsNotYet } from '../../src/cli/flags.js';
import type { CommandName } from '../../src/cli/flags.js';
import { commandHelp } from '../../src/cli/help.js';
import { nearest } from '../../src/cli/nearest.js';
import { resolveSettings } from '../../src/cli/settings.js';
import type { Environment } from '../../src/cli/settings.js';

function resolve(command: CommandName, argv: string[], environment: Environment = {}) {
  const invocation = resolveSettings(command, argv, environment, () => undefined);
  if (invocation === undefined) throw new Error('help was shown');
  return invocation;
}
const settingsOf = (command: CommandName, argv: string[], environment: Environment = {}) =>
  resolve(command, argv, environment).settings;

/** The one line that refuses this. */
function refusal(command: CommandName, argv: string[], environment: Environment = {}): string {
  try {
    resolve(command, argv, environment);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'accepted';
}

t.test('the table holds together', async (t) => {
  for (const name of flagNames) {
    const flag = flagOf(name);
    t.match(name, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    t.ok(flag.commands.length > 0 && flag.text.length > 0);
    t.notOk(name in marathonFlagsNotYet, `${name} is there`);
    for (const command of commandNames) {
      const value = defaultOf(name, command);
      if (value !== undefined)
        t.same(parseValue(flag, formatValue(value)), { value }, `the default of ${name} is valid`);
    }
    for (const command of flag.commands) t.match(commandHelp(command), `--${name} `);
  }
});

t.test('up keeps to loopback and to ports without privileges', async (t) => {
  t.match(settingsOf('up', []), {
    host: '127.0.0.1',
    http_port: 8080,
    https_port: 8443,
    cluster_port: 5050,
    agent_port: 5051,
    dns_port: 8053,
    dns_http_port: 8123,
    lb_port: 8000,
    haproxy_http_port: 8880,
    haproxy_https_port: 8843,
    haproxy_stats_port: 9090,
    local_port_min: 10000,
    local_port_max: 20000,
    work_dir: './.ekiden',
    master: undefined,
  });
});

t.test('a role alone follows the originals', async (t) => {
  t.match(settingsOf('dns', ['--master', 'm:5050']), {
    host: '0.0.0.0',
    dns_port: 53,
    dns_http_port: 8123,
    dns_ttl: 60,
  });
  t.match(settingsOf('lb', ['--marathon=http://m:8080/,https://n']), {
    host: '0.0.0.0',
    haproxy_http_port: 80,
    haproxy_https_port: 443,
    marathon: ['http://m:8080', 'https://n'],
  });
  t.equal(settingsOf('cluster', []).host, '127.0.0.1', 'who reaches the cluster can run commands: loopback');
  t.match(settingsOf('scheduler', ['--master', 'm:5050']), {
    host: '0.0.0.0',
    failover_timeout: 604800,
    task_launch_timeout: 300000,
    reconciliation_initial_delay: 15000,
    reconciliation_interval: 600000,
    decline_offer_duration: 120000,
    min_revive_offers_interval: 5000,
    max_instances_per_offer: 5,
    max_running_deployments: 100,
    zk_max_versions: 50,
    event_stream_max_outstanding_messages: 1024,
  });
});

t.test('the command line wins over EKIDEN_, that over MARATHON_', async (t) => {
  const environment = { EKIDEN_HTTP_PORT: '2000', MARATHON_HTTP_PORT: '3000', MARATHON_FRAMEWORK_NAME: 'm' };
  t.equal(settingsOf('up', ['--http_port', '1000'], environment).http_port, 1000);
  t.equal(settingsOf('up', [], environment).http_port, 2000);
  t.equal(settingsOf('up', [], { MARATHON_HTTP_PORT: '3000' }).http_port, 3000);
  t.equal(settingsOf('up', [], environment).framework_name, 'm');
  t.equal(settingsOf('dns', ['--master', 'm:1'], { MARATHON_MASTER: 'x:2', MARATHON_HTTP_PORT: '1' }).http_port, 8080);
  t.equal(
    settingsOf('up', [], { MARATHON_HOST: 'h', MARATHON_WORK_DIR: '/m' }).work_dir,
    './.ekiden',
    'not of Marathon',
  );
  t.equal(settingsOf('up', [], { MARATHON_APP_ID: '/ekiden', MARATHON_APP_VERSION: 'x' }).http_port, 8080);
  t.same([...resolve('up', ['--dns_ttl', '5'], environment).given].sort(), ['dns_ttl', 'framework_name', 'http_port']);
  t.equal(settingsOf('up', ['--http_port', '1', '--http_port=2']).http_port, 2);
});

t.test('booleans', async (t) => {
  for (const [argv, environment] of [
    [['--checkpoint'], {}],
    [['--checkpoint', 'true'], {}],
    [['--checkpoint=TRUE'], {}],
    [[], { MARATHON_CHECKPOINT: '' }],
    [[], { EKIDEN_CHECKPOINT: 'true' }],
  ] as [string[], Environment][]) {
    t.equal(settingsOf('up', argv, environment).checkpoint, true);
  }
  t.equal(settingsOf('up', ['--checkpoint', '--http_port', '1']).http_port, 1);
  t.match(refusal('up', ['--checkpoint', 'maybe']), "--checkpoint: 'maybe' is neither true nor false");
  t.match(refusal('up', [], { MARATHON_DISABLE_HA: 'false' }), /high availability needs --zk/);
});

t.test('wrong usage names the option and what it accepts, in one line', async (t) => {
  const cases: [CommandName, string[], Environment, RegExp][] = [
    ['up', ['--http_port', 'abc'], {}, /^--http_port: 'abc' is not a port \(1 to 65535\)$/],
    ['up', ['--http_port=0'], {}, /^--http_port: '0' is not a port/],
    ['up', ['--http_port', '8080.5'], {}, /^--http_port: '8080.5' is not a port/],
    ['up', ['--http_port', '1e3'], {}, /is not a port/],
    ['up', ['--http_port'], {}, /^--http_port needs a value: /],
    ['up', [], { EKIDEN_HTTP_PORT: 'x' }, /^EKIDEN_HTTP_PORT \(--http_port\): 'x' is not a port/],
    ['up', [], { MARATHON_HTTP_PORT: '' }, /^MARATHON_HTTP_PORT \(--http_port\): '' is not a port/],
    ['up', ['--htpt_port', '1'], {}, /^--htpt_port is not an option of ekiden up: did you mean --http_port\?$/],
    ['up', ['--http-port=1'], {}, /^--http-port is not an option of ekiden up: did you mean --http_port\?$/],
    ['up', ['--quux'], {}, /^--quux is not an option of ekiden up: ekiden up --help lists all options$/],
    ['up', ['-p', '1'], {}, /^-p is not an option/],
    ['up', ['1234'], {}, /^'1234' stands alone: .*npm start -- --name value/],
    ['up', ['--', '--http_port', '1'], {}, /stands alone/],
    ['up', ['--zk', 'zk://h/p'], {}, /^--zk of Marathon is not supported yet/],
    [
      'dns',
      ['--mesos_role', 'x'],
      {},
      /^--mesos_role is an option of ekiden up and ekiden scheduler, not of ekiden dns$/,
    ],
    ['up', ['--log_level', 'loud'], {}, /is none of debug, info, warn, error, silent$/],
    ['up', ['--task_launch_timeout', '5s'], {}, /'5s' is not a whole number of milliseconds \(0 or more\)$/],
    ['up', ['--max_running_deployments', '0'], {}, /'0' is not a whole number \(1 or more\)$/],
    ['up', ['--dns_ttl', '-1'], {}, /'-1' is not a whole number of seconds \(0 to 2147483647\)$/],
    ['up', ['--hostname', 'a b'], {}, /is neither a host name nor an IP address$/],
    ['up', ['--host', 'localhost'], {}, /^--host: 'localhost' is not an IP address$/],
    ['up', ['--framework_name', 'a\nb'], {}, /^--framework_name: 'a b' holds a line break$/],
    ['up', ['--dns_resolvers', '8.8.8.8,x:99999'], {}, /holds 'x:99999', which is not address or address:port$/],
    ['up', ['--master', 'a:1,b:2'], {}, /^--master: ekiden up takes one host:port/],
    ['scheduler', ['--master', 'm'], {}, /holds 'm', which is not host:port$/],
    ['scheduler', ['--master', 'zk://a:2181/mesos'], {}, /masters are not looked up in ZooKeeper/],
    ['scheduler', [], {}, /^--master is required: /],
    ['lb', ['--marathon', ','], {}, /^--marathon is required: /],
    ['lb', ['--marathon', 'm:8080'], {}, /holds 'm:8080', which is not http:\/\/host:port$/],
    ['up', ['--local_port_min', '30000'], {}, /^--local_port_min 30000 is above --local_port_max 20000$/],
    ['up', ['--lb_port', '8080'], {}, /^--http_port and --lb_port are both 8080$/],
    ['up', ['--work_dir='], {}, /^--work_dir: '' is not a directory$/],
  ];
  for (const [command, argv, environment, expected] of cases) {
    const line = refusal(command, argv, environment);
    t.match(line, expected);
    t.notMatch(line, '\n');
  }
});

t.test('what npm keeps for itself is not lost', async (t) => {
  const npm = { npm_lifecycle_event: 'start' };
  t.equal(
    refusal('up', ['1234'], { ...npm, npm_config_http_port: 'true' }),
    'npm took --http_port for itself: write npm start -- --http_port 1234',
  );
  t.match(refusal('up', [], { ...npm, npm_config_dns_port: '53' }), /write npm start -- --dns_port 53$/);
  t.equal(refusal('up', [], npm), 'accepted');
});

t.test('one command line serves all roles', async (t) => {
  const ports = flagNames.filter((name) => flags[name].kind === 'port').map((name, i) => `--${name}=${1000 + i}`);
  for (const command of commandNames) {
    const required = command === 'lb' ? ['--marathon=http://m'] : command === 'cluster' ? [] : ['--master=m:1'];
    t.equal(refusal(command, [...ports, '--work_dir=/w', ...required]), 'accepted', command);
  }
});

t.test('variables that nobody reads are said', async (t) => {
  const { warnings } = resolve('up', [], {
    EKIDEN_HTP_PORT: '1',
    EKIDEN_SUPERVISED: '1',
    MARATHON_ZK: 'zk://h/p',
    MARATHON_APP_ID: '/x',
  });
  t.same(warnings, [
    'EKIDEN_HTP_PORT is not an option and is ignored: did you mean EKIDEN_HTTP_PORT?',
    'MARATHON_ZK is ignored, --zk of Marathon is not supported yet: the embedded store is used and one scheduler runs',
  ]);
});

t.test('nearest', async (t) => {
  t.equal(nearest('dns_prot', ['dns_port', 'lb_port']), 'dns_port');
  t.equal(nearest('x', ['up', 'lb']), undefined);
  t.equal(nearest('completely', ['different']), undefined);
});

t.test('addresses of every form', async (t) => {
  for (const host of ['127.0.0.1', '::1', 'fe80::1', '::']) t.equal(settingsOf('up', ['--host', host]).host, host);
  for (const host of ['10.0.0.1', '::1', 'my-host.example.org', 'a_b']) {
    t.equal(settingsOf('up', ['--hostname', host]).hostname, host);
  }
  t.same(settingsOf('up', ['--dns_resolvers', ' 8.8.8.8 , [::1]:53,::1']).dns_resolvers, [
    '8.8.8.8',
    '[::1]:53',
    '::1',
  ]);
});
