import { messageOf } from '../../common/errors.js';
import type { TaskInfo } from '../../mesos/types.js';
import { isSafeId } from '../framework-info.js';
import { resourcesText } from '../resource-forms.js';
import type { Resources } from '../resources.js';
import { containsResources, parseResources } from '../resources.js';

/** A task that may be launched, with the resources it takes; or why it may not, in the words of the TASK_ERROR message. */
export type TaskVerdict = { readonly resources: Resources } | { readonly problem: string };

/**
 * Checks one task of a LAUNCH against what is left of the accepted offers. `isTaskId` tells whether the framework has a
 * task with that id already.
 */
export function validateTask(
  task: TaskInfo,
  offered: { agentId: string; role: string; available: Resources; isTaskId: (taskId: string) => boolean },
): TaskVerdict {
  const taskId = task.task_id.value;
  if (!isSafeId(taskId)) return { problem: `'${taskId.slice(0, 300)}' contains invalid characters` };
  if (offered.isTaskId(taskId)) return { problem: `Task has duplicate ID: ${taskId}` };
  if (task.agent_id.value !== offered.agentId) {
    return {
      problem: `Task uses invalid agent ${task.agent_id.value} while agent ${offered.agentId} is expected`,
    };
  }
  if ('executor' in task) {
    return task.command === undefined
      ? { problem: 'Custom executors are not supported by the embedded cluster: use CommandInfo' }
      : { problem: 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present' };
  }
  if (task.command === undefined) {
    return { problem: 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present' };
  }
  const graceNanoseconds = task.kill_policy?.grace_period?.nanoseconds ?? 0;
  if (graceNanoseconds < 0) return { problem: "Task's 'kill_policy.grace_period' must be non-negative" };

  let resources: Resources;
  try {
    resources = parseResources(task.resources);
  } catch (error) {
    return { problem: `Task uses invalid resources: ${messageOf(error)}` };
  }
  if (resources.size === 0) return { problem: 'Task uses no resources' };
  const otherRole = task.resources.find((r) => (r.allocation_info?.role ?? offered.role) !== offered.role);
  if (otherRole !== undefined || !containsResources(offered.available, resources)) {
    const needed = resourcesText(resources, otherRole?.allocation_info?.role ?? offered.role);
    const available = resourcesText(offered.available, offered.role);
    return {
      problem: `Total resources ${needed} required by task and its executor is more than available ${available}`,
    };
  }
  return { resources };
}
