// What the words, files and environment of the originals become as settings of `ekiden lb`.
import t from 'tap';
import { UsageError } from '../../../src/common/errors.js';
import { readBamboo } from '../../../src/cli/originals/bamboo.js';
import { readMarathonLb } from '../../../src/cli/originals/marathon-lb.js';
import { presetFiles } from '../../../src/cli/originals/original-call.js';
import type { OriginalCall } from '../../../src/cli/originals/original-call.js';
import { readServicerouter } from '../../../src/cli/originals/servicerouter.js';
import { lbOptions } from '../../../src/cli/commands/lb.js';
import { resolveSettings } from '../../../src/cli/settings.js';
import type { Environment } from '../../../src/cli/settings.js';
import type { LbOptions } from '../../../src/lb/options.js';

function called(call: OriginalCall | string): OriginalCall {
  if (typeof call === 'string') throw new Error(`help: ${call}`);
  return call;
}

/** The settings with which the load balancer is started. */
function optionsOf(call: OriginalCall | string, environment: Environment = {}): LbOptions {
  const { name, argv, presets } = called(call);
  const invocation = resolveSettings('lb', argv, environment, () => undefined, presetFiles(name, presets));
  if (invocation === undefined) throw new Error('help was shown');
  return lbOptions(invocation.settings, 'haproxy');
}

const nothing = (): boolean => false;
const marathonLb = (words: string, environment: Environment = {}): OriginalCall | string =>
  readMarathonLb(words.split(' '), {
    environment,
    hasFile: nothing,
    readFile: (path) => (path === 'secret' ? 'me:pass\n' : ''),
  });

t.test('servicerouter.py', async (t) => {
  const call = called(
    readServicerouter(['-m', 'http://a:8080', 'http://b:8080', '--haproxy-config', '/x/h.cfg'], nothing),
  );
  t.equal(call.run, 'once');
  t.match(call.external, { configPath: '/x/h.cfg', reloadCommand: null, effect: 'reload' });
  t.match(optionsOf(call), {
    schedulers: ['http://a:8080', 'http://b:8080'],
    bindAddress: '0.0.0.0',
    haproxyHttpPort: 80,
    haproxyAppIdPort: 81,
    haproxyHttpsPort: 443,
    haproxyStatsPort: 9090,
    statsCredentials: { user: 'admin', password: 'admin' },
    settingsFrom: 'env',
    templateLabels: false,
    groups: [],
    health: 'ignore',
    emptyServices: 'keep',
    workDir: '/x/ekiden',
    callbackUrl: undefined,
    certificates: [],
  });
  const following = called(
    readServicerouter(['--marathon=http://a', '-l', 'http://me:9999', '--group', 'x', '--group', '*'], () => true),
  );
  t.equal(following.run, 'follow');
  t.match(optionsOf(following), {
    callbackUrl: 'http://me:9999/api/marathon/event_callback',
    lbPort: 9999,
    host: '0.0.0.0',
    groups: ['x', '*'],
    certificates: ['/etc/ssl/mesosphere.com.pem'],
  });
  t.match(readServicerouter(['--longhelp']), /HAPROXY_\{n\}_VHOST/);
  t.match(called(readServicerouter(['-m', 'http://a', '--syslog-socket', '/dev/null', '--log-format', 'x'])).warnings, [
    /log-format/,
  ]);
  t.throws(() => readServicerouter([]), { name: UsageError.name, message: /--marathon is required/ });
  t.throws(() => readServicerouter(['-m', 'http://a', '-l', 'me']), { message: /--listening me/ });
});

t.test('marathon-lb: its own HAProxy with --sse alone', async (t) => {
  const call = called(marathonLb('--sse --group external --group internal --marathon http://a:8080'));
  t.equal(call.run, 'follow');
  t.equal(call.external, undefined);
  t.match(optionsOf(call), {
    schedulers: ['http://a:8080'],
    groups: ['external', 'internal'],
    isStrict: false,
    settingsFrom: 'labels',
    templateLabels: true,
    emptyServices: 'refuse',
    health: 'ignore',
    haproxyAppIdPort: 9091,
    haproxyStatsPort: 9090,
    host: '127.0.0.1',
    bindAddress: '0.0.0.0',
    bindsHttpAndHttps: true,
    isStrictSni: false,
    assignedPorts: [10050, 10100],
    defaultRule: 'none',
  });
  t.match(
    optionsOf(marathonLb('-s --group * --strict-mode -H --dont-bind-http-https --group-https-by-vhost --haproxy-map')),
    {
      schedulers: ['http://master.mesos:8080'],
      groups: ['*'],
      isStrict: true,
      health: 'any',
      bindsHttpAndHttps: false,
      isStrictSni: true,
    },
  );
});

