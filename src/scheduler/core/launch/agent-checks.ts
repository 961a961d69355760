import type { AppDefinition, HealthCheck } from '../../model/app-definition.js';
import type { LaunchedCheck, LaunchedHealthCheck, Probe } from '../../model/offer.js';
import { agentCheckIndexOf } from '../health.js';
import type { AssignedPort } from '../wanted-ports.js';

interface PortReference {
  readonly port?: number;
  readonly portIndex?: number;
}

/** The port that the process listens on: where the agent looks for it, it is inside its container's network. */
function listeningPortOf(
  { port, portIndex = 0 }: PortReference,
  assigned: readonly AssignedPort[],
): number | undefined {
  return port ?? assigned[portIndex]?.containerPort ?? assigned[portIndex]?.hostPort;
}

function healthProbeOf(check: HealthCheck, assigned: readonly AssignedPort[]): Probe | undefined {
  const { protocol, command, path, ipProtocol } = check;
  if (protocol === 'COMMAND') {
    return command === undefined ? undefined : { type: 'COMMAND', command: { shell: true, value: command.value } };
  }
  const port = listeningPortOf(check, assigned);
  if (port === undefined) return undefined;
  if (protocol === 'MESOS_TCP') return { type: 'TCP', port, ipProtocol };
  const scheme = protocol === 'MESOS_HTTPS' ? 'https' : 'http';
  return { type: 'HTTP', scheme, port, ...(path === undefined ? {} : { path }), ipProtocol };
}

/** The health check of an app's that the agent runs (marathon.md §13.1), for a task with these ports; undefined when it has none. */
export function agentHealthCheckOf(
  app: AppDefinition,
  assigned: readonly AssignedPort[],
): LaunchedHealthCheck | undefined {
  const check = app.healthChecks[agentCheckIndexOf(app)];
  const probe = check === undefined ? undefined : healthProbeOf(check, assigned);
  if (check === undefined || probe === undefined) return undefined;
  const { gracePeriodSeconds, intervalSeconds, timeoutSeconds, delaySeconds, maxConsecutiveFailures } = check;
  return { probe, intervalSeconds, timeoutSeconds, delaySeconds, gracePeriodSeconds, maxConsecutiveFailures };
}

function checkProbeOf(
  { http, tcp, exec }: NonNullable<AppDefinition['check']>,
  assigned: readonly AssignedPort[],
): Probe | undefined {
  if (exec !== undefined) {
    const { command } = exec;
    const launched =
      'shell' in command
        ? { shell: true as const, value: command.shell }
        : { shell: false as const, argv: command.argv };
    return { type: 'COMMAND', command: launched };
  }
  const port = listeningPortOf(http ?? tcp ?? {}, assigned);
  if (port === undefined) return undefined;
  if (http === undefined) return { type: 'TCP', port };
  const scheme = http.scheme === 'HTTPS' ? 'https' : 'http';
  return { type: 'HTTP', scheme, port, ...(http.path === undefined ? {} : { path: http.path }) };
}

/** An app's check (marathon.md §13.3) for a task with these ports; undefined when it has none. */
export function agentCheckOf({ check }: AppDefinition, assigned: readonly AssignedPort[]): LaunchedCheck | undefined {
  const probe = check === undefined ? undefined : checkProbeOf(check, assigned);
  if (check === undefined || probe === undefined) return undefined;
  const { intervalSeconds, timeoutSeconds, delaySeconds } = check;
  return { probe, intervalSeconds, timeoutSeconds, delaySeconds };
}
