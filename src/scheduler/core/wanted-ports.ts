import type { AppDefinition } from '../model/app-definition.js';
import type { Network } from '../model/container.js';
import type { Instance } from '../model/instance.js';
import type { PodDefinition } from '../model/pod-definition.js';
import { isPod } from '../model/run-spec.js';
import type { RunSpec } from '../model/run-spec.js';

/** One port that an instance is to have, in the order of the app's port definitions or port mappings, or of the pod's endpoints. */
export interface WantedPort {
  /** The number that it is called by: of its definition, or inside the container. 0 = it has none of its own. */
  readonly number: number;
  /** The agent's port: a number, 0 = any, undefined = none. */
  readonly hostPort: number | undefined;
  /** Whether `number` is a port inside a container with a network of its own. */
  readonly isMapped: boolean;
  /** Separated by commas; empty = none is known. */
  readonly protocol: string;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Container networks that it is on. */
  readonly networkNames: readonly string[];
}

/** Whether the tasks use the network of their agent. */
export function usesHostNetwork({ networks }: { readonly networks: readonly Pick<Network, 'mode'>[] }): boolean {
  return networks.every(({ mode }) => mode === 'host');
}

function portsOfApp(app: AppDefinition): readonly WantedPort[] {
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

function portsOfPod(pod: PodDefinition): readonly WantedPort[] {
  const isMapped = !usesHostNetwork(pod);
  const names = pod.networks.flatMap(({ name }) => name ?? []);
  return pod.containers.flatMap(({ endpoints }) =>
    endpoints.map(({ name, containerPort, hostPort, protocol, labels, networkNames }) => ({
      number: (isMapped ? containerPort : hostPort) ?? 0,
      hostPort,
      isMapped,
      protocol: protocol.join(','),
      name,
      labels,
      networkNames: networkNames.length === 0 ? names : networkNames,
    })),
  );
}

const known = new WeakMap<RunSpec, readonly WantedPort[]>();

/** The ports that an instance of an app or pod is to have (marathon.md §9.3); worked out once for each definition. */
export function wantedPortsOf(runSpec: RunSpec): readonly WantedPort[] {
  let ports = known.get(runSpec);
  if (ports === undefined) known.set(runSpec, (ports = isPod(runSpec) ? portsOfPod(runSpec) : portsOfApp(runSpec)));
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
 * The ports of an instance, one for each that its app or pod wants. `ports`: its host ports, to which a port without one contributes nothing;
 * `containerPorts`: its ports inside the container, one for each.
 */
export function assignedPorts(
  runSpec: RunSpec,
  { ports, containerPorts }: Pick<Instance, 'ports' | 'containerPorts'>,
): readonly AssignedPort[] {
  let next = 0;
  return wantedPortsOf(runSpec).map((wanted, i) => {
    const hostPort = wanted.hostPort === undefined ? undefined : ports[next++];
    const containerPort = wanted.isMapped ? (containerPorts?.[i] ?? wanted.number) : undefined;
    return {
      wanted,
      ...(hostPort === undefined ? {} : { hostPort }),
      ...(containerPort === undefined ? {} : { containerPort }),
    };
  });
}

/** The ports of each container of a pod's instance, by its name: those of its own endpoints. */
export function portsByContainer(
  pod: PodDefinition,
  instance: Pick<Instance, 'ports' | 'containerPorts'>,
): ReadonlyMap<string, readonly AssignedPort[]> {
  const assigned = assignedPorts(pod, instance);
  let next = 0;
  return new Map(
    pod.containers.map(({ name, endpoints }) => [name, assigned.slice(next, (next += endpoints.length))] as const),
  );
}
