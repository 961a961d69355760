/** `mesos.v1.ContainerInfo`, as far as it decides whether a task can run here. */
interface ContainerInfo {
  readonly type?: string;
  readonly mesos?: { readonly image?: { readonly type?: string } };
  readonly volumes?: readonly unknown[];
  readonly network_infos?: readonly { readonly name?: string }[];
}

/** Why this agent, which runs plain processes, cannot run such a container, in Mesos' words; undefined when it can. */
export function unsupportedContainer(container: object | undefined): string | undefined {
  if (container === undefined) return undefined;
  const { type = 'MESOS', mesos, volumes = [], network_infos = [] } = container as ContainerInfo;
  if (type !== 'MESOS') {
    return `Containers of type ${type} are not supported: the embedded agent runs processes of the host`;
  }
  if (mesos?.image !== undefined) return `Unsupported container image type: ${mesos.image.type ?? 'unknown'}`;
  if (volumes.length > 0) return 'Volumes in ContainerInfo is not supported';
  const network = network_infos.find(({ name }) => name !== undefined);
  return network?.name === undefined ? undefined : `Unknown CNI network '${network.name}'`;
}
