import { isTerminal } from '../../../mesos/types.js';
import { scalarMilli } from '../../resources.js';
import type { MasterState } from '../state.js';

/** Gauges and counters of `/metrics/snapshot` that this master keeps, under Mesos' names; counters start at 0. */
const counters = [
  'invalid_status_update_acknowledgements',
  'invalid_status_updates',
  'messages_decline_offers',
  'messages_framework_to_executor',
  'messages_kill_task',
  'messages_launch_tasks',
  'messages_reconcile_operations',
  'messages_reconcile_tasks',
  'messages_register_framework',
  'messages_resource_request',
  'messages_revive_offers',
  'messages_suppress_offers',
  'messages_unregister_framework',
  'slave_registrations',
  'slave_removals',
  'slave_reregistrations',
  'slave_unreachable_completed',
  'tasks_dropped',
  'tasks_error',
  'tasks_failed',
  'tasks_finished',
  'tasks_gone',
  'tasks_gone_by_operator',
  'tasks_killed',
  'tasks_lost',
  'valid_status_update_acknowledgements',
  'valid_status_updates',
];

export interface SystemFacts {
  readonly cpus: number;
  /** Load averages over 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly memTotalBytes: number;
  readonly memFreeBytes: number;
  readonly operatorSubscribers: number;
}

/** `GET /metrics/snapshot`: metric name → value. */
export function metricsSnapshot(state: MasterState, system: SystemFacts, nowMs: number): Record<string, number> {
  const metrics: Record<string, number> = {};
  const put = (name: string, value: number): void => {
    metrics[`master/${name}`] = value;
  };
  const frameworks = [...state.frameworks.values()];
  const agents = [...state.agents.values()];
  for (const name of ['cpus', 'disk', 'gpus', 'mem']) {
    const total = (state.total.get(name) ?? 0) / 1000;
    const taken = agents.reduce((sum, { used }) => sum + scalarMilli(used, name), 0) / 1000;
    put(`${name}_total`, total);
    put(`${name}_used`, taken);
    put(`${name}_percent`, total === 0 ? 0 : taken / total);
  }
  const connected = frameworks.filter((f) => f.streamId !== undefined).length;
  put('frameworks_active', connected);
  put('frameworks_connected', connected);
  put('frameworks_disconnected', frameworks.length - connected);
  put('frameworks_inactive', frameworks.length - connected);
  put('outstanding_offers', state.offers.size);
  put('operator_event_stream_subscribers', system.operatorSubscribers);
  const inactive = agents.filter(({ deactivated }) => deactivated).length;
  put('slaves_active', agents.length - inactive);
  put('slaves_connected', agents.length);
  put('slaves_disconnected', 0);
  put('slaves_inactive', inactive);
  put('slaves_unreachable', state.unreachableAgents.size);
  for (const name of ['staging', 'starting', 'running', 'killing', 'unreachable']) put(`tasks_${name}`, 0);
  for (const framework of frameworks) {
    metrics['master/tasks_unreachable'] = (metrics['master/tasks_unreachable'] ?? 0) + framework.unreachableTasks.size;
    for (const { state: taskState } of framework.tasks.values()) {
      const name = `master/${taskState.toLowerCase().replace('task_', 'tasks_')}`;
      if (!isTerminal(taskState)) metrics[name] = (metrics[name] ?? 0) + 1;
    }
  }
  for (const name of counters) put(name, state.counters.get(name) ?? 0);
  put('elected', state.electedAtMs === undefined ? 0 : 1);
  put('uptime_secs', (nowMs - state.startedAtMs) / 1000);
  metrics['system/cpus_total'] = system.cpus;
  metrics['system/load_1min'] = system.load[0] ?? 0;
  metrics['system/load_5min'] = system.load[1] ?? 0;
  metrics['system/load_15min'] = system.load[2] ?? 0;
  metrics['system/mem_total_bytes'] = system.memTotalBytes;
  metrics['system/mem_free_bytes'] = system.memFreeBytes;
  return metrics;
}
