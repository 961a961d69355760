import t from 'tap';
import fc from 'fast-check';
import { schedulerOptions } from '../../../src/cli/commands/scheduler.js';
import { resolveSettings } from '../../../src/cli/settings.js';
import { AbdicationError } from '../../../src/scheduler/abdication.js';
import { RequestedFileError } from '../../../src/scheduler/backup/requested-file.js';
import type { AccessControl } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import { renderInfo } from '../../../src/scheduler/api/render/info.js';
import type { SchedulerOptions } from '../../../src/scheduler/options.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';

function optionsOf(argv: readonly string[]): SchedulerOptions {
  const invocation = resolveSettings('scheduler', ['--master=m:5050', ...argv], {}, () => undefined);
  if (invocation === undefined) throw new Error('help was shown');
  return schedulerOptions(invocation.settings);
}

/** marathon.md §2.6 */
const marathonKeys = `
access_control_allow_origin accepted_resource_roles_default_behavior checkpoint decline_offer_duration default_network_name
env_vars_prefix executor failover_timeout features framework_name ha hostname launch_token launch_token_refresh_interval
leader_proxy_connection_timeout_ms leader_proxy_read_timeout_ms local_port_min local_port_max maintenance_mode master
max_instances_per_offer mesos_bridge_name mesos_heartbeat_interval mesos_heartbeat_failure_threshold mesos_leader_ui_url
mesos_role mesos_user min_revive_offers_interval new_group_enforce_role offer_matching_timeout on_elected_prepare_timeout
reconciliation_initial_delay reconciliation_interval scale_apps_initial_delay scale_apps_interval store_cache
task_launch_confirm_timeout task_launch_timeout task_lost_expunge_initial_delay task_lost_expunge_interval
task_reservation_timeout webui_url`
  .trim()
  .split(/\s+/);
const zookeeperKeys = `
zk zk_compression zk_compression_threshold zk_connection_timeout zk_max_node_size zk_max_versions zk_session_timeout
zk_timeout`
  .trim()
  .split(/\s+/);

interface Info {
  readonly marathon_config: Readonly<Record<string, unknown>>;
  readonly zookeeper_config: Readonly<Record<string, unknown>>;
  readonly http_config: Readonly<Record<string, unknown>>;
  readonly event_subscriber?: unknown;
}

t.test('/v2/info has every key of Marathon that has a value, and no other', async (t) => {
  const everything = optionsOf([
    '--hostname=m1',
    '--access_control_allow_origin=*',
    '--default_network_name=dcos',
    '--mesos_user=nobody',
    '--webui_url=http://ui/',
  ]);
  const { api } = await startFakeScheduler(t, everything);
  const info = (await ask(api, 'GET', '/v2/info')).json as unknown as Info;
  t.same(Object.keys(info).sort(), [
    ...['buildref', 'elected', 'frameworkId', 'http_config', 'leader', 'marathon_config', 'name', 'version'],
    'zookeeper_config',
  ]);
  const unset = ['env_vars_prefix'];
  t.same(Object.keys(info.marathon_config).sort(), marathonKeys.filter((key) => !unset.includes(key)).sort());
  t.same(Object.keys(info.zookeeper_config).sort(), zookeeperKeys);
  t.match(info, {
    name: 'marathon',
    elected: true,
    leader: 'm1:8080',
    frameworkId: 'framework-1',
    marathon_config: {
      access_control_allow_origin: ['*'],
      accepted_resource_roles_default_behavior: 'any',
      executor: '//cmd',
      features: [],
      ha: false,
      launch_token: 100,
      leader_proxy_read_timeout_ms: 10_000,
      mesos_leader_ui_url: 'http://master:5050/',
      master: 'm:5050',
      task_lost_expunge_interval: 30_000,
    },
    zookeeper_config: { zk: 'zk://localhost:2181/marathon', zk_max_versions: 50 },
    http_config: { http_port: 8080, https_port: 8443 },
  });
  t.same(Object.keys(info.http_config), ['http_port', 'https_port']);
});

t.test('what the seed era showed is shown when it is used', async (t) => {
  const { service } = await startFakeScheduler(t);
  const options = optionsOf([
    '--event_subscriber=http_callback',
    '--http_endpoints=http://host1/foo,http://me:pw@host2/bar',
    '--assets_path=/ui',
    '--enable_features=vips,task_killing',
    '--mesos_leader_ui_url=http://mesos/',
  ]);
  t.match(renderInfo({ ...service, options }), {
    event_subscriber: {
      type: 'http_callback',
      http_endpoints: ['http://host1/foo', 'http://xxxxxxxx:xxxxxxxx@host2/bar'],
    },
    http_config: { assets_path: '/ui' },
    marathon_config: { features: ['vips', 'task_killing'], mesos_leader_ui_url: 'http://mesos/' },
  });
});

