/** marathon-python at 1850734: the classes of marathon/models, by the parameters that they take. */
import {
  asIs,
  choiceOf,
  datetime,
  listOf,
  optional,
  pythonClass,
  PythonError,
  type PythonReader,
  type Read,
} from '../python-kwargs.js';
import type { WireAnswer } from '../wire.js';

/** marathon/models/task.py, MarathonIpAddress. */
export const ipAddress = pythonClass('MarathonIpAddress', { ip_address: asIs, protocol: asIs });

/** marathon/models/task.py, MarathonHealthCheckResult. */
export const healthCheckResult = pythonClass('MarathonHealthCheckResult', {
  alive: asIs,
  consecutive_failures: asIs,
  first_success: datetime,
  last_failure: datetime,
  last_success: datetime,
  task_id: asIs,
  last_failure_cause: asIs,
  instance_id: asIs,
});

/** marathon/models/task.py, MarathonTask. */
export const task = pythonClass('MarathonTask', {
  app_id: asIs,
  health_check_results: listOf(healthCheckResult),
  host: asIs,
  id: asIs,
  ports: listOf(asIs),
  service_ports: listOf(asIs),
  slave_id: asIs,
  staged_at: datetime,
  started_at: datetime,
  version: asIs,
  ip_addresses: listOf(ipAddress),
  state: asIs,
  local_volumes: listOf(asIs),
  region: asIs,
  zone: asIs,
  role: asIs,
});

/** marathon/models/app.py, MarathonTaskFailure. */
export const taskFailure = pythonClass('MarathonTaskFailure', {
  app_id: asIs,
  host: asIs,
  message: asIs,
  task_id: asIs,
  instance_id: asIs,
  slave_id: asIs,
  state: asIs,
  timestamp: datetime,
  version: asIs,
});

/** marathon/models/app.py, MarathonHealthCheck: the one model besides MarathonDockerContainer that takes what it does not know. */
export const healthCheck = pythonClass('MarathonHealthCheck', { protocol: asIs }, { extras: true });

/** marathon/models/container.py, MarathonContainerPortMapping. */
export const portMapping = pythonClass('MarathonContainerPortMapping', {
  name: asIs,
  container_port: asIs,
  host_port: asIs,
  service_port: asIs,
  protocol: choiceOf(['tcp', 'udp', 'udp,tcp']),
  labels: asIs,
});

/** marathon/models/container.py, MarathonContainer. */
export const container = pythonClass('MarathonContainer', {
  docker: optional(pythonClass('MarathonDockerContainer', { image: asIs }, { extras: true })),
  type: choiceOf(['DOCKER', 'MESOS']),
  port_mappings: listOf(portMapping),
  volumes: listOf(
    pythonClass('MarathonContainerVolume', {
      container_path: asIs,
      host_path: asIs,
      mode: choiceOf(['RO', 'RW']),
      persistent: asIs,
      external: asIs,
    }),
  ),
});

const unreachableStrategyFields = pythonClass('MarathonUnreachableStrategy', {
  unreachable_inactive_after_seconds: asIs,
  unreachable_expunge_after_seconds: asIs,
  inactive_after_seconds: asIs,
  expunge_after_seconds: asIs,
});

/** marathon/models/app.py, MarathonUnreachableStrategy: `disabled` or its fields. */
export const unreachableStrategy: PythonReader<unknown> = (value) =>
  value === 'disabled' ? value : unreachableStrategyFields(value);

/** marathon/models/app.py, MarathonTaskStats and what it is made of. */
export const taskStats = ((): PythonReader<unknown> => {
  const counts = pythonClass('MarathonTaskStatsCounts', {
    staged: asIs,
    running: asIs,
    healthy: asIs,
    unhealthy: asIs,
  });
  const lifeTime = pythonClass('MarathonTaskStatsLifeTime', { average_seconds: asIs, median_seconds: asIs });
  const stats = pythonClass('MarathonTaskStatsStats', { counts: optional(counts), life_time: optional(lifeTime) });
  const type = optional(pythonClass('MarathonTaskStatsType', { stats: optional(stats) }));
  return pythonClass('MarathonTaskStats', {
    started_after_last_scaling: type,
    with_latest_config: type,
    with_outdated_config: type,
    total_summary: type,
  });
})();

/** marathon/models/deployment.py, MarathonDeploymentAction. */
export const deploymentAction = pythonClass('MarathonDeploymentAction', {
  action: asIs,
  app: asIs,
  apps: asIs,
  pod: asIs,
  type: asIs,
  readiness_check_results: asIs,
});

/** marathon/models/deployment.py, MarathonDeploymentStep. */
export const deploymentStep = pythonClass('MarathonDeploymentStep', { actions: listOf(deploymentAction) });

