import type { CatalogApp, CatalogInstance, CatalogPort } from '../../../catalog/types.js';
import { hasHealthChecks, healthOf } from '../../core/health.js';
import { portMappingsOf, servicePortsOf } from '../../core/normalize/service-ports.js';
import { podHealthOf } from '../../core/pod-health.js';
import { assignedPorts, wantedPortsOf } from '../../core/wanted-ports.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { Condition, Health, Instance } from '../../model/instance.js';
import type { PodContainer, PodDefinition } from '../../model/pod-definition.js';
import { isPod } from '../../model/run-spec.js';
import type { RunSpec } from '../../model/run-spec.js';

/** The ports of an app by which load balancers know it: its port mappings if it has any, else its port definitions. */
function portsOf(app: AppDefinition): readonly CatalogPort[] {
  const mappings = portMappingsOf(app);
  const ports = mappings.length > 0 ? mappings : app.portDefinitions;
  return servicePortsOf(app).map((servicePort, i) => {
    const { protocol = 'tcp', name, labels = {} } = ports[i] ?? {};
    const containerPort = mappings[i]?.containerPort;
    return {
      servicePort,
      protocol,
      ...(name === undefined ? {} : { name }),
      ...(containerPort === undefined ? {} : { containerPort }),
      labels,
    };
  });
}

/** What leads to an endpoint knows TCP, and UDP where that is meant, whatever words say what the endpoint speaks (`http`). */
function transportsOf(protocol: string): string {
  return [...new Set(protocol.split(',').map((word) => (word === 'udp' ? 'udp' : 'tcp')))].join(',');
}

/** Endpoints have no service ports: rules lead to the first one. */
function endpointsOf(pod: PodDefinition): readonly CatalogPort[] {
  return wantedPortsOf(pod).map(({ number, isMapped, protocol, name, labels }) => ({
    servicePort: 0,
    protocol: transportsOf(protocol),
    ...(name === undefined ? {} : { name }),
    ...(isMapped ? { containerPort: number } : {}),
    labels,
  }));
}

function podHealthChecksOf(pod: PodDefinition): CatalogApp['healthChecks'] {
  const names = wantedPortsOf(pod).map(({ name }) => name);
  return pod.containers.flatMap(({ healthCheck }: PodContainer) => {
    if (healthCheck === undefined) return [];
    const { http, tcp, intervalSeconds, timeoutSeconds, maxConsecutiveFailures } = healthCheck;
    const endpoint = http?.endpoint ?? tcp?.endpoint;
    return [
      {
        protocol: http !== undefined ? `MESOS_${http.scheme}` : tcp !== undefined ? 'MESOS_TCP' : 'COMMAND',
        ...(http?.path === undefined ? {} : { path: http.path }),
        ...(endpoint === undefined ? {} : { portIndex: names.indexOf(endpoint) }),
        intervalSeconds,
        timeoutSeconds,
        maxConsecutiveFailures,
      },
    ];
  });
}

function toCatalogPod(pod: PodDefinition): CatalogApp {
  const texts = Object.entries(pod.environment).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return {
    id: pod.id,
    version: pod.version,
    instances: pod.instances,
    labels: pod.labels,
    env: Object.fromEntries(texts),
    ports: endpointsOf(pod),
    healthChecks: podHealthChecksOf(pod),
  };
}

/** What discovery is to know of an app, or of a pod, whose endpoints are its ports. */
export function toCatalogApp(app: RunSpec): CatalogApp {
  if (isPod(app)) return toCatalogPod(app);
  return {
    id: app.id,
    version: app.version,
    instances: app.instances,
    labels: app.labels,
    env: app.env,
    ports: portsOf(app),
    healthChecks: app.healthChecks.map((check) => ({
      protocol: check.protocol,
      ...(check.path === undefined ? {} : { path: check.path }),
      ...(check.portIndex === undefined ? {} : { portIndex: check.portIndex }),
      ...(check.port === undefined ? {} : { port: check.port }),
      intervalSeconds: check.intervalSeconds,
      timeoutSeconds: check.timeoutSeconds,
      maxConsecutiveFailures: check.maxConsecutiveFailures,
    })),
    lastScalingAt: app.versionInfo.lastScalingAt,
  };
}

/** Discovery goes on with those whose agent the master has lost: they may well serve. */
const known: ReadonlySet<Condition> = new Set(['Running', 'Unreachable', 'UnreachableInactive']);

/**
 * What discovery is to know of an instance; undefined while it does not run. `app` is the definition that it runs, of an app or a pod,
 * `isReady` whether no readiness check of a deployment is waited for.
 */
export function toCatalogInstance(
  instance: Instance,
  app: RunSpec | undefined,
  health: readonly (Health | undefined)[] | undefined,
  isReady = true,
): CatalogInstance | undefined {
  if (!known.has(instance.condition)) return undefined;
  const { containerPorts } = instance;
  const healthy =
    app === undefined ? null : isPod(app) ? podHealthOf(app, instance.containers ?? []) : healthOf(app, health);
  const anyHealthy = healthy !== true && health?.some((result) => result?.alive === true) === true;
  return {
    taskId: instance.taskId,
    appId: instance.appId,
    version: instance.appVersion,
    agentId: instance.agentId,
    host: instance.host,
    ipAddresses: instance.ipAddresses.map(({ ipAddress }) => ipAddress),
    ports: app === undefined ? instance.ports : assignedPorts(app, instance).map(({ hostPort = 0 }) => hostPort),
    ...(containerPorts === undefined ? {} : { containerPorts }),
    healthy,
    ...(anyHealthy ? { anyHealthy } : {}),
    ...(app === undefined ? {} : { isChecked: hasHealthChecks(app) }),
    ...(instance.goal === 'Running' ? {} : { draining: true as const }),
    ...(isReady ? {} : { ready: false as const }),
    ...(instance.condition === 'Running' ? {} : { unreachable: true as const }),
    startedAt: instance.startedAt ?? instance.stagedAt,
  };
}
