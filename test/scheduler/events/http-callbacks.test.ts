import t from 'tap';
import type { Test } from 'tap';
import { StartupError } from '../../../src/common/errors.js';
import { silentLogger } from '../../../src/common/logger.js';
import { storeKeys } from '../../../src/scheduler/core/keys.js';
import { loadState } from '../../../src/scheduler/core/load.js';
import { startHttpCallbacks } from '../../../src/scheduler/events/http-callbacks.js';
import { readRecords } from '../../../src/scheduler/load-store.js';
import { startSink } from '../../support/callback-sink.js';
import type { CallbackSink } from '../../support/callback-sink.js';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import { createMemoryStore } from '../../support/memory-store.js';
import { waitFor } from '../../support/wait.js';

const types = (sink: CallbackSink): readonly string[] =>
  sink.requests.map(({ body }) => (JSON.parse(body) as { readonly eventType: string }).eventType);

/** A scheduler with `--event_subscriber http_callback --http_endpoints …`. */
async function withCallbacks(t: Test, endpoints: readonly string[]): Promise<FakeScheduler> {
  const scheduler = await startFakeScheduler(t, { httpCallback: { endpoints, slowConsumerTimeoutMs: 10_000 } });
  const callbacks = await startHttpCallbacks(scheduler.service, { logger: silentLogger, clock: () => 0 });
  t.teardown(() => callbacks.close());
  return scheduler;
}

t.test('two endpoints get every event, in the order of the bus', async (t) => {
  const sinks = [await startSink(t), await startSink(t)];
  const scheduler = await withCallbacks(t, [`${sinks[0]?.url}/foo`, `${sinks[1]?.url}/bar`]);
  const published: string[] = [];
  scheduler.service.events.subscribe(({ event }) => published.push(event.type));
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
  await scheduler.run('/a');
  scheduler.service.events.publish({
    type: 'framework_message_event',
    executorId: 'x',
    slaveId: 'S1',
    message: [104, 105],
  });
  for (const [i, sink] of sinks.entries()) {
    await waitFor('the last event', () => types(sink).at(-1) === published.at(-1));
    // The second was subscribed after the first
    const subscriptions = i === 0 ? ['subscribe_event', 'subscribe_event'] : ['subscribe_event'];
    t.same(types(sink), [...subscriptions, ...published]);
    t.match(sink.requests[0], { method: 'POST', url: i === 0 ? '/foo' : '/bar' });
  }
  for (const type of [
    'api_post_event',
    'status_update_event',
    'deployment_info',
    'deployment_step_success',
    'deployment_success',
    'group_change_success',
    'framework_message_event',
  ]) {
    t.ok(published.includes(type), type);
  }
});

t.test('a URL that does not answer keeps no other waiting, not even on the same host', async (t) => {
  const silent = await startSink(t);
  silent.hold();
  const sink = await startSink(t);
  const scheduler = await withCallbacks(t, [`${silent.url}/silent`, sink.url]);
  await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
  await waitFor('the events', () => types(sink).includes('deployment_info'));
  t.equal(silent.requests.length, 1);
  t.equal(silent.answered(), 0);
});

t.test('subscriptions over the API: told to the new one, and no more to the former', async (t) => {
  const first = await startSink(t);
  const second = await startSink(t);
  const { api, service } = await withCallbacks(t, [first.url]);
  const path = (sink: CallbackSink): string => `/v2/eventSubscriptions?callbackUrl=${encodeURIComponent(sink.url)}`;
  const subscribed = await ask(api, 'POST', path(second));
  await waitFor('the news', () => second.requests.length === 1 && first.requests.length === 2);
  t.equal(second.requests[0]?.body, subscribed.text, 'the answer is the event');
  const removed = await ask(api, 'DELETE', path(first));
  await waitFor('the news', () => second.requests.length === 2);
  t.equal(second.requests[1]?.body, removed.text);
  service.events.publish({ type: 'scheduler_disconnected_event' });
  await waitFor('the next event', () => second.requests.length === 3);
  t.equal(first.requests.length, 2, 'it heard nothing of its end, nor after');
});

t.test('endpoints that cannot be used are refused at the start, without their secrets', async (t) => {
  const endpoints = ['ftp://user:secret@host/x?key=hidden'];
  const { service } = await startFakeScheduler(t, { httpCallback: { endpoints, slowConsumerTimeoutMs: 1000 } });
  const start = startHttpCallbacks(service, { logger: silentLogger, clock: () => 0 });
  await t.rejects(
    start,
    new StartupError('--http_endpoints: ftp://host/x must be an http or https URL, but its scheme is ftp'),
  );
  const many = Array.from({ length: 101 }, (_, i) => `http://127.0.0.1:1/${i}`);
  const other = await startFakeScheduler(t, { httpCallback: { endpoints: many, slowConsumerTimeoutMs: 1000 } });
  await t.rejects(startHttpCallbacks(other.service, { logger: silentLogger, clock: () => 0 }), { message: /100/ });
});

t.test('what is subscribed is read from the store', async (t) => {
  const store = createMemoryStore();
  await store.write([{ key: storeKeys.callbackUrls, value: { urls: ['http://a/', 'http://b/'] } }]);
  t.same([...loadState(await readRecords(store)).callbackUrls], ['http://a/', 'http://b/']);
  t.same([...loadState(await readRecords(createMemoryStore())).callbackUrls], []);
});

t.test('without the option nothing is posted', async (t) => {
  const { service } = await startFakeScheduler(t);
  const callbacks = await startHttpCallbacks(service, { logger: silentLogger, clock: () => 0 });
  await callbacks.close();
  t.same([...service.state.callbackUrls], []);
});
