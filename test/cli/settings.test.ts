import t from 'tap';
import { UsageError } from '../../src/common/errors.js';
import { formatValue, parseValue } from '../../src/cli/flag-values.js';
import {
  commandNames,
  defaultOf,
  flagGroups,
  flagNamed,
  flagNames,
  flagOf,
  flags,
  isFlagName,
  marathonFlagsNotYet,
  roleNames,
  spellingsOf,
} from '../../src/cli/flags.js';
import type { CommandName } from '../../src/cli/flags.js';
import { commandHelp } from '../../src/cli/help.js';
import { nearest } from '../../src/common/nearest.js';
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

t.test('an option with a dash in it', (t) => {
  for (const argv of [
    ['--convert-template', 'bamboo.cfg'],
    ['--convert-template=bamboo.cfg'],
    ['--convert_template', 'bamboo.cfg'],
  ]) {
    t.equal(settingsOf('lb', argv).convert_template, 'bamboo.cfg', argv.join(' '));
  }
  t.end();
});

t.test('the table holds together', async (t) => {
  for (const name of flagNames) {
    const flag = flagOf(name);
    t.match(name, /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/);
    t.ok(flag.commands.length > 0 && flag.text.length > 0);
    t.ok(flagGroups.includes(flag.group));
    t.notOk(name in marathonFlagsNotYet, `${name} is there`);
    for (const { text } of spellingsOf(name)) t.equal(flagNamed(text), name, `${text} means one option`);
    if (flag.needs !== undefined) t.ok(isFlagName(flag.needs), flag.needs);
    if (flag.toggle === true) t.equal(flag.kind, 'boolean');
    if (flag.only !== undefined) t.not(flag.default, undefined, 'there is something that is possible');
    for (const command of commandNames) {
      const value = defaultOf(name, command);
      if (value !== undefined)
        t.same(parseValue(flag, formatValue(value)), { value }, `the default of ${name} is valid`);
    }
    const owners = flag.commands.filter((command) => command !== 'up');
    for (const command of owners) t.match(commandHelp(command), name);
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
});

t.test('--[disable_]x', async (t) => {
  const compression = (argv: string[], environment: Environment = {}): boolean =>
    settingsOf('up', argv, environment).http_compression;
  t.equal(compression([]), true);
  t.equal(compression(['--disable_http_compression']), false);
  t.equal(compression(['--disable_http_compression', 'false']), true);
  t.equal(compression(['--http_compression=false']), false);
  t.equal(compression([], { MARATHON_DISABLE_HTTP_COMPRESSION: '' }), false, 'an empty variable is the bare flag');
  t.equal(
    compression(['--http_compression'], { MARATHON_DISABLE_HTTP_COMPRESSION: '' }),
    true,
    'the command line wins',
  );
  t.equal(compression([], { EKIDEN_HTTP_COMPRESSION: '', MARATHON_DISABLE_HTTP_COMPRESSION: '' }), true);
  t.equal(compression(['--disable_http_compression', '--http_compression=false']), false, 'both say the same');
  t.match(
    refusal('up', ['--http_compression', '--disable_http_compression']),
    /^--http_compression and --disable_http_compression contradict each other/,
  );
  t.match(
    refusal('up', [], { MARATHON_METRICS_STATSD: '', MARATHON_DISABLE_METRICS_STATSD: '' }),
    /^MARATHON_METRICS_STATSD \(--metrics_statsd\) and MARATHON_DISABLE_METRICS_STATSD .* contradict each other/,
  );
  t.equal(refusal('up', ['--disable_ha', '--disable_maintenance_mode', '--disable_suppress_offers']), 'accepted');
  t.equal(settingsOf('up', ['--disable_checkpoint']).checkpoint, false);
  t.equal(settingsOf('up', ['--zk=zk://h/m', '--disable_zk_compression']).zk_compression, false);
  t.match(refusal('up', ['--disable_http_port']), /^--disable_http_port is not an option of ekiden up/);
});

t.test('older names mean the same', async (t) => {
  t.equal(settingsOf('up', ['--max_tasks_per_offer', '7']).max_instances_per_offer, 7);
  t.equal(settingsOf('up', [], { MARATHON_MAX_TASKS_PER_OFFER: '7' }).max_instances_per_offer, 7);
  t.equal(settingsOf('up', ['--killBatchDuration=9']).kill_retry_timeout, 9);
  t.match(
    refusal('up', ['--max_tasks_per_offer=7', '--max_instances_per_offer=8']),
    /^--max_instances_per_offer and --max_tasks_per_offer contradict each other/,
  );
  t.match(refusal('up', ['--max_tasks_per_offer', '0']), /^--max_tasks_per_offer: '0' is not a whole number/);
});

t.test('logging_level is log_level in words of Marathon', async (t) => {
  const level = (argv: string[], environment: Environment = {}): string =>
    settingsOf('up', argv, environment).log_level;
  t.equal(level([]), 'info');
  for (const [theirs, ours] of [
    ['off', 'silent'],
    ['fatal', 'error'],
    ['warn', 'warn'],
    ['all', 'debug'],
    ['trace', 'debug'],
  ] as const) {
    t.equal(level(['--logging_level', theirs]), ours);
  }
  t.equal(level([], { MARATHON_LOGGING_LEVEL: 'debug' }), 'debug');
  t.equal(level(['--log_level', 'error'], { MARATHON_LOGGING_LEVEL: 'debug' }), 'error');
});

t.test('variables that only the originals had', async (t) => {
  const environment = {
    MESOSPHERE_HTTP_CREDENTIALS: 'cptPicard:topSecretPa$$word',
    MESOSPHERE_KEYSTORE_PATH: '/etc/marathon.jks',
    MESOSPHERE_KEYSTORE_PASS: 'p',
  };
  t.match(settingsOf('up', [], environment), {
    http_credentials: 'cptPicard:topSecretPa$$word',
    ssl_keystore_path: '/etc/marathon.jks',
    ssl_keystore_password: 'p',
  });
  t.equal(settingsOf('up', [], { ...environment, MARATHON_HTTP_CREDENTIALS: 'a:b' }).http_credentials, 'a:b');
  t.equal(settingsOf('up', ['--http_credentials', 'c:d'], environment).http_credentials, 'c:d');
  t.equal(settingsOf('lb', ['--marathon', 'http://m'], environment).http_credentials, undefined);
});

t.test('wrong usage names the option and what it accepts, in one line', async (t) => {
  const cases: [CommandName, string[], Environment, RegExp][] = [
    ['up', ['--http_port', 'abc'], {}, /^--http_port: 'abc' is not a port \(1 to 65535\)$/],
    ['up', ['--http_port=0'], {}, /^--http_port: '0' is not a port/],
    ['up', ['--http_port', '8080.5'], {}, /^--http_port: '8080.5' is not a port/],
    ['up', ['--http_port', '1e3'], {}, /is not a port/],
    ['up', ['--http_port'], {}, /^--http_port needs a value: /],
    ['lb', ['--convert-template'], {}, /^--convert-template needs a value: /],
    ['up', [], { EKIDEN_HTTP_PORT: 'x' }, /^EKIDEN_HTTP_PORT \(--http_port\): 'x' is not a port/],
    ['up', [], { MARATHON_HTTP_PORT: '' }, /^MARATHON_HTTP_PORT \(--http_port\): '' is not a port/],
    ['up', ['--htpt_port', '1'], {}, /^--htpt_port is not an option of ekiden up: did you mean --http_port\?$/],
    ['up', ['--http-port=1'], {}, /^--http-port is not an option of ekiden up: did you mean --http_port\?$/],
    ['up', ['--quux'], {}, /^--quux is not an option of ekiden up: ekiden up --help lists all options$/],
    ['up', ['-p', '1'], {}, /^-p is not an option/],
    ['up', ['1234'], {}, /^'1234' stands alone: .*npm start -- --name value/],
    ['up', ['--', '--http_port', '1'], {}, /stands alone/],
    [
      'up',
      ['--zk', 'h1:2181/p'],
      {},
      /^--zk: 'h1:2181\/p' is not a ZooKeeper address: it must begin with zk:\/\/, as in /,
    ],
    ['up', ['--zk', 'zk://h1,h2'], {}, /^--zk: 'zk:\/\/h1,h2' names no path: .*, such as \/marathon$/],
    ['up', ['--zk', 'zk://h1,/p'], {}, /a server between commas is missing$/],
    ['up', ['--zk', 'zk://h1:0/p'], {}, /0 is not a port \(1 to 65535\)$/],
    ['up', ['--zk=zk://h/p', '--zk_session_timeout=400'], {}, /'400' is not a whole number of milliseconds \(500 to /],
    ['up', ['--zk_hosts', 'h:2181'], {}, /give --zk zk:\/\/host:port,host:port\/path\)$/],
    ['up', ['--internal_store_backend=mem'], {}, /mem: the state is kept in ZooKeeper with --zk, and below --work_dir/],
    [
      'dns',
      ['--mesos_role', 'x'],
      {},
      /^--mesos_role is an option of ekiden up and ekiden scheduler, not of ekiden dns$/,
    ],
    ['up', ['--log_level', 'loud'], {}, /is none of debug, info, warn, error, silent$/],
    ['up', ['--task_launch_timeout', '5s'], {}, /'5s' is not a whole number of milliseconds \(0 or more\)$/],
    ...[
      'metrics_statsd_transmission_interval_ms',
      'metrics_datadog_transmission_interval_ms',
      'http_event_callback_slow_consumer_timeout',
    ].map((name): [CommandName, string[], Environment, RegExp] => [
      'up',
      [`--${name}`, '2147483648'],
      {},
      /'2147483648' is not a whole number of milliseconds \(1 to 2147483647\)$/,
    ]),
    ['up', ['--max_running_deployments', '0'], {}, /'0' is not a whole number \(1 or more\)$/],
    ['up', ['--dns_ttl', '-1'], {}, /'-1' is not a whole number of seconds \(0 to 2147483647\)$/],
    ['up', ['--hostname', 'a b'], {}, /is neither a host name nor an IP address$/],
    ['up', ['--host', 'localhost'], {}, /^--host: 'localhost' is not an IP address$/],
    ['up', ['--framework_name', 'a\nb'], {}, /^--framework_name: 'a b' holds a line break$/],
    ['up', ['--dns_resolvers', '8.8.8.8,x:99999'], {}, /holds 'x:99999', which is not address or address:port$/],
    ['scheduler', ['--master', 'm'], {}, /holds 'm', which is not host:port$/],
    ['scheduler', ['--master', 'zk://a:2181'], {}, /^--master: 'zk:\/\/a:2181' names no path: .*, such as \/mesos$/],
    ['dns', ['--master', 'zk://a:2181/mesos,zk://b:2181/mesos'], {}, /the path .* has an empty name in it$/],
    ['scheduler', [], {}, /^--master is required: /],
    ['lb', ['--marathon', ','], {}, /^--marathon is required: /],
    ['lb', ['--marathon', 'm:8080'], {}, /holds 'm:8080', which is not http:\/\/host:port$/],
    ['up', ['--local_port_min', '30000'], {}, /^--local_port_min 30000 is above --local_port_max 20000$/],
    ['up', ['--lb_port', '8080'], {}, /^--http_port and --lb_port are both 8080$/],
    ['up', ['--work_dir='], {}, /^--work_dir: '' is not a path$/],
    ['up', ['--disable_chekpoint'], {}, /did you mean --disable_checkpoint\?$/],
    ['up', ['--HTTP_PORT', '1'], {}, /did you mean --http_port\?$/],
    ['up', ['--http_credentials', 'secret'], {}, /^--http_credentials: what was given is not user:password$/],
    ['up', [], { MESOSPHERE_HTTP_CREDENTIALS: ':x' }, /^MESOSPHERE_HTTP_CREDENTIALS .*is not user:password$/],
    ['up', ['--ssl_keystore_path', 'a.jks'], {}, /^--ssl_keystore_path needs --ssl_keystore_password as well$/],
    ['up', ['--ssl_keystore_password', 'p'], {}, /^--ssl_keystore_password needs --ssl_keystore_path as well$/],
    ['up', ['--ssl_key_path', 'k'], {}, /^--ssl_key_path needs --ssl_certificate_path as well$/],
    ['up', ['--disable_http'], {}, /^--disable_http leaves no way to reach the API: /],
    ['up', ['--plugin_dir', 'p'], {}, /^--plugin_dir needs --plugin_conf as well$/],
    ['up', ['--plugin_conf', 'p'], {}, /^--plugin_conf needs --plugin_dir as well$/],
    ['up', ['--enable_features', 'vips,foo'], {}, /holds 'foo', which is none of vips, task_killing, /],
    ['up', ['--access_control_allow_origin', 'ui.example'], {}, /which is neither \* nor http:\/\/host:port$/],
    ['up', ['--access_control_allow_origin', 'http://ui/x'], {}, /which is neither \* nor http:\/\/host:port$/],
    ['up', ['--http_mount_prefix', 'marathon/'], {}, /is not a path like \/service\/marathon$/],
    ['up', ['--artifact_store', 'ftp://h/x'], {}, /is not a URL that begins with file:\/\/ or hdfs:\/\/$/],
    ['up', ['--artifact_store', 'file://srv/x'], {}, /write file:\/\/\/directory/],
    ['up', ['--event_subscriber', 'kafka'], {}, /'kafka' is none of http_callback$/],
    ['up', ['--http_endpoints', 'http://a/x,ftp:b'], {}, /holds 'ftp:b', which is not http:\/\/host\/path$/],
    ['up', ['--http_endpoints', 'ftp://u:pw@b'], {}, /holds 'ftp:\/\/xxxxxxxx:xxxxxxxx@b'/],
    ['up', ['--http_max_request_bytes', '2000000000'], {}, /is not a whole number of bytes \(1 to 1073741824\)$/],
    ['up', ['--metrics_statsd'], {}, /^--metrics_statsd needs --metrics_statsd_host$/],
    ['up', ['--metrics_datadog'], {}, /^--metrics_datadog needs --metrics_datadog_host$/],
    ['up', ['--metrics_datadog', '--metrics_datadog_protocol=api'], {}, /needs --metrics_datadog_api_key$/],
    ['up', ['--reporter_graphite', 'http://x'], {}, /begins with tcp:\/\/ or udp:\/\/$/],
    ['up', ['--reporter_graphite', 'tcp://x?interval=0'], {}, /interval=0 is not a whole number of seconds/],
    ['up', ['--reporter_datadog', 'http://datadog?prefix=x'], {}, /needs apiKey=/],
    ['lb', ['--marathon=http://m', '--marathon_credentials=pw'], {}, /what was given is not user:password$/],
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
  for (const command of ['up', ...roleNames] as const) {
    const required = command === 'lb' ? ['--marathon=http://m'] : command === 'cluster' ? [] : ['--master=m:1'];
    t.equal(refusal(command, [...ports, '--work_dir=/w', ...required]), 'accepted', command);
  }
});

t.test('what is given and has no effect is said', async (t) => {
  const { warnings } = resolve(
    'up',
    ['--revive_offers_repetitions=7', '--max_apps=1', '--http_endpoints=http://a/', '--launch_tokens=100'],
    {
      EKIDEN_HTP_PORT: '1',
      EKIDEN_SUPERVISED: '1',
      EKIDEN_DISABLE_HA: '',
      MARATHON_ZK_MAX_CONCURRENCY: '32',
      MARATHON_ZK_STATE: 'zk://h/p',
      MARATHON_APP_ID: '/x',
      MARATHON_MESOS_ROL: 'x',
      MARATHON_WORK_DIR: '/w',
      MARATHON_METRICS_STATSD_PORT: '1',
      MARATHON_SUPPRESS_OFFERS: '',
    },
  );
  t.same(warnings, [
    '--zk_max_concurrency is without effect: --zk is not given',
    '--http_endpoints is without effect: --event_subscriber is not given',
    '--metrics_statsd_port is without effect: --metrics_statsd is not given',
    '--revive_offers_repetitions is accepted, without effect: a request that is lost ends the connection to Mesos, and the next one begins with another',
    '--max_apps is accepted, without effect: Marathon 1.11 does not enforce it either',
    'EKIDEN_HTP_PORT is not an option and is ignored: did you mean EKIDEN_HTTP_PORT?',
    'MARATHON_MESOS_ROL is not an option and is ignored: did you mean MARATHON_MESOS_ROLE?',
    "MARATHON_WORK_DIR is ignored, --work_dir is an option of Ekiden's alone: set EKIDEN_WORK_DIR",
    'MARATHON_ZK_STATE is ignored, --zk_state of Marathon is not supported yet: give --zk zk://host:port,host:port/path',
  ]);
  t.same(resolve('up', ['--ha', '--zk_compression=false']).warnings, ['--ha is without effect: --zk is not given']);
  t.match(resolve('up', ['--acl_file=/acl.json']).warnings, [/^--acl_file without --marathon_credentials/]);
  t.same(resolve('up', ['--acl_file=/acl.json', '--marathon_credentials=lb:x']).warnings, []);
  t.same(resolve('scheduler', ['--master=m:1', '--acl_file=/acl.json']).warnings, []);
  t.same(resolve('dns', ['--master=m:1'], { MARATHON_MESOS_ROL: 'x', MARATHON_ZK: 'z' }).warnings, []);
});

t.test('a password in an address of ZooKeeper is in no message, however wrong or long the address is', async (t) => {
  const places = [
    'h:2181',
    'h:x/p',
    'h1,/p',
    '/p',
    'h/a//b',
    `h/${'x'.repeat(200)}/./y`,
    'h/mesos\u0001',
    'h1:2181/mesos,zk://h2:2181/mesos',
  ];
  for (const password of ['hunter2', 'hun/ter2', 'hun:ter2@hunter2', `hunter2${'x'.repeat(100)}`]) {
    for (const place of places) {
      for (const option of ['zk', 'master']) {
        const text = `zk://me:${password}@${place}`;
        for (const line of [
          refusal('scheduler', [`--${option}=${text}`, '--master=m:1']),
          refusal('scheduler', ['--master=m:1'], { [`MARATHON_${option.toUpperCase()}`]: text }),
        ]) {
          t.notMatch(line, 'hunter2');
          t.notMatch(line, 'ter2');
        }
      }
    }
  }
  t.match(refusal('up', ['--zk=zk://me:pw@h']), "'zk://xxxxxxxx:xxxxxxxx@h' names no path");
  t.equal(settingsOf('up', ['--zk=zk://me:p@ss/w:rd@h/m']).zk, 'zk://me:p@ss/w:rd@h/m');
});

t.test('a leader that others cannot reach is warned of', async (t) => {
  const warnings = (...argv: string[]): readonly string[] => resolve('up', argv).warnings;
  const zk = '--zk=zk://m1,m2/marathon';
  t.match(warnings(zk), [/^--zk with --host 127\.0\.0\.1: .*give --host 0\.0\.0\.0/]);
  t.match(warnings(zk, '--host=0.0.0.0', '--hostname=localhost'), [/^--zk with --hostname localhost: /]);
  for (const well of [
    [zk, '--host=0.0.0.0'],
    [zk, '--hostname=m1'],
    [zk, '--disable_ha'],
    ['--zk=zk://127.0.0.1:2181,localhost:2182/marathon'],
    [],
  ])
    t.same(warnings(...well), []);
});

t.test('nearest', async (t) => {
  t.equal(nearest('dns_prot', ['dns_port', 'lb_port']), 'dns_port');
  t.equal(nearest('x', ['up', 'lb']), undefined);
  t.equal(nearest('completely', ['different']), undefined);
});

t.test('addresses of every form', async (t) => {
  t.same(settingsOf('up', ['--master', 'http://m:5050/']).master, ['m:5050'], 'as Marathon takes it, too');
  t.same(settingsOf('up', ['--access_control_allow_origin', '*, HTTP://Ui.Example:80']).access_control_allow_origin, [
    '*',
    'http://ui.example',
  ]);
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

t.test('TLS to masters needs masters that speak it', async (t) => {
  t.equal(
    refusal('up', ['--mesos_tls']),
    '--mesos_tls needs --master as well: the embedded master does not speak TLS, and would not be reached',
  );
  t.equal(refusal('up', ['--mesos_tls', '--master=m:5050']), 'accepted');
  t.equal(refusal('scheduler', ['--mesos_tls', '--master=m:5050']), 'accepted');
});

t.test('options of the embedded cluster do nothing where there is none', async (t) => {
  const given = ['--cluster_zk=zk://z:2181/mesos', '--resources=cpus:1', '--hostname=h', '--work_dir=w'];
  t.same(resolve('up', given).warnings, []);
  t.same(resolve('up', [...given, '--master=m:5050']).warnings, [
    '--cluster_zk is without effect: with --master there is no embedded cluster',
    '--resources is without effect: with --master there is no embedded cluster',
  ]);
});
