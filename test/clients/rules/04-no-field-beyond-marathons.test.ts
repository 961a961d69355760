// marathon-python makes its objects of what is there and fails on what it does not know: a field too many breaks whole lists.
import t from 'tap';
import type { Test } from 'tap';
import { eventText } from '../../../src/scheduler/api/render/event.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { sampleEvents } from '../../support/sample-events.js';
import { runCases } from '../support/cases.js';
import { checkHealth } from '../support/health.js';

type Json = Readonly<Record<string, unknown>>;

/** Lists of names, separated by spaces. */
const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** An app that was given no more than an id and a command. */
const plainApp =
  names(`id backoffFactor backoffSeconds cmd cpus disk executor instances labels maxLaunchDelaySeconds mem gpus networks
  portDefinitions requirePorts upgradeStrategy killSelection unreachableStrategy role version versionInfo`);
/** What is shown besides when it was given (marathon.md §3.1). `storeUrls` was dropped after 0.15. */
const givenToApp =
  names(`acceptedResourceRoles args check constraints container dependencies env executorResources fetch healthChecks
  readinessChecks resourceLimits secrets storeUrls taskKillGracePeriodSeconds tty user`);
const counts = names('tasksStaged tasksRunning tasksHealthy tasksUnhealthy');
const task =
  names(`appId healthCheckResults host id ipAddresses ports servicePorts slaveId state stagedAt startedAt version localVolumes
  role`);
const taskWhereKnown = names('region zone checkResult');
const healthCheckResult = names('alive consecutiveFailures instanceId');
const healthCheckResultLater = names('firstSuccess lastSuccess lastFailure lastFailureCause');
const taskFailure = names('appId host message state taskId timestamp version slaveId');
const deployment = names('id version affectedApps affectedPods steps currentActions currentStep totalSteps');
const group = names('id apps pods groups dependencies version');
const queueEntry = names('count role delay since processedOffersSummary');
const summary = names('processedOffersCount unusedOffersCount rejectSummaryLastOffers rejectSummaryLaunchAttempt');
const info = names(`name version buildref elected leader frameworkId marathon_config zookeeper_config http_config`);
const marathonConfig =
  names(`access_control_allow_origin accepted_resource_roles_default_behavior checkpoint decline_offer_duration
  default_network_name env_vars_prefix executor failover_timeout features framework_name ha hostname launch_token
  launch_token_refresh_interval leader_proxy_connection_timeout_ms leader_proxy_read_timeout_ms local_port_min local_port_max
  maintenance_mode master max_instances_per_offer mesos_bridge_name mesos_heartbeat_interval mesos_heartbeat_failure_threshold
  mesos_leader_ui_url mesos_role mesos_user min_revive_offers_interval new_group_enforce_role offer_matching_timeout
  on_elected_prepare_timeout reconciliation_initial_delay reconciliation_interval scale_apps_initial_delay scale_apps_interval
  store_cache task_launch_confirm_timeout task_launch_timeout task_lost_expunge_initial_delay task_lost_expunge_interval
  task_reservation_timeout webui_url`);
const zookeeperConfig =
  names(`zk zk_compression zk_compression_threshold zk_connection_timeout zk_max_node_size zk_max_versions
  zk_session_timeout zk_timeout`);

/** The members of each event besides `eventType` and `timestamp` (marathon.md §14.3). */
const events: Readonly<Record<string, ReadonlySet<string>>> = {
  api_post_event: names('clientIp uri appDefinition'),
  pod_created_event: names('clientIp uri'),
  pod_updated_event: names('clientIp uri'),
  pod_deleted_event: names('clientIp uri'),
  scheduler_registered_event: names('frameworkId master'),
  scheduler_reregistered_event: names('master'),
  scheduler_disconnected_event: new Set(),
  subscribe_event: names('clientIp callbackUrl'),
  unsubscribe_event: names('clientIp callbackUrl'),
  event_stream_attached: names('remoteAddress'),
  event_stream_detached: names('remoteAddress'),
  add_health_check_event: names('appId version healthCheck'),
  remove_health_check_event: names('appId'),
  failed_health_check_event: names('appId taskId healthCheck'),
  health_status_changed_event: names('appId instanceId version alive'),
  unhealthy_instance_kill_event: names('appId taskId instanceId version reason host slaveId'),
  group_change_success: names('groupId version'),
  group_change_failed: names('groupId version reason'),
  deployment_info: names('plan currentStep'),
  deployment_step_success: names('plan currentStep'),
  deployment_step_failure: names('plan currentStep'),
  deployment_success: names('id plan'),
  deployment_failed: names('id plan reason'),
  app_terminated_event: names('appId'),
  status_update_event: names('slaveId taskId taskStatus message appId host ipAddresses ports version'),
  instance_changed_event: names('instanceId condition runSpecId agentId host runSpecVersion'),
  unknown_instance_terminated_event: names('instanceId runSpecId condition'),
  instance_health_changed_event: names('instanceId runSpecId healthy runSpecVersion'),
  framework_message_event: names('executorId slaveId message'),
};

