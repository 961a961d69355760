import t from 'tap';
import fc from 'fast-check';
import { schedulerOptions } from '../../src/cli/commands/scheduler.js';
import { flagNames, flagOf, missingFlags } from '../../src/cli/flags.js';
import { resolveSettings } from '../../src/cli/settings.js';

function optionsOf(argv: readonly string[], environment: Record<string, string> = {}, master = 'm:1') {
  const invocation = resolveSettings('scheduler', [`--master=${master}`, ...argv], environment, () => undefined);
  if (invocation === undefined) throw new Error('help was shown');
  return schedulerOptions(invocation.settings);
}

t.test('every option of Marathon is shown with its value in force', async (t) => {
  const { flags } = optionsOf(['--http_port=9000', '--enable_features=vips', '--http_address=127.0.0.1'], {
    MARATHON_HOSTNAME: 'm1',
  });
  for (const name of flagNames) t.equal(name in flags, flagOf(name).marathon === true, name);
  for (const name of Object.keys(missingFlags)) t.ok(name in flags, name);
  t.match(flags, {
    http_port: 9000,
    http_address: '127.0.0.1',
    https_address: '0.0.0.0',
    hostname: 'm1',
    master: ['m:1'],
    enable_features: ['vips'],
    ha: false,
    zk_session_timeout: 10_000,
    mesos_authentication_secret: null,
    webui_url: null,
    http_credentials: null,
  });
});

t.test('secrets are shown to nobody', async (t) => {
  // Long enough not to be part of something else by chance.
  const secret = fc.stringMatching(/^[A-Za-z0-9!$:;._-]{12,30}$/);
  const urlSecret = fc.stringMatching(/^[A-Za-z0-9._-]{12,30}$/);
  fc.assert(
    fc.property(secret, secret, urlSecret, secret, (password, keystore, inUrl, apiKey) => {
      const { flags } = optionsOf([
        `--http_credentials=user:${password}`,
        '--ssl_keystore_path=marathon.jks',
        `--ssl_keystore_password=${keystore}`,
        '--event_subscriber=http_callback',
        `--http_endpoints=http://me:${inUrl}@host/a,https://host/b?token=${inUrl}`,
        `--webui_url=https://me:${inUrl}@host/`,
        `--mesos_leader_ui_url=http://me:${inUrl}@host/`,
        `--artifact_store=hdfs://me:${inUrl}@host:9870/store`,
        `--metrics_datadog_api_key=${apiKey}`,
        `--reporter_datadog=http://datadog?apiKey=${inUrl}`,
        `--zk=zk://me:${password}@h1,h2/marathon`,
        `--mesos_authentication_principal=marathon`,
        `--mesos_authentication_secret=${apiKey}`,
      ]);
      const shown = JSON.stringify(flags);
      return [password, keystore, inUrl, apiKey].every((text) => !shown.includes(text));
    }),
    { numRuns: 50 },
  );
  t.match(optionsOf(['--http_credentials=me:secret', '--webui_url=http://me:pw@ui/']).flags, {
    http_credentials: '<redacted>',
    webui_url: 'http://xxxxxxxx:xxxxxxxx@ui/',
  });
});

t.test('addresses of ZooKeeper are shown without what they are entered with', async (t) => {
  const options = optionsOf(['--zk=zk://me:hunter2@h1,h2:2182/marathon'], {}, 'zk://you:hunter3@h1:2181/mesos');
  t.match(options.flags, {
    master: ['zk://xxxxxxxx:xxxxxxxx@h1:2181/mesos'],
    zk: 'zk://xxxxxxxx:xxxxxxxx@h1,h2:2182/marathon',
    ha: true,
  });
  t.notMatch(JSON.stringify(options.flags), 'hunter');
  t.equal(options.master, 'zk://you:hunter3@h1:2181/mesos');
  t.same(options.zookeeper?.address, {
    servers: [
      { host: 'h1', port: 2181 },
      { host: 'h2', port: 2182 },
    ],
    path: '/marathon',
    credentials: { user: 'me', password: 'hunter2' },
  });
  t.equal(options.ha, true);
  const alone = optionsOf(['--zk=zk://h/m', '--disable_ha', '--zk_session_timeout=2000', '--zk_timeout=9000']);
  t.equal(alone.ha, false);
  t.match(alone.zookeeper, { sessionTimeoutMs: 2000, requestTimeoutMs: 2000 }, 'no request outlives the session');
});

