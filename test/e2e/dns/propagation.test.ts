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

t.test('name server and load balancer say when they act as the scheduler wants', async (t) => {
  const bundle = await startBundle(t);
  const shown = async (query: string): Promise<Propagation> =>
    (await bundle.api('GET', `/ekiden/v1/propagation${query}`)).body as Propagation;
  const roles = (list: readonly { readonly role: string }[]): string =>
    list
      .map(({ role }) => role)
      .sort()
      .join();
  await waitFor('both to introduce themselves', async () => roles((await shown('')).edges) === 'dns,lb');
  await bundle.postApp({ id: '/told', cmd: echoCommand, instances: 2, cpus: 0.1, mem: 32 });
  await bundle.waitForDeployments();
  const { changes } = await waitFor('all receipts', async () => {
    const told = await shown('?app=/told');
    return told.changes.length > 1 && told.changes.every(({ missing }) => missing.length === 0) && told;
  });
  for (const { reached } of changes) t.equal(roles(reached), 'dns,lb');
  t.equal((await bundle.dig('told.marathon.mesos', 'A')).status, 'NOERROR', 'and they are');

  await bundle.kill('dns');
  await waitFor('it to be back', async () => {
    const { edges } = await shown('');
    return roles(edges) === 'dns,lb' && edges.every(({ live, behind }) => live && behind === 0);
  });
  await bundle.api('DELETE', '/v2/apps//told');
  await bundle.waitForDeployments();
  await waitFor('the end to be everywhere', async () => (await shown('')).changes[0]?.missing.length === 0);
  t.equal((await bundle.dig('told.marathon.mesos', 'A')).status, 'NXDOMAIN');
});
