import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterOptions } from '../../../src/cluster/options.js';
import type { ServedAgent } from '../../../src/cluster/serve-cluster.js';
import { oneAgent, serveCluster } from '../../../src/cluster/serve-cluster.js';
import { silentLogger } from '../../../src/common/logger.js';
import type { RoleHandle } from '../../../src/common/role.js';
import { freePort } from '../../support/ports.js';
import { FakeAgent } from './fake-agent.js';

export interface RunningCluster {
  /** `http://127.0.0.1:port` of the master. */
  readonly base: string;
  readonly masterPort: number;
  readonly agentPort: number;
  readonly handle: RoleHandle;
}

/** An embedded cluster on free ports around a fake agent. */
export async function runCluster(
  agent?: ServedAgent,
  ports: { masterPort?: number; agentPort?: number } = {},
  more: Partial<ClusterOptions> = {},
): Promise<RunningCluster> {
  const { masterPort = await freePort(), agentPort = await freePort() } = ports;
  const handle = await serveCluster(
    oneAgent(agent ?? new FakeAgent({ port: agentPort })),
    {
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      masterPort,
      agentPort,
      workDir: join(tmpdir(), `ekiden-master-${randomUUID()}`),
      resources: '',
      attributes: '',
      ...more,
    },
    {
      logger: silentLogger,
      fatal: (error) => {
        throw error;
      },
    },
  );
  return { base: `http://127.0.0.1:${masterPort}`, masterPort, agentPort, handle };
}
