import t from 'tap';
import { runCluster } from '../../cluster/master/running-cluster.js';
import { schedulerApiConformance } from './scheduler-api.js';

t.test('the embedded master', async (t) => {
  const cluster = await runCluster();
  t.teardown(() => cluster.handle.stop('everything'));
  await schedulerApiConformance(t, cluster.base);
});

const real = process.env['MESOS_MASTER'];
t.test('a real master', { skip: real === undefined ? 'set MESOS_MASTER=host:port to run against one' : false }, (t) =>
  schedulerApiConformance(t, `http://${real ?? ''}`),
);
