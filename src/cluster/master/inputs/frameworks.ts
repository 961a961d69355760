import type { FrameworkInfo, Value } from '../../../mesos/types.js';
import { isTerminal } from '../../../mesos/types.js';
import {
  capabilitiesOf,
  failoverTimeoutMs,
  frameworkInfoProblem,
  frameworkUpdateProblem,
  rolesOf,
} from '../../framework-info.js';
import { OfferConstraintsError } from '../constraint-regex.js';
import type { MasterContext } from '../context.js';
import { dropInverseOffers, forgetAnswers } from '../maintenance/inverse-offers.js';
import type { OfferConstraints } from '../offer-constraints.js';
import { noConstraints, parseOfferConstraints } from '../offer-constraints.js';
import { OfferFilters } from '../offer-filters.js';
import type { Framework } from '../state.js';
import { maxCompletedFrameworks, maxFrameworks } from '../state.js';
import { completeTask, endTask, removeExecutor } from '../task-life.js';
import { operatorFramework } from '../views/operator.js';
import { sendOperationStatus } from './operations.js';

export const heartbeatIntervalSeconds = 15;

/** What SUBSCRIBE and UPDATE_FRAMEWORK say beside the FrameworkInfo. */
export interface SubscriptionOptions {
  readonly suppressedRoles: readonly string[];
  /** `OfferConstraints`; undefined = any agent. */
  readonly offerConstraints?: object | undefined;
}

function readConstraints(given: object | undefined): OfferConstraints | { readonly problem: string } {
  try {
    return parseOfferConstraints(given);
  } catch (error) {
    if (error instanceof OfferConstraintsError) return { problem: error.message };
    throw error;
  }
}

/** Adds a framework that has no stream yet. */
export function addFramework(context: MasterContext, info: Framework['info'], nowMs: number): Framework {
  const id = info.id.value;
  const framework: Framework = {
    id,
    info,
    capabilities: capabilitiesOf(info),
    roles: rolesOf(info),
    streamId: undefined,
    recovered: false,
    registeredAtMs: nowMs,
    reregisteredAtMs: nowMs,
    unregisteredAtMs: undefined,
    suppressedRoles: new Set(),
    constraints: noConstraints,
    filters: new OfferFilters((role, agentId, atMs) => context.setAlarm(['end filter', id, role, agentId], atMs)),
    tasks: new Map(),
    unreachableTasks: new Map(),
    completedTasks: [],
    offers: new Map(),
    inverseOffers: new Map(),
    operations: new Map(),
    allocated: new Map(),
    allocations: new Map(),
  };
  context.state.frameworks.set(id, framework);
  return framework;
}

function newFrameworkId(context: MasterContext): Value {
  const { info, frameworks, completedFrameworks } = context.state;
  for (;;) {
    const id = `${info.id}-${String(context.nextFrameworkNumber++).padStart(4, '0')}`;
    if (!frameworks.has(id) && !completedFrameworks.has(id)) return { value: id };
  }
}

function fail(context: MasterContext, streamId: string, message: string): void {
  context.effects.send(streamId, { type: 'ERROR', error: { message } });
  context.effects.end(streamId);
}

function subscriptionProblem(context: MasterContext, info: FrameworkInfo, options: SubscriptionOptions) {
  const { frameworks, completedFrameworks } = context.state;
  const problem = frameworkInfoProblem(info, options.suppressedRoles);
  if (problem !== undefined) return problem;
  const id = info.id?.value;
  if (id !== undefined && completedFrameworks.has(id)) return 'Framework has been removed';
  if ((id === undefined || !frameworks.has(id)) && frameworks.size >= maxFrameworks) {
    return `This master knows ${maxFrameworks} frameworks already: no more are accepted until one is removed`;
  }
  return undefined;
}

/** Roles that nobody subscribes to any more. */
function forgetRoles(context: MasterContext, roles: readonly string[]): void {
  for (const role of roles) {
    const isUsed = [...context.state.frameworks.values()].some((other) => other.roles.includes(role));
    if (!isUsed) context.state.roles.forget(role);
  }
}

/** Takes over what a known framework says of itself now. */
function takeOver(context: MasterContext, framework: Framework, info: FrameworkInfo): void {
  const before = framework.roles;
  framework.info = { ...info, id: { value: framework.id } };
  framework.capabilities = capabilitiesOf(info);
  framework.roles = rolesOf(info);
  forgetRoles(
    context,
    before.filter((role) => !framework.roles.includes(role)),
  );
}

/**
 * Opens a subscription. Sends SUBSCRIBED and the first HEARTBEAT, or ERROR and the end. An unknown framework id is taken
 * as that of a new framework, a known one takes the place of its older stream.
 */
