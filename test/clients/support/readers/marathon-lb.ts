/** marathon-lb at 9e669ec. */
import type { WireAnswer } from '../wire.js';

/** marathon_lb.py, `iter_events`: of each line, what follows the literal `data: `; other lines are nothing. */
export function eventsIn(text: string): readonly { readonly eventType: string }[] {
  return text
    .split('\r\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => JSON.parse(line.slice('data: '.length)) as { readonly eventType: string });
}

interface LbTask {
  readonly id: string;
  readonly host: string;
  readonly ports?: readonly number[];
  readonly state?: string;
  readonly ipAddresses?: readonly { readonly ipAddress: string }[];
  readonly healthCheckResults?: readonly ({ readonly alive: boolean } | null)[];
}

interface LbApp {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly healthChecks?: readonly {
    readonly protocol: string;
    readonly path?: string;
    readonly portIndex?: number;
    readonly timeoutSeconds: number;
    readonly intervalSeconds: number;
    readonly gracePeriodSeconds: number;
    readonly maxConsecutiveFailures: number;
  }[];
  readonly networks?: readonly { readonly mode: string }[];
  readonly portDefinitions?: readonly { readonly port: number }[];
  readonly container?: { readonly portMappings?: readonly { readonly servicePort: number }[] };
  readonly tasks: readonly LbTask[];
}

/** What becomes a backend of HAProxy: one for each service port of each app. */
export interface LbBackend {
  readonly app: string;
  readonly servicePort: number;
  readonly host: string;
  readonly port: number;
  readonly vhost: string | undefined;
}

/** utils.py, `ServicePortAssigner.get_service_ports`: of the port mappings, else of the port definitions. */
function servicePortsOf({ container, portDefinitions, networks }: LbApp): readonly number[] {
  const mode = networks?.[0]?.mode ?? 'host';
  if (mode !== 'host') return (container?.portMappings ?? []).map(({ servicePort }) => servicePort);
  return (portDefinitions ?? []).map(({ port }) => port);
}

/**
 * marathon_lb.py, `get_apps`: tasks with a host and ports, no health check of which says no; with `--health-check` an app that has
 * checks is shown only with tasks that have a result.
 */
export function backendsOf(answer: WireAnswer, { healthCheck = false } = {}): readonly LbBackend[] {
  const { apps } = answer.json() as { readonly apps: readonly LbApp[] };
  return apps.flatMap((app) => {
    const servicePorts = servicePortsOf(app);
    return app.tasks.flatMap((task) => {
      const results = task.healthCheckResults ?? [];
      if (healthCheck && (app.healthChecks?.length ?? 0) > 0 && results.length === 0) return [];
      if (healthCheck && results.some((result) => result !== null && !result.alive)) return [];
      if ((task.ports?.length ?? 0) === 0) return [];
      return servicePorts.map((servicePort, i) => ({
        app: app.id,
        servicePort,
        host: task.host,
        port: task.ports?.[i] ?? 0,
        vhost: app.labels[`HAPROXY_${i}_VHOST`],
      }));
    });
  });
}

/** marathon_lb.py, `_get_health_check_options`: the members of a health check that templates are given; a missing one is a KeyError. */
export function healthCheckOptionsOf(
  healthCheck: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const names = [
    'protocol',
    'timeoutSeconds',
    'intervalSeconds',
    'gracePeriodSeconds',
    'maxConsecutiveFailures',
  ] as const;
  for (const name of names) if (!(name in healthCheck)) throw new Error(`KeyError: '${name}'`);
  const { path = '/', maxConsecutiveFailures } = healthCheck;
  return { ...healthCheck, path, falls: Number(maxConsecutiveFailures) + 1 };
}

/** zdd.py, `start_deployment` and the like: anything but a success is the end of the deployment. */
export function zddSucceeded({ status }: WireAnswer): boolean {
  return status >= 200 && status < 300;
}
