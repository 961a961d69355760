import { messageOf } from '../../common/errors.js';
import type { Resource, TaskInfo } from '../../mesos/types.js';
import { isSafeId } from '../framework-info.js';
import { resourcesText } from '../resource-forms.js';
import type { Resources } from '../resources.js';
import { containsResources, parseResources } from '../resources.js';

/** A task that may be launched, with the resources it takes; or why it may not, in the words of the TASK_ERROR message. */
export type TaskVerdict = { readonly resources: Resources } | { readonly problem: string };

/** What a task is launched on. */
export interface Offered {
  readonly agentId: string;
  readonly role: string;
  readonly available: Resources;
  /** Whether the framework has a task with that id already. */
  readonly isTaskId: (taskId: string) => boolean;
}

/** What is wrong with a task whatever runs it; undefined when nothing is. */
function problemOf(task: TaskInfo, { agentId, isTaskId }: Offered): string | undefined {
  const taskId = task.task_id.value;
  if (!isSafeId(taskId)) return `'${taskId.slice(0, 300)}' contains invalid characters`;
  if (isTaskId(taskId)) return `Task has duplicate ID: ${taskId}`;
  if (task.agent_id.value !== agentId) {
    return `Task uses invalid agent ${task.agent_id.value} while agent ${agentId} is expected`;
  }
  const graceNanoseconds = task.kill_policy?.grace_period?.nanoseconds ?? 0;
  if (graceNanoseconds < 0) return "Task's 'kill_policy.grace_period' must be non-negative";
  return undefined;
}

/** The role that one of these resources is allocated to, when it is not `role`. */
export function otherRole(resources: readonly Resource[], role: string): string | undefined {
  const other = resources.find((r) => (r.allocation_info?.role ?? role) !== role);
  return other?.allocation_info?.role;
}

/** The checks that tasks of a LAUNCH and of a LAUNCH_GROUP have in common: all but whether there is enough for them. */
export function validateTaskByItself(task: TaskInfo, offered: Offered): TaskVerdict {
  const problem = problemOf(task, offered);
  if (problem !== undefined) return { problem };
  let resources: Resources;
  try {
    resources = parseResources(task.resources);
  } catch (error) {
    return { problem: `Task uses invalid resources: ${messageOf(error)}` };
  }
  return resources.size === 0 ? { problem: 'Task uses no resources' } : { resources };
}

/** Checks one task of a LAUNCH against what is left of the accepted offers. */
export function validateTask(task: TaskInfo, offered: Offered): TaskVerdict {
  const { role, available } = offered;
  const verdict = validateTaskByItself(task, offered);
  if ('problem' in verdict) return verdict;
  if (task.command === undefined || task.executor !== undefined) {
    return {
      problem:
        (task.command === undefined) === (task.executor === undefined)
          ? 'Task should have at least one (but not both) of CommandInfo or ExecutorInfo present'
          : 'Custom executors are not supported by the embedded cluster: use CommandInfo',
    };
  }
  const { resources } = verdict;
  const other = otherRole(task.resources, role);
  if (other !== undefined || !containsResources(available, resources)) {
    return {
      problem:
        `Total resources ${resourcesText(resources, other ?? role)} required by task and its executor is more than ` +
        `available ${resourcesText(available, role)}`,
    };
  }
  return { resources };
}
