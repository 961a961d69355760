import type { EventAction, EventPlan, MarathonEvent } from '../../api/events.js';
import { gapKind } from './event-log.js';

export type EventLevel = 'good' | 'bad' | 'warning' | 'info' | 'off';

function textIn(event: MarathonEvent, name: string): string {
  const value = event[name];
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function planIn({ plan }: MarathonEvent): EventPlan | undefined {
  return isObject(plan) && Array.isArray(plan['steps']) ? (plan as unknown as EventPlan) : undefined;
}

function actionsText(actions: readonly EventAction[]): string {
  return actions.map(({ action, app, pod }) => `${action} ${app ?? pod ?? ''}`.trim()).join(', ');
}

/** The apps and pods that an event is about. */
export function appsIn(event: MarathonEvent): readonly string[] {
  const definition = event['appDefinition'];
  const id = isObject(definition) && typeof definition['id'] === 'string' ? definition['id'] : '';
  const one = textIn(event, 'appId') || textIn(event, 'runSpecId') || id;
  if (one !== '') return [one];
  const actions = planIn(event)?.steps.flatMap((step) => step.actions) ?? [];
  return [...new Set(actions.flatMap(({ app, pod }) => app ?? pod ?? []))];
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

function on(event: MarathonEvent): string {
  const host = textIn(event, 'host');
  return host === '' ? '' : `on ${host}`;
}

function currentText({ currentStep }: MarathonEvent): string {
  const actions = isObject(currentStep) ? currentStep['actions'] : undefined;
  return Array.isArray(actions) ? actionsText(actions as readonly EventAction[]) : '';
}

/** What an event says, in one line; its kind and app stand beside it. */
export function eventText(event: MarathonEvent): string {
  const text = (name: string): string => textIn(event, name);
  switch (event.eventType) {
    case gapKind:
      return 'The connection was lost: events between these are missing here.';
    case 'status_update_event':
      return joined(text('taskStatus'), text('taskId'), on(event), text('message'));
    case 'instance_changed_event':
      return joined(text('condition'), text('instanceId'), on(event));
    case 'unknown_instance_terminated_event':
      return joined(text('condition'), text('instanceId'));
    case 'instance_health_changed_event':
      return joined(
        event['healthy'] === null ? 'health unknown' : event['healthy'] === true ? 'healthy' : 'unhealthy',
        text('instanceId'),
      );
    case 'health_status_changed_event':
      return joined(event['alive'] === true ? 'alive' : 'not alive', text('instanceId'));
    case 'failed_health_check_event':
      return text('taskId');
    case 'unhealthy_instance_kill_event':
      return joined(text('taskId'), on(event), text('reason'));
    case 'deployment_info':
    case 'deployment_step_success':
    case 'deployment_step_failure':
      return currentText(event);
    case 'deployment_success':
    case 'deployment_failed':
      return joined(text('id'), text('reason'));
    case 'group_change_success':
    case 'group_change_failed':
      return joined(text('groupId'), text('reason'));
    case 'api_post_event':
    case 'pod_created_event':
    case 'pod_updated_event':
    case 'pod_deleted_event':
      return joined(text('uri'), 'from', text('clientIp'));
    default: {
      const rest = Object.entries(event).filter(
        ([name, value]) =>
          typeof value === 'string' && name !== 'eventType' && name !== 'timestamp' && name !== 'appId',
      );
      return rest.map(([, value]) => String(value)).join(' ');
    }
  }
}

const bad = new Set([
  'TASK_FAILED',
  'TASK_ERROR',
  'TASK_LOST',
  'TASK_DROPPED',
  'TASK_GONE',
  'Failed',
  'Error',
  'Dropped',
]);

/** How much an event should strike the eye. */
export function eventLevel(event: MarathonEvent): EventLevel {
  const { eventType } = event;
  if (eventType === gapKind) return 'warning';
  if (bad.has(textIn(event, 'taskStatus')) || bad.has(textIn(event, 'condition'))) return 'bad';
  if (event['alive'] === false || event['healthy'] === false) return 'bad';
  if (/_fail(?:ed|ure)$|^failed_|^unhealthy_|disconnected/.test(eventType)) return 'warning';
  if (/_success$/.test(eventType) || event['alive'] === true || event['healthy'] === true) return 'good';
  return textIn(event, 'taskStatus') === 'TASK_RUNNING' ? 'good' : 'info';
}
