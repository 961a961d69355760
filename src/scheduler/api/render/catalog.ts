import type { CatalogApp, CatalogInstance, CatalogPort } from '../../../catalog/types.js';
import { hasHealthChecks, healthOf } from '../../core/health.js';
import { portMappingsOf, servicePortsOf } from '../../core/normalize/service-ports.js';
import { assignedPorts } from '../../core/wanted-ports.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { Health, Instance } from '../../model/instance.js';

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

/** What discovery is to know of an app. */
export function toCatalogApp(app: AppDefinition): CatalogApp {
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
  };
}

/** What discovery is to know of an instance; undefined while it does not run. `app` is the definition that it runs. */
export function toCatalogInstance(
  instance: Instance,
  app: AppDefinition | undefined,
  health: readonly (Health | undefined)[] | undefined,
): CatalogInstance | undefined {
  if (instance.condition !== 'Running') return undefined;
  const { containerPorts } = instance;
  return {
    taskId: instance.taskId,
    appId: instance.appId,
    version: instance.appVersion,
    agentId: instance.agentId,
    host: instance.host,
    ipAddresses: instance.ipAddresses.map(({ ipAddress }) => ipAddress),
    ports: app === undefined ? instance.ports : assignedPorts(app, instance).map(({ hostPort = 0 }) => hostPort),
    ...(containerPorts === undefined ? {} : { containerPorts }),
    ...(app === undefined ? { healthy: null } : { healthy: healthOf(app, health), isChecked: hasHealthChecks(app) }),
    startedAt: instance.startedAt ?? instance.stagedAt,
  };
}
