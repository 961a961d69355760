import type { AppDefinition } from './model/app-definition.js';
import type { Instance } from './model/instance.js';
import type { CheckedTask } from './ports/checker.js';
import { assignedPorts } from './core/wanted-ports.js';

/**
 * What the checker is to know of a running instance (marathon.md §13.1): ports that the host leads to are checked there, the others at
 * the task's own address. Undefined while that is needed and not known: an update that brings it will ask again.
 */
export function checkedTaskOf(app: AppDefinition, instance: Instance): CheckedTask | undefined {
  const { taskId, host, ipAddresses } = instance;
  const assigned = assignedPorts(app, instance);
  const task = { taskId, healthChecks: app.healthChecks };
  const ports = assigned.map(({ hostPort, containerPort }) => hostPort ?? containerPort ?? 0);
  if (!app.networks.some(({ mode }) => mode === 'container')) return { ...task, host, ports };
  const own = ipAddresses[0]?.ipAddress;
  if (own === undefined) return undefined;
  const portHosts = assigned.map(({ hostPort }) => (hostPort === undefined ? own : host));
  return { ...task, host: own, ports, portHosts };
}
