import { smallest } from '../../../common/smallest.js';
import type { Condition, Instance } from '../../model/instance.js';
import type { RunSpec } from '../../model/run-spec.js';
import { constraintsOf } from '../match/spread.js';
import { balancedChoice } from './balanced-choice.js';

/**
 * Instances that do the least good go first (marathon.md §8.2). Marathon would end one that was just provisioned after those that run; that
 * would be a loss for nothing, so it goes with those that are staged.
 */
const rank: Partial<Record<Condition, number>> = {
  Scheduled: -1,
  // It is ending by itself: its agent is drained
  Killing: -1,
  Unreachable: 0,
  Provisioned: 1,
  Staging: 1,
  Starting: 2,
  Running: 3,
};

/** The order in which instances are to be killed: by condition, then by the app's killSelection. Health plays no part, as in Marathon. */
export function killOrder({ killSelection }: Pick<RunSpec, 'killSelection'>): (a: Instance, b: Instance) => number {
  const olderFirst = killSelection === 'OLDEST_FIRST';
  return (a, b) => {
    const byCondition = (rank[a.condition] ?? 4) - (rank[b.condition] ?? 4);
    if (byCondition !== 0) return byCondition;
    const [sinceA, sinceB] = [a.startedAt ?? a.stagedAt, b.startedAt ?? b.stagedAt];
    if (sinceA !== sinceB) return sinceA < sinceB === olderFirst ? -1 : 1;
    return a.id < b.id ? -1 : 1;
  };
}

/**
 * Which `count` of an app's or pod's instances are to end when there are too many (marathon.md §8.2): first such that its GROUP_BY constraints
 * stay as even as they are, or become more so, then those first in the kill order.
 */
export function surplusOf(runSpec: RunSpec, instances: readonly Instance[], count: number): readonly Instance[] {
  if (count <= 0) return [];
  const grouped = constraintsOf(runSpec).filter(({ operator }) => operator === 'GROUP_BY');
  const fields = [...new Set(grouped.map(({ field }) => field))];
  if (fields.length === 0 || count >= instances.length) return smallest(instances, count, killOrder(runSpec));
  const ordered = [...instances].sort(killOrder(runSpec));
  const chosen = balancedChoice(ordered, fields, count);
  if (chosen.size === 0) return ordered.slice(0, count);
  return [...chosen, ...ordered.filter((instance) => !chosen.has(instance))].slice(0, count);
}