/** marathon/models/deployment.py, MarathonDeployment: also the entries of an app's `deployments`. */
export const deployment = pythonClass('MarathonDeployment', {
  affected_apps: asIs,
  affected_pods: asIs,
  current_actions: listOf(deploymentAction),
  current_step: asIs,
  id: asIs,
  steps: listOf(deploymentStep),
  total_steps: asIs,
  version: asIs,
});

/** marathon/models/base.py, `assert_valid_path`: an id that it would not accept itself is a ValueError. */
export const pathId: PythonReader<string> = (value) => {
  const path = String(value);
  const isValid = path
    .split('/')
    .filter((segment) => segment !== '')
    .every((segment) => /^(?:[a-z0-9][a-z0-9.-]*|\.\.?)$/.test(segment));
  if (!isValid) throw new PythonError('ValueError', `invalid path ${path}`);
  return path;
};

/** marathon/models/app.py, MarathonApp. */
export const app = pythonClass('MarathonApp', {
  accepted_resource_roles: asIs,
  args: asIs,
  backoff_factor: asIs,
  backoff_seconds: asIs,
  cmd: asIs,
  constraints: listOf(asIs),
  container: optional(container),
  cpus: asIs,
  dependencies: listOf(asIs),
  deployments: listOf(deployment),
  disk: asIs,
  env: asIs,
  executor: asIs,
  fetch: listOf(asIs),
  gpus: asIs,
  health_checks: listOf(healthCheck),
  id: pathId,
  instances: asIs,
  ip_address: asIs,
  kill_selection: choiceOf(['YOUNGEST_FIRST', 'OLDEST_FIRST']),
  labels: asIs,
  last_task_failure: optional(taskFailure),
  max_launch_delay_seconds: asIs,
  mem: asIs,
  networks: asIs,
  port_definitions: listOf(pythonClass('PortDefinition', { port: asIs, protocol: asIs, name: asIs, labels: asIs })),
  ports: listOf(asIs),
  readiness_check_results: listOf(asIs),
  readiness_checks: listOf(asIs),
  require_ports: asIs,
  residency: asIs,
  role: asIs,
  secrets: asIs,
  store_urls: listOf(asIs),
  task_kill_grace_period_seconds: asIs,
  task_rate_limit: asIs,
  task_stats: optional(taskStats),
  tasks: listOf(task),
  tasks_healthy: asIs,
  tasks_running: asIs,
  tasks_staged: asIs,
  tasks_unhealthy: asIs,
  unreachable_strategy: optional(unreachableStrategy),
  upgrade_strategy: optional(
    pythonClass('MarathonUpgradeStrategy', { maximum_over_capacity: asIs, minimum_health_capacity: asIs }),
  ),
  uris: listOf(asIs),
  user: asIs,
  version: asIs,
  version_info: optional(
    pythonClass('MarathonAppVersionInfo', { last_scaling_at: datetime, last_config_change_at: datetime }),
  ),
});

/** What MarathonGroup has besides `enforce_role`. */
const groupParameters = {
  apps: listOf(app),
  dependencies: listOf(asIs),
  groups: (value: unknown): unknown => listOf(group)(value),
  id: asIs,
  pods: asIs,
  version: asIs,
};

/** marathon/models/group.py, MarathonGroup, as it came to be in 21c9b1c. */
export const group: PythonReader<unknown> = pythonClass('MarathonGroup', { ...groupParameters, enforce_role: asIs });

/** The same before Marathon 1.9 was supported (d68e5cc): `enforceRole` is refused, as with Marathon itself. */
export const groupBeforeRoles: PythonReader<unknown> = pythonClass('MarathonGroup', {
  ...groupParameters,
  groups: (value) => listOf(groupBeforeRoles)(value),
});

/** marathon/models/queue.py, MarathonQueueItem: `role`, which Marathon has since 1.9, is refused. */
export const queueItem = pythonClass('MarathonQueueItem', {
  app,
  overdue: asIs,
  count: asIs,
  delay: pythonClass('MarathonQueueItemDelay', { time_left_seconds: asIs, overdue: asIs }),
  since: asIs,
  processed_offers_summary: asIs,
  last_unused_offers: asIs,
});

/** marathon/models/info.py, MarathonInfo; what its `marathon_config` takes: `marathonConfigParameters`. */
export const info = pythonClass('MarathonInfo', {
  buildref: asIs,
  elected: asIs,
  event_subscriber: optional(pythonClass('MarathonEventSubscriber', { type: asIs, http_endpoints: asIs })),
  framework_id: asIs,
  http_config: pythonClass('MarathonHttpConfig', { assets_path: asIs, http_port: asIs, https_port: asIs }),
  leader: asIs,
  marathon_config: asIs,
  name: asIs,
  version: asIs,
  zookeeper_config: pythonClass('MarathonZooKeeperConfig', {
    zk: asIs,
    zk_future_timeout: asIs,
    zk_hosts: asIs,
    zk_max_versions: asIs,
    zk_path: asIs,
    zk_session_timeout: asIs,
    zk_state: asIs,
    zk_timeout: asIs,
    zk_connection_timeout: asIs,
    zk_compression: asIs,
    zk_compression_threshold: asIs,
    zk_max_node_size: asIs,
  }),
});

