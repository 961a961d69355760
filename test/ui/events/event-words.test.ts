import t from 'tap';
import { eventKinds } from '../../../src/ui/api/events.js';
import type { MarathonEvent } from '../../../src/ui/api/events.js';
import { appsIn, eventLevel, eventText } from '../../../src/ui/pages/events/event-words.js';

function event(eventType: string, more: object = {}): MarathonEvent {
  return { eventType, timestamp: '2026-01-01T00:00:00.000Z', ...more };
}

const plan = {
  id: 'd1',
  version: 'v',
  steps: [
    { actions: [{ action: 'StartApplication', app: '/web' }] },
    {
      actions: [
        { action: 'ScaleApplication', app: '/web' },
        { action: 'ScalePod', pod: '/pod' },
      ],
    },
  ],
};

t.test('whom an event is about', (t) => {
  t.same(appsIn(event('status_update_event', { appId: '/web' })), ['/web']);
  t.same(appsIn(event('instance_changed_event', { runSpecId: '/web' })), ['/web']);
  t.same(appsIn(event('api_post_event', { appDefinition: { id: '/web' } })), ['/web']);
  t.same(appsIn(event('deployment_info', { plan })), ['/web', '/pod']);
  t.same(appsIn(event('event_stream_attached', { remoteAddress: '::1' })), []);
  t.same(appsIn(event('deployment_info', { plan: 'nonsense' })), []);
  t.end();
});

t.test('what it says in one line', (t) => {
  t.equal(
    eventText(event('status_update_event', { taskStatus: 'TASK_FAILED', taskId: 't1', host: 'h1', message: 'exit 3' })),
    'TASK_FAILED t1 on h1 exit 3',
  );
  t.equal(
    eventText(event('deployment_info', { plan, currentStep: plan.steps[1] })),
    'ScaleApplication /web, ScalePod /pod',
  );
  t.equal(eventText(event('deployment_failed', { id: 'd1', plan, reason: 'cancelled' })), 'd1 cancelled');
  t.equal(eventText(event('instance_health_changed_event', { healthy: null, instanceId: 'i' })), 'health unknown i');
  t.equal(eventText(event('event_stream_attached', { remoteAddress: '127.0.0.1' })), '127.0.0.1');
  t.end();
});

t.test('no kind is too much, even with nothing in it', (t) => {
  for (const kind of eventKinds) {
    t.type(eventText(event(kind)), 'string', kind);
    t.same(appsIn(event(kind)), []);
  }
  t.end();
});

t.test('what strikes the eye', (t) => {
  t.equal(eventLevel(event('status_update_event', { taskStatus: 'TASK_FAILED' })), 'bad');
  t.equal(eventLevel(event('status_update_event', { taskStatus: 'TASK_RUNNING' })), 'good');
  t.equal(eventLevel(event('health_status_changed_event', { alive: false })), 'bad');
  t.equal(eventLevel(event('deployment_failed')), 'warning');
  t.equal(eventLevel(event('deployment_success')), 'good');
  t.equal(eventLevel(event('instance_changed_event', { condition: 'Staging' })), 'info');
  t.end();
});
