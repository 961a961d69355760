import { Catalog } from '../../../src/catalog/catalog.js';
import type { CatalogApp, CatalogChange, CatalogInstance } from '../../../src/catalog/types.js';
import { hostnameFormOf } from '../../../src/common/path-id.js';
import type { ViewTask } from '../../../src/dns/records/view.js';

export function catalogApp(fields: Partial<CatalogApp> & { id: string }): CatalogApp {
  return {
    version: '2026-01-01T00:00:00.000Z',
    instances: 1,
    labels: {},
    env: {},
    ports: [{ servicePort: 10_000, protocol: 'tcp', name: 'http', labels: {} }],
    healthChecks: [],
    ...fields,
  };
}

/** An instance on agent a-S1 that has a host port. */
export function catalogInstance(fields: Partial<CatalogInstance> & { taskId: string; appId: string }): CatalogInstance {
  return {
    version: '2026-01-01T00:00:00.000Z',
    agentId: 'a-S1',
    host: '10.1.0.1',
    ipAddresses: ['10.1.0.1'],
    ports: [31_000],
    healthy: null,
    startedAt: '2026-01-01T00:00:01.000Z',
    ...fields,
  };
}

export const noChange: CatalogChange = { apps: [], removedApps: [], instances: [], removedInstances: [] };

export function catalogOf(apps: readonly CatalogApp[], instances: readonly CatalogInstance[]): Catalog {
  const catalog = new Catalog();
  catalog.change({ ...noChange, apps, instances });
  return catalog;
}

/** What a master tells of an instance that the scheduler F1 runs on the network of its agent. */
export function taskAsMesosHasIt(instance: CatalogInstance, app: CatalogApp): ViewTask {
  const name = hostnameFormOf(app.id);
  return {
    id: instance.taskId,
    frameworkId: 'F1',
    agentId: instance.agentId,
    name,
    running: true,
    state: 'TASK_RUNNING',
    ports: instance.ports.map((port) => ({ begin: port, end: port })).sort((a, b) => a.begin - b.begin),
    discovery: {
      name,
      ports: app.ports.flatMap(({ protocol, name: portName = '' }, i) => {
        const number = instance.ports[i];
        return number === undefined ? [] : [{ number, name: portName, protocol, isOfHost: true }];
      }),
    },
    addresses: { netinfo: instance.ipAddresses, docker: [], mesos: [] },
    isBridged: false,
    addressesAt: 1,
  };
}
