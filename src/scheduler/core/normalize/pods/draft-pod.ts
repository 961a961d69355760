import type { PathId } from '../../../../common/path-id.js';
import type {
  LinuxInfo,
  PodCheck,
  PodCommand,
  PodContainer,
  PodEndpoint,
  PodHealthCheck,
  PodNetwork,
  PodProbe,
  PodVolume,
} from '../../../model/pod-definition.js';
import type { PodJson } from '../../validate/pods/pod-schema.js';
import { present } from '../old-forms.js';
import type { DefinitionOptions } from '../options.js';
import type { PodDraft } from './pod-draft.js';

type ContainerJson = PodJson['containers'][number];
type CommandJson = NonNullable<ContainerJson['exec']>['command'];
type CheckJson = NonNullable<ContainerJson['check']>;
type HealthCheckJson = NonNullable<ContainerJson['healthCheck']>;
type EndpointJson = NonNullable<ContainerJson['endpoints']>[number];
type LinuxInfoJson = NonNullable<ContainerJson['linuxInfo']>;
type NetworkJson = NonNullable<PodJson['networks']>[number];
type VolumeJson = NonNullable<PodJson['volumes']>[number];

function commandOf({ shell, argv = [] }: CommandJson): PodCommand {
  return shell === undefined ? { argv } : { shell };
}

function probeOf({ http, tcp, exec }: CheckJson): PodProbe {
  return present<PodProbe>({
    http: http && { endpoint: http.endpoint, ...present({ path: http.path }), scheme: http.scheme ?? 'HTTP' },
    tcp: tcp && { endpoint: tcp.endpoint },
    exec: exec && { command: commandOf(exec.command) },
  });
}

function checkOf(check: CheckJson): PodCheck {
  return {
    ...probeOf(check),
    intervalSeconds: check.intervalSeconds ?? 60,
    timeoutSeconds: check.timeoutSeconds ?? 20,
    delaySeconds: check.delaySeconds ?? 15,
  };
}

function healthCheckOf(check: HealthCheckJson): PodHealthCheck {
  return {
    ...checkOf(check),
    gracePeriodSeconds: check.gracePeriodSeconds ?? 300,
    maxConsecutiveFailures: check.maxConsecutiveFailures ?? 3,
  };
}

/** `isContainerMode`: an endpoint has a host port only if it asks for one; otherwise it gets any. */
function endpointOf(endpoint: EndpointJson, isContainerMode: boolean): PodEndpoint {
  return present<PodEndpoint>({
    name: endpoint.name,
    containerPort: endpoint.containerPort,
    hostPort: endpoint.hostPort ?? (isContainerMode ? undefined : 0),
    protocol: endpoint.protocol ?? [],
    labels: endpoint.labels ?? {},
    networkNames: endpoint.networkNames ?? [],
  });
}

function linuxInfoOf({ seccomp, ipcInfo }: LinuxInfoJson): LinuxInfo {
  return present<LinuxInfo>({
    seccomp: seccomp && { ...seccomp, unconfined: seccomp.unconfined ?? false },
    ipcInfo,
  });
}

function containerOf(container: ContainerJson, isContainerMode: boolean): PodContainer {
  const { exec, image, resources, resourceLimits, healthCheck, check, linuxInfo } = container;
  return present<PodContainer>({
    name: container.name,
    exec: exec && { command: commandOf(exec.command), ...present({ overrideEntrypoint: exec.overrideEntrypoint }) },
    resources: {
      cpus: resources?.cpus ?? 1,
      memMib: resources?.mem ?? 128,
      diskMib: resources?.disk ?? 0,
      gpus: resources?.gpus ?? 0,
    },
    resourceLimits: resourceLimits && present({ cpus: resourceLimits.cpus, memMib: resourceLimits.mem }),
    endpoints: (container.endpoints ?? []).map((endpoint) => endpointOf(endpoint, isContainerMode)),
    image: image && { ...image, labels: image.labels ?? {} },
    environment: container.environment ?? {},
    user: container.user,
    healthCheck: healthCheck && healthCheckOf(healthCheck),
    check: check && checkOf(check),
    volumeMounts: (container.volumeMounts ?? []).map((mount) => ({ ...mount, readOnly: mount.readOnly ?? false })),
    artifacts: (container.artifacts ?? []).map(({ uri, extract, executable, cache, destPath }) => ({
      uri,
      extract: extract ?? true,
      executable: executable ?? false,
      cache: cache ?? false,
      ...present({ destPath }),
    })),
    labels: container.labels ?? {},
    lifecycle: container.lifecycle,
    tty: container.tty,
    linuxInfo: linuxInfo && linuxInfoOf(linuxInfo),
  });
}

