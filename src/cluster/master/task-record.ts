import type { Task, TaskInfo } from '../../mesos/types.js';
import { wireResources } from '../resource-forms.js';
import type { Resources } from '../resources.js';
import { parseResources } from '../resources.js';
import type { Framework, TaskRecord } from './state.js';

/** What `mesos.v1.Task` takes over from TaskInfo. */
function taskOf(frameworkId: string, info: TaskInfo, resources: Task['resources']): TaskRecord['fixed'] {
  return {
    name: info.name,
    task_id: info.task_id,
    framework_id: { value: frameworkId },
    ...(info.executor === undefined ? {} : { executor_id: info.executor.executor_id }),
    agent_id: info.agent_id,
    resources,
    ...(info.labels === undefined ? {} : { labels: info.labels }),
    ...(info.discovery === undefined ? {} : { discovery: info.discovery }),
    ...(info.container === undefined ? {} : { container: info.container }),
    ...(info.health_check === undefined ? {} : { health_check: info.health_check }),
    ...(info.command?.user === undefined ? {} : { user: info.command.user }),
  };
}

/** A task that is being launched: TASK_STAGING until its agent tells more. */
export function launchedTask(framework: Framework, info: TaskInfo, role: string, resources: Resources): TaskRecord {
  return {
    fixed: taskOf(framework.id, info, wireResources(resources, { allocatedTo: role, withRole: false })),
    role,
    resources,
    state: 'TASK_STAGING',
    statuses: [],
    statusUpdate: undefined,
    unacknowledged: undefined,
    graceNanoseconds: info.kill_policy?.grace_period?.nanoseconds,
    drained: false,
  };
}

/** A task that an agent brought along. */
export function recoveredTask(framework: Framework, task: Task): TaskRecord {
  const { state, statuses = [], status_update_state, status_update_uuid, ...fixed } = task;
  return {
    fixed,
    role: task.resources[0]?.allocation_info?.role ?? framework.roles[0] ?? '*',
    resources: parseResources(task.resources),
    state,
    statuses: [...statuses],
    statusUpdate:
      status_update_state === undefined || status_update_uuid === undefined
        ? undefined
        : { state: status_update_state, uuid: status_update_uuid },
    unacknowledged: undefined,
    graceNanoseconds: undefined,
    drained: false,
  };
}
