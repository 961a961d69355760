// clients.md rule 7: a client that reads the state at every event never sees the state from before it.
import t from 'tap';
import { ask, startFakeScheduler } from '../../support/fake-service.js';
import type { FakeScheduler } from '../../support/fake-service.js';
import type { PublishedEvent } from '../../../src/scheduler/service.js';

type AnyEvent = PublishedEvent['event'];

/**
 * What a GET must show when `event` is heard, or what has followed from it already: undefined if it does, else what it shows. `over`:
 * the deployments whose end was told.
 */
async function contradiction({ api }: FakeScheduler, event: AnyEvent, over: ReadonlySet<string>): Promise<unknown> {
  const get = (path: string) => ask(api, 'GET', path);
  switch (event.type) {
    case 'api_post_event': {
      const { json } = await get(`/v2/apps${event.appDefinition.id}`);
      return json.app.version >= event.appDefinition.version ? undefined : json;
    }
    case 'deployment_info': {
      const { text } = await get('/v2/deployments');
      return text.includes(event.plan.id) || over.has(event.plan.id) ? undefined : text;
    }
    case 'deployment_success':
    case 'deployment_failed': {
      const { text } = await get('/v2/deployments');
      return text.includes(event.plan.id) ? text : undefined;
    }
    case 'status_update_event': {
      const { json } = await get(`/v2/apps${event.appId}/tasks`);
      const { tasks } = json;
      const shown = tasks.find(({ id }) => id === event.taskId)?.state;
      const ended = ['TASK_FAILED', 'TASK_KILLED'].includes(event.taskStatus);
      return shown === (ended ? undefined : event.taskStatus) ? undefined : tasks;
    }
    case 'app_terminated_event': {
      const { status } = await get(`/v2/apps${event.appId}`);
      return status === 404 ? undefined : status;
    }
    case 'subscribe_event':
    case 'unsubscribe_event': {
      const { text } = await get('/v2/eventSubscriptions');
      return text.includes(event.callbackUrl) === (event.type === 'subscribe_event') ? undefined : text;
    }
    default:
      return undefined;
  }
}

t.test('rule 7: an event is sent only when a GET shows it', async (t) => {
  const httpCallback = { endpoints: [], slowConsumerTimeoutMs: 1000 };
  const scheduler = await startFakeScheduler(t, { httpCallback });
  const { api } = scheduler;
  const seen = new Set<string>();
  const over = new Set<string>();
  let checks: Promise<void>[] = [];
  scheduler.service.events.subscribe(({ event }) => {
    seen.add(event.type);
    if (event.type === 'deployment_success' || event.type === 'deployment_failed') over.add(event.plan.id);
    const check = contradiction(scheduler, event, over).then((shown) =>
      t.equal(shown, undefined, `${event.type}: what GET shows`),
    );
    checks.push(check.then(() => undefined));
  });
  /** Goes on when everything that was said has been looked up. */
  const settled = async (): Promise<void> => {
    while (checks.length > 0) {
      const these = checks;
      checks = [];
      await Promise.all(these);
    }
  };

  await ask(api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
  await settled();
  const [instance] = await scheduler.run('/a');
  await settled();
  await scheduler.status(instance?.taskId ?? '', 'TASK_FAILED', 'exit 1');
  await settled();
  await ask(api, 'PUT', '/v2/apps//a', { cmd: 'y' });
  await settled();
  await ask(api, 'POST', '/v2/eventSubscriptions?callbackUrl=http://127.0.0.1:1/x');
  await settled();
  await ask(api, 'DELETE', '/v2/eventSubscriptions?callbackUrl=http://127.0.0.1:1/x');
  await settled();
  await ask(api, 'DELETE', '/v2/apps//a?force=true');
  await settled();
  for (const type of [
    'api_post_event',
    'deployment_info',
    'deployment_success',
    'deployment_failed',
    'status_update_event',
    'app_terminated_event',
    'subscribe_event',
    'unsubscribe_event',
  ]) {
    t.ok(seen.has(type), type);
  }
});
