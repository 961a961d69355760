import type { RoleContext, RoleHandle } from '../common/role.js';
import { createProcessAgent } from './agent/process-agent.js';
import type { ClusterOptions } from './options.js';
import { serveCluster } from './serve-cluster.js';

/**
 * Starts the embedded one-node Mesos, whose agent runs tasks as processes of this machine. See `serveCluster` for what its
 * handle does and which errors it throws.
 */
export async function startCluster(options: ClusterOptions, context: RoleContext): Promise<RoleHandle> {
  return serveCluster(await createProcessAgent(options, context), options, context);
}
