import type { SchedulerCall, Value } from '../../../mesos/types.js';
import { isTerminal } from '../../../mesos/types.js';
import type { MasterContext } from '../context.js';
import type { Framework } from '../state.js';
import { executorKey } from '../state.js';
import type { AgentFate } from '../statuses.js';
import { latestStatus, unknownTaskStatus } from '../statuses.js';
import { completeTask, endTask } from '../task-life.js';
import { finishDrain } from './drain.js';

type Call<Type extends SchedulerCall['type']> = Extract<SchedulerCall, { type: Type }>;
type AskedTask = Call<'RECONCILE'>['reconcile']['tasks'][number];

export function kill(context: MasterContext, framework: Framework, asked: Call<'KILL'>['kill'], nowMs: number): void {
  const task = framework.tasks.get(asked.task_id.value);
  const agent = task === undefined ? undefined : context.state.agents.get(task.fixed.agent_id.value);
  if (agent?.port.kill(framework.id, asked.task_id.value, asked.kill_policy) === true) return;
  if (task === undefined || isTerminal(task.state)) {
    reconcile(context, framework, [asked], nowMs);
    return;
  }
  // The agent is who knows: what it does not have is gone.
  const message = 'Reconciliation: Task is unknown to the agent';
  const status = endTask(context, framework, task, nowMs, {
    state: 'TASK_GONE',
    message,
    reason: 'REASON_RECONCILIATION',
  });
  context.sendStatus(framework, status);
  completeTask(context, framework, task);
}

/** SHUTDOWN: the executor and all its tasks end at once. */
export function shutdownExecutor(
  context: MasterContext,
  framework: Framework,
  { executor_id, agent_id }: Call<'SHUTDOWN'>['shutdown'],
): void {
  const agent = context.state.agents.get(agent_id.value);
  if (agent?.executors.has(executorKey(framework.id, executor_id.value)) !== true) return;
  if (agent.port.shutdownExecutor !== undefined) {
    agent.port.shutdownExecutor(framework.id, executor_id.value);
    return;
  }
  for (const { fixed } of agent.tasks) {
    if (fixed.framework_id.value !== framework.id || fixed.executor_id?.value !== executor_id.value) continue;
    agent.port.kill(framework.id, fixed.task_id.value, { grace_period: { nanoseconds: 0 } });
  }
}

export function acknowledge(
  context: MasterContext,
  framework: Framework,
  { task_id, agent_id, uuid }: Call<'ACKNOWLEDGE'>['acknowledge'],
  nowMs: number,
): void {
  const agent = context.state.agents.get(agent_id.value);
  context.count(`${agent === undefined ? 'invalid' : 'valid'}_status_update_acknowledgements`);
  const task = framework.tasks.get(task_id.value);
  if (task?.unacknowledged?.uuid === uuid) task.unacknowledged = undefined;
  if (task?.statusUpdate?.uuid === uuid && isTerminal(task.statusUpdate.state)) completeTask(context, framework, task);
  agent?.port.acknowledge(framework.id, task_id.value, uuid);
  if (agent !== undefined) finishDrain(context, agent, nowMs);
}

/** What the master can say of a task by its agent alone. */
function agentFate(context: MasterContext, agentId: Value | undefined): AgentFate {
  const { agents, unreachableAgents, goneAgents } = context.state;
  if (agentId === undefined) return { is: 'unknown' };
  if (agents.has(agentId.value)) return { is: 'registered' };
  const unreachable = unreachableAgents.get(agentId.value);
  if (unreachable !== undefined) return { is: 'unreachable', sinceMs: unreachable.unreachableAtMs };
  return { is: goneAgents.has(agentId.value) ? 'gone' : 'unknown' };
}

/** Explicit: an answer for each task; implicit (none named): one for each task of a registered agent. */
export function reconcile(
  context: MasterContext,
  framework: Framework,
  tasks: readonly AskedTask[],
  nowMs: number,
): void {
  if (tasks.length === 0) {
    for (const task of framework.tasks.values()) context.sendStatus(framework, latestStatus(framework, task, nowMs));
    return;
  }
  for (const asked of tasks) {
    const taskId = asked.task_id.value;
    const task = framework.tasks.get(taskId);
    const unreachable = framework.unreachableTasks.get(taskId)?.fixed;
    context.sendStatus(
      framework,
      task !== undefined
        ? latestStatus(framework, task, nowMs)
        : unknownTaskStatus(
            framework,
            unreachable ?? asked,
            agentFate(context, unreachable?.agent_id ?? asked.agent_id),
            nowMs,
          ),
    );
  }
}
