import type { SchedulerOptions } from '../../options.js';
import type { SchedulerService } from '../../service.js';

/** The Marathon version whose API this is. */
const marathonVersion = '1.11.0';

/** `host:port` under which this scheduler is known to others. */
export function leaderOf({
  options,
}: {
  readonly options: Pick<SchedulerOptions, 'hostname' | 'httpPort' | 'httpsPort' | 'httpDisabled'>;
}): string {
  return `${options.hostname}:${options.httpDisabled ? options.httpsPort : options.httpPort}`;
}

/** An address without the user and password in it. */
function redacted(address: string): string {
  return address.replace(/\/\/[^/]*@/g, '//xxxxxxxx:xxxxxxxx@').replace(/^[^/@]*@/, 'xxxxxxxx:xxxxxxxx@');
}

/** GET /v2/info, with the settings that exist here. */
export function renderInfo(service: SchedulerService): object {
  const { options, state } = service;
  return {
    name: 'marathon',
    version: marathonVersion,
    buildref: 'ekiden',
    elected: true,
    leader: leaderOf(service),
    frameworkId: state.frameworkId,
    marathon_config: {
      checkpoint: true,
      decline_offer_duration: options.declineOfferDurationMs,
      executor: '//cmd',
      failover_timeout: options.failoverTimeoutSeconds,
      features: [],
      framework_name: options.frameworkName,
      ha: false,
      hostname: options.hostname,
      local_port_max: options.localPortMax,
      local_port_min: options.localPortMin,
      master: redacted(options.master),
      max_instances_per_offer: options.maxInstancesPerOffer,
      mesos_role: options.mesosRole,
      mesos_user: options.mesosUser,
      min_revive_offers_interval: options.minReviveOffersIntervalMs,
      reconciliation_initial_delay: options.reconciliationInitialDelayMs,
      reconciliation_interval: options.reconciliationIntervalMs,
      task_launch_confirm_timeout: options.taskLaunchConfirmTimeoutMs,
      task_launch_timeout: options.taskLaunchTimeoutMs,
      webui_url: options.webuiUrl,
    },
    zookeeper_config: {},
    http_config: { http_port: options.httpPort },
  };
}
