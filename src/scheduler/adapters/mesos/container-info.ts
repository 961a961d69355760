import type { LinuxInfo } from '../../model/container.js';
import type { ContainerLaunch, LaunchedNetwork, LaunchedPort } from '../../model/offer.js';
import { externalVolumeOf } from './external-volume.js';
import { labelsOf } from './labels.js';
import { secretOf, secretVolumeOf } from './secrets.js';

function portMapping({ hostPort, containerPort, protocol }: LaunchedPort): object {
  return { host_port: hostPort, container_port: containerPort, protocol };
}

function volumesOf({ volumes, externalVolumes = [], secretVolumes = [] }: ContainerLaunch): object {
  const list = volumes.map(({ containerPath, hostPath, mode }) => ({
    container_path: containerPath,
    host_path: hostPath,
    mode,
  }));
  const all = [...list, ...externalVolumes.map(externalVolumeOf), ...secretVolumes.map(secretVolumeOf)];
  return all.length === 0 ? {} : { volumes: all };
}

/** A named network as a task asks for it: one address, of whatever kind the network gives. */
function networkInfo({ name, labels }: LaunchedNetwork): object {
  return { name, ip_addresses: [{}], ...labelsOf(labels) };
}

function dockerContainer(container: ContainerLaunch): object {
  const { image, networks } = container;
  const [network] = networks;
  const mode = network === undefined ? 'HOST' : network.mode === 'bridge' ? 'BRIDGE' : 'USER';
  const mappings = networks.flatMap(({ ports }) => ports.map(portMapping));
  return {
    type: 'DOCKER',
    ...(image === undefined
      ? {}
      : {
          docker: {
            image: image.name,
            network: mode,
            ...(mappings.length === 0 ? {} : { port_mappings: mappings }),
            privileged: image.privileged,
            parameters: image.parameters,
            force_pull_image: image.forcePull,
          },
        }),
    ...(network?.mode === 'named' ? { network_infos: [networkInfo(network)] } : {}),
  };
}

function imageOf({ name, pullSecret, forcePull }: NonNullable<ContainerLaunch['image']>): object {
  const config = pullSecret === undefined ? {} : { config: secretOf(pullSecret) };
  return { type: 'DOCKER', docker: { name, ...config }, cached: !forcePull };
}

function mesosContainer({ image, networks }: ContainerLaunch): object {
  return {
    type: 'MESOS',
    mesos: image === undefined ? {} : { image: imageOf(image) },
    ...(networks.length === 0 ? {} : { network_infos: networkInfosOf(networks) }),
  };
}

/** The networks of a container of Mesos' own containerizer, and the host ports that lead into each (`mesos.v1.NetworkInfo`). */
export function networkInfosOf(networks: readonly LaunchedNetwork[]): readonly object[] {
  return networks.map((network) => ({
    ...networkInfo(network),
    ...(network.ports.length === 0 ? {} : { port_mappings: network.ports.map(portMapping) }),
  }));
}

/** `mesos.v1.LinuxInfo` */
export function linuxInfoOf({ seccomp, ipcInfo }: LinuxInfo = {}): object {
  return {
    ...(seccomp === undefined
      ? {}
      : {
          seccomp: {
            ...(seccomp.profileName === undefined ? {} : { profile_name: seccomp.profileName }),
            ...(seccomp.unconfined === undefined ? {} : { unconfined: seccomp.unconfined }),
          },
        }),
    ...(ipcInfo === undefined
      ? {}
      : {
          ipc_mode: ipcInfo.mode,
          ...(ipcInfo.shmSize === undefined ? {} : { shm_size: ipcInfo.shmSize }),
        }),
  };
}

/** A container as Mesos takes it (`mesos.v1.ContainerInfo`), with the network, image and volumes of its containerizer's form. */
export function containerInfoOf(container: ContainerLaunch): object {
  return {
    ...(container.type === 'DOCKER' ? dockerContainer(container) : mesosContainer(container)),
    ...volumesOf(container),
    ...(container.linuxInfo === undefined ? {} : { linux_info: linuxInfoOf(container.linuxInfo) }),
  };
}
