import { unreachable } from '../../../common/errors.js';
import { servicePortsOf } from '../../core/normalize/service-ports.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { Condition, Health, Instance, TaskFailure } from '../../model/instance.js';
import { renderLocalVolumes } from './local-volumes.js';

/** The Mesos state by which Marathon's API shows a condition. */
export function taskStateOf(condition: Condition): string {
  switch (condition) {
    case 'Provisioned':
    case 'Staging':
      return 'TASK_STAGING';
    case 'Starting':
      return 'TASK_STARTING';
    case 'Running':
      return 'TASK_RUNNING';
    case 'Killing':
      return 'TASK_KILLING';
    case 'Killed':
      return 'TASK_KILLED';
    case 'Finished':
      return 'TASK_FINISHED';
    case 'Failed':
      return 'TASK_FAILED';
    case 'Error':
      return 'TASK_ERROR';
    case 'Dropped':
      return 'TASK_DROPPED';
    case 'Scheduled':
      return 'TASK_STAGING';
    case 'Gone':
    case 'GoneByOperator':
      return 'TASK_GONE';
    case 'Unreachable':
    case 'UnreachableInactive':
      return 'TASK_UNREACHABLE';
    case 'Unknown':
      return 'TASK_UNKNOWN';
    default:
      return unreachable(condition);
  }
}

type HealthResults = readonly (Health | undefined)[];

function healthCheckResult(health: Health, instanceId: string): object {
  return {
    alive: health.alive,
    consecutiveFailures: health.consecutiveFailures,
    firstSuccess: health.firstSuccess,
    instanceId,
    lastSuccess: health.lastSuccess,
    lastFailure: health.lastFailure,
    lastFailureCause: health.lastFailureCause,
  };
}

/** Whether an instance has a task to be shown, be it one that has ended: a resident has none before its place is there. */
export function hasShownTask({ condition, reservation }: Instance): boolean {
  return condition !== 'Scheduled' || (reservation !== undefined && reservation.launches > 0);
}

function renderTask(given: Instance, app: AppDefinition | undefined, health: HealthResults | undefined): object {
  const { reservation } = given;
  const hasEnded = given.condition === 'Scheduled';
  const instance = hasEnded ? { ...given, condition: reservation?.lastEnd ?? given.condition, ports: [] } : given;
  return {
    appId: instance.appId,
    healthCheckResults: (health ?? []).flatMap((h) => (h === undefined ? [] : [healthCheckResult(h, instance.id)])),
    checkResult: instance.checkResult,
    host: instance.host,
    id: instance.taskId,
    ipAddresses: instance.ipAddresses.map(({ ipAddress, protocol }) => ({ ipAddress, protocol })),
    ports: instance.ports,
    servicePorts: app === undefined ? [] : servicePortsOf(app),
    slaveId: instance.agentId,
    state: taskStateOf(instance.condition),
    stagedAt: hasEnded ? undefined : instance.stagedAt,
    startedAt: hasEnded ? undefined : instance.startedAt,
    version: hasEnded ? undefined : instance.appVersion,
    localVolumes: renderLocalVolumes(instance),
    region: instance.region,
    zone: instance.zone,
    role: instance.role,
  };
}

interface Rendered {
  readonly app: AppDefinition | undefined;
  readonly health: HealthResults | undefined;
  readonly text: string;
}
const texts = new WeakMap<Instance, Rendered>();

/**
 * A task as JSON text (marathon.md §2.1). `app` is the current definition of its app. Instances, definitions and results are
 * immutable, so the text is made again only when one of them was replaced.
 */
export function taskText(
  instance: Instance,
  app: AppDefinition | undefined,
  health: HealthResults | undefined,
): string {
  const known = texts.get(instance);
  if (known !== undefined && known.app === app && known.health === health) return known.text;
  const text = JSON.stringify(renderTask(instance, app, health));
  texts.set(instance, { app, health, text });
  return text;
}

/** `lastTaskFailure`. */
export function renderTaskFailure(failure: TaskFailure): object {
  return {
    appId: failure.appId,
    host: failure.host,
    message: failure.message,
    state: failure.state,
    taskId: failure.taskId,
    timestamp: failure.timestamp,
    version: failure.version,
    slaveId: failure.slaveId,
  };
}
