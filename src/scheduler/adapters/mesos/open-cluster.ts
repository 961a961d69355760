import { createHttpClient } from '../../../common/http-client.js';
import type { Logger } from '../../../common/logger.js';
import type { Clock } from '../../../common/time.js';
import { leaderUrl } from '../../leader-address.js';
import type { SchedulerOptions } from '../../options.js';
import type { Cluster } from '../../ports/cluster.js';
import { createMesosCluster } from './mesos-cluster.js';

const answerTimeoutMs = 10_000;
/** One for the calls in order, the others for acknowledgements (outbox.ts). */
const connections = 8;

/** The cluster that `--master` names, with connections of its own, which it closes. Nothing is sent yet. */
export function openMesosCluster(
  options: SchedulerOptions,
  parts: { readonly logger: Logger; readonly clock: Clock; readonly random: () => number },
): Cluster {
  const http = createHttpClient({ timeoutMs: answerTimeoutMs, connections });
  const cluster = createMesosCluster({
    http,
    masters: options.master.split(','),
    framework: {
      name: options.frameworkName,
      user: options.mesosUser ?? '',
      role: options.mesosRole,
      failoverTimeoutSeconds: options.failoverTimeoutSeconds,
      hostname: options.hostname,
      webuiUrl: options.webuiUrl ?? leaderUrl(options),
      gpuResources: options.features.includes('gpu_resources'),
    },
    ...parts,
  });
  return {
    start: (frameworkId, listener) => cluster.start(frameworkId, listener),
    send: (calls) => cluster.send(calls),
    async close() {
      await cluster.close();
      await http.close();
    },
  };
}
