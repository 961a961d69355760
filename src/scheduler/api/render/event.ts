import { healthCheckJsonOf } from '../../core/normalize/app-json-of.js';
import type { PublishedEvent } from '../../service.js';
import { renderApp } from './app.js';
import { renderCurrentStep, renderPlan } from './deployment.js';

/**
 * The members of an event on the wire (marathon.md §14.3), but for `eventType` and `timestamp`: exactly Marathon's, whatever else
 * the event may carry.
 */
function membersOf(event: PublishedEvent['event']): object {
  switch (event.type) {
    case 'api_post_event':
      return { clientIp: event.clientIp, uri: event.uri, appDefinition: renderApp(event.appDefinition) };
    case 'pod_created_event':
    case 'pod_updated_event':
    case 'pod_deleted_event':
      return { clientIp: event.clientIp, uri: event.uri };
    case 'scheduler_registered_event':
      return { frameworkId: event.frameworkId, master: event.master };
    case 'scheduler_reregistered_event':
      return { master: event.master };
    case 'scheduler_disconnected_event':
      return {};
    case 'subscribe_event':
    case 'unsubscribe_event':
      return { clientIp: event.clientIp, callbackUrl: event.callbackUrl };
    case 'event_stream_attached':
    case 'event_stream_detached':
      return { remoteAddress: event.remoteAddress };
    case 'add_health_check_event':
      return { appId: event.appId, version: event.version, healthCheck: healthCheckJsonOf(event.healthCheck) };
    case 'remove_health_check_event':
    case 'app_terminated_event':
      return { appId: event.appId };
    case 'failed_health_check_event':
      // Marathon since 1.4 has the instance's id in `taskId`
      return { appId: event.appId, taskId: event.instanceId, healthCheck: healthCheckJsonOf(event.healthCheck) };
    case 'health_status_changed_event':
      return { appId: event.appId, instanceId: event.instanceId, version: event.version, alive: event.alive };
    case 'unhealthy_instance_kill_event':
      return {
        appId: event.appId,
        taskId: event.taskId,
        instanceId: event.instanceId,
        version: event.version,
        reason: event.reason,
        host: event.host,
        slaveId: event.slaveId,
      };
    case 'group_change_success':
      return { groupId: event.groupId, version: event.version };
    case 'group_change_failed':
      return { groupId: event.groupId, version: event.version, reason: event.reason };
    case 'deployment_info':
    case 'deployment_step_success':
    case 'deployment_step_failure':
      return { plan: renderPlan(event.plan), currentStep: renderCurrentStep(event.plan) };
    case 'deployment_success':
      return { id: event.plan.id, plan: renderPlan(event.plan) };
    case 'deployment_failed':
      return { id: event.plan.id, plan: renderPlan(event.plan), reason: event.reason };
    case 'status_update_event':
      return {
        slaveId: event.slaveId,
        taskId: event.taskId,
        taskStatus: event.taskStatus,
        message: event.message,
        appId: event.appId,
        host: event.host,
        ipAddresses: event.ipAddresses.map(({ ipAddress, protocol }) => ({ ipAddress, protocol })),
        ports: event.ports,
        version: event.version,
      };
    case 'instance_changed_event':
      return {
        instanceId: event.instanceId,
        condition: event.condition,
        runSpecId: event.runSpecId,
        agentId: event.agentId,
        host: event.host,
        runSpecVersion: event.runSpecVersion,
      };
    case 'unknown_instance_terminated_event':
      return { instanceId: event.instanceId, runSpecId: event.runSpecId, condition: event.condition };
    case 'instance_health_changed_event':
      return {
        instanceId: event.instanceId,
        runSpecVersion: event.runSpecVersion,
        healthy: event.healthy,
        runSpecId: event.runSpecId,
      };
    case 'framework_message_event':
      return { executorId: event.executorId, slaveId: event.slaveId, message: event.message };
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
