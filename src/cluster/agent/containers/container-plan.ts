import { LaunchError } from '../launch-error.js';
import type { ContainerInfo, LinuxInfo, Parameter, PortMapping, SecretInfo } from './container-info.js';

/** The network that a container is in. */
export type NetworkPlan =
  | { readonly kind: 'host' }
  | { readonly kind: 'none' }
  /** The engine's own bridge. */
  | { readonly kind: 'bridge' }
  /** A network of the engine, by its name. */
  | { readonly kind: 'named'; readonly name: string };

/** What decides how the engine runs a container. */
export interface ContainerPlan {
  /** As the framework called it: the words of the messages. */
  readonly type: 'DOCKER' | 'MESOS';
  readonly image: string;
  /** Pull the image though it is there. */
  readonly forcePull: boolean;
  /** The secret that holds Docker's configuration for pulling it; undefined: what the task has fetched. */
  readonly pullSecret: SecretInfo | undefined;
  readonly network: NetworkPlan;
  readonly ports: readonly PortMapping[];
  readonly privileged: boolean;
  readonly parameters: readonly Parameter[];
  readonly volumeDriver: string | undefined;
  readonly hostname: string | undefined;
  readonly linux: LinuxInfo | undefined;
  readonly tty: boolean;
}

/** The CNI network that Marathon asks for when an app of type MESOS is in the `container/bridge` mode. */
const bridgeNetworkName = 'mesos-bridge';

function namedNetwork(name: string): NetworkPlan {
  // The name becomes a word of the engine's command line, where a colon would give it another meaning.
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/.test(name)) {
    throw new LaunchError(`'${name.slice(0, 300)}' is not a name of a network`);
  }
  return { kind: 'named', name };
}

function dockerNetwork(container: ContainerInfo): NetworkPlan {
  const { network = 'HOST' } = container.docker ?? {};
  switch (network) {
    case 'HOST':
      return { kind: 'host' };
    case 'NONE':
      return { kind: 'none' };
    case 'BRIDGE':
      return { kind: 'bridge' };
    case 'USER': {
      const name = container.network_infos?.find((info) => info.name !== undefined)?.name;
      if (name === undefined) throw new LaunchError('No network info found in container info: USER needs a name');
      return namedNetwork(name);
    }
    default:
      throw new LaunchError(`Unsupported Network mode: ${network}`);
  }
}

/** The network that `network_infos` ask for, as the Mesos containerizer reads them; the host's when they name none. */
export function networkOf(container: ContainerInfo | undefined): NetworkPlan {
  const name = container?.network_infos?.find((info) => info.name !== undefined)?.name;
  if (name === undefined) return { kind: 'host' };
  return name === bridgeNetworkName ? { kind: 'bridge' } : namedNetwork(name);
}

/** The host ports that lead into the container by its `network_infos`. */
export function networkPorts(container: ContainerInfo | undefined): readonly PortMapping[] {
  return container?.network_infos?.flatMap((info) => info.port_mappings ?? []) ?? [];
}

function checkedPorts(ports: readonly PortMapping[], network: NetworkPlan): readonly PortMapping[] {
  if (ports.length === 0) return ports;
  if (network.kind === 'host' || network.kind === 'none') {
    throw new LaunchError('Port mappings are only supported for bridge and user-defined networks');
  }
  for (const { host_port, container_port, protocol = 'tcp' } of ports) {
    for (const port of [host_port, container_port]) {
      if (!Number.isInteger(port) || port < 0 || port > 65_535) {
        throw new LaunchError(`${String(port)} is not a port: port mappings need numbers from 0 to 65535`);
      }
    }
    if (!/^(?:tcp|udp|sctp)$/i.test(protocol)) {
      throw new LaunchError(`'${protocol.slice(0, 100)}' is not a protocol of a port mapping: tcp, udp or sctp`);
    }
  }
  return ports;
}

/** The driver of the container's Docker volumes; engines know one for each container, and have `local` by themselves. */
function volumeDriverOf({ volumes = [] }: ContainerInfo): string | undefined {
  const drivers = volumes.flatMap(({ source }) => source?.docker_volume?.driver ?? []);
  return drivers.find((driver) => driver !== '' && driver !== 'local');
}

/**
 * How a task's container is to be run by an engine; undefined when it has no image, so that it is a process of this machine.
 * Throws LaunchError for what no engine can do.
 */
export function containerPlan(container: ContainerInfo | undefined): ContainerPlan | undefined {
  if (container === undefined) return undefined;
  const { type = 'MESOS', hostname, docker, mesos } = container;
  const common = {
    hostname: hostname === '' ? undefined : hostname,
    linux: container.linux_info,
    tty: container.tty_info !== undefined,
  };
  if (type === 'DOCKER') {
    if (docker?.image === undefined || docker.image === '') {
      throw new LaunchError("DockerInfo.image is missing: a container of type 'DOCKER' needs an image");
    }
    const network = dockerNetwork(container);
    if (network.kind === 'host' && common.hostname !== undefined) {
      throw new LaunchError('Unable to set hostname with host network mode');
    }
    return {
      ...common,
      type,
      image: docker.image,
      forcePull: docker.force_pull_image === true,
      pullSecret: undefined,
      network,
      ports: checkedPorts(docker.port_mappings ?? [], network),
      privileged: docker.privileged === true,
      parameters: docker.parameters ?? [],
      volumeDriver: docker.volume_driver ?? volumeDriverOf(container),
    };
  }
  if (type !== 'MESOS') throw new LaunchError(`Containers of type ${type} are not supported`);
  const image = mesos?.image;
  if (image === undefined) return undefined;
  if (image.type !== 'DOCKER' || image.docker === undefined || image.docker.name === '') {
    throw new LaunchError(`Unsupported container image type: ${image.type ?? 'unknown'}`);
  }
  const network = networkOf(container);
  return {
    ...common,
    type,
    image: image.docker.name,
    forcePull: image.cached === false,
    pullSecret: image.docker.config,
    network,
    ports: checkedPorts(networkPorts(container), network),
    privileged: false,
    parameters: [],
    volumeDriver: volumeDriverOf(container),
  };
}
