import { hostnameFormOf } from '../../../common/path-id.js';
import type { Instance } from '../../model/instance.js';
import type {
  ContainerTaskLaunch,
  GroupLaunch,
  NestedContainerLaunch,
  Offer,
  TaskLaunch,
  TaskResources,
} from '../../model/offer.js';
import type { PodContainer, PodDefinition, PodImage, PodVolume, PodVolumeMount } from '../../model/pod-definition.js';
import { topGroupOf } from '../groups/roles.js';
import { askOf } from '../match/ask.js';
import type { PickedPorts } from '../match/ports.js';
import type { Tx } from '../tx.js';
import { assignedPorts, portsByContainer } from '../wanted-ports.js';
import type { AssignedPort } from '../wanted-ports.js';
import { discoveryPortsOf, networksOf } from './container-launch.js';
import { containerCheckOf, containerHealthCheckOf, launchedCommandOf } from './pod-checks.js';
import { containerEnvironment, secretVariablesOf } from './pod-environment.js';
import { sourceOf as sourceOfSecret } from './secrets.js';
import type { KnownPlace } from './known-place.js';
import { newInstanceId, provision } from './provision.js';
import { executorIdOf, taskIdOf } from './task-id.js';

/** Where volumes that live as long as the instance lie in the executor's sandbox, as Marathon has it. */
const ephemeralVolumes = 'volumes';

type NestedVolume = NestedContainerLaunch['volumes'][number];

/** Where a directory is; undefined for what is none. Persistent volumes are in the executor's sandbox by their names. */
function directoryOf(volume: PodVolume | undefined): NestedVolume['source'] | undefined {
  switch (volume?.type) {
    case 'host':
      return { type: 'HOST', path: volume.host };
    case 'ephemeral':
      return { type: 'EXECUTOR_SANDBOX', path: `${ephemeralVolumes}/${volume.name}` };
    case 'persistent':
      return { type: 'EXECUTOR_SANDBOX', path: volume.name };
    case 'secret':
    case undefined:
      return undefined;
  }
}

function volumesOf({ volumes }: PodDefinition, mounts: readonly PodVolumeMount[]): readonly NestedVolume[] {
  return mounts.flatMap(({ name, mountPath, readOnly }) => {
    const source = directoryOf(volumes.find((volume) => volume.name === name));
    return source === undefined ? [] : [{ containerPath: mountPath, mode: readOnly ? 'RO' : 'RW', source }];
  });
}

function secretVolumesOf(
  pod: PodDefinition,
  mounts: readonly PodVolumeMount[],
): NestedContainerLaunch['secretVolumes'] {
  return mounts.flatMap(({ name, mountPath }) => {
    const volume = pod.volumes.find((candidate) => candidate.name === name);
    return volume?.type === 'secret' ? [{ containerPath: mountPath, secret: sourceOfSecret(pod, volume.secret) }] : [];
  });
}

function imageOf(
  pod: PodDefinition,
  { id, forcePull, pullConfig }: PodImage,
): NonNullable<NestedContainerLaunch['image']> {
  return {
    name: id,
    ...(forcePull === undefined ? {} : { forcePull }),
    ...(pullConfig === undefined ? {} : { pullSecret: sourceOfSecret(pod, pullConfig.secret) }),
  };
}

function nestedContainerOf(pod: PodDefinition, container: PodContainer): NestedContainerLaunch {
  const { image, linuxInfo, volumeMounts } = container;
  return {
    ...(image === undefined ? {} : { image: imageOf(pod, image) }),
    volumes: volumesOf(pod, volumeMounts),
    secretVolumes: secretVolumesOf(pod, volumeMounts),
    ...(linuxInfo === undefined ? {} : { linuxInfo }),
    sharesCgroups: pod.legacySharedCgroups === true,
  };
}

/** Ports whose protocol nobody named are found by nobody, as in Marathon. */
function discoveryOf(pod: PodDefinition, assigned: readonly AssignedPort[]): TaskLaunch['discovery'] {
  return {
    name: hostnameFormOf(pod.id),
    ports: discoveryPortsOf(assigned.filter(({ wanted }) => wanted.protocol !== '')),
  };
}

/** What a port carries is told by words like `http`; what leads there knows TCP, and UDP where that is meant. */
function withTransport(port: AssignedPort): AssignedPort {
  const transports = new Set(port.wanted.protocol.split(',').map((word) => (word === 'udp' ? 'udp' : 'tcp')));
  return { ...port, wanted: { ...port.wanted, protocol: [...transports].join(',') } };
}

interface PodPlacement extends PickedPorts {
  readonly taken: TaskResources;
  readonly containers: readonly TaskResources[];
}

