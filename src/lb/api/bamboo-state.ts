import type { CatalogView } from '../../catalog/catalog.js';
import type { CatalogApp, CatalogInstance } from '../../catalog/types.js';
import { segmentsOf } from '../../common/path-id.js';
import type { Rule } from '../rules/rule.js';
import { toBambooService } from './bamboo-service.js';
import type { GoValue } from './go-json.js';

/** Where a task is reached: its agent's ports, or its own address where it has one and the agent has no port for it. */
function addressOf({ host, ports, containerPorts = [], ipAddresses }: CatalogInstance): {
  host: string;
  ports: readonly number[];
} {
  const [own] = ipAddresses;
  const isOwn = own !== undefined && containerPorts.length > 0 && ports.every((port) => port === 0);
  return isOwn ? { host: own, ports: containerPorts } : { host, ports };
}

function task(app: CatalogApp, instance: CatalogInstance): GoValue {
  const { host, ports } = addressOf(instance);
  const { isChecked = app.healthChecks.length > 0 } = instance;
  return {
    Id: instance.taskId,
    Host: host,
    Port: ports[0] ?? 0,
    Ports: ports,
    Alive: !isChecked || instance.healthy === true,
    State: instance.unreachable === true ? 'TASK_UNREACHABLE' : 'TASK_RUNNING',
    Ready: instance.unreachable !== true && instance.ready !== false,
  };
}

function hasAddress(instance: CatalogInstance): boolean {
  const { host, ports } = addressOf(instance);
  return host !== '' && ports.length > 0;
}

function app(app: CatalogApp, instances: Iterable<CatalogInstance>): GoValue {
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
      .filter(hasAddress)
      .sort((a, b) => (a.taskId < b.taskId ? -1 : 1))
      .map((instance) => task(app, instance)),
    ServicePort: servicePorts[0] ?? 0,
    ServicePorts: servicePorts,
    Env: new Map(Object.entries(app.env)),
    Labels: new Map(Object.entries(app.labels)),
    SplitId: app.id.split('/'),
    ipAddress: { discovery: { ports: null } },
  };
}

/** The body of `GET /api/state`: apps and rules as Bamboo shows them (its template's model). */
export function bambooState(catalog: CatalogView, rules: Iterable<Rule>): GoValue {
  return {
    Apps: [...catalog.apps.values()]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((definition) => app(definition, catalog.instancesOf(definition.id))),
    Services: new Map([...rules].map((rule) => [rule.id, toBambooService(rule)] as const)),
  };
}
