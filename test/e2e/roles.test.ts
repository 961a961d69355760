// Apps of several roles, and many kills, on simulated agents of a running bundle.
import t from 'tap';
import { waitFor } from '../support/wait.js';
import { startBundle } from './support/bundle.js';
import type { Bundle } from './support/bundle.js';
import { ask } from './support/http.js';
import { running } from './support/running.js';

t.setTimeout(180_000);

interface MasterFramework {
  readonly name: string;
  readonly roles: readonly string[];
  readonly tasks: readonly { readonly id: string; readonly role?: string; readonly state: string }[];
}

async function marathon(bundle: Bundle): Promise<MasterFramework> {
  const { frameworks } = JSON.parse((await ask(bundle.ports.cluster, '/state')).text) as {
    frameworks: readonly MasterFramework[];
  };
  const found = frameworks.find(({ name }) => name === 'marathon');
  if (found === undefined) throw new Error('the master knows no framework marathon');
  return found;
}

t.test('roles', async (t) => {
  const bundle = await startBundle(t, ['--simulate', '--agents=2', '--kill_chunk_size=7']);
  const app = (id: string, more: object = {}): object => ({ id, cmd: 'x', cpus: 0.01, mem: 8, instances: 1, ...more });

  await t.test('each app is launched under its own role', async (t) => {
    for (const [id, role] of [
      ['/web', '*'],
      ['/dev/web', 'dev'],
      ['/ops/web', 'ops'],
    ] as const) {
      const answer = await bundle.api('POST', '/v2/apps', app(id, { role }));
      t.equal(answer.status, 201, id);
    }
    for (const id of ['/web', '/dev/web', '/ops/web']) t.match(await running(bundle, id, 1), [{ role: String }]);
    const { roles, tasks } = await marathon(bundle);
    t.same([...roles].sort(), ['*', 'dev', 'ops']);
    t.same(tasks.map(({ role }) => role).sort(), ['*', 'dev', 'ops']);
  });

  await t.test('more instances than are killed at a time all end', async (t) => {
    await bundle.api('PUT', '/v2/apps/dev/web?force=true', { instances: 40 });
    await running(bundle, '/dev/web', 40);
    t.equal((await bundle.api('DELETE', '/v2/apps/dev/web')).status, 200);
    await waitFor('the end of all', async () => {
      const { tasks } = await marathon(bundle);
      return tasks.every(({ role }) => role !== 'dev');
    });
    await waitFor('the end of the deployment', async () => (await bundle.api('GET', '/v2/deployments')).text === '[]');
  });
});
