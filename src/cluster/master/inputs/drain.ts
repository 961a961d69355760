import { isTerminal } from '../../../mesos/types.js';
import type { MasterContext } from '../context.js';
import type { Agent } from '../state.js';
import { markAgentGone } from './agents.js';
import { rescindOffers } from './offers.js';

/** DEACTIVATE_AGENT: nothing of it is offered any more; its tasks run on. */
export function deactivateAgent(context: MasterContext, agent: Agent): void {
  agent.deactivated = true;
  rescindOffers(context, agent);
}

/** REACTIVATE_AGENT: it is offered again, and a drain is forgotten. */
export function reactivateAgent(context: MasterContext, agent: Agent): void {
  agent.deactivated = false;
  agent.drain = undefined;
  context.ledger.offerAgain(agent);
}

/** The grace period of a task whose KILL names none (Mesos' executors). */
const defaultGraceNanoseconds = 3e9;

/** DRAIN_AGENT: like DEACTIVATE_AGENT, and its tasks are ended. */
export function drainAgent(
  context: MasterContext,
  agent: Agent,
  { maxGraceNanoseconds, markGone }: { maxGraceNanoseconds: number | undefined; markGone: boolean },
  nowMs: number,
): void {
  deactivateAgent(context, agent);
  agent.drain = { state: 'DRAINING', maxGraceNanoseconds, markGone, startedAtMs: nowMs };
  for (const task of agent.tasks) {
    if (isTerminal(task.state)) continue;
    task.drained = true;
    // A task's own policy counts unless it is longer than the operator grants.
    const own = task.graceNanoseconds ?? defaultGraceNanoseconds;
    const nanoseconds = Math.min(own, maxGraceNanoseconds ?? own);
    agent.port.kill(task.fixed.framework_id.value, task.fixed.task_id.value, { grace_period: { nanoseconds } });
  }
  finishDrain(context, agent, nowMs);
}

/** The drain is over when the last end has been acknowledged. */
export function finishDrain(context: MasterContext, agent: Agent, nowMs: number): void {
  const { drain } = agent;
  if (drain?.state !== 'DRAINING' || agent.tasks.size > 0 || agent.executors.size > 0) return;
  drain.state = 'DRAINED';
  if (drain.markGone) markAgentGone(context, agent.id, nowMs);
}
