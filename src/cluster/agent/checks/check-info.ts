import type { CommandInfo } from '../../../mesos/types.js';

/** `mesos.v1.HealthCheck` and `mesos.v1.CheckInfo` as they come from frameworks. Times are in seconds. */
export interface CheckInfo {
  readonly type?: string;
  readonly delay_seconds?: number;
  readonly interval_seconds?: number;
  readonly timeout_seconds?: number;
  /** Of a health check it is the command itself, of a check it holds the command. */
  readonly command?: CommandInfo & { readonly command?: CommandInfo };
  readonly http?: {
    readonly protocol?: string;
    readonly scheme?: string;
    readonly port: number;
    readonly path?: string;
  };
  readonly tcp?: { readonly protocol?: string; readonly port: number };
}

export interface HealthCheckInfo extends CheckInfo {
  readonly grace_period_seconds?: number;
  readonly consecutive_failures?: number;
}

/** What one check does. */
export type Probe =
  | { readonly type: 'COMMAND'; readonly command: CommandInfo }
  | {
      readonly type: 'HTTP';
      readonly scheme: 'http' | 'https';
      readonly port: number;
      readonly path: string;
      readonly isIpv6: boolean;
    }
  | { readonly type: 'TCP'; readonly port: number; readonly isIpv6: boolean };

/** When it is done. */
export interface CheckTimes {
  readonly delayMs: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** Two checks of a task are at least so far apart. */
const minIntervalMs = 100;
/** What Mesos means by a timeout of 0: none. */
const longestTimeoutMs = 60 * 60_000;

const isPort = (port: unknown): port is number => Number.isInteger(port) && Number(port) > 0 && Number(port) <= 65_535;

/** Reads what is to be checked; undefined when this agent cannot do it, or it makes no sense. */
export function probeOf(info: CheckInfo): Probe | undefined {
  // The type is optional in older health checks.
  const type = info.type ?? (info.command !== undefined ? 'COMMAND' : info.http !== undefined ? 'HTTP' : 'TCP');
  if (type === 'COMMAND') {
    const command = info.command?.command ?? info.command;
    return command?.value === undefined ? undefined : { type, command };
  }
  if (type === 'HTTP') {
    const { scheme = 'http', port, path = '/', protocol } = info.http ?? { port: 0 };
    if (!isPort(port) || (scheme !== 'http' && scheme !== 'https')) return undefined;
    return {
      type,
      scheme,
      port,
      path: path.startsWith('/') ? path : `/${path}`,
      isIpv6: /^ipv6$/i.test(protocol ?? ''),
    };
  }
  if (type === 'TCP') {
    const { port, protocol } = info.tcp ?? { port: 0 };
    return isPort(port) ? { type, port, isIpv6: /^ipv6$/i.test(protocol ?? '') } : undefined;
  }
  return undefined;
}

const milliseconds = (seconds: number | undefined, otherwise: number): number =>
  seconds === undefined || !(seconds >= 0) ? otherwise * 1000 : Math.min(seconds, 1e6) * 1000;

/** When it is to be checked, with Mesos' defaults. */
export function checkTimes(info: CheckInfo): CheckTimes {
  const timeoutMs = milliseconds(info.timeout_seconds, 20);
  return {
    delayMs: milliseconds(info.delay_seconds, 15),
    intervalMs: Math.max(minIntervalMs, milliseconds(info.interval_seconds, 10)),
    timeoutMs: timeoutMs === 0 ? longestTimeoutMs : Math.min(timeoutMs, longestTimeoutMs),
  };
}

/** From the start of the task, failures before the first success do not count for so long. */
export function gracePeriodMs(info: HealthCheckInfo): number {
  return milliseconds(info.grace_period_seconds, 10);
}

/** So many failures one after the other end the task. */
export function failureLimit(info: HealthCheckInfo): number {
  return info.consecutive_failures ?? 3;
}
