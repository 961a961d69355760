// Events by HTTP callbacks, as the manual has it: two endpoints on the command line, more by the API.
import t from 'tap';
import { startSink } from '../../support/callback-sink.js';
import type { CallbackSink } from '../../support/callback-sink.js';
import { waitFor } from '../../support/wait.js';
import { startBundle } from '../support/bundle.js';

t.setTimeout(300_000);

interface ReceivedEvent {
  readonly eventType: string;
  readonly [member: string]: unknown;
}

/** What a sink has got at one path, in the order of its coming. */
function eventsAt(sink: CallbackSink, path: string): ReceivedEvent[] {
  return sink.requests
    .filter(({ method, url }) => method === 'POST' && url === path)
    .map(({ body }) => JSON.parse(body) as ReceivedEvent);
}

/** The deployment of an answer to a change. */
function deploymentOf(body: unknown): string {
  return (body as { deploymentId: string }).deploymentId;
}

function sortedUrls(body: unknown): string[] {
  return [...(body as { callbackUrls: string[] }).callbackUrls].sort();
}

/** Waits until the end of a deployment was told, and returns all that was told until then. */
function told(sink: CallbackSink, path: string, deploymentId: string): Promise<ReceivedEvent[]> {
  return waitFor(`the end of ${deploymentId} at ${path}`, () => {
    const events = eventsAt(sink, path);
    const end = events.findIndex(({ eventType, id }) => eventType === 'deployment_success' && id === deploymentId);
    return end >= 0 && events.slice(0, end + 1);
  });
}

t.test('§7 --event_subscriber http_callback --http_endpoints …/foo,…/bar', async (t) => {
  const [first, second, third] = [await startSink(t), await startSink(t), await startSink(t)];
  const bundle = await startBundle(t, [
    '--event_subscriber',
    'http_callback',
    '--http_endpoints',
    `${first.url}/foo,${second.url}/bar`,
  ]);

  await t.test('both hear of everything, in the same order', async (t) => {
    await bundle.postApp({ id: '/heard', cmd: 'sleep 1000', cpus: 0.01, mem: 8, instances: 2 });
    await bundle.waitForDeployments();
    const { body } = await bundle.api('PUT', '/v2/apps/heard', { instances: 3 });
    const atFoo = await told(first, '/foo', deploymentOf(body));
    const atBar = await told(second, '/bar', deploymentOf(body));
    // the first one is there already when the second one subscribes
    const typesOf = (events: readonly ReceivedEvent[]): string[] =>
      events.map(({ eventType }) => eventType).filter((eventType) => eventType !== 'subscribe_event');
    t.same(typesOf(atBar), typesOf(atFoo));
    for (const eventType of [
      'subscribe_event',
      'api_post_event',
      'group_change_success',
      'deployment_info',
      'status_update_event',
      'instance_changed_event',
      'deployment_step_success',
      'deployment_success',
    ]) {
      t.ok(
        atFoo.some((event) => event.eventType === eventType),
        eventType,
      );
    }
    const posted = atFoo.findIndex(({ eventType }) => eventType === 'api_post_event');
    t.match(atFoo[posted], { uri: '/v2/apps', appDefinition: { id: '/heard', instances: 2 }, clientIp: '127.0.0.1' });
    const running = atFoo.filter(({ taskStatus }) => taskStatus === 'TASK_RUNNING');
    t.equal(running.length, 3);
    t.match(running[0], { appId: '/heard', taskId: /^heard\./, host: String, ports: [Number] });
    const order = [
      'api_post_event',
      'group_change_success',
      'deployment_info',
      'deployment_step_success',
      'deployment_success',
    ];
    const firstOf = order.map((type) => atFoo.findIndex(({ eventType }) => eventType === type));
    t.same(
      firstOf,
      [...firstOf].sort((a, b) => a - b),
      'a change is told from its beginning to its end',
    );
    t.ok(first.requests.every(({ headers }) => headers['content-type']?.startsWith('application/json') === true));
  });

  await t.test('subscriptions by the API outlive kill -9 of the scheduler', async (t) => {
    const callbackUrl = `${third.url}/baz?who=me`;
    const path = `/v2/eventSubscriptions?callbackUrl=${encodeURIComponent(callbackUrl)}`;
    const all = { callbackUrls: [`${first.url}/foo`, `${second.url}/bar`, callbackUrl] };
    const subscribed = await bundle.api('POST', path);
    t.match(subscribed, { status: 200, body: { eventType: 'subscribe_event', callbackUrl, clientIp: '127.0.0.1' } });
    t.same(sortedUrls((await bundle.api('GET', '/v2/eventSubscriptions')).body), sortedUrls(all));

    await bundle.kill('scheduler');
    await bundle.ready();
    t.same(sortedUrls((await bundle.api('GET', '/v2/eventSubscriptions')).body), sortedUrls(all), 'each of them, once');
    const { body } = await bundle.api('PUT', '/v2/apps/heard', { instances: 1 });
    for (const [sink, at] of [
      [first, '/foo'],
      [second, '/bar'],
      [third, '/baz?who=me'],
    ] as const) {
      const events = await told(sink, at, deploymentOf(body));
      t.ok(events.length > 0, `${at} hears of what the new scheduler does`);
    }

    const unsubscribed = await bundle.api('DELETE', path);
    t.match(unsubscribed, { status: 200, body: { eventType: 'unsubscribe_event', callbackUrl } });
    const gone = await bundle.api('DELETE', '/v2/apps/heard');
    await told(first, '/foo', deploymentOf(gone.body));
    t.notOk(
      third.requests.some(({ body: text }) => text.includes(deploymentOf(gone.body))),
      'who has unsubscribed hears nothing more',
    );
  });

  t.equal(await bundle.stop(), 0);
  t.same(bundle.leftovers(), []);
});
