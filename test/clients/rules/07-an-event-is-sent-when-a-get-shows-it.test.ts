import t from 'tap';
import type { Test } from 'tap';
import { ask } from '../../support/fake-service.js';
import { waitFor } from '../../support/wait.js';
import { runCases } from '../support/cases.js';
import { pythonJsonHeaders, serveScheduler } from '../support/wire.js';
import type { ServedScheduler } from '../support/wire.js';

interface Heard {
  readonly eventType: string;
  readonly id?: string;
  readonly appId?: string;
  readonly taskId?: string;
  readonly taskStatus?: string;
  readonly plan?: { readonly id: string };
  readonly appDefinition?: { readonly id: string; readonly version: string };
}

/**
 * A client that reads everything again at each event, as Traefik, Bamboo, nixy and marathon-lb do: over sockets, so that it is as far
 * behind as a real one. What it read at each event, in order.
 */
async function follow(
  t: Test,
  scheduler: ServedScheduler,
): Promise<readonly { readonly event: Heard; readonly apps: string; readonly deployments: string }[]> {
  const stream = await scheduler.stream('/v2/events', { Accept: 'text/event-stream' });
  const client = scheduler.client(pythonJsonHeaders);
  const seen: { event: Heard; apps: string; deployments: string }[] = [];
  let isOver = false;
  t.teardown(() => (isOver = true));
  const readOn = async (): Promise<void> => {
    while (!isOver) {
      const lines = stream
        .text()
        .split('\r\n')
        .filter((line) => line.startsWith('data: '));
      const next = lines[seen.length];
      if (next === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        continue;
      }
      const [apps, deployments] = await Promise.all(
        ['/v2/apps?embed=apps.tasks', '/v2/deployments'].map((path) => client.send('GET', path)),
      );
      const event = JSON.parse(next.slice('data: '.length)) as Heard;
      seen.push({ event, apps: apps?.text ?? '', deployments: deployments?.text ?? '' });
    }
  };
  void readOn().catch((error: unknown) => {
    if (!isOver) t.fail(String(error));
  });
  return seen;
}

await runCases(t, 'rule 7, an event is sent only when a GET shows it', [
  {
    name: 'a client that reads everything at each event never reads the state before it',
    why: 'Traefik uses only the type of an event: what it reads then is what it routes to',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const seen = await follow(t, scheduler);
      const until = async (type: string): Promise<void> => {
        await waitFor(type, () => seen.some(({ event }) => event.eventType === type));
      };
      await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
      await until('deployment_info');
      const [instance] = await scheduler.run('/a');
      await until('deployment_success');
      await scheduler.status(instance?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      await waitFor('the failure', () => seen.some(({ event }) => event.taskStatus === 'TASK_FAILED'));
      await ask(scheduler.api, 'DELETE', '/v2/apps/a');
      await until('app_terminated_event');

      for (const { event, apps, deployments } of seen) {
        const { eventType, taskId = '?', taskStatus, plan } = event;
        if (eventType === 'status_update_event') {
          const shown = apps.includes(`"${taskId}"`);
          if (taskStatus === 'TASK_FAILED') t.notOk(shown, 'a failed task is not among the tasks');
        } else if (eventType === 'api_post_event' && !seen.at(-1)?.apps.includes('"/a"')) {
          t.ok(apps.includes(`"${event.appDefinition?.version}"`), 'the posted app is there');
        } else if (eventType === 'deployment_success') {
          t.notOk(deployments.includes(plan?.id ?? '?'), 'a deployment that has succeeded is over');
        } else if (eventType === 'app_terminated_event') {
          t.notOk(apps.includes('"/a"'), 'an app that has terminated is gone');
        }
      }
      const running = seen.find(({ event }) => event.taskStatus === 'TASK_RUNNING');
      t.match(running?.apps, new RegExp(`"id":"${instance?.taskId}".*"state":"TASK_RUNNING"`));
    },
  },
  {
    name: 'in the same moment as the event',
    why: 'nothing may come between the event and the state: the read happens in the listener itself',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const { service } = scheduler;
      const wrong: string[] = [];
      let count = 0;
      service.events.subscribe(({ event }) => {
        count++;
        const { apps, deployments, instances } = service.state;
        if (event.type === 'api_post_event' && apps.get(event.appDefinition.id) !== event.appDefinition) {
          wrong.push(event.type);
        }
        if (event.type === 'deployment_success' && deployments.has(event.plan.id)) wrong.push(event.type);
        if (event.type === 'deployment_info' && !deployments.has(event.plan.id)) wrong.push(event.type);
        if (event.type === 'app_terminated_event' && apps.has(event.appId)) wrong.push(event.type);
        if (event.type === 'instance_changed_event' && event.condition === 'Running') {
          if (instances.get(event.instanceId)?.condition !== 'Running') wrong.push(event.type);
        }
      });
      await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
      await scheduler.run('/a');
      t.same(wrong, []);
      t.ok(count > 4, `${count} events`);
    },
  },
]);
