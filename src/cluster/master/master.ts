import type { FrameworkInfo, SchedulerCall } from '../../mesos/types.js';
import type { AgentPort, AgentRegistration, AgentUpdate, ExecutorEnd } from '../agent-port.js';
import type { ResourceOperation } from '../resource-operations.js';
import type { Alarm, MasterOptions } from './context.js';
import { MasterContext } from './context.js';
import { accept } from './inputs/accept.js';
import { agentUnreachable, markAgentGone, registerAgent, removeAgent } from './inputs/agents.js';
import { deactivateAgent, drainAgent, finishDrain, reactivateAgent } from './inputs/drain.js';
import type { SubscriptionOptions } from './inputs/frameworks.js';
import { disconnect, removeFramework, subscribe, updateFramework } from './inputs/frameworks.js';
import { decline, revive, suppress } from './inputs/offers.js';
import { acknowledgeOperation, operationEnded, reconcileOperations } from './inputs/operations.js';
import type { OperatorProblem } from './inputs/operator-resources.js';
import { operateResources } from './inputs/operator-resources.js';
import { settle } from './inputs/settle.js';
import { acknowledge, kill, reconcile, shutdownExecutor } from './inputs/tasks.js';
import { executorEnded, updateTask } from './inputs/updates.js';
import { answerInverseOffers } from './maintenance/inverse-offers.js';
import type { MachineId, MaintenanceWindow } from './maintenance/machine-book.js';
import { startMaintenance, stopMaintenance, updateSchedule } from './maintenance/schedule.js';
import type { Quota } from './quotas.js';
import type { Agent, Framework, MasterState } from './state.js';

/** Calls that follow SUBSCRIBE, and are carried out here. UPDATE_FRAMEWORK, which is answered, is an input of its own. */
export type FrameworkCall =
  Exclude<SchedulerCall, { type: 'UPDATE_FRAMEWORK' }> | { readonly type: 'MESSAGE' | 'REQUEST' };

/**
 * The state machine of a Mesos master: agents register, frameworks subscribe and call, operators order, time passes; every
 * input is a method that takes the time, changes the state and tells `effects` and the agents' ports. It knows no clock, no
 * socket and no randomness: ids are counted, stream ids arrive with the subscription. Inputs must not be nested (an agent
 * that answers within a call is the caller's to queue).
 */
export class Master {
  readonly state: MasterState;
  readonly #context: MasterContext;

  constructor(options: MasterOptions) {
    this.#context = new MasterContext(options);
    this.state = this.#context.state;
  }

  // ---- agents