interface PodFacts {
  readonly pod: PodDefinition;
  readonly instance: Instance;
  readonly executorId: string;
  readonly enforcesRole: boolean;
  /** `--env_vars_prefix` */
  readonly prefix: string;
  readonly assigned: readonly AssignedPort[];
}

function taskLaunchOf(
  facts: PodFacts,
  container: PodContainer,
  own: { readonly taskId: string; readonly ports: readonly AssignedPort[]; readonly resources: TaskResources },
): ContainerTaskLaunch {
  const { pod, instance } = facts;
  const { exec, healthCheck, check, lifecycle, resourceLimits } = container;
  const user = container.user ?? pod.user;
  const secretEnv = secretVariablesOf(pod, container);
  const launchedHealthCheck = healthCheck && containerHealthCheckOf(healthCheck, own.ports);
  const launchedCheck = check && containerCheckOf(check, own.ports);
  const killGracePeriodSeconds = lifecycle?.killGracePeriodSeconds;
  return {
    taskId: own.taskId,
    name: container.name,
    agentId: instance.agentId,
    resources: own.resources,
    command: exec === undefined ? { shell: false, argv: [] } : launchedCommandOf(exec.command),
    keepsEntryPoint: container.image !== undefined && exec?.overrideEntrypoint !== true,
    ...(user === undefined ? {} : { user }),
    env: containerEnvironment({ ...facts, container, taskId: own.taskId }),
    ...(Object.keys(secretEnv).length === 0 ? {} : { secretEnv }),
    fetch: container.artifacts,
    labels: container.labels,
    discovery: discoveryOf(pod, own.ports),
    ...(killGracePeriodSeconds === undefined ? {} : { killGracePeriodSeconds }),
    container: nestedContainerOf(pod, container),
    ...(resourceLimits === undefined ? {} : { limits: resourceLimits }),
    ...(container.tty === true ? { tty: true } : {}),
    ...(launchedHealthCheck === undefined ? {} : { healthCheck: launchedHealthCheck }),
    ...(launchedCheck === undefined ? {} : { check: launchedCheck }),
  };
}

/**
 * Provisions an instance of `pod` on `offer` (stored before its ACCEPT goes out) and returns the group of tasks to be started, one for
 * each container (marathon.md §7, §9.4, §9.5). `place`: of an instance that is launched in its place; otherwise it is a new one.
 */
export function launchPod(
  tx: Tx,
  pod: PodDefinition,
  offer: Offer,
  placement: PodPlacement,
  place?: KnownPlace,
): GroupLaunch {
  const id = place?.id ?? newInstanceId(tx, pod);
  const taskIdOfContainer = (name?: string): string => taskIdOf(id, name, place?.reservation.launches);
  const ports = portsByContainer(pod, placement);
  const portsOf = ({ name }: PodContainer): readonly AssignedPort[] => ports.get(name) ?? [];
  const [first] = pod.containers;
  const instance = provision(tx, pod, offer, {
    id,
    taskId: taskIdOfContainer(first?.name),
    ports: placement.ports,
    ...(placement.containerPorts === undefined ? {} : { containerPorts: placement.containerPorts }),
    containers: pod.containers.map((container) => ({
      name: container.name,
      taskId: taskIdOfContainer(container.name),
      condition: 'Provisioned',
      ports: portsOf(container).flatMap(({ hostPort }) => hostPort ?? []),
      since: tx.now,
    })),
    ...(place === undefined ? {} : { reservation: place.reservation }),
  });
  const executorId = executorIdOf(id);
  const assigned = assignedPorts(pod, instance);
  const enforcesRole = tx.state.groups.get(topGroupOf(pod.id) ?? '/')?.enforceRole === true;
  const prefix = tx.settings.envVarsPrefix ?? '';
  const facts = { pod, instance, executorId, enforcesRole, prefix, assigned };
  return {
    executorId,
    frameworkId: tx.state.frameworkId ?? '',
    agentId: offer.agentId,
    resources: placement.taken,
    labels: pod.labels,
    networks: networksOf(pod, assigned.map(withTransport), tx.settings.mesosBridgeName),
    ...(pod.linuxInfo === undefined ? {} : { linuxInfo: pod.linuxInfo }),
    tasks: pod.containers.map((container, i) =>
      taskLaunchOf(facts, container, {
        taskId: taskIdOfContainer(container.name),
        ports: portsOf(container),
        resources: placement.containers[i] ?? { parts: [] },
      }),
    ),
    ...(place === undefined ? {} : { reserved: { offered: place.offered, shares: askOf(pod).shares } }),
  };
}
