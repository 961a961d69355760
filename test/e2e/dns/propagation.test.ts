import t from 'tap';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';
import { echoCommand } from '../support/echo-app.js';

interface Propagation {
  edges: { edge: string; role: string; live: boolean; behind?: number }[];
  changes: {
    apps: string[];
    reached: { role: string; ms: number }[];
    missing: unknown[];
    everywhereAfterMs?: number;
  }[];
}

t.test('the name server says when names are answered as the scheduler wants', async (t) => {
  const bundle = await startBundle(t);
  const shown = async (query: string): Promise<Propagation> =>
    (await bundle.api('GET', `/ekiden/v1/propagation${query}`)).body as Propagation;
  await waitFor('the name server to introduce itself', async () => (await shown('')).edges.length === 1);
  await bundle.postApp({ id: '/told', cmd: echoCommand, instances: 2, cpus: 0.1, mem: 32 });
  await bundle.waitForDeployments();
  const { changes } = await waitFor('all receipts', async () => {
    const told = await shown('?app=/told');
    return told.changes.length > 1 && told.changes.every(({ missing }) => missing.length === 0) && told;
  });
  for (const { reached } of changes) t.match(reached, [{ role: 'dns' }]);
  t.equal((await bundle.dig('told.marathon.mesos', 'A')).status, 'NOERROR', 'and they are');

  await bundle.kill('dns');
  await waitFor('it to be back', async () => {
    const { edges } = await shown('');
    return edges.length === 1 && edges[0]?.live === true && edges[0].behind === 0;
  });
  await bundle.api('DELETE', '/v2/apps//told');
  await bundle.waitForDeployments();
  await waitFor('the end to be everywhere', async () => (await shown('')).changes[0]?.missing.length === 0);
  t.equal((await bundle.dig('told.marathon.mesos', 'A')).status, 'NXDOMAIN');
});
