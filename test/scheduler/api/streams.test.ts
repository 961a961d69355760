import t from 'tap';
import type { Test } from 'tap';
import { Catalog } from '../../../src/catalog/catalog.js';
import type { CatalogMessage } from '../../../src/catalog/types.js';
import { listen } from '../../../src/http/server.js';
import { openAccess } from '../../../src/scheduler/api/access.js';
import type { AccessResource } from '../../../src/scheduler/api/access.js';
import { ApiError } from '../../../src/scheduler/api/api-error.js';
import type { SchedulerEvent } from '../../../src/scheduler/model/events.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { sampleEvents } from '../../support/sample-events.js';
import { waitFor } from '../../support/wait.js';

/** Opens a stream of the API over a socket and gathers its text. */
async function open(
  t: Test,
  { api }: FakeScheduler,
  path: string,
  headers: Record<string, string> = {},
): Promise<{
  text: () => string;
  response: Response;
  closed: Promise<void>;
  error: () => unknown;
  stop: () => void;
}> {
  const address = api.server.address();
  const port =
    address === null || typeof address === 'string'
      ? await listen(api, { host: '127.0.0.1', port: 0, flag: 'http_port' })
      : address.port;
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    headers: { accept: 'text/event-stream', ...headers },
    signal: abort.signal,
  });
  let text = '';
  let problem: unknown;
  const closed = (async () => {
    try {
      for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk as Uint8Array);
    } catch (error) {
      problem = error;
    }
  })();
  return { text: () => text, response, closed, error: () => problem, stop: () => abort.abort() };
}

/** The events in a stream's text. */
function eventsIn(text: string): { event: string; id: string | undefined; data: Record<string, unknown> }[] {
  return text
    .replaceAll('\r\n', '\n')
    .split('\n\n')
    .filter((frame) => frame.trim() !== '')
    .map((frame) => {
      const field = (name: string): string | undefined =>
        frame
          .trimStart()
          .split('\n')
          .find((line) => line.startsWith(`${name}: `))
          ?.slice(name.length + 2);
      return {
        event: field('event') ?? '',
        id: field('id'),
        data: JSON.parse(field('data') ?? '{}') as Record<string, unknown>,
      };
    });
}

t.test('the event bus: frames, fields, order', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const stream = await open(t, scheduler, '/v2/events');
  t.equal(stream.response.headers.get('content-type'), 'text/event-stream');
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
  await scheduler.run('/a');
  await waitFor('the deployment', () => stream.text().includes('event: deployment_success'));
  const events = eventsIn(stream.text());
  const types = events.map(({ event }) => event);
  t.equal(types[0], 'event_stream_attached');
  for (const { event, id, data } of events) {
    t.equal(data['eventType'], event);
    t.match(data['timestamp'], /Z$/);
    t.equal(id, undefined);
  }
  t.ok(types.indexOf('deployment_info') < types.indexOf('deployment_step_success'));
  t.ok(types.lastIndexOf('deployment_step_success') < types.indexOf('deployment_success'));
  const post = events.find(({ event }) => event === 'api_post_event')?.data;
  t.match(post, { clientIp: '127.0.0.1', uri: '/v2/apps', appDefinition: { id: '/a', cmd: 'x' } });
  const info = events.find(({ event }) => event === 'deployment_info')?.data;
  t.same(info?.['currentStep'], { actions: [{ action: 'StartApplication', app: '/a' }] });
  t.same(Object.keys(info?.['plan'] as object), ['id', 'version', 'steps']);
  const status = events.find(({ event }) => event === 'status_update_event')?.data;
  t.match(status, { appId: '/a', taskStatus: 'TASK_RUNNING', slaveId: 'S1', host: '10.0.0.1' });
});

t.test('only the events asked for; attaching and detaching is told', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const watcher = await open(
    t,
    scheduler,
    '/v2/events?event_type=event_stream_detached&event_type=app_terminated_event',
  );
  const guest = await open(t, scheduler, '/v2/events?event_type=nothing');
  guest.stop();
  await waitFor('the detachment', () => watcher.text().includes('event_stream_detached'));
  const [event] = eventsIn(watcher.text());
  t.match(event, { event: 'event_stream_detached', data: { remoteAddress: '127.0.0.1' } });
  t.equal(guest.text(), '');
});

t.test('a client that does not read is disconnected, the others go on', async (t) => {
  const scheduler = await startFakeScheduler(t, { eventStreamMaxOutstandingMessages: 10 });
  const reader = await open(t, scheduler, '/v2/events?event_type=event_stream_detached');
  const address = scheduler.api.server.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  const { connect } = await import('node:net');
  const socket = connect(port, '127.0.0.1');
  t.teardown(() => socket.destroy());
  socket.on('error', () => undefined);
  socket.write('GET /v2/events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n');
  socket.pause();
  const large = 'x'.repeat(1 << 20);
  let sent = 0;
  await waitFor(
    'the disconnection',
    () => {
      if (sent < 64) scheduler.service.events.publish({ type: 'app_terminated_event', appId: `/${large}${sent++}` });
      return reader.text().includes('event_stream_detached');
    },
    { everyMs: 20 },
  );
  t.pass('it was cut');
});

