import type { Json } from '../../model/app-definition.js';
import type { Container, ContainerVolume, DockerImage, PortMapping } from '../../model/container.js';
import type { CanonicalApp, ContainerJson, PortMappingJson, VolumeJson } from './app-json.js';
import { containerTypeOf } from './defaults.js';

function dockerOf(docker: NonNullable<ContainerJson['docker']>): DockerImage {
  const { image, privileged = false, parameters = [], forcePullImage = false, pullConfig, credential } = docker;
  return {
    image,
    privileged,
    parameters,
    forcePullImage,
    ...(pullConfig === undefined ? {} : { pullConfig }),
    ...(credential === undefined ? {} : { credential }),
  };
}

function volumeOf({ containerPath, hostPath, mode, secret, persistent, external }: VolumeJson): ContainerVolume {
  return {
    containerPath,
    ...(hostPath === undefined ? {} : { hostPath }),
    ...(mode === undefined ? {} : { mode }),
    ...(secret === undefined ? {} : { secret }),
    ...(persistent === undefined ? {} : { persistent }),
    ...(external === undefined ? {} : { external }),
  };
}

function portMappingOf(mapping: PortMappingJson): PortMapping {
  const { containerPort = 0, hostPort, labels = {}, name, protocol = 'tcp', servicePort = 0, networkNames } = mapping;
  return {
    containerPort,
    ...(hostPort === undefined ? {} : { hostPort }),
    labels,
    ...(name === undefined ? {} : { name }),
    protocol,
    servicePort,
    ...(networkNames === undefined ? {} : { networkNames }),
  };
}

/** The container of an app whose defaults are filled in; undefined when it has none. */
export function containerOf({ container }: CanonicalApp): Container | undefined {
  if (container === undefined) return undefined;
  const { docker, linuxInfo, volumes = [], portMappings } = container;
  return {
    type: containerTypeOf(container),
    ...(docker === undefined ? {} : { docker: dockerOf(docker) }),
    ...(linuxInfo === undefined ? {} : { linuxInfo }),
    volumes: volumes.map(volumeOf),
    ...(portMappings === undefined ? {} : { portMappings: portMappings.map(portMappingOf) }),
  };
}

/** A container as Marathon shows it, members in its order. */
export function containerJsonOf(container: Container): Readonly<Record<string, Json>> {
  const { type, docker, linuxInfo, volumes, portMappings } = container;
  const { seccomp, ipcInfo } = linuxInfo ?? {};
  return {
    type,
    ...(docker === undefined
      ? {}
      : {
          docker: {
            ...docker,
            parameters: docker.parameters.map(({ key, value }) => ({ key, value })),
            ...(docker.pullConfig === undefined ? {} : { pullConfig: { ...docker.pullConfig } }),
            ...(docker.credential === undefined ? {} : { credential: { ...docker.credential } }),
          },
        }),
    ...(linuxInfo === undefined
      ? {}
      : {
          linuxInfo: {
            ...(seccomp === undefined ? {} : { seccomp: { ...seccomp } }),
            ...(ipcInfo === undefined ? {} : { ipcInfo: { ...ipcInfo } }),
          },
        }),
    volumes: volumes.map((volume) => ({ ...volume })),
    ...(portMappings === undefined ? {} : { portMappings: portMappings.map((mapping) => ({ ...mapping })) }),
  };
}
