import { networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import type { ClusterOptions } from '../../cluster/options.js';
import { parseZooKeeperAddress } from '../../zookeeper/address.js';
import { isWildcard, machineAddress } from '../addresses.js';
import type { Settings } from '../flags.js';
import { runRole } from '../run-role.js';
import type { Invocation } from '../settings.js';

/** The agent advertises the address it listens on, so that all of them means the one by which the machine is reached. */
export function clusterHost(host: string): string {
  return isWildcard(host) ? machineAddress(networkInterfaces()) : host;
}

export function clusterOptions(settings: Settings): ClusterOptions {
  const host = clusterHost(settings.host);
  return {
    host,
    masterPort: settings.cluster_port,
    agentPort: settings.agent_port,
    workDir: resolve(settings.work_dir),
    resources: settings.resources,
    attributes: settings.attributes,
    hostname: settings.hostname ?? host,
    domain: settings.domain,
    weights: settings.weights,
    quota: settings.quota,
    ...(settings.cluster_zk === undefined
      ? {}
      : {
          zookeeper: {
            address: parseZooKeeperAddress(settings.cluster_zk),
            sessionTimeoutMs: settings.cluster_zk_session_timeout,
          },
        }),
    ...(settings.secrets_dir === undefined ? {} : { secretsDir: resolve(settings.secrets_dir) }),
    ...(settings.simulate
      ? {
          simulation: {
            agents: settings.agents,
            attributes: settings.simulate_attributes,
            domain: settings.simulate_domain,
            hostname: settings.simulate_hostname,
            startDelayMs: settings.simulate_start_delay,
          },
        }
      : {}),
  };
}

export async function run({ settings, warnings }: Invocation): Promise<number> {
  return runRole({
    role: 'cluster',
    logLevel: settings.log_level,
    logFormat: settings.log_format,
    warnings,
    start: async (context) => {
      const { startCluster } = await import('../../cluster/start.js');
      return startCluster(clusterOptions(settings), context);
    },
  });
}
