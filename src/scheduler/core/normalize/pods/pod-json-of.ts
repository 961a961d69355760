import type { Json } from '../../../model/app-definition.js';
import type {
  LinuxInfo,
  PodCheck,
  PodContainer,
  PodEndpoint,
  PodHealthCheck,
  PodImage,
  PodNetwork,
  PodVolume,
} from '../../../model/pod-definition.js';
import type { PodDraft } from './pod-draft.js';

type Members = Readonly<Record<string, Json>>;

function given(name: string, value: Json | undefined): Members {
  return value === undefined ? {} : { [name]: value };
}

/** What Marathon leaves out when it is empty. */
function unlessEmpty(name: string, value: readonly Json[] | Members): Members {
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  return size === 0 ? {} : { [name]: value };
}

function checkJsonOf(check: PodCheck): Members {
  const { http, tcp, exec, intervalSeconds, timeoutSeconds, delaySeconds } = check;
  return {
    ...given('http', http && { endpoint: http.endpoint, ...given('path', http.path), scheme: http.scheme }),
    ...given('tcp', tcp && { endpoint: tcp.endpoint }),
    ...given('exec', exec && { command: { ...exec.command } }),
    intervalSeconds,
    timeoutSeconds,
    delaySeconds,
  };
}

function healthCheckJsonOf(check: PodHealthCheck): Members {
  const { gracePeriodSeconds, maxConsecutiveFailures } = check;
  return { ...checkJsonOf(check), gracePeriodSeconds, maxConsecutiveFailures };
}

function endpointJsonOf(endpoint: PodEndpoint): Members {
  return {
    name: endpoint.name,
    ...given('containerPort', endpoint.containerPort),
    ...given('hostPort', endpoint.hostPort),
    ...unlessEmpty('protocol', endpoint.protocol),
    ...unlessEmpty('labels', endpoint.labels),
    ...unlessEmpty('networkNames', endpoint.networkNames),
  };
}

function linuxInfoJsonOf({ seccomp, ipcInfo }: LinuxInfo): Members {
  return { ...given('seccomp', seccomp && { ...seccomp }), ...given('ipcInfo', ipcInfo && { ...ipcInfo }) };
}

function imageJsonOf({ kind, id, pullConfig, forcePull, labels }: PodImage): Members {
  return {
    kind,
    id,
    ...given('pullConfig', pullConfig && { secret: pullConfig.secret }),
    ...given('forcePull', forcePull),
    ...unlessEmpty('labels', labels),
  };
}

function containerJsonOf(container: PodContainer): Members {
  const { exec, resources, resourceLimits, linuxInfo, image, healthCheck, check, lifecycle } = container;
  return {
    name: container.name,
    ...given('exec', exec && { ...exec, command: { ...exec.command } }),
    resources: { cpus: resources.cpus, mem: resources.memMib, disk: resources.diskMib, gpus: resources.gpus },
    ...given(
      'resourceLimits',
      resourceLimits && { ...given('cpus', resourceLimits.cpus), ...given('mem', resourceLimits.memMib) },
    ),
    ...unlessEmpty('endpoints', container.endpoints.map(endpointJsonOf)),
    ...given('linuxInfo', linuxInfo && linuxInfoJsonOf(linuxInfo)),
    ...given('image', image && imageJsonOf(image)),
    ...unlessEmpty('environment', container.environment),
    ...given('user', container.user),
    ...given('healthCheck', healthCheck && healthCheckJsonOf(healthCheck)),
    ...given('check', check && checkJsonOf(check)),
    ...unlessEmpty(
      'volumeMounts',
      container.volumeMounts.map(({ name, mountPath, readOnly }) => ({ name, mountPath, readOnly })),
    ),
    ...unlessEmpty(
      'artifacts',
      container.artifacts.map((artifact) => ({ ...artifact })),
    ),
    ...unlessEmpty('labels', container.labels),
    ...given('lifecycle', lifecycle && { ...lifecycle }),
    ...given('tty', container.tty),
  };
}

function volumeJsonOf(volume: PodVolume): Members {
  const { name } = volume;
  switch (volume.type) {
    case 'ephemeral':
      return { name };
    case 'host':
      return { name, host: volume.host };
    case 'secret':
      return { name, secret: volume.secret };
    case 'persistent': {
      const { type, sizeMib, maxSizeMib, profileName, constraints } = volume.persistent;
      const sizes = { size: sizeMib, ...given('maxSize', maxSizeMib) };
      return { name, persistent: { type, ...sizes, ...given('profileName', profileName), constraints } };
    }
  }
}

function networkJsonOf({ name, mode, labels }: PodNetwork): Members {
  return { ...given('name', name), mode, ...unlessEmpty('labels', labels) };
}

function schedulingJsonOf(pod: PodDraft): Members {
  const placement = {
    ...unlessEmpty(
      'constraints',
      pod.constraints.map((constraint) => ({ ...constraint })),
    ),
    ...unlessEmpty('acceptedResourceRoles', pod.acceptedResourceRoles ?? []),
  };
  return {
    backoff: {
      backoff: pod.backoffSeconds,
      backoffFactor: pod.backoffFactor,
      maxLaunchDelay: pod.maxLaunchDelaySeconds,
    },
    upgrade: { ...pod.upgradeStrategy },
    ...unlessEmpty('placement', placement),
    killSelection: pod.killSelection,
    unreachableStrategy: pod.unreachableStrategy === 'disabled' ? 'disabled' : { ...pod.unreachableStrategy },
  };
}

/**
 * A pod in Marathon's own JSON (1.11): its field names and order, empty collections left out where Marathon leaves them out, no
 * `version`. `buildPod` of the result gives the same pod again.
 */
export function podJsonOf(pod: PodDraft): Members {
  const { executorResources, linuxInfo } = pod;
  return {
    id: pod.id,
    ...unlessEmpty('labels', pod.labels),
    ...given('user', pod.user),
    ...unlessEmpty('environment', pod.environment),
    containers: pod.containers.map(containerJsonOf),
    ...unlessEmpty('secrets', pod.secrets),
    ...unlessEmpty('volumes', pod.volumes.map(volumeJsonOf)),
    ...unlessEmpty('networks', pod.networks.map(networkJsonOf)),
    scaling: { kind: 'fixed', instances: pod.instances, ...given('maxInstances', pod.maxInstances) },
    scheduling: schedulingJsonOf(pod),
    executorResources: {
      cpus: executorResources.cpus,
      mem: executorResources.memMib,
      disk: executorResources.diskMib,
    },
    role: pod.role,
    ...given('linuxInfo', linuxInfo && linuxInfoJsonOf(linuxInfo)),
    ...given('legacySharedCgroups', pod.legacySharedCgroups),
  };
}
