import t from 'tap';
import type { Test } from 'tap';
import { listen } from '../../../src/http/server.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import type { AccessResource } from '../../../src/scheduler/api/access.js';
import { openEventStream } from '../../support/event-stream.js';
import type { EventStream } from '../../support/event-stream.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { OverviewReader } from '../../support/overview-reader.js';
import { waitFor } from '../../support/wait.js';

const path = '/ekiden/v1/overview/stream';

/** What a reader knows by now. */
function readerOf({ events }: EventStream): OverviewReader {
  const reader = new OverviewReader();
  for (const { event, data } of events) reader.take(event, JSON.stringify(data));
  return reader;
}

async function open(t: Test, { api }: FakeScheduler, headers: Record<string, string> = {}): Promise<EventStream> {
  const address = api.server.address();
  const port =
    address === null || typeof address === 'string'
      ? await listen(api, { host: '127.0.0.1', port: 0, flag: 'http_port' })
      : address.port;
  return openEventStream(t, `http://127.0.0.1:${port}${path}`, headers);
}

const app = (id: string, more: object = {}): object => ({ id, cmd: 'serve', cpus: 0.01, mem: 8, ...more });

t.test('a snapshot, then changes, then the end with the server', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api } = scheduler;
  await ask(api, 'POST', '/v2/apps', app('/shop/web', { instances: 2 }));
  const stream = await open(t, scheduler);
  await waitFor('the snapshot', () => readerOf(stream).isComplete);
  t.match(stream.events[0], { event: 'snapshot', data: { epoch: 'epoch', first: true, complete: true } });
  t.match(readerOf(stream).scheduler, {
    connected: true,
    master: 'master:5050',
    frameworkId: 'framework-1',
    queued: 1,
  });
  t.match(readerOf(stream).apps.get('/shop/web'), { status: 'Waiting', deployment: /-/ });
  await scheduler.run('/shop/web');
  await waitFor('both to run', () => readerOf(stream).apps.get('/shop/web')?.counts.unknown === 2);
  t.same(readerOf(stream).deployments, []);
  await ask(api, 'DELETE', '/v2/groups/shop?force=true');
  await waitFor('the end of the app', () => readerOf(stream).apps.size === 0);
  t.same(readerOf(stream).groups, ['/']);
  t.equal((await ask(api, 'HEAD', path)).headers['content-type'], 'text/event-stream');
  t.equal((await ask(api, 'POST', path)).status, 405);
  await api.close();
  await waitFor('the end', () => stream.isOver);
});

t.test('who may not view everything is told of what he may view', async (t) => {
  const access = {
    ...openAccess,
    isOpen: false,
    may: (_request: unknown, _action: unknown, resource: AccessResource) =>
      resource.kind !== 'system' && resource.id.startsWith('/mine') && resource.kind !== 'group',
  };
  const scheduler = await startFakeScheduler(t, {}, { access });
  const { api } = scheduler;
  await ask(api, 'POST', '/v2/apps', app('/theirs/web'));
  const stream = await open(t, scheduler);
  await waitFor('the snapshot', () => readerOf(stream).isComplete);
  t.same(readerOf(stream).known, {
    apps: [],
    groups: [],
    deployments: [],
    scheduler: { connected: true, master: null, frameworkId: null, queued: 0 },
  });
  await ask(api, 'PUT', '/v2/groups?force=true', {
    id: '/',
    groups: [
      { id: '/mine', groups: [{ id: '/mine/deep', apps: [app('/mine/deep/web')] }] },
      { id: '/other', apps: [app('/other/web')] },
    ],
  });
  await waitFor('the app', () => readerOf(stream).apps.size === 1);
  t.same([...readerOf(stream).groups].sort(), ['/', '/mine', '/mine/deep']);
  t.match(readerOf(stream).deployments, [
    { affectedApps: ['/mine/deep/web'], currentActions: [{ app: '/mine/deep/web' }] },
  ]);
  t.equal(readerOf(stream).scheduler?.queued, 1);
  await ask(api, 'DELETE', '/v2/apps/mine/deep/web?force=true');
  await waitFor('it to be gone', () => readerOf(stream).apps.size === 0);
  t.same(readerOf(stream).groups, [], 'groups are shown for what is in them');
  await ask(api, 'POST', '/v2/apps', app('/mine/last'));
  await waitFor('the last one', () => readerOf(stream).apps.has('/mine/last'));
  t.notMatch(JSON.stringify(stream.events), /theirs|other|master:5050|framework-1/);
});
