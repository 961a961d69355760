import type { TaskStatus } from '../../../mesos/types.js';
import { isTerminal } from '../../../mesos/types.js';
import type { AgentUpdate, ExecutorEnd } from '../../agent-port.js';
import type { MasterContext } from '../context.js';
import { executorKey } from '../state.js';
import type { TaskRecord } from '../state.js';
import { recordStatus } from '../statuses.js';
import { completeTask, removeExecutor, setTaskState } from '../task-life.js';

/** A task of a draining agent says why it ends. */
function withDrainReason(task: TaskRecord | undefined, status: TaskStatus): TaskStatus {
  const isKill = status.state === 'TASK_KILLING' || status.state === 'TASK_KILLED';
  if (task?.drained !== true || !isKill || status.reason !== undefined) return status;
  return { ...status, reason: 'REASON_AGENT_DRAINING' };
}

/** Forwards a status update to its framework, if that is connected (the agent sends it again), and keeps the latest state. */
export function updateTask(context: MasterContext, update: AgentUpdate): void {
  const { frameworkId, latestState } = update;
  const framework = context.state.frameworks.get(frameworkId);
  if (framework === undefined) {
    context.count('invalid_status_updates');
    return;
  }
  context.count('valid_status_updates');
  const task = framework.tasks.get(update.status.task_id.value);
  const status = withDrainReason(task, update.status);
  if (task !== undefined) {
    const isNew = status.uuid === undefined || status.uuid !== task.statusUpdate?.uuid;
    setTaskState(context, framework, task, latestState);
    if (status.uuid !== undefined) task.unacknowledged = status;
    if (isNew) {
      if (status.uuid !== undefined) task.statusUpdate = { state: status.state, uuid: status.uuid };
      recordStatus(task, status);
      context.publishTask(framework, task, status);
    }
    // No acknowledgement will follow.
    if (status.uuid === undefined && isTerminal(task.state)) completeTask(context, framework, task);
  }
  context.sendStatus(framework, status);
}

/** The executor of a task group has ended. */
export function executorEnded(context: MasterContext, agentId: string, end: ExecutorEnd): void {
  const { frameworkId, executorId, status } = end;
  const executor = context.state.agents.get(agentId)?.executors.get(executorKey(frameworkId, executorId));
  const framework = context.state.frameworks.get(frameworkId);
  if (executor === undefined || framework === undefined) return;
  removeExecutor(context, framework, executor);
  context.send(framework, {
    type: 'FAILURE',
    failure: { agent_id: { value: agentId }, executor_id: { value: executorId }, status },
  });
}