/** The members must be these, all of them, and may be those of `more`. */
function keysAre(t: Test, value: unknown, must: Iterable<string>, more: Iterable<string>, what: string): void {
  const keys = new Set(Object.keys(value as object));
  const expected = new Set(must);
  const missing = [...expected].filter((key) => !keys.has(key));
  const allowed = new Set([...expected, ...more]);
  const beyond = [...keys].filter((key) => !allowed.has(key));
  t.same({ missing, beyond }, { missing: [], beyond: [] }, what);
}

async function get(scheduler: FakeScheduler, path: string): Promise<Json> {
  return (await ask(scheduler.api, 'GET', path)).json as unknown as Json;
}

/** Everything that can be given to an app and that goes together. */
const fullApp = {
  id: '/full',
  args: ['--port', '80'],
  acceptedResourceRoles: ['*'],
  constraints: [['hostname', 'UNIQUE']],
  container: { type: 'MESOS', docker: { image: 'busybox' } },
  dependencies: ['/plain'],
  env: { A: 'b' },
  fetch: [{ uri: 'http://example.com/a.tgz' }],
  healthChecks: [{ protocol: 'MESOS_HTTP', path: '/' }],
  check: { tcp: { port: 80 } },
  readinessChecks: [{ portName: 'http' }],
  portDefinitions: [{ port: 0, name: 'http', labels: { VIP_0: 'a:80' } }],
  resourceLimits: { cpus: 2, mem: 'unlimited' },
  executorResources: { cpus: 0.1, mem: 32, disk: 10 },
  storeUrls: [],
  taskKillGracePeriodSeconds: 3,
  tty: true,
  user: 'nobody',
};

const embeds = 'embed=tasks&embed=counts&embed=deployments&embed=readiness&embed=lastTaskFailure&embed=taskStats';
const appInfo = [...plainApp, ...counts, 'deployments'];
const embedded = ['tasks', 'readinessCheckResults', 'taskStats'];