t.test('the leader is known by the port that answers', async (t) => {
  const { service } = await startFakeScheduler(t);
  const tls = ['--ssl_certificate_path=/c', '--ssl_key_path=/k', '--https_port=9443', '--hostname=m1'];
  t.match(renderInfo({ ...service, options: optionsOf(tls) }), { leader: 'm1:8080' });
  t.match(renderInfo({ ...service, options: optionsOf([...tls, '--disable_http']) }), { leader: 'm1:9443' });
  t.match(renderInfo({ ...service, options: optionsOf(['--hostname=::1']) }), { leader: '[::1]:8080' });
});

t.test('no secret is in /v2/info or /config', async (t) => {
  const { service, api } = await startFakeScheduler(t);
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9._-]{12,30}$/), (secret) => {
      const options = optionsOf([
        `--http_credentials=user:${secret}`,
        '--ssl_keystore_path=marathon.jks',
        `--ssl_keystore_password=${secret}`,
        '--event_subscriber=http_callback',
        `--http_endpoints=http://me:${secret}@host/a,https://host/b?api_key=${secret}`,
        `--webui_url=https://me:${secret}@host/`,
        `--zk=zk://me:${secret}@zk1:2181,zk2:2181/marathon`,
        '--mesos_authentication_principal=me',
        `--mesos_authentication_secret=${secret}`,
        `--mesos_leader_ui_url=http://me:${secret}@host/`,
        `--metrics_datadog_api_key=${secret}`,
        `--reporter_datadog=http://datadog?apiKey=${secret}`,
      ]);
      const shown = JSON.stringify([renderInfo({ ...service, options }), options.flags]);
      return !shown.includes(secret);
    }),
    { numRuns: 50 },
  );
  const hidden = renderInfo({ ...service, options: { ...service.options, master: 'zk://u:pa/ss@zk1:2181/mesos' } });
  t.match(hidden, { marathon_config: { master: 'zk://xxxxxxxx:xxxxxxxx@zk1:2181/mesos' } });
  t.same((await ask(api, 'GET', '/config')).status, 200);
});

t.test('DELETE /v2/leader passes on what is wished for', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const none = await ask(scheduler.api, 'DELETE', '/v2/leader');
  t.equal(none.status, 404);
  t.same(none.json, { message: 'There is no leader' }, 'a scheduler that cannot give it up');

  const wishes: unknown[] = [];
  let failure: Error | undefined;
  Object.assign(scheduler.service, {
    abdicate: async (wish: unknown) => {
      wishes.push(wish);
      if (failure !== undefined) throw failure;
    },
  });
  for (const [query, wish] of [
    ['', {}],
    ['?backup=', {}],
    ['?backup=file:///b/x.json&restore=file:///b/y.json', { backup: 'file:///b/x.json', restore: 'file:///b/y.json' }],
  ] as const) {
    const given = await ask(scheduler.api, 'DELETE', `/v2/leader${query}`);
    t.equal(given.status, 200);
    t.same(given.json, { message: 'Leadership abdicated' });
    t.same(wishes.splice(0), [wish]);
  }

  const inS3 = await ask(scheduler.api, 'DELETE', '/v2/leader?restore=s3://bucket/key');
  t.equal(inS3.status, 501);
  t.match(inS3.json.message, /^restore in S3 is not supported, and the leadership is kept/);
  t.same(wishes, []);
  failure = new RequestedFileError('restore', 'must be elsewhere');
  const refused = await ask(scheduler.api, 'DELETE', '/v2/leader?restore=file:///x');
  t.equal(refused.status, 422);
  t.same(refused.json, {
    message: 'Object is not valid',
    details: [{ path: '/restore', errors: ['must be elsewhere'] }],
  });
  failure = new AbdicationError(500, 'the disk is full');
  const failed = await ask(scheduler.api, 'DELETE', '/v2/leader?backup=file:///x');
  t.equal(failed.status, 500);
  t.same(failed.json, { message: 'the disk is full' });
});

t.test('what is not allowed is not told', async (t) => {
  const asked: string[] = [];
  const access: AccessControl = {
    authenticate: () => Promise.resolve(),
    may: () => false,
    demand: (_request, action, resource) => {
      asked.push(`${action} ${resource.kind === 'system' ? resource.name : resource.id}`);
      throw new ApiError(403, 'no');
    },
    isOpen: false,
  };
  const { api } = await startFakeScheduler(t, {}, { access });
  for (const [method, url] of [
    ['GET', '/v2/info'],
    ['GET', '/v2/leader'],
    ['DELETE', '/v2/leader'],
  ] as const) {
    t.equal((await ask(api, method, url)).status, 403);
  }
  t.same(asked, ['view config', 'view leader', 'update leader']);
});
