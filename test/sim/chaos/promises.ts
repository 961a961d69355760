import assert from 'node:assert/strict';
import type { Turn } from '../../../src/scheduler/core/step.js';
import { actionOf } from '../../../src/scheduler/core/deployment/action-of.js';
import { isConsideredHealthy } from '../../../src/scheduler/core/health.js';
import { isActive } from '../../../src/scheduler/core/recovery/condition-of.js';
import { isParked } from '../../../src/scheduler/core/resident/phase.js';
import { loadState } from '../../../src/scheduler/core/load.js';
import type { SchedulerState } from '../../../src/scheduler/core/state.js';
import { instancesOf, runSpecOf } from '../../../src/scheduler/core/state.js';
import { instanceIdOf } from '../../../src/scheduler/core/launch/task-id.js';
import type { Instance } from '../../../src/scheduler/model/instance.js';
import type { OfferOperation } from '../../../src/scheduler/model/offer.js';

/** Instances as they were before a turn. */
export type Before = ReadonlyMap<string, Instance>;

function restartedApps(state: SchedulerState): string[] {
  return [...state.deployments.values()].flatMap(({ steps, currentStep }) => {
    const step = steps[currentStep];
    return step === undefined
      ? []
      : step.actions.flatMap(({ id }) => (actionOf(step, id)?.action === 'RestartApplication' ? [id] : []));
  });
}

/**
 * The bounds of rolling restarts after a turn: what the restart itself has ended leaves `minimumHealthCapacity` of the instances healthy,
 * and what it has started stays within its capacity. `asked`: instances that somebody asked to kill in this turn.
 */
export function checkBounds(state: SchedulerState, before: Before, asked: ReadonlySet<string>): void {
  for (const id of restartedApps(state)) {
    const app = runSpecOf(state, id);
    const rollout = [...state.deployments.values()].find(({ rollouts }) => rollouts[id] !== undefined)?.rollouts[id];
    if (app === undefined || rollout === undefined) continue;
    const all = instancesOf(state, id);
    const isUp = (instance: Instance): boolean => instance.goal === 'Running' && isConsideredHealthy(state, instance);
    const ended = all.filter((instance) => {
      const former = before.get(instance.id);
      // A pod of which a container has ended ends by itself
      const endsByItself = instance.containers?.some(({ condition }) => !isActive(condition)) === true;
      const wasStopped = former?.goal === 'Running' && instance.goal !== 'Running' && !endsByItself;
      return wasStopped && isConsideredHealthy(state, instance);
    });
    const endedByRestart = ended.filter((instance) => !asked.has(instance.id));
    const up = all.filter(isUp).length;
    if (endedByRestart.length > 0) {
      assert.ok(
        up >= rollout.keptHealthy,
        `${id}: ${up} are up after ${endedByRestart.length} were ended, ${rollout.keptHealthy} have to be`,
      );
    }
    const started = all.filter((instance) => !before.has(instance.id)).length;
    const present = all.filter((instance) => {
      const former = before.get(instance.id);
      const isAway = instance.condition === 'UnreachableInactive' || former?.condition === 'UnreachableInactive';
      return !isAway && !isParked(instance);
    }).length;
    if (started > 0) {
      const { minimumHealthCapacity, maximumOverCapacity } = app.upgradeStrategy;
      // Where nothing may end and nothing may start there is one more
      const isTight =
        Math.ceil(app.instances * minimumHealthCapacity) >= Math.floor(app.instances * (1 + maximumOverCapacity));
      const most = Math.max(rollout.maxCapacity, app.instances + (isTight ? 1 : 0));
      assert.ok(present <= most, `${id}: ${present} are there, at most ${most} may be`);
    }
  }
}

function firstTaskOf(operation: Extract<OfferOperation, { type: 'launch' | 'launchGroup' }>): string {
  return operation.type === 'launch' ? operation.task.taskId : (operation.group.tasks[0]?.taskId ?? '');
}

/** What a turn acknowledges, answers and tells is in the store by then. */
export function checkStored(turn: Turn, records: ReadonlyMap<string, string>): void {
  for (const call of turn.effects.calls) {
    if (call.type !== 'accept') continue;
    for (const operation of call.operations) {
      if (operation.type === 'destroy' || operation.type === 'unreserve') continue;
      const id = 'reservation' in operation ? operation.reservation.instanceId : instanceIdOf(firstTaskOf(operation));
      assert.ok(records.has(`instance:${id}`), `${id} is launched and not stored`);
    }
  }
  for (const { outcome } of turn.effects.replies) {
    if (outcome.type !== 'deployed') continue;
    for (const { id, version } of outcome.created) {
      assert.ok(records.has(`version:${id}@${version}`), `${id} is acknowledged and not stored`);
    }
  }
}

const parts = [
  'apps',
  'pods',
  'versions',
  'definitions',
  'groups',
  'instances',
  'deployments',
  'failures',
  'locks',
] as const;

/** What another process would load is what this one knows. */
export function checkRecords(state: SchedulerState, records: ReadonlyMap<string, string>): void {
  const stored = loadState(new Map([...records].map(([key, json]) => [key, JSON.parse(json) as unknown])));
  for (const part of parts) {
    const plain = (map: ReadonlyMap<string, unknown>): unknown =>
      JSON.parse(JSON.stringify([...map].sort(([a], [b]) => (a < b ? -1 : 1))));
    assert.deepEqual(plain(stored[part]), plain(state[part]), `the stored ${part} are those in memory`);
  }
}
