import { unreachable } from '../../../common/errors.js';
import type { CommandInfo } from '../../../mesos/types.js';
import type { LaunchedCheck, LaunchedHealthCheck, Probe } from '../../model/offer.js';

/** What no number of failures reaches: Mesos has no word for never, and ends a task whose limit is 0 with the first failure. */
const noFailureLimit = 2 ** 32 - 1;

type CommandProbe = Extract<Probe, { readonly type: 'COMMAND' }>;

function commandInfoOf({ command }: CommandProbe): CommandInfo {
  if (command.shell) return { shell: true, value: command.value };
  const [program] = command.argv;
  return { shell: false, ...(program === undefined ? {} : { value: program }), arguments: command.argv };
}

function timesOf({ delaySeconds, intervalSeconds, timeoutSeconds }: LaunchedCheck): object {
  return { delay_seconds: delaySeconds, interval_seconds: intervalSeconds, timeout_seconds: timeoutSeconds };
}

const protocolOf = ({ ipProtocol }: { readonly ipProtocol?: string }): object =>
  ipProtocol === undefined ? {} : { protocol: ipProtocol };

/** Mesos refuses a task whose path does not begin with a slash; Marathon's own checks add it, too. */
const pathOf = ({ path }: { readonly path?: string }): { path?: string } =>
  path === undefined ? {} : { path: path.startsWith('/') ? path : `/${path}` };

function healthProbeOf(probe: Probe): object {
  switch (probe.type) {
    case 'COMMAND':
      return { type: 'COMMAND', command: commandInfoOf(probe) };
    case 'HTTP': {
      const { scheme, port } = probe;
      return { type: 'HTTP', http: { ...protocolOf(probe), scheme, port, ...pathOf(probe) } };
    }
    case 'TCP':
      return { type: 'TCP', tcp: { ...protocolOf(probe), port: probe.port } };
    default:
      return unreachable(probe);
  }
}

/** A health check as Mesos takes it (`mesos.v1.HealthCheck`). */
export function healthCheckInfoOf(check: LaunchedHealthCheck): object {
  const { maxConsecutiveFailures, gracePeriodSeconds } = check;
  return {
    ...timesOf(check),
    grace_period_seconds: gracePeriodSeconds,
    consecutive_failures: maxConsecutiveFailures === 0 ? noFailureLimit : maxConsecutiveFailures,
    ...healthProbeOf(check.probe),
  };
}

/** Of HTTP Mesos' checks know the port and the path only: `https` is heeded by agents that know more, and the address family is theirs to choose. */
function checkProbeOf(probe: Probe): object {
  switch (probe.type) {
    case 'COMMAND':
      return { type: 'COMMAND', command: { command: commandInfoOf(probe) } };
    case 'HTTP': {
      const { scheme, port } = probe;
      const secure = scheme === 'https' ? { scheme } : {};
      return { type: 'HTTP', http: { ...secure, port, ...pathOf(probe) } };
    }
    case 'TCP':
      return { type: 'TCP', tcp: { port: probe.port } };
    default:
      return unreachable(probe);
  }
}

/** A check as Mesos takes it (`mesos.v1.CheckInfo`). */
export function checkInfoOf(check: LaunchedCheck): object {
  return { ...timesOf(check), ...checkProbeOf(check.probe) };
}
