import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { LogLevel } from '../../common/logger.js';
import type { SchedulerOptions } from '../../scheduler/options.js';
import type { Settings } from '../flags.js';
import { runRole } from '../run-role.js';
import type { Invocation } from '../settings.js';

export function schedulerOptions(settings: Settings): SchedulerOptions {
  return {
    host: settings.http_address ?? settings.host,
    httpPort: settings.http_port,
    httpDisabled: false,
    httpsHost: settings.host,
    httpsPort: settings.https_port,
    tls: undefined,
    credentials: undefined,
    realm: 'Mesosphere',
    allowedOrigins: [],
    maxConcurrentRequests: undefined,
    compression: true,
    maxRequestBytes: 4 << 20,
    mountPrefix: undefined,
    assetsPath: undefined,
    hostname: settings.hostname ?? hostname(),
    master: (settings.master ?? []).join(','),
    workDir: resolve(settings.work_dir),
    frameworkName: settings.framework_name,
    mesosRole: settings.mesos_role,
    mesosUser: settings.mesos_user,
    failoverTimeoutSeconds: settings.failover_timeout,
    webuiUrl: settings.webui_url,
    localPortMin: settings.local_port_min,
    localPortMax: settings.local_port_max,
    taskLaunchConfirmTimeoutMs: settings.task_launch_confirm_timeout,
    taskLaunchTimeoutMs: settings.task_launch_timeout,
    reconciliationInitialDelayMs: settings.reconciliation_initial_delay,
    reconciliationIntervalMs: settings.reconciliation_interval,
    declineOfferDurationMs: settings.decline_offer_duration,
    minReviveOffersIntervalMs: settings.min_revive_offers_interval,
    maxInstancesPerOffer: settings.max_instances_per_offer,
    killRetryTimeoutMs: settings.kill_retry_timeout,
    maxRunningDeployments: settings.max_running_deployments,
    maxConcurrentHealthChecks: settings.max_concurrent_marathon_health_checks,
    maxVersions: settings.zk_max_versions,
    eventStreamMaxOutstandingMessages: settings.event_stream_max_outstanding_messages,
    httpCallback: undefined,
    artifactStore: undefined,
    artifactMaxBytes: 1 << 30,
    aclFile: undefined,
    plugins: undefined,
    metrics: {
      namePrefix: 'marathon',
      prometheus: true,
      seedNames: false,
      statsd: undefined,
      datadog: undefined,
      graphite: undefined,
    },
    flags: {},
    features: [],
    defaultNetworkName: undefined,
    mesosBridgeName: 'mesos-bridge',
    newGroupEnforceRole: 'off',
  };
}

export async function run({ settings }: Invocation): Promise<number> {
  return runRole({
    role: 'scheduler',
    logLevel: settings.log_level as LogLevel,
    logFormat: settings.log_format,
    start: async (context) => {
      const { startScheduler } = await import('../../scheduler/start.js');
      return startScheduler(schedulerOptions(settings), context);
    },
  });
}
