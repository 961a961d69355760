import { hostname, userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { SchedulerOptions } from '../../scheduler/options.js';
import type { Settings } from '../flags.js';
import { metricsOptions } from '../metrics-options.js';
import { defaultAcceptedRoles } from '../default-accepted-roles.js';
import { runRole } from '../run-role.js';
import type { Invocation } from '../settings.js';
import { shownFlags } from '../shown-flags.js';
import { splitCredentials } from '../split-credentials.js';
import { parseZooKeeperAddress } from '../../zookeeper/address.js';

function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/** Whoever runs this process; undefined for a user id without a name. Mesos' own driver fills it in, its HTTP API does not. */
function ownUser(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** Where the key and certificate of the API are; undefined without TLS. */
export function tlsSource(settings: Settings): SchedulerOptions['tls'] {
  const { ssl_keystore_path, ssl_keystore_password, ssl_certificate_path, ssl_key_path } = settings;
  if (ssl_keystore_path !== undefined && ssl_keystore_password !== undefined) {
    return { type: 'keystore', path: resolve(ssl_keystore_path), password: ssl_keystore_password };
  }
  if (ssl_certificate_path !== undefined && ssl_key_path !== undefined) {
    return { type: 'pem', certificatePath: resolve(ssl_certificate_path), keyPath: resolve(ssl_key_path) };
  }
  return undefined;
}

/** How masters are talked to; the name server asks them in the same way. */
export function mesosOptions(settings: Settings): SchedulerOptions['mesos'] {
  const { mesos_authentication_principal: principal, mesos_authentication_secret: secret } = settings;
  return {
    credentials: principal === undefined ? undefined : { principal, secret },
    secretFile: absolute(settings.mesos_authentication_secret_file),
    tls: settings.mesos_tls,
    caFile: absolute(settings.mesos_ca),
    heartbeatIntervalMs: settings.mesos_heartbeat_interval,
    heartbeatFailureThreshold: settings.mesos_heartbeat_failure_threshold,
    checkpoint: settings.checkpoint,
  };
}

export function zooKeeperOptions(settings: Settings): SchedulerOptions['zookeeper'] {
  if (settings.zk === undefined) return undefined;
  return {
    address: parseZooKeeperAddress(settings.zk),
    sessionTimeoutMs: settings.zk_session_timeout,
    // What is not answered within a session is not answered at all
    requestTimeoutMs: Math.min(settings.zk_timeout, settings.zk_session_timeout),
    compression: { enabled: settings.zk_compression, thresholdBytes: settings.zk_compression_threshold },
    maxConcurrency: settings.zk_max_concurrency,
  };
}

export function schedulerOptions(settings: Settings): SchedulerOptions {
  const host = settings.http_address ?? settings.host;
  const httpsHost = settings.https_address ?? settings.host;
  const ownName = settings.hostname ?? hostname();
  const { plugin_dir, plugin_conf } = settings;
  return {
    host,
    httpPort: settings.http_port,
    httpDisabled: settings.disable_http,
    httpsHost,
    httpsPort: settings.https_port,
    tls: tlsSource(settings),
    credentials: splitCredentials(settings.http_credentials),
    realm: settings.http_realm,
    allowedOrigins: settings.access_control_allow_origin,
    maxConcurrentRequests: settings.http_max_concurrent_requests,
    compression: settings.http_compression,
    maxRequestBytes: settings.http_max_request_bytes,
    mountPrefix: settings.http_mount_prefix,
    assetsPath: absolute(settings.assets_path),
    hostname: ownName,
    master: (settings.master ?? []).join(','),
    mesos: mesosOptions(settings),
    zookeeper: zooKeeperOptions(settings),
    ha: settings.ha && settings.zk !== undefined,
    prepareTimeoutMs: settings.on_elected_prepare_timeout,
    leaderProxy: {
      connectTimeoutMs: settings.leader_proxy_connection_timeout,
      readTimeoutMs: settings.leader_proxy_read_timeout,
      ignoreHostname: settings.leader_proxy_ssl_ignore_hostname,
      maxOpenConnections: settings.leader_proxy_max_open_connections,
    },
    backupLocation: settings.backup_location,
    workDir: resolve(settings.work_dir),
    frameworkName: settings.framework_name,
    mesosRole: settings.mesos_role,
    mesosUser: settings.mesos_user ?? ownUser(),
    failoverTimeoutSeconds: settings.failover_timeout,
    webuiUrl: settings.webui_url,
    localPortMin: settings.local_port_min,
    localPortMax: settings.local_port_max,
    taskLaunchConfirmTimeoutMs: settings.task_launch_confirm_timeout,
    taskLaunchTimeoutMs: settings.task_launch_timeout,
    taskReservationTimeoutMs: settings.task_reservation_timeout,
    reconciliationInitialDelayMs: settings.reconciliation_initial_delay,
    reconciliationIntervalMs: settings.reconciliation_interval,
    declineOfferDurationMs: settings.decline_offer_duration,
    minReviveOffersIntervalMs: settings.min_revive_offers_interval,
    suppressOffers: settings.suppress_offers,
    maxInstancesPerOffer: settings.max_instances_per_offer,
    launchTokens: settings.launch_tokens,
    launchTokenRefreshMs: settings.launch_token_refresh_interval,
    offerMatchingTimeoutMs: settings.offer_matching_timeout,
    defaultAcceptedRoles: defaultAcceptedRoles(settings),
    maintenanceMode: settings.maintenance_mode,
    drainingMs: settings.draining_seconds * 1000,
    gpuScheduling: settings.gpu_scheduling_behavior,
    offerConstraints: settings.mesos_offer_constraints,
    offerConstraintsIntervalMs: settings.min_mesos_offer_constraints_update_interval,
    killChunkSize: settings.kill_chunk_size,
    killRetryTimeoutMs: settings.kill_retry_timeout,
    drainTimeoutMs: settings.drain ? settings.drain_timeout : 0,
    maxRunningDeployments: settings.max_running_deployments,
    maxConcurrentHealthChecks: settings.max_concurrent_marathon_health_checks,
    maxVersions: settings.zk_max_versions,
    eventStreamMaxOutstandingMessages: settings.event_stream_max_outstanding_messages,
    httpCallback:
      settings.event_subscriber === undefined
        ? undefined
        : {
            endpoints: settings.http_endpoints,
            slowConsumerTimeoutMs: settings.http_event_callback_slow_consumer_timeout,
          },
    artifactStore: settings.artifact_store,
    artifactMaxBytes: settings.artifact_max_bytes,
    aclFile: absolute(settings.acl_file),
    plugins:
      plugin_dir === undefined || plugin_conf === undefined
        ? undefined
        : { directory: resolve(plugin_dir), configuration: resolve(plugin_conf) },
    metrics: metricsOptions(settings),
    flags: shownFlags({
      ...settings,
      ha: settings.ha && settings.zk !== undefined,
      hostname: ownName,
      http_address: host,
      https_address: httpsHost,
    }),
    features: settings.enable_features,
    executor: settings.executor,
    envVarsPrefix: settings.env_vars_prefix ?? '',
    defaultNetworkName: settings.default_network_name,
    mesosBridgeName: settings.mesos_bridge_name,
    newGroupEnforceRole: settings.new_group_enforce_role,
  };
}

export async function run({ settings, warnings }: Invocation): Promise<number> {
  return runRole({
    role: 'scheduler',
    logLevel: settings.log_level,
    logFormat: settings.log_format,
    warnings,
    start: async (context) => {
      const { startScheduler } = await import('../../scheduler/start.js');
      return startScheduler(schedulerOptions(settings), context);
    },
  });
}
