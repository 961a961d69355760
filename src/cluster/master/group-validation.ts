import { messageOf } from '../../common/errors.js';
import type { ExecutorInfo, TaskInfo } from '../../mesos/types.js';
import { isSafeId } from '../framework-info.js';
import { resourcesText } from '../resource-forms.js';
import type { Resources } from '../resources.js';
import {
  addResources,
  containsResources,
  noResources,
  parseResources,
  scalarMilli,
  sumResources,
} from '../resources.js';
import type { Offered } from './task-validation.js';
import { otherRole, validateTaskByItself } from './task-validation.js';

/** The least that an executor must have: Mesos' MIN_CPUS and MIN_MEM. */
const minCpusMilli = 10;
const minMemMilli = 32_000;

/** A group that may be launched, with what its executor and its tasks take; or why it may not, as the TASK_ERROR says. */
export type GroupVerdict =
  { readonly executor: Resources; readonly tasks: readonly Resources[] } | { readonly problem: string };

/** What a group is launched on. */
export interface OfferedToGroup extends Offered {
  readonly frameworkId: string;
  /** The executor of that id, when it runs already: it takes nothing more. */
  readonly runningExecutor: ExecutorInfo | undefined;
}

interface GroupContainer {
  readonly type?: string;
  readonly network_infos?: readonly object[];
  readonly mesos?: { readonly image?: object };
}

function taskProblem(task: TaskInfo): string | undefined {
  if (task.command === undefined) return "'TaskInfo.command' must be set";
  const { type, network_infos = [] } = (task.container ?? {}) as GroupContainer;
  const { type: check } = (task.health_check ?? {}) as { readonly type?: string };
  if (network_infos.length > 0 && (check === 'HTTP' || check === 'TCP')) {
    return "HTTP and TCP health checks are not supported for nested containers not joining parent's network";
  }
  return type === 'DOCKER' ? 'Docker ContainerInfo is not supported on the task' : undefined;
}

function executorProblem(executor: ExecutorInfo, frameworkId: string): string | undefined {
  const { type, executor_id, framework_id, command, container } = executor;
  const { type: containerType, mesos } = (container ?? {}) as GroupContainer;
  if (type === 'DEFAULT') {
    if (command !== undefined) return "'ExecutorInfo.command' must not be set for 'DEFAULT' executor";
    if (container !== undefined && containerType !== 'MESOS') {
      return "'ExecutorInfo.container.type' must be 'MESOS' for 'DEFAULT' executor";
    }
    if (mesos?.image !== undefined) {
      return "'ExecutorInfo.container.mesos.image' must not be set for 'DEFAULT' executor";
    }
  }
  if (!isSafeId(executor_id.value)) return `'${executor_id.value.slice(0, 300)}' contains invalid characters`;
  if ((executor.shutdown_grace_period?.nanoseconds ?? 0) < 0) {
    return "ExecutorInfo's 'shutdown_grace_period' must be non-negative";
  }
  if (framework_id === undefined) return "'ExecutorInfo.framework_id' must be set";
  if (framework_id.value !== frameworkId) {
    return `ExecutorInfo has an invalid FrameworkID (Actual: ${framework_id.value} vs Expected: ${frameworkId})`;
  }
  if (type === undefined) return "'ExecutorInfo.type' must be set";
  if (type !== 'DEFAULT') return 'Custom executors are not supported by the embedded cluster: use the default executor';
  return undefined;
}

function executorResourcesProblem(id: string, resources: Resources): string | undefined {
  const cpus = scalarMilli(resources, 'cpus');
  const mem = scalarMilli(resources, 'mem');
  if (cpus < minCpusMilli) {
    return `Executor '${id}' uses less CPUs (${cpus === 0 ? 'None' : cpus / 1000}) than the minimum required (0.01)`;
  }
  if (mem < minMemMilli) {
    return `Executor '${id}' uses less memory (${mem === 0 ? 'None' : `${mem / 1000}MB`}) than the minimum required (32MB)`;
  }
  return scalarMilli(resources, 'disk') === 0 ? `Executor '${id}' uses no disk` : undefined;
}

/** Ranges and sets cannot be had twice: adding them up would hide it. */
function overlaps(parts: readonly Resources[]): boolean {
  const taken = new Map<string, number>();
  const count = (resources: Resources, add: (key: string, n: number) => void): void => {
    for (const [key, { amount }] of resources) {
      if (amount.type === 'RANGES')
        add(
          key,
          amount.ranges.reduce((sum, { begin, end }) => sum + end - begin + 1, 0),
        );
      else if (amount.type === 'SET') add(key, amount.items.length);
    }
  };
  for (const part of parts) count(part, (key, n) => taken.set(key, (taken.get(key) ?? 0) + n));
  let differs = false;
  count(sumResources(parts), (key, n) => {
    differs ||= taken.get(key) !== n;
  });
  return differs;
}

/** Checks the tasks of a LAUNCH_GROUP and their executor against what is left of the accepted offers: all or none start. */
export function validateGroup(
  executor: ExecutorInfo,
  tasks: readonly TaskInfo[],
  offered: OfferedToGroup,
): GroupVerdict {
  const { role, available, frameworkId, runningExecutor } = offered;
  const parts: Resources[] = [];
  const ids = new Set<string>();
  for (const task of tasks) {
    const id = task.task_id.value;
    const verdict = validateTaskByItself(task, {
      ...offered,
      isTaskId: (taskId) => ids.has(taskId) || offered.isTaskId(taskId),
    });
    const problem = 'problem' in verdict ? verdict.problem : taskProblem(task);
    if (problem !== undefined) return { problem: `Task '${id}' is invalid: ${problem}` };
    if ('resources' in verdict) parts.push(verdict.resources);
    ids.add(id);
  }
  const problem = executorProblem(executor, frameworkId);
  if (problem !== undefined) return { problem };
  const executorId = executor.executor_id.value;
  let own: Resources;
  try {
    own = parseResources(executor.resources ?? []);
  } catch (error) {
    return { problem: `Executor uses invalid resources: ${messageOf(error)}` };
  }
  const tooLittle = executorResourcesProblem(executorId, own);
  if (tooLittle !== undefined) return { problem: tooLittle };
  if (overlaps([...parts, own])) {
    return { problem: "There are overlapping resources in the task group's task resources and executor resources" };
  }
  const needed = addResources(sumResources(parts), runningExecutor === undefined ? own : noResources);
  const other = otherRole([...(executor.resources ?? []), ...tasks.flatMap(({ resources }) => resources)], role);
  if (other !== undefined || !containsResources(available, needed)) {
    return {
      problem:
        `Total resources ${resourcesText(needed, other ?? role)} required by task group and its executor are more than ` +
        `available ${resourcesText(available, role)}`,
    };
  }
  return { executor: own, tasks: parts };
}