  /** See `registerAgent` in inputs/agents. */
  registerAgent(registration: AgentRegistration, port: AgentPort, nowMs: number): void {
    registerAgent(this.#context, registration, port, nowMs);
    this.#settle(nowMs);
  }

  /** The agent has unregistered. */
  removeAgent(agentId: string, nowMs: number): void {
    removeAgent(this.#context, agentId, nowMs);
    this.#settle(nowMs);
  }

  /** The agent does not answer; `registerAgent` brings it back. */
  agentUnreachable(agentId: string, nowMs: number): void {
    agentUnreachable(this.#context, agentId, nowMs);
    this.#settle(nowMs);
  }

  update(update: AgentUpdate, nowMs: number): void {
    updateTask(this.#context, update);
    const agent = this.state.agents.get(update.status.agent_id?.value ?? '');
    if (agent !== undefined) finishDrain(this.#context, agent, nowMs);
    this.#settle(nowMs);
  }

  executorEnded(agentId: string, end: ExecutorEnd, nowMs: number): void {
    executorEnded(this.#context, agentId, end);
    const agent = this.state.agents.get(agentId);
    if (agent !== undefined) finishDrain(this.#context, agent, nowMs);
    this.#settle(nowMs);
  }

  /** An agent has carried out an operation that it was given by `effects.apply`; `problem`: it could not. */
  operationEnded(uuid: string, problem: string | undefined, nowMs: number): void {
    operationEnded(this.#context, uuid, problem);
    this.#settle(nowMs);
  }

  // ---- frameworks

  /** See `subscribe` in inputs/frameworks. */
  subscribe(info: FrameworkInfo, options: SubscriptionOptions, streamId: string, nowMs: number): void {
    subscribe(this.#context, info, options, streamId, nowMs);
    this.#settle(nowMs);
  }

  /** A stream was closed by its client. */
  disconnect(streamId: string, nowMs: number): void {
    disconnect(this.#context, streamId, nowMs);
    this.#settle(nowMs);
  }

  /** Ends a framework for good, with its tasks. */
  removeFramework(frameworkId: string, nowMs: number): void {
    removeFramework(this.#context, frameworkId, nowMs);
    this.#settle(nowMs);
  }

  /** Returns what is wrong with it, as the text of a 400 answer; undefined when it took effect. */
  updateFramework(
    framework: Framework,
    info: FrameworkInfo,
    options: SubscriptionOptions,
    nowMs: number,
  ): string | undefined {
    const problem = updateFramework(this.#context, framework, info, options);
    this.#settle(nowMs);
    return problem;
  }

  /** Carries out a call of a connected framework; what is wrong with its content is told by events, as Mesos does. */
  call(framework: Framework, call: FrameworkCall, nowMs: number): void {
    this.#call(framework, call, nowMs);
    this.#settle(nowMs);
  }

  #call(framework: Framework, call: FrameworkCall, nowMs: number): void {
    const context = this.#context;
    switch (call.type) {
      case 'ACCEPT':
        context.count('messages_launch_tasks');
        return accept(context, framework, call.accept, nowMs);
      case 'DECLINE':
        context.count('messages_decline_offers');
        return decline(context, framework, call.decline, nowMs);
      case 'REVIVE':
        context.count('messages_revive_offers');
        return revive(context, framework, call.revive?.roles ?? []);
      case 'SUPPRESS':
        context.count('messages_suppress_offers');
        return suppress(framework, call.suppress?.roles ?? []);
      case 'KILL':
        context.count('messages_kill_task');
        return kill(context, framework, call.kill, nowMs);
      case 'ACKNOWLEDGE':
        return acknowledge(context, framework, call.acknowledge, nowMs);
      case 'RECONCILE':
        context.count('messages_reconcile_tasks');
        return reconcile(context, framework, call.reconcile.tasks, nowMs);
      case 'SHUTDOWN':
        return shutdownExecutor(context, framework, call.shutdown);
      case 'ACCEPT_INVERSE_OFFERS': {
        const { inverse_offer_ids: ids, filters } = call.accept_inverse_offers;
        return answerInverseOffers(context, framework, { ids, status: 'ACCEPT', filters }, nowMs);
      }
      case 'DECLINE_INVERSE_OFFERS': {
        const { inverse_offer_ids: ids, filters } = call.decline_inverse_offers;
        return answerInverseOffers(context, framework, { ids, status: 'DECLINE', filters }, nowMs);
      }
      case 'ACKNOWLEDGE_OPERATION_STATUS':
        return acknowledgeOperation(context, framework, call.acknowledge_operation_status);
      case 'RECONCILE_OPERATIONS':
        context.count('messages_reconcile_operations');
        return reconcileOperations(context, framework, call.reconcile_operations);
      case 'TEARDOWN':
        context.count('messages_unregister_framework');
        return removeFramework(context, framework.id, nowMs);
      case 'MESSAGE':
        // Neither command executors nor the default executor take messages: Mesos accepts and drops them, too.
        return context.count('messages_framework_to_executor');
      case 'REQUEST':
        return context.count('messages_resource_request');
    }
  }

  // ---- operators

  operateResources(agent: Agent, operation: ResourceOperation, nowMs: number): OperatorProblem | undefined {
    const problem = operateResources(this.#context, agent, operation);
    this.#settle(nowMs);
    return problem;
  }

  markAgentGone(agentId: string, nowMs: number): void {
    markAgentGone(this.#context, agentId, nowMs);
    this.#settle(nowMs);
  }

  /** See the functions of these names in inputs/drain. */
  drainAgent(agent: Agent, config: Parameters<typeof drainAgent>[2], nowMs: number): void {
    drainAgent(this.#context, agent, config, nowMs);
    this.#settle(nowMs);
  }

  deactivateAgent(agent: Agent, nowMs: number): void {
    deactivateAgent(this.#context, agent);
    this.#settle(nowMs);
  }

  reactivateAgent(agent: Agent, nowMs: number): void {
    reactivateAgent(this.#context, agent);
    this.#settle(nowMs);
  }

  /** This and the next two return what is wrong, as the text of a 400 answer. */
  updateSchedule(windows: readonly MaintenanceWindow[], nowMs: number): string | undefined {
    const problem = updateSchedule(this.#context, windows);
    this.#settle(nowMs);
    return problem;
  }

  startMaintenance(machines: readonly MachineId[], nowMs: number): string | undefined {
    const problem = startMaintenance(this.#context, machines, nowMs);
    this.#settle(nowMs);
    return problem;
  }

  stopMaintenance(machines: readonly MachineId[], nowMs: number): string | undefined {
    const problem = stopMaintenance(this.#context, machines, nowMs);
    this.#settle(nowMs);
    return problem;
  }

  /** UPDATE_WEIGHTS: who is offered what from now on; offers that are out stay. */
  updateWeights(weights: ReadonlyMap<string, number>): void {
    for (const [role, weight] of weights) this.state.roles.weights.set(role, weight);
  }

  /** UPDATE_QUOTA: offers that are out stay. A quota without guarantees and limits is none. */
  updateQuotas(quotas: ReadonlyMap<string, Quota>, nowMs: number): void {
    for (const [role, quota] of quotas) {
      if (quota.guarantees.size === 0 && quota.limits.size === 0) this.state.quotas.delete(role);
      else this.state.quotas.set(role, quota);
    }
    this.#context.ledger.offerAllAgain();
    this.#settle(nowMs);
  }

  // ---- time

  /** When `tick` has something to do next, in milliseconds since 1970. */
  nextDeadlineMs(): number | undefined {
    return this.#context.nextAlarmMs();
  }

  /** Removes frameworks that stayed away too long, and offers again what is no longer refused. */
  tick(nowMs: number): void {
    for (const alarm of this.#context.takeAlarms(nowMs)) this.#ring(alarm, nowMs);
    this.#settle(nowMs);
  }

  #ring(alarm: Alarm, nowMs: number): void {
    const { frameworks, agents } = this.state;
    switch (alarm[0]) {
      case 'remove framework':
        return removeFramework(this.#context, alarm[1], nowMs);
      case 'end filter': {
        const [, frameworkId, role, agentId] = alarm;
        frameworks.get(frameworkId)?.filters.expire(role, agentId, nowMs);
        const agent = agents.get(agentId);
        if (agent !== undefined) this.#context.ledger.offerAgain(agent);
        return;
      }
      case 'ask for maintenance': {
        const [, frameworkId, agentId] = alarm;
        agents.get(agentId)?.maintenance.restUntilMs.delete(frameworkId);
        if (this.#context.scheduledAgents.has(agentId)) this.#context.maintenanceDue.add(agentId);
        return;
      }
    }
  }

  #settle(nowMs: number): void {
    settle(this.#context, nowMs);
  }
}
