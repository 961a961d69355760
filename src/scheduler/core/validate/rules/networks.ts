import { isHostNetworking } from '../../normalize/old-forms.js';
import type { NetworkJson } from '../../normalize/app-json.js';
import { elementPath, problem } from '../violations.js';
import type { Problem } from '../violations.js';
import type { Rule } from './rule.js';

/** Which networks an app or a pod may join together (marathon.md §5). */
export function* networkProblems(networks: readonly NetworkJson[]): Iterable<Problem> {
  const hosts = networks.filter(({ mode }) => mode === 'host');
  const bridges = networks.filter(({ mode }) => mode === 'container/bridge');
  const containers = networks.filter(({ mode }) => mode === 'container');
  if (hosts.some(({ name, labels }) => name !== undefined || labels !== undefined)) {
    yield problem('/networks', 'Host networks may not have names or labels');
  }
  if (bridges.some(({ name }) => name !== undefined)) yield problem('/networks', 'Bridge networks may not have names');
  if (containers.some(({ name }) => name === undefined)) {
    yield problem('/networks', 'Network name must be specified when container network is selected.');
  }
  const names = containers.flatMap(({ name }) => name ?? []);
  if (new Set(names).size < names.length) yield problem('/networks', 'Duplicate networks are not allowed');
  const kinds = [hosts, bridges, containers].filter((list) => list.length > 0);
  if (kinds.length > 1 || hosts.length > 1 || bridges.length > 1) {
    yield problem(
      '/networks',
      'May specify a single host network, single bridge network, or else 1-to-n container networks',
    );
  }
}

export const networksRule: Rule = function* ({ networks, container }) {
  yield* networkProblems(networks);
  const containers = networks.filter(({ mode }) => mode === 'container');
  if (container?.type === 'DOCKER' && containers.length > 1) {
    yield problem('', 'may only specify a single container network when using the Docker container engine');
  }
};

/** Where the ports of an app belong: to the host or to the container. */
export const portPlaceRule: Rule = function* ({ networks, container, portDefinitions }) {
  const isHost = isHostNetworking(networks);
  if (isHost && (container?.portMappings?.length ?? 0) > 0) {
    yield problem('', 'portMappings are not allowed with host-networking');
  }
  if (!isHost && portDefinitions.length > 0) {
    yield problem('', 'portDefinitions are only allowed with host-networking');
  }
};

export const portDefinitionsRule: Rule = function* ({ portDefinitions }) {
  const numbers = portDefinitions.map(({ port }) => port).filter((port) => port !== 0);
  if (new Set(numbers).size < numbers.length) yield problem('/portDefinitions', 'Ports must be unique.');
  const names = portDefinitions.flatMap(({ name }) => name ?? []);
  if (new Set(names).size < names.length) yield problem('/portDefinitions', 'Port names must be unique.');
};

export const portMappingsRule: Rule = function* ({ networks, container }) {
  const mappings = container?.portMappings ?? [];
  const known = networks.flatMap(({ name }) => name ?? []);
  const containerNetworks = networks.filter(({ mode }) => mode === 'container');
  const names = mappings.flatMap(({ name }) => name ?? []);
  if (new Set(names).size < names.length) yield problem('/container/portMappings', 'Port names must be unique.');
  for (const [i, { hostPort, networkNames = [] }] of mappings.entries()) {
    const path = elementPath('/container/portMappings', i);
    for (const [j, name] of networkNames.entries()) {
      if (!known.includes(name))
        yield problem(elementPath(`${path}/networkNames`, j), `is not one of (${known.join(',')})`);
    }
    if (hostPort !== undefined && containerNetworks.length > 1 && networkNames.length !== 1) {
      yield problem(
        path,
        'networkNames must be a single item list when hostPort is specified and more than 1 container network is defined',
      );
    }
  }
};
