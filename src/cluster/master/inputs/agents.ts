import type { Task, TaskStatus } from '../../../mesos/types.js';
import { isTerminal } from '../../../mesos/types.js';
import type { AgentPort, AgentRegistration } from '../../agent-port.js';
import { failoverTimeoutMs } from '../../framework-info.js';
import { noResources, parseResources } from '../../resources.js';
import type { MasterContext } from '../context.js';
import { applySchedule } from '../maintenance/agent-schedule.js';
import { rescindInverseOffers } from '../maintenance/inverse-offers.js';
import type { Agent, Framework, TaskRecord } from '../state.js';
import { executorKey, maxKnownGoneAgents, maxUnreachableTasksPerFramework } from '../state.js';
import { latestStatus, taskStatusFromMaster, unreachableTime } from '../statuses.js';
import { completeTask, endTask, removeExecutor } from '../task-life.js';
import { recoveredTask } from '../task-record.js';
import { operatorAgent, operatorFramework, operatorTask } from '../views/operator.js';
import { addFramework } from './frameworks.js';
import { rescindOffers } from './offers.js';

/** A framework found with an agent's tasks has at least this long to find the new master, whatever its failover timeout. */
const recoveredFrameworkGraceMs = 10_000;

function newAgent(registration: AgentRegistration, port: AgentPort, nowMs: number, isBack: boolean): Agent {
  return {
    id: registration.info.id.value,
    registration,
    port,
    registeredAtMs: nowMs,
    reregisteredAtMs: isBack ? nowMs : undefined,
    total: parseResources(registration.info.resources ?? []),
    used: noResources,
    offered: noResources,
    tasks: new Set(),
    executors: new Map(),
    offers: new Map(),
    deactivated: false,
    drain: undefined,
    maintenance: {
      unavailability: undefined,
      inverseOffers: new Map(),
      restUntilMs: new Map(),
      statuses: new Map(),
    },
  };
}

/**
 * Takes in an agent with the frameworks and tasks that outlived its last master, or that it had when it stopped answering.
 * Frameworks not known here count as recovered until they subscribe: their failover timeout runs from now. An agent that an
 * operator has given up is not taken in: its tasks are ended.
 */
export function registerAgent(
  context: MasterContext,
  registration: AgentRegistration,
  port: AgentPort,
  nowMs: number,
): void {
  const { state, ledger } = context;
  const id = registration.info.id.value;
  if (state.agents.has(id)) throw new Error(`agent ${id} is registered already`);
  if (state.goneAgents.has(id)) {
    for (const { id: framework } of registration.frameworks) port.shutdownFramework(framework.value);
    return;
  }
  const isBack = state.unreachableAgents.delete(id);
  const agent = newAgent(registration, port, nowMs, isBack);
  ledger.addAgent(agent);
  applySchedule(context, agent);
  context.count(isBack ? 'slave_reregistrations' : 'slave_registrations');
  context.effects.publish({ type: 'AGENT_ADDED', agent_added: { agent: operatorAgent(agent) } });
  recoverFrameworks(context, registration, nowMs);
  recoverExecutors(context, agent);
  const strangers = new Set<string>();
  for (const task of registration.tasks) {
    const framework = state.frameworks.get(task.framework_id.value);
    if (framework === undefined) strangers.add(task.framework_id.value);
    else recoverTask(context, framework, agent, task, nowMs);
  }
  for (const frameworkId of strangers) port.shutdownFramework(frameworkId);
  if (isBack) forgetUnreachableTasks(context, id);
}

function recoverFrameworks(context: MasterContext, { frameworks }: AgentRegistration, nowMs: number): void {
  for (const info of frameworks) {
    const { value } = info.id;
    if (context.state.frameworks.has(value) || context.state.completedFrameworks.has(value)) continue;
    const framework = addFramework(context, info, nowMs);
    framework.recovered = true;
    context.setAlarm(['remove framework', value], nowMs + Math.max(failoverTimeoutMs(info), recoveredFrameworkGraceMs));
    context.effects.publish({
      type: 'FRAMEWORK_ADDED',
      framework_added: { framework: operatorFramework(framework, { event: true }) },
    });
  }
}

