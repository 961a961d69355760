import type { Task, TaskInfo } from '../../mesos/types.js';
import { wireResources } from '../resource-forms.js';
import type { Resources } from '../resources.js';
import { parseResources } from '../resources.js';
import { fixedTaskPart } from '../task-form.js';
import type { Framework, TaskRecord } from './state.js';

/** A task that is being launched: TASK_STAGING until its agent tells more. */
export function launchedTask(framework: Framework, info: TaskInfo, role: string, resources: Resources): TaskRecord {
  return {
    fixed: {
      ...fixedTaskPart(info, { frameworkId: framework.id, executor: info.executor }),
      resources: wireResources(resources, { allocatedTo: role, withRole: false }),
    },
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