/** Of the kinds that a volume may not have together, the first that it has. */
function volumeOf({ name, persistent, secret, host }: VolumeJson): PodVolume {
  if (persistent !== undefined) {
    const { type, size, maxSize, profileName, constraints } = persistent;
    return {
      type: 'persistent',
      name,
      persistent: {
        type: type ?? (profileName === undefined ? 'root' : 'mount'),
        sizeMib: size,
        ...present({ maxSizeMib: maxSize, profileName }),
        constraints: constraints ?? [],
      },
    };
  }
  if (secret !== undefined) return { type: 'secret', name, secret };
  return host === undefined ? { type: 'ephemeral', name } : { type: 'host', name, host };
}

function networkOf({ mode = 'container', name, labels }: NetworkJson, defaultName: string | undefined): PodNetwork {
  return present<PodNetwork>({
    mode,
    name: name ?? (mode === 'container' ? defaultName : undefined),
    labels: labels ?? {},
  });
}

export function isResidentPod({ volumes }: Pick<PodDraft, 'volumes'>): boolean {
  return volumes.some(({ type }) => type === 'persistent');
}

/** Strategies of a pod that gives none: instances with volumes of their own are not replaced while they may still be there. */
function strategiesOf(
  { upgrade, unreachableStrategy }: NonNullable<PodJson['scheduling']>,
  isResident: boolean,
): Pick<PodDraft, 'upgradeStrategy' | 'unreachableStrategy'> {
  return {
    upgradeStrategy: {
      minimumHealthCapacity: upgrade?.minimumHealthCapacity ?? (isResident ? 0.5 : 1),
      maximumOverCapacity: upgrade?.maximumOverCapacity ?? (isResident ? 0 : 1),
    },
    unreachableStrategy:
      unreachableStrategy === 'disabled' || (unreachableStrategy === undefined && isResident)
        ? 'disabled'
        : {
            inactiveAfterSeconds: unreachableStrategy?.inactiveAfterSeconds ?? 0,
            expungeAfterSeconds: unreachableStrategy?.expungeAfterSeconds ?? 0,
          },
  };
}

/** Fills in Marathon's defaults (marathon.md §7). Applied to its own result, shown as JSON, it changes nothing. */
export function draftOfPod(id: PathId, pod: PodJson, options: DefinitionOptions): PodDraft {
  const { scaling, scheduling = {}, executorResources } = pod;
  const { backoff, placement } = scheduling;
  const networks = (pod.networks ?? []).map((network) => networkOf(network, options.defaultNetworkName));
  const isContainerMode = networks.some(({ mode }) => mode === 'container');
  const volumes = (pod.volumes ?? []).map(volumeOf);
  const acceptedResourceRoles = [...new Set(placement?.acceptedResourceRoles)];
  return present<PodDraft>({
    id,
    containers: pod.containers.map((container) => containerOf(container, isContainerMode)),
    instances: scaling?.instances ?? 1,
    maxInstances: scaling?.maxInstances,
    role: pod.role ?? options.roles?.default ?? options.mesosRole,
    labels: pod.labels ?? {},
    user: pod.user,
    environment: pod.environment ?? {},
    secrets: pod.secrets ?? {},
    volumes,
    networks,
    constraints: placement?.constraints ?? [],
    acceptedResourceRoles: acceptedResourceRoles.length === 0 ? undefined : acceptedResourceRoles,
    executorResources: {
      cpus: executorResources?.cpus ?? 0.1,
      memMib: executorResources?.mem ?? 32,
      diskMib: executorResources?.disk ?? 10,
    },
    linuxInfo: pod.linuxInfo && linuxInfoOf(pod.linuxInfo),
    legacySharedCgroups: pod.legacySharedCgroups,
    dependencies: [],
    backoffSeconds: backoff?.backoff ?? 1,
    backoffFactor: backoff?.backoffFactor ?? 1.15,
    maxLaunchDelaySeconds: backoff?.maxLaunchDelay ?? 300,
    ...strategiesOf(
      scheduling,
      volumes.some(({ type }) => type === 'persistent'),
    ),
    killSelection: scheduling.killSelection ?? 'YOUNGEST_FIRST',
  });
}
