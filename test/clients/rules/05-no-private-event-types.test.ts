import t from 'tap';
import { sampleEvents } from '../../support/sample-events.js';
import { waitFor } from '../../support/wait.js';
import { ask } from '../../support/fake-service.js';
import { runCases } from '../support/cases.js';
import { serveScheduler } from '../support/wire.js';

/** The types of Marathon's bus (marathon.md §14.3), as 1.11 names them. */
const marathonTypes: ReadonlySet<string> = new Set(
  `api_post_event pod_created_event pod_updated_event pod_deleted_event scheduler_registered_event scheduler_reregistered_event
  scheduler_disconnected_event subscribe_event unsubscribe_event event_stream_attached event_stream_detached add_health_check_event
  remove_health_check_event failed_health_check_event health_status_changed_event unhealthy_instance_kill_event group_change_success
  group_change_failed deployment_info deployment_step_success deployment_step_failure deployment_success deployment_failed
  app_terminated_event status_update_event instance_changed_event unknown_instance_terminated_event instance_health_changed_event
  framework_message_event`.split(/\s+/),
);

const accept = { Accept: 'text/event-stream' };

function typesIn(text: string): readonly string[] {
  return [...text.matchAll(/^event: (.*)\r$/gm)].map(([, type]) => type ?? '');
}

await runCases(t, 'rule 5, no private event types without being asked by name', [
  {
    name: 'every type that the bus knows is one of Marathon',
    why: 'marathon-python raises on an event_type that it does not know, and the loop of its user ends',
    run: async (t) => {
      t.same(
        sampleEvents.map(({ type }) => type).filter((type) => !marathonTypes.has(type)),
        [],
      );
      t.equal(sampleEvents.length, marathonTypes.size, 'and all of them are there');
      await Promise.resolve();
    },
  },
  {
    name: 'an unfiltered stream over the life of an app',
    why: 'what a client sees that asks for everything',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const stream = await scheduler.stream('/v2/events', accept);
      await ask(scheduler.api, 'POST', '/v2/apps', { id: '/a', cmd: 'x' });
      const [instance] = await scheduler.run('/a');
      await scheduler.status(instance?.taskId ?? '', 'TASK_FAILED', 'exit 1');
      await ask(scheduler.api, 'DELETE', '/v2/apps/a');
      await waitFor('the end', () => stream.text().includes('app_terminated_event'));
      const types = new Set(typesIn(stream.text()));
      t.ok(types.size > 6, [...types].join(' '));
      t.same(
        [...types].filter((type) => !marathonTypes.has(type)),
        [],
      );
    },
  },
  {
    name: "Ekiden's own stream is another one",
    why: 'what dns and lb follow must not reach clients of Marathon',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const catalog = await scheduler.stream('/ekiden/v1/catalog/stream', accept);
      await waitFor('the snapshot', () => catalog.text() !== '');
      const own = new Set([...catalog.text().matchAll(/^event: (.*)$/gm)].map(([, type]) => type));
      t.notOk([...own].some((type) => marathonTypes.has(type ?? '')));
    },
  },
  {
    name: 'the one type of our own needs ids=true and a Last-Event-ID',
    why: 'who did not ask to go on where it was is not told that it cannot',
    run: async (t) => {
      const scheduler = await serveScheduler(t);
      const old = { ...accept, 'Last-Event-ID': 'another-process-7' };
      const asked = await scheduler.stream('/v2/events?ids=true', old);
      const plain = await scheduler.stream('/v2/events', old);
      const withIds = await scheduler.stream('/v2/events?ids=true', accept);
      await waitFor('the gap', () => asked.text().includes('ekiden_resume_gap'));
      scheduler.service.events.publish({ type: 'app_terminated_event', appId: '/x' });
      await waitFor('the event', () => [plain, withIds].every((s) => s.text().includes('app_terminated_event')));
      for (const stream of [plain, withIds]) t.notMatch(stream.text(), /ekiden/);
    },
  },
]);
