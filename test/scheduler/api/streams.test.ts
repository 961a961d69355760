import t from 'tap';
import type { Test } from 'tap';
import { Catalog } from '../../../src/catalog/catalog.js';
import type { CatalogMessage } from '../../../src/catalog/types.js';
import { listen } from '../../../src/http/server.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';

/** Opens a stream of the API over a socket and gathers its text. */
async function open(
  t: Test,
  { api }: FakeScheduler,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ text: () => string; response: Response; closed: Promise<void>; stop: () => void }> {
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
  const closed = (async () => {
    try {
      for await (const chunk of response.body ?? []) text += new TextDecoder().decode(chunk as Uint8Array);
    } catch {
      // ended by one side or the other
    }
  })();
  return { text: () => text, response, closed, stop: () => abort.abort() };
}

/** The events in a stream's text. */
function eventsIn(text: string): { event: string; id: string | undefined; data: Record<string, unknown> }[] {
  return text
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