function recoverExecutors(context: MasterContext, agent: Agent): void {
  for (const { frameworkId, info } of agent.registration.executors ?? []) {
    const framework = context.state.frameworks.get(frameworkId);
    if (framework === undefined) continue;
    const resources = parseResources(info.resources ?? []);
    const role = info.resources?.[0]?.allocation_info?.role ?? framework.roles[0] ?? '*';
    agent.executors.set(executorKey(frameworkId, info.executor_id.value), {
      frameworkId,
      agentId: agent.id,
      info,
      role,
      resources,
    });
    context.ledger.use(framework, agent, role, resources);
  }
}

function recoverTask(context: MasterContext, framework: Framework, agent: Agent, task: Task, nowMs: number): void {
  const taskId = task.task_id.value;
  const wasUnreachable = framework.unreachableTasks.delete(taskId);
  const record = recoveredTask(framework, task);
  framework.tasks.set(taskId, record);
  agent.tasks.add(record);
  if (!isTerminal(record.state)) context.ledger.use(framework, agent, record.role, record.resources);
  context.effects.publish({ type: 'TASK_ADDED', task_added: { task: operatorTask(record) } });
  if (!wasUnreachable || isTerminal(record.state)) return;
  const status: TaskStatus = {
    ...latestStatus(framework, record, nowMs),
    message: 'Unreachable agent re-reregistered',
    reason: 'REASON_AGENT_REREGISTERED',
  };
  context.publishTask(framework, record, status);
  context.sendStatus(framework, status);
}

/** Tasks that ended while their agent was away: the agent does not know them any more, and says so when asked. */
function forgetUnreachableTasks(context: MasterContext, agentId: string): void {
  for (const { unreachableTasks } of context.state.frameworks.values()) {
    for (const [taskId, { fixed }] of unreachableTasks) {
      if (fixed.agent_id.value === agentId) unreachableTasks.delete(taskId);
    }
  }
}

/** Why an agent leaves, and what its tasks become. */
interface Departure {
  readonly state: 'TASK_LOST' | 'TASK_GONE_BY_OPERATOR';
  readonly message: string;
  readonly reason: 'REASON_AGENT_REMOVED' | 'REASON_AGENT_REMOVED_BY_OPERATOR';
}

/** Takes an agent out of the books: offers are rescinded, tasks end or are unreachable, everybody is told. */
function departAgent(
  context: MasterContext,
  agent: Agent,
  endOf: (framework: Framework, task: TaskRecord) => void,
): void {
  const { state, ledger } = context;
  const agentId = { value: agent.id };
  state.agents.delete(agent.id);
  for (const task of [...agent.tasks]) {
    const framework = state.frameworks.get(task.fixed.framework_id.value);
    if (framework !== undefined) endOf(framework, task);
  }
  for (const executor of [...agent.executors.values()]) {
    const framework = state.frameworks.get(executor.frameworkId);
    if (framework !== undefined) removeExecutor(context, framework, executor);
  }
  agent.executors.clear();
  rescindOffers(context, agent);
  agent.offers.clear();
  rescindInverseOffers(context, agent);
  context.scheduledAgents.delete(agent.id);
  for (const framework of state.frameworks.values()) {
    framework.filters.clearAgent(agent.id);
    context.send(framework, { type: 'FAILURE', failure: { agent_id: agentId } });
  }
  for (const [uuid, operation] of state.operations) if (operation.agentId === agent.id) state.operations.delete(uuid);
  ledger.removeAgent(agent);
  context.effects.publish({ type: 'AGENT_REMOVED', agent_removed: { agent_id: agentId } });
}

function endTasks(context: MasterContext, agent: Agent, nowMs: number, why: Departure): void {
  context.count('slave_removals');
  departAgent(context, agent, (framework, task) => {
    if (!isTerminal(task.state)) context.sendStatus(framework, endTask(context, framework, task, nowMs, why));
    completeTask(context, framework, task);
  });
}

/** The agent has unregistered: its tasks are lost, even for a framework with PARTITION_AWARE. */
export function removeAgent(context: MasterContext, agentId: string, nowMs: number): void {
  const agent = context.state.agents.get(agentId);
  if (agent === undefined) return;
  const message = `Agent ${agent.registration.info.hostname} removed: the agent unregistered`;
  endTasks(context, agent, nowMs, { state: 'TASK_LOST', message, reason: 'REASON_AGENT_REMOVED' });
}

