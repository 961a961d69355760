import type { AppDefinition } from '../model/app-definition.js';
import type { Network } from '../model/container.js';
import type { Instance } from '../model/instance.js';

/** One port that an app's tasks are to have, in the order of its port definitions or port mappings. */
export interface WantedPort {
  /** The number that the app calls it by: of its definition, or inside the container. 0 = it has none of its own. */
  readonly number: number;
  /** The agent's port: a number, 0 = any, undefined = none. */
  readonly hostPort: number | undefined;
  /** Whether `number` is a port inside a container with a network of its own. */
  readonly isMapped: boolean;
  readonly protocol: string;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Container networks that it is on. */
  readonly networkNames: readonly string[];
}

/** Whether the app's tasks use the network of their agent. */
export function usesHostNetwork({ networks }: { readonly networks: readonly Network[] }): boolean {
  return networks.every(({ mode }) => mode === 'host');
}

function wantedPorts(app: AppDefinition): readonly WantedPort[] {
  if (usesHostNetwork(app)) {
    return app.portDefinitions.map(({ port, protocol, name, labels }) => ({
      number: port,
      hostPort: app.requirePorts ? port : 0,
      isMapped: false,
      protocol,
      ...(name === undefined ? {} : { name }),
      labels,
      networkNames: [],
    }));
  }
  const networkNames = app.networks.flatMap(({ name }) => name ?? []);
  return (app.container?.portMappings ?? []).map((mapping) => ({
    number: mapping.containerPort,
    hostPort: mapping.hostPort,
    isMapped: true,
    protocol: mapping.protocol,
    ...(mapping.name === undefined ? {} : { name: mapping.name }),
    labels: mapping.labels,
    networkNames: mapping.networkNames ?? networkNames,
  }));
}

const known = new WeakMap<AppDefinition, readonly WantedPort[]>();

/** The ports that tasks of an app are to have (marathon.md §9.3); worked out once for each definition. */
export function wantedPortsOf(app: AppDefinition): readonly WantedPort[] {
  let ports = known.get(app);
  if (ports === undefined) known.set(app, (ports = wantedPorts(app)));
  return ports;
}

/** What became of one wanted port. Of `hostPort` and `containerPort` at least one is there. */
export interface AssignedPort {
  readonly wanted: WantedPort;
  /** The agent's port that leads to it. */
  readonly hostPort?: number;
  /** The port inside the container; absent with host networking. */
  readonly containerPort?: number;
}

/**
 * The ports of a task, one for each that its app wants. `ports`: its host ports, to which a port without one contributes nothing;
 * `containerPorts`: its ports inside the container, one for each.
 */
export function assignedPorts(
  app: AppDefinition,
  { ports, containerPorts }: Pick<Instance, 'ports' | 'containerPorts'>,
): readonly AssignedPort[] {
  let next = 0;
  return wantedPortsOf(app).map((wanted, i) => {
    const hostPort = wanted.hostPort === undefined ? undefined : ports[next++];
    const containerPort = wanted.isMapped ? (containerPorts?.[i] ?? wanted.number) : undefined;
    return {
      wanted,
      ...(hostPort === undefined ? {} : { hostPort }),
      ...(containerPort === undefined ? {} : { containerPort }),
    };
  });
}
