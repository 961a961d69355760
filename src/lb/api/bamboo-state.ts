import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogApp, CatalogInstance } from '../../catalog/types.js';
import { segmentsOf } from '../../common/path-id.js';
import type { Rule } from '../rules/rule.js';
import { toBambooService } from './bamboo-service.js';
import { sortedObject } from './go-json.js';

function task(app: CatalogApp, instance: CatalogInstance): object {
  return {
    Id: instance.taskId,
    Host: instance.host,
    Port: instance.ports[0] ?? 0,
    Ports: instance.ports,
    Alive: app.healthChecks.length === 0 || instance.healthy === true,
    State: 'TASK_RUNNING',
    Ready: true,
  };
}

function app(app: CatalogApp, instances: Iterable<CatalogInstance>): object {
  const http = app.healthChecks.find(({ protocol }) => protocol === 'HTTP' || protocol === 'HTTPS');
  const servicePorts = app.ports.map((port) => port.servicePort);
  return {
    Id: app.id,
    MesosDnsId: segmentsOf(app.id).reverse().join('-'),
    EscapedId: app.id.replaceAll('/', '::'),
    HealthCheckPath: http === undefined ? '' : (http.path ?? '/'),
    HealthCheckProtocol: http?.protocol ?? '',
    HealthChecks: app.healthChecks.map((check) => ({
      Protocol: check.protocol,
      Path: check.path ?? '',
      PortIndex: check.portIndex ?? 0,
    })),
    ReadinessCheckPath: '',
    Tasks: [...instances]
      .filter((instance) => instance.ports.length > 0)
      .sort((a, b) => (a.taskId < b.taskId ? -1 : 1))
      .map((instance) => task(app, instance)),
    ServicePort: servicePorts[0] ?? 0,
    ServicePorts: servicePorts,
    Env: sortedObject(Object.entries(app.env)),
    Labels: sortedObject(Object.entries(app.labels)),
    SplitId: app.id.split('/'),
    ipAddress: { discovery: { ports: null } },
  };
}

/** The body of `GET /api/state`: apps and rules as Bamboo shows them (its template's model). */
export function bambooState(catalog: CatalogView, rules: Iterable<Rule>): object {
  return {
    Apps: [...catalog.apps.values()]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((definition) => app(definition, catalog.instancesOf(definition.id))),
    Services: sortedObject([...rules].map((rule) => [rule.id, toBambooService(rule)] as const)),
  };
}
