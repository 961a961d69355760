import type { RoleContext, RoleHandle } from '../common/role.js';
import { checkAgentFlags, createProcessAgent } from './agent/create-process-agent.js';
import type { ClusterOptions } from './options.js';
import { serveCandidate } from './serve-candidate.js';
import type { ServedAgents } from './serve-cluster.js';
import { oneAgent, serveCluster } from './serve-cluster.js';
import { createSimulatedFleet } from './simulated/simulated-fleet.js';

/**
 * Starts the embedded Mesos, whose agent runs tasks as processes of this machine; with `simulation` there are as many agents as
 * wanted, which only pretend to. With `zookeeper` it is one of several masters. See `serveCluster` and `serveCandidate` for what its
 * handle does and which errors it throws.
 */
export async function startCluster(options: ClusterOptions, context: RoleContext): Promise<RoleHandle> {
  const { simulation, zookeeper } = options;
  const open = async (): Promise<ServedAgents> =>
    simulation === undefined
      ? oneAgent(await createProcessAgent(options, context))
      : createSimulatedFleet({ ...options, simulation });
  if (zookeeper === undefined) return serveCluster(await open(), options, context);
  if (simulation === undefined) checkAgentFlags(options);
  return serveCandidate(open, { ...options, zookeeper }, context);
}
