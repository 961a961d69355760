import { unreachable } from '../../common/errors.js';
import type { Command, Outcome } from './commands.js';
import { cancelDeployment } from './deployment/deploy.js';
import type { Effects } from './effects.js';
import * as apps from './handlers/app-commands.js';
import * as groups from './handlers/group-commands.js';
import * as pods from './handlers/pod-commands.js';
import { revertDeployment } from './handlers/revert-deployment.js';
import { handleArtifact } from './handlers/artifacts.js';
import { handleDisconnected, handleRegistered } from './handlers/cluster-connection.js';
import { changeSubscription } from './handlers/event-subscriptions.js';
import { handleTick } from './handlers/deadlines.js';
import { handleLoaded } from './handlers/loaded.js';
import { handleHealthResult } from './handlers/health-results.js';
import { forgetOffer, handleOffers } from './handlers/offers.js';
import { handleReadinessResult } from './handlers/readiness-results.js';
import { handleTaskStatus } from './handlers/task-status.js';
import type { Input } from './inputs.js';
import { checkInvariants } from './invariants.js';
import { hasTask, instanceIdOf } from './launch/task-id.js';
import type { MutableState } from './mutable-state.js';
import { handleDrained } from './recovery/kill.js';
import { settleKills } from './recovery/kill-queue.js';
import type { CoreSettings } from './settings.js';
import { settleApps } from './settle.js';
import { settleOfferFlow } from './settle-offer-flow.js';
import type { Surroundings } from './surroundings.js';
import { Tx } from './tx.js';

/** Decides one command: all that it changes goes through `tx`. */
export function execute(tx: Tx, command: Command): Outcome {
  switch (command.type) {
    case 'createApp':
      return apps.createApp(tx, command);
    case 'updateApps':
      return apps.updateApps(tx, command);
    case 'rollbackApp':
      return apps.rollbackApp(tx, command);
    case 'deleteApp':
      return apps.deleteApp(tx, command);
    case 'restartApp':
      return apps.restartApp(tx, command);
    case 'killTasks': {
      const instances = [...new Set(command.taskIds)].flatMap((taskId) => {
        const instance = tx.state.instances.get(instanceIdOf(taskId));
        return instance !== undefined && hasTask(instance, taskId) ? [instance] : [];
      });
      return apps.killTasks(tx, command, instances);
    }
    case 'createGroup':
      return groups.createGroup(tx, command);
    case 'updateGroup':
      return groups.updateGroup(tx, command);
    case 'rollbackGroup':
      return groups.rollbackGroup(tx, command);
    case 'setEnforceRole':
      return groups.setEnforceRole(tx, command);
    case 'deleteGroup':
      return groups.deleteGroup(tx, command);
    case 'createPod':
      return pods.createPod(tx, command);
    case 'updatePod':
      return pods.updatePod(tx, command);
    case 'deletePod':
      return pods.deletePod(tx, command);
    case 'cancelDeployment': {
      const deployment = tx.state.deployments.get(command.id);
      if (deployment === undefined)
        return { type: 'rejected', rejection: { kind: 'deploymentNotFound', id: command.id } };
      if (!command.force) return revertDeployment(tx, deployment);
      cancelDeployment(tx, deployment, 'The deployment was stopped by force');
      return { type: 'done' };
    }
    case 'resetDelay': {
      if (!tx.state.queue.has(command.id))
        return { type: 'rejected', rejection: { kind: 'notQueued', id: command.id } };
      tx.setDelay(command.id, undefined);
      return { type: 'done' };
    }
    case 'subscribe':
    case 'unsubscribe':
      return changeSubscription(tx, command);
    default:
      return unreachable(command);
  }
}

