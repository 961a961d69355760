import t from 'tap';
import { openAccess } from '../../../src/scheduler/api/access.js';
import type { AccessResource } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import type { TimelineEntry } from '../../../src/scheduler/timeline/types.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';

const app = { id: '/shop/web', cmd: 'serve', cpus: 0.01, mem: 8 };

async function entriesOf({ api }: FakeScheduler, id: string, query = ''): Promise<readonly TimelineEntry[]> {
  const { status, json } = await ask(api, 'GET', `/ekiden/v1/timeline${id}${query}`);
  if (status !== 200) throw new Error(`${status}`);
  return (json as unknown as { readonly entries: readonly TimelineEntry[] }).entries;
}

t.test('what happened, the newest first, and who asked for it', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  await ask(api, 'POST', '/v2/apps?force=true', app);
  const [instance] = await scheduler.run('/shop/web');
  t.match(await entriesOf(scheduler, '/shop/web'), [
    { kind: 'deployment', level: 'good', version: /Z$/ },
    { kind: 'instance', level: 'good', text: /^Runs on 10.0.0.1/, host: '10.0.0.1', task: instance?.taskId ?? '' },
    { kind: 'instance', level: 'info', text: 'Launched on 10.0.0.1', instance: instance?.id ?? '' },
    {
      kind: 'definition',
      text: 'Created with 1 instance',
      why: 'asked for by 127.0.0.1 (POST /v2/apps)',
      deployment: /-/,
    },
  ]);
  await ask(api, 'DELETE', `/v2/apps/shop/web/tasks/${instance?.taskId ?? ''}`);
  const [kill] = await entriesOf(scheduler, '/shop/web', '?limit=1');
  t.match(kill, {
    kind: 'kill',
    instance: instance?.id ?? '',
    why: /^it was killed by request; asked for by 127.0.0.1 \(DELETE /,
  });
  await ask(api, 'DELETE', '/v2/groups/shop?force=true');
  const latest = await entriesOf(scheduler, '/shop/web', '?limit=1');
  t.match(latest, [
    {
      kind: 'definition',
      text: 'Deleted, with 1 instance',
      why: 'asked for by 127.0.0.1 (DELETE /v2/groups/shop)',
    },
  ]);
});

t.test('pods have one, too', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const pod = {
    id: '/pod',
    containers: [{ name: 'a', resources: { cpus: 0.1, mem: 32 }, exec: { command: { shell: 'x' } } }],
  };
  await ask(scheduler.api, 'POST', '/v2/pods', pod);
  const [instance] = await scheduler.run('/pod');
  await ask(scheduler.api, 'DELETE', `/v2/pods/pod::instances/${instance?.id ?? ''}`);
  const entries = await entriesOf(scheduler, '/pod');
  t.match(entries[0], { kind: 'kill', why: /asked for by 127.0.0.1 \(DELETE \/v2\/pods/ });
  t.match(entries.at(-1), { kind: 'definition', text: 'Created with 1 instance', why: /POST \/v2\/pods\)$/ });
});

t.test('what is not there, not asked for rightly, or not to be seen', async (t) => {
  const isHidden = (resource: AccessResource): boolean => resource.kind === 'app' && resource.id === '/hidden';
  const access = {
    ...openAccess,
    isOpen: false,
    may: (_request: unknown, action: string, resource: AccessResource) => action !== 'view' || !isHidden(resource),
    demand: (_request: unknown, action: string, resource: AccessResource) => {
      if (action === 'view' && isHidden(resource)) throw new ApiError(403, 'no');
    },
  };
  const { api } = await startFakeScheduler(t, {}, { access });
  const get = async (url: string): Promise<number> => (await ask(api, 'GET', url)).status;
  await ask(api, 'POST', '/v2/apps', { ...app, id: '/hidden' });
  await ask(api, 'POST', '/v2/apps', app);
  t.equal(await get('/ekiden/v1/timeline/shop/web'), 200);
  t.equal(await get('/ekiden/v1/timeline/%2Fshop%2Fweb?limit=200'), 200);
  t.equal(await get('/ekiden/v1/timeline/hidden'), 403);
  t.equal(await get('/ekiden/v1/timeline/shop'), 404);
  t.equal(await get('/ekiden/v1/timeline/'), 404);
  for (const limit of ['0', '201', '-1', 'all', '1e2', '']) {
    t.equal(await get(`/ekiden/v1/timeline/shop/web?limit=${limit}`), 400, limit);
  }
  await ask(api, 'DELETE', '/v2/apps/hidden?force=true');
  t.equal(await get('/ekiden/v1/timeline/hidden'), 403, 'nor when it is gone');
});