t.test('what the scheduler makes of the options', async (t) => {
  t.match(optionsOf([]), {
    httpDisabled: false,
    tls: undefined,
    credentials: undefined,
    realm: 'Mesosphere',
    compression: true,
    maxRequestBytes: 4 << 20,
    httpCallback: undefined,
    plugins: undefined,
    artifactMaxBytes: 1 << 30,
    features: [],
    mesosBridgeName: 'mesos-bridge',
    newGroupEnforceRole: 'off',
    metrics: { namePrefix: 'marathon', prometheus: true, seedNames: false, statsd: undefined, datadog: undefined },
  });
  t.match(
    optionsOf([
      '--http_credentials=cptPicard:top:Secret',
      '--ssl_keystore_path=/m.jks',
      '--ssl_keystore_password=',
      '--disable_http',
      '--https_address=127.0.0.1',
      '--access_control_allow_origin=*',
      '--http_max_concurrent_requests=9',
      '--disable_http_compression',
      '--http_mount_prefix=/service/marathon',
      '--event_subscriber=http_callback',
      '--http_endpoints=http://host1/foo,http://host2/bar',
      '--artifact_store=file:///var/store',
      '--acl_file=/acl.json',
      '--plugin_dir=/p',
      '--plugin_conf=/p.json',
      '--new_group_enforce_role=top',
    ]),
    {
      credentials: { user: 'cptPicard', password: 'top:Secret' },
      tls: { type: 'keystore', path: '/m.jks', password: '' },
      httpDisabled: true,
      httpsHost: '127.0.0.1',
      allowedOrigins: ['*'],
      maxConcurrentRequests: 9,
      compression: false,
      mountPrefix: '/service/marathon',
      httpCallback: { endpoints: ['http://host1/foo', 'http://host2/bar'], slowConsumerTimeoutMs: 10_000 },
      artifactStore: 'file:///var/store',
      aclFile: '/acl.json',
      plugins: { directory: '/p', configuration: '/p.json' },
      newGroupEnforceRole: 'top',
    },
  );
  t.match(optionsOf(['--ssl_certificate_path=/c.pem', '--ssl_key_path=/k.pem']).tls, {
    type: 'pem',
    certificatePath: '/c.pem',
    keyPath: '/k.pem',
  });
});

t.test('where metrics go', async (t) => {
  t.match(
    optionsOf(['--metrics_statsd', '--metrics_statsd_host=s', '--metrics_statsd_transmission_interval_ms=1']).metrics,
    { statsd: { host: 's', port: 8125, intervalMs: 1 } },
  );
  t.match(optionsOf(['--metrics_datadog', '--metrics_datadog_host=d', '--metrics_datadog_port=1']).metrics, {
    datadog: { protocol: 'udp', host: 'd', port: 1, intervalMs: 10_000, prefix: '', tags: [] },
  });
  const api = ['--metrics_datadog', '--metrics_datadog_protocol=api', '--metrics_datadog_api_key=k'];
  t.match(optionsOf(api).metrics, {
    datadog: { protocol: 'api', url: 'https://app.datadoghq.com/api/v1/series', apiKey: 'k' },
  });
  t.match(optionsOf([...api, '--metrics_datadog_host=app.datadoghq.eu']).metrics, {
    datadog: { url: 'https://app.datadoghq.eu/api/v1/series' },
  });
  t.match(
    optionsOf(['--reporter_datadog=udp://localhost:8126?prefix=marathon-test&tags=marathon,a:b&interval=5']).metrics,
    {
      datadog: {
        protocol: 'udp',
        host: 'localhost',
        port: 8126,
        intervalMs: 5_000,
        prefix: 'marathon-test',
        tags: ['marathon', 'a:b'],
      },
    },
  );
  t.match(optionsOf(['--reporter_datadog=http://datadog?apiKey=abc']).metrics, {
    datadog: { protocol: 'api', apiKey: 'abc', prefix: 'marathon_test', intervalMs: 10_000 },
  });
  t.match(optionsOf(['--reporter_graphite=tcp://[::1]:2004?prefix=p&interval=3']).metrics, {
    graphite: { protocol: 'tcp', host: '::1', port: 2004, prefix: 'p', intervalMs: 3_000 },
  });
  t.match(optionsOf(['--reporter_graphite=udp://g']).metrics, {
    graphite: { protocol: 'udp', host: 'g', port: 2003, prefix: '', intervalMs: 10_000 },
  });
});
