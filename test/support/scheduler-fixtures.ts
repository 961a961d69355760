import type { AppDefinition } from '../../src/scheduler/model/app-definition.js';
import type { Offer, RoleResources } from '../../src/scheduler/model/offer.js';

/** An app with every field at Marathon's default, and a command that does nothing. */
export function anApp(changes: Partial<AppDefinition> = {}): AppDefinition {
  const version = '2026-01-01T00:00:00.000Z';
  return {
    id: '/app',
    cmd: 'sleep 1000',
    args: [],
    env: {},
    instances: 1,
    cpus: 1,
    memMib: 128,
    diskMib: 0,
    gpus: 0,
    executor: '',
    fetch: [],
    portDefinitions: [{ port: 10000, protocol: 'tcp', name: 'default', labels: {} }],
    requirePorts: false,
    healthChecks: [],
    readinessChecks: [],
    labels: {},
    role: '*',
    backoffSeconds: 1,
    backoffFactor: 1.15,
    maxLaunchDelaySeconds: 300,
    upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
    unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
    killSelection: 'YOUNGEST_FIRST',
    networks: [{ mode: 'host' }],
    constraints: [],
    dependencies: [],
    storeUrls: [],
    version,
    versionInfo: { lastScalingAt: version, lastConfigChangeAt: version },
    ...changes,
  };
}

/** An offer of one agent with unreserved resources: plenty, unless said otherwise. */
export function anOffer(resources: Partial<RoleResources>, identity: { id?: string; agentId?: string } = {}): Offer {
  const { id = 'O1', agentId = 'S1' } = identity;
  return {
    id,
    agentId,
    hostname: '10.0.0.1',
    allocationRole: '*',
    resources: [
      {
        role: '*',
        cpus: 8,
        memMib: 8192,
        diskMib: 10_000,
        gpus: 0,
        ports: [{ begin: 31000, end: 31999 }],
        ...resources,
      },
    ],
    attributes: {},
  };
}
