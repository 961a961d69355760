import type { ContainerLaunch, LaunchedNetwork, LaunchedPort } from '../../model/offer.js';
import { labelsOf } from './labels.js';

function portMapping({ hostPort, containerPort, protocol }: LaunchedPort): object {
  return { host_port: hostPort, container_port: containerPort, protocol };
}

function volumesOf({ volumes }: ContainerLaunch): object {
  const list = volumes.map(({ containerPath, hostPath, mode }) => ({
    container_path: containerPath,
    host_path: hostPath,
    mode,
  }));
  return list.length === 0 ? {} : { volumes: list };
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

function mesosContainer({ image, networks }: ContainerLaunch): object {
  return {
    type: 'MESOS',
    mesos:
      image === undefined ? {} : { image: { type: 'DOCKER', docker: { name: image.name }, cached: !image.forcePull } },
    ...(networks.length === 0
      ? {}
      : {
          network_infos: networks.map((network) => ({
            ...networkInfo(network),
            ...(network.ports.length === 0 ? {} : { port_mappings: network.ports.map(portMapping) }),
          })),
        }),
  };
}

function linuxInfoOf({ linuxInfo }: ContainerLaunch): object {
  if (linuxInfo === undefined) return {};
  const { seccomp, ipcInfo } = linuxInfo;
  return {
    linux_info: {
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
    },
  };
}

/** A container as Mesos takes it (`mesos.v1.ContainerInfo`), with the network, image and volumes of its containerizer's form. */
export function containerInfoOf(container: ContainerLaunch): object {
  return {
    ...(container.type === 'DOCKER' ? dockerContainer(container) : mesosContainer(container)),
    ...volumesOf(container),
    ...linuxInfoOf(container),
  };
}
