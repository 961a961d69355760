import { mock } from 'node:test';
import t from 'tap';
import { ask } from '../../support/fake-service.js';
import { rawConnection } from '../../support/raw-http.js';
import { waitFor } from '../../support/wait.js';
import { runCases } from '../support/cases.js';
import { serveScheduler } from '../support/wire.js';

const accept = { Accept: 'text/event-stream' };

await runCases(t, 'rule 6, frames of events, their heartbeat, nothing else', [
  {
    name: 'a frame is two lines and a blank one, all of them ended by CR LF',
    why: 'Jetty wrote them so; marathon-lb splits at CR LF and strips the literal "data: "',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const stream = await scheduler.stream('/v2/events?event_type=api_post_event', accept);
      const awkward = 'line\nbreak \u2028 CR\r "quotes" \\ ünïcode';
      await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a', cmd: 'x', labels: { awkward } });
      await waitFor('the event', () => stream.text().endsWith('\r\n\r\n'));
      const [frame, data] = /^event: api_post_event\r\ndata: (\{[^\r\n]*\})\r\n\r\n$/.exec(stream.text()) ?? [];
      t.ok(frame, JSON.stringify(stream.text().slice(0, 200)));
      const event = JSON.parse(data ?? '{}') as { readonly appDefinition: { readonly labels: object } };
      t.same(event.appDefinition.labels, { awkward }, 'one line, whatever is in it');
    },
  },
  {
    name: 'the head of a stream',
    why: 'clients compare the type; what is compressed arrives late',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const headers = { ...accept, 'Accept-Encoding': 'gzip, deflate, br' };
      const stream = await scheduler.stream('/v2/events', headers);
      t.equal(stream.headers['content-type'], 'text/event-stream');
      t.equal(stream.headers['content-encoding'], undefined);
      t.equal(stream.headers['content-length'], undefined);
      await waitFor('an event', () => stream.text().includes('event_stream_attached'));
    },
  },
  {
    name: 'a stream begins at once, also for HTTP/1.0',
    why: 'proxies and old clients speak it: no chunks, the end of the connection is the end of the stream',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const old = rawConnection(t, scheduler.port, 'GET /v2/events HTTP/1.0\r\nAccept: text/event-stream\r\n\r\n');
      await waitFor('an event', () => old.received().includes('event: event_stream_attached\r\ndata: {'));
      const [head, body] = old.received().split('\r\n\r\n');
      t.match(head, /^HTTP\/1\.1 200 OK\r\n/);
      t.notMatch(head, /transfer-encoding/i);
      t.match(body, /^event: /);
    },
  },
  {
    name: 'an empty line when ten seconds have passed',
    why: 'nixy gives a stream up after 15 s without a byte, and dead connections are found so',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      mock.timers.enable({ apis: ['setInterval'] });
      t.teardown(() => mock.timers.reset());
      const stream = await scheduler.stream('/v2/events?event_type=nothing', accept);
      mock.timers.tick(9_999);
      t.equal(stream.text(), '');
      mock.timers.tick(1);
      for (const expected of ['\r\n', '\r\n\r\n', '\r\n\r\n\r\n']) {
        await waitFor('an empty line', () => stream.text().length >= expected.length, { withinMs: 10_000 });
        t.equal(stream.text(), expected);
        mock.timers.tick(10_000);
      }
    },
  },
  {
    name: 'id: only when it is asked for, comments and retry: never',
    why: 'Bamboo logs every line as a wrong event that is neither blank nor event: nor data:',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const plain = await scheduler.stream('/v2/events', { ...accept, 'Last-Event-ID': 'x-1' });
      const withIds = await scheduler.stream('/v2/events?ids=true', accept);
      await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
      await scheduler.run('/a');
      await waitFor('the events', () =>
        [plain, withIds].every((stream) => stream.text().includes('event: deployment_success\r\n')),
      );
      const beginnings = (text: string): readonly string[] => [
        ...new Set(text.split('\r\n').map((line) => line.slice(0, line.indexOf(' ') + 1))),
      ];
      t.same(new Set(beginnings(plain.text())), new Set(['event: ', 'data: ', '']));
      t.same(new Set(beginnings(withIds.text())), new Set(['event: ', 'id: ', 'data: ', '']));
    },
  },
  {
    name: 'other answers are not streams',
    why: 'a client that forgets Accept must hear so, not wait',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const answer = await scheduler.client({ Accept: 'application/json' }).send('GET', '/v2/events');
      t.equal(answer.status, 406);
      t.equal(answer.headers['content-type'], 'application/json');
    },
  },
]);