await runCases(t, "rule 4, no field beyond Marathon's", [
  {
    name: 'App and AppInfo',
    why: 'a TypeError of marathon-python in one app takes the list of all apps with it',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const created = await ask(scheduler.api, 'POST', '/v2/apps', { id: '/plain', cmd: 'x' });
      keysAre(t, created.json, appInfo, [], 'created');
      const [instance] = await scheduler.run('/plain');
      keysAre(t, (await get(scheduler, '/v2/apps/plain'))['app'], [...appInfo, 'tasks'], [], 'one app');
      await scheduler.status(instance?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      const failed = (await get(scheduler, `/v2/apps/plain?${embeds}`))['app'];
      keysAre(t, failed, [...appInfo, ...embedded, 'lastTaskFailure'], [], 'one app with every embed');
      const { versionInfo, upgradeStrategy, unreachableStrategy, portDefinitions } = failed as Json;
      keysAre(t, versionInfo, ['lastScalingAt', 'lastConfigChangeAt'], [], 'versionInfo');
      keysAre(t, upgradeStrategy, ['minimumHealthCapacity', 'maximumOverCapacity'], [], 'upgradeStrategy');
      keysAre(t, unreachableStrategy, ['inactiveAfterSeconds', 'expungeAfterSeconds'], [], 'unreachableStrategy');
      keysAre(t, (portDefinitions as readonly unknown[])[0], ['port', 'protocol', 'name'], ['labels'], 'a port');
      const list = (await get(scheduler, `/v2/apps?${embeds}`))['apps'] as readonly unknown[];
      keysAre(t, list[0], [...appInfo, ...embedded, 'lastTaskFailure'], [], 'the list with every embed');
      const version = await get(scheduler, `/v2/apps/plain/versions/${created.json.version}`);
      keysAre(t, version, plainApp, [], 'a version');
    },
  },
  {
    name: 'an app with everything',
    why: 'fields that were given are shown under their own names, and nothing is derived from them',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t, { features: ['secrets', 'gpu_resources', 'external_volumes'] });
      const { api } = scheduler;
      await ask(api, 'POST', '/v2/apps', { id: '/plain', cmd: 'x', instances: 0 });
      const created = await ask(api, 'POST', '/v2/apps', fullApp);
      t.equal(created.status, 201, created.text);
      const given = Object.keys(fullApp).filter((key) => givenToApp.has(key) && key !== 'storeUrls');
      const base = [...plainApp].filter((key) => key !== 'cmd');
      keysAre(t, created.json, [...base, ...given, ...counts, 'deployments'], [], 'created');
      const secret = { id: '/s', cmd: 'x', env: { S: { secret: 'one' } }, secrets: { one: { source: '/x' } } };
      t.equal((await ask(api, 'POST', '/v2/apps', secret)).status, 201);
      const old = { id: '/old', cmd: 'x', ports: [1, 2], uris: ['http://a/b.tgz'], residency: {}, taskRateLimit: 2 };
      t.equal((await ask(api, 'POST', '/v2/apps', old)).status, 201);
      const docker = { image: 'a', network: 'BRIDGE', portMappings: [{ containerPort: 80 }] };
      t.equal((await ask(api, 'POST', '/v2/apps', { id: '/d', container: { type: 'DOCKER', docker } })).status, 201);
      const apps = (await get(scheduler, `/v2/apps?${embeds}`))['apps'] as readonly Json[];
      t.equal(apps.length, 5);
      const allowed = [...plainApp, ...givenToApp, ...counts, 'deployments', 'lastTaskFailure', ...embedded];
      for (const app of apps) keysAre(t, app, [], allowed, String(app['id']));
      const bridged = apps.find(({ id }) => id === '/d');
      const { portMappings } = bridged?.['container'] as { readonly portMappings: readonly unknown[] };
      const mapping = ['containerPort', 'hostPort', 'servicePort', 'protocol'];
      keysAre(t, portMappings[0], mapping, ['name', 'labels', 'networkNames'], 'a port mapping');
    },
  },
  {
    name: 'Task, its health and its end',
    why: 'tasks are in most of what clients read',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const healthChecks = [{ protocol: 'HTTP', path: '/', maxConsecutiveFailures: 0 }];
      await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a', cmd: 'x', healthChecks });
      const [instance] = await scheduler.run('/a');
      const taskOf = async (): Promise<Json> => {
        const [shown] = (await get(scheduler, '/v2/tasks'))['tasks'] as readonly Json[];
        return shown ?? {};
      };
      const resultOf = (shown: Json): unknown => (shown['healthCheckResults'] as readonly unknown[])[0];
      await checkHealth(scheduler, '/a', true);
      const healthy = await taskOf();
      keysAre(t, healthy, task, taskWhereKnown, 'a healthy task');
      keysAre(t, resultOf(healthy), healthCheckResult, healthCheckResultLater, 'the result of a health check');
      await checkHealth(scheduler, '/a', false);
      const unhealthy = resultOf(await taskOf());
      keysAre(t, unhealthy, [...healthCheckResult, ...healthCheckResultLater], [], 'after a failure');
      const shown = (await get(scheduler, '/v2/apps/a'))['app'] as Json;
      keysAre(t, (shown['tasks'] as readonly unknown[])[0], task, taskWhereKnown, 'in the app');
      await scheduler.status(instance?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      const failed = (await get(scheduler, '/v2/apps/a'))['app'] as Json;
      keysAre(t, failed['lastTaskFailure'], taskFailure, [], 'lastTaskFailure');
      const waiting = (await get(scheduler, '/v2/tasks'))['tasks'] as readonly unknown[];
      t.same(waiting, [], 'no task is shown for what waits');
    },
  },
  {
    name: 'Deployment, its result and its actions',
    why: 'dcos and marathon-ui show them',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
      const updated = await ask(api, 'PUT', '/v2/apps/a?force=true', { cmd: 'y' });
      keysAre(t, updated.json, ['version', 'deploymentId'], [], 'the result of a change');
      const list = (await ask(api, 'GET', '/v2/deployments')).json as unknown as readonly Json[];
      keysAre(t, list[0], deployment, [], 'a deployment');
      const [action] = list[0]?.['currentActions'] as readonly unknown[];
      keysAre(t, action, ['action', 'app', 'readinessCheckResults'], [], 'a current action');
      const [step] = list[0]?.['steps'] as readonly { readonly actions: readonly unknown[] }[];
      keysAre(t, step, ['actions'], [], 'a step');
      keysAre(t, step?.actions[0], ['action', 'app'], [], 'an action');
      const dry = await ask(api, 'PUT', '/v2/groups/g?dryRun=true', { apps: [{ id: 'b', cmd: 'x' }] });
      keysAre(t, dry.json, ['steps'], [], 'a dry run');
    },
  },
  {
    name: 'Group',
    why: '`enforceRole` is of 1.9 and of top-level groups only: marathon-python before it knew that fails on it, as with Marathon',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const body = { id: '/top', groups: [{ id: 'sub', apps: [{ id: 'a', cmd: 'x', instances: 0 }] }] };
      await ask(scheduler.api, 'POST', '/v2/groups', body);
      const root = await get(scheduler, '/v2/groups');
      keysAre(t, root, group, [], 'the root');
      const [top] = root['groups'] as readonly Json[];
      keysAre(t, top, [...group, 'enforceRole'], [], 'a top-level group');
      const [sub] = top?.['groups'] as readonly Json[];
      keysAre(t, sub, group, [], 'a group below');
      keysAre(t, (sub?.['apps'] as readonly unknown[])[0], plainApp, [], 'an app in it, without embeds');
      keysAre(
        t,
        await get(scheduler, '/v2/groups?embed=group.apps'),
        ['id', 'apps', 'dependencies', 'version'],
        [],
        'apps',
      );
    },
  },
  {
    name: 'QueueItem',
    why: 'Datadog and dcos read it deeply',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const { api } = scheduler;
      await ask(api, 'POST', '/v2/apps', { id: '/big', cmd: 'x', cpus: 100 });
      await ask(api, 'POST', '/v2/apps', { id: '/small', cmd: 'x', cpus: 0.1 });
      await scheduler.run('/small');
      const containers = [{ name: 'c', resources: { cpus: 0.1, mem: 32 } }];
      await ask(api, 'POST', '/v2/pods', { id: '/pod', containers });
      const queue = (await get(scheduler, '/v2/queue?embed=lastUnusedOffers'))['queue'] as readonly Json[];
      t.equal(queue.length, 2);
      for (const entry of queue) {
        keysAre(t, entry, [...queueEntry, 'app' in entry ? 'app' : 'pod', 'lastUnusedOffers'], [], 'an entry');
        keysAre(t, entry['delay'], ['timeLeftSeconds', 'overdue'], [], 'delay');
        const offers = entry['processedOffersSummary'] as Json;
        keysAre(t, offers, summary, ['lastUnusedOfferAt', 'lastUsedOfferAt'], 'processedOffersSummary');
        const [step] = offers['rejectSummaryLaunchAttempt'] as readonly unknown[];
        keysAre(t, step, ['reason', 'declined', 'processed'], [], 'a reason');
      }
      const app = queue.find((entry) => 'app' in entry);
      keysAre(t, app?.['app'], plainApp, [], 'the app is its definition');
      const [unused] = app?.['lastUnusedOffers'] as readonly Json[];
      keysAre(t, unused, ['offer', 'reason', 'timestamp'], [], 'an unused offer');
      keysAre(t, unused?.['offer'], ['id', 'agentId', 'hostname', 'resources', 'attributes'], [], 'the offer');
      const plain = (await get(scheduler, '/v2/queue'))['queue'] as readonly Json[];
      keysAre(t, plain[0], queueEntry, ['app', 'pod'], 'without the offers, unless they are asked for');
    },
  },
  {
    name: 'Info and leader',
    why: 'get_info of marathon-python fails on a field that it does not know',
    run: async (t) => {
      const scheduler = await startFakeScheduler(t);
      const shown = await get(scheduler, '/v2/info');
      keysAre(t, shown, info, [], 'info');
      keysAre(t, shown['marathon_config'], [], marathonConfig, 'marathon_config');
      keysAre(t, shown['zookeeper_config'], [], zookeeperConfig, 'zookeeper_config');
      keysAre(t, shown['http_config'], ['http_port', 'https_port'], [], 'http_config');
      keysAre(t, await get(scheduler, '/v2/leader'), ['leader'], [], 'leader');
      const httpCallback = { endpoints: ['http://a/b'], slowConsumerTimeoutMs: 1000 };
      const seedEra = await get(await startFakeScheduler(t, { httpCallback, assetsPath: undefined }), '/v2/info');
      keysAre(t, seedEra, [...info, 'event_subscriber'], [], 'info with callbacks, as in 0.15');
      keysAre(t, seedEra['event_subscriber'], ['type', 'http_endpoints'], [], 'event_subscriber');
    },
  },
  {
    name: 'every type of event',
    why: 'clients make objects of events, too',
    run: async (t) => {
      const timestamp = '2026-01-01T00:00:00.000Z';
      t.equal(sampleEvents.length, Object.keys(events).length, 'all types are looked at');
      for (const event of sampleEvents) {
        const shown = JSON.parse(eventText({ event, timestamp })) as Json;
        keysAre(t, shown, [...(events[event.type] ?? []), 'eventType', 'timestamp'], [], event.type);
        if ('plan' in shown) keysAre(t, shown['plan'], ['id', 'version', 'steps'], [], `${event.type}: plan`);
        if ('currentStep' in shown) keysAre(t, shown['currentStep'], ['actions'], [], `${event.type}: currentStep`);
        if ('appDefinition' in shown) keysAre(t, shown['appDefinition'], plainApp, givenToApp, 'appDefinition');
      }
      await Promise.resolve();
    },
  },
]);
