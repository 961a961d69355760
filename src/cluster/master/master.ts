import type {
  FrameworkInfo,
  MasterInfo,
  OperatorEvent,
  SchedulerCall,
  SchedulerEvent,
  Task,
  TaskInfo,
  TaskState,
  TaskStatus,
  Value,
} from '../../mesos/types.js';
import { isTerminal } from '../../mesos/types.js';
import type { AgentPort, AgentRegistration, AgentUpdate } from '../agent-port.js';
import { launchedTasks, offersProblem } from './accepted-offers.js';
import { capabilitiesOf, failoverTimeoutMs, frameworkInfoProblem, rolesOf } from '../framework-info.js';
import { Ledger } from './ledger.js';
import { minRefuseMs, refuse, refuseMs } from './offer-filters.js';
import type { Resources } from '../resources.js';
import { addResources, noResources, parseResources, subtractResources } from '../resources.js';
import type { Agent, Framework, MasterState, OfferRecord, TaskRecord } from './state.js';
import { maxCompletedFrameworks, maxCompletedTasksPerFramework, maxFrameworks } from './state.js';
import { latestStatus, masterStatus, recordStatus, unknownTaskStatus } from './statuses.js';
import { launchedTask, recoveredTask } from './task-record.js';
import { validateTask } from './task-validation.js';
import { operatorAgent, operatorFramework, operatorTask } from './views/operator.js';

export const heartbeatIntervalSeconds = 15;

/** A framework found with an agent's tasks has at least this long to find the new master, whatever its failover timeout. */
const recoveredFrameworkGraceMs = 10_000;

/** Where the master's decisions go. Each stream is one subscription of a framework. */
export interface MasterEffects {
  send(streamId: string, event: SchedulerEvent): void;
  /** Ends a stream after what was sent on it. */
  end(streamId: string): void;
  /** Tells all subscribers of the operator API. */
  publish(event: OperatorEvent): void;
}

export interface MasterOptions {
  readonly info: MasterInfo;
  readonly startedAtMs: number;
  readonly weights?: ReadonlyMap<string, number>;
  readonly effects: MasterEffects;
}

/** Calls that follow SUBSCRIBE, and are carried out here. */
export type FrameworkCall = SchedulerCall | { readonly type: 'MESSAGE' | 'REQUEST' };

/**
 * The state machine of a Mesos master: agents register, frameworks subscribe and call, time passes; every input is a method
 * that takes the time, changes the state and tells `effects` and the agents' ports. It knows no clock, no socket and no
 * randomness: ids are counted, stream ids arrive with the subscription. Inputs must not be nested (an agent that answers
 * within a call is the caller's to queue).
 */
export class Master {
  readonly state: MasterState;
  readonly #effects: MasterEffects;
  readonly #streams = new Map<string, Framework>();
  readonly #ledger: Ledger;
  #nextFramework = 0;

  constructor({ info, startedAtMs, weights = new Map(), effects }: MasterOptions) {
    this.#effects = effects;
    this.state = {
      info,
      startedAtMs,
      frameworks: new Map(),
      completedFrameworks: new Map(),
      agents: new Map(),
      total: noResources,
      offers: new Map(),
      weights,
      counters: new Map(),
    };
    this.#ledger = new Ledger(this.state);
  }

  // ---- agents