t.test("frames as Marathon's server writes them", async (t) => {
  const scheduler = await startFakeScheduler(t);
  // The name of a type that does not exist matches nothing, and is no error
  const stream = await open(t, scheduler, '/v2/events?event_type=api_post_event&event_type=nothing&plan-format=full', {
    'accept-encoding': 'gzip',
    'last-event-id': 'epoch-0',
  });
  t.equal(stream.response.headers.get('content-encoding'), null, 'never compressed');
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
  await waitFor('the event', () => stream.text().endsWith('\r\n\r\n'));
  t.match(stream.text(), /^event: api_post_event\r\ndata: \{[^\r\n]*\}\r\n\r\n$/, 'and no id, unless it is asked for');
});

t.test('plans are always light', async (t) => {
  const scheduler = await startFakeScheduler(t);
  for (const format of ['light', 'full']) {
    const stream = await open(t, scheduler, `/v2/events?plan-format=${format}&event_type=deployment_info`);
    await ask(scheduler.api, 'POST', '/v2/apps', { id: `/${format}`, cmd: 'x' });
    const event = await waitFor('the event', () => eventsIn(stream.text())[0]);
    t.same(Object.keys(event.data['plan'] as object), ['id', 'version', 'steps'], format);
    stream.stop();
  }
});

t.test('requests that open no stream', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const attached: string[] = [];
  scheduler.service.events.subscribe(({ event }) => attached.push(event.type));
  const accept = 'text/event-stream';
  for (const other of ['application/json', '*/*', 'text/plain']) {
    const { status, json } = await ask(scheduler.api, 'GET', '/v2/events', undefined, { accept: other });
    t.equal(status, 406, other);
    t.match(json.message, /text\/event-stream/);
  }
  const head = await ask(scheduler.api, 'HEAD', '/v2/events', undefined, { accept });
  t.equal(head.status, 200);
  t.equal(head.headers['content-type'], 'text/event-stream');
  t.equal(head.text, '');
  t.equal((await ask(scheduler.api, 'POST', '/v2/events', undefined, { accept })).status, 405);
  t.same(attached, []);
});

t.test('with ids: a client that comes back gets what it has missed', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { events } = scheduler.service;
  const path = '/v2/events?ids=True&event_type=app_terminated_event';
  const say = (appId: string): void => events.publish({ type: 'app_terminated_event', appId });
  const apps = (text: string): unknown[] => eventsIn(text).map(({ data }) => data['appId']);
  const first = await open(t, scheduler, path);
  say('/1');
  say('/2');
  await waitFor('both', () => eventsIn(first.text()).length === 2);
  first.stop();
  await first.closed;
  say('/3');
  const [seen] = eventsIn(first.text());
  t.match(seen, { event: 'app_terminated_event', id: /^epoch-\d+$/, data: { appId: '/1' } });
  t.match(first.text(), /^event: app_terminated_event\r\nid: epoch-\d+\r\ndata: /);

  const again = await open(t, scheduler, path, { 'last-event-id': seen?.id ?? '' });
  say('/4');
  await waitFor('the rest', () => eventsIn(again.text()).length === 3);
  t.same(apps(again.text()), ['/2', '/3', '/4'], 'nothing twice, nothing left out');
  const ids = eventsIn(again.text()).map(({ id }) => Number(id?.split('-').at(-1)));
  t.same(
    ids,
    [...new Set(ids)].sort((a, b) => a - b),
  );
});

t.test('with ids: who cannot go on where it was is told so first', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { events } = scheduler.service;
  const path = '/v2/events?ids=true&event_type=app_terminated_event';
  const fresh = await open(t, scheduler, path);
  const before = [
    await open(t, scheduler, path, { 'last-event-id': 'former-leader-7' }),
    await open(t, scheduler, path, { 'last-event-id': 'epoch-999999' }),
    await open(t, scheduler, path, { 'last-event-id': 'nonsense "quoted"' }),
  ];
  events.publish({ type: 'app_terminated_event', appId: '/1' });
  for (const [i, stream] of before.entries()) {
    await waitFor('the event', () => eventsIn(stream.text()).length === 2);
    const [gap, next] = eventsIn(stream.text());
    const lastEventId = ['former-leader-7', 'epoch-999999', 'nonsense "quoted"'][i];
    t.match(gap, {
      event: 'ekiden_resume_gap',
      data: { eventType: 'ekiden_resume_gap', lastEventId, resumedAt: gap?.id, timestamp: /Z$/ },
    });
    t.match(next, { event: 'app_terminated_event' });
  }
  const gap = eventsIn(before[0]?.text() ?? '')[0];
  const resumed = await open(t, scheduler, path, { 'last-event-id': gap?.id ?? '' });
  await waitFor('the event', () => resumed.text() !== '');
  t.match(eventsIn(resumed.text())[0], { event: 'app_terminated_event' }, 'its id is one to go on from');
  t.notMatch(fresh.text(), /ekiden/, 'never to who gave no id');
});

