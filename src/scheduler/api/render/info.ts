import { withoutCredentials } from '../../../common/redact.js';
import { leaderAddress } from '../../leader-address.js';
import type { LeaderNames } from '../../leader-address.js';
import type { Json } from '../../model/app-definition.js';
import type { SchedulerService } from '../../service.js';

/** The Marathon version whose API this is. */
const marathonVersion = '1.11.0';

/** Marathon's default of `--zk`, shown without ZooKeeper: clients know the settings with this key only. `ha` says what holds. */
const usualZk = 'zk://localhost:2181/marathon';

/** `host:port` under which this scheduler is known to others. */
export function leaderOf({ options }: { readonly options: LeaderNames }): string {
  return leaderAddress(options);
}

/**
 * GET /v2/info (marathon.md §2.6): exactly Marathon's keys, because clients refuse others. What exists here is shown as it is in
 * force, everything else by the value of its flag; what has no value is left out.
 */
export function renderInfo(service: SchedulerService): object {
  const { options, state } = service;
  const flag = (name: string): Json | undefined => options.flags[name] ?? undefined;
  return {
    name: 'marathon',
    version: marathonVersion,
    buildref: 'ekiden',
    elected: true,
    leader: leaderOf(service),
    frameworkId: state.frameworkId,
    marathon_config: marathonConfig(service, flag),
    zookeeper_config: {
      zk: flag('zk') ?? usualZk,
      zk_compression: flag('zk_compression'),
      zk_compression_threshold: flag('zk_compression_threshold'),
      zk_connection_timeout: flag('zk_connection_timeout'),
      zk_max_node_size: flag('zk_max_node_size'),
      zk_max_versions: options.maxVersions,
      zk_session_timeout: flag('zk_session_timeout'),
      zk_timeout: flag('zk_timeout'),
    },
    // The seed era showed these two; later versions know neither the callbacks nor another UI.
    event_subscriber:
      options.httpCallback === undefined
        ? undefined
        : { type: 'http_callback', http_endpoints: options.httpCallback.endpoints.map(withoutCredentials) },
    http_config: {
      assets_path: options.assetsPath,
      http_port: options.httpPort,
      https_port: options.httpsPort,
    },
  };
}

function marathonConfig({ options, state }: SchedulerService, flag: (name: string) => Json | undefined): object {
  const { connectedMaster } = state;
  return {
    access_control_allow_origin: options.allowedOrigins.length === 0 ? undefined : options.allowedOrigins,
    accepted_resource_roles_default_behavior: flag('accepted_resource_roles_default_behavior'),
    checkpoint: options.mesos.checkpoint,
    decline_offer_duration: options.declineOfferDurationMs,
    default_network_name: options.defaultNetworkName,
    env_vars_prefix: flag('env_vars_prefix'),
    executor: flag('executor') ?? '//cmd',
    failover_timeout: options.failoverTimeoutSeconds,
    features: options.features,
    framework_name: options.frameworkName,
    ha: options.ha,
    hostname: options.hostname,
    launch_token: flag('launch_tokens'),
    launch_token_refresh_interval: flag('launch_token_refresh_interval'),
    leader_proxy_connection_timeout_ms: flag('leader_proxy_connection_timeout'),
    leader_proxy_read_timeout_ms: flag('leader_proxy_read_timeout'),
    local_port_max: options.localPortMax,
    local_port_min: options.localPortMin,
    maintenance_mode: flag('maintenance_mode'),
    master: withoutCredentials(options.master),
    max_instances_per_offer: options.maxInstancesPerOffer,
    mesos_bridge_name: options.mesosBridgeName,
    mesos_heartbeat_failure_threshold: flag('mesos_heartbeat_failure_threshold'),
    mesos_heartbeat_interval: flag('mesos_heartbeat_interval'),
    mesos_leader_ui_url:
      flag('mesos_leader_ui_url') ??
      (connectedMaster === undefined ? undefined : `${options.mesos.tls ? 'https' : 'http'}://${connectedMaster}/`),
    mesos_role: options.mesosRole,
    mesos_user: options.mesosUser,
    min_revive_offers_interval: options.minReviveOffersIntervalMs,
    new_group_enforce_role: options.newGroupEnforceRole,
    offer_matching_timeout: flag('offer_matching_timeout'),
    on_elected_prepare_timeout: flag('on_elected_prepare_timeout'),
    reconciliation_initial_delay: options.reconciliationInitialDelayMs,
    reconciliation_interval: options.reconciliationIntervalMs,
    scale_apps_initial_delay: flag('scale_apps_initial_delay'),
    scale_apps_interval: flag('scale_apps_interval'),
    store_cache: flag('store_cache'),
    task_launch_confirm_timeout: options.taskLaunchConfirmTimeoutMs,
    task_launch_timeout: options.taskLaunchTimeoutMs,
    task_lost_expunge_initial_delay: flag('task_lost_expunge_initial_delay'),
    task_lost_expunge_interval: flag('task_lost_expunge_interval'),
    task_reservation_timeout: options.taskReservationTimeoutMs,
    webui_url: options.webuiUrl === undefined ? undefined : withoutCredentials(options.webuiUrl),
  };
}