t.test('marathon-lb: an HAProxy that something else runs', async (t) => {
  t.match(called(marathonLb('--sse --group x --haproxy-config /x/h.cfg')).external, {
    configPath: '/x/h.cfg',
    reloadCommand: null,
  });
  t.match(called(marathonLb('--group x -c /reload.sh')), {
    run: 'once',
    external: { configPath: '/etc/haproxy/haproxy.cfg', reloadCommand: '/reload.sh', effect: 'reload' },
  });
  t.match(called(marathonLb('--group x --dry')), { run: 'once', external: { effect: 'print' } });
  t.match(called(marathonLb('--group x --dry --sse')), { run: 'once', external: { effect: 'print' } });
});

t.test('marathon-lb: the words and the environment of its image', async (t) => {
  const environment = {
    HAPROXY_SSL_CERT: 'PEM',
    HAPROXY_SSL_CERT7: 'PEM7',
    POLL_INTERVAL: '30',
    HAPROXY_HEAD: 'global',
  };
  const call = called(marathonLb('run poll --group x --work_dir /w', environment));
  t.match(call.files, [
    { path: '/w/environment-certificates/cert.pem', text: 'PEM' },
    { path: '/w/environment-certificates/cert7.pem', text: 'PEM7' },
  ]);
  t.match(optionsOf(call), { pollSeconds: 30, certificates: call.files.map(({ path }) => path), workDir: '/w' });
  t.match(call.warnings, [/^HAPROXY_HEAD is without effect/]);
  t.equal(called(marathonLb('sse --group x')).run, 'follow');
  t.throws(() => marathonLb('run fast --group x'), { message: /sse or poll/ });
});

t.test('marathon-lb: credentials, limits, levels', async (t) => {
  const user = { user: 'me', password: 'pass' };
  t.match(optionsOf(marathonLb('-s --group x --auth-credentials me:pass')).credentials, user);
  t.match(optionsOf(marathonLb('-s --group x --marathon-auth-credential-file secret')).credentials, user);
  t.match(optionsOf(marathonLb('-s --group x', { MARATHON_USER: 'me', MARATHON_PASSWORD: 'pass' })).credentials, user);
  t.equal(optionsOf(marathonLb('-s --group x')).credentials, undefined);
  const none = '-s --group x --min-serv-port-ip-per-task 0 --max-serv-port-ip-per-task 0';
  t.equal(optionsOf(marathonLb(none)).assignedPorts, null);
  t.equal(optionsOf(marathonLb('-s --group x --archive-versions 3')).archivedConfigs, 3);
  t.match(called(marathonLb('-s --group x --log-level CRITICAL')).argv, ['--lb_group=x', '--log_level=error']);
  t.match(called(marathonLb('-s --group x --skip-validation --max-reload-retries -1')).warnings, [
    /skip-validation.*checked/,
    /max-reload-retries/,
  ]);
  t.throws(() => marathonLb('-s'), { message: /--group is required/ });
  t.throws(() => marathonLb('-s --group x --log-level LOUD'), { message: /--log-level LOUD/ });
  t.throws(() => marathonLb('-s --group x --dcos-auth-credentials {}'), { message: /not supported/ });
  t.match(marathonLb('--longhelp'), /Labels of apps/);
});

t.test('options of ekiden lb win over what an original sets', async (t) => {
  t.equal(optionsOf(marathonLb('-s --group x --haproxy_appid_port 19091')).haproxyAppIdPort, 19091);
  t.equal(optionsOf(marathonLb('-s --group x'), { EKIDEN_HAPROXY_APPID_PORT: '1' }).haproxyAppIdPort, 1);
});

const production = JSON.stringify({
  marathon: { ENDPOINT: 'http://m1:8080,http://m2:8080', User: 'u', Password: 'p:w', UseEventStream: true },
  Bamboo: {
    Endpoint: 'http://bamboo:8000/',
    Zookeeper: { Host: 'z1:2181,z2:2181', Path: '/marathon-haproxy/state', ReportingDelay: 5 },
  },
  HAProxy: {
    TemplatePath: 'config/haproxy_template.cfg',
    OutputPath: '/etc/haproxy/haproxy.cfg',
    ReloadCommand: 'reload',
    ReloadValidationCommand: 'haproxy -c -f {{.}}',
    ReloadCleanupCommand: 'exit 0',
  },
  StatsD: { Enabled: false },
});
const bamboo = (
  environment: Environment = {},
  words = ['-config=production.json'],
  text = production,
): OriginalCall | string =>
  readBamboo(
    words,
    environment,
    (path) => (path.endsWith('.cfg') ? 'converted' : undefined),
    () => text,
  );

