import t from 'tap';
import { startCluster } from '../../../src/cluster/start.js';
import { silentLogger } from '../../../src/common/logger.js';
import { runCluster } from '../../cluster/master/running-cluster.js';
import { freePort } from '../../support/ports.js';
import { schedulerApiConformance } from './scheduler-api.js';

t.test('the embedded master with its process agent', async (t) => {
  const masterPort = await freePort();
  const handle = await startCluster(
    {
      host: '127.0.0.1',
      hostname: '127.0.0.1',
      masterPort,
      agentPort: await freePort(),
      workDir: t.testdir(),
      resources: 'cpus:2;mem:4096;disk:10000;ports:[31000-31999]',
      attributes: 'rack:r1;zone:a',
    },
    {
      logger: silentLogger,
      fatal: (error) => {
        throw error;
      },
    },
  );
  t.teardown(() => handle.stop('everything'));
  await schedulerApiConformance(t, `http://127.0.0.1:${masterPort}`);
});

t.test('the embedded master with the fake agent of the other tests', async (t) => {
  const cluster = await runCluster();
  t.teardown(() => cluster.handle.stop('everything'));
  await schedulerApiConformance(t, cluster.base);
});

const real = process.env['MESOS_MASTER'];
t.test('a real master', { skip: real === undefined ? 'set MESOS_MASTER=host:port to run against one' : false }, (t) =>
  schedulerApiConformance(t, `http://${real ?? ''}`),
);