/** marathon/models/info.py, the parameters of MarathonConfig (b6c1601). */
export const marathonConfigParameters: ReadonlySet<string> = new Set(
  `checkpoint executor failover_timeout framework_name ha hostname leader_proxy_connection_timeout_ms leader_proxy_read_timeout_ms
  local_port_min local_port_max master mesos_leader_ui_url mesos_role mesos_user webui_url reconciliation_initial_delay
  reconciliation_interval task_launch_timeout marathon_store_timeout task_reservation_timeout features access_control_allow_origin
  decline_offer_duration default_network_name env_vars_prefix launch_token launch_token_refresh_interval max_instances_per_offer
  mesos_bridge_name mesos_heartbeat_failure_threshold mesos_heartbeat_interval min_revive_offers_interval offer_matching_timeout
  on_elected_prepare_timeout revive_offers_for_new_apps revive_offers_repetitions scale_apps_initial_delay scale_apps_interval
  store_cache task_launch_confirm_timeout task_lost_expunge_initial_delay task_lost_expunge_interval`.split(/\s+/),
);

/** marathon/models/events.py:217, EventFactory: what it does not know ends the loop of whoever listens. */
export const knownEvents: ReadonlySet<string> = new Set(
  `api_post_event status_update_event framework_message_event subscribe_event unsubscribe_event add_health_check_event
  remove_health_check_event failed_health_check_event health_status_changed_event unhealthy_task_kill_event group_change_success
  group_change_failed deployment_success deployment_failed deployment_info deployment_step_success deployment_step_failure
  event_stream_attached event_stream_detached app_terminated_event instance_changed_event unknown_instance_terminated_event
  unhealthy_instance_kill_event instance_health_changed_event pod_created_event pod_updated_event pod_deleted_event`.split(
    /\s+/,
  ),
);

/** marathon/models/deployment.py, MarathonDeploymentPlan: `original` and `target` came with plans before 1.8. */
export const deploymentPlan = pythonClass('MarathonDeploymentPlan', {
  original: asIs,
  target: asIs,
  steps: listOf(deploymentStep),
  id: asIs,
  version: asIs,
});

/** marathon/client.py, `event_stream`: of each line, what follows `data:`; then EventFactory.process. */
export function eventsIn(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text.split(/\r\n|\n|\r/).flatMap((line) => {
    if (!line.startsWith('data:')) return [];
    const event = JSON.parse(line.slice('data:'.length).trim()) as Readonly<Record<string, unknown>>;
    if (!('eventType' in event)) throw new PythonError('MarathonError', 'Invalid event data received');
    if (!knownEvents.has(String(event['eventType']))) {
      throw new PythonError('MarathonError', `Unknown event_type: ${String(event['eventType'])}`);
    }
    for (const [name, readMember] of [
      ['healthCheck', healthCheck],
      ['plan', deploymentPlan],
      ['ipAddresses', listOf(ipAddress)],
    ] as const) {
      if (event[name] !== undefined) readMember(event[name]);
    }
    return [event];
  });
}

/** marathon/exceptions.py and marathon/client.py, `_do_request`: which exception an answer raises, with what in it. */
export function exceptionOf(
  answer: WireAnswer,
): { readonly type: string; readonly message: unknown; readonly details: unknown } | undefined {
  const { status, headers } = answer;
  if (status < 400) return undefined;
  const type =
    status >= 500
      ? 'InternalServerError'
      : status === 404
        ? 'NotFoundError'
        : status === 409
          ? 'ConflictError'
          : 'MarathonHttpError';
  if (!String(headers['content-type'] ?? '').includes('application/json')) {
    return { type, message: '', details: undefined };
  }
  const { message, details } = answer.json() as { readonly message?: unknown; readonly details?: unknown };
  return { type, message, details };
}

/** marathon/client.py, `_parse_response`: one object or a list, under a name or bare. */
export function parse<T>(answer: WireAnswer, reader: PythonReader<T>, name?: string): T {
  const raised = exceptionOf(answer);
  if (raised !== undefined) throw new PythonError('MarathonError', `${raised.type}: ${String(raised.message)}`);
  const body = answer.json();
  return reader(name === undefined ? body : (body as Readonly<Record<string, unknown>>)[name]);
}

export type PythonApp = Read<typeof app>;
