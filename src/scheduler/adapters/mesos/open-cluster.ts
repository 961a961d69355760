import type { Logger } from '../../../common/logger.js';
import type { Clock } from '../../../common/time.js';
import type { MasterAccess } from '../../../mesos/master-access.js';
import { openMasterAccess } from '../../../mesos/master-access.js';
import { formatServer } from '../../../zookeeper/address.js';
import { leaderUrl } from '../../leader-address.js';
import type { SchedulerOptions } from '../../options.js';
import type { ClusterAgents } from '../../ports/agents.js';
import type { Cluster } from '../../ports/cluster.js';
import { createMesosAgents } from './agents.js';
import { createMesosCluster } from './mesos-cluster.js';

/** The way to the masters that `--master` names, for all that asks them. Throws UsageError and StartupError for options that cannot be used. */
export function openMasters(
  options: Pick<SchedulerOptions, 'master' | 'mesos' | 'zookeeper'>,
  parts: { readonly logger: Logger; readonly random: () => number },
): Promise<MasterAccess> {
  return openMasterAccess(options.master, options.mesos, {
    ...parts,
    sessionTimeoutMs: options.zookeeper?.sessionTimeoutMs,
  });
}

/** The command that takes the framework's id out of the store of a scheduler with these options. */
function forgetCommandOf({ zookeeper, workDir }: SchedulerOptions): string {
  if (zookeeper === undefined) return `ekiden forget-framework --work_dir ${workDir}`;
  const { servers, path } = zookeeper.address;
  return `ekiden forget-framework --zk zk://${servers.map(formatServer).join(',')}${path}`;
}

/** The cluster behind `masters`, which stay the caller's. Nothing is sent yet. */
export function openMesosCluster(
  options: SchedulerOptions,
  parts: {
    readonly masters: MasterAccess;
    readonly mayAct?: () => boolean;
    readonly logger: Logger;
    readonly clock: Clock;
    readonly random: () => number;
  },
): Cluster {
  const { mesos } = options;
  return createMesosCluster({
    framework: {
      name: options.frameworkName,
      user: options.mesosUser ?? '',
      role: options.mesosRole,
      failoverTimeoutSeconds: options.failoverTimeoutSeconds,
      checkpoint: mesos.checkpoint,
      hostname: options.hostname,
      webuiUrl: options.webuiUrl ?? leaderUrl(options),
      ...(mesos.credentials === undefined ? {} : { principal: mesos.credentials.principal }),
      gpuResources: options.features.includes('gpu_resources'),
    },
    forgetCommand: forgetCommandOf(options),
    heartbeatIntervalMs: mesos.heartbeatIntervalMs,
    heartbeatFailureThreshold: mesos.heartbeatFailureThreshold,
    ...parts,
  });
}

/** The agents of the cluster behind `masters`, which stay the caller's. */
export function openMesosAgents(options: Pick<SchedulerOptions, 'mesosRole'>, masters: MasterAccess): ClusterAgents {
  return createMesosAgents(masters, options.mesosRole);
}
