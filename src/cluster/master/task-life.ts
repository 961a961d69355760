import type { TaskInfo, TaskState, TaskStatus } from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import type { MasterContext } from './context.js';
import type { ExecutorRecord, Framework, TaskRecord } from './state.js';
import { executorKey, maxCompletedTasksPerFramework } from './state.js';
import type { MasterStatusPart } from './statuses.js';
import { masterStatus, recordStatus, taskStatusFromMaster } from './statuses.js';

/** A task that has ended stays ended; its resources are free from the first terminal state on. */
export function setTaskState(context: MasterContext, framework: Framework, task: TaskRecord, state: TaskState): void {
  if (isTerminal(task.state)) return;
  task.state = state;
  if (!isTerminal(state)) return;
  context.count(state.toLowerCase().replace('task_', 'tasks_'));
  context.ledger.release(framework, task.fixed.agent_id.value, task.role, task.resources);
}

/** Ends a task on the master's own word; returns the status that its framework may be told. */
export function endTask(
  context: MasterContext,
  framework: Framework,
  task: TaskRecord,
  nowMs: number,
  why: MasterStatusPart,
): TaskStatus {
  const status = taskStatusFromMaster(framework, task, nowMs, why);
  setTaskState(context, framework, task, status.state);
  recordStatus(task, status);
  context.publishTask(framework, task, status);
  return status;
}

/** The framework knows that the task has ended: it moves to the completed ones. */
export function completeTask(context: MasterContext, framework: Framework, task: TaskRecord): void {
  task.unacknowledged = undefined;
  framework.tasks.delete(task.fixed.task_id.value);
  context.state.agents.get(task.fixed.agent_id.value)?.tasks.delete(task);
  framework.completedTasks.push(task);
  if (framework.completedTasks.length > maxCompletedTasksPerFramework) framework.completedTasks.shift();
}

/** Tells a framework that a task of an ACCEPT was not launched. */
export function rejectTask(
  context: MasterContext,
  framework: Framework,
  task: TaskInfo,
  nowMs: number,
  why: MasterStatusPart,
): void {
  context.count(why.state === 'TASK_ERROR' ? 'tasks_error' : 'tasks_dropped');
  const status = masterStatus(framework, nowMs, {
    taskId: task.task_id.value,
    agentId: task.agent_id.value,
    ...why,
  });
  context.sendStatus(framework, status);
}

/** The executor is gone: what it took is free. */
export function removeExecutor(context: MasterContext, framework: Framework, executor: ExecutorRecord): void {
  const key = executorKey(executor.frameworkId, executor.info.executor_id.value);
  context.state.agents.get(executor.agentId)?.executors.delete(key);
  context.ledger.release(framework, executor.agentId, executor.role, executor.resources);
}
