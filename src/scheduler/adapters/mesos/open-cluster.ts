import type { Logger } from '../../../common/logger.js';
import type { Clock } from '../../../common/time.js';
import type { MasterAccess } from '../../../mesos/master-access.js';
import { openMasterAccess } from '../../../mesos/master-access.js';
import { formatServer } from '../../../zookeeper/address.js';
import { leaderUrl } from '../../leader-address.js';
import type { SchedulerOptions } from '../../options.js';
import type { AgentFiles } from '../../ports/agent-files.js';
import type { ClusterAgents } from '../../ports/agents.js';
import type { ClusterFacts } from '../../ports/cluster-facts.js';
import type { Cluster } from '../../ports/cluster.js';
import { createAgentFiles } from './agent-files.js';
import { createMesosAgents } from './agents.js';
import { createClusterFacts } from './cluster-facts.js';
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

/** What the master tells those who look at the cluster behind `masters`, and the files of tasks on its agents; `masters` stay the caller's. */
export function openMesosViews(
  masters: MasterAccess,
  clock: Clock,
): { readonly cluster: ClusterFacts; readonly files: AgentFiles } {
  return { cluster: createClusterFacts(masters, { clock }), files: createAgentFiles(masters, { clock }) };
}
