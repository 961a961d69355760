// A master that stands for election, as a process of its own: argv = masterPort agentPort workDir zkHosts sessionTimeoutMs.
import { startCluster } from '../../../src/cluster/start.js';
import { createLogger } from '../../../src/common/logger.js';
import { parseZooKeeperAddress } from '../../../src/zookeeper/address.js';

const [masterPort, agentPort, workDir = '', hosts = '', sessionTimeoutMs] = process.argv.slice(2);
const handle = await startCluster(
  {
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    masterPort: Number(masterPort),
    agentPort: Number(agentPort),
    workDir,
    resources: 'cpus:2;mem:4096;disk:10000;ports:[31000-31999]',
    attributes: 'rack:r1;zone:a',
    zookeeper: { address: parseZooKeeperAddress(`zk://${hosts}/mesos`), sessionTimeoutMs: Number(sessionTimeoutMs) },
  },
  {
    logger: createLogger({ role: 'cluster', level: 'info', pretty: false }),
    fatal: (error, exitStatus) => {
      console.log(`fatal: ${error.message}`);
      void handle.stop('self').then(() => process.exit(exitStatus));
    },
  },
);
process.send?.('up');
process.on('message', (scope: 'self' | 'everything') => {
  void handle.stop(scope).then(() => process.exit(0));
});
