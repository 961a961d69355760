import type {
  AppJson,
  CanonicalMembers,
  ContainerJson,
  DockerJson,
  NetworkJson,
  PortMappingJson,
  RequestMembers,
} from './app-json.js';
import type { DefinitionOptions } from './options.js';

/** Endings of archives that Mesos' fetcher unpacks; the query string of a URI does not count. */
const archive = /\.(?:tgz|tbz2|txz|zip|gz|xz|tar|tar\.bz2)$/;

/** Whether the file that `uri` names is an archive: then an entry of the old `uris` is unpacked. */
export function isArchive(uri: string): boolean {
  const end = uri.search(/[?#]/);
  return archive.test(end < 0 ? uri : uri.slice(0, end));
}

export function isHostNetworking(networks: readonly NetworkJson[]): boolean {
  return networks.every(({ mode }) => mode === 'host');
}

/** Members without those that are `undefined`. */
export function present<T extends object>(members: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as T;
}

/** Networks as `docker.network` and `ipAddress` told them before 1.5. */
function networksOf(
  network: DockerJson['network'],
  ipAddress: RequestMembers['ipAddress'],
  options: DefinitionOptions,
): readonly NetworkJson[] | undefined {
  const labels = ipAddress?.labels;
  const name = ipAddress?.networkName;
  switch (network) {
    case 'HOST':
    case 'NONE':
      return [{ mode: 'host' }];
    case 'BRIDGE':
      return [present<NetworkJson>({ mode: 'container/bridge', labels })];
    case undefined:
      if (ipAddress === undefined) return undefined;
      if (name === (options.mesosBridgeName ?? 'mesos-bridge')) {
        return [present<NetworkJson>({ mode: 'container/bridge', labels })];
      }
      return [present<NetworkJson>({ mode: 'container', name, labels })];
    case 'USER':
      return [present<NetworkJson>({ mode: 'container', name, labels })];
  }
}

/** The container with its port mappings in their present place, and those of `ipAddress.discovery` and `ports` added. */
function containerOf(
  container: ContainerJson | undefined,
  { ipAddress, ports }: RequestMembers,
  isHost: boolean,
): ContainerJson | undefined {
  const docker = container?.docker;
  const discovered = ipAddress?.discovery?.ports?.map(({ number = 0, name, protocol, labels }) =>
    present<PortMappingJson>({ containerPort: number, name, protocol, labels }),
  );
  // The old form allowed mappings with host networking, where they mean nothing
  const old = docker?.network === 'HOST' ? undefined : docker?.portMappings;
  const given = container?.portMappings ?? old ?? (discovered?.length === 0 ? undefined : discovered);
  const missing = isHost ? [] : (ports ?? []).slice(given?.length ?? 0);
  const portMappings =
    missing.length === 0
      ? given
      : [...(given ?? []), ...missing.map((servicePort) => ({ containerPort: 0, hostPort: 0, servicePort }))];
  if (container === undefined && portMappings === undefined) return undefined;
  const { network, portMappings: oldMappings, ...rest } = docker ?? {};
  return present<ContainerJson>({
    type: container === undefined ? 'MESOS' : container.type,
    docker: docker === undefined ? undefined : (rest as DockerJson),
    linuxInfo: container?.linuxInfo,
    volumes: container?.volumes,
    portMappings,
  });
}

/**
 * Converts the old input forms (marathon.md §4) to canonical members: `uris`, `ports`, `ipAddress`, `docker.network`,
 * `docker.portMappings`. Members that the request does not touch stay absent. `before` is what a partial update is laid over.
 * Where a request mixes generations the canonical one wins; that it may not do so is a rule of its own.
 */
export function fromOldForms(app: AppJson, before: CanonicalMembers, options: DefinitionOptions): CanonicalMembers {
  const { id, version, uris, ports, ipAddress, ...members } = app;
  const networks = members.networks ?? networksOf(members.container?.docker?.network, ipAddress, options);
  const isHost = isHostNetworking(networks ?? before.networks ?? []);
  const basis = members.container ?? (ipAddress?.discovery === undefined && isHost ? undefined : before.container);
  const container = containerOf(basis, { ...present<RequestMembers>({ ipAddress, ports }) }, isHost);
  return present<CanonicalMembers>({
    ...members,
    networks,
    container,
    fetch: members.fetch ?? uris?.map((uri) => ({ uri, extract: isArchive(uri), executable: false, cache: false })),
    portDefinitions: members.portDefinitions ?? (isHost ? ports?.map((port) => ({ port })) : undefined),
  });
}
