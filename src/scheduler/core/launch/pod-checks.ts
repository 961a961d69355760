import type { LaunchedCheck, LaunchedHealthCheck, Probe } from '../../model/offer.js';
import type { PodCheck, PodCommand, PodHealthCheck, PodProbe } from '../../model/pod-definition.js';
import type { AssignedPort } from '../wanted-ports.js';

/** A command line as tasks and checks have it. */
export function launchedCommandOf(command: PodCommand): Extract<Probe, { readonly type: 'COMMAND' }>['command'] {
  return 'shell' in command ? { shell: true, value: command.shell } : { shell: false, argv: command.argv };
}

/** The port that the process of an endpoint listens on. */
function portOf(endpoint: string, assigned: readonly AssignedPort[]): number | undefined {
  const port = assigned.find(({ wanted }) => wanted.name === endpoint);
  return port?.containerPort ?? port?.hostPort;
}

/** Undefined: it is of an endpoint without a port, which no pod that keeps the rules has. */
function probeOf({ http, tcp, exec }: PodProbe, assigned: readonly AssignedPort[]): Probe | undefined {
  if (exec !== undefined) return { type: 'COMMAND', command: launchedCommandOf(exec.command) };
  const port = portOf(http?.endpoint ?? tcp?.endpoint ?? '', assigned);
  if (port === undefined) return undefined;
  if (http === undefined) return { type: 'TCP', port };
  const { path, scheme } = http;
  return {
    type: 'HTTP',
    scheme: scheme === 'HTTPS' ? 'https' : 'http',
    port,
    ...(path === undefined ? {} : { path }),
  };
}

/** A container's check, on the port that its process listens on: with host networking that of the agent, else that inside. */
export function containerCheckOf(check: PodCheck, assigned: readonly AssignedPort[]): LaunchedCheck | undefined {
  const probe = probeOf(check, assigned);
  const { intervalSeconds, timeoutSeconds, delaySeconds } = check;
  return probe === undefined ? undefined : { probe, intervalSeconds, timeoutSeconds, delaySeconds };
}

/** The same for its health check. */
export function containerHealthCheckOf(
  check: PodHealthCheck,
  assigned: readonly AssignedPort[],
): LaunchedHealthCheck | undefined {
  const launched = containerCheckOf(check, assigned);
  const { gracePeriodSeconds, maxConsecutiveFailures } = check;
  return launched === undefined ? undefined : { ...launched, gracePeriodSeconds, maxConsecutiveFailures };
}
