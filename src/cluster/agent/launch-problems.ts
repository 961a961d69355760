import type { ExecutorInfo, TaskInfo } from '../../mesos/types.js';
import { isSafeId } from '../framework-info.js';
import type { IdentifiedFramework } from './task-checkpoint.js';

/** Ids become names of directories. */
function idProblem(id: string): string | undefined {
  return isSafeId(id) ? undefined : `'${id.slice(0, 300)}' contains invalid characters`;
}

function idsProblem(framework: IdentifiedFramework, info: TaskInfo): string | undefined {
  const problem = idProblem(framework.id.value);
  return idProblem(info.task_id.value) ?? (problem === undefined ? undefined : `Framework ID ${problem}`);
}

/** Why this agent does not launch a task, in words; undefined = it may try. */
export function taskProblem(framework: IdentifiedFramework, info: TaskInfo): string | undefined {
  if (info.executor === undefined) return idsProblem(framework, info);
  return `the executor '${info.executor.executor_id.value}' cannot be run: this agent has command and default executors only`;
}

/** Why this agent does not launch a group of tasks, in words; undefined = it may try. */
export function groupProblem(
  framework: IdentifiedFramework,
  executor: ExecutorInfo,
  tasks: readonly TaskInfo[],
): string | undefined {
  const problem = tasks.map((info) => idsProblem(framework, info)).find((found) => found !== undefined);
  return problem ?? idProblem(executor.executor_id.value);
}
