import t from 'tap';
import { silentLogger } from '../../src/common/logger.js';
import { startHttpCallbacks } from '../../src/scheduler/events/http-callbacks.js';
import { startSink } from '../support/callback-sink.js';
import { ask } from '../support/fake-service.js';
import { sampleEvents } from '../support/sample-events.js';
import { waitFor } from '../support/wait.js';
import { runCases } from './support/cases.js';
import { checkHealth } from './support/health.js';
import * as bamboo from './support/readers/bamboo.js';
import { goHeaders, goJsonHeaders, serveScheduler } from './support/wire.js';

await runCases(t, 'Bamboo [5ffa22e]', [
  {
    name: 'apps with their tasks, health and readiness, by embeds in the singular',
    why: 'app.tasks on a list is no embed by the documentation; Marathon takes it',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      const healthChecks = [{ protocol: 'HTTP', path: '/health' }];
      await client.send('POST', '/v2/apps', {
        id: '/prod/web',
        cmd: 'x',
        ports: [10101],
        healthChecks,
        env: { A: 'b' },
      });
      const [instance] = await scheduler.run('/prod/web');
      const read = async () => bamboo.appsOf(await client.send('GET', bamboo.appsPath))[0];
      const [port] = instance?.ports ?? [];
      t.match(await read(), { id: '/prod/web', tasks: [{ host: '10.0.0.1', port, alive: false, ready: true }] });
      await checkHealth(scheduler, '/prod/web', true);
      t.match(await read(), { tasks: [{ alive: true, ready: true }] });
    },
  },
  {
    name: 'service ports: of tasks, no more of apps, as with Marathon since 1.5',
    why: 'it reads an app\'s "ports", which 1.11 does not show; the servicePorts of tasks are there',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const client = scheduler.client(goJsonHeaders);
      await client.send('POST', '/v2/apps', { id: '/web', cmd: 'x', ports: [10101, 10102] });
      await scheduler.run('/web');
      const answer = await client.send('GET', bamboo.appsPath);
      t.same(bamboo.appsOf(answer)[0]?.servicePorts, []);
      t.match(answer.json(), { apps: [{ tasks: [{ servicePorts: [10101, 10102] }] }] });
    },
  },
  {
    name: 'a stream without a line that it would complain about',
    why: 'blank, "event: " and "data: " are all that it knows: an id: or a comment would fill its log',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const stream = await scheduler.stream('/v2/events', { ...goHeaders, Accept: 'text/event-stream' });
      for (const event of sampleEvents) scheduler.service.events.publish(event);
      await waitFor('the events', () => stream.text().split('\r\n\r\n').length > sampleEvents.length + 1);
      const { payloads, complaints } = bamboo.readStream(stream.text());
      t.same(complaints, []);
      t.same(
        payloads.map((payload) => bamboo.eventOf(payload).eventType),
        ['event_stream_attached', ...sampleEvents.map(({ type }) => type)],
      );
    },
  },
  {
    name: 'a callback: registered at each start, then every event is posted to it',
    why: 'an answer that begins with {"message is taken for a refusal',
    run: async (t) => {
      const sink = await startSink(t);
      const httpCallback = { endpoints: [], slowConsumerTimeoutMs: 10_000 };
      const scheduler = await serveScheduler(t, { httpCallback });
      const callbacks = await startHttpCallbacks(scheduler.service, { logger: silentLogger, clock: Date.now });
      t.teardown(() => callbacks.close());
      const headers = { ...goHeaders, 'Content-Type': 'application/json' };
      const path = `/v2/eventSubscriptions?callbackUrl=${sink.url}/api/marathon/event_callback`;
      for (let start = 0; start < 2; start++) {
        const answer = await scheduler.client(headers).send('POST', path);
        t.equal(answer.status, 200);
        t.notOk(bamboo.callbacksRefused(answer), answer.text);
      }
      await ask(scheduler.api, 'POST', '/v2/apps', { id: '/web', cmd: 'x' });
      await waitFor('the event', () => sink.requests.some(({ body }) => body.includes('api_post_event')));
      for (const { url, method, body, headers: sent } of sink.requests) {
        t.equal(`${method} ${url}`, 'POST /api/marathon/event_callback');
        t.match(sent['content-type'], /^application\/json/);
        t.match(bamboo.eventOf(body), { eventType: /./, timestamp: /Z$/ });
      }
    },
  },
  {
    name: 'no callbacks: it hears so',
    why: 'it tells its user to switch to the stream, or Marathon to callbacks',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const path = '/v2/eventSubscriptions?callbackUrl=http://bamboo:8000/api/marathon/event_callback';
      const answer = await scheduler.client({ ...goHeaders, 'Content-Type': 'application/json' }).send('POST', path);
      t.ok(bamboo.callbacksRefused(answer), answer.text);
    },
  },
]);
