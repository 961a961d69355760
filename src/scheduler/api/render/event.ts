import { healthCheckJsonOf } from '../../core/normalize/app-json-of.js';
import type { PublishedEvent } from '../../service.js';
import { renderApp } from './app.js';
import { renderCurrentStep, renderPlan } from './deployment.js';

/** The members of an event on the wire (marathon.md §14.3), but for `eventType` and `timestamp`. */
function membersOf(event: PublishedEvent['event']): object {
  switch (event.type) {
    case 'api_post_event':
      return { clientIp: event.clientIp, uri: event.uri, appDefinition: renderApp(event.appDefinition) };
    case 'failed_health_check_event':
      // Marathon since 1.4 has the instance's id in `taskId`
      return { appId: event.appId, taskId: event.instanceId, healthCheck: healthCheckJsonOf(event.healthCheck) };
    case 'deployment_info':
    case 'deployment_step_success':
      return { plan: renderPlan(event.plan), currentStep: renderCurrentStep(event.plan) };
    case 'deployment_success':
      return { id: event.plan.id, plan: renderPlan(event.plan) };
    case 'deployment_failed':
      return { id: event.plan.id, plan: renderPlan(event.plan), reason: event.reason };
    default: {
      const { type, ...members } = event;
      return members;
    }
  }
}

const texts = new WeakMap<PublishedEvent, string>();

/** An event as one line of JSON; made once, however many listen. */
export function eventText(published: PublishedEvent): string {
  const known = texts.get(published);
  if (known !== undefined) return known;
  const { event, timestamp } = published;
  const text = JSON.stringify({ ...membersOf(event), eventType: event.type, timestamp });
  texts.set(published, text);
  return text;
}