t.test('events are for those who may view what they tell of', async (t) => {
  const access = {
    ...openAccess,
    isOpen: false,
    may: (_request: unknown, _action: unknown, resource: AccessResource) =>
      resource.kind === 'system' || resource.id === '/' || resource.id.startsWith('/mine'),
    demand: (request: { readonly headers: Readonly<Record<string, unknown>> }) => {
      if (request.headers['x-user'] === 'nobody') throw new ApiError(403, 'no');
    },
  };
  const scheduler = await startFakeScheduler(t, {}, { access });
  const { events } = scheduler.service;
  const accept = 'text/event-stream';
  t.equal((await ask(scheduler.api, 'GET', '/v2/events', undefined, { accept, 'x-user': 'nobody' })).status, 403);
  const stream = await open(t, scheduler, '/v2/events');
  for (const event of sampleEvents) events.publish(event);
  events.publish({ type: 'app_terminated_event', appId: '/mine/a' });
  const mixed: SchedulerEvent & { type: 'deployment_info' } = {
    type: 'deployment_info',
    plan: {
      id: 'D',
      version: '2026-01-01T00:00:00.000Z',
      steps: [
        {
          actions: [
            { action: 'StartApplication', id: '/hidden', kind: 'app' },
            { action: 'StartApplication', id: '/mine/b', kind: 'app' },
          ],
        },
      ],
      affected: [
        { id: '/hidden', kind: 'app' },
        { id: '/mine/b', kind: 'app' },
      ],
      groups: [],
      currentStep: 0,
      rollouts: {},
    },
  };
  events.publish(mixed);
  events.publish({ type: 'pod_created_event', clientIp: '', uri: '/v2/pods/%2Fmine%2Fpod' });
  await waitFor('the last one', () => stream.text().includes('pod_created_event'));
  const known = new Set(sampleEvents.map(({ type }) => type));
  const heard = eventsIn(stream.text()).map(({ event }) => event);
  const [info] = eventsIn(stream.text()).filter(({ event }) => event === 'deployment_info');
  t.match(
    info?.data,
    { plan: { steps: [{ actions: [{ action: 'StartApplication', app: '/mine/b' }] }] } },
    'a plan without what is hidden',
  );
  t.notMatch(stream.text(), /my-app|hidden/);
  t.same(
    heard.filter((type) => known.has(type as (typeof sampleEvents)[number]['type'])).sort(),
    [
      'app_terminated_event',
      'deployment_info',
      'event_stream_attached',
      'event_stream_attached',
      'event_stream_detached',
      'framework_message_event',
      'pod_created_event',
      'scheduler_disconnected_event',
      'scheduler_registered_event',
      'scheduler_reregistered_event',
      'subscribe_event',
      'unsubscribe_event',
    ],
    'of all those of /my-app nothing',
  );
});

t.test('the end of the server is the end of the stream, not a broken connection', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const stream = await open(t, scheduler, '/v2/events');
  await waitFor('the stream', () => stream.text() !== '');
  await scheduler.api.close();
  await stream.closed;
  t.equal(stream.error(), undefined);
});

t.test('the catalog: a snapshot, changes, and going on from a position', async (t) => {
  const scheduler = await startFakeScheduler(t);
  const { api, service } = scheduler;
  await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
  const stream = await open(t, scheduler, '/ekiden/v1/catalog/stream');
  await scheduler.run('/a');
  const here = (): number => service.catalog.view.position.seq;
  await waitFor('all changes', () => stream.text().includes(`id: epoch:${here()}`));
  const mirror = new Catalog();
  for (const { event, id, data } of eventsIn(stream.text())) {
    const message = data as unknown as CatalogMessage;
    t.equal(event, message.type);
    t.equal(id, `${message.epoch}:${message.seq}`);
    t.ok(mirror.apply(message));
  }
  t.same([...mirror.instances.values()], [...service.catalog.view.instances.values()]);

  const seq = here();
  const missedNothing = await open(t, scheduler, `/ekiden/v1/catalog/stream?position=epoch:${seq - 1}`);
  const tooOld = await open(t, scheduler, '/ekiden/v1/catalog/stream', { 'last-event-id': 'other:3' });
  const nonsense = await open(t, scheduler, '/ekiden/v1/catalog/stream', { 'last-event-id': 'nonsense' });
  await waitFor('the answers', () => [missedNothing, tooOld, nonsense].every((s) => s.text() !== ''));
  t.equal(eventsIn(missedNothing.text())[0]?.event, 'change');
  t.equal(eventsIn(tooOld.text())[0]?.event, 'snapshot');
  t.equal(eventsIn(nonsense.text())[0]?.event, 'snapshot');
});