t.test('bamboo: production.json, keys in any case', async (t) => {
  const call = called(bamboo());
  t.match(call, {
    run: 'follow',
    external: {
      configPath: '/etc/haproxy/haproxy.cfg',
      reloadCommand: 'reload',
      validateCommand: 'haproxy -c -f {{.}}',
      cleanupCommand: 'exit 0',
    },
    files: [{ path: '/etc/haproxy/ekiden/bamboo-template.hbs', text: 'converted' }],
    warnings: [],
  });
  t.match(optionsOf(call), {
    schedulers: ['http://m1:8080', 'http://m2:8080'],
    credentials: { user: 'u', password: 'p:w' },
    rulesZk: 'zk://z1:2181,z2:2181/marathon-haproxy/state',
    templatePath: '/etc/haproxy/ekiden/bamboo-template.hbs',
    callbackUrl: undefined,
    host: '0.0.0.0',
    lbPort: 8000,
    defaultRule: 'bamboo',
    settingsFrom: 'none',
    health: 'ignore',
    statsPath: '/haproxy_stats',
    statsCredentials: { user: 'admin', password: 'admin' },
    groups: ['*'],
  });
});

t.test('bamboo: what the environment changes, and the words', async (t) => {
  const call = called(
    bamboo(
      {
        MARATHON_ENDPOINT: 'http://m9:8080',
        MARATHON_USE_EVENT_STREAM: 'false',
        BAMBOO_DOCKER_AUTO_HOST: 'true',
        HOST: '10.0.0.7',
        BAMBOO_ZK_HOST: 'z9:2181',
        HAPROXY_TEMPLATE_PATH: 'own.hbs',
        HAPROXY_RELOAD_CMD: '',
        STATSD_ENABLED: 'true',
        STATSD_HOST: 'stats:8126',
        STATSD_PREFIX: 'edge.',
      },
      [
        '-config',
        'production.json',
        '-bind=127.0.0.1:8001',
        '-log',
        '/var/log/bamboo.log',
        '--haproxy_http_port',
        '8080',
      ],
    ),
  );
  const options = optionsOf(call);
  t.match(options, {
    schedulers: ['http://m9:8080'],
    callbackUrl: 'http://10.0.0.7:8000/api/marathon/event_callback',
    rulesZk: 'zk://z9:2181/marathon-haproxy/state',
    host: '127.0.0.1',
    lbPort: 8001,
    haproxyHttpPort: 8080,
    statsd: { host: 'stats', port: 8126, prefix: 'edge' },
  });
  t.match(options.templatePath, /\/own\.hbs$/);
  t.equal(call.logFile, '/var/log/bamboo.log');
  t.match(call.external?.reloadCommand, 'reload', 'an empty variable changes nothing');
  t.same(call.warnings, []);
});

t.test('bamboo: without a reload command HAProxy is run here', async (t) => {
  const call = called(bamboo({}, ['-config=x'], '{"Marathon": {"Endpoint": "http://a:8080"}}'));
  t.equal(call.external, undefined);
  t.match(optionsOf(call), { rulesZk: undefined, templatePath: undefined, credentials: undefined });
});

t.test('bamboo: what cannot be used is refused', async (t) => {
  const refuses = (text: string, message: RegExp): void => {
    t.throws(() => bamboo({}, ['-config=x'], text), { name: UsageError.name, message });
  };
  refuses('{', /x is not JSON/);
  refuses('[]', /x is not a JSON object/);
  refuses('{}', /Marathon.Endpoint is missing/);
  refuses('{"Marathon": {"Endpoint": 7}}', /Marathon.Endpoint is not a text/);
  refuses('{"Marathon": {"Endpoint": "http://a"}, "HAProxy": {"ReloadCommand": "r"}}', /OutputPath is missing/);
  t.throws(() => bamboo({}, ['-config=x', '-bind=8000']), { message: /-bind 8000: not address:port/ });
  t.throws(() => bamboo({}, ['-confg=x']), { message: 'flag provided but not defined: -confg' });
  t.match(bamboo({}, ['-help']), /Usage of bamboo/);
});
