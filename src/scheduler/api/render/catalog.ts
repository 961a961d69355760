import type { CatalogApp, CatalogInstance, CatalogPort } from '../../../catalog/types.js';
import { healthOf } from '../../core/health.js';
import { servicePortsOf } from '../../core/normalize/service-ports.js';
import type { AppDefinition } from '../../model/app-definition.js';
import type { Health, Instance } from '../../model/instance.js';

/** An app with host networking: its service ports are those of its port definitions. */
function portsOf(app: AppDefinition): readonly CatalogPort[] {
  return servicePortsOf(app).map((servicePort, i) => {
    const definition = app.portDefinitions[i];
    return {
      servicePort,
      protocol: definition?.protocol ?? 'tcp',
      ...(definition?.name === undefined ? {} : { name: definition.name }),
      labels: definition?.labels ?? {},
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
  return {
    taskId: instance.taskId,
    appId: instance.appId,
    version: instance.appVersion,
    agentId: instance.agentId,
    host: instance.host,
    ipAddresses: instance.ipAddresses.map(({ ipAddress }) => ipAddress),
    ports: instance.ports,
    healthy: app === undefined ? null : healthOf(app, health),
    startedAt: instance.startedAt ?? instance.stagedAt,
  };
}
