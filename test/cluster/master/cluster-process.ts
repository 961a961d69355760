// The embedded cluster as a process of its own, for tests that kill it: argv = masterPort agentPort workDir.
import { startCluster } from '../../../src/cluster/start.js';
import { silentLogger } from '../../../src/common/logger.js';

const [masterPort, agentPort, workDir] = process.argv.slice(2);
const handle = await startCluster(
  {
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    masterPort: Number(masterPort),
    agentPort: Number(agentPort),
    workDir: workDir ?? '',
    resources: 'cpus:2;mem:4096;disk:10000;ports:[31000-31999]',
    attributes: 'rack:r1;zone:a',
  },
  {
    logger: silentLogger,
    fatal: (error, exitStatus) => {
      console.error(error);
      process.exit(exitStatus);
    },
  },
);
process.send?.('up');
process.on('message', (scope: 'self' | 'everything') => {
  void handle.stop(scope).then(() => process.exit(0));
});
