import { unreachable } from '../../../common/errors.js';
import { podHealthOf } from '../../core/pod-health.js';
import { isActive } from '../../core/recovery/condition-of.js';
import { portsByContainer } from '../../core/wanted-ports.js';
import type { Timestamp } from '../../model/app-definition.js';
import type { Condition, ContainerTask, Instance } from '../../model/instance.js';
import type { PodContainer, PodDefinition, PodResources } from '../../model/pod-definition.js';
import { renderLocalVolumes } from './local-volumes.js';
import { isUnhealthy, renderContainerStatus, renderResources } from './pod-container.js';

/** RAML's PodInstanceState. */
export type PodInstanceState = 'PENDING' | 'STAGING' | 'STABLE' | 'DEGRADED' | 'TERMINAL';

/** The latest of some times; undefined = there are none. */
function latest(times: readonly Timestamp[]): Timestamp | undefined {
  return times.length === 0 ? undefined : times.reduce((a, b) => (a > b ? a : b));
}

/** When an instance came into its present condition: when the last container did that has it, too. */
export function sinceOf({ condition, containers = [], unreachableSince, stagedAt }: Instance): Timestamp {
  const decisive = containers.filter((container) => container.condition === condition);
  return unreachableSince ?? latest(decisive.map(({ since }) => since)) ?? stagedAt;
}

/** When anything about an instance changed last. */
function changedAt(instance: Instance): Timestamp {
  const times = (instance.containers ?? []).map(({ since }) => since);
  return latest([...times, sinceOf(instance)]) ?? instance.stagedAt;
}

/** The definition of a container; undefined when the pod has none of its name. */
function definitionOf(pod: PodDefinition, { name }: Pick<ContainerTask, 'name'>): PodContainer | undefined {
  return pod.containers.find((container) => container.name === name);
}

/** `pod` is the definition that the instance runs. */
export function podInstanceState(instance: Instance, pod: PodDefinition): PodInstanceState {
  const { condition, containers = [] } = instance;
  switch (condition) {
    case 'Scheduled':
    case 'Provisioned':
      return 'PENDING';
    case 'Staging':
    case 'Starting':
      return 'STAGING';
    case 'Running':
      // A container that was killed ends the others
      if (containers.some((task) => !isActive(task.condition) && task.condition !== 'Finished')) return 'TERMINAL';
      return containers.some((task) => isUnhealthy(task, definitionOf(pod, task))) ? 'DEGRADED' : 'STABLE';
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

/** What an instance takes: its executor, and those of its containers that have not ended. */
function resourcesOf({ containers = [] }: Instance, pod: PodDefinition): object {
  const live = containers
    .filter(({ condition }) => isActive(condition))
    .flatMap((task) => definitionOf(pod, task) ?? []);
  const shares: readonly PodResources[] = [
    { ...pod.executorResources, gpus: 0 },
    ...live.map(({ resources }) => resources),
  ];
  // Sums of decimals miss by a hair; Mesos counts in thousandths
  const sum = (amount: keyof PodResources): number =>
    shares.reduce((total, share) => total + Math.round(share[amount] * 1000), 0) / 1000;
  return renderResources({ cpus: sum('cpus'), memMib: sum('memMib'), diskMib: sum('diskMib'), gpus: sum('gpus') });
}

/** The networks that an instance has addresses in. What Mesos does not name is the pod's only network, or the agent's. */
function networksOf({ ipAddresses }: Instance, { networks }: PodDefinition): readonly object[] {
  const only = networks.length === 1 ? networks[0]?.name : undefined;
  const byName = new Map<string | undefined, string[]>();
  for (const { ipAddress, network = only } of ipAddresses) {
    byName.set(network, [...(byName.get(network) ?? []), ipAddress]);
  }
  return [...byName].map(([name, addresses]) => ({ name, addresses }));
}

/** One entry of a pod's `instances` (RAML's PodInstanceStatus). `pod` is the definition that the instance runs. */
export function renderPodInstanceStatus(instance: Instance, pod: PodDefinition, now: Timestamp): object {
  const status = podInstanceState(instance, pod);
  const ports = portsByContainer(pod, instance);
  return {
    id: instance.id,
    status,
    statusSince: sinceOf(instance),
    message: messageOf(instance.condition, status),
    agentHostname: instance.host,
    agentId: instance.agentId,
    agentRegion: instance.region,
    agentZone: instance.zone,
    resources: resourcesOf(instance, pod),
    networks: networksOf(instance, pod),
    containers: (instance.containers ?? []).map((task) =>
      renderContainerStatus(task, definitionOf(pod, task), ports.get(task.name) ?? []),
    ),
    specReference: `/v2/pods${pod.id}::versions/${instance.appVersion}`,
    localVolumes: renderLocalVolumes(instance),
    lastUpdated: now,
    lastChanged: changedAt(instance),
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
export function renderInstance(instance: Instance, pod: PodDefinition): object {
  const { unreachableStrategy } = pod;
  return {
    instanceId: instance.id,
    state: {
      condition: shownCondition(instance.condition),
      since: sinceOf(instance),
      activeSince: instance.startedAt,
      healthy: podHealthOf(pod, instance.containers ?? []) ?? undefined,
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
