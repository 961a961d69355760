import { machineOf } from '../maintenance/agent-schedule.js';
import type { MachineId } from '../maintenance/machine-book.js';
import type { MasterState } from '../state.js';

/** The maintenance schedule (`mesos.v1.maintenance.Schedule`). */
export function maintenanceSchedule({ machines }: MasterState): { readonly windows?: readonly object[] } {
  return machines.windows.length === 0 ? {} : { windows: machines.windows };
}

/** `mesos.v1.maintenance.ClusterStatus`: which machines drain, with the answers of frameworks, and which are down. */
export function maintenanceStatus(state: MasterState): {
  readonly draining_machines?: readonly object[];
  readonly down_machines?: readonly MachineId[];
} {
  const statuses = new Map<MachineId, object[]>();
  for (const agent of state.agents.values()) {
    const machine = machineOf(state, agent);
    if (machine === undefined) continue;
    const list = statuses.get(machine.id) ?? [];
    statuses.set(machine.id, list);
    for (const [frameworkId, { status, atMs }] of agent.maintenance.statuses) {
      list.push({ status, framework_id: { value: frameworkId }, timestamp: { nanoseconds: atMs * 1e6 } });
    }
  }
  const all = state.machines.machines();
  const draining = all
    .filter(({ mode }) => mode === 'DRAINING')
    .map(({ id }) => ({ id, ...((statuses.get(id)?.length ?? 0) === 0 ? {} : { statuses: statuses.get(id) }) }));
  const down = all.filter(({ mode }) => mode === 'DOWN').map(({ id }) => id);
  return {
    ...(draining.length === 0 ? {} : { draining_machines: draining }),
    ...(down.length === 0 ? {} : { down_machines: down }),
  };
}
