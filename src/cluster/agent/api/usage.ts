import { freemem, loadavg, totalmem, cpus } from 'node:os';
import { parseResources, scalarMilli } from '../../resources.js';
import type { AgentTask } from '../agent-task.js';
import type { SessionUsage } from '../process-table.js';
import { usageBySession } from '../process-table.js';
import { allocatedResources } from './state.js';
import type { AgentView } from './view.js';

const bytesPerMib = 2 ** 20;

function renderStatistics(task: AgentTask, usage: SessionUsage | undefined, nowMs: number): object {
  const resources = parseResources(task.info.resources);
  const memBytes = Math.round((scalarMilli(resources, 'mem') / 1000) * bytesPerMib);
  return {
    cpus_limit: scalarMilli(resources, 'cpus') / 1000,
    ...(usage === undefined
      ? {}
      : {
          cpus_system_time_secs: usage.systemSeconds,
          cpus_user_time_secs: usage.userSeconds,
          mem_rss_bytes: usage.residentBytes,
        }),
    mem_limit_bytes: memBytes,
    timestamp: nowMs / 1000,
  };
}

/** `GET /monitor/statistics`: what the processes of each running task use; of those that still live. */
export async function renderMonitorStatistics(view: AgentView): Promise<readonly object[]> {
  const usage = await usageBySession();
  const nowMs = view.now();
  return view
    .tasks()
    .filter(({ sessionId }) => sessionId !== undefined)
    .map((task) => renderExecutorUsage(task, usage, nowMs));
}

function renderExecutorUsage(task: AgentTask, usage: ReadonlyMap<number, SessionUsage>, nowMs: number): object {
  return {
    executor_id: task.executorId,
    executor_name: task.executorName,
    framework_id: task.frameworkId,
    source: task.taskId,
    statistics: renderStatistics(task, usage.get(task.sessionId ?? 0), nowMs),
  };
}

/** `GET /containers`. */
export async function renderContainers(view: AgentView): Promise<readonly object[]> {
  const usage = await usageBySession();
  const nowMs = view.now();
  return view
    .tasks()
    .filter(({ sessionId }) => sessionId !== undefined)
    .map((task) => ({
      container_id: task.containerId,
      ...renderExecutorUsage(task, usage, nowMs),
      status: {
        container_id: {
          value: task.containerId,
          ...(task.group === undefined ? {} : { parent: { value: task.group.containerId } }),
        },
        ...(task.executorPid === undefined ? {} : { executor_pid: task.executorPid }),
      },
    }));
}

/** `GET /metrics/snapshot`: Mesos' names, for what this agent has. */
export function renderMetrics(view: AgentView): Readonly<Record<string, number>> {
  const { endedByState, fetches, garbage, recoverySeconds, validUpdates } = view.counters();
  const tasks = view.tasks();
  const running = (...states: string[]): number => tasks.filter((task) => states.includes(task.state)).length;
  const ended = (state: 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED'): number => endedByState.get(state) ?? 0;
  const metrics: Record<string, number> = {
    'containerizer/fetcher/task_fetches_failed': fetches.failed,
    'containerizer/fetcher/task_fetches_succeeded': fetches.succeeded,
    'gc/path_removals_failed': garbage.failed,
    'gc/path_removals_pending': garbage.pending,
    'gc/path_removals_succeeded': garbage.removed,
  };
  const allocated = allocatedResources(view);
  for (const name of ['cpus', 'disk', 'gpus', 'mem']) {
    const total = scalarMilli(view.resources, name) / 1000;
    const used = scalarMilli(allocated, name) / 1000;
    metrics[`slave/${name}_percent`] = total === 0 ? 0 : used / total;
    metrics[`slave/${name}_total`] = total;
    metrics[`slave/${name}_used`] = used;
  }
  const [load1 = 0, load5 = 0, load15 = 0] = loadavg();
  return {
    ...metrics,
    'slave/executors_running': tasks.filter((task) => task.sessionId !== undefined).length,
    'slave/executors_terminated': [...endedByState.values()].reduce((sum, count) => sum + count, 0),
    'slave/frameworks_active': new Set(tasks.filter((task) => !task.hasEnded).map((task) => task.frameworkId)).size,
    'slave/recovery_time_secs': recoverySeconds,
    'slave/registered': 1,
    'slave/tasks_failed': ended('TASK_FAILED'),
    'slave/tasks_finished': ended('TASK_FINISHED'),
    'slave/tasks_killed': ended('TASK_KILLED'),
    'slave/tasks_killing': running('TASK_KILLING'),
    'slave/tasks_running': running('TASK_RUNNING'),
    'slave/tasks_staging': running('TASK_STAGING'),
    'slave/tasks_starting': running('TASK_STARTING'),
    'slave/uptime_secs': (view.now() - view.startedAtMs) / 1000,
    'slave/valid_status_updates': validUpdates,
    'system/cpus_total': cpus().length,
    'system/load_15min': load15,
    'system/load_1min': load1,
    'system/load_5min': load5,
    'system/mem_free_bytes': freemem(),
    'system/mem_total_bytes': totalmem(),
  };
}
