import type { CatalogHealthCheck } from '../../catalog/types.js';
import type { ServerCheck } from './routing-model.js';
import type { ServiceSettings } from '../labels/service-settings.js';

/** Whether a server can be reached, for those of which nothing else is known. */
export const connectCheck: ServerCheck = {
  kind: 'connect',
  path: '/',
  host: null,
  port: null,
  intervalMs: 2_000,
  timeoutMs: 5_000,
  fall: 2,
};

const kinds: Readonly<Record<string, ServerCheck['kind']>> = {
  HTTP: 'http',
  MESOS_HTTP: 'http',
  HTTPS: 'https',
  MESOS_HTTPS: 'https',
  TCP: 'connect',
  MESOS_TCP: 'connect',
};

/** What may stand in the path of a check; another is not sent. */
const pathPattern = /^\/[A-Za-z0-9._~!$&()*+,;=:@%/?-]{0,1023}$/;
const maxSeconds = 3_600;

const within = (value: number, min: number, max: number): number =>
  Number.isFinite(value) ? Math.min(max, Math.max(min, Math.round(value))) : min;

/** The first check that belongs to a port: with a port of its own, or the index. */
function checkOf(checks: readonly CatalogHealthCheck[], portIndex: number): CatalogHealthCheck | undefined {
  return checks.find(
    (check) =>
      Object.hasOwn(kinds, check.protocol) && (check.port !== undefined || (check.portIndex ?? 0) === portIndex),
  );
}

/**
 * How HAProxy looks after the servers of a port: as the scheduler does, by the app's health check of that port, or of the one
 * that `HAPROXY_{n}_BACKEND_HEALTHCHECK_PORT_INDEX` names; else whether they can be reached. A check that needs a program
 * (COMMAND) is the scheduler's alone.
 */
export function serverCheck({ app, portIndex, checkPortIndex, hosts }: ServiceSettings): ServerCheck {
  const check = checkOf(app.healthChecks, checkPortIndex ?? portIndex);
  const kind = check === undefined ? undefined : kinds[check.protocol];
  if (check === undefined || kind === undefined) return connectCheck;
  const { path = '/', port, intervalSeconds, timeoutSeconds, maxConsecutiveFailures } = check;
  const name = hosts.find((host) => !host.startsWith('*.'));
  const isPort = port !== undefined && Number.isInteger(port) && port >= 1 && port <= 65535;
  return {
    kind,
    path: typeof path === 'string' && pathPattern.test(path) ? path : '/',
    host: kind === 'connect' ? null : (name ?? null),
    port: isPort ? port : null,
    intervalMs: within(intervalSeconds, 1, maxSeconds) * 1_000,
    timeoutMs: within(timeoutSeconds, 1, maxSeconds) * 1_000,
    fall: within(maxConsecutiveFailures + 1, 1, 100),
  };
}
