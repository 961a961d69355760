import { remarksOf } from './remarks.js';
import type { Outcome } from '../../src/scheduler/core/commands.js';
import type { ClusterCall, StoreOperation } from '../../src/scheduler/core/effects.js';
import type { Deployment } from '../../src/scheduler/model/deployment.js';
import type { SchedulerEvent } from '../../src/scheduler/model/events.js';
import type { Instance } from '../../src/scheduler/model/instance.js';
import type { OfferOperation, TaskLaunch } from '../../src/scheduler/model/offer.js';

/** One line of a scenario's trace for each effect of a turn, in the order in which they happen. */

function resourcesText({ resources }: Pick<TaskLaunch, 'resources'>): string {
  return resources.parts
    .map(({ role, cpus, memMib, ports }) => {
      const numbers = ports.map(({ begin, end }) => (begin === end ? `${begin}` : `${begin}-${end}`));
      return `${role}:${cpus}cpu,${memMib}MiB${numbers.length === 0 ? '' : `,${numbers.join(',')}`}`;
    })
    .join(' ');
}

function operationText(operation: OfferOperation): string {
  switch (operation.type) {
    case 'launch': {
      const { taskId, reserved } = operation.task;
      const place = reserved === undefined ? '' : ` in the place of ${reserved.instanceId}`;
      return `launch ${taskId}${place} (${resourcesText(operation.task)})`;
    }
    case 'launchGroup': {
      const { executorId, tasks } = operation.group;
      const containers = tasks.map((task) => `${task.taskId} (${resourcesText(task)})`);
      return `launchGroup ${executorId} (${resourcesText(operation.group)}): ${containers.join(', ')}`;
    }
    case 'reserve': {
      const { instanceId, role, cpus, memMib } = operation.reservation;
      return `reserve for ${instanceId} (${role}:${cpus}cpu,${memMib}MiB)`;
    }
    case 'create':
      return `create ${operation.reservation.volumes.map(({ persistenceId, sizeMib }) => `${persistenceId} (${sizeMib}MiB)`).join(', ')}`;
    case 'destroy':
      return `destroy ${operation.reservation.persistenceIds.join(', ')}`;
    case 'unreserve':
      return `unreserve the place of ${operation.reservation.instanceId}`;
  }
}

export function callText(call: ClusterCall): string {
  switch (call.type) {
    case 'accept':
      return `accept ${call.offerId}: ${call.operations.map(operationText).join('; ')}`;
    case 'decline':
      return `decline ${call.offerIds.join(' ')} for ${call.refuseSeconds} s`;
    case 'kill':
      return `kill ${call.taskId}${call.gracePeriodSeconds === undefined ? '' : ` within ${call.gracePeriodSeconds} s`}`;
    case 'acknowledge':
      return `acknowledge ${call.taskId}`;
    case 'reconcile':
      return `reconcile ${call.tasks.length === 0 ? 'all' : call.tasks.map(({ taskId }) => taskId).join(' ')}`;
    default: {
      const { type, ...rest } = call;
      return `${type} ${remarksOf(rest)}`.trimEnd();
    }
  }
}

/** What of a record changes while a scenario goes on. */
export function storeText({ key, value }: StoreOperation): string {
  if (value === undefined) return `- ${key}`;
  if (key.startsWith('instance:')) {
    const { condition, goal, appVersion } = value as Instance;
    return `${key} ${condition} goal=${goal} version=${appVersion}`;
  }
  if (key.startsWith('deployment:')) return `${key} step ${(value as Deployment).currentStep + 1}`;
  if (key.startsWith('app:') || key.startsWith('pod:')) {
    return `${key} ${(value as { versions: readonly string[] }).versions.join(' ')}`;
  }
  return key;
}

function planText({ id, steps, ...plan }: Deployment): string {
  const step = steps[plan.currentStep]?.actions.map(({ action, id }) => `${action} ${id}`).join(', ') ?? 'nothing';
  return `${id} step ${plan.currentStep + 1} of ${steps.length}: ${step}`;
}

export function eventText(event: SchedulerEvent): string {
  const { type, ...rest } = event;
  switch (event.type) {
    case 'api_post_event':
      return `${type} ${event.appDefinition.id}`;
    case 'status_update_event':
      return `${type} ${event.taskId} ${event.taskStatus}${event.message === '' ? '' : ` "${event.message}"`}`;
    case 'instance_changed_event':
      return `${type} ${event.instanceId} ${event.condition}`;
    case 'instance_health_changed_event':
      return `${type} ${event.instanceId} ${event.healthy === null ? 'unknown' : event.healthy ? 'healthy' : 'unhealthy'}`;
    case 'deployment_info':
    case 'deployment_step_success':
    case 'deployment_step_failure':
    case 'deployment_success':
      return `${type} ${planText(event.plan)}`;
    case 'deployment_failed':
      return `${type} ${planText(event.plan)} because: ${event.reason}`;
    case 'add_health_check_event':
    case 'failed_health_check_event':
      return `${type} ${event.appId} ${event.healthCheck.protocol}`;
    default:
      return `${type} ${remarksOf(rest)}`.trimEnd();
  }
}

export function outcomeText(outcome: Outcome): string {
  switch (outcome.type) {
    case 'deployed':
      return `deployed by ${outcome.deploymentId} as ${outcome.version}`;
    case 'killed':
      return `killed ${outcome.instances.map(({ id }) => id).join(' ') || 'nothing'}`;
    case 'done':
      return 'done';
    case 'rejected':
      return `rejected: ${remarksOf(outcome.rejection)}`;
  }
}