  /**
   * Takes in an agent with the frameworks and tasks that outlived its last master. Frameworks not known here count as
   * recovered until they subscribe: their failover timeout runs from now.
   */
  registerAgent(registration: AgentRegistration, port: AgentPort, nowMs: number): void {
    const id = registration.info.id.value;
    if (this.state.agents.has(id)) throw new Error(`agent ${id} is registered already`);
    const total = parseResources(registration.info.resources ?? []);
    const agent: Agent = {
      id,
      registration,
      port,
      registeredAtMs: nowMs,
      total,
      used: noResources,
      offered: noResources,
    };
    this.state.agents.set(id, agent);
    this.state.total = addResources(this.state.total, total);
    this.#count('slave_registrations');
    this.#effects.publish({ type: 'AGENT_ADDED', agent_added: { agent: operatorAgent(agent) } });

    for (const info of registration.frameworks) {
      if (this.state.frameworks.has(info.id.value)) continue;
      const framework = this.#addFramework(info, nowMs);
      framework.recovered = true;
      framework.removeAtMs = nowMs + Math.max(failoverTimeoutMs(info), recoveredFrameworkGraceMs);
      this.#effects.publish({
        type: 'FRAMEWORK_ADDED',
        framework_added: { framework: operatorFramework(framework, { event: true }) },
      });
    }
    const strangers = new Set<string>();
    for (const task of registration.tasks) {
      const framework = this.state.frameworks.get(task.framework_id.value);
      if (framework === undefined) strangers.add(task.framework_id.value);
      else this.#recoverTask(framework, agent, task);
    }
    for (const frameworkId of strangers) port.shutdownFramework(frameworkId);
    this.#ledger.offerAgain(agent);
    this.#settle(nowMs);
  }

  #recoverTask(framework: Framework, agent: Agent, task: Task): void {
    const record = recoveredTask(framework, task);
    framework.tasks.set(task.task_id.value, record);
    if (!isTerminal(record.state)) this.#ledger.use(framework, agent, record.role, record.resources);
    this.#effects.publish({ type: 'TASK_ADDED', task_added: { task: operatorTask(record) } });
  }

  /** The agent has unregistered: its offers are rescinded and its tasks lost, even for a framework with PARTITION_AWARE. */
  removeAgent(agentId: string, nowMs: number): void {
    const agent = this.state.agents.get(agentId);
    if (agent === undefined) return;
    this.state.agents.delete(agentId);
    this.state.total = subtractResources(this.state.total, agent.total);
    this.#count('slave_removals');
    const message = `Agent ${agent.registration.info.hostname} removed: the agent unregistered`;
    for (const framework of this.state.frameworks.values()) {
      for (const task of [...framework.tasks.values()]) {
        if (task.fixed.agent_id.value !== agentId) continue;
        if (!isTerminal(task.state)) {
          this.#end(framework, task, nowMs, { state: 'TASK_LOST', message, reason: 'REASON_AGENT_REMOVED' }, true);
        }
        this.#complete(framework, task);
      }
      for (const offer of [...framework.offers.values()]) {
        if (offer.agentId !== agentId) continue;
        this.#ledger.takeBack(offer);
        this.#send(framework, { type: 'RESCIND', rescind: { offer_id: { value: offer.id } } });
      }
      framework.filters = framework.filters.filter((f) => f.agentId !== agentId);
      this.#send(framework, { type: 'FAILURE', failure: { agent_id: { value: agentId } } });
    }
    this.#ledger.forget(agent);
    this.#effects.publish({ type: 'AGENT_REMOVED', agent_removed: { agent_id: { value: agentId } } });
    this.#settle(nowMs);
  }

  /** Forwards a status update to its framework, if that is connected (the agent sends it again), and keeps the latest state. */
  update(update: AgentUpdate, nowMs: number): void {
    const { frameworkId, status, latestState } = update;
    const framework = this.state.frameworks.get(frameworkId);
    if (framework === undefined) {
      this.#count('invalid_status_updates');
      return;
    }
    this.#count('valid_status_updates');
    const task = framework.tasks.get(status.task_id.value);
    if (task !== undefined) {
      const isNew = status.uuid === undefined || status.uuid !== task.statusUpdate?.uuid;
      this.#setState(framework, task, latestState);
      if (status.uuid !== undefined) task.unacknowledged = status;
      if (isNew) {
        if (status.uuid !== undefined) task.statusUpdate = { state: status.state, uuid: status.uuid };
        recordStatus(task, status);
        this.#publishTask(framework, task, status);
      }
      // No acknowledgement will follow.
      if (status.uuid === undefined && isTerminal(task.state)) this.#complete(framework, task);
    }
    this.#send(framework, { type: 'UPDATE', update: { status } });
    this.#settle(nowMs);
  }

  // ---- subscriptions

  /**
   * Opens a subscription. Sends SUBSCRIBED and the first HEARTBEAT, or ERROR and the end. An unknown framework id is taken
   * as that of a new framework, a known one takes the place of its older stream.
   */
  subscribe(info: FrameworkInfo, suppressedRoles: readonly string[], streamId: string, nowMs: number): void {
    this.#count('messages_register_framework');
    const problem = this.#subscriptionProblem(info, suppressedRoles);
    if (problem !== undefined) {
      this.#fail(streamId, problem);
      return;
    }
    const known = info.id === undefined ? undefined : this.state.frameworks.get(info.id.value);
    const framework = known ?? this.#addFramework({ ...info, id: info.id ?? this.#newFrameworkId() }, nowMs);
    if (known !== undefined) {
      if (framework.streamId !== undefined) this.#fail(framework.streamId, 'Framework failed over');
      this.#detach(framework);
      framework.info = { ...info, id: { value: framework.id } };
      framework.capabilities = capabilitiesOf(info);
      framework.roles = rolesOf(info);
      framework.recovered = false;
      framework.reregisteredAtMs = nowMs;
    }
    framework.streamId = streamId;
    framework.removeAtMs = undefined;
    framework.suppressedRoles = new Set(suppressedRoles);
    this.#streams.set(streamId, framework);
    this.#send(framework, {
      type: 'SUBSCRIBED',
      subscribed: {
        framework_id: { value: framework.id },
        heartbeat_interval_seconds: heartbeatIntervalSeconds,
        master_info: this.state.info,
      },
    });
    this.#send(framework, { type: 'HEARTBEAT' });
    // What came while it was away: the agent would send it again, but only seconds later, and the task's next update waits.
    for (const { unacknowledged } of framework.tasks.values()) {
      if (unacknowledged !== undefined) this.#send(framework, { type: 'UPDATE', update: { status: unacknowledged } });
    }
    const view = { framework: operatorFramework(framework, { event: true }) };
    this.#effects.publish(
      known === undefined
        ? { type: 'FRAMEWORK_ADDED', framework_added: view }
        : { type: 'FRAMEWORK_UPDATED', framework_updated: view },
    );
    this.#ledger.offerAllAgain();
    this.#settle(nowMs);
  }

  #subscriptionProblem(info: FrameworkInfo, suppressedRoles: readonly string[]): string | undefined {
    const problem = frameworkInfoProblem(info, suppressedRoles);
    if (problem !== undefined) return problem;
    const id = info.id?.value;
    if (id !== undefined && this.state.completedFrameworks.has(id)) return 'Framework has been removed';
    if ((id === undefined || !this.state.frameworks.has(id)) && this.state.frameworks.size >= maxFrameworks) {
      return `This master knows ${maxFrameworks} frameworks already: no more are accepted until one is removed`;
    }
    return undefined;
  }

  #fail(streamId: string, message: string): void {
    this.#effects.send(streamId, { type: 'ERROR', error: { message } });
    this.#effects.end(streamId);
  }

  #newFrameworkId(): Value {
    for (;;) {
      const id = `${this.state.info.id}-${String(this.#nextFramework++).padStart(4, '0')}`;
      if (!this.state.frameworks.has(id) && !this.state.completedFrameworks.has(id)) return { value: id };
    }
  }

  #addFramework(info: Framework['info'], nowMs: number): Framework {
    const framework: Framework = {
      id: info.id.value,
      info,
      capabilities: capabilitiesOf(info),
      roles: rolesOf(info),
      streamId: undefined,
      recovered: false,
      registeredAtMs: nowMs,
      reregisteredAtMs: nowMs,
      unregisteredAtMs: undefined,
      removeAtMs: undefined,
      suppressedRoles: new Set(),
      filters: [],
      tasks: new Map(),
      completedTasks: [],
      offers: new Map(),
      allocated: new Map(),
      allocations: new Map(),
    };
    this.state.frameworks.set(framework.id, framework);
    return framework;
  }

  /** A stream was closed by its client. The framework is removed when it stays away longer than its failover timeout. */
  disconnect(streamId: string, nowMs: number): void {
    const framework = this.#streams.get(streamId);
    if (framework === undefined) return;
    this.#detach(framework);
    framework.removeAtMs = nowMs + failoverTimeoutMs(framework.info);
    this.tick(nowMs);
  }

  /** Takes the stream from a framework, with what belongs to it: its offers and filters. */
  #detach(framework: Framework): void {
    if (framework.streamId !== undefined) this.#streams.delete(framework.streamId);
    framework.streamId = undefined;
    framework.filters = [];
    for (const offer of [...framework.offers.values()]) this.#ledger.takeBack(offer);
  }

  /** Ends a framework for good, with its tasks: TEARDOWN, or its failover timeout is over. Its id cannot come back. */
  removeFramework(frameworkId: string, nowMs: number): void {
    const framework = this.state.frameworks.get(frameworkId);
    if (framework === undefined) return;
    const { streamId } = framework;
    this.#detach(framework);
    for (const task of [...framework.tasks.values()]) {
      if (!isTerminal(task.state)) {
        this.#end(
          framework,
          task,
          nowMs,
          {
            state: 'TASK_KILLED',
            message: `Framework ${framework.id} removed`,
            reason: 'REASON_FRAMEWORK_REMOVED',
          },
          false,
        );
      }
      this.#complete(framework, task);
    }
    framework.unregisteredAtMs = nowMs;
    framework.removeAtMs = undefined;
    framework.recovered = false;
    this.state.frameworks.delete(framework.id);
    this.state.completedFrameworks.set(framework.id, framework);
    for (const oldest of this.state.completedFrameworks.keys()) {
      if (this.state.completedFrameworks.size <= maxCompletedFrameworks) break;
      this.state.completedFrameworks.delete(oldest);
    }
    for (const agent of this.state.agents.values()) agent.port.shutdownFramework(framework.id);
    this.#effects.publish({ type: 'FRAMEWORK_REMOVED', framework_removed: { framework_info: framework.info } });
    if (streamId !== undefined) this.#effects.end(streamId);
    this.#settle(nowMs);
  }

  // ---- time

  /** When `tick` has something to do next, in milliseconds since 1970. */
  nextDeadlineMs(): number | undefined {
    let next: number | undefined;
    for (const { removeAtMs, filters } of this.state.frameworks.values()) {
      if (removeAtMs !== undefined) next = Math.min(next ?? removeAtMs, removeAtMs);
      for (const { untilMs } of filters) next = Math.min(next ?? untilMs, untilMs);
    }
    return next;
  }

  /** Removes frameworks that stayed away too long, and offers again what is no longer refused. */
  tick(nowMs: number): void {
    for (const framework of [...this.state.frameworks.values()]) {
      if (framework.removeAtMs !== undefined && framework.removeAtMs <= nowMs) {
        this.removeFramework(framework.id, nowMs);
        continue;
      }
      const active = framework.filters.filter((f) => f.untilMs > nowMs);
      if (active.length === framework.filters.length) continue;
      framework.filters = active;
      this.#ledger.offerAllAgain();
    }
    this.#settle(nowMs);
  }

  // ---- calls

  /** Carries out a call of a connected framework; what is wrong with its content is told by events, as Mesos does. */
  call(framework: Framework, call: FrameworkCall, nowMs: number): void {
    switch (call.type) {
      case 'ACCEPT':
        this.#count('messages_launch_tasks');
        this.#accept(framework, call.accept, nowMs);
        break;
      case 'DECLINE':
        this.#count('messages_decline_offers');
        for (const { value } of call.decline.offer_ids) {
          const offer = framework.offers.get(value);
          if (offer === undefined) continue;
          this.#ledger.takeBack(offer);
          refuse(framework, offer, offer.resources, refuseMs(call.decline.filters), nowMs);
        }
        break;
      case 'REVIVE':
        this.#count('messages_revive_offers');
        this.#revive(framework, call.revive?.roles ?? []);
        break;
      case 'SUPPRESS': {
        this.#count('messages_suppress_offers');
        const roles = call.suppress?.roles ?? [];
        for (const role of framework.roles) {
          if (roles.length === 0 || roles.includes(role)) framework.suppressedRoles.add(role);
        }
        break;
      }
      case 'KILL':
        this.#count('messages_kill_task');
        this.#kill(framework, call.kill, nowMs);
        break;
      case 'ACKNOWLEDGE':
        this.#acknowledge(framework, call.acknowledge);
        break;
      case 'RECONCILE':
        this.#count('messages_reconcile_tasks');
        this.#reconcile(framework, call.reconcile.tasks, nowMs);
        break;
      case 'TEARDOWN':
        this.#count('messages_unregister_framework');
        this.removeFramework(framework.id, nowMs);
        break;
      case 'MESSAGE':
        // Command executors take no messages: Mesos accepts and drops them, too.
        this.#count('messages_framework_to_executor');
        break;
      case 'REQUEST':
        this.#count('messages_resource_request');
        break;
    }
    this.#settle(nowMs);
  }

  #revive(framework: Framework, roles: readonly string[]): void {
    const revived = roles.length === 0 ? framework.roles : roles;
    for (const role of revived) framework.suppressedRoles.delete(role);
    framework.filters = framework.filters.filter((f) => !revived.includes(f.role));
    this.#ledger.offerAllAgain();
  }

  #kill(framework: Framework, kill: Extract<SchedulerCall, { type: 'KILL' }>['kill'], nowMs: number): void {
    const task = framework.tasks.get(kill.task_id.value);
    const agent = task === undefined ? undefined : this.state.agents.get(task.fixed.agent_id.value);
    if (agent?.port.kill(framework.id, kill.task_id.value, kill.kill_policy) === true) return;
    if (task === undefined || isTerminal(task.state)) {
      this.#reconcile(framework, [kill], nowMs);
      return;
    }
    // The agent is who knows: what it does not have is gone.
    const message = 'Reconciliation: Task is unknown to the agent';
    this.#end(framework, task, nowMs, { state: 'TASK_GONE', message, reason: 'REASON_RECONCILIATION' }, true);
    this.#complete(framework, task);
  }

  #acknowledge(
    framework: Framework,
    { task_id, agent_id, uuid }: Extract<SchedulerCall, { type: 'ACKNOWLEDGE' }>['acknowledge'],
  ): void {
    const agent = this.state.agents.get(agent_id.value);
    this.#count(`${agent === undefined ? 'invalid' : 'valid'}_status_update_acknowledgements`);
    const task = framework.tasks.get(task_id.value);
    if (task?.unacknowledged?.uuid === uuid) task.unacknowledged = undefined;
    if (task?.statusUpdate?.uuid === uuid && isTerminal(task.statusUpdate.state)) this.#complete(framework, task);
    agent?.port.acknowledge(framework.id, task_id.value, uuid);
  }

  #reconcile(
    framework: Framework,
    tasks: readonly { readonly task_id: Value; readonly agent_id?: Value }[],
    nowMs: number,
  ): void {
    const answer = (status: TaskStatus): void => this.#send(framework, { type: 'UPDATE', update: { status } });
    if (tasks.length === 0) {
      for (const task of framework.tasks.values()) answer(latestStatus(framework, task, nowMs));
      return;
    }
    for (const asked of tasks) {
      const task = framework.tasks.get(asked.task_id.value);
      const agentKnown = asked.agent_id !== undefined && this.state.agents.has(asked.agent_id.value);
      answer(
        task === undefined
          ? unknownTaskStatus(framework, asked, agentKnown, nowMs)
          : latestStatus(framework, task, nowMs),
      );
    }
  }

  // ---- offers

  #accept(
    framework: Framework,
    { offer_ids, operations, filters }: Extract<SchedulerCall, { type: 'ACCEPT' }>['accept'],
    nowMs: number,
  ): void {
    const offers: OfferRecord[] = [];
    const problem = offersProblem(this.state, framework, offer_ids);
    for (const { value } of offer_ids) {
      const offer = framework.offers.get(value);
      if (offer === undefined) continue;
      offers.push(offer);
      this.#ledger.takeBack(offer);
    }
    const first = offers[0];
    if (problem !== undefined || first === undefined) {
      const message = `Task launched with invalid offers: ${problem ?? 'No offers specified'}`;
      for (const task of launchedTasks(operations)) {
        this.#reject(framework, task, 'TASK_DROPPED', message, 'REASON_INVALID_OFFERS', nowMs);
      }
      for (const offer of offers) refuse(framework, offer, offer.resources, minRefuseMs, nowMs);
      return;
    }
    const agent = this.state.agents.get(first.agentId);
    if (agent === undefined) return;
    let available = offers.reduce((sum, offer) => addResources(sum, offer.resources), noResources);
    let launched = 0;
    for (const task of launchedTasks(operations)) {
      const verdict = validateTask(task, {
        agentId: agent.id,
        role: first.role,
        available,
        isTaskId: (taskId) => framework.tasks.has(taskId),
      });
      if ('problem' in verdict) {
        this.#reject(framework, task, 'TASK_ERROR', verdict.problem, 'REASON_TASK_INVALID', nowMs);
        continue;
      }
      available = subtractResources(available, verdict.resources);
      this.#launch(framework, agent, task, first.role, verdict.resources);
      launched++;
    }
    // What made progress may come back at once; a mere refusal rests.
    const restMs = refuseMs(filters);
    if (launched === 0 || restMs > minRefuseMs) refuse(framework, first, available, restMs, nowMs);
  }

  #reject(
    framework: Framework,
    task: TaskInfo,
    state: TaskState,
    message: string,
    reason: string,
    nowMs: number,
  ): void {
    this.#count(state === 'TASK_ERROR' ? 'tasks_error' : 'tasks_dropped');
    const status = masterStatus(framework, nowMs, {
      taskId: task.task_id.value,
      agentId: task.agent_id.value,
      state,
      message,
      reason,
    });
    this.#send(framework, { type: 'UPDATE', update: { status } });
  }

  #launch(framework: Framework, agent: Agent, info: TaskInfo, role: string, resources: Resources): void {
    const task = launchedTask(framework, info, role, resources);
    framework.tasks.set(info.task_id.value, task);
    this.#ledger.use(framework, agent, role, resources);
    this.#effects.publish({ type: 'TASK_ADDED', task_added: { task: operatorTask(task) } });
    agent.port.launch(framework.info, { ...info, resources: task.fixed.resources });
  }

  /** The end of every input: offers what has become free, each framework's offers in one event. */
  #settle(nowMs: number): void {
    for (const [framework, offers] of this.#ledger.offerFree(nowMs)) {
      this.#send(framework, { type: 'OFFERS', offers: { offers } });
    }
  }

  // ---- tasks

  /** A task that has ended stays ended; its resources are free from the first terminal state on. */
  #setState(framework: Framework, task: TaskRecord, state: TaskState): void {
    if (isTerminal(task.state)) return;
    task.state = state;
    if (!isTerminal(state)) return;
    this.#count(state.toLowerCase().replace('task_', 'tasks_'));
    this.#ledger.release(framework, task);
  }

  /** Ends a task on the master's own word. */
  #end(
    framework: Framework,
    task: TaskRecord,
    nowMs: number,
    why: { state: TaskState; message: string; reason: string },
    tellFramework: boolean,
  ): void {
    const status = masterStatus(framework, nowMs, {
      taskId: task.fixed.task_id.value,
      agentId: task.fixed.agent_id.value,
      ...why,
    });
    this.#setState(framework, task, status.state);
    recordStatus(task, status);
    this.#publishTask(framework, task, status);
    if (tellFramework) this.#send(framework, { type: 'UPDATE', update: { status } });
  }

  /** The framework knows that the task has ended: it moves to the completed ones. */
  #complete(framework: Framework, task: TaskRecord): void {
    task.unacknowledged = undefined;
    framework.tasks.delete(task.fixed.task_id.value);
    framework.completedTasks.push(task);
    if (framework.completedTasks.length > maxCompletedTasksPerFramework) framework.completedTasks.shift();
  }

  #publishTask(framework: Framework, task: TaskRecord, status: TaskStatus): void {
    this.#effects.publish({
      type: 'TASK_UPDATED',
      task_updated: { framework_id: { value: framework.id }, status, state: task.state },
    });
  }

  #send(framework: Framework, event: SchedulerEvent): void {
    if (framework.streamId !== undefined) this.#effects.send(framework.streamId, event);
  }

  #count(name: string): void {
    this.state.counters.set(name, (this.state.counters.get(name) ?? 0) + 1);
  }
}