function handle(tx: Tx, input: Input): void {
  switch (input.type) {
    case 'command':
      tx.reply(input.requestId, execute(tx, input.command));
      return;
    case 'loaded':
      handleLoaded(tx);
      return;
    case 'registered':
      handleRegistered(tx, input);
      return;
    case 'disconnected':
      handleDisconnected(tx);
      return;
    case 'offers':
      handleOffers(tx, input.offers);
      return;
    case 'rescinded':
      forgetOffer(tx, input.offerId);
      return;
    case 'status':
      handleTaskStatus(tx, input.status);
      return;
    case 'frameworkMessage': {
      const { executorId, agentId: slaveId, message } = input;
      tx.publish({ type: 'framework_message_event', executorId, slaveId, message });
      return;
    }
    case 'health':
      for (const result of input.results) handleHealthResult(tx, result);
      return;
    case 'edges':
      tx.setEdges(new Set(input.edges));
      return;
    case 'drained':
      for (const id of input.instanceIds) handleDrained(tx, id);
      return;
    case 'readiness':
      for (const result of input.results) handleReadinessResult(tx, result);
      return;
    case 'artifact':
      handleArtifact(tx, input.url, input.result);
      return;
    case 'tick':
      handleTick(tx);
      return;
    default:
      unreachable(input);
  }
}

/** What a turn did. */
export interface Turn {
  readonly effects: Effects;
  /** Ids of what may look different to a reader now. */
  readonly touchedApps: ReadonlySet<string>;
  readonly touchedInstances: ReadonlySet<string>;
  readonly touchedGroups: ReadonlySet<string>;
  /** Apps and pods of which something may be different: definition, instances, health, deployment, launch delay, place in the queue. */
  readonly changedApps: ReadonlySet<string>;
  /** Those of which more is known: what became of offers, a health check that has failed again. */
  readonly observedApps: ReadonlySet<string>;
  /** Ids of tasks that may be gone: of instances that are not there any more, or that have other tasks now. */
  readonly goneTasks: ReadonlySet<string>;
  /** When the next `tick` is due; undefined = nothing waits for time. */
  readonly nextWakeMs: number | undefined;
  /** Inputs whose step failed; nothing of such a step was kept. */
  readonly failures: readonly { readonly input: Input; readonly error: unknown }[];
}

function stepAll(tx: Tx, inputs: readonly Input[]): { input: Input; error: unknown }[] {
  const failures: { input: Input; error: unknown }[] = [];
  for (const input of inputs) {
    const mark = tx.mark();
    try {
      // Offers are to meet the demand of this very turn.
      if (input.type === 'offers') settleApps(tx);
      handle(tx, input);
    } catch (error) {
      tx.rollback(mark);
      failures.push({ input, error });
    }
  }
  return failures;
}

function settle(tx: Tx): void {
  settleApps(tx);
  settleKills(tx);
  settleOfferFlow(tx);
  checkInvariants(tx);
}

/**
 * Steps the inputs one after the other, then settles what they touched. Everything that happens is in `state`, and everything
 * that must happen elsewhere is in the effects, as one commit. A step that throws or breaks an invariant is undone and reported,
 * the others stand.
 */
export function runTurn(
  state: MutableState,
  inputs: readonly Input[],
  settings: CoreSettings,
  surroundings: Surroundings,
): Turn {
  const tx = new Tx(state, settings, surroundings);
  const start = tx.mark();
  let failures = stepAll(tx, inputs);
  try {
    settle(tx);
  } catch (error) {
    // Some input led to a state that cannot be settled. Find it: the same again, one by one.
    tx.rollback(start);
    failures =
      inputs.length === 1 ? inputs.map((input) => ({ input, error })) : inputs.flatMap((input) => stepOne(tx, input));
  }
  tx.end();
  return {
    effects: tx.effects(),
    touchedApps: tx.touchedApps,
    touchedInstances: tx.touchedInstances,
    touchedGroups: tx.touchedGroups,
    changedApps: tx.changedApps,
    observedApps: tx.observedApps,
    goneTasks: tx.goneTasks,
    nextWakeMs: tx.nextWakeMs(),
    failures,
  };
}

function stepOne(tx: Tx, input: Input): { input: Input; error: unknown }[] {
  const mark = tx.mark();
  const failures = stepAll(tx, [input]);
  try {
    settle(tx);
  } catch (error) {
    tx.rollback(mark);
    tx.dirtyApps.clear();
    return [{ input, error }];
  }
  return failures;
}