export function subscribe(
  context: MasterContext,
  info: FrameworkInfo,
  options: SubscriptionOptions,
  streamId: string,
  nowMs: number,
): void {
  context.count('messages_register_framework');
  const constraints = readConstraints(options.offerConstraints);
  const problem =
    subscriptionProblem(context, info, options) ?? ('problem' in constraints ? constraints.problem : undefined);
  if (problem !== undefined || 'problem' in constraints) {
    fail(context, streamId, problem ?? '');
    return;
  }
  const known = info.id === undefined ? undefined : context.state.frameworks.get(info.id.value);
  const framework = known ?? addFramework(context, { ...info, id: info.id ?? newFrameworkId(context) }, nowMs);
  if (known !== undefined) {
    if (framework.streamId !== undefined) fail(context, framework.streamId, 'Framework failed over');
    detach(context, framework);
    takeOver(context, framework, info);
    framework.recovered = false;
    framework.reregisteredAtMs = nowMs;
  }
  framework.streamId = streamId;
  framework.suppressedRoles = new Set(options.suppressedRoles);
  framework.constraints = constraints;
  context.setAlarm(['remove framework', framework.id], undefined);
  context.streams.set(streamId, framework);
  context.send(framework, {
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id: { value: framework.id },
      heartbeat_interval_seconds: heartbeatIntervalSeconds,
      master_info: context.state.info,
    },
  });
  context.send(framework, { type: 'HEARTBEAT' });
  // What came while it was away: the agent would send it again, but only seconds later, and the task's next update waits.
  for (const { unacknowledged } of framework.tasks.values()) {
    if (unacknowledged !== undefined) context.sendStatus(framework, unacknowledged);
  }
  for (const operation of framework.operations.values()) sendOperationStatus(context, framework, operation);
  const view = { framework: operatorFramework(framework, { event: true }) };
  context.effects.publish(
    known === undefined
      ? { type: 'FRAMEWORK_ADDED', framework_added: view }
      : { type: 'FRAMEWORK_UPDATED', framework_updated: view },
  );
  context.ledger.offerAllAgain();
}

/** UPDATE_FRAMEWORK. Returns what is wrong with it, as the text of Mesos' 400 answer; undefined when it took effect. */
export function updateFramework(
  context: MasterContext,
  framework: Framework,
  info: FrameworkInfo,
  options: SubscriptionOptions,
): string | undefined {
  const constraints = readConstraints(options.offerConstraints);
  const problem = frameworkInfoProblem(info, options.suppressedRoles) ?? frameworkUpdateProblem(framework.info, info);
  if (problem !== undefined) return `'FrameworkInfo' is not valid: ${problem}`;
  if ('problem' in constraints) return `'UpdateFramework.offer_constraints' are not valid: ${constraints.problem}`;
  const dropped = framework.roles.filter((role) => !rolesOf(info).includes(role));
  takeOver(context, framework, info);
  framework.suppressedRoles = new Set(options.suppressedRoles);
  framework.constraints = constraints;
  for (const role of dropped) framework.filters.clearRole(role);
  for (const offer of [...framework.offers.values()]) {
    if (!dropped.includes(offer.role)) continue;
    context.ledger.takeBack(offer);
    context.send(framework, { type: 'RESCIND', rescind: { offer_id: { value: offer.id } } });
  }
  context.effects.publish({
    type: 'FRAMEWORK_UPDATED',
    framework_updated: { framework: operatorFramework(framework, { event: true }) },
  });
  context.ledger.offerAllAgain();
  return undefined;
}

/** A stream was closed by its client. The framework is removed when it stays away longer than its failover timeout. */
export function disconnect(context: MasterContext, streamId: string, nowMs: number): void {
  const framework = context.streams.get(streamId);
  if (framework === undefined) return;
  detach(context, framework);
  const timeoutMs = failoverTimeoutMs(framework.info);
  if (timeoutMs === 0) removeFramework(context, framework.id, nowMs);
  else context.setAlarm(['remove framework', framework.id], nowMs + timeoutMs);
}

/** Takes the stream from a framework, with what belongs to it: its offers and filters. */
function detach(context: MasterContext, framework: Framework): void {
  if (framework.streamId !== undefined) context.streams.delete(framework.streamId);
  framework.streamId = undefined;
  framework.filters.clear();
  for (const offer of [...framework.offers.values()]) context.ledger.takeBack(offer);
  dropInverseOffers(context, framework);
}

/** Ends a framework for good, with its tasks: TEARDOWN, or its failover timeout is over. Its id cannot come back. */
export function removeFramework(context: MasterContext, frameworkId: string, nowMs: number): void {
  const { state } = context;
  const framework = state.frameworks.get(frameworkId);
  if (framework === undefined) return;
  const { streamId } = framework;
  detach(context, framework);
  const message = `Framework ${framework.id} removed`;
  for (const task of [...framework.tasks.values()]) {
    if (!isTerminal(task.state)) {
      endTask(context, framework, task, nowMs, { state: 'TASK_KILLED', message, reason: 'REASON_FRAMEWORK_REMOVED' });
    }
    completeTask(context, framework, task);
  }
  for (const agent of state.agents.values()) {
    for (const executor of [...agent.executors.values()]) {
      if (executor.frameworkId === framework.id) removeExecutor(context, framework, executor);
    }
  }
  for (const { uuid } of framework.operations.values()) state.operations.delete(uuid);
  forgetAnswers(context, framework);
  framework.unregisteredAtMs = nowMs;
  framework.recovered = false;
  context.setAlarm(['remove framework', framework.id], undefined);
  state.frameworks.delete(framework.id);
  forgetRoles(context, framework.roles);
  state.completedFrameworks.set(framework.id, framework);
  for (const oldest of state.completedFrameworks.keys()) {
    if (state.completedFrameworks.size <= maxCompletedFrameworks) break;
    state.completedFrameworks.delete(oldest);
  }
  for (const agent of state.agents.values()) agent.port.shutdownFramework(framework.id);
  context.effects.publish({ type: 'FRAMEWORK_REMOVED', framework_removed: { framework_info: framework.info } });
  if (streamId !== undefined) context.effects.end(streamId);
}