/** MARK_AGENT_GONE: the agent's tasks are ended and it does not come back. */
export function markAgentGone(context: MasterContext, agentId: string, nowMs: number): void {
  const { agents, goneAgents, unreachableAgents } = context.state;
  const why: Departure = {
    state: 'TASK_GONE_BY_OPERATOR',
    message: 'Agent has been marked gone',
    reason: 'REASON_AGENT_REMOVED_BY_OPERATOR',
  };
  goneAgents.add(agentId);
  for (const oldest of goneAgents) {
    if (goneAgents.size <= maxKnownGoneAgents) break;
    goneAgents.delete(oldest);
  }
  if (unreachableAgents.delete(agentId)) endUnreachableTasks(context, agentId, nowMs, why);
  const agent = agents.get(agentId);
  if (agent === undefined) return;
  const frameworks = shutDown(agent);
  endTasks(context, agent, nowMs, why);
  for (const frameworkId of frameworks) agent.port.shutdownFramework(frameworkId);
}

/** Whose tasks run on an agent. */
function shutDown(agent: Agent): ReadonlySet<string> {
  return new Set([
    ...[...agent.tasks].map(({ fixed }) => fixed.framework_id.value),
    ...[...agent.executors.values()].map(({ frameworkId }) => frameworkId),
  ]);
}

function endUnreachableTasks(context: MasterContext, agentId: string, nowMs: number, why: Departure): void {
  for (const framework of context.state.frameworks.values()) {
    for (const [taskId, task] of framework.unreachableTasks) {
      if (task.fixed.agent_id.value !== agentId) continue;
      framework.unreachableTasks.delete(taskId);
      const status = taskStatusFromMaster(framework, task, nowMs, why);
      task.state = status.state;
      task.statuses.push(status);
      context.publishTask(framework, task, status);
      context.sendStatus(framework, status);
      completeTask(context, framework, task);
    }
  }
}

/** Its machine is DOWN: the agent's tasks are lost, and it comes back with none when the machine is UP. */
export function takeAgentDown(context: MasterContext, agent: Agent, nowMs: number): void {
  const frameworks = shutDown(agent);
  endTasks(context, agent, nowMs, {
    state: 'TASK_LOST',
    message: `Agent ${agent.registration.info.hostname} removed: Operator initiated 'Machine DOWN'`,
    reason: 'REASON_AGENT_REMOVED',
  });
  for (const frameworkId of frameworks) agent.port.shutdownFramework(frameworkId);
  context.state.downAgents.set(agent.id, agent);
}

/** The agent does not answer: its tasks are unreachable until it is back (TASK_LOST for who does not know that state). */
export function agentUnreachable(context: MasterContext, agentId: string, nowMs: number): void {
  const { state } = context;
  const agent = state.agents.get(agentId);
  if (agent === undefined) return;
  context.count('slave_unreachable_completed');
  const { hostname } = agent.registration.info;
  state.unreachableAgents.set(agentId, { id: agentId, hostname, unreachableAtMs: nowMs });
  for (const oldest of state.unreachableAgents.keys()) {
    if (state.unreachableAgents.size <= maxKnownGoneAgents) break;
    state.unreachableAgents.delete(oldest);
  }
  departAgent(context, agent, (framework, task) => {
    if (isTerminal(task.state)) {
      completeTask(context, framework, task);
      return;
    }
    context.ledger.release(framework, agentId, task.role, task.resources);
    const status: TaskStatus = {
      ...taskStatusFromMaster(framework, task, nowMs, {
        state: 'TASK_UNREACHABLE',
        message: 'health check timed out',
        reason: 'REASON_AGENT_REMOVED',
      }),
      ...unreachableTime(nowMs),
    };
    framework.tasks.delete(task.fixed.task_id.value);
    task.state = status.state;
    task.statuses.push(status);
    task.unacknowledged = undefined;
    framework.unreachableTasks.set(task.fixed.task_id.value, task);
    const [oldest] = framework.unreachableTasks.keys();
    if (oldest !== undefined && framework.unreachableTasks.size > maxUnreachableTasksPerFramework) {
      framework.unreachableTasks.delete(oldest);
    }
    context.publishTask(framework, task, status);
    context.sendStatus(framework, status);
  });
}
