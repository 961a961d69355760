import type { RoleContext, RoleHandle } from '../common/role.js';
import { createProcessAgent } from './agent/create-process-agent.js';
import type { ClusterOptions } from './options.js';
import { oneAgent, serveCluster } from './serve-cluster.js';
import { createSimulatedFleet } from './simulated/simulated-fleet.js';

/**
 * Starts the embedded Mesos, whose agent runs tasks as processes of this machine; with `simulation` there are as many agents as
 * wanted, which only pretend to. See `serveCluster` for what its handle does and which errors it throws.
 */
export async function startCluster(options: ClusterOptions, context: RoleContext): Promise<RoleHandle> {
  const { simulation } = options;
  const served =
    simulation === undefined
      ? oneAgent(await createProcessAgent(options, context))
      : createSimulatedFleet({ ...options, simulation });
  return serveCluster(served, options, context);
}
