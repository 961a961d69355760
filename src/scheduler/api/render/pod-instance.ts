import { unreachable } from '../../../common/errors.js';
import type { Timestamp } from '../../model/app-definition.js';
import type { Condition, Health, Instance } from '../../model/instance.js';
import type { PodDefinition } from '../../model/pod-definition.js';

type HealthResults = readonly (Health | undefined)[];

/** RAML's PodInstanceState. */
export type PodInstanceState = 'PENDING' | 'STAGING' | 'STABLE' | 'DEGRADED' | 'TERMINAL';

/** When an instance came into its present condition, as far as it is recorded. */
export function sinceOf(instance: Instance): Timestamp {
  const { condition, killRequestedAt, stagedAt, startedAt, unreachableSince } = instance;
  const killed = condition === 'Killing' ? killRequestedAt : undefined;
  return killed ?? unreachableSince ?? startedAt ?? stagedAt;
}

/** Undefined while nothing has been said about its health. */
function isHealthy(health: HealthResults | undefined): boolean | undefined {
  const results = (health ?? []).flatMap((result) => result ?? []);
  return results.length === 0 ? undefined : results.every(({ alive }) => alive);
}

export function podInstanceState(condition: Condition, health: HealthResults | undefined): PodInstanceState {
  switch (condition) {
    case 'Scheduled':
    case 'Provisioned':
      return 'PENDING';
    case 'Staging':
    case 'Starting':
      return 'STAGING';
    case 'Running':
      return isHealthy(health) === false ? 'DEGRADED' : 'STABLE';
    case 'Unreachable':
    case 'UnreachableInactive':
      return 'DEGRADED';
    case 'Killing':
    case 'Killed':
    case 'Finished':
    case 'Failed':
    case 'Error':
    case 'Dropped':
    case 'Gone':
    case 'GoneByOperator':
    case 'Unknown':
      return 'TERMINAL';
    default:
      return unreachable(condition);
  }
}

function messageOf(condition: Condition, state: PodInstanceState): string | undefined {
  if (state !== 'DEGRADED') return undefined;
  return condition === 'Running' ? 'at least one container is not healthy' : 'pod instance has become unreachable';
}

/** What one instance of a pod takes, with its executor. */
function resourcesOf({ containers, executorResources }: PodDefinition): object {
  const sum = { cpus: executorResources.cpus, mem: executorResources.memMib, disk: executorResources.diskMib, gpus: 0 };
  for (const { resources } of containers) {
    sum.cpus += resources.cpus;
    sum.mem += resources.memMib;
    sum.disk += resources.diskMib;
    sum.gpus += resources.gpus;
  }
  // Sums of decimals miss by a hair; Mesos counts in thousandths
  return { ...sum, cpus: Math.round(sum.cpus * 1000) / 1000 };
}

/** The networks that an instance has addresses in; the addresses are not recorded by network, so one name or none is shown. */
function networksOf({ ipAddresses }: Instance, { networks }: PodDefinition): readonly object[] {
  if (ipAddresses.length === 0) return [];
  const name = networks.length === 1 ? networks[0]?.name : undefined;
  return [{ name, addresses: ipAddresses.map(({ ipAddress }) => ipAddress) }];
}

/**
 * One entry of a pod's `instances` (RAML's PodInstanceStatus). `pod` is the definition that the instance runs. What its single
 * containers do is not shown: an instance has one record.
 */
export function renderPodInstanceStatus(
  instance: Instance,
  pod: PodDefinition,
  health: HealthResults | undefined,
  now: Timestamp,
): object {
  const status = podInstanceState(instance.condition, health);
  const since = sinceOf(instance);
  return {
    id: instance.id,
    status,
    statusSince: since,
    message: messageOf(instance.condition, status),
    agentHostname: instance.host,
    agentId: instance.agentId,
    agentRegion: instance.region,
    agentZone: instance.zone,
    resources: resourcesOf(pod),
    networks: networksOf(instance, pod),
    specReference: `/v2/pods${pod.id}::versions/${instance.appVersion}`,
    localVolumes: [],
    lastUpdated: now,
    lastChanged: since,
    role: instance.role,
  };
}

/** A condition as RAML's Instance can say it. */
function shownCondition(condition: Condition): string {
  switch (condition) {
    case 'Provisioned':
      return 'Staging';
    case 'GoneByOperator':
      return 'Gone';
    default:
      return condition;
  }
}

/** An instance that was killed (RAML's Instance). */
export function renderInstance(instance: Instance, pod: PodDefinition, health: HealthResults | undefined): object {
  const { unreachableStrategy } = pod;
  return {
    instanceId: instance.id,
    state: {
      condition: shownCondition(instance.condition),
      since: sinceOf(instance),
      activeSince: instance.startedAt,
      healthy: isHealthy(health),
      goal: instance.goal,
    },
    agentInfo: {
      host: instance.host,
      agentId: instance.agentId,
      region: instance.region,
      zone: instance.zone,
      attributes: [],
    },
    runSpecVersion: instance.appVersion,
    unreachableStrategy: unreachableStrategy === 'disabled' ? 'disabled' : { ...unreachableStrategy },
  };
}
