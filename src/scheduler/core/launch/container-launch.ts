import type { AppDefinition } from '../../model/app-definition.js';
import type { Network } from '../../model/container.js';
import type { ContainerLaunch, LaunchedNetwork, LaunchedPort, TaskLaunch } from '../../model/offer.js';
import { usesHostNetwork } from '../wanted-ports.js';
import type { AssignedPort } from '../wanted-ports.js';
import { sourceOf } from './secrets.js';
import { externalVolumesOf } from './external-volumes.js';

type DiscoveryPort = TaskLaunch['discovery']['ports'][number];

/**
 * Ports as Mesos-DNS and others read them, one entry for each protocol. A port that the host leads to is announced there; another one
 * once for each of its networks, with their names (marathon.md §9.5).
 */
export function discoveryPortsOf(assigned: readonly AssignedPort[]): readonly DiscoveryPort[] {
  return assigned.flatMap(({ wanted, hostPort, containerPort }) => {
    const number = hostPort ?? containerPort;
    if (number === undefined) return [];
    const onHost = [{ 'network-scope': 'host' }];
    const inNetworks = wanted.networkNames.map((name) => ({ 'network-scope': 'container', 'network-name': name }));
    const places: readonly Readonly<Record<string, string>>[] = hostPort === undefined ? inNetworks : onHost;
    return places.flatMap((place) =>
      wanted.protocol.split(',').map((protocol) => ({
        number,
        protocol,
        ...(wanted.name === undefined ? {} : { name: wanted.name }),
        labels: { ...wanted.labels, ...place },
      })),
    );
  });
}

/** Host ports that lead into the container, one entry for each protocol. */
function mappedPorts(assigned: readonly AssignedPort[]): readonly LaunchedPort[] {
  return assigned.flatMap(({ wanted, hostPort, containerPort }) =>
    hostPort === undefined || containerPort === undefined
      ? []
      : wanted.protocol.split(',').map((protocol) => ({ hostPort, containerPort, protocol })),
  );
}

/** The networks that an app's container, or a pod's executor, joins; none = that of the agent. */
export function networksOf(
  runSpec: { readonly networks: readonly Network[] },
  assigned: readonly AssignedPort[],
  bridgeName: string,
): readonly LaunchedNetwork[] {
  if (usesHostNetwork(runSpec)) return [];
  return runSpec.networks.map(({ mode, name = bridgeName, labels = {} }, i) => ({
    mode: mode === 'container' ? 'named' : 'bridge',
    name,
    labels,
    // A port leads into one network only: the one that the mapping names, else the first
    ports: mappedPorts(
      assigned.filter(({ wanted: { networkNames } }) =>
        networkNames.length === 1 ? networkNames[0] === name : i === 0,
      ),
    ),
  }));
}

/**
 * The container that a task of the app is started in; undefined when it has none. `bridgeName` is the CNI network by which containers of
 * type MESOS get a bridge (`--mesos_bridge_name`).
 */
export function containerLaunchOf(
  app: AppDefinition,
  taskId: string,
  assigned: readonly AssignedPort[],
  bridgeName: string,
): ContainerLaunch | undefined {
  const { container } = app;
  if (container === undefined) return undefined;
  const { type, docker, linuxInfo, volumes } = container;
  const pullSecret = docker?.pullConfig === undefined ? undefined : sourceOf(app, docker.pullConfig.secret);
  const secretVolumes = volumes.flatMap(({ containerPath, secret }) =>
    secret === undefined ? [] : [{ containerPath, secret: sourceOf(app, secret) }],
  );
  const externalVolumes = externalVolumesOf(container);
  return {
    type,
    ...(docker === undefined
      ? {}
      : {
          image: {
            name: docker.image,
            forcePull: docker.forcePullImage,
            privileged: docker.privileged,
            parameters: [...docker.parameters, { key: 'label', value: `MESOS_TASK_ID=${taskId}` }],
            ...(pullSecret === undefined ? {} : { pullSecret }),
          },
        }),
    volumes: volumes.flatMap(({ containerPath, hostPath, mode = 'RW' }) =>
      hostPath === undefined ? [] : [{ containerPath, hostPath, mode }],
    ),
    ...(secretVolumes.length === 0 ? {} : { secretVolumes }),
    ...(externalVolumes.length === 0 ? {} : { externalVolumes }),
    networks: networksOf(app, assigned, bridgeName),
    ...(linuxInfo === undefined ? {} : { linuxInfo }),
  };
}
